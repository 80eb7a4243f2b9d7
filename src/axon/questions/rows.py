"""Rows of the index as the pieces of which answers are made.

What flows in: row numbers. What flows out: `SymbolRef`, `EdgeAnswer`, `UnresolvedAnswer`. It does not know which
question asks.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from axon.model.answers import Definition, EdgeAnswer, Site, SymbolRef, UnresolvedAnswer, UnresolvedList
from axon.model.kinds import CONFIDENCE, EdgeKind, Flag
from axon.model.nodes import GraphNode
from axon.storage.columns import IndexColumns
from axon.storage.schema import flag_words

CERTAIN: Final = 0.8
"""From this confidence on an edge is a call that is known; below it a possible one (`design: RESOLUTION, rungs`)."""

_EXPORTED: Final = "exported"


def symbol(columns: IndexColumns, row: int) -> SymbolRef:
    """The node at `row`."""
    return _symbol_of(columns.node(row))


def definition(columns: IndexColumns, row: int) -> Definition:
    """The node at `row` with what its own text says."""
    node = columns.node(row)
    return Definition(
        _symbol_of(node),
        node.language,
        node.end_line,
        node.start_byte,
        node.end_byte,
        node.signature,
        node.summary,
        bool(node.flags & Flag.EXPORTED),
        other_flags(node.flags),
    )


def other_flags(flags: int) -> tuple[str, ...]:
    """Flags as lower-case words, but for `exported`, which answers give as a field."""
    return tuple(word for word in flag_words(int(flags)).split() if word != _EXPORTED)


def outgoing(columns: IndexColumns, row: int, *kinds: EdgeKind) -> tuple[EdgeAnswer, ...]:
    """Edges that start at `row`, by place."""
    edges = [edge_answer(columns, edge, columns.target(edge)) for edge in columns.outgoing(row, *kinds)]
    return tuple(sorted(edges, key=_by_place))


def incoming(columns: IndexColumns, row: int, *kinds: EdgeKind) -> tuple[EdgeAnswer, ...]:
    """Edges that end at `row`, by place."""
    return incoming_of_all(columns, [row], *kinds)


def incoming_of_all(columns: IndexColumns, rows: Iterable[int], *kinds: EdgeKind) -> tuple[EdgeAnswer, ...]:
    """Edges that end at any of `rows`, by place; of several from one place the one to the first row counts."""
    edges: dict[tuple[str, str, Site], EdgeAnswer] = {}
    for row in rows:
        for edge in columns.incoming(row, *kinds):
            answer = edge_answer(columns, edge, columns.source(edge))
            edges.setdefault((answer.symbol.id, answer.kind, answer.site), answer)
    return tuple(sorted(edges.values(), key=_by_place))


def known(edges: Iterable[EdgeAnswer]) -> tuple[EdgeAnswer, ...]:
    """The edges that are more than possible, in their order."""
    return tuple(edge for edge in edges if edge.confidence >= CERTAIN)


def uncertain(edges: Iterable[EdgeAnswer]) -> tuple[EdgeAnswer, ...]:
    """The edges that are no more than possible, the best evidence first, then in their order."""
    return tuple(sorted((edge for edge in edges if edge.confidence < CERTAIN), key=lambda edge: -edge.confidence))


def unresolved_list(columns: IndexColumns, sites: Sequence[int], limit: int | None = None) -> UnresolvedList:
    """The first `limit` of these unresolved sites, or all of them, and how many there are."""
    return UnresolvedList(len(sites), tuple(_unresolved(columns, row) for row in sites[:limit]))


def _symbol_of(node: GraphNode) -> SymbolRef:
    return SymbolRef(node.id, node.kind.value, node.name, node.qualified_name, node.path, node.start_line)


def edge_answer(columns: IndexColumns, edge_row: int, other: int) -> EdgeAnswer:
    """The edge at `edge_row` as seen from the end that is not node `other`."""
    return edge_to(columns, edge_row, symbol(columns, other))


def edge_to(columns: IndexColumns, edge_row: int, other: SymbolRef) -> EdgeAnswer:
    """The same, where the other end is known as a value already."""
    evidence = columns.evidence(edge_row)
    site = Site(columns.path_of(columns.source(edge_row)), evidence.line, evidence.column)
    kind = columns.edge_kind(edge_row).value
    return EdgeAnswer(other, kind, evidence.rule.value, CONFIDENCE[evidence.rule], site)


def _unresolved(columns: IndexColumns, row: int) -> UnresolvedAnswer:
    site = columns.unresolved_site(row)
    caller_row = columns.row_of(site.caller)
    assert caller_row is not None, site.caller
    caller = symbol(columns, caller_row)
    place = Site(caller.path, site.line, site.column)
    return UnresolvedAnswer(caller, site.name, site.receiver, site.reason.value, place)


def _by_place(edge: EdgeAnswer) -> tuple[str, int, int, str, str]:
    return edge.site.path, edge.site.line, edge.site.column, edge.symbol.id, edge.kind
