"""Rows that hold still: those of files that were not looked at again.

What flows in: the graph before, of an assembly with the same nodes but for external ones, and the rows of the files
that were looked at. What flows out: the graph now. Its rows stand in the order in which a whole linking would give
them: what is kept is in order already, what is new is sorted and put into its places.
"""

from collections.abc import Collection
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from axon.graph.build import Assembly
from axon.graph.graph import NODE_TEXTS, CodeGraph, EdgeColumns, Int32s, NodeColumns, SiteColumns
from axon.model.kinds import NODE_KINDS, EdgeKind, NodeKind, Rule
from axon.resolution.evidence import EDGE_CODE, RULE_CODE, EdgeRows, SiteRows, Table, add_externals, outside
from axon.resolution.names import Names

_CALLS: Final = np.array([EDGE_CODE[EdgeKind.CALLS], EDGE_CODE[EdgeKind.PASSES]])
_STRUCTURE: Final = np.array([EDGE_CODE[EdgeKind.CONTAINS], EDGE_CODE[EdgeKind.DEFINES]])
_FRAMEWORKS: Final = np.array(
    [EDGE_CODE[kind] for kind in (EdgeKind.TRIGGERED_BY, EdgeKind.HANDLED_BY, EdgeKind.INJECTED_WITH)]
)
OBSERVED: Final = RULE_CODE[Rule.OBSERVED]
_EXTERNAL: Final = NODE_KINDS.index(NodeKind.EXTERNAL)
_NUMBERS: Final = ("kind", "rule", "source", "target", "line", "column", "start_byte", "end_byte")
_EDITABLE: Final = ("signatures", "summaries")
_SPANS: Final = ("start_line", "end_line", "start_byte", "end_byte")

_Mask = npt.NDArray[np.bool_]


class Fresh(NamedTuple):
    """What was found anew: of `edited` files all edges, of `linked` ones, which hold them, calls and sites."""

    edited: Collection[int]
    linked: Collection[int]
    edges: EdgeRows
    sites: SiteRows


