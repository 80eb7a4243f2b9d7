"""Rows that hold still: those of files that were not looked at again.

What flows in: the graph before, of an assembly with the same nodes. What flows out: its rows, among the new ones.
"""

from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt

from axon.graph.build import Assembly
from axon.graph.graph import CodeGraph, Int32s
from axon.model.kinds import NODE_KINDS, EdgeKind, NodeKind
from axon.resolution.evidence import EDGE_CODE, EdgeRows, SiteRows
from axon.resolution.names import Names

_EXTERNAL: Final = NODE_KINDS.index(NodeKind.EXTERNAL)
_CALLS: Final = np.array([EDGE_CODE[EdgeKind.CALLS], EDGE_CODE[EdgeKind.PASSES]])
_STRUCTURE: Final = np.array([EDGE_CODE[EdgeKind.CONTAINS], EDGE_CODE[EdgeKind.DEFINES]])
_FRAMEWORKS: Final = np.array(
    [EDGE_CODE[kind] for kind in (EdgeKind.TRIGGERED_BY, EdgeKind.HANDLED_BY, EdgeKind.INJECTED_WITH)]
)


def keep_others(before: CodeGraph, names: Names, files: Collection[int], edges: EdgeRows) -> None:
    """Add the edges of all files but the given ones that are neither calls nor what structure or packs alone give."""
    kinds = np.concatenate([_CALLS, _STRUCTURE, _FRAMEWORKS])
    _keep(
        before, names, ~np.isin(before.edges.kind, kinds) & ~_is_of(names.assembly, files)[before.edges.source], edges
    )


def keep_calls(before: CodeGraph, names: Names, files: Collection[int], edges: EdgeRows, sites: SiteRows) -> None:
    """Add the CALLS and PASSES edges and the unresolved sites of all files but the given ones."""
    is_fresh = _is_of(names.assembly, files)
    _keep(before, names, np.isin(before.edges.kind, _CALLS) & ~is_fresh[before.edges.source], edges)
    u = before.unresolved
    rows = zip(
        u.caller.tolist(), u.names, u.receivers, u.reason.tolist(), u.line.tolist(), u.column.tolist(), strict=True
    )
    kept = [row for row, is_out in zip(rows, is_fresh[u.caller].tolist(), strict=True) if not is_out]
    file_of = _files(names.assembly).tolist()
    sites.rows = sorted([*kept, *sites.rows], key=lambda row: file_of[row[0]])


def _keep(before: CodeGraph, names: Names, keep: npt.NDArray[np.bool_], edges: EdgeRows) -> None:
    e = before.edges
    columns = (e.kind, e.source, _values(before, names, e.target), e.line, e.column, e.start_byte, e.end_byte, e.rule)
    edges.keep(np.stack([column[keep].astype(np.int64) for column in columns], axis=1))


def _is_of(assembly: Assembly, files: Collection[int]) -> npt.NDArray[np.bool_]:
    """Whether each node row is a file or symbol of some files."""
    is_fresh = np.zeros(len(assembly.files) + 1, bool)
    is_fresh[list(files)] = True
    found: npt.NDArray[np.bool_] = is_fresh[_files(assembly)]
    return found


def _files(assembly: Assembly) -> Int32s:
    """The file of each node row of a file or symbol; -1 for others."""
    found = np.full(len(assembly.ids), -1, np.int32)
    n = len(assembly.files)
    found[assembly.file_row : assembly.file_row + n] = np.arange(n)
    sizes = [len(rows) for rows in assembly.rows]
    found[assembly.file_row + n :] = np.repeat(np.arange(n), sizes)
    return found


def _values(before: CodeGraph, names: Names, rows: Int32s) -> npt.NDArray[np.int64]:
    """Node rows as values: external ones by what they are called; what packs add is none that is kept."""
    values = np.arange(len(before.nodes), dtype=np.int64)
    outside = np.flatnonzero(before.nodes.kind == _EXTERNAL)
    values[outside] = [names.externals.value(before.nodes.qualified_names[row]) for row in outside.tolist()]
    return values[rows]
