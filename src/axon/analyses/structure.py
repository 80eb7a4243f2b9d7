"""Which files import each other in circles, and which symbols most of the tree leads to.

What flows in: a view. What flows out: cycles with the cheapest import to cut, and ranks.
"""

from dataclasses import dataclass

import numpy as np

from axon.analyses.cycles import cycles_of
from axon.analyses.pagerank import pagerank
from axon.analyses.uses import WRITTEN_USES, files_of
from axon.graph.view import Floats, GraphView, Rows, distinct, ends_of, pairs_of
from axon.model.kinds import EdgeKind, NodeKind


@dataclass(frozen=True, slots=True)
class Cycle:
    """Rows of files that import each other; the import from `cut[0]` to `cut[1]` has the fewest names and uses."""

    files: tuple[int, ...]
    cut: tuple[int, int]
    uses: int


def import_cycles(view: GraphView) -> list[Cycle]:
    """Every group of files each of which imports, at whatever distance, each other one; the largest first."""
    edges = np.flatnonzero(view.edges_of(EdgeKind.IMPORTS))
    is_inner = view.is_file[view.source[edges]] & view.is_file[view.target[edges]]
    edges = edges[is_inner & (view.source[edges] != view.target[edges])]
    sources, targets = ends_of(distinct(pairs_of(view.source[edges], view.target[edges])))
    groups = cycles_of(zip(sources.tolist(), targets.tolist(), strict=True))
    group_of = np.full(view.n_nodes, -1, np.int64)
    for number, group in enumerate(groups):
        group_of[group] = number
    is_circular = (group_of[sources] == group_of[targets]) & (group_of[sources] >= 0)
    cuts = _cheapest(view, group_of, sources[is_circular], targets[is_circular]) if groups else []
    cycles = [Cycle(tuple(group), cut, uses) for group, (cut, uses) in zip(groups, cuts, strict=True)]
    return sorted(cycles, key=lambda cycle: (-len(cycle.files), cycle.files))


def ranks(view: GraphView) -> Floats:
    """PageRank of each symbol over what it is used by; sums up to 1."""
    edges = np.flatnonzero(view.edges_of(*WRITTEN_USES) & ~view.is_kind(NodeKind.EXTERNAL)[view.target])
    source, target = view.source[edges].astype(np.int64), view.target[edges].astype(np.int64)
    return pagerank(source, target, view.confidence[edges], np.ones(view.n_nodes))


def fans(view: GraphView) -> tuple[Rows, Rows]:
    """How many symbols call each one, and how many of the tree it calls; several calls count once."""
    is_call = view.edges_of(EdgeKind.CALLS) & ~view.is_kind(NodeKind.EXTERNAL)[view.target]
    is_call &= view.source != view.target
    callers, called = ends_of(distinct(pairs_of(view.source[is_call], view.target[is_call])))
    n = view.n_nodes
    return np.bincount(called, minlength=n), np.bincount(callers, minlength=n)


def _cheapest(view: GraphView, group_of: Rows, sources: Rows, targets: Rows) -> list[tuple[tuple[int, int], int]]:
    """Of each group the import with the fewest uses between its files, of equal ones the first, and their number."""
    pairs = pairs_of(sources, targets)
    used, counts = np.unique(_uses_inside(view, group_of), return_counts=True)
    places = np.minimum(np.searchsorted(used, pairs), max(len(used) - 1, 0))
    uses = np.where(used[places] == pairs, counts[places], 0) if len(used) else np.zeros(len(pairs), np.int64)
    order = np.lexsort((pairs, uses, group_of[sources]))
    groups = group_of[sources[order]]
    first = order[np.flatnonzero(np.diff(groups, prepend=-1))]
    ends = zip(sources[first].tolist(), targets[first].tolist(), strict=True)
    return list(zip(ends, uses[first].tolist(), strict=True))


def _uses_inside(view: GraphView, group_of: Rows) -> Rows:
    """The two files of each import and use between files of one group."""
    file = files_of(view)
    is_use = view.edges_of(*WRITTEN_USES, EdgeKind.IMPORTS)
    sources, targets = file[view.source[is_use]], file[view.target[is_use]]
    is_across = (sources != targets) & (sources >= 0) & (targets >= 0)
    sources, targets = sources[is_across], targets[is_across]
    is_inside = (group_of[sources] == group_of[targets]) & (group_of[sources] >= 0)
    return np.sort(pairs_of(sources[is_inside], targets[is_inside]), kind="stable")
