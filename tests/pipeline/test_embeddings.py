"""The graph can be questioned before its embeddings exist, and embeddings survive a death.

The worker is held, without a clock, by the progress that it reports to: that is called between its batches.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from axon.config import Settings
from axon.errors import EmbeddingError
from axon.pipeline import PipelineResult, reindex_files, run_pipeline
from axon.pipeline.report import Mode
from axon.progress import SilentProgress
from axon.storage.embedding_state import VECTORS_FOLDER, EmbeddingState, embedding_states
from axon.storage.vectors import VectorStore
from tests.pipeline.trees import SHOP, contents, of_code, write_tree

LEXICAL = Settings(embedder="lexical")
LIMIT = 60  # seconds that no healthy run needs
N_EMBEDDED = 9  # functions, methods and classes of SHOP


class Gate(SilentProgress):
    """Holds the worker where it begins, until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def started(self, phase: str, total: int) -> None:
        if phase == "embeddings":
            self.reached.set()
            assert self.opened.wait(LIMIT)


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate that is open at the end, whatever happens."""
    gate = Gate()
    yield gate
    gate.opened.set()


def state(root: Path) -> EmbeddingState:
    """What the one model says of itself."""
    (found,), _ = embedding_states(root / ".axon" / VECTORS_FOLDER)
    return found


def vectors(root: Path) -> VectorStore:
    """The vectors of the one model."""
    return VectorStore(root / ".axon" / VECTORS_FOLDER, state(root).model)


def embedded(root: Path) -> PipelineResult:
    """A run that waits for its embeddings."""
    return run_pipeline(root, settings=LEXICAL, wait_embeddings=True)


def test_the_index_is_in_force_before_the_embeddings(root: Path, gate: Gate) -> None:
    """A run returns while the worker works; columns and Kuzu answer; the future then has the number."""
    result = run_pipeline(write_tree(root, SHOP), settings=LEXICAL, progress=gate)
    assert gate.reached.wait(LIMIT)
    future = result.embedding_future
    assert isinstance(future, Future)
    assert not future.done()
    assert (result.embeddings, result.as_json()["embeddings_pending"]) == (0, True)
    assert "embeddings" not in result.phase_timings
    assert len(of_code(contents(root).nodes)) == result.nodes
    assert state(root) == EmbeddingState(state(root).model, state(root).dimension, 0, N_EMBEDDED, False)
    gate.opened.set()
    assert future.result(LIMIT) == N_EMBEDDED
    assert result.as_json()["embeddings_pending"] is False
    assert (state(root).done, state(root).finished) == (N_EMBEDDED, True)


def test_another_run_need_not_wait_for_the_worker(root: Path, gate: Gate) -> None:
    """While a worker works, the tree can be indexed again; what the old worker ends does not pass for the new graph."""
    first = run_pipeline(write_tree(root, SHOP), settings=LEXICAL, progress=gate)
    assert gate.reached.wait(LIMIT)
    write_tree(root, {"shop/money.py": "def total(p):\n    return 1\n\n\ndef tax():\n    return 1\n"})
    second = run_pipeline(root, settings=LEXICAL, embeddings=False, wait_for_writer=False)
    gate.opened.set()
    assert first.embedding_future is not None
    assert first.embedding_future.result(LIMIT) == N_EMBEDDED
    assert second.generation == 2
    assert state(root).finished is False
    assert embedded(root).embeddings == 2
    assert state(root).finished is True


def test_waiting_counts_and_times(root: Path) -> None:
    """wait_embeddings returns when all is embedded, without a future."""
    result = embedded(write_tree(root, SHOP))
    assert (result.embeddings, result.embedding_future) == (N_EMBEDDED, None)
    assert list(result.phase_timings)[-1] == "embeddings"
    assert vectors(root).count() == N_EMBEDDED


def test_no_embeddings_at_all(root: Path) -> None:
    """embeddings=False leaves no trace of any; the next run, though nothing changed, makes up for it."""
    result = run_pipeline(write_tree(root, SHOP), settings=LEXICAL, embeddings=False, wait_embeddings=True)
    assert (result.embeddings, result.embedding_future) == (0, None)
    assert not (root / ".axon" / VECTORS_FOLDER).exists()
    later = embedded(root)
    assert (later.mode, later.embeddings) == (Mode.UNCHANGED, N_EMBEDDED)
    assert (embedded(root).embeddings, embedded(root).embedding_future) == (0, None)


def test_another_embedder_that_is_asked_for_begins_anew(root: Path) -> None:
    """Vectors of the one kind are none of the other, also where no file changed; 'auto' is content with either."""
    embedded(write_tree(root, SHOP))
    assert run_pipeline(root, settings=Settings()).embedding_future is None
    other = run_pipeline(root, settings=Settings(embedder="fastembed", embedding_model="no/such-model"))
    assert other.mode is Mode.UNCHANGED
    assert other.embedding_future is not None
    assert isinstance(other.embedding_future.exception(LIMIT), EmbeddingError)


def test_only_what_changed_is_embedded_again(root: Path) -> None:
    """After an edit: the symbols whose text changed, whichever way the edit is found."""
    embedded(write_tree(root, SHOP))
    write_tree(root, {"shop/money.py": "RATE = 2\n\n\ndef total(prices, rate=3):\n    return sum(prices) * RATE\n"})
    assert embedded(root).embeddings == 1
    write_tree(root, {"shop/till/desk.py": str(SHOP["shop/till/desk.py"]) + "\n\ndef shut(): pass\n"})
    result = reindex_files(root, ["shop/till/desk.py"], settings=LEXICAL, wait_embeddings=True)
    assert result.embeddings == 1
    assert (state(root).done, state(root).total, state(root).finished) == (N_EMBEDDED + 1, N_EMBEDDED + 1, True)


def test_a_failure_is_in_the_future_and_the_graph_stays(root: Path) -> None:
    """An embedder that cannot serve fails the future only; the next run tries again."""
    broken = Settings(embedder="fastembed", embedding_model="no/such-model")
    result = run_pipeline(write_tree(root, SHOP), settings=broken)
    assert result.embedding_future is not None
    assert result.embedding_future.exception(LIMIT) is not None
    assert len(of_code(contents(root).nodes)) == result.nodes
    assert embedded(root).embeddings == N_EMBEDDED


HELD = """
import sys
from pathlib import Path
from axon.config import Settings
from axon.pipeline import run_pipeline
from axon.progress import SilentProgress

