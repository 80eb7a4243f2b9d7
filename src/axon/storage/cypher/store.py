"""StorageBackend over any engine that has Kuzu's API.

What flows in: an open engine, and what StorageBackend takes. What flows out: what it promises. It does not know which
engine it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from axon.errors import StorageError
from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.nodes import GraphNode, GraphRelationship
from axon.storage.backend import Begun, Counts, LoadReport
from axon.storage.cypher import load, read, remove, write
from axon.storage.cypher.copy import Copier
from axon.storage.cypher.statements import Engine, Row, Statements
from axon.storage.schema import Table, node_key
from axon.storage.vectors import VectorStore

_LEFTOVERS: Final = (".wal", ".shadow", ".tmp")


def check_complete(path: Path) -> None:
    """Raises StorageError when a log lies beside a closed store: without it the file alone is not the whole store."""
    left = [ending for ending in _LEFTOVERS if path.with_name(path.name + ending).exists()]
    if left:
        raise StorageError(f"{path} is closed, but its {', '.join(left)} is left beside it. Load it again.")


class CypherBackend:
    """A graph store in one file at `path`.

    `statements` runs any Cypher on it. Refused rows are appended to `rejected_path` as lines of JSON, where one is
    given; fewer rows than `copy_threshold` are stored by CREATE. Embeddings go to the folder `vectors`, which by
    default lies beside the file.
    """

    def __init__(
        self,
        engine: Engine,
        path: Path,
        *,
        read_only: bool = False,
        copy_threshold: int = 2,
        rejected_path: Path | None = None,
        vectors: Path | None = None,
    ) -> None:
        self.path = path
        self._vectors = vectors or path.parent / "vectors"
        self.statements = Statements(engine)
        self._read_only = read_only
        self._rejected_path = rejected_path
        self._copier = Copier(self.statements, path.absolute().parent, copy_threshold)
        self._is_open = True

    def initialize(self) -> None:
        """Creates the tables that do not exist yet."""
        write.create_tables(self.statements)

    def bulk_load(self, graph: CodeGraph, begun: Begun | None = None) -> LoadReport:
        """Stores a whole graph, or what is left of it after the load `begun`: one COPY per table that gets rows."""
        before = begun.report if begun else LoadReport({})
        return before + self._recorded(load.bulk_load(self.statements, self._copier, graph, begun))

    def add_nodes(self, nodes: Sequence[GraphNode]) -> LoadReport:
        """Stores nodes."""
        return self._recorded(load.add_nodes(self.statements, self._copier, nodes))

    def add_relationships(self, relationships: Sequence[GraphRelationship]) -> LoadReport:
        """Stores edges whose ends are stored already."""
        return self._recorded(load.add_relationships(self.statements, self._copier, relationships))

    def remove_nodes(self, ids: Iterable[NodeId]) -> int:
        """Removes nodes and every edge from or to them; returns how many of the ids were stored (1.5 ms each)."""
        return remove.remove_by_keys(self.statements, {node_key(id): None for id in ids})

    def remove_nodes_by_file(self, path: str) -> int:
        """Removes the nodes whose `path` is that file, and every edge from or to them; returns how many nodes."""
        if not path:
            raise ValueError("'' is the path of no file")
        return remove.remove_by_path(self.statements, path)

    def store_embeddings(
        self, model: str, ids: Sequence[str], text_digests: Sequence[int], vectors: npt.NDArray[np.float32]
    ) -> None:
        """Appends a shard to the vectors beside the graph; the engine's file is not touched."""
        VectorStore(self._vectors, model).append(ids, text_digests, vectors)

    def count_embeddings(self, model: str) -> int:
        """How many nodes have a vector of that model."""
        return VectorStore(self._vectors, model).count()

    def node(self, id: NodeId) -> GraphNode | None:
        """The node of that id."""
        return read.node(self.statements, id)

    def nodes(self) -> Iterator[GraphNode]:
        """All nodes, in no particular order."""
        return read.nodes(self.statements)

    def relationships(self) -> Iterator[GraphRelationship]:
        """All edges, in no particular order."""
        return read.relationships(self.statements)

    def rows(self, table: Table) -> Iterator[Row]:
        """All rows of a table as they are stored, in the order of `names_of`; in no particular order among them."""
        return read.rows(self.statements, table)

    def in_degrees(self, table: Table) -> dict[int, int]:
        """Edges of a table that end at each node, by key, as the engine has them in that direction."""
        return dict(read.in_degrees(self.statements, table))

    def counts(self) -> Counts:
        """Rows per table."""
        return read.counts(self.statements)

    def close(self) -> None:
        """Makes everything durable and lets go of the file, which is then complete by itself.

        Raises StorageError when the engine leaves a log beside it: the file alone would then lack what the log holds.
        """
        if not self._is_open:
            return
        try:
            if not self._read_only:
                self.statements.run(write.CHECKPOINT)
        finally:
            self.abandon()
        if not self._read_only:
            check_complete(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            self.close()
        else:
            self.abandon()

    def abandon(self) -> None:
        """Lets go of the file as it is: what failed is worth more than a checkpoint of what it left."""
        if self._is_open:
            self._is_open = False
            self.statements.close()

    def _recorded(self, report: LoadReport) -> LoadReport:
        if self._rejected_path:
            load.append_rejected(self._rejected_path, report.rejected)
        return report