class Splice:
    """The graph before with the rows of the files that were looked at in place of theirs.

    What frameworks do is found anew, unless somebody says that it is the same; its nodes stand behind the first
    `n_rows` of the assembly, before external ones. `files` has the file of each of those first rows.
    """

    def __init__(self, before: CodeGraph, names: Names, n_rows: int, fresh: Fresh) -> None:
        self._before, self._names, self._n_rows, self._fresh = before, names, n_rows, fresh
        self.files = files_of_rows(names.assembly, n_rows)
        self._keep = self._kept()
        self.keeps_frameworks = False

    def _kept(self) -> _Mask:
        """Which edges hold still: what structure alone gives, and those of files that were not looked at."""
        e = self._before.edges
        is_whole = np.isin(e.kind, _STRUCTURE)
        is_edited, is_linked = (_is_of(self.files, some) for some in (self._fresh.edited, self._fresh.linked))
        of_files = e.source < self._n_rows
        source = np.where(of_files, e.source, 0)
        is_looked_at = np.where(np.isin(e.kind, _CALLS), is_linked[source], is_edited[source])
        is_anew = np.isin(e.kind, _FRAMEWORKS) | (e.rule == OBSERVED)  # always found for the whole tree
        kept: _Mask = is_whole | (of_files & ~is_looked_at & ~is_anew)
        return kept

    def may_keep_frameworks(self) -> bool:
        """Whether what edited files have of frameworks stands where their definitions begin, as places of now are."""
        e, nodes = self._before.edges, self._before.nodes
        at = self._of_frameworks()
        source = e.source[at]
        return bool(
            np.array_equal(e.start_byte[at], nodes.start_byte[source])
            and np.array_equal(e.end_byte[at], nodes.start_byte[source])
            and np.array_equal(e.line[at], nodes.start_line[source])
            and not e.column[at].any()
        )

    def _of_frameworks(self) -> npt.NDArray[np.int64]:
        """The edges of before that frameworks gave to edited files."""
        e = self._before.edges
        at = np.flatnonzero(np.isin(e.kind, _FRAMEWORKS) & (e.source < self._n_rows))
        return at[_is_of(self.files, self._fresh.edited)[e.source[at]]]

    def keep_frameworks(self) -> None:
        """Take over what frameworks did; appends their nodes to the assembly."""
        self.keeps_frameworks = True
        nodes, assembly = self._before.nodes, self._names.assembly
        self._keep |= np.isin(self._before.edges.kind, _FRAMEWORKS)
        for row in range(self._n_rows, len(nodes)):
            if nodes.kind[row] == _EXTERNAL:
                break
            kind = NODE_KINDS[nodes.kind[row]]
            assembly.add_place(kind, nodes.ids[row], nodes.names[row], nodes.qualified_names[row], nodes.paths[row])
            for key in ("languages", "signatures", "summaries"):
                getattr(assembly, key)[row] = getattr(nodes, key)[row]
            for key in ("flags", *_SPANS):
                getattr(assembly, key)[row] = int(getattr(nodes, key)[row])

    def table(self) -> Table:
        """The edges that hold still, but for those of structure, as rows of values."""
        return self._table

    @cached_property
    def _table(self) -> Table:
        e, externals = self._before.edges, self._names.externals
        keep = self._keep & ~np.isin(e.kind, _STRUCTURE)
        values = np.arange(len(self._before.nodes), dtype=np.int64)
        rows = np.flatnonzero(self._before.nodes.kind == _EXTERNAL)
        values[rows] = [externals.value(self._before.nodes.qualified_names[row]) for row in rows.tolist()]
        columns = (e.kind, e.source, values[e.target], e.line, e.column, e.start_byte, e.end_byte, e.rule)
        return np.stack([column[keep].astype(np.int64) for column in columns], axis=1)

    def graph(self) -> CodeGraph:
        """The whole graph; appends the external nodes to the assembly."""
        before, names, fresh = self._before, self._names, self._fresh
        row_of, rows = self._externals()
        nodes = _nodes(before.nodes, names.assembly, self._n_rows, fresh.edited)
        held = self._with_places(nodes) if self.keeps_frameworks else before.edges
        edges = _edges(held, self._keep, fresh.edges.distinct(row_of), rows)
        return CodeGraph(nodes, edges, _sites(before.unresolved, self.files, fresh))

    def _with_places(self, now: NodeColumns) -> EdgeColumns:
        """The edges of before, those of frameworks where the definitions of edited files begin now."""
        e, at = self._before.edges, self._of_frameworks()
        source = e.source[at]
        columns = {key: getattr(e, key) for key in _NUMBERS}
        places = {"line": now.start_line, "start_byte": now.start_byte, "end_byte": now.start_byte}
        for key, places_now in places.items():
            columns[key] = columns[key].copy()
            columns[key][at] = places_now[source]
        return EdgeColumns(**columns)

    def outside_before(self) -> Collection[str]:
        """The names of the external symbols that edges of before led to."""
        nodes = self._before.nodes
        return {nodes.qualified_names[row] for row in np.flatnonzero(nodes.kind == _EXTERNAL).tolist()}

    def outside(self) -> Collection[str]:
        """The names of those to which edges lead so far."""
        return self._used_outside().keys() | self._new_outside()

    def _externals(self) -> tuple[dict[int, int], Int32s]:
        """The rows of the external symbols that edges lead to, by value, and the row now of each node of before."""
        externals, held = self._names.externals, self._before.nodes
        old = self._used_outside()
        row_of = add_externals(self._names.assembly, sorted(old.keys() | self._new_outside()))
        rows = np.arange(len(held), dtype=np.int32)
        rows[list(old.values())] = [row_of[name] for name in old]
        return {externals.value(name): row for name, row in row_of.items()}, rows

    def _used_outside(self) -> dict[str, int]:
        """The external symbols to which kept edges lead, with their rows of before."""
        held = self._before.nodes
        is_used = np.zeros(len(held), bool)
        is_used[self._before.edges.target[self._keep]] = True
        is_used &= held.kind == _EXTERNAL
        return {held.qualified_names[row]: row for row in np.flatnonzero(is_used).tolist()}

    def _new_outside(self) -> set[str]:
        return {self._names.externals.name(value) for value in outside(self._fresh.edges.fresh())}


