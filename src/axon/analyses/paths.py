"""How one symbol reaches another.

What flows in: a view, where a path may begin and where it may end. What flows out: the edges of one. It knows no names.
"""

from typing import Final

import numpy as np

from axon.analyses.impact import NO_EDGE
from axon.graph.view import Floats, GraphView, Mask, Rows, distinct
from axon.model.kinds import CALLABLE_KINDS, EdgeKind

FOLLOWED: Final = (
    *(EdgeKind.CALLS, EdgeKind.PASSES, EdgeKind.DECORATED_BY, EdgeKind.HANDLED_BY, EdgeKind.INJECTED_WITH),
)
"""Edges by which control passes from their source to their target."""

LOOSE: Final = (EdgeKind.USES_TYPE, EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS, EdgeKind.IMPORTS)
"""Edges by which a source depends on its target without running it."""

_LEAST_SURE: Final = 1e-3


def path_between(view: GraphView, sources: Rows, targets: Rows, *, loose: bool = False) -> list[tuple[int, int]]:
    """A shortest path as edges with the nodes that they lead to; of equally short ones the surest; [] for none.

    An overridden method may run those that override it, and a function what it holds; with `loose` the path may lead
    over types, bases and imports as well.
    """
    follows = view.edges_of(*FOLLOWED, *(LOOSE if loose else ())) | _holds(view)
    overrides = view.edges_of(EdgeKind.OVERRIDES)
    edge_to = np.full(view.n_nodes, NO_EDGE, np.int64)
    before = np.full(view.n_nodes, NO_EDGE, np.int64)
    sure = np.zeros(view.n_nodes)
    seen = np.zeros(view.n_nodes, bool)
    seen[sources], sure[sources] = True, 1.0
    is_target = np.zeros(view.n_nodes, bool)
    is_target[targets] = True
    frontier = distinct(sources)
    while len(frontier) and not is_target[frontier].any():
        edges, froms, tos = _leading_on(view, frontier, follows, overrides)
        fresh = ~seen[tos]
        edges, froms, tos = edges[fresh], froms[fresh], tos[fresh]
        certainty = np.maximum(sure[froms] * view.confidence[edges], _LEAST_SURE * sure[froms])
        order = np.lexsort((edges, -certainty, tos))
        firsts = np.unique(tos[order], return_index=True)[1]
        chosen = order[firsts]
        frontier = tos[chosen]
        edge_to[frontier], before[frontier], sure[frontier] = edges[chosen], froms[chosen], certainty[chosen]
        seen[frontier] = True
    return _followed_back(frontier[is_target[frontier]], sure, edge_to, before)


def _leading_on(view: GraphView, frontier: Rows, follows: Mask, overrides: Mask) -> tuple[Rows, Rows, Rows]:
    """Edges that lead on from the frontier, with the node where each is left and the one that it leads to."""
    out, _ = view.outgoing.of_all(frontier)
    out = out[follows[out]]
    back, _ = view.incoming.of_all(frontier)
    back = back[overrides[back]]
    froms = np.concatenate([view.source[out], view.target[back]]).astype(np.int64)
    tos = np.concatenate([view.target[out], view.source[back]]).astype(np.int64)
    return np.concatenate([out, back]), froms, tos


def _holds(view: GraphView) -> Mask:
    is_callable = view.is_kind(*CALLABLE_KINDS)
    return view.edges_of(EdgeKind.DEFINES) & is_callable[view.source] & is_callable[view.target]


def _followed_back(ends: Rows, sure: Floats, edge_to: Rows, before: Rows) -> list[tuple[int, int]]:
    if not len(ends):
        return []
    node = int(ends[np.argmax(sure[ends])])
    edges: list[tuple[int, int]] = []
    while edge_to[node] != NO_EDGE:
        edges.append((int(edge_to[node]), node))
        node = int(before[node])
    return edges[::-1]
