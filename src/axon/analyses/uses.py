"""Which symbols an edge leads to from elsewhere.

What flows in: a view. What flows out: masks of nodes. What is inside of a symbol does not use it; who uses a part uses
the whole.
"""

from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt

from axon.graph.view import GraphView, Mask, Rows
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, NodeKind

Ends = npt.NDArray[np.int32]
"""Rows of nodes at which edges start or end."""

CANDIDATES: Final = CALLABLE_KINDS | CLASS_KINDS | {NodeKind.VARIABLE, NodeKind.PROPERTY, NodeKind.TYPE_ALIAS}
"""Kinds of symbols that may be unused."""

WRITTEN_USES: Final = (
    EdgeKind.CALLS,
    EdgeKind.PASSES,
    EdgeKind.USES_TYPE,
    EdgeKind.EXTENDS,
    EdgeKind.IMPLEMENTS,
    EdgeKind.DECORATED_BY,
)
"""Edges by which code itself uses a symbol."""

USES: Final = (*WRITTEN_USES, EdgeKind.INJECTED_WITH, EdgeKind.HANDLED_BY)
"""The same, and what a framework uses in its place."""


def unused_symbols(view: GraphView) -> Rows:
    """Symbols to which no edge leads from outside of themselves, ascending: what the graph alone says."""
    return np.flatnonzero(view.is_kind(*CANDIDATES) & ~Uses(view).used(()))


def owners(view: GraphView) -> Rows:
    """The node that defines each node, -1 for what nothing defines."""
    defines = view.edges_of(EdgeKind.DEFINES)
    found = np.full(view.n_nodes, -1, np.int64)
    found[view.target[defines]] = view.source[defines]
    return found


def files_of(view: GraphView) -> Rows:
    """The file that each node is or lies in, -1 for what lies in none."""
    found = np.where(view.is_file, np.arange(view.n_nodes, dtype=np.int64), -1)
    owner = owners(view)
    moving = np.flatnonzero(owner >= 0)
    at = owner[moving]
    while len(moving):
        is_file = view.is_file[at]
        found[moving[is_file]] = at[is_file]
        above = owner[at]
        goes_on = ~is_file & (above >= 0)
        moving, at = moving[goes_on], above[goes_on]
    return found


class Uses:
    """The uses of one graph, read once, for whoever asks what is used without this and that."""

    def __init__(self, view: GraphView) -> None:
        self.owner = owners(view)
        is_use = view.edges_of(*USES)
        source, target = view.source[is_use], view.target[is_use]
        from_outside = ~_is_inside(self.owner, _units(self.owner, view.is_file), source, target)
        self._source, self._target = source[from_outside], target[from_outside]

    def used(self, dead: Collection[int]) -> Mask:
        """Which nodes an edge leads to from outside of themselves and of what is `dead`; with a part its whole."""
        used = np.zeros(len(self.owner), bool)
        used[self._target[~self._within(dead)[self._source]] if dead else self._target] = True
        frontier = np.flatnonzero(used)
        while len(frontier):
            above = self.owner[frontier]
            above = above[above >= 0]
            frontier = above[~used[above]]
            used[frontier] = True
        return used

    def _within(self, dead: Collection[int]) -> Mask:
        """What is dead, with all inside it."""
        gone = np.zeros(len(self.owner), bool)
        gone[list(dead)] = True
        inner = np.flatnonzero(self.owner >= 0)
        at = self.owner[inner]
        while len(inner):
            gone[inner[gone[at]]] = True
            above = self.owner[at]
            inner, at = inner[above >= 0], above[above >= 0]
        return gone


def _units(owner: Rows, is_file: Mask) -> Rows:
    """What a file defines directly and each node lies in; itself, for what lies in nothing."""
    unit = np.arange(len(owner), dtype=np.int64)
    moving = np.flatnonzero(owner >= 0)
    while len(moving):
        above = owner[unit[moving]]
        moves = (above >= 0) & ~is_file[above]
        moving, above = moving[moves], above[moves]
        unit[moving] = above
    return unit


def _is_inside(owner: Rows, unit: Rows, source: Ends, target: Ends) -> Mask:
    """Whether each source is its target, or lies in it; only what lies in the same unit is looked at closely."""
    found = np.zeros(len(source), bool)
    places = np.flatnonzero(unit[source] == unit[target])
    at, whole = source[places].astype(np.int64), target[places]
    while len(places):
        met = at == whole
        found[places[met]] = True
        above = owner[at]
        goes_on = ~met & (above >= 0)
        places, at, whole = places[goes_on], above[goes_on], whole[goes_on]
    return found
