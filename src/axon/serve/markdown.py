"""Answers as Markdown: for a comment on a pull request, and for an agent.

What flows in: an Answer. What flows out: lines. Ids stand as they are, so that each can be asked. It does not know
who reads them.
"""

from collections.abc import Callable, Sequence
from typing import Final

from axon.model.answers import SymbolRef
from axon.model.contracts import CheckAnswer
from axon.model.review import Affected, ChangedEdge, ChangedSymbol, DiffAnswer

_SHOWN: Final = 30
_EDGES: Final = 15


def code(text: str) -> str:
    """A text between backticks, as many as it needs."""
    ticks = "`"
    while ticks in text:
        ticks += "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{' '.join(text.split())}{space}{ticks}"


def at(symbol: SymbolRef) -> str:
    """An id with the line of its symbol."""
    return f"{code(symbol.id)}:{symbol.line}" if symbol.line else code(symbol.id)


def diff_markdown(answer: DiffAnswer, *, shown: int = _SHOWN) -> list[str]:
    """What a reviewer reads first: what may break, then what changed, then what depends on it."""
    lines = [f"**{answer.base} → {answer.head}**: {diff_summary(answer)}"]
    breaks = [f"- {at(c.symbol)} {c.breaks}{_signatures(c)}" for c in answer.breaks]
    lines += _section("May break code that uses it", breaks, len(breaks), shown)
    for heading, symbols, line in (
        ("Re-signatured", answer.resigned, lambda c: f"- {at(c.symbol)}{_signatures(c)}"),
        ("Changed", answer.changed, lambda c: f"- {at(c.symbol)}"),
        ("Added", answer.added, lambda c: f"- {at(c.symbol)}"),
        ("Removed", answer.removed, lambda c: f"- {at(c.symbol)}"),
        ("Moved", answer.moved, lambda c: f"- {at(c.symbol)} from {code(c.before.path)}"),
    ):
        lines += _section(heading, list(map(line, symbols[:shown])), len(symbols), shown)
    lines += _affected(answer, shown)
    for heading, symbols_of in (("Flows touched", answer.flows), ("Communities touched", answer.communities)):
        lines += _section(heading, [f"- {at(symbol)}" for symbol in symbols_of[:_EDGES]], len(symbols_of), _EDGES)
    for heading, edges in (("Edges gained", answer.gained), ("Edges lost", answer.lost)):
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in edges.kinds.items())
        rows = [_edge_line(edge) for edge in edges.edges[:_EDGES]]
        lines += _section(f"{heading}: {kinds}" if kinds else heading, rows, edges.total, _EDGES)
    lines += [f"_{note}_" for note in answer.notes]
    return lines


def diff_summary(answer: DiffAnswer) -> str:
    """The numbers, in one line."""
    files = answer.files
    n_files, n_flows = len(files.added) + len(files.removed) + len(files.changed), len(answer.flows)
    n_communities = len(answer.communities)
    parts = (
        (n_files, "file" if n_files == 1 else "files"),
        (len(answer.added), "added"),
        (len(answer.removed), "removed"),
        (len(answer.moved), "moved"),
        (len(answer.resigned), "re-signatured"),
        (len(answer.changed), "changed"),
        (len(answer.breaks), "may break users"),
        (n_flows, "flow touched" if n_flows == 1 else "flows touched"),
        (n_communities, "community touched" if n_communities == 1 else "communities touched"),
        (answer.blast.total, f"depend on it ({answer.blast.tests:,} tests)"),
    )
    return ", ".join(f"{number:,} {word}" for number, word in parts if number) or "no symbol differs"


def _signatures(change: ChangedSymbol) -> str:
    if not change.was or not change.now or change.was == change.now:
        return ""
    was, now = (" or ".join(map(code, signature.split("\n"))) for signature in (change.was, change.now))
    return f": {was} → {now}"


def _affected(answer: DiffAnswer, shown: int) -> list[str]:
    blast = answer.blast
    line: Callable[[Affected], str] = lambda a: f"- {at(a.symbol)} {_steps(a.depth)}, by {code(a.via)}"  # noqa: E731
    code_rows = [line(a) for a in blast.symbols if not a.is_test]
    tests = [line(a) for a in blast.symbols if a.is_test]
    return [
        *_section("Depends on what changed", code_rows[:shown], blast.total - blast.tests, shown),
        *_section("Tests that would notice", tests[:shown], blast.tests, shown),
    ]


def _steps(depth: int) -> str:
    return "1 step" if depth == 1 else f"{depth} steps"


def _edge_line(edge: ChangedEdge) -> str:
    place = f" ({edge.path}:{edge.line})" if edge.line else ""
    return f"- {code(edge.source.id)} {edge.kind} {code(edge.target.id)}{place}"


def _section(heading: str, rows: Sequence[str], total: int, shown: int) -> list[str]:
    if not rows:
        return []
    rest = total - min(len(rows), shown)
    return ["", f"### {heading} ({total:,})", *rows[:shown], *([f"- … {rest:,} more"] if rest else [])]


def check_markdown(answer: CheckAnswer) -> list[str]:
    """A table of contracts, then what breaks them."""
    broken = sum(1 for kept in answer.contracts if kept.violations)
    lines = [f"**Contracts**: {len(answer.contracts) - broken} kept, {broken} broken"]
    for kept in answer.contracts:
        violations = [v for v in answer.violations if v.contract == kept.contract]
        rows = [f"- {v.path}{f':{v.line}' if v.line else ''} {v.said}" for v in violations]
        lines += _section(kept.contract, rows, len(rows), _SHOWN)
    return lines
