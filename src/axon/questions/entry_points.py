"""What frameworks run of a tree: its entry points and its routes.

What flows in: an index. What flows out: an `EntryPointsAnswer` or a `RoutesAnswer`. It does not know the rule packs
that found them.
"""

from typing import Final

from axon.model.answers import EntryPointAnswer, EntryPointsAnswer, RouteAnswer, RoutesAnswer
from axon.model.kinds import NODE_KINDS, EdgeKind, NodeKind
from axon.model.nodes import GraphNode
from axon.questions.opened import Index
from axon.questions.rows import edge_answer, outgoing, symbol
from axon.storage.columns import IndexColumns

_ROUTE: Final = NODE_KINDS.index(NodeKind.ROUTE)


def entry_points(index: Index, kind: str = "") -> EntryPointsAnswer:
    """All that is run without being called, by trigger, then by place; with `kind` the triggers of that name only.

    `kind` is a pack (`pytest`), a kind of entry point (`test`) or both (`pytest.test`).
    """
    columns = index.columns
    triggers = sorted(_of_kind(columns, NodeKind.TRIGGER), key=columns.qualified_name_of)
    kinds = columns.numbers("node", "kind")
    found: list[EntryPointAnswer] = []
    for trigger in triggers:
        name = columns.qualified_name_of(trigger)
        if kind and kind not in (name, *name.split(".", 1)):
            continue
        pack, _, what = name.partition(".")
        run = ((edge, columns.source(edge)) for edge in columns.incoming(trigger, EdgeKind.TRIGGERED_BY))
        edges = [edge_answer(columns, edge, row) for edge, row in run if kinds[row] != _ROUTE]
        edges.sort(key=lambda edge: (edge.symbol.path, edge.symbol.line, edge.symbol.id))
        found += [EntryPointAnswer(edge.symbol, pack, what, edge.site, edge.confidence) for edge in edges]
    return EntryPointsAnswer(tuple(found), index.state())


def routes(index: Index) -> RoutesAnswer:
    """All requests that the tree answers, by URL path and method."""
    columns = index.columns
    found = [_route(columns, row) for row in _of_kind(columns, NodeKind.ROUTE)]
    return RoutesAnswer(tuple(sorted(found, key=lambda r: (r.path, r.method, r.site.path, r.site.line))), index.state())


def _route(columns: IndexColumns, row: int) -> RouteAnswer:
    node: GraphNode = columns.node(row)
    method, _, path = node.name.partition(" ")
    triggers = [columns.target(edge) for edge in columns.outgoing(row, EdgeKind.TRIGGERED_BY)]
    pack = columns.qualified_name_of(triggers[0]).partition(".")[0] if triggers else ""
    handlers = outgoing(columns, row, EdgeKind.HANDLED_BY)
    return RouteAnswer(method, path, node.signature, pack, handlers, symbol(columns, row))


def _of_kind(columns: IndexColumns, kind: NodeKind) -> list[int]:
    code = NODE_KINDS.index(kind)
    return [row for row, found in enumerate(columns.numbers("node", "kind")) if found == code]
