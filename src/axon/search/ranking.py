"""A query in words against the search layer: which symbols, in which order, and why.

What flows in: an open `SearchIndex`, a query and the documents that may be found. What flows out: ranked documents
with what each factor contributed, the words that were taken for others, and whether the best of them is any good. It
does not know names and paths that are typed exactly, nor sources.
"""

from collections.abc import Mapping
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
FLOOR: Final = 0.25
"""Share of the query, by rarity of its words, that the best hit must have for the hits to be shown.

What counts until a repository's own documented functions were asked for (`calibration`).
"""


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

    `corrections` are words of the query and the terms they were taken for. `share` is how much of the query the best
    document has, 0 to 1.
    """

    hits: tuple[Scored, ...] = ()
    total: int = 0
    corrections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    share: float = 0.0
    terms: Mapping[str, float] = field(default_factory=dict)
    floor: float = FLOOR

    @property
    def is_good(self) -> bool:
        """Whether the best hit has enough of the query to be no accident."""
        return self.share >= self.floor


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
    share = _share(index, matches, weights, [t for t in unknown if t not in corrections], said, best)
    return Ranking(hits, int(np.count_nonzero(scores)), corrections, share, weights)


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


def _share(  # noqa: PLR0917
    index: SearchIndex,
    matches: list[Match],
    weights: Mapping[str, float],
    lost: list[str],
    said: Scores,
    best: list[int],
) -> float:
    """What the best document has of the query, words weighed by their rarity; one that nothing has is the rarest."""
    known = sum(weights[match.term] * match.rarity for match in matches)
    return float(said.of_query[best[0]]) * known / (known + len(lost) * index.rarity(0)) if best else 0.0


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
