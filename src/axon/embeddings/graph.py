"""The symbols of a graph into vectors, the most useful first.

What flows in: a graph, an embedder, and a store that says what it has. What flows out: batches of vectors to the store.
It does not know files, nor how vectors are kept.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from axon.embeddings.embedder import Embedder
from axon.embeddings.text import MAX_CALLEES, digest, header_text
from axon.errors import EmbeddingError, Problem
from axon.graph.graph import CodeGraph
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EDGE_KINDS, NODE_KINDS, EdgeKind, Flag
from axon.model.nodes import GraphNode
from axon.progress import Progress, SilentProgress

PHASE: Final = "embeddings"
BAND: Final = 2048
"""Texts are sorted by length within bands of this size: a batch then pads little, and the priority holds by band."""
BATCH: Final = 512
"""Texts that are embedded and stored together: at most this many are lost when the process is killed."""

_EMBEDDED: Final = np.array([kind in CALLABLE_KINDS | CLASS_KINDS for kind in NODE_KINDS])
_CALLS: Final = EDGE_KINDS.index(EdgeKind.CALLS)

_log = logging.getLogger(__name__)

Rows = npt.NDArray[np.intp]


class EmbeddingStore(Protocol):
    """Where vectors are kept; a symbol is known by the xxh3_64 of its id and that of its text."""

    def known(self) -> set[tuple[int, int]]:
        """(digest of the id, digest of the text) of every vector that is there."""

    def append(
        self, ids: Sequence[str], text_digests: npt.NDArray[np.uint64], vectors: npt.NDArray[np.float32]
    ) -> None:
        """Keep n vectors, shape (n, dimension), for good before this returns."""


@dataclass(frozen=True, slots=True)
class _Text:
    id: str
    path: str
    line: int
    text: str
    digest: int


def embed_graph(
    graph: CodeGraph | Iterable[GraphNode],
    embedder: Embedder,
    store: EmbeddingStore,
    *,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_problem: Callable[[Problem], None] | None = None,
) -> int:
    """Embed the functions, methods, classes, interfaces and enums that the store does not have as they are now.

    Exported symbols with many callers come first and tests last. Returns the number that was embedded and stored.
    `should_stop` is asked between batches. A text that the embedder refuses is a Problem, which is logged unless
    `on_problem` takes it.

    Raises:
        EmbeddingError: the embedder refused every text of a batch.
        StorageError: the store could not keep a batch.
    """
    graph = graph if isinstance(graph, CodeGraph) else CodeGraph.from_rows(graph, ())
    progress = progress or SilentProgress()
    texts = texts_to_embed(graph, store.known())
    progress.started(PHASE, len(texts))
    n_embedded = 0
    for batch in _batches(texts):
        if should_stop():
            break
        n_embedded += _embed_batch(batch, embedder, store, on_problem or _log_problem)
        progress.advanced(PHASE, len(batch))
    progress.finished(PHASE)
    return n_embedded


def n_embeddable(graph: CodeGraph) -> int:
    """How many symbols of a graph are embedded when all is done."""
    return int(_EMBEDDED[graph.nodes.kind].sum())


def texts_without_summary(graph: CodeGraph, rows: Iterable[int]) -> list[str]:
    """What would be embedded of these rows if nobody had documented them."""
    callees = _Callees(graph)
    return [header_text(replace(graph.node(row), summary=""), callees.of(row)) for row in rows]


def texts_to_embed(graph: CodeGraph, known: set[tuple[int, int]]) -> list[_Text]:
    """What is embedded of each symbol, in order of priority, without what is known by (id, text)."""
    n, callees = graph.nodes, _Callees(graph)
    texts: list[_Text] = []
    for row in _rows_by_priority(graph).tolist():
        text = header_text(graph.node(row), callees.of(row))
        text_digest = digest(text)
        if not known or (digest(n.ids[row]), text_digest) not in known:
            texts.append(_Text(n.ids[row], n.paths[row], int(n.start_line[row]), text, text_digest))
    return texts


def _rows_by_priority(graph: CodeGraph) -> Rows:
    """Rows of what is embedded: tests and generated code last, exported first, many callers first, then in order."""
    nodes, edges = graph.nodes, graph.edges
    in_degree = np.bincount(edges.target[edges.kind == _CALLS], minlength=len(nodes))
    rows = np.flatnonzero(_EMBEDDED[nodes.kind])
    is_last = ((nodes.flags[rows] & int(Flag.TEST)) != 0) | _is_aside(graph)[rows]
    is_internal = (nodes.flags[rows] & int(Flag.EXPORTED)) == 0
    return rows[np.lexsort((-in_degree[rows], is_internal, is_last))]


def _is_aside(graph: CodeGraph) -> npt.NDArray[np.bool_]:
    """For each row, whether a program wrote its file, or it is a copy of somebody else's."""
    nodes = graph.nodes
    aside = {nodes.paths[row] for row in np.flatnonzero(nodes.flags & int(Flag.GENERATED | Flag.VENDORED)).tolist()}
    if not aside:
        return np.zeros(len(nodes), np.bool_)
    return np.fromiter((path in aside for path in nodes.paths), np.bool_, len(nodes))


