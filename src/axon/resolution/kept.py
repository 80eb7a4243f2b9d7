"""Rows of calls that hold still: those of files that were not looked at again.

What flows in: the graph before, of an assembly with the same nodes. What flows out: its rows of calls, among the new
ones.
"""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from axon.graph.build import Assembly
from axon.graph.graph import CodeGraph, Int32s
from axon.model.kinds import EdgeKind
from axon.resolution.evidence import EDGE_CODE, EdgeRows, SiteRows
from axon.resolution.names import Names

_KINDS = np.array([EDGE_CODE[EdgeKind.CALLS], EDGE_CODE[EdgeKind.PASSES]])


def keep_rows(before: CodeGraph, names: Names, files: Collection[int], edges: EdgeRows, sites: SiteRows) -> None:
    """Add the CALLS and PASSES edges and the unresolved sites of all files but the given ones."""
    file_of = _files(names.assembly)
    is_fresh = np.zeros(len(names.assembly.files), bool)
    is_fresh[list(files)] = True
    e = before.edges
    keep = np.isin(e.kind, _KINDS) & ~is_fresh[file_of[e.source]]
    columns = (e.kind, e.source, _values(before, names, e.target), e.line, e.column, e.start_byte, e.end_byte, e.rule)
    edges.keep(np.stack([column[keep].astype(np.int64) for column in columns], axis=1))
    u = before.unresolved
    rows = zip(
        u.caller.tolist(), u.names, u.receivers, u.reason.tolist(), u.line.tolist(), u.column.tolist(), strict=True
    )
    fresh = is_fresh[file_of[u.caller]].tolist()
    kept = [row for row, is_out in zip(rows, fresh, strict=True) if not is_out]
    of_file = file_of.tolist()
    sites.rows = sorted([*kept, *sites.rows], key=lambda row: of_file[row[0]])


def _files(assembly: Assembly) -> Int32s:
    """The file of each node row of a file or symbol."""
    found = np.zeros(len(assembly.ids), np.int32)
    n = len(assembly.files)
    found[assembly.file_row : assembly.file_row + n] = np.arange(n)
    sizes = [len(rows) for rows in assembly.rows]
    found[assembly.file_row + n :] = np.repeat(np.arange(n), sizes)
    return found


def _values(before: CodeGraph, names: Names, rows: Int32s) -> npt.NDArray[np.int64]:
    """Node rows as values: external ones by what they are called."""
    n = len(names.assembly.ids)
    values = np.arange(len(before.nodes), dtype=np.int64)
    values[n:] = [names.externals.value(name) for name in before.nodes.qualified_names[n:]]
    return values[rows]
