"""The command that compares an index with what somebody else knows of the same tree.

What flows in: a folder and an oracle. What flows out: recall by kind, precision, and the edges that only one side has;
the exit code is 6 where a share is below what was asked for.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from axon.cli.display import display
from axon.cli.options import json_option, print_json, root_of
from axon.cli.render import accent, dim, label, note, notes, place, plain, say, table, title
from axon.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from axon.model.audit import AuditAnswer, AuditEdge

_SHOWN: Final = 10


@click.command("audit")
@click.argument("path", type=click.Path(path_type=Path, readable=False), required=False)
@click.option("--run", "command", metavar="COMMAND", help='Trace what this command runs, such as "pytest -q".')
@click.option("--min-recall", type=click.FloatRange(0, 1), default=0.0, help="Exit with 6 below this share.")
@click.option("--min-precision", type=click.FloatRange(0, 1), default=0.0, help="Exit with 6 below this share.")
@click.option(
    "--limit", type=click.IntRange(min=0), default=_SHOWN, show_default=True, help="Edges shown of each kind."
)
@json_option
def audit_command(  # noqa: PLR0917  one parameter a flag
    path: Path | None, command: str | None, min_recall: float, min_precision: float, limit: int, as_json: bool
) -> int:
    """Precision and recall of the call edges of a repository, against calls that its own tests make.

    The index is brought up to date, the command runs once in the folder, and the calls that its processes make
    between functions of the tree are compared with the index: by kind, with missing and contradicted edges.
    """
    if not command:
        raise UsageError('Say what to compare with: --run "pytest -q".')
    root = root_of(path)
    from axon.pipeline.analyze import run_pipeline  # noqa: PLC0415  start-up is lazy

    with display(quiet=as_json) as shown:
        run_pipeline(root, progress=shown, embeddings=False)
    answer = _compared(root, command)
    if as_json:
        print_json(answer)
    else:
        _show(answer, limit)
    is_enough = answer.recall >= min_recall and answer.precision >= min_precision
    return ExitCode.DONE if is_enough else ExitCode.VIOLATIONS


def _compared(root: Path, command: str) -> "AuditAnswer":
    from axon.audit.compare import Comparison  # noqa: PLC0415  start-up is lazy
    from axon.audit.run import trace  # noqa: PLC0415  start-up is lazy
    from axon.questions.opened import open_index  # noqa: PLC0415  start-up is lazy

    traced = trace(command, root)
    contents: dict[str, Sequence[str]] = {}

    def lines(file: str) -> Sequence[str]:
        if file not in contents:
            contents[file] = (root / file).read_text("utf-8", "replace").splitlines()
        return contents[file]

    with open_index(root) as index:
        comparison = Comparison(index.columns, lines)
        return comparison.answer(
            command, traced.calls, index=index.state(), seconds=traced.seconds, exit_code=traced.exit_code
        )


def _show(answer: "AuditAnswer", limit: int) -> None:
    say("", title(f"Calls between functions of the tree, as `{answer.oracle}` ran them ({answer.seconds:.1f} s)"))
    rows = [("", "observed", "in the index", "recall")]
    rows += [(row.kind, f"{row.observed:,}", f"{row.found:,}", f"{row.recall:.1%}") for row in answer.rows]
    n_found = answer.observed - len(answer.missing)
    rows.append(("all", f"{answer.observed:,}", f"{n_found:,}", f"{answer.recall:.1%}"))
    say(*table(rows, styles=(accent, plain, plain, plain), right=(1, 2, 3)))
    n_wrong = len(answer.contradicted)
    say(
        f"  precision {answer.precision:.1%}: of {answer.decided:,} certain edges {n_wrong:,} led elsewhere as they ran"
    )
    _show_edges("Missing: observed, and not in the index", answer.missing, limit)
    _show_edges("Contradicted: in the index, and the place called something else", answer.contradicted, limit)
    if answer.exit_code:
        note(f"The command ended with exit code {answer.exit_code}; what it ran before that was compared.")
    if answer.unplaced:
        note(
            f"{answer.unplaced:,} functions that ran are no symbols of the index: they were made when the program ran."
        )
    notes(answer.index)


def _show_edges(heading: str, edges: "Sequence[AuditEdge]", limit: int) -> None:
    if not edges:
        return
    shown = edges[:limit] if limit else edges
    say("", title(f"{heading} ({len(edges):,})"))
    rows = [
        (edge.kind, place(edge.site.path, edge.site.line), f"{label(edge.caller)} -> {label(edge.callee)}", edge.why)
        for edge in shown
    ]
    say(*table(rows, styles=(dim, plain, accent, dim)))
    if len(edges) > len(shown):
        say(dim(f"  … {len(edges) - len(shown):,} more; see --limit and --json"))
