"""The lane over summaries: symbols by what was written about them, not by what their code says.

What flows in: artifacts, later the terms of a query. What flows out: a file of postings in a generation, and for each
node how well what was written about it answers the query. It does not know who wrote it. It needs no model.

A text is scored by BM25 (Robertson, Walker: Okapi at TREC-3, 1994) and divided by what a text of mean length would get
that has every term of the query once, so that 1 means: all of it is there.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from axon.embeddings.words import WORD
from axon.model.artifacts import State, Written
from axon.model.ids import artifact_id
from axon.model.kinds import NodeKind
from axon.search.dense import Similarities
from axon.search.index import Floats
from axon.search.postings import Field, PostingsBuilder
from axon.search.ranking import Ranking, Scored
from axon.search.rows import Rows
from axon.search.segment import Segment, open_segment
from axon.storage.arrays import ArrayFile
from axon.storage.columns import IndexColumns
from axon.storage.vectors import VectorStore, id_digest

SUMMARIES_FILE: Final = "summaries.segment"
WEIGHT: Final = 0.35
"""What a text that has all of the query counts, where the best score of words counts 1: as an uncalibrated vector."""
ENOUGH: Final = 0.5
"""How much of a query a text must have to bring up a symbol whose code says nothing of it."""

_SATURATION: Final = 1.2  # `k1` and `b` of BM25, as Robertson and Walker have them
_LENGTH_SHARE: Final = 0.75


def write_summaries(folder: Path, written: Sequence[Written]) -> None:
    """Put the postings of all that stands into the folder of a draft; without any there is no file."""
    if standing := _searchable(written):
        _segment(standing).write(folder / SUMMARIES_FILE)


def _searchable(written: Sequence[Written]) -> list[Written]:
    return [one for one in written if one.state is not State.STALE and one.kind is not NodeKind.FEATURE and one.text]


def _segment(written: Sequence[Written]) -> Segment:
    builder = PostingsBuilder()
    for doc, one in enumerate(written):
        builder.add(doc, Field.BODY, WORD.findall(one.text))
    return Segment([one.node for one in written], np.arange(len(written) + 1), builder.finish(len(written)))


class SummaryLane:
    """What was written about the nodes of one generation, mapped; close it when it is no more asked."""

    def __init__(self, path: Path, columns: IndexColumns) -> None:
        """Map the file.

        Raises:
            DamagedIndexError: it is missing, truncated or of another version.
        """
        self._file, self._columns = ArrayFile(path), columns
        self._segment = open_segment(self._file)
        lengths = self._segment.postings.lengths[Field.BODY].astype(np.float32)
        mean = float(lengths.mean()) if len(lengths) else 1.0
        self._norms = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * lengths / max(mean, 1e-9))

    def similarities(self, terms: Mapping[str, float]) -> dict[int, float]:
        """How well the best text about each node answers the weighted terms: by row, 0 to 1; rows without any lack."""
        scores = np.zeros(self._segment.n_docs, np.float32)
        whole = 0.0
        for term, weight in terms.items():
            docs, counts = self._postings(term)
            counted = weight * self._rarity(len(docs))
            whole += counted
            scores[docs] += counted * (_SATURATION + 1) * counts / (counts + self._norms[docs])
        found: dict[int, float] = {}
        for doc in np.flatnonzero(scores).tolist():
            row = self._columns.row_of(self._segment.paths[doc])
            if row is not None:
                found[row] = max(found.get(row, 0.0), min(1.0, float(scores[doc]) / whole))
        return found

    def close(self) -> None:
        """Unmap the file."""
        del self._segment
        self._file.close()

    def _postings(self, term: str) -> tuple[Rows, Floats]:
        p = self._segment.postings
        at = bisect_left(p.terms, term)
        if at >= len(p.terms) or p.terms[at] != term:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        rows = slice(int(p.offsets[at]), int(p.offsets[at + 1]))
        return p.docs[rows].astype(np.int64), p.bodies[rows].astype(np.float32)

    def _rarity(self, n_having: int) -> float:
        n = self._segment.n_docs
        return float(np.log(1 + (n - n_having + 0.5) / (n_having + 0.5)))


def nearness(
    written: Sequence[Written], store: VectorStore, vector: Similarities, columns: IndexColumns
) -> dict[int, float]:
    """The cosine of the nearest text about each node with a query's vector of norm 1, by row; those above 0."""
    ids, _, matrix = store.load()
    if len(ids) and matrix.shape[1] != len(vector):
        return {}
    cosines = dict(zip(ids.tolist(), (matrix.astype(np.float32) @ vector).tolist(), strict=True)) if len(ids) else {}
    found: dict[int, float] = {}
    for one in _searchable(written):
        cosine = cosines.get(id_digest(artifact_id(one.task, one.node)), 0.0)
        row = columns.row_of(one.node) if cosine > 0 else None
        if row is not None:
            found[row] = max(found.get(row, 0.0), cosine)
    return found


def with_summaries(ranking: Ranking, similar: Mapping[int, float], best: float, limit: int) -> Ranking:
    """The hits with what texts about them add, and what these texts alone bring up.

    A text that has all of the query adds WEIGHT times `best`, the highest score of words (1 where there is none).
    """
    scale = WEIGHT * (best or 1.0)
    left = dict(similar)
    hits = []
    for hit in ranking.hits:
        added = scale * left.pop(hit.row, 0.0) * hit.factors["place"]
        told = {"+ summary": added} if added else {}
        hits.append(replace(hit, score=hit.score + added, factors={**hit.factors, **told}))
    for row, share in left.items():
        if share >= ENOUGH:
            hits.append(Scored(-1, row, scale * share, {"words": 0.0, "place": 1.0, "+ summary": scale * share}))
    hits.sort(key=lambda hit: (-hit.score, hit.row))
    n_new = sum(hit.doc < 0 for hit in hits)
    return replace(ranking, hits=tuple(hits[:limit]), total=ranking.total + n_new)
