"""Embedding in the background."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError

import numpy as np
import numpy.typing as npt
import pytest

from axon.config import Settings
from axon.embeddings.embedder import Choice
from axon.embeddings.graph import BATCH
from axon.embeddings.lexical import LexicalEmbedder
from axon.embeddings.worker import EmbeddingWorker, lower_thread_priority
from axon.errors import EmbeddingError
from axon.graph.graph import CodeGraph
from tests.embeddings.memory import MemoryStore

Graphs = Callable[[int], CodeGraph]
LEXICAL = Settings(embedder="lexical")


class GatedEmbedder(LexicalEmbedder):
    """Says when it began a batch, and waits until it may end it."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.began.set()
        assert self.may_end.wait(30)
        return super().embed(texts)


def test_the_future_has_the_number_embedded(many_functions: Graphs) -> None:
    """And the store has the vectors."""
    worker, store = EmbeddingWorker(LEXICAL), MemoryStore()
    future = worker.submit(many_functions(10), lambda _: store)
    assert future.result(timeout=30) == len(store.ids) == 10
    worker.stop()


def test_submitting_does_not_wait(many_functions: Graphs) -> None:
    """The caller goes on while the first batch is held back."""
    gate, store = GatedEmbedder(), MemoryStore()
    worker = EmbeddingWorker(LEXICAL, choose=lambda _: Choice(gate, "a test"))
    future = worker.submit(many_functions(10), lambda _: store)
    assert gate.began.wait(30)
    assert not future.done()
    gate.may_end.set()
    assert future.result(timeout=30) == 10
    worker.stop()


def test_stopping_ends_after_the_batch_in_hand(many_functions: Graphs) -> None:
    """That batch is stored, the next is not begun, and what waited is cancelled."""
    gate, store = GatedEmbedder(), MemoryStore()
    worker = EmbeddingWorker(LEXICAL, choose=lambda _: Choice(gate, "a test"))
    future = worker.submit(many_functions(BATCH * 3), lambda _: store)
    assert gate.began.wait(30)
    stopper = threading.Thread(target=worker.stop)
    worker._stopping.set()
    stopper.start()
    gate.may_end.set()
    assert future.result(timeout=30) == len(store.ids) == BATCH
    stopper.join(30)
    with pytest.raises(RuntimeError):
        worker.submit(many_functions(1), lambda _: store)


def test_what_waits_in_the_queue_is_cancelled(many_functions: Graphs) -> None:
    """Stopping does not start the jobs behind the one in hand."""
    gate, store = GatedEmbedder(), MemoryStore()
    worker = EmbeddingWorker(LEXICAL, choose=lambda _: Choice(gate, "a test"))
    futures = [worker.submit(many_functions(1), lambda _: store) for _ in range(worker.n_threads + 1)]
    assert gate.began.wait(30)
    stopper = threading.Thread(target=worker.stop)
    stopper.start()
    with pytest.raises(CancelledError):
        futures[-1].result(timeout=30)
    gate.may_end.set()
    stopper.join(30)


def test_a_failure_is_logged_and_comes_back(many_functions: Graphs, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever waits gets the error itself; whoever does not finds its traceback in the log."""

    def no_model(_: Settings) -> Choice:
        raise EmbeddingError("no model")

    worker = EmbeddingWorker(LEXICAL, choose=no_model)
    future = worker.submit(many_functions(1), lambda _: MemoryStore())
    with pytest.raises(EmbeddingError, match="no model"):
        future.result(timeout=30)
    worker.stop()
    assert "embeddings failed: no model. The graph is complete" in caplog.text
    assert "Traceback" in caplog.text


def test_the_end_is_logged(many_functions: Graphs, caplog: pytest.LogCaptureFixture) -> None:
    """One line says how many, how long and with what."""
    caplog.set_level(logging.INFO)
    worker = EmbeddingWorker(LEXICAL)
    worker.submit(many_functions(3), lambda _: MemoryStore()).result(timeout=30)
    worker.stop()
    assert "embeddings finished: 3 symbols" in caplog.text
    assert "lexical-1" in caplog.text


def test_closing_lets_the_work_end(many_functions: Graphs) -> None:
    """The process may end its other business."""
    worker, store = EmbeddingWorker(LEXICAL), MemoryStore()
    future = worker.submit(many_functions(10), lambda _: store)
    worker.close()
    assert future.result(timeout=30) == 10


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere a thread has no priority of its own")
def test_the_priority_of_the_thread_alone_is_lowered() -> None:
    """The thread that submits keeps its own."""
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    seen: list[tuple[bool, int]] = []

    def lower() -> None:
        lowered = lower_thread_priority()
        seen.append((lowered, os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))

    thread = threading.Thread(target=lower)
    thread.start()
    thread.join(30)
    assert seen[0] == (True, max(before, 10))
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


def test_elsewhere_the_priority_stays() -> None:
    """The portable branch does nothing and says so."""
    assert lower_thread_priority("win32") is False


def test_importing_the_worker_imports_nothing_heavy() -> None:
    """numpy, fastembed and their kind are paid for in the background."""
    heavy = "{'numpy', 'fastembed', 'onnxruntime', 'Stemmer'}"
    code = f"import sys, axon.embeddings.worker; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
