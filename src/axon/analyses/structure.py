"""Which files import each other in circles, and which symbols most of the tree leads to.

What flows in: a view. What flows out: cycles with the cheapest import to cut, and ranks.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from axon.analyses.cycles import cycles_of
from axon.analyses.pagerank import pagerank
from axon.graph.view import Floats, GraphView, Rows
from axon.model.kinds import EdgeKind, NodeKind

_USES: Final = (
    EdgeKind.CALLS,
    EdgeKind.PASSES,
    EdgeKind.USES_TYPE,
    EdgeKind.EXTENDS,
    EdgeKind.IMPLEMENTS,
    EdgeKind.DECORATED_BY,
)


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
    pairs = sorted({*zip(view.source[edges].tolist(), view.target[edges].tolist(), strict=True)})
    uses = _uses_between_files(view)
    out: dict[int, list[int]] = {}
    for source, target in pairs:
        out.setdefault(source, []).append(target)
    groups = cycles_of(pairs)
    cycles = [_cycle(group, out, uses) for group in groups]
    return sorted(cycles, key=lambda cycle: (-len(cycle.files), cycle.files))


def ranks(view: GraphView) -> Floats:
    """PageRank of each symbol over what it is used by; sums up to 1."""
    edges = np.flatnonzero(view.edges_of(*_USES) & ~view.is_kind(NodeKind.EXTERNAL)[view.target])
    source, target = view.source[edges].astype(np.int64), view.target[edges].astype(np.int64)
    return pagerank(source, target, view.confidence[edges], np.ones(view.n_nodes))


def fans(view: GraphView) -> tuple[Rows, Rows]:
    """How many symbols call each one, and how many of the tree it calls; several calls count once."""
    is_call = view.edges_of(EdgeKind.CALLS) & ~view.is_kind(NodeKind.EXTERNAL)[view.target]
    calls = np.flatnonzero(is_call & (view.source != view.target))
    pairs = np.unique(view.source[calls].astype(np.int64) * view.n_nodes + view.target[calls])
    n = view.n_nodes
    return np.bincount(pairs % n, minlength=n), np.bincount(pairs // n, minlength=n)


def _uses_between_files(view: GraphView) -> dict[tuple[int, int], int]:
    row_of = {path: row for row, path in enumerate(view.paths) if view.is_file[row]}
    file = np.array([row_of.get(path, -1) for path in view.paths], np.int64)
    edges = np.flatnonzero(view.edges_of(*_USES, EdgeKind.IMPORTS))
    source, target = file[view.source[edges]], file[view.target[edges]]
    is_across = (source != target) & (source >= 0) & (target >= 0)
    pairs, counts = np.unique(source[is_across] * view.n_nodes + target[is_across], return_counts=True)
    ends = zip((pairs // view.n_nodes).tolist(), (pairs % view.n_nodes).tolist(), strict=True)
    return dict(zip(ends, counts.tolist(), strict=True))


def _cycle(group: list[int], out: dict[int, list[int]], uses: dict[tuple[int, int], int]) -> Cycle:
    inside = set(group)
    imports = [(a, b) for a in sorted(group) for b in out.get(a, ()) if b in inside]
    cut = min(imports, key=lambda pair: (uses.get(pair, 0), pair))
    return Cycle(tuple(sorted(group)), cut, uses.get(cut, 0))
