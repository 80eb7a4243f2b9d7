"""A graph with more nodes and edges than its own: what is said of it as a whole, or about its nodes.

What flows in: columns and what comes after them. What flows out: columns. It does not know what is added, nor why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from axon.graph.graph import EDGE_NUMBERS, NODE_NUMBERS, EdgeColumns, NodeColumns
from axon.graph.view import Rows
from axon.model.kinds import EDGE_KINDS, NODE_KINDS, RULES, EdgeKind, Rule
from axon.model.nodes import GraphNode


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Edges of one kind that one rule puts there: rows of both ends and lines, arrays of one length."""

    kind: EdgeKind
    rule: Rule
    source: Rows
    target: Rows
    line: Rows


def with_nodes(nodes: NodeColumns, added: Sequence[GraphNode]) -> NodeColumns:
    """The nodes, then those that are added, in their order."""
    numbers = [
        np.concatenate([getattr(nodes, key), np.array([getattr(node, key) for node in added], np.int32)])
        for key in NODE_NUMBERS
    ]
    kinds = np.array([NODE_KINDS.index(node.kind) for node in added], np.uint8)
    return NodeColumns(
        [*nodes.ids, *(node.id for node in added)],
        [*nodes.names, *(node.name for node in added)],
        [*nodes.qualified_names, *(node.qualified_name for node in added)],
        [*nodes.paths, *(node.path for node in added)],
        [*nodes.languages, *(node.language for node in added)],
        [*nodes.signatures, *(node.signature for node in added)],
        [*nodes.summaries, *(node.summary for node in added)],
        np.concatenate([nodes.kind, kinds]),
        np.concatenate([nodes.flags, np.array([int(node.flags) for node in added], nodes.flags.dtype)]),
        *numbers,
    )


def with_edges(edges: EdgeColumns, pieces: Sequence[Piece]) -> EdgeColumns:
    """The edges, then those of the pieces, in their order; places are lines, without columns."""
    kind = [np.full(len(piece.source), EDGE_KINDS.index(piece.kind), np.uint8) for piece in pieces]
    rule = [np.full(len(piece.source), RULES.index(piece.rule), np.uint8) for piece in pieces]
    added = {key: [getattr(piece, key) for piece in pieces] for key in ("source", "target", "line")}
    nowhere = [np.zeros(len(piece.source), np.int64) for piece in pieces]
    numbers = (np.concatenate([getattr(edges, key), *added.get(key, nowhere)]).astype(np.int32) for key in EDGE_NUMBERS)
    return EdgeColumns(np.concatenate([edges.kind, *kind]), np.concatenate([edges.rule, *rule]), *numbers)
