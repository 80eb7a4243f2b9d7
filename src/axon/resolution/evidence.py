"""Edges and unresolved sites while they are being found: rows with their evidence, appended in bulk, frozen at the end.

What flows in: sources, values and places. What flows out: edge and site columns in canonical order. External values
become nodes here, when an edge first leads to one.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np

from axon.graph.build import Assembly
from axon.graph.graph import EdgeColumns, Int32s, SiteColumns
from axon.model.ids import external_id
from axon.model.kinds import EDGE_KINDS, REASONS, RULES, EdgeKind, NodeKind, Rule
from axon.resolution.values import Externals

EDGE_CODE: Final = {kind: code for code, kind in enumerate(EDGE_KINDS)}
RULE_CODE: Final = {rule: code for code, rule in enumerate(RULES)}
REASON_CODE: Final = {reason: code for code, reason in enumerate(REASONS)}

_LONGEST: Final = (1 << 27) - 1  # bytes of a use: what is longer is ordered as if it were this long

Table = np.ndarray[tuple[int, int], np.dtype[np.int64]]
Place = tuple[int, int, int, int]  # line, column, start byte, end byte
NOWHERE: Final[Place] = (0, 0, 0, 0)


class EdgeRows:
    """Edges by value; several sites of one kind between the same ends are several rows.

    `rows` holds eight numbers for each: kind code, source, target, line, column, start byte, end byte, rule code.
    `kept` gives those that hold still besides, where only some files are linked.
    """

    def __init__(self) -> None:
        self.rows = array("q")  # not tuples: of all that is linked, edges are the most
        self.kept: Callable[[], Table] | None = None

    def add(self, kind: EdgeKind, rule: Rule, source: int, target: int, place: Place = NOWHERE) -> None:
        """`source` is a node row, `target` a node row or an external value."""
        self.rows.extend((EDGE_CODE[kind], source, target, *place, RULE_CODE[rule]))

    def table(self) -> Table:
        """A copy of all rows so far, but for those that structure alone gives."""
        fresh = self.fresh()
        return np.concatenate([fresh, self.kept()]) if self.kept is not None else fresh.copy()

    def fresh(self) -> Table:
        """The rows that were added, as one array of shape (n, 8); nothing can be added while it is in use."""
        return np.frombuffer(self.rows, np.int64).reshape(-1, 8)

    def freeze(self, assembly: Assembly, externals: Externals) -> EdgeColumns:
        """Distinct edges ordered by kind, source, target and place; appends the external nodes to the assembly."""
        values = {externals.name(value): value for value in outside(self.fresh())}
        row_of = {values[name]: row for name, row in add_externals(assembly, sorted(values)).items()}
        return _edge_columns(_distinct(np.concatenate([_structure_rows(assembly), self._with_rows(row_of)])))

    def distinct(self, row_of: Mapping[int, int]) -> EdgeColumns:
        """The rows that were added, as `freeze` gives them; `row_of` are the nodes of external values."""
        return _edge_columns(_distinct(self._with_rows(row_of)))

    def settled(self, assembly: Assembly) -> EdgeColumns:
        """The edges so far of the kinds that lead to no external symbol yet, in the same order; nothing is changed."""
        table = self.fresh()
        open_kinds = np.unique(table[table[:, 2] < 0, 0])
        known = table[~np.isin(table[:, 0], open_kinds)]
        return _edge_columns(_distinct(np.concatenate([_structure_rows(assembly), known])))

    def _with_rows(self, row_of: Mapping[int, int]) -> Table:
        table = self.fresh().copy()
        targets = table[:, 2]
        targets[targets < 0] = [row_of[value] for value in targets[targets < 0].tolist()]
        return table


def outside(table: Table) -> list[int]:
    """The external values that rows lead to."""
    targets = table[:, 2]
    found: list[int] = np.unique(targets[targets < 0]).tolist()
    return found


def add_externals(assembly: Assembly, names: Iterable[str]) -> dict[str, int]:
    """Append external symbols to the nodes; the row of each."""
    return {
        name: assembly.add_place(NodeKind.EXTERNAL, external_id(name), name.rpartition(".")[2], name) for name in names
    }


def _structure_rows(assembly: Assembly) -> Table:
    edges = assembly.structure_edges()
    columns = (edges.kind, edges.source, edges.target, edges.line, edges.column, edges.start_byte, edges.end_byte)
    return np.stack([np.asarray(column, np.int64) for column in (*columns, edges.rule)], axis=1)


def _distinct(
    table: Table,
) -> Table:
    """Rows by kind, source, target, place and rule, each once. Rows of nodes fit in 30 bits, bytes of files in 31.

    They come almost in that order, and a stable sort of what is almost sorted costs next to nothing.
    """
    ends = (table[:, 0].astype(np.uint64) << 60) | (table[:, 1] << 30 | table[:, 2]).astype(np.uint64)
    order = np.argsort(ends, kind="stable")
    ends, rows = ends[order], table[order]
    places = rows[:, 5] << 32 | np.minimum(rows[:, 6] - rows[:, 5], _LONGEST) << 5 | rows[:, 7]
    if np.any((ends[1:] == ends[:-1]) & (places[1:] < places[:-1])):
        rows = rows[np.lexsort((places, ends))]
    fresh = np.ones(len(rows), bool)
    fresh[1:] = np.any(rows[1:] != rows[:-1], axis=1)
    return rows[fresh]


def _edge_columns(table: Table) -> EdgeColumns:
    def numbers(column: int) -> Int32s:
        return table[:, column].astype(np.int32)

    return EdgeColumns(
        kind=table[:, 0].astype(np.uint8),
        rule=table[:, 7].astype(np.uint8),
        source=numbers(1),
        target=numbers(2),
        line=numbers(3),
        column=numbers(4),
        start_byte=numbers(5),
        end_byte=numbers(6),
    )


class SiteRows:
    """Unresolved call sites, in the order of files and places.

    A row is (caller, name, receiver, reason code, line, column).
    """

    def __init__(self) -> None:
        self.rows: list[tuple[int, str, str, int, int, int]] = []

    def freeze(self) -> SiteColumns:
        """The sites as columns, in the order of their rows."""
        callers, names, receivers, reasons, lines, columns = zip(*self.rows, strict=True) if self.rows else [()] * 6
        return SiteColumns(
            list(names),
            list(receivers),
            np.array(callers, np.int32),
            np.array(reasons, np.uint8),
            np.array(lines, np.int32),
            np.array(columns, np.int32),
        )
