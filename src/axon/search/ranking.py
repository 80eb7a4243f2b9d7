"""A query in words against the search layer: which symbols, in which order, and why.

What flows in: an open `SearchIndex`, a query and the documents that may be found. What flows out: ranked documents
with what each factor contributed, the words that were taken for others, and whether the best of them is any good. It
does not know names and paths that are typed exactly, nor sources.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from axon.embeddings.words import COMMON, WORD, terms_of
from axon.search.index import Floats, Match, Scores, SearchIndex
from axon.search.typos import nearest

Mask = npt.NDArray[np.bool_]

# Found by coordinate ascent on docstring -> function tasks of three repositories (docs/search.md).
COMMON_WEIGHT: Final = 0.1
"""What a common English word counts: it may be a part of a name, and says little in a sentence."""
NAME_COVERAGE: Final = 0.3
"""What it adds to a score that all parts of a name were asked for."""
QUERY_COVERAGE: Final = 1.0
"""What it adds to a score to have all words of the query."""
CORRECTED_WEIGHT: Final = 0.7
"""What a term counts that stands for a misspelt word."""
FLOOR: Final = 0.3
"""Evidence that must be there for hits to be shown, until the repository's own functions were asked for."""

_NEARLY_ALL: Final = 0.75  # of the query: what has as much is shown, however common its words are


@dataclass(frozen=True, slots=True)
class Scored:
    """One document: its row, its score, and by name what its score is made of."""

    doc: int
    row: int
    score: float
    factors: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best documents first; `total` counts all that have any word of the query.

    `corrections` are words of the query and the terms they were taken for. `evidence` says that something is about the
    query at all, see `evidence_of`.
    """

    hits: tuple[Scored, ...] = ()
    total: int = 0
    corrections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    evidence: float = 0.0
    terms: Mapping[str, float] = field(default_factory=dict)
    floor: float = FLOOR

    @property
    def is_good(self) -> bool:
        """Whether there is enough of the query to be no accident."""
        return self.evidence >= self.floor


def query_terms(query: str) -> dict[str, float]:
    """Terms of a query with their weights."""
    terms = dict.fromkeys(term for word in WORD.findall(query) for term in terms_of(word))
    return {term: COMMON_WEIGHT if term in COMMON else 1.0 for term in terms}


def rank(index: SearchIndex, query: str, allowed: Mask, factor: Floats, limit: int) -> Ranking:
    """The best `limit` of the `allowed` documents; scores are multiplied by `factor`, one for each document."""
    weights = query_terms(query)
    matches = index.matches(list(weights))
    found = {match.term for match in matches}
    unknown = [term for term in weights if term not in found and not _is_whole(term, query)]
    corrections = nearest(index, unknown) if unknown else {}
    for terms in corrections.values():
        weights |= {term: CORRECTED_WEIGHT for term in terms if term not in weights}
        matches += index.matches([term for term in terms if term not in found])
    if not matches:
        return Ranking(terms=weights)
    said = index.score(matches, weights)
    factors = {**_factors(index, said), "place": factor}
    scores = _product(said.words, factors)
    scores[~allowed] = 0
    best = best_first(scores, index.rows, limit)
    hits = tuple(
        Scored(doc, int(index.rows[doc]), float(scores[doc]), _parts(doc, {"words": said.words, **factors}))
        for doc in best
    )
    lost = [term for term in unknown if term not in corrections]
    evidence = evidence_of(index, scores, said.of_query, known_share(index, matches, weights, lost))
    return Ranking(hits, int(np.count_nonzero(scores)), corrections, evidence, weights)


def evidence_of(index: SearchIndex, scores: Floats, of_query: Floats, known: float) -> float:
    """How sure it is that some document is about a query: the most that one has of it, times its score.

    Where 1 is the score of one word, the rarest there is, that stands everywhere. Neither does alone: one common word
    of three is a third of the query, and a long sentence has a high score by some words of each kind (docs/search.md).
    """
    if not len(scores):
        return 0.0
    share = known * float(of_query[scores > 0].max(initial=0))
    evidence = known * float((of_query * scores).max()) / index.rarity(1)
    return max(evidence, share) if share >= _NEARLY_ALL else evidence


def known_share(
    index: SearchIndex, matches: Sequence[Match], weights: Mapping[str, float], lost: Collection[str]
) -> float:
    """How much of a query any document has, words weighed by their rarity; those that are lost are the rarest."""
    known = sum(weights[match.term] * match.rarity for match in matches)
    return known / max(known + index.rarity(0) * sum(weights[term] for term in lost), 1e-9)


def scores_of(index: SearchIndex, matches: list[Match], weights: Mapping[str, float]) -> tuple[Floats, Floats]:
    """The scores of all documents, whatever may be found, and how much of the query each has, 0 to 1."""
    said = index.score(matches, weights)
    return _product(said.words, _factors(index, said)), said.of_query


def _factors(index: SearchIndex, said: Scores) -> dict[str, Floats]:
    return {
        "query": 1 + QUERY_COVERAGE * said.of_query,
        "name": 1 + NAME_COVERAGE * said.of_name,
        "calls": index.popularity,
    }


def _product(words: Floats, factors: Mapping[str, Floats]) -> Floats:
    scores = words.copy()
    for factor in factors.values():
        scores *= factor
    return scores


def _parts(doc: int, arrays: Mapping[str, Floats]) -> dict[str, float]:
    return {name: float(values[doc]) for name, values in arrays.items()}


def best_first(scores: Floats, rows: npt.NDArray[np.int64], limit: int) -> list[int]:
    """Documents with the highest scores above 0; of equal ones that of the lower row first."""
    having = np.flatnonzero(scores > 0)
    if len(having) > limit:
        least = np.partition(scores[having], len(having) - limit)[len(having) - limit]
        having = having[scores[having] >= least]
    order = np.lexsort((rows[having], -scores[having]))
    return [int(doc) for doc in having[order][:limit]]


def _is_whole(term: str, query: str) -> bool:
    """Whether the term is an identifier of several parts, whose parts are terms of their own."""
    return any(len(terms := terms_of(word)) > 1 and term == terms[0] for word in WORD.findall(query))
