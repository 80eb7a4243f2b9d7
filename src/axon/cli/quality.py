"""The commands that ask how the tree is doing: metrics, coupling.

What flows in: options. What flows out: an answer, as text for a person or as JSON. It does not know how answers are
found.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, limit_option, opened, print_json, repo_option
from axon.cli.render import accent, count, dim, label, notes, place, plain, say, table, title
from axon.model.answers import SymbolRef
from axon.model.findings import CouplingAnswer, FileHistory, MetricsAnswer

_LIMIT: Final = 15
_NAMED: Final = 3


@click.command("metrics")
@click.argument("symbol", required=False)
@click.option("--with-tests", is_flag=True, help="Functions of test code as well.")
@limit_option(_LIMIT, "Lines in each part of the text; JSON has all;")
@repo_option
@json_option
def metrics_command(symbol: str | None, with_tests: bool, limit: int, repo: Path | None, as_json: bool) -> None:
    """The most complex functions, import cycles with the cheapest import to cut, and duplicated functions.

    With SYMBOL, of what that is or defines.
    """
    from axon.languages import lexicon_of  # noqa: PLC0415  start-up is lazy
    from axon.questions.metrics import metrics  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        most = None if as_json else limit or None
        answer = metrics(index, symbol, lexicon_of=lexicon_of, with_tests=with_tests, limit=most)
    if as_json:
        print_json(answer)
    else:
        _show_metrics(answer)


@click.command("coupling")
@click.argument("file", required=False)
@click.option("--blame", "with_blame", is_flag=True, help="Who wrote the lines of FILE last, by git blame.")
@limit_option(_LIMIT, "Lines in each part of the text; JSON has all;")
@repo_option
@json_option
def coupling_command(file: str | None, with_blame: bool, limit: int, repo: Path | None, as_json: bool) -> None:
    """What git's last twelve months say: files that change together, hot spots, owners, bus factor.

    With FILE, or a symbol in it, of that file.
    """
    from axon.files.history import blame, read_history  # noqa: PLC0415  start-up is lazy
    from axon.files.owners import read_owners  # noqa: PLC0415  start-up is lazy
    from axon.languages import lexicon_of  # noqa: PLC0415  start-up is lazy
    from axon.questions.coupling import coupling  # noqa: PLC0415  start-up is lazy

    with opened(repo) as index:
        answer = coupling(
            index,
            read_history(index.root),
            file,
            owners=read_owners(index.root),
            lexicon_of=lexicon_of,
            blame=(lambda path: blame(index.root, path)) if with_blame else None,
            limit=None if as_json else limit or None,
        )
    if as_json:
        print_json(answer)
    else:
        _show_coupling(answer)


def _show_metrics(answer: MetricsAnswer) -> None:
    say(title(f"Most complex functions (of {answer.total:,})"))
    rows = [
        (label(m.symbol), *map(str, (m.cyclomatic, m.cognitive, m.lines, m.fan_in, m.fan_out)), _at(m.symbol))
        for m in answer.symbols
    ]
    head = ("function", "cyclomatic", "cognitive", "lines", "callers", "callees", "place")
    say(*table([head, *rows], styles=(accent,), right=range(1, 6)))
    if answer.cycles:
        say("", title(f"Import cycles ({answer.n_cycles:,})"))
        for cycle in answer.cycles:
            say(f"  {count(len(cycle.files), 'file')}: {', '.join(cycle.files[:_NAMED])}{_more(cycle.files)}")
            say(dim(f"    cheapest to cut: {cycle.cut[0]} → {cycle.cut[1]}, {count(cycle.uses, 'use')}"))
    if answer.duplicates:
        say("", title(f"Alike but for names and values ({answer.n_duplicates:,})"))
        for group in answer.duplicates:
            names = ", ".join(f"{label(s)} {dim(_at(s))}" for s in group.symbols[:_NAMED])
            say(f"  {group.similarity:.0%}, {count(group.lines, 'line')}: {names}{_more(group.symbols)}")
    notes(answer.index)


def _show_coupling(answer: CouplingAnswer) -> None:
    if answer.note:
        say(answer.note)
    if answer.since:
        say(f"{count(answer.commits, 'commit')} since {answer.since[:10]}")
    if answer.couplings:
        say("", title("Change together"))
        pairs = [(c.path, c.other, f"{c.strength:.0%}", count(c.support, "commit")) for c in answer.couplings]
        say(*table(pairs, styles=(accent, accent, plain, dim), right=(2,)))
    if answer.files:
        say("", title("Hot spots: churn × complexity"))
        head = ("file", "hot", "churn", "complexity", "commits", "bus factor", "owners")
        rows = [
            (f.path, f"{f.hot:.2f}", str(f.churn), str(f.complexity), str(f.commits), str(f.bus_factor), _owners(f))
            for f in answer.files
        ]
        say(*table([head, *rows], styles=(accent,), right=range(1, 6)))
    if answer.blame:
        say("", title("Lines by author"))
        say(*table([(author, f"{lines:,}") for author, lines in answer.blame], styles=(accent,)))
    notes(answer.index)


def _at(symbol: SymbolRef) -> str:
    return place(symbol.path, symbol.line)


def _more(all_of: Sequence[object]) -> str:
    return f" … {len(all_of) - _NAMED:,} more" if len(all_of) > _NAMED else ""


def _owners(file: FileHistory) -> str:
    return " ".join(file.code_owners) or ", ".join(f"{author} {share:.0%}" for author, share in file.owners[:2])
