"""How much the vectors of a model help in this very repository.

What flows in: the graph and the search layer in force, an embedder and its vectors. What flows out: a `Fusion`. A
repository brings its own test set: its documented functions. Each is asked for by the first line of its docstring,
which is taken out of its words and of its vector; the weight that finds most of them is kept.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from axon.embeddings.graph import texts_without_summary
from axon.embeddings.words import WORD, terms_of
from axon.graph.graph import CodeGraph
from axon.model.kinds import CALLABLE_CODES
from axon.search.dense import CANDIDATES, DenseLane, Fusion
from axon.search.index import SearchIndex
from axon.search.ranking import FLOOR, evidence_of, known_share, query_terms, scores_of
from axon.storage.vectors import id_digest

MOST_QUERIES: Final = 300
FEWEST_QUERIES: Final = 20
"""Below that the result would be an accident, and vectors have no weight."""
WEIGHTS: Final = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5)

_SHARE: Final = 4  # every so manieth documented function may be asked for here, and is never scored in benchmarks
_LEAST_WORDS: Final = 3
_LEAST_GAIN: Final = 0.002
_SURE: Final = 1.64  # standard errors: of twenty weights that do not help one is taken for one that does
_RANKS: Final = 10
_RARE: Final = 2  # percent of the questions with a right answer that may be told that there is none
_FLOORS: Final = (0.2, 0.5)

Floats = npt.NDArray[np.float32]


class Embeds(Protocol):
    """What of an embedder is needed here."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Shape (n, d), rows of norm 1."""


def is_calibration(id: str) -> bool:
    """Whether a function belongs to the part that weights are found with, which no benchmark may score."""
    return id_digest(id) % _SHARE == 0


def calibrate(graph: CodeGraph, index: SearchIndex, lane: DenseLane, embedder: Embeds) -> Fusion:
    """Find the weight of the vectors; takes some seconds for 300 functions of a large tree."""
    rows = _sample(graph)
    if len(rows) < FEWEST_QUERIES:
        return Fusion(0.0, 0.0, 0.0, 0.0, len(rows), index.n_docs)
    queries = [graph.nodes.summaries[row] for row in rows]
    asked, meant = embedder.embed(queries), embedder.embed(texts_without_summary(graph, rows))
    found = np.zeros((len(rows), len(WEIGHTS) + 1))
    doc_of = {int(row): doc for doc, row in enumerate(index.rows.tolist()) if row >= 0}
    is_callable = index.is_live & np.isin(index.numbers("kind"), list(CALLABLE_CODES))
    evidence = []
    for number, (row, query, vector, target) in enumerate(zip(rows, queries, asked, meant, strict=True)):
        scores, sure = _scores_without(index, query, doc_of[row], is_callable)
        ranks = _reciprocal_ranks(index, lane, scores, doc_of[row], vector, float(target @ vector))
        found[number] = ranks
        evidence += [sure] if ranks[0] else []
    means = found.mean(axis=0)
    highest = int(np.argmax(means[:-1]))
    best = next(number for number in range(len(WEIGHTS)) if not _is_gain(found[:, highest] - found[:, number]))
    words, vectors, both = (round(float(mean), 4) for mean in (means[0], means[-1], means[best]))
    return Fusion(WEIGHTS[best], words, vectors, both, len(rows), index.n_docs, _floor(evidence))


def _is_gain(gains: npt.NDArray[np.float64]) -> bool:
    """Whether one weight is better than another by more than chance: of eight, one is always best on a sample.

    The lowest that none is better than is taken; 0 is the lowest.
    """
    error = float(gains.std()) / len(gains) ** 0.5
    least: float = max(_LEAST_GAIN, _SURE * error)
    return float(gains.mean()) >= least


def _floor(evidence: Sequence[float]) -> float:
    """What there is for nearly all questions of which the answer was found: less is most likely an accident."""
    if len(evidence) < FEWEST_QUERIES:
        return FLOOR
    return round(float(np.clip(np.percentile(evidence, _RARE), *_FLOORS)), 3)


def _sample(graph: CodeGraph) -> list[int]:
    nodes = graph.nodes
    kinds = nodes.kind.tolist()
    documented = [row for row, summary in enumerate(nodes.summaries) if len(WORD.findall(summary)) >= _LEAST_WORDS]
    rows = [row for row in documented if kinds[row] in CALLABLE_CODES and is_calibration(nodes.ids[row])]
    return sorted(rows, key=lambda row: id_digest(nodes.ids[row]))[:MOST_QUERIES]


def _scores_without(
    index: SearchIndex, query: str, target: int, allowed: npt.NDArray[np.bool_]
) -> tuple[Floats, float]:
    """Scores of all documents, and the evidence, as if the docstring's first line were not in the target."""
    weights = query_terms(query)
    matches = index.matches(list(weights))
    removed = Counter(term for word in WORD.findall(query) for term in terms_of(word))
    left = [index.without(match, target, removed[match.term]) for match in matches]
    scores, of_query = scores_of(index, left, weights)
    scores[~allowed] = 0
    lost = sorted(weights.keys() - {match.term for match in left})
    return scores, evidence_of(index, scores, of_query, known_share(index, left, weights, lost))


def _reciprocal_ranks(  # noqa: PLR0917
    index: SearchIndex, lane: DenseLane, scores: Floats, target: int, vector: Floats, cosine: float
) -> npt.NDArray[np.float64]:
    """For each weight, and for vectors alone, 1 / rank of the target among the candidates, 0 beyond the tenth."""
    order = np.argsort(-scores, kind="stable")[:CANDIDATES]
    order = order[scores[order] > 0]
    found = np.zeros(len(WEIGHTS) + 1)
    at = np.flatnonzero(order == target)
    if not len(at):
        return found
    cosines = np.maximum(lane.similarities(index.rows[order].tolist(), vector), 0)
    cosines[at[0]] = max(cosine, 0.0)
    words = scores[order] / scores[order[0]]
    for number, weight in enumerate((*WEIGHTS, None)):
        values = cosines if weight is None else words + np.float32(weight) * cosines
        rank = 1 + int((values > values[at[0]]).sum())
        found[number] = 1 / rank if rank <= _RANKS else 0
    return found
