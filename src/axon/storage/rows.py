"""Nodes and edges as the rows of their tables, and back.

What flows in: GraphNode and GraphRelationship, or the values of a row. What flows out: the other one. It does not
know where rows are stored.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from axon.graph.graph import EDGE_NUMBERS, CodeGraph, EdgeColumns
from axon.model.ids import NodeId
from axon.model.kinds import CONFIDENCE, EDGE_KINDS, RULES, EdgeKind, Flag, NodeKind, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship
from axon.storage.backend import RejectedRow, Value
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES, Table, flag_words, flags_of, node_key

KEY_NAMES: Final = ("source", "target")
"""How the keys of both ends are called in front of an edge's row."""


def names_of(table: Table) -> tuple[str, ...]:
    """The names of a row's values: for an edge, the keys of its ends come first."""
    names = tuple(column.name for column in table.columns)
    return (*KEY_NAMES, *names) if table.edge_kind else names


def node_row(node: GraphNode) -> tuple[Value, ...]:
    """The node's values in the order of `names_of(NODE_TABLE)`."""
    return (
        node_key(node.id),
        node.id,
        node.kind.value,
        node.name,
        node.qualified_name,
        node.path,
        node.language,
        node.start_line,
        node.end_line,
        node.start_byte,
        node.end_byte,
        node.signature,
        node.summary,
        bool(node.flags & Flag.EXPORTED),
        flag_words(int(node.flags)),
    )


def edge_row(edge: GraphRelationship) -> tuple[Value, ...]:
    """The edge's values in the order of `names_of` its table."""
    e = edge.evidence
    keys = node_key(edge.source), node_key(edge.target)
    return (*keys, e.rule.value, CONFIDENCE[e.rule], e.line, e.column, e.start_byte, e.end_byte)


def node_of(values: Sequence[Any]) -> GraphNode:
    """The node whose row, without its key, this is."""
    id, kind, name, qualified_name, path, language = values[:6]
    start_line, end_line, start_byte, end_byte, signature, summary, _exported, words = values[6:]
    return GraphNode(
        NodeId(id),
        NodeKind(kind),
        name,
        qualified_name,
        path,
        language,
        start_line,
        end_line,
        start_byte,
        end_byte,
        signature,
        summary,
        flags_of(words),
    )


def relationship_of(kind: EdgeKind, values: Sequence[Any]) -> GraphRelationship:
    """The edge whose row, with ids in the place of keys, this is."""
    source, target, rule, _confidence, *span = values
    return GraphRelationship(kind, NodeId(source), NodeId(target), Evidence(Rule(rule), *span))


def rejected_node(node: GraphNode, reason: str) -> RejectedRow:
    """The report of a node that was refused."""
    return RejectedRow(NODE_TABLE.name, dict(zip(names_of(NODE_TABLE)[1:], node_row(node)[1:], strict=True)), reason)


def rejected_edge(edge: GraphRelationship, reason: str) -> RejectedRow:
    """The report of an edge that was refused."""
    table = RELATIONSHIP_TABLES[edge.kind]
    values = (edge.source, edge.target, *edge_row(edge)[2:])
    return RejectedRow(table.name, dict(zip(names_of(table), values, strict=True)), reason)


def rejected_row_of_graph(graph: CodeGraph, row: int) -> RejectedRow:
    """The report of an edge of a graph one of whose ends is not stored, or is not even a row of the nodes."""
    e, ids = graph.edges, graph.nodes.ids
    ends = {
        name: ids[end] if 0 <= end < len(ids) else f"row {end}"
        for name, end in zip(KEY_NAMES, (int(e.source[row]), int(e.target[row])), strict=True)
    }
    numbers = {"line": e.line, "start_column": e.column, "start_byte": e.start_byte, "end_byte": e.end_byte}
    rule = RULES[e.rule[row]]
    values = {"rule": rule.value, "confidence": CONFIDENCE[rule]}
    values |= {name: int(column[row]) for name, column in numbers.items()}
    return RejectedRow(EDGE_KINDS[e.kind[row]].value, ends | values, "an end is not among the stored nodes")


def edges_left(graph: CodeGraph, begun: CodeGraph) -> npt.NDArray[np.bool_]:
    """Which edges of a graph a part of it lacks; shape (m,). The part's nodes are the first of the graph's."""
    edges, known = graph.edges, len(begun.nodes)
    left, stored, table = np.ones(len(edges), bool), _edge_table(begun.edges), _edge_table(edges)
    between_known = (edges.source < known) & (edges.target < known)
    for kind in np.unique(begun.edges.kind).tolist():
        rows = np.flatnonzero((edges.kind == kind) & between_known)
        left[rows] = _lacking(table[rows], stored[begun.edges.kind == kind])
    return left


def _lacking(rows: npt.NDArray[np.int32], stored: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which rows are not among the stored ones, each of which stands for one."""
    if np.array_equal(rows, stored):  # both in canonical order
        return np.zeros(len(rows), bool)
    count = Counter(map(tuple, stored.tolist()))
    lacking = np.ones(len(rows), bool)
    for number, values in enumerate(map(tuple, rows.tolist())):
        if count[values]:
            count[values] -= 1
            lacking[number] = False
    return lacking


def _edge_table(edges: EdgeColumns) -> npt.NDArray[np.int32]:
    columns = [edges.kind, edges.rule, *(getattr(edges, name) for name in EDGE_NUMBERS)]
    return np.stack(columns, axis=1, dtype=np.int32, casting="unsafe")
