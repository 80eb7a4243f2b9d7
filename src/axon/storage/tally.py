"""What a graph holds, in figures that depend neither on the order of its rows nor on its history.

What flows in: a CodeGraph, or an open store. What flows out: for each kind of row how many there are and a digest of
them all, and the rows in which two graphs differ. It does not know how either came to be.

The digest of a kind is the sum of the digests of its rows modulo 2**128: a hash of a multiset, in which equal rows
count (Clarke et al., "Incremental Multiset Hash Functions and Their Application to Memory Integrity Checking", 2003;
against accidents, not against somebody who looks for collisions).
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from xxhash import xxh3_128_hexdigest, xxh3_128_intdigest

from axon.graph.graph import CodeGraph
from axon.model.kinds import EDGE_KINDS, REASONS
from axon.storage.backend import Value
from axon.storage.cypher.batch import batch_of_columns, batch_of_edges, keys_of
from axon.storage.cypher.store import CypherBackend
from axon.storage.rows import KEY_NAMES, names_of
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES, node_key

Row: TypeAlias = tuple[Value, ...]
Rows: TypeAlias = Iterator[tuple["Group", Row]]

NODES: Final = "nodes"
EDGES: Final = "edges"
SITES: Final = "unresolved"
SITE_NAMES: Final = ("caller", "name", "receiver", "reason", "line", "column")

_MODULUS: Final = 1 << 128
_MOST_KEPT: Final = 10_000  # differing rows a side: the memory that a wholly different graph may take


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Rows of one sort: `what` is NODES, EDGES or SITES, `kind` the value of a NodeKind, an EdgeKind or a Reason."""

    what: str
    kind: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The rows of one group: how many, and the sum of their digests."""

    n_rows: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class DifferingRows:
    """Rows that one of two graphs has more often than the other, at most 10,000 a side, and how many there are."""

    left: tuple[tuple[Group, Row], ...]
    right: tuple[tuple[Group, Row], ...]
    n_left: int
    n_right: int


def rows_of_graph(graph: CodeGraph) -> Rows:
    """Every row: of a table in the order of `names_of`, of an unresolved site in that of `SITE_NAMES`; keys for ids."""
    keys = keys_of(graph.nodes.ids)
    for row in batch_of_columns(graph.nodes, keys).rows():
        yield Group(NODES, str(row[2])), row
    for code, kind in enumerate(EDGE_KINDS):
        group, rows = Group(EDGES, kind.value), np.flatnonzero(graph.edges.kind == code)
        for row in batch_of_edges(graph, kind, rows, keys).rows():
            yield group, row
    sites = graph.unresolved
    groups = [Group(SITES, reason.value) for reason in REASONS]
    callers = keys[sites.caller].tolist() if len(sites) else []
    numbers = (sites.reason.tolist(), sites.line.tolist(), sites.column.tolist())
    for caller, name, receiver, reason, line, column in zip(
        callers, sites.names, sites.receivers, *numbers, strict=True
    ):
        yield groups[reason], (caller, name, receiver, groups[reason].kind, line, column)


def rows_of_store(backend: CypherBackend, rejected: Path) -> Rows:
    """Every row of the store, and those that it refused, which `rejected` lists if it is there; it holds no sites."""
    for row in backend.rows(NODE_TABLE):
        yield Group(NODES, str(row[2])), row
    for kind, table in RELATIONSHIP_TABLES.items():
        group = Group(EDGES, kind.value)
        for row in backend.rows(table):
            yield group, row
    if rejected.exists():
        for line in rejected.read_text(encoding="utf-8").splitlines():
            yield _rejected(json.loads(line))


def _rejected(said: Mapping[str, object]) -> tuple[Group, Row]:
    values = dict(said["row"])  # type: ignore[call-overload]
    if said["table"] == NODE_TABLE.name:
        values["key"] = node_key(values["id"])
        return Group(NODES, values["kind"]), tuple(values[name] for name in names_of(NODE_TABLE))
    table = next(table for table in RELATIONSHIP_TABLES.values() if table.name == said["table"])
    values |= {name: node_key(values[name]) for name in KEY_NAMES}
    return Group(EDGES, str(table.edge_kind)), tuple(values[name] for name in names_of(table))


def tally(rows: Rows) -> dict[Group, Tally]:
    """Count and digest of each group that has rows; about 4 µs a row."""
    counts: Counter[Group] = Counter()
    totals: Counter[Group] = Counter()
    for group, row in rows:
        counts[group] += 1
        totals[group] += _digest(row)
    return {group: Tally(counts[group], totals[group] % _MODULUS) for group in sorted(counts)}


def digest(tallies: Mapping[Group, Tally]) -> str:
    """32 hexadecimal digits that are equal for equal graphs."""
    return xxh3_128_hexdigest(repr([(g.what, g.kind, t.n_rows, t.total) for g, t in sorted(tallies.items())]).encode())


def differing_rows(left: Callable[[], Rows], right: Callable[[], Rows], groups: Collection[Group]) -> DifferingRows:
    """The rows of `groups` in which two graphs differ; each graph is gone through twice."""
    balance: Counter[int] = Counter()
    for group, row in left():
        if group in groups:
            balance[_digest(row)] += 1
    for group, row in right():
        if group in groups:
            balance[_digest(row)] -= 1
    surplus = +balance
    shortage = -balance
    return DifferingRows(
        tuple(_picked(left(), groups, surplus)),
        tuple(_picked(right(), groups, shortage)),
        surplus.total(),
        shortage.total(),
    )


def _picked(rows: Rows, groups: Collection[Group], wanted: Counter[int]) -> Rows:
    left = Counter(wanted)
    n_kept = 0
    for group, row in rows:
        if n_kept < _MOST_KEPT and group in groups and left[found := _digest(row)] > 0:
            left[found] -= 1
            n_kept += 1
            yield group, row


def _digest(row: Row) -> int:
    return xxh3_128_intdigest(repr(row).encode())
