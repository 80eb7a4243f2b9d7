"""Embeddings beside a watcher: computed while nothing changes, given up at once where something does.

What flows in: that an index is in force, that an update begins. What flows out: what each round came to. It knows
neither files nor what changed: every round embeds what the index in force lacks.
"""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from functools import cache
from pathlib import Path

from axon.config import Settings
from axon.embeddings.embedder import Choice, choose_embedder
from axon.embeddings.worker import EmbeddingWorker
from axon.errors import AxonError
from axon.pipeline.embed import start_embeddings
from axon.pipeline.events import Embeddings
from axon.pipeline.report import PipelineResult
from axon.pipeline.run import Run
from axon.progress import SilentProgress
from axon.storage.generations import IndexHome


class EmbeddingLane:
    """At most one round at a time; the model is loaded once and stays."""

    def __init__(self, root: Path, tell: Callable[[Embeddings], None]) -> None:
        """`tell` is called in a thread of the lane's own."""
        self._root = root
        self._tell = tell
        self._chosen = cache(choose_embedder)
        self._worker: EmbeddingWorker | None = None
        self._thread: threading.Thread | None = None
        self._is_paused = False
        self._completed: int | None = None

    def begin(self, result: PipelineResult, settings: Settings) -> bool:
        """Embed what the index that `result` tells of lacks, and return at once; False while a round is under way.

        What was done for an index, or failed, is not begun again for the same one.
        """
        if result.generation == self._completed:
            return True
        if self._thread is not None and self._thread.is_alive():
            return False
        self._is_paused = False
        self._worker = EmbeddingWorker(settings, choose=self._choose)
        arguments = (result, settings, self._worker)
        self._thread = threading.Thread(target=self._round, args=arguments, name="axon-lane", daemon=True)
        self._thread.start()
        return True

    def pause(self) -> None:
        """Give up the round under way after the batch that is being embedded, and do not wait for it."""
        self._is_paused = True
        if self._worker is not None:
            self._worker.abandon()

    def close(self) -> None:
        """As `pause`, and wait."""
        self.pause()
        if self._thread is not None:
            self._thread.join()

    def _choose(self, settings: Settings) -> Choice:
        return self._chosen(settings, threads=self._worker.n_threads if self._worker else 1)

    def _round(self, result: PipelineResult, settings: Settings, worker: EmbeddingWorker) -> None:
        run = Run(self._root, settings, SilentProgress(), IndexHome(self._root))
        try:
            future = start_embeddings(run, result, None, worker).embedding_future
            embedded = 0 if future is None else future.result()
        except (CancelledError, RuntimeError):  # paused before it had begun
            return
        except (AxonError, OSError) as error:
            self._tell(Embeddings(0, str(error)))
            return
        finally:
            worker.close()
            if not self._is_paused:
                self._completed = result.generation
        if embedded:
            self._tell(Embeddings(embedded))
