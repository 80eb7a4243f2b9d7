"""Embedding in the background."""

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from axon.config import Settings
from axon.embeddings.embedder import Choice, Embedder
from axon.embeddings.graph import BATCH
from axon.embeddings.lexical import LexicalEmbedder
from axon.embeddings.worker import EmbeddingWorker, lower_thread_priority
from axon.errors import EmbeddingError
from axon.graph.graph import CodeGraph
from axon.storage.vectors import VectorStore
from tests.embeddings.conftest import function
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


POISON = {
    "a line of a megabyte": "x" * 1_000_000,
    "a line of a megabyte, in words": "parse config " * 80_000,
    "NUL": "parse\0config\0" * 1_000,
    "only punctuation": "!?;,..." * 1_000,
    "100,000 tokens": "( ) " * 50_000,
    "lone surrogates": "\ud800\udfff" * 100,
    "nothing": "",
    "right to left and combining": "\u202e" + "a\u0301" * 5_000,
}


@pytest.mark.parametrize("kind", ["lexical", "fastembed"])
def test_poisoned_texts_stop_nothing(kind: str, model_folder: Path, tmp_path: Path) -> None:
    """In a name, a summary and a signature, each is cut and embedded by the real worker, and so are all others."""
    nodes = [function(f"f{number}", summary="parse the config") for number in range(20)]
    for number, text in enumerate(POISON.values()):
        nodes.append(function(f"summary_{number}", summary=text))
        nodes.append(replace(function(f"signature_{number}"), signature=text))
        nodes.append(function(f"{text}{number}", path=f"{number}.toy"))
    graph = CodeGraph.from_rows(nodes, ())
    settings = Settings(embedder=kind, embedding_model=str(model_folder))
    worker, stores = EmbeddingWorker(settings), list[VectorStore]()

    def open_store(embedder: Embedder) -> VectorStore:
        assert (embedder.name == LexicalEmbedder.name) == (kind == "lexical")
        stores.append(VectorStore(tmp_path / "vectors", embedder.name))
        return stores[0]

    assert worker.submit(graph, open_store).result(timeout=60) == len(nodes)
    worker.stop()
    _, _, vectors = stores[0].load()
    assert len(vectors) == len(nodes)
    assert np.allclose(np.linalg.norm(vectors.astype(np.float32), axis=1), 1, atol=1e-2)


def test_what_a_model_refuses_is_told(model_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A model that fails for texts of more tokens than it has places loses those, by name, and embeds the rest."""
    folder = tmp_path / "narrow"
    shutil.copytree(model_folder, folder)
    said = folder / "tokenizer_config.json"
    said.write_text(said.read_text().replace("128", "100000"))  # more than the model can take
    settings = Settings(embedder="fastembed", embedding_model=str(folder))
    worker, store = EmbeddingWorker(settings), MemoryStore()
    nodes = [function("kept"), function("refused", summary="( ) " * 500), function("kept_too")]
    assert worker.submit(CodeGraph.from_rows(nodes, ()), lambda _: store).result(timeout=60) == 2
    worker.stop()
    assert store.ids == ["m.toy::kept", "m.toy::kept_too"]
    assert "m.toy:7: no embedding" in caplog.text


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
