"""Which symbols belong together: hierarchical Leiden over what uses what.

What flows in: a view. What flows out: communities on two levels, numbered from the largest on. The same graph gives the
same communities: the seed is fixed, and rows, not names, stand for nodes.

Traag, Waltman and van Eck, "From Louvain to Leiden: guaranteeing well-connected communities" (2019); modularity at
resolution 1. What is clustered is a unit: a file, or what a file defines directly with all inside it, so that a class
and its methods are never torn apart.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from graspologic_native import hierarchical_leiden  # type: ignore[import-untyped]

from axon.graph.labels import NO_COMMUNITY, Communities
from axon.graph.view import Floats, GraphView, Rows, distinct
from axon.model.kinds import EDGE_KINDS, EdgeKind, Flag, NodeKind

_SEED: Final = 1
_RANDOMNESS: Final = 0.001
_LARGEST_SHARE: Final = 0.05  # of the units; a larger community is divided once
_LEAST_LARGE: Final = 30
_FEWEST: Final = 2  # units of a community
_FROM_TESTS: Final = 0.2  # tests use a bit of everything, and would draw together what has nothing in common

_WEIGHTS: Final = {
    EdgeKind.CALLS: 1.0,
    EdgeKind.PASSES: 1.0,
    EdgeKind.EXTENDS: 2.0,
    EdgeKind.IMPLEMENTS: 2.0,
    EdgeKind.OVERRIDES: 1.0,
    EdgeKind.USES_TYPE: 1.0,
    EdgeKind.DECORATED_BY: 0.5,
    EdgeKind.IMPORTS: 0.5,
    EdgeKind.DEFINES: 0.5,  # a file and what it defines
}


@dataclass(frozen=True, eq=False, slots=True)
class Ties:
    """How much units have to do with each other: each pair once, `left` < `right`, rows of units; shape (p,)."""

    left: Rows
    right: Rows
    weight: Floats


def units(view: GraphView) -> Rows:
    """For each node the row of its unit: its file, what its file defines directly and it lies in, or itself."""
    defines = np.flatnonzero(view.edges_of(EdgeKind.DEFINES))
    owner = np.arange(view.n_nodes, dtype=np.int64)
    owner[view.target[defines]] = view.source[defines]
    is_file = view.is_kind(NodeKind.FILE)
    unit = np.arange(view.n_nodes, dtype=np.int64)
    while True:
        above = owner[unit]
        moves = ~is_file[above] & (above != unit)
        if not moves.any():
            return unit
        unit = np.where(moves, above, unit)


def ties(view: GraphView) -> Ties:
    """The weighted graph of units: by kind and confidence of the edges between them, several added up."""
    table = np.zeros(256)
    for kind, share in _WEIGHTS.items():
        table[EDGE_KINDS.index(kind)] = share
    unit = units(view)
    left, right = unit[view.source], unit[view.target]
    weight = table[view.edge_kind] * view.confidence
    weight = np.where(view.flags[view.source] & Flag.TEST, weight * _FROM_TESTS, weight)
    is_tied = (weight > 0) & (left != right) & ~view.is_kind(NodeKind.EXTERNAL)[right]
    low, high = np.minimum(left, right)[is_tied], np.maximum(left, right)[is_tied]
    pairs, place = np.unique(low * view.n_nodes + high, return_inverse=True)
    return Ties(pairs // view.n_nodes, pairs % view.n_nodes, _summed(place, weight[is_tied], len(pairs)))


def find_communities(view: GraphView) -> Communities:
    """Communities of two units or more; what is tied to nothing belongs to none."""
    tied = ties(view)
    unit_members = np.full((2, view.n_nodes), NO_COMMUNITY, np.int64)
    if len(tied.left):
        for row, level, cluster in _clusters(tied):
            unit_members[level, row] = cluster
    return _numbered(view, tied, unit_members)


def strengths(view: GraphView, tied: Ties, members: Rows) -> tuple[Floats, Floats]:
    """For each unit the weight of its ties inside its community, and of those to others."""
    same = (members[tied.left] == members[tied.right]) & (members[tied.left] != NO_COMMUNITY)
    inside, across = np.where(same, tied.weight, 0.0), np.where(same, 0.0, tied.weight)
    both = np.concatenate([tied.left, tied.right])
    n = view.n_nodes
    return (
        _summed(both, np.concatenate([inside, inside]), n),
        _summed(both, np.concatenate([across, across]), n),
    )


def _summed(groups: Rows, weights: Floats, n_groups: int) -> Floats:
    """The weights of each group added up."""
    return np.bincount(groups, weights, n_groups).astype(np.float64)


def _clusters(tied: Ties) -> list[tuple[int, int, int]]:
    """Unit, level and number of its cluster; a unit of a cluster that was divided has one on both levels."""
    n_units = len(distinct(np.concatenate([tied.left, tied.right])))
    edges = [
        (str(left), str(right), weight)
        for left, right, weight in zip(tied.left.tolist(), tied.right.tolist(), tied.weight.tolist(), strict=True)
    ]
    found = hierarchical_leiden(
        edges=edges,
        resolution=1.0,
        randomness=_RANDOMNESS,
        iterations=1,
        use_modularity=True,
        max_cluster_size=max(_LEAST_LARGE, int(n_units * _LARGEST_SHARE)),
        seed=_SEED,
    )
    return [(int(one.node), one.level, int(one.cluster)) for one in found if one.level <= 1]


def _numbered(view: GraphView, tied: Ties, unit_members: Rows) -> Communities:
    """Communities in order of level, size and first row, with members in place of units."""
    unit = units(view)
    sizes = np.bincount(unit, minlength=view.n_nodes)
    members = np.full_like(unit_members, NO_COMMUNITY)
    levels: list[int] = []
    centres: list[int] = []
    parents: list[int] = []
    for level in (0, 1):
        own = unit_members[level]
        inside, _ = strengths(view, tied, own)
        for rows in _groups(own, sizes):
            number = len(levels)
            levels.append(level)
            centres.append(_centre(view, rows, inside))
            parents.append(int(members[0, rows[0]]) if level else NO_COMMUNITY)
            members[level, rows] = number
        members[level] = members[level, unit]
    return Communities(_rows(levels), _rows(centres), _rows(parents), members)


def _rows(values: list[int]) -> Rows:
    return np.array(values, np.int64)


def _groups(clusters: Rows, sizes: Rows) -> list[Rows]:
    """The units of each cluster that has enough of them, those of the most members first, then by their first row."""
    rows = np.flatnonzero(clusters != NO_COMMUNITY)
    order = rows[np.argsort(clusters[rows], kind="stable")]
    cuts = np.flatnonzero(np.diff(clusters[order])) + 1
    groups = [group for group in np.split(order, cuts) if len(group) >= _FEWEST]
    return sorted(groups, key=lambda group: (-int(sizes[group].sum()), int(group[0])))


def _centre(view: GraphView, rows: Rows, inside: Floats) -> int:
    """The symbol that most of the community's ties meet; a file only where there is nothing else; then the first."""
    is_file = view.is_kind(NodeKind.FILE)
    candidates = rows[~is_file[rows]]
    candidates = candidates if len(candidates) else rows
    return int(candidates[np.argmax(inside[candidates])])
