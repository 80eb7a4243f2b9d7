"""The command `axon dead-code`.

What flows in: options. What flows out: an answer, as text for a person or as JSON. It does not know how answers are
found.
"""

from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, limit_option, opened, print_json, repo_option
from axon.cli.render import accent, count, counts_line, dim, notes, place, plain, say, table
from axon.model.findings import DeadCodeAnswer, DeadRow

_LEAST: Final = 0.6
_LIMIT: Final = 50


@click.command("dead-code")
@click.option("--least", type=click.FloatRange(0, 1), default=_LEAST, show_default=True, help="How sure at least.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Function, import, parameter …; may be repeated.")
@click.option("--coverage", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="coverage.py or lcov.")
@limit_option(_LIMIT, "Lines of the text; JSON has all;")
@repo_option
@json_option
def dead_code_command(  # noqa: PLR0917  each is one that a user gives
    least: float, kinds: tuple[str, ...], coverage: Path | None, limit: int, repo: Path | None, as_json: bool
) -> None:
    """What nobody uses: symbols, imports, parameters, attributes and exports, with a proof for each.

    From 0.8 on a row is one to act on; below that, whoever imports the package, a framework or a base class may use it.
    """
    from axon.cli.coverage import read_coverage  # noqa: PLC0415  start-up is lazy
    from axon.cli.project import look_at_project  # noqa: PLC0415  start-up is lazy
    from axon.languages import lexicon_of  # noqa: PLC0415  start-up is lazy
    from axon.questions.dead_code import dead_code  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = dead_code(
            index,
            lexicon_of=lexicon_of,
            project=look_at_project(index.root, [file.path for file in index.indexed_files()]),
            least=least,
            kinds=kinds,
            coverage=read_coverage(index.root, coverage),
            limit=None if as_json else limit or None,
        )
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def _show(answer: DeadCodeAnswer) -> None:
    rows = [(r.kind, r.name, f"{r.confidence:.2f}", place(r.symbol.path, r.line), _proof(r)) for r in answer.rows]
    say(*table(rows, styles=(dim, accent, plain, plain, dim)))
    if answer.total > len(answer.rows):
        say(dim(f"  … {answer.total - len(answer.rows):,} more; see --limit and --json"))
    say(counts_line(answer.counts) or "Nothing that is not used was found.")
    if answer.less_sure:
        say(dim(f"{count(answer.less_sure, 'row')} below {answer.least:g}; see --least"))
    if answer.missing:
        say(f"{count(len(answer.missing), 'file')} could not be read as indexed, so that what only they use is listed.")
    notes(answer.index)


def _proof(row: DeadRow) -> str:
    if row.covered is None:
        return row.proof
    return f"{row.proof}; {'it ran, by the coverage data' if row.covered else 'no line of it ran'}"
