"""The command `axon tests`.

What flows in: options. What flows out: an answer, as text for a person or as JSON. It does not know how answers are
found.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, limit_option, opened, print_json, repo_option
from axon.cli.render import accent, count, dim, label, notes, place, say, table, title
from axon.errors import UsageError
from axon.model.answers import SymbolRef
from axon.model.findings import TestsAnswer

_LIMIT: Final = 50


@click.command("tests")
@click.argument("symbol", required=False)
@click.option("--diff", "base", metavar="BASE", help="What the work tree has otherwise than this revision.")
@limit_option(_LIMIT, "Lines of the text; JSON has all;")
@repo_option
@json_option
def tests_command(symbol: str | None, base: str | None, limit: int, repo: Path | None, as_json: bool) -> None:
    """Which tests reach SYMBOL, or what has changed since BASE, and what no test reaches."""
    from axon.files.diff import changed_lines  # noqa: PLC0415  start-up is lazy
    from axon.questions.tests import find_tests, find_tests_of_change  # noqa: PLC0415  start-up is lazy

    if (symbol is None) == (base is None):
        raise UsageError("Name a symbol, or a revision with --diff.")
    most = None if as_json else limit or None
    with opened(repo) as index:
        if base is not None:
            answer = find_tests_of_change(index, changed_lines(index.root, base), limit=most)
        else:
            answer = find_tests(index, symbol or "", limit=most)
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def _show(answer: TestsAnswer) -> None:
    if not answer.changed:
        say("Nothing that is indexed has changed.")
    _symbols("Changed", answer.changed, is_first=True)
    _symbols("Tests that changed themselves", answer.own)
    tests = answer.tests
    say("", title(f"Tests to run ({tests.total:,})"))
    rows = [
        (label(r.symbol), f"{r.confidence:.2f}", count(len(r.path), "step"), place(r.symbol.path, r.symbol.line))
        for r in tests.rows
    ]
    say(*table(rows, styles=(accent, dim, dim)))
    if tests.total > len(rows):
        say(dim(f"  … {tests.total - len(rows):,} more; see --limit and --json"))
    _symbols("No test is known to reach", answer.untested)
    if answer.possible.total:
        calls = count(answer.possible.total, "unresolved call")
        say("", f"Not complete: {calls} may reach what changed; `axon impact SYMBOL` lists them.")
    notes(answer.index)


def _symbols(heading: str, symbols: Sequence[SymbolRef], *, is_first: bool = False) -> None:
    if symbols:
        say(*([] if is_first else [""]), title(f"{heading} ({len(symbols):,})"))
        say(*table([(label(s), s.kind, place(s.path, s.line)) for s in symbols], styles=(accent, dim)))
