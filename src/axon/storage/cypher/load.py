"""A graph, nodes or edges into a store, with nothing lost on the way.

What flows in: a CodeGraph, nodes or relationships. What flows out: a LoadReport, and the refused rows as lines of
JSON. It does not know how a batch is stored.

Repeated ids, ids that are there already and missing ends are seen and dropped here: one bad row rolls a COPY back, and
a store that is given a second time would be refused row by row.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt

from axon.errors import LoadError
from axon.graph.graph import CodeGraph
from axon.model.kinds import EDGE_KINDS
from axon.model.nodes import GraphNode, GraphRelationship
from axon.storage.backend import Begun, LoadReport, RejectedRow
from axon.storage.cypher import read
from axon.storage.cypher.batch import (
    Batch,
    batch_of_columns,
    batch_of_edges,
    batch_of_nodes,
    batches_of_relationships,
    keys_of,
    repeated_nodes,
)
from axon.storage.cypher.copy import Copier
from axon.storage.cypher.statements import Statements
from axon.storage.rows import edges_left, rejected_edge, rejected_row_of_graph
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES, TABLES

Rejected = list[RejectedRow]
Mask = npt.NDArray[np.bool_]


def bulk_load(statements: Statements, copier: Copier, graph: CodeGraph, begun: Begun | None = None) -> LoadReport:
    """Stores a whole graph, or what `begun` left of it; raises LoadError when a row is neither stored nor refused.

    The report is of the rows that this call was to store.
    """
    left = edges_left(graph, begun.graph) if begun else np.ones(len(graph.edges), np.bool_)
    n_edges = np.bincount(graph.edges.kind[left], minlength=len(EDGE_KINDS)).tolist()
    given = {RELATIONSHIP_TABLES[kind].name: n for kind, n in zip(EDGE_KINDS, n_edges, strict=True)}
    given[NODE_TABLE.name] = len(graph.nodes) - (len(begun.graph.nodes) if begun else 0)
    return _checked(statements, given, lambda: _store_graph(statements, copier, graph, left, begun))


def add_nodes(statements: Statements, copier: Copier, nodes: Sequence[GraphNode]) -> LoadReport:
    """Stores nodes; raises LoadError when a row is neither stored nor refused."""
    given = {NODE_TABLE.name: len(nodes)}
    return _checked(statements, given, lambda: _store_nodes(statements, copier, batch_of_nodes(nodes)))


def add_relationships(statements: Statements, copier: Copier, edges: Sequence[GraphRelationship]) -> LoadReport:
    """Stores edges whose ends are in the store; raises LoadError when a row is neither stored nor refused."""
    given = Counter(RELATIONSHIP_TABLES[edge.kind].name for edge in edges)
    return _checked(statements, given, lambda: _store_relationships(statements, copier, edges))


def append_rejected(path: Path, rejected: Sequence[RejectedRow]) -> None:
    """Appends refused rows to a file, one JSON object a line; touches nothing when there are none."""
    if not rejected:
        return
    with path.open("a", encoding="utf-8", newline="\n") as file:
        for row in rejected:
            file.write(json.dumps({"table": row.table, "row": dict(row.row), "reason": row.reason}) + "\n")


def _checked(statements: Statements, given: Mapping[str, int], store: Callable[[], Rejected]) -> LoadReport:
    tables = [table for table in TABLES if given.get(table.name)]
    before = read.counts(statements, tables).tables
    rejected = store()
    after = read.counts(statements, tables).tables
    report = LoadReport({name: after[name] - before[name] for name in after}, tuple(rejected))
    for name, stored in report.stored.items():
        refused = report.rejected_counts.get(name, 0)
        if stored + refused != given[name]:
            raise LoadError(f"{name}: {given[name]} rows were given, {stored} are stored and {refused} were refused.")
    return report


def _store_graph(statements: Statements, copier: Copier, graph: CodeGraph, left: Mask, begun: Begun | None) -> Rejected:
    keys = keys_of(graph.nodes.ids)
    nodes = batch_of_columns(graph.nodes, keys)
    if begun:
        nodes = nodes.part(len(begun.graph.nodes), len(nodes))
    rejected = _store_nodes(statements, copier, nodes)
    earlier = begun.report.rejected if begun else ()
    present = _rows_with_node(statements, graph, [*earlier, *rejected])
    whole = _in_store(graph.edges.source, present) & _in_store(graph.edges.target, present)
    rejected += [rejected_row_of_graph(graph, row) for row in np.flatnonzero(~whole & left).tolist()]
    for code, kind in enumerate(EDGE_KINDS):
        rows = np.flatnonzero((graph.edges.kind == code) & whole & left)
        if len(rows):
            rejected += copier.store(batch_of_edges(graph, kind, rows, keys))
    return rejected


def _store_nodes(statements: Statements, copier: Copier, batch: Batch) -> Rejected:
    if not len(batch):
        return []
    refused = {**_rows_in_store(statements, batch), **repeated_nodes(batch)}
    rejected = [batch.rejected(row, reason) for row, reason in sorted(refused.items())]
    return rejected + copier.store(batch.without(refused) if refused else batch)


def _rows_in_store(statements: Statements, batch: Batch) -> dict[int, str]:
    ids = cast("Sequence[str]", batch.columns[1])
    stored = read.stored_ids(statements, set(ids))
    return {row: "a node of this id is there already" for row, id in enumerate(ids) if id in stored} if stored else {}


def _rows_with_node(statements: Statements, graph: CodeGraph, rejected: Rejected) -> Mask:
    """Which rows of the nodes are in the store now: through themselves, an equal row, or a load before this one."""
    refused = {str(row.row["id"]) for row in rejected if row.table == NODE_TABLE.name}
    lost = refused - read.stored_ids(statements, refused)
    present = np.ones(len(graph.nodes), np.bool_)
    if lost:
        present[[row for row, id in enumerate(graph.nodes.ids) if id in lost]] = False
    return present


def _in_store(ends: npt.NDArray[np.int32], present: Mask) -> Mask:
    found: Mask = (ends >= 0) & (ends < len(present))
    found[found] = present[ends[found]]
    return found


def _store_relationships(statements: Statements, copier: Copier, edges: Sequence[GraphRelationship]) -> Rejected:
    ends = {id for edge in edges for id in (edge.source, edge.target)}
    missing = ends - read.stored_ids(statements, ends)
    whole, rejected = [], []
    for edge in edges:
        absent = [id for id in (edge.source, edge.target) if id in missing]
        if absent:
            rejected.append(rejected_edge(edge, f"there is no node {absent[0]!r}"))
        else:
            whole.append(edge)
    for batch in batches_of_relationships(whole):
        rejected += copier.store(batch)
    return rejected
