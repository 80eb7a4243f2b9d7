"""The pool that embeds in the background.

What flows in: a graph and the way to its vector store. What flows out: a future of the number of symbols embedded. It
does not know how texts are made or vectors kept.

The graph can be questioned before any of this runs: nothing heavy is imported or computed in the thread that submits.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from axon.config import Settings
from axon.embeddings.embedder import Choice, Embedder, choose_embedder
from axon.progress import Progress

if TYPE_CHECKING:
    from axon.embeddings.graph import EmbeddingStore
    from axon.graph.graph import CodeGraph

OpenStore = Callable[[Embedder], "EmbeddingStore"]
"""From the embedder that was chosen to the store of its vectors; called in a worker thread."""

_NICENESS: Final = 10

_log = logging.getLogger(__name__)


class EmbeddingWorker:
    """Threads, one less than there are cores, of the lowest useful priority; the process lives until they are done."""

    def __init__(self, settings: Settings, *, choose: Callable[[Settings], Choice] | None = None) -> None:
        """`choose` picks the embedder, in a worker thread; by default as the settings say."""
        self._settings = settings
        self.n_threads: Final = max(1, (os.cpu_count() or 1) - 1)
        self._choose = choose or self._choose_by_settings
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(self.n_threads, "axon-embeddings", initializer=lower_thread_priority)

    def submit(self, graph: "CodeGraph", open_store: OpenStore, *, progress: Progress | None = None) -> Future[int]:
        """Embed what the store lacks of `graph`; the future has the number of symbols embedded, or the failure.

        Raises:
            RuntimeError: the worker was stopped.
        """
        return self._pool.submit(self._embed, graph, open_store, progress)

    def stop(self) -> None:
        """End after the batches that are being embedded, which are stored; what has not begun is cancelled."""
        self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def abandon(self) -> None:
        """As `stop`, and return at once."""
        self._stopping.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Take no more work, and return at once; what was submitted goes on."""
        self._pool.shutdown(wait=False)

    def _choose_by_settings(self, settings: Settings) -> Choice:
        return choose_embedder(settings, threads=self.n_threads)

    def _remembering(self, embedder: Embedder) -> Embedder:
        """With the cache of vectors in front, where computing one costs more than looking it up."""
        from axon.embeddings.lexical import LexicalEmbedder  # noqa: PLC0415  it imports numpy
        from axon.embeddings.remembered import RememberingEmbedder  # noqa: PLC0415  likewise

        if isinstance(embedder, LexicalEmbedder):
            return embedder
        return RememberingEmbedder(embedder, self._settings.cache_bytes)

    def _embed(self, graph: "CodeGraph", open_store: OpenStore, progress: Progress | None) -> int:
        from axon.embeddings.graph import embed_graph  # noqa: PLC0415  it imports numpy

        started = time.perf_counter()
        try:
            choice = self._choose(self._settings)
            _log.debug("embedder %s: %s", choice.embedder.name, choice.reason)
            embedder = self._remembering(choice.embedder)
            n_embedded = embed_graph(
                graph,
                embedder,
                open_store(embedder),
                progress=progress,
                should_stop=self._stopping.is_set,
            )
        except Exception as error:
            why = " ".join(str(error).split()).rstrip(".") or type(error).__name__
            _log.exception("embeddings failed: %s. The graph is complete, and `axon analyze` tries them again", why)
            raise
        _log.info(
            "embeddings %s: %d symbols in %.1f s with %s",
            "stopped" if self._stopping.is_set() else "finished",
            n_embedded,
            time.perf_counter() - started,
            choice.embedder.name,
        )
        return n_embedded


def lower_thread_priority(platform: str = sys.platform) -> bool:
    """Let every other thread of the machine go before this one; False where a thread has no priority of its own."""
    if not platform.startswith("linux"):
        return False
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
    except OSError:
        return False
    return True
