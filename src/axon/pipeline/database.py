"""The graph database of a generation, made by a thread beside the linker and the columns.

What flows in: the graph, or first what of it is settled. What flows out: a closed Kuzu file in its draft and what it
holds. The file is loaded anew, or, where little changed, a copy of the last one is brought up to date. The engine lets
go of the interpreter while it works, so that the thread has a core of its own for most of its time.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Final, ParamSpec, Self, TypeVar

import numpy as np

from axon.errors import DamagedIndexError, LoadError, UnknownVersionError
from axon.graph.artifacts import described
from axon.graph.delta import Delta, compare
from axon.graph.graph import CodeGraph
from axon.graph.labels import labelled
from axon.interpreter import give_back_memory
from axon.model.kinds import EDGE_KINDS
from axon.pipeline.run import is_of_this_program
from axon.storage.artifacts import read_artifacts
from axon.storage.backend import Begun
from axon.storage.clone import clone_file
from axon.storage.columns import IndexColumns
from axon.storage.drafts import DatabaseDraft
from axon.storage.freeze import read_graph
from axon.storage.generations import Generation, IndexHome
from axon.storage.labels import has_labels, read_labels
from axon.storage.manifest import KuzuLayer
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES
from axon.storage.sparse import sparsify

if TYPE_CHECKING:
    from axon.storage.cypher.engine import EngineBackend

_P = ParamSpec("_P")
_T = TypeVar("_T")

# The engine keeps 131,072 nodes and all that starts at them together, and writes all of a group anew, at another place,
# where one row of it changes. Of a graph that has one group or two an update rewrites every table that it touches.
_LEAST_NODES: Final = 3 * 131_072
_MOST_REMOVED: Final = 0.1  # share of removed rows above which the file has grown too much
_MOST_ROWS: Final = 3_000  # at about 1 ms a row; above this a whole load is quicker than an update
# A COPY writes a checkpoint, and one between the deletion of a file's rows and the end of the update empties whole
# tables where that file's rows were deleted before: an update stores row by row, however many rows there are.
_COPY_THRESHOLD: Final = 1 << 30


class DatabaseWriter:
    """Makes the database of one draft on one thread; leaving its `with` block ends the thread.

    `base` is the generation whose file may be brought up to date; None loads the whole graph. `engine` is whose file it
    will be, `seconds` is how long the thread was at work, `notes` are lines for a person.
    """

    def __init__(self, draft: DatabaseDraft, base: Generation | None, engine: str) -> None:
        self.seconds = 0.0
        self.notes: list[str] = []
        self._draft, self._base, self._engine = draft, base, engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="axon-database")
        self._backend: EngineBackend | None = None
        self._begun: Future[Begun] | None = None

    def begin(self, settled: CodeGraph) -> None:
        """Load what no later phase changes, meanwhile; `settled` is a part of the graph that `complete` gets.

        It may be called again, with more of the graph.
        """
        self._begun = self._submit(self._load_settled, settled, self._begun)

    def complete(self, graph: CodeGraph) -> Future[KuzuLayer]:
        """Load the rest, or bring the copy up to date, meanwhile."""
        return self._submit(self._store, graph)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.submit(self._let_go)
        self._thread.shutdown()

    def _submit(self, job: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> Future[_T]:
        def timed() -> _T:
            started = time.perf_counter()
            try:
                return job(*arguments, **named)
            finally:
                self.seconds += time.perf_counter() - started

        return self._thread.submit(timed)

    def _opened(self, *, copy_threshold: int = 2) -> "EngineBackend":
        from axon.storage.engines import backend_of  # noqa: PLC0415  the engine: beside the linker

        draft = self._draft
        draft.check_room()
        backend = backend_of(self._engine)
        self._backend = backend(draft.database, rejected_path=draft.rejected, copy_threshold=copy_threshold)
        self._backend.initialize()
        return self._backend

    def _let_go(self) -> None:
        """Of a file that was not finished; what failed has been said."""
        if self._backend is not None:
            self._backend.abandon()

    def _load_settled(self, settled: CodeGraph, before: Future[Begun] | None) -> Begun:
        begun = None if before is None else before.result()
        backend = self._backend or self._opened()
        loaded = Begun(settled, backend.bulk_load(settled, begun))
        give_back_memory()
        return loaded

    def _store(self, graph: CodeGraph) -> KuzuLayer:
        base = self._base
        delta = None if base is None else _small_delta(base, graph)
        if base is not None and delta is not None:
            layer = self._update(base, delta)
            if layer is not None and (layer.rejected_rows or layer.rows == _expected_rows(graph)):
                return layer
            self.notes.append(
                "The update of the last Kuzu file has not given the rows of the graph; it was loaded whole."
            )
            self._backend = None
            self._draft.empty_database()
        return self._load(graph)

    def _load(self, graph: CodeGraph) -> KuzuLayer:
        begun = self._begun.result() if self._begun is not None else None
        give_back_memory()  # of the linker
        with self._backend or self._opened() as backend:
            report = backend.bulk_load(graph, begun)
            held = backend.counts().tables
        if lost := [table for table, n_rows in report.stored.items() if held[table] != n_rows]:
            raise LoadError(f"Rows of {', '.join(lost)} were lost after they had been stored.")
        sparsify(self._draft.database)
        return KuzuLayer(report.stored, len(report.rejected), engine=self._engine)

    def _update(self, base: Generation, delta: Delta) -> KuzuLayer | None:
        """A copy of the last file, brought up to date; None where rows were lost on the way."""
        before, database = base.kuzu_layer(), self._draft.database
        clone_file(base.kuzu / database.name, database)
        with self._opened(copy_threshold=_COPY_THRESHOLD) as backend:
            n_before = sum(backend.counts().tables.values())
            for path in delta.paths:
                backend.remove_nodes_by_file(path)
            backend.remove_nodes(delta.ids)
            n_removed = n_before - sum(backend.counts().tables.values())
            try:
                reports = (backend.add_nodes(delta.nodes), backend.add_relationships(delta.relationships))
            except LoadError:
                return None
        with type(backend)(database, read_only=True) as reader:  # closing it is where the engine has lost rows
            rows = dict(reader.counts().tables)
        sparsify(database)
        n_rejected = sum(len(report.rejected) for report in reports)
        return KuzuLayer(rows, n_rejected, before.removed_rows + n_removed, engine=self._engine)


def find_base(home: IndexHome, engine: str) -> Generation | None:
    """The generation whose Kuzu file is in force, pinned, where that engine can bring it up to date."""
    try:
        base = home.current_kuzu()
    except (DamagedIndexError, UnknownVersionError):
        return None
    if base is None:
        return None
    if base.warnings or not is_of_this_program(base) or base.damage() or not _pays(base.kuzu_layer(), engine):
        base.close()
        return None
    return base


def _pays(layer: KuzuLayer, engine: str) -> bool:
    """Whether to update a copy of this file is quicker than to load a new one, and leaves it small."""
    n_rows = sum(layer.rows.values())
    return (
        layer.engine == engine
        and not layer.rejected_rows
        and layer.rows.get(NODE_TABLE.name, 0) >= _LEAST_NODES
        and layer.removed_rows <= _MOST_REMOVED * n_rows
    )


def _small_delta(base: Generation, graph: CodeGraph) -> Delta | None:
    """What to change in a copy of a Kuzu file; None where so much is to be changed that a new one is quicker."""
    with IndexColumns.open(base.columns) as columns:
        before = read_graph(columns)
    if not has_labels(base.folder):
        return None
    held = described(labelled(before, read_labels(base.folder)), read_artifacts(base.folder))
    delta = compare(held, graph)
    return delta if len(delta.nodes) + len(delta.relationships) <= _MOST_ROWS else None


def _expected_rows(graph: CodeGraph) -> dict[str, int]:
    edges = np.bincount(graph.edges.kind, minlength=len(EDGE_KINDS)).tolist()
    counts = {RELATIONSHIP_TABLES[kind].name: count for kind, count in zip(EDGE_KINDS, edges, strict=True)}
    return {NODE_TABLE.name: len(graph.nodes), **counts}