class Hold(SilentProgress):
    def advanced(self, phase, steps=1):
        if phase == "embeddings":
            print("a batch is stored", flush=True)
            sys.stdin.readline()

if __name__ == "__main__":
    run_pipeline(Path(sys.argv[1]), settings=Settings(embedder="lexical"), progress=Hold())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_killed_worker_loses_no_stored_batch(root: Path) -> None:
    """After SIGKILL in the middle, the next run keeps the batches that were stored and computes the rest."""
    n_functions = 1_300  # three batches
    functions = {f"m{i:02}.py": "".join(f"def f{i}_{j}(): pass\n\n\n" for j in range(100)) for i in range(13)}
    write_tree(root, functions)
    held = subprocess.Popen(
        [sys.executable, "-c", HELD, root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ, text=True
    )
    assert held.stdout is not None
    assert held.stdin is not None
    with held.stdout, held.stdin:
        assert held.stdout.readline() == "a batch is stored\n"
        held.kill()
        assert held.wait(LIMIT) == -signal.SIGKILL
    kept = vectors(root).count()
    assert 0 < kept < n_functions
    assert state(root).finished is False
    result = embedded(root)
    assert (result.mode, result.embeddings) == (Mode.UNCHANGED, n_functions - kept)
    assert (state(root).done, state(root).finished) == (n_functions, True)
