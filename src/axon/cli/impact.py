"""The command `axon impact`.

What flows in: options. What flows out: an answer, as text for a person or as JSON. It does not know how answers are
found.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from axon.cli.ask import show_symbol, show_unresolved_calls
from axon.cli.options import json_option, limit_option, opened, print_json, repo_option
from axon.cli.render import accent, count, dim, label, notes, place, plain, say, table, title
from axon.model.findings import ImpactAnswer, ImpactGroup, ImpactRow

_DEPTH: Final = 3
_SECTION: Final = 20


@click.command("impact")
@click.argument("symbol")
@click.option("--depth", type=click.IntRange(min=1), default=_DEPTH, show_default=True, help="Steps at most.")
@limit_option(_SECTION, "Lines in each part of the text; JSON has all;")
@repo_option
@json_option
def impact_command(symbol: str, depth: int, limit: int, repo: Path | None, as_json: bool) -> None:
    """Who may break when SYMBOL changes, step by step, and which tests would notice.

    SYMBOL stands for all that it defines: a class for its methods, a file for its functions. Each row has the product
    of the confidences along its path, and the least sure step of that.
    """
    from axon.questions.impact import impact  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = impact(index, symbol, depth=depth, limit=None if as_json else limit or None)
    if as_json:
        print_json(answer)
    else:
        _show(answer, limit)


def _show(answer: ImpactAnswer, limit: int) -> None:
    show_symbol(answer.symbol)
    for group in answer.groups:
        _show_group(group)
    if not answer.groups:
        none = "Nothing depends on it." if answer.is_complete else "Nothing is known to depend on it."
        say("", none)
    _show_rows(f"Tests that would notice ({answer.tests.total:,})", answer.tests.rows, answer.tests.total)
    if answer.changes_with:
        say("", title("Files that change with its file"))
        rows = [(c.other, f"{c.strength:.0%}", count(c.support, "commit")) for c in answer.changes_with]
        say(*table(rows, styles=(accent, plain, dim), right=(1,)))
    if answer.possible.total:
        say("", f"Not complete: {count(answer.possible.total, 'unresolved call')} may reach it.")
    show_unresolved_calls(answer.possible, limit)
    notes(answer.index)


def _show_group(group: ImpactGroup) -> None:
    steps = "1 step away" if group.depth == 1 else f"{group.depth} steps away"
    _show_rows(f"{steps} ({group.total:,})", group.rows, group.total)


def _show_rows(heading: str, rows: Sequence[ImpactRow], total: int) -> None:
    if not rows:
        return
    say("", title(heading))
    lines = [(label(r.symbol), f"{r.confidence:.2f}", r.why, _weakest(r), _place(r)) for r in rows]
    say(*table(lines, styles=(accent, dim, plain, dim)))
    if total > len(rows):
        say(dim(f"  … {total - len(rows):,} more; see --limit and --json"))


def _weakest(row: ImpactRow) -> str:
    return f"{row.weakest.rule} {row.weakest.confidence:.2f}"


def _place(row: ImpactRow) -> str:
    site = row.path[0].site
    return place(site.path, site.line or row.symbol.line)
