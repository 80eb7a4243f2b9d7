"""The rows that one COPY takes, as columns.

What flows in: columns of a CodeGraph, or nodes and edges. What flows out: batches of one table each. It does not know
how they are stored.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
import numpy.typing as npt

from axon.graph.graph import CodeGraph, NodeColumns
from axon.model.kinds import CONFIDENCE, NODE_KINDS, RULES, EdgeKind, Flag
from axon.model.nodes import GraphNode, GraphRelationship
from axon.storage.backend import RejectedRow, Value
from axon.storage.cypher.csv import Coded, Column, part_of, value_at, values_of
from axon.storage.rows import KEY_NAMES, edge_row, names_of, node_row
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES, ColumnType, Table, flag_words, node_key

Keys = npt.NDArray[np.int64]

_KIND_WORDS: Final = [kind.value for kind in NODE_KINDS]
_RULE_WORDS: Final = [rule.value for rule in RULES]
_RULE_NUMBERS: Final = [CONFIDENCE[rule] for rule in RULES]


@dataclass(frozen=True, slots=True)
class Batch:
    """n rows of one table: columns in the order of `names_of(table)`, each of length n.

    `id_of` gives the id of a key among the ends of an edge.
    """

    table: Table
    columns: tuple[Column, ...]
    id_of: Callable[[int], str]

    def __len__(self) -> int:
        return len(self.columns[0])

    @property
    def types(self) -> tuple[ColumnType, ...]:
        """Types of the columns."""
        types = tuple(column.type for column in self.table.columns)
        return (ColumnType.INT64, ColumnType.INT64, *types) if self.table.edge_kind else types

    def row(self, number: int) -> dict[str, Value]:
        """One row by column name."""
        values = (value_at(column, number) for column in self.columns)
        return dict(zip(names_of(self.table), values, strict=True))

    def rows(self) -> Iterator[tuple[Value, ...]]:
        """All rows, values in the order of the columns."""
        return zip(*map(values_of, self.columns), strict=True)

    def part(self, start: int, stop: int) -> "Batch":
        """Rows start to stop, half-open."""
        return Batch(self.table, tuple(part_of(column, start, stop) for column in self.columns), self.id_of)

    def without(self, rows: Iterable[int]) -> "Batch":
        """All rows but these."""
        left_out = set(rows)
        kept = [row for row in range(len(self)) if row not in left_out]
        return Batch(self.table, tuple([value_at(column, row) for row in kept] for column in self.columns), self.id_of)

    def rejected(self, number: int, reason: str) -> RejectedRow:
        """The report of one row, with ids in the place of keys."""
        row = self.row(number)
        if self.table.edge_kind:
            row |= {name: self.id_of(int(row[name])) for name in KEY_NAMES}
        else:
            del row["key"]
        return RejectedRow(self.table.name, row, reason)


def keys_of(ids: Sequence[str]) -> Keys:
    """The key of each id; shape (n,)."""
    return np.fromiter(map(node_key, ids), np.int64, len(ids))


def batch_of_columns(nodes: NodeColumns, keys: Keys) -> Batch:
    """All nodes of a graph; `keys` are those of its ids."""
    flags = nodes.flags.tolist()
    exported = int(Flag.EXPORTED)
    columns: tuple[Sequence[Value], ...] = (
        keys.tolist(),
        list(nodes.ids),
        [_KIND_WORDS[kind] for kind in nodes.kind.tolist()],
        list(nodes.names),
        list(nodes.qualified_names),
        list(nodes.paths),
        list(nodes.languages),
        nodes.start_line.tolist(),
        nodes.end_line.tolist(),
        nodes.start_byte.tolist(),
        nodes.end_byte.tolist(),
        list(nodes.signatures),
        list(nodes.summaries),
        [bool(flag & exported) for flag in flags],
        [flag_words(flag) for flag in flags],
    )
    return Batch(NODE_TABLE, columns, str)


def batch_of_nodes(nodes: Sequence[GraphNode]) -> Batch:
    """These nodes."""
    return Batch(NODE_TABLE, _transposed([node_row(node) for node in nodes], NODE_TABLE), str)


def batch_of_edges(graph: CodeGraph, kind: EdgeKind, rows: npt.NDArray[np.intp], keys: Keys) -> Batch:
    """The edges in these rows of a graph, all of one kind; `keys` are those of the graph's nodes."""
    e, ids = graph.edges, graph.nodes.ids
    rules = e.rule[rows]
    columns: tuple[Column, ...] = (
        keys[e.source[rows]],
        keys[e.target[rows]],
        Coded(_RULE_WORDS, rules),
        Coded(_RULE_NUMBERS, rules),
        e.line[rows],
        e.column[rows],
        e.start_byte[rows],
        e.end_byte[rows],
    )
    return Batch(RELATIONSHIP_TABLES[kind], columns, lambda key: ids[int(np.flatnonzero(keys == key)[0])])


def batches_of_relationships(edges: Iterable[GraphRelationship]) -> Iterator[Batch]:
    """These edges, one batch a kind."""
    by_kind: defaultdict[EdgeKind, list[GraphRelationship]] = defaultdict(list)
    for edge in edges:
        by_kind[edge.kind].append(edge)
    for kind, group in by_kind.items():
        table = RELATIONSHIP_TABLES[kind]
        ids = {node_key(id): id for edge in group for id in (edge.source, edge.target)}
        yield Batch(table, _transposed([edge_row(edge) for edge in group], table), ids.__getitem__)


def repeated_nodes(batch: Batch) -> dict[int, str]:
    """Rows of a node batch whose key an earlier row has, each with the reason why it cannot be stored."""
    keys, ids = (cast("Sequence[Value]", column) for column in batch.columns[:2])
    if len(set(keys)) == len(keys):
        return {}
    first: dict[Value, int] = {}
    earlier = [first.setdefault(key, row) for row, key in enumerate(keys)]
    return {row: _reason(str(ids[row]), str(ids[e])) for row, e in enumerate(earlier) if e != row}


def _reason(id: str, earlier: str) -> str:
    if id == earlier:
        return "an earlier row has the same id"
    return f"its key is that of {earlier!r}"


def _transposed(rows: Sequence[tuple[Value, ...]], table: Table) -> tuple[Sequence[Value], ...]:
    return tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in names_of(table))
