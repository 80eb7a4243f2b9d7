"""Rows of files that were not looked at again, taken over where nodes have other rows than before.

What flows in: the graph before, and the row now of each of its nodes. What flows out: calls, arguments and unresolved
sites of the other files, among those that were found anew.
"""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from axon.graph.graph import CodeGraph
from axon.model.kinds import NODE_KINDS, EdgeKind, NodeKind
from axon.resolution.evidence import EDGE_CODE, EdgeRows, SiteRows, Table
from axon.resolution.kept import OBSERVED, files_of_rows
from axon.resolution.moved import NOT_FOUND
from axon.resolution.names import Names

_CALLS: Final = np.array([EDGE_CODE[EdgeKind.CALLS], EDGE_CODE[EdgeKind.PASSES]])
_HERITAGE: Final = np.array([EDGE_CODE[EdgeKind.EXTENDS], EDGE_CODE[EdgeKind.IMPLEMENTS]])
_EXTERNAL: Final = NODE_KINDS.index(NodeKind.EXTERNAL)
_LOST: Final = -1 << 51  # what a node that is gone, or that frameworks made, is now; a value of none

_Int64s = npt.NDArray[np.int64]


class Carried:
    """The graph before, its nodes as values of now."""

    def __init__(self, before: CodeGraph, rows: Sequence[int], names: Names) -> None:
        self._before, self._names = before, names
        self._n_rows = len(names.assembly.ids)
        self._now = np.full(len(before.nodes), _LOST, np.int64)
        found = np.array(rows, np.int64)
        self._now[: len(rows)] = np.where(found == NOT_FOUND, _LOST, found)
        outside = np.flatnonzero(before.nodes.kind == _EXTERNAL)
        self._now[outside] = [names.externals.value(before.nodes.qualified_names[row]) for row in outside.tolist()]
        self._n_before = len(rows)

    def holds_heritage(self, edges: EdgeRows) -> bool:
        """Whether all classes that were there are of the kinds and have the bases that they had."""
        there = np.flatnonzero(self._now[: self._n_before] != _LOST)
        kinds = np.array(self._names.assembly.kind, np.uint8)
        if np.any(kinds[self._now[there]] != self._before.nodes.kind[there]):
            return False
        e = self._before.edges
        of_heritage = np.isin(e.kind, _HERITAGE)
        old = np.stack(
            [e.kind[of_heritage].astype(np.int64), self._now[e.source[of_heritage]], self._now[e.target[of_heritage]]]
        )
        gone, n_bases = np.unique(e.source[of_heritage & (self._now[e.source] == _LOST)], return_counts=True)
        if len(gone) and n_bases.max() > 1:
            return False  # it tied what its bases have
        table = edges.fresh()
        table = table[np.isin(table[:, 0], _HERITAGE) & np.isin(table[:, 1], self._now[there])]
        return np.array_equal(_sorted(old[:, old[1] != _LOST]), _sorted(table[:, :3].T))

    def add(self, linked: Collection[int], edges: EdgeRows, sites: SiteRows) -> bool:
        """Add the rows of files that were not linked; False, and nothing is added, where one leads nowhere."""
        files = files_of_rows(self._names.assembly, self._n_rows)
        is_linked = np.zeros(len(self._names.assembly.files) + 1, bool)
        is_linked[list(linked)] = True
        e = self._before.edges
        source, target = self._now[e.source], self._now[e.target]
        keep = np.isin(e.kind, _CALLS) & (e.rule != OBSERVED) & (source != _LOST)  # those are always found anew
        keep[keep] = ~is_linked[files[source[keep]]]
        if np.any(target[keep] == _LOST):
            return False
        columns = (e.kind, source, target, e.line, e.column, e.start_byte, e.end_byte, e.rule)
        kept: Table = np.stack([column[keep].astype(np.int64) for column in columns], axis=1)
        edges.rows.frombytes(kept.tobytes())
        self._add_sites(files, is_linked, sites)
        return True

    def _add_sites(self, files: npt.NDArray[np.int32], is_linked: npt.NDArray[np.bool_], sites: SiteRows) -> None:
        """Add the unresolved sites, in the order of files; those of a file stand together."""
        before = self._before.unresolved
        callers = self._now[before.caller]
        keep = callers != _LOST
        keep[keep] = ~is_linked[files[callers[keep]]]
        at = np.flatnonzero(keep).tolist()
        columns = (before.reason, before.line, before.column)
        reason, line, column = (numbers[keep].tolist() for numbers in columns)
        names, receivers = ([texts[row] for row in at] for texts in (before.names, before.receivers))
        kept = list(zip(callers[keep].tolist(), names, receivers, reason, line, column, strict=True))
        sites.rows = sorted([*sites.rows, *kept], key=lambda site: int(files[site[0]]))


def _sorted(columns: _Int64s) -> _Int64s:
    found: _Int64s = columns[:, np.lexsort(columns[::-1])]
    return found