def _nodes(before: NodeColumns, assembly: Assembly, n_rows: int, edited: Collection[int]) -> NodeColumns:
    """The nodes: what edited files say of them is new, and what stands behind them may have come or gone.

    Texts that are what they were are the same objects, so that who has looked at them need not look again.
    """
    places = [row for file in edited for row in (assembly.file_row + file, *assembly.rows[file])]
    columns: dict[str, Any] = {}
    for key in (*_SPANS, "kind", "flags"):
        column, tail = getattr(before, key)[:n_rows], getattr(assembly, key)[n_rows:]
        columns[key] = np.concatenate([column, np.array(tail, column.dtype)])
        if key in _SPANS:
            columns[key][places] = [getattr(assembly, key)[row] for row in places]
    for key in NODE_TEXTS:
        texts, now = getattr(before, key), getattr(assembly, key)
        changed = [row for row in places if texts[row] != now[row]] if key in _EDITABLE else []
        if changed or texts[n_rows:] != now[n_rows:]:
            texts = [*texts[:n_rows], *now[n_rows:]]
            for row in changed:
                texts[row] = now[row]
        columns[key] = texts
    return NodeColumns(**columns)


def _edges(before: EdgeColumns, keep: _Mask, new: EdgeColumns, rows: Int32s) -> EdgeColumns:
    """Kept edges and new ones in the order of kind, source, target and place; `rows` are nodes of before as they are.

    No kept edge is of the kind and source of a new one, so that both are told apart before places are compared.
    """
    kept = {key: getattr(before, key)[keep] for key in _NUMBERS}
    kept["target"] = rows[kept["target"]]
    at = np.searchsorted(_order(kept), _order({key: getattr(new, key) for key in _NUMBERS}))
    return EdgeColumns(**{key: np.insert(kept[key], at, getattr(new, key)) for key in _NUMBERS})


def _order(edges: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.int64]:
    order: npt.NDArray[np.int64] = edges["kind"].astype(np.int64) << 32 | edges["source"]
    return order


def _sites(before: SiteColumns, files: Int32s, fresh: Fresh) -> SiteColumns:
    """The sites in the order of files; those of a file stand together."""
    keep = ~_is_of(files, fresh.linked)[before.caller]
    new = fresh.sites.freeze()
    kept_callers = before.caller[keep]
    at = np.searchsorted(files[kept_callers], files[new.caller])
    kept = np.flatnonzero(keep).tolist()

    def texts(old: Any, added: Any) -> list[str]:
        found, start = list[str](), 0
        for place, text in zip(at.tolist(), added, strict=True):
            found += [old[row] for row in kept[start:place]]
            found.append(text)
            start = place
        return found + [old[row] for row in kept[start:]]

    def numbers(key: str) -> Any:
        return np.insert(getattr(before, key)[keep], at, getattr(new, key))

    return SiteColumns(
        texts(before.names, new.names),
        texts(before.receivers, new.receivers),
        *(numbers(key) for key in ("caller", "reason", "line", "column")),
    )


def _is_of(files: Int32s, some: Collection[int]) -> _Mask:
    """Whether each node row is a file or symbol of some files."""
    is_of_file = np.zeros(int(files.max(initial=0)) + 2, bool)
    is_of_file[list(some)] = True
    is_of_file[-1] = False
    found: _Mask = is_of_file[files]
    return found


def files_of_rows(assembly: Assembly, n_rows: int) -> Int32s:
    """The file of each of the first node rows that is of a file or symbol; -1 for others."""
    found = np.full(n_rows, -1, np.int32)
    n = len(assembly.files)
    found[assembly.file_row : assembly.file_row + n] = np.arange(n)
    sizes = [len(rows) for rows in assembly.rows]
    found[assembly.file_row + n :] = np.repeat(np.arange(n), sizes)
    return found