class _Callees:
    """Names of what each row calls, in the graph's order of edges, each name once."""

    def __init__(self, graph: CodeGraph) -> None:
        calls = np.flatnonzero(graph.edges.kind == _CALLS)
        sources = graph.edges.source[calls]
        order = np.argsort(sources, kind="stable")
        self._names = graph.nodes.names
        self._targets = graph.edges.target[calls][order].tolist()
        self._starts = np.searchsorted(sources[order], np.arange(len(graph.nodes) + 1)).tolist()

    def of(self, row: int) -> list[str]:
        targets = dict.fromkeys(self._targets[self._starts[row] : self._starts[row + 1]])
        return list(dict.fromkeys(self._names[target] for target in targets))[:MAX_CALLEES]


def _batches(texts: list[_Text]) -> Iterator[list[_Text]]:
    for start in range(0, len(texts), BAND):
        band = sorted(texts[start : start + BAND], key=lambda text: len(text.text))
        for first in range(0, len(band), BATCH):
            yield band[first : first + BATCH]


def _embed_batch(
    batch: list[_Text], embedder: Embedder, store: EmbeddingStore, on_problem: Callable[[Problem], None]
) -> int:
    done: list[_Text] = []
    parts: list[npt.NDArray[np.float32]] = []
    for part, vectors in _embedded_parts(batch, embedder, on_problem):
        done.extend(part)
        parts.append(vectors)
    if not done:
        raise EmbeddingError(
            f"The embedder {embedder.name} refused all {len(batch)} texts of a batch, from {batch[0].id} on."
        )
    digests = np.array([text.digest for text in done], np.uint64)
    store.append([text.id for text in done], digests, np.concatenate(parts))
    return len(done)


def _embedded_parts(
    batch: list[_Text], embedder: Embedder, on_problem: Callable[[Problem], None]
) -> Iterator[tuple[list[_Text], npt.NDArray[np.float32]]]:
    """The batch whole; where the embedder refuses it, by halves, down to the texts that it refuses alone."""
    pending = [batch]
    while pending:
        part = pending.pop()
        try:
            vectors = embedder.embed([text.text for text in part])
        except EmbeddingError as error:
            if len(part) == 1:
                on_problem(
                    Problem(part[0].path, part[0].line, f"no embedding: {error}", "the symbol, without a vector")
                )
            else:
                middle = len(part) // 2
                pending += [part[middle:], part[:middle]]
            continue
        yield part, vectors


def _log_problem(problem: Problem) -> None:
    _log.warning("%s:%d: %s", problem.path, problem.line, problem.what)
