"""What changed between two graphs, in whole files: the form in which a store can be brought up to date.

What flows in: the graph that a store holds and the one that it should hold. What flows out: paths and nodes to remove,
then nodes and relationships to add. It knows no store.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from axon.graph.graph import EDGE_NUMBERS, CodeGraph
from axon.model.ids import NodeId
from axon.model.nodes import GraphNode, GraphRelationship

_Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Delta:
    """Remove the nodes of `paths` and of `ids` with all their edges, then add `nodes` and `relationships`."""

    paths: Sequence[str]
    ids: Sequence[NodeId]
    nodes: Sequence[GraphNode]
    relationships: Sequence[GraphRelationship]


def compare(old: CodeGraph, new: CodeGraph) -> Delta:
    """The delta that turns the rows of `old` into those of `new`.

    A node that changed takes its whole file along; so does an edge that changed between nodes that did not.
    """
    new_row_of = _matching_rows(old, new)
    same = _same_nodes(old, new, new_row_of)
    paths = {old.nodes.paths[row] for row in np.flatnonzero(~same).tolist()}
    known = np.zeros(len(new.nodes), bool)
    known[new_row_of[same]] = True
    paths |= {new.nodes.paths[row] for row in np.flatnonzero(~known).tolist()}
    paths.discard("")  # of no file; a new external node does not take the edges of other ones along
    paths |= _sources_of_changed_edges(old, new, new_row_of, paths) - {""}
    gone = [NodeId(old.nodes.ids[row]) for row in np.flatnonzero(~same).tolist() if not old.nodes.paths[row]]
    added = ~known | np.array([path in paths for path in new.nodes.paths], bool)
    touched = added[new.edges.source] | added[new.edges.target]
    return Delta(
        sorted(paths),
        gone,
        [new.node(row) for row in np.flatnonzero(added).tolist()],
        [new.relationship(row) for row in np.flatnonzero(touched).tolist()],
    )


def _matching_rows(old: CodeGraph, new: CodeGraph) -> _Rows:
    """Row in `new` of each node of `old`, by id; -1 where it is gone."""
    row_of = new.row_of
    return np.fromiter((row_of.get(id, -1) for id in old.nodes.ids), np.int64, len(old.nodes))


def _same_nodes(old: CodeGraph, new: CodeGraph, new_row_of: _Rows) -> npt.NDArray[np.bool_]:
    """Which nodes of `old` are in `new` with equal columns."""
    a, b = old.nodes, new.nodes
    rows = np.maximum(new_row_of, 0)
    same = new_row_of >= 0
    if not len(b):
        return same
    for name in ("kind", "flags", "start_line", "end_line", "start_byte", "end_byte"):
        same &= getattr(a, name) == getattr(b, name)[rows]
    for name in ("names", "qualified_names", "paths", "languages", "signatures", "summaries"):
        mine, theirs = getattr(a, name), getattr(b, name)
        same &= np.fromiter((mine[i] == theirs[row] for i, row in enumerate(rows.tolist())), bool, len(a))
    return same


def _sources_of_changed_edges(old: CodeGraph, new: CodeGraph, new_row_of: _Rows, paths: set[str]) -> set[str]:
    """Paths of the sources of edges that only one of the graphs has, where no end lies in `paths` already."""
    before, after = _edge_table(old, new_row_of), _edge_table(new, np.arange(len(new.nodes), dtype=np.int64))
    before = before[(before[:, 0] >= 0) & (before[:, 1] >= 0)]
    table = np.concatenate([before, after])
    if not len(table):
        return set()
    balance = np.repeat(np.array([-1, 1], np.int64), [len(before), len(after)])
    order = np.lexsort(table.T)
    ordered = table[order]
    # Equal edges stand together, and both graphs must have the same number of them.
    starts = np.flatnonzero(np.concatenate([[True], np.any(ordered[1:] != ordered[:-1], axis=1)]))
    changed = ordered[starts[np.add.reduceat(balance[order], starts) != 0]]
    return {new.nodes.paths[row] for row in _ends_outside(changed, new, paths)}


def _ends_outside(edges: _Rows, new: CodeGraph, paths: set[str]) -> list[int]:
    all_paths = new.nodes.paths
    return [s for s, t in edges[:, :2].tolist() if all_paths[s] not in paths and all_paths[t] not in paths]


def _edge_table(graph: CodeGraph, row_of: _Rows) -> _Rows:
    edges = graph.edges
    numbers = [np.asarray(getattr(edges, name), np.int64) for name in EDGE_NUMBERS[2:]]
    ends = [row_of[edges.source], row_of[edges.target]]
    columns = [*ends, edges.kind.astype(np.int64), edges.rule.astype(np.int64), *numbers]
    return np.stack(columns, axis=1) if len(edges) else np.zeros((0, len(columns)), np.int64)
