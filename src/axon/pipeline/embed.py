"""Embeddings behind a run: what is missing goes to the background pool, and the run returns.

What flows in: a finished run and its graph. What flows out: its result with a future. The state beside the vectors
says, after every batch, how far they are; so a run that died or skipped them is taken up by the next one.
"""

import threading
import time
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from axon.config import Settings, load_settings
from axon.embeddings.embedder import FASTEMBED, LEXICAL
from axon.embeddings.worker import EmbeddingWorker
from axon.pipeline.report import PipelineResult
from axon.pipeline.run import Run
from axon.progress import Progress, SilentProgress
from axon.storage.embedding_state import VECTORS_FOLDER, EmbeddingState, embedding_states
from axon.storage.generations import IndexHome

if TYPE_CHECKING:
    from axon.embeddings.embedder import Embedder
    from axon.graph.graph import CodeGraph
    from axon.storage.vectors import VectorStore

PHASE: Final = "embeddings"
_LOOK_EVERY: Final = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a run has embedded, and how many of the symbols that can be have a vector of the model now."""

    embedded: int
    done: int
    total: int
    model: str


def start_embeddings(
    run: Run, result: PipelineResult, graph: "CodeGraph | None", worker: EmbeddingWorker | None = None
) -> PipelineResult:
    """Submit what the index in force lacks, and return at once.

    `graph` is None where the index did not change: it is read back, unless its embeddings were finished already.
    """
    if graph is None:
        if are_finished(run):
            return result
        graph = _graph_in_force(run)
    worker = worker or EmbeddingWorker(run.settings)
    record = _Record(run, graph, result.generation)
    future = worker.submit(graph, record.open_store, progress=record)
    worker.close()
    return replace(result, embedding_future=future)


def embed_index(root: Path, *, settings: Settings | None = None, progress: Progress | None = None) -> Embedded:
    """Embed what the index in force lacks, and return when that is done; what is stored stays, whatever ends it.

    Raises:
        NoIndexError: there is no index.
        EmbeddingError: the embedder cannot serve.
    """
    run = Run(root, settings or load_settings(root), progress or SilentProgress(), IndexHome(root))
    with run.home.require_current() as generation:
        number = generation.number
    worker = EmbeddingWorker(run.settings)
    record = _Record(run, _graph_in_force(run), number)
    future = worker.submit(record.graph, record.open_store, progress=record)
    try:
        wait_for(future)
    except KeyboardInterrupt:
        worker.stop()
        raise
    worker.close()
    return record.embedded(future.result())


def wait_for_embeddings(result: PipelineResult) -> PipelineResult:
    """The result as it is when the background pool is done: the number embedded, and the seconds spent on waiting.

    Raises what the pool failed with; the graph is complete all the same. An interrupt is heeded at once.
    """
    future = result.embedding_future
    if future is None:
        return result
    started = time.perf_counter()
    wait_for(future)
    n_embedded = future.result()
    timings = {**result.phase_timings, PHASE: time.perf_counter() - started}
    return replace(result, embeddings=n_embedded, embedding_future=None, phase_timings=timings)


def wait_for(future: Future[int]) -> None:
    """Return when the future is done, also where it failed; Windows does not interrupt a wait without end."""
    while not wait([future], timeout=_LOOK_EVERY).done:
        pass


def are_finished(run: Run) -> bool:
    """Whether a model of the kind that the settings ask for has embedded all that the index in force has.

    Every byte of its vectors is read: damaged ones are as good as none.
    """
    from axon.embeddings.lexical import LexicalEmbedder  # noqa: PLC0415  numpy
    from axon.storage.vectors import VectorStore  # noqa: PLC0415  numpy

    folder = run.home.folder / VECTORS_FOLDER
    states, damaged = embedding_states(folder)
    done = {state.model for state in states if state.finished}
    if run.settings.embedder == LEXICAL:
        done &= {LexicalEmbedder.name}
    elif run.settings.embedder == FASTEMBED:
        done -= {LexicalEmbedder.name}
    return bool(done) and not damaged and not any(VectorStore(folder, model).damaged() for model in done)


def mark_unfinished(run: Run) -> None:
    """Say that a new graph is in force, for which no model has embedded everything yet."""
    from axon.storage.vectors import VectorStore  # noqa: PLC0415  numpy

    folder = run.home.folder / VECTORS_FOLDER
    for state in embedding_states(folder)[0]:
        VectorStore(folder, state.model).save_state(replace(state, finished=False))


def _graph_in_force(run: Run) -> "CodeGraph":
    from axon.storage.columns import IndexColumns  # noqa: PLC0415
    from axon.storage.freeze import read_graph  # noqa: PLC0415  numpy

    with run.home.require_current() as generation, IndexColumns.open(generation.columns) as columns:
        return read_graph(columns)


class _Record:
    """The worker's `Progress`: writes the state beside the vectors as batches are stored."""

    def __init__(self, run: Run, graph: "CodeGraph", generation: int) -> None:
        self._run = run
        self.graph = graph
        self._embedder: Embedder | None = None
        self._generation = generation
        self._store: VectorStore | None = None
        self._dimension = self._done = self._total = 0
        self._lock = threading.Lock()

    def open_store(self, embedder: "Embedder") -> "VectorStore":
        """The store of the model that was chosen, without what is damaged: that is made again."""
        from axon.storage.vectors import VectorStore  # noqa: PLC0415  numpy

        folder = self._run.home.folder / VECTORS_FOLDER
        self._store = VectorStore(folder, embedder.name)
        damaged = embedding_states(folder)[1]
        for path in damaged:
            path.unlink(missing_ok=True)
        for path in [*damaged, *self._store.drop_damaged()]:
            self.message(f"{path} is damaged: what it held is made again.")
        self._dimension, self._embedder = embedder.dimension, embedder
        return self._store

    def embedded(self, n_embedded: int) -> Embedded:
        """What has been done, after a run."""
        assert self._store is not None
        return Embedded(n_embedded, self._done, self._total, self._store.model)

    def started(self, phase: str, total: int) -> None:
        from axon.embeddings.graph import n_embeddable  # noqa: PLC0415  numpy

        self._total = n_embeddable(self.graph)
        self._done = self._total - total
        self._save()
        self._run.progress.started(phase, total)

    def advanced(self, phase: str, steps: int = 1) -> None:
        with self._lock:
            self._done += steps
        self._save()
        self._run.progress.advanced(phase, steps)

    def finished(self, phase: str) -> None:
        is_finished = self._done >= self._total and self._is_in_force()
        self._save(finished=is_finished)
        if is_finished:
            self._calibrate()
        self._run.progress.finished(phase)

    def message(self, text: str) -> None:
        self._run.progress.message(text)

    def _calibrate(self) -> None:
        """Find what these vectors count in a search, where that is not known or the tree has become another."""
        from axon.pipeline.fusion import calibrate_if_due  # noqa: PLC0415  numpy

        assert self._store is not None
        assert self._embedder is not None
        calibrate_if_due(self._run.home, self._generation, self.graph, self._store, self._embedder)

    def _is_in_force(self) -> bool:
        """Whether no other run has published a graph meanwhile, which may have more to embed."""
        with self._run.home.require_current() as generation:
            return generation.number == self._generation

    def _save(self, *, finished: bool = False) -> None:
        assert self._store is not None
        state = EmbeddingState(self._store.model, self._dimension, self._done, self._total, finished)
        self._store.save_state(state)
