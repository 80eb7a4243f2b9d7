"""What every graph store promises, and the values it answers with.

What flows in: a CodeGraph, or nodes and relationships. What flows out: the same rows, counts, and a report of what a
load kept and refused. It does not know where rows lie.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.nodes import GraphNode, GraphRelationship
from axon.storage.schema import NODE_TABLE

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that the store does not hold: `row` has its values by column name (ends of an edge as ids)."""

    table: str
    row: Mapping[str, Value]
    reason: str


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one load did: rows stored per table that was given rows, and every row that was refused."""

    stored: Mapping[str, int]
    rejected: tuple[RejectedRow, ...] = ()

    def __add__(self, other: "LoadReport") -> "LoadReport":
        """Both loads as one."""
        stored = dict(self.stored)
        for table, count in other.stored.items():
            stored[table] = stored.get(table, 0) + count
        return LoadReport(stored, (*self.rejected, *other.rejected))

    @property
    def rejected_counts(self) -> dict[str, int]:
        """Number of refused rows per table; tables without any are left out."""
        return dict(Counter(row.table for row in self.rejected))


@dataclass(frozen=True, slots=True)
class Begun:
    """A load that is under way: the rows of `graph` were given to the store, and `report` says what became of them.

    Its nodes are the first of the whole graph's, and its edges are among the whole graph's.
    """

    graph: CodeGraph
    report: LoadReport


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows per table, for every table of the schema."""

    tables: Mapping[str, int]

    @property
    def nodes(self) -> int:
        return self.tables[NODE_TABLE.name]

    @property
    def relationships(self) -> int:
        return sum(self.tables.values()) - self.nodes


class StorageBackend(Protocol):
    """A store of one graph, used by one thread; leaving its `with` block closes it.

    Rows that cannot be stored (a node whose id is there already, an edge with a missing end, a value that its column
    refuses) are left out and reported; every other failure is a StorageError.
    """

    def initialize(self) -> None:
        """Creates the tables that do not exist yet."""

    def bulk_load(self, graph: CodeGraph, begun: Begun | None = None) -> LoadReport:
        """Stores a whole graph, or what is left of it after the load `begun`, which the report includes."""

    def add_nodes(self, nodes: Sequence[GraphNode]) -> LoadReport:
        """Stores nodes."""

    def add_relationships(self, relationships: Sequence[GraphRelationship]) -> LoadReport:
        """Stores edges whose ends are stored already."""

    def remove_nodes(self, ids: Iterable[NodeId]) -> int:
        """Removes nodes and every edge from or to them; returns how many of the ids were stored."""

    def remove_nodes_by_file(self, path: str) -> int:
        """Removes the nodes whose `path` is that file, and every edge from or to them; returns how many nodes.

        Raises ValueError for '': that is the path of all External nodes.
        """

    def store_embeddings(
        self, model: str, ids: Sequence[str], text_digests: Sequence[int], vectors: npt.NDArray[np.float32]
    ) -> None:
        """Keeps the vectors of some nodes, shape (n, d), apart from the graph; a node has its newest one only.

        `text_digests` are 64 bits of each embedded text. Raises StorageError for vectors of another dimension than
        the model had before, and ValueError when the three are not equally many.
        """

    def count_embeddings(self, model: str) -> int:
        """How many nodes have a vector of that model."""

    def node(self, id: NodeId) -> GraphNode | None:
        """The node of that id."""

    def nodes(self) -> Iterator[GraphNode]:
        """All nodes, in no particular order."""

    def relationships(self) -> Iterator[GraphRelationship]:
        """All edges, in no particular order."""

    def counts(self) -> Counts:
        """Rows per table."""

    def close(self) -> None:
        """Makes everything durable and lets go of the files; a second call does nothing."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...
