"""What embedding a tree takes, and what it costs those who search meanwhile.

What flows in: a corpus and how long to embed at most. What flows out: the peak memory of `axon embed` with a model of
bge-small's shape, symbols and word pieces per core-second, and the latency of searches while it works and while it is
stopped, by turns: whatever else the machine does is the same for both.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from tokenizers import Tokenizer

from axon.embeddings.graph import texts_to_embed
from axon.pipeline import run_pipeline
from axon.questions.opened import Index, embedding_progress, open_index
from axon.questions.search import search
from axon.storage.freeze import read_graph
from benchmarks.bge_shape import write_bge_shape
from benchmarks.corpora import Corpus
from benchmarks.docstrings import copy_without_docstrings, sentences
from benchmarks.processes import Sampler

SECONDS: Final = 300
_QUERIES: Final = 100  # of a turn
_LOOK_EVERY: Final = 1.0  # seconds
_TURN_EVERY: Final = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class EmbeddingFigures:
    """Of one corpus: counts of symbols, bytes, CPU seconds of the process that embeds, milliseconds of searches.

    Latencies are (p50, p95) of the same queries, quiet and while symbols are embedded.
    """

    n_symbols: int
    n_embedded: int
    pieces: float  # word pieces of a text, the mean
    peak: int
    cpu: float
    quiet_wall: tuple[float, float]
    busy_wall: tuple[float, float]
    quiet_cpu: tuple[float, float]
    busy_cpu: tuple[float, float]


def measure_embedding(corpus: Corpus, *, seconds: float = SECONDS) -> EmbeddingFigures:
    """Index a copy of the tree, search it, and search it again while `axon embed` runs for so many seconds at most."""
    with tempfile.TemporaryDirectory(prefix="axon-embedding-") as place:
        root, model = Path(place, "tree"), Path(place, "bge-shape")
        copy_without_docstrings(corpus.root, root, strip=False)
        run_pipeline(root, embeddings=False)
        with open_index(root) as index:
            graph = read_graph(index.columns)
            texts = [text.text for text in texts_to_embed(graph, set())]
            asked = sorted(sentences(root, graph).values())[:: max(1, len(texts) // (8 * _QUERIES))][:_QUERIES]
            write_bge_shape(model, texts)
            n_pieces = np.mean([len(e.ids) for e in _tokenizer(model).encode_batch(texts)])
            process = _begun(root, model)
            sampler = Sampler(process.pid, every=_LOOK_EVERY / 10)
            sampler.start()
            quiet, busy = _by_turns(index, asked, process, time.monotonic() + seconds)
            process.terminate()  # an interrupt may be ignored: whoever runs in the background inherits that
            process.wait()
            peak = sampler.stop()
            n_embedded = _n_embedded(index)
    cpu = sampler.samples[-1].cpu
    of_wall, of_cpu = [_percentiles(wall) for wall, _ in (quiet, busy)], [_percentiles(cpu) for _, cpu in (quiet, busy)]
    return EmbeddingFigures(len(texts), n_embedded, float(n_pieces), peak, cpu, *of_wall, *of_cpu)


Latencies = tuple[list[float], list[float]]
"""Milliseconds of the wall clock, and of this thread's CPU."""


def _by_turns(
    index: Index, asked: Sequence[str], process: "subprocess.Popen[bytes]", deadline: float
) -> tuple[Latencies, Latencies]:
    """Latencies while the process is stopped and while it works, taken every minute until it ends."""
    quiet: Latencies = ([], [])
    busy: Latencies = ([], [])
    _latencies(index, asked)  # what is read once
    _wait_until(lambda: _n_embedded(index) > 0, process, deadline)
    while process.poll() is None and time.monotonic() < deadline:
        process.send_signal(signal.SIGSTOP)
        try:
            stopped = _latencies(index, asked)
        finally:
            process.send_signal(signal.SIGCONT)
        working = _latencies(index, asked)
        if process.poll() is not None:
            break
        for kept, turn in ((quiet, stopped), (busy, working)):
            kept[0].extend(turn[0])
            kept[1].extend(turn[1])
        said = " ".join(f"{p:.1f}" for turn in (stopped, working) for p in _percentiles(turn[0]))
        print(f"{_n_embedded(index):,} embedded; ms quiet and meanwhile {said}", file=sys.stderr, flush=True)
        turn_ends = time.monotonic() + _TURN_EVERY
        _wait_until(lambda until=turn_ends: time.monotonic() > until, process, deadline)  # type: ignore[misc]
    return quiet, busy


def embedding_table(figures: Sequence[tuple[str, EmbeddingFigures]]) -> str:
    """A table for a page."""
    titles = (
        *("corpus", "symbols", "embedded", "peak, MB", "symbols a core-s", "pieces a core-s"),
        *("search, quiet, ms (p50, p95; CPU)", "meanwhile", "quiet, wall", "meanwhile, wall"),
    )
    lines = [f"| {' | '.join(titles)} |", "| --- " + "| ---: " * (len(titles) - 1) + "|"]
    for name, f in figures:
        speed = f.n_embedded / f.cpu if f.cpu else 0.0
        cells = (
            *(name, f"{f.n_symbols:,}", f"{f.n_embedded:,}", f"{f.peak / 1e6:.0f}"),
            *(f"{speed:.1f}", f"{speed * f.pieces:.0f}"),
            *(f"{p50:.1f}, {p95:.1f}" for p50, p95 in (f.quiet_cpu, f.busy_cpu, f.quiet_wall, f.busy_wall)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _tokenizer(model: Path) -> Tokenizer:
    return Tokenizer.from_file(str(model / "tokenizer.json"))


def _begun(root: Path, model: Path) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"AXON_EMBEDDER": "fastembed", "AXON_EMBEDDING_MODEL": str(model)}
    command = [sys.executable, "-m", "axon", "embed", str(root)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def _wait_until(is_so: Callable[[], bool], process: "subprocess.Popen[bytes]", deadline: float) -> None:
    while process.poll() is None and not is_so() and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)


def _n_embedded(index: Index) -> int:
    progress, _ = embedding_progress(index.home)
    return progress.done if progress is not None else 0


def _latencies(index: Index, asked: Sequence[str]) -> Latencies:
    wall, cpu = [], []
    for text in asked:
        begun, cpu_begun = time.perf_counter(), time.thread_time()
        search(index, text)
        wall.append(1_000 * (time.perf_counter() - begun))
        cpu.append(1_000 * (time.thread_time() - cpu_begun))
    return wall, cpu


def _percentiles(values: Sequence[float]) -> tuple[float, float]:
    """p50 and p95."""
    return float(np.percentile(values, 50)), float(np.percentile(values, 95))
