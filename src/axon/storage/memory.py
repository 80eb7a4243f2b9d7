"""A graph store of plain dictionaries.

What flows in and out: what StorageBackend says. It writes nothing to disk: it serves tests, and questions that
compare two graphs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt

from axon.errors import StorageError
from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.nodes import GraphNode, GraphRelationship
from axon.storage.backend import Begun, Counts, LoadReport
from axon.storage.rows import edges_left, rejected_edge, rejected_node, rejected_row_of_graph
from axon.storage.schema import INT32_RANGE, NODE_TABLE, RELATIONSHIP_TABLES


class MemoryBackend:
    """StorageBackend in this process' memory."""

    def __init__(self) -> None:
        self._nodes: dict[NodeId, GraphNode] = {}
        self._edges: dict[int, GraphRelationship] = {}
        self._edges_at: defaultdict[NodeId, set[int]] = defaultdict(set)
        self._ids_at: defaultdict[str, dict[NodeId, None]] = defaultdict(dict)
        self._next_edge = 0
        self._vectors: dict[str, dict[str, tuple[int, npt.NDArray[np.float32]]]] = {}

    def initialize(self) -> None:
        """Nothing to create."""

    def bulk_load(self, graph: CodeGraph, begun: Begun | None = None) -> LoadReport:
        """Stores a whole graph, or what is left of it after the load `begun`."""
        before = begun.report if begun else LoadReport({})
        nodes = self.add_nodes(list(graph.iter_nodes())[len(begun.graph.nodes) if begun else 0 :])
        n = len(graph.nodes)
        left = np.flatnonzero(edges_left(graph, begun.graph)).tolist() if begun else range(len(graph.edges))
        ends = list(zip(graph.edges.source.tolist(), graph.edges.target.tolist(), strict=True))
        whole = [row for row in left if 0 <= ends[row][0] < n and 0 <= ends[row][1] < n]
        edges = self.add_relationships([graph.relationship(row) for row in whole])
        lost = [rejected_row_of_graph(graph, row) for row in sorted(set(left) - set(whole))]
        rest = LoadReport({row.table: 0 for row in lost}, tuple(lost))
        return before + nodes + rest + edges

    def add_nodes(self, nodes: Sequence[GraphNode]) -> LoadReport:
        """Stores nodes."""
        rejected = []
        for node in nodes:
            reason = self._refusal_of_node(node)
            if reason:
                rejected.append(rejected_node(node, reason))
            else:
                self._nodes[node.id] = node
                self._ids_at[node.path][node.id] = None
        stored = {NODE_TABLE.name: len(nodes) - len(rejected)} if nodes else {}
        return LoadReport(stored, tuple(rejected))

    def add_relationships(self, relationships: Sequence[GraphRelationship]) -> LoadReport:
        """Stores edges whose ends are stored already."""
        rejected = []
        stored: Counter[str] = Counter()
        for edge in relationships:
            reason = self._refusal_of_edge(edge)
            stored[edge.kind.value] += 0 if reason else 1
            if reason:
                rejected.append(rejected_edge(edge, reason))
            else:
                self._store_edge(edge)
        return LoadReport(dict(stored), tuple(rejected))

    def store_embeddings(
        self, model: str, ids: Sequence[str], text_digests: Sequence[int], vectors: npt.NDArray[np.float32]
    ) -> None:
        """Keeps the vectors of some nodes; a node has its newest one only."""
        matrix = np.asarray(vectors, np.float32)
        if matrix.ndim != 2 or not len(ids) == len(text_digests) == len(matrix):
            raise ValueError(f"{len(ids)} ids, {len(text_digests)} digests and vectors of shape {matrix.shape}")
        kept = self._vectors.setdefault(model, {})
        stored = next((len(vector) for _, vector in kept.values()), matrix.shape[1])
        if len(matrix) and stored != matrix.shape[1]:
            raise StorageError(f"{model} has vectors of dimension {stored}, and these have {matrix.shape[1]}.")
        kept.update(zip(ids, zip(text_digests, matrix, strict=True), strict=True))

    def count_embeddings(self, model: str) -> int:
        """How many nodes have a vector of that model."""
        return len(self._vectors.get(model, {}))

    def remove_nodes(self, ids: Iterable[NodeId]) -> int:
        """Removes nodes and every edge from or to them; returns how many of the ids were stored."""
        found = [id for id in dict.fromkeys(ids) if id in self._nodes]
        for id in found:
            for number in self._edges_at.pop(id, set()):
                edge = self._edges.pop(number)
                other = edge.target if edge.source == id else edge.source
                self._edges_at[other].discard(number)
            del self._ids_at[self._nodes.pop(id).path][id]
        return len(found)

    def remove_nodes_by_file(self, path: str) -> int:
        """Removes the nodes whose `path` is that file, and every edge from or to them; returns how many nodes."""
        if not path:
            raise ValueError("'' is the path of no file")
        return self.remove_nodes(list(self._ids_at[path]))

    def node(self, id: NodeId) -> GraphNode | None:
        """The node of that id."""
        return self._nodes.get(id)

    def nodes(self) -> Iterator[GraphNode]:
        """All nodes."""
        return iter(list(self._nodes.values()))

    def relationships(self) -> Iterator[GraphRelationship]:
        """All edges."""
        return iter(list(self._edges.values()))

    def counts(self) -> Counts:
        """Rows per table."""
        edges = Counter(edge.kind for edge in self._edges.values())
        tables = {table.name: edges[kind] for kind, table in RELATIONSHIP_TABLES.items()}
        return Counts({NODE_TABLE.name: len(self._nodes), **tables})

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _store_edge(self, edge: GraphRelationship) -> None:
        self._edges[self._next_edge] = edge
        self._edges_at[edge.source].add(self._next_edge)
        self._edges_at[edge.target].add(self._next_edge)
        self._next_edge += 1

    def _refusal_of_node(self, node: GraphNode) -> str:
        if node.id in self._nodes:
            return "a node of this id is there already"
        return _refusal_of_numbers(node.start_line, node.end_line, node.start_byte, node.end_byte)

    def _refusal_of_edge(self, edge: GraphRelationship) -> str:
        for id in (edge.source, edge.target):
            if id not in self._nodes:
                return f"there is no node {id!r}"
        e = edge.evidence
        return _refusal_of_numbers(e.line, e.column, e.start_byte, e.end_byte)


def _refusal_of_numbers(*numbers: int) -> str:
    return next((f"{number} is not within INT32" for number in numbers if number not in INT32_RANGE), "")
