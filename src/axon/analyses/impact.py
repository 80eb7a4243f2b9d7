"""Who may break when a symbol changes.

What flows in: a view and the symbols that change. What flows out: who depends on them, step by step. It follows edges
against their direction and knows no names.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from axon.analyses.uses import USES
from axon.graph.view import Floats, GraphView, Mask, Rows, distinct
from axon.model.kinds import CALLABLE_KINDS, EdgeKind

NO_EDGE: Final = -1

DEPENDS: Final = (*USES, EdgeKind.OVERRIDES)
"""Edges whose source depends on their target at any depth."""

NEXT_TO: Final = (EdgeKind.IMPORTS, EdgeKind.EXPORTS)
"""Edges whose source depends on their target where that is what changes: further on, everything would hang together."""

_HOLDS: Final = (EdgeKind.DEFINES, EdgeKind.CONTAINS)


@dataclass(frozen=True, eq=False, slots=True)
class Reach:
    """The n nodes that depend on some others, by depth, then the surest first, then by row; arrays of shape (n,).

    `depth` counts steps from 1. Of the shortest paths the surest is taken: `edge` is its edge at this node, whose
    target is the node before, `confidence` the product over its edges and `weakest` the least sure of these.
    """

    rows: Rows
    depth: Rows
    edge: Rows
    confidence: Floats
    weakest: Rows


def parts_of(view: GraphView, row: int) -> Rows:
    """The node and all that it defines or contains, at any depth, ascending."""
    holds = view.edges_of(*_HOLDS)
    seen = np.zeros(view.n_nodes, bool)
    seen[row] = True
    frontier = np.array([row], np.int64)
    while len(frontier):
        edges, _ = view.outgoing.of_all(frontier)
        inner = distinct(view.target[edges[holds[edges]]].astype(np.int64))
        frontier = inner[~seen[inner]]
        seen[frontier] = True
    return np.flatnonzero(seen)


def dependents(view: GraphView, changed: Rows, depth: int | None = None) -> Reach:
    """All nodes that depend on `changed` over at most `depth` edges, or over any number of them."""
    depends = _depends(view)
    first = depends | view.edges_of(*NEXT_TO)
    confidence, weakest = np.zeros(view.n_nodes), np.full(view.n_nodes, NO_EDGE, np.int64)
    confidence[changed] = 1.0
    edge = np.full(view.n_nodes, NO_EDGE, np.int64)
    seen = np.zeros(view.n_nodes, bool)
    seen[changed] = True
    levels: list[Rows] = []
    frontier = np.asarray(changed, np.int64)
    while len(frontier) and (depth is None or len(levels) < depth):
        found = _step(view, frontier, seen, confidence, depends if levels else first)
        frontier = view.source[found].astype(np.int64)
        before = view.target[found]
        seen[frontier] = True
        edge[frontier] = found
        confidence[frontier] = confidence[before] * view.confidence[found]
        weakest[frontier] = _weaker(view, weakest[before], found)
        levels.append(frontier)
    rows = np.concatenate([*levels, np.zeros(0, np.int64)])
    depths = np.repeat(np.arange(1, len(levels) + 1), [len(level) for level in levels])
    order = np.lexsort((rows, -confidence[rows], depths))
    rows = rows[order]
    return Reach(rows, depths[order], edge[rows], confidence[rows], weakest[rows])


def _step(view: GraphView, frontier: Rows, seen: Mask, confidence: Floats, follows: Mask) -> Rows:
    """The surest edge of each node that is not seen and depends on the frontier; of equal ones the first."""
    edges, _ = view.incoming.of_all(frontier)
    edges = edges[follows[edges]]
    edges = edges[~seen[view.source[edges]]]
    sources = view.source[edges]
    sure = confidence[view.target[edges]] * view.confidence[edges]
    order = np.lexsort((edges, -sure, sources))
    ordered = sources[order]
    is_first = np.ones(len(order), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return edges[order[is_first]]


def _weaker(view: GraphView, before: Rows, edges: Rows) -> Rows:
    """Of each path the edge that is least sure; of equal ones the one that is nearer to what changes."""
    sure = np.where(before == NO_EDGE, 2.0, view.confidence[before])
    return np.where(view.confidence[edges] < sure, edges, before)


def _depends(view: GraphView) -> Mask:
    """Which edges are followed at any depth: those of `DEPENDS`, and from a local function to the one that holds it."""
    is_callable = view.is_kind(*CALLABLE_KINDS)
    holds = view.edges_of(EdgeKind.DEFINES) & is_callable[view.target] & is_callable[view.source]
    return view.edges_of(*DEPENDS) | holds
