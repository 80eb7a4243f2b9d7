"""Vectors beside words: which symbols mean what a query means, as far as they are embedded.

What flows in: the vectors of one model, a query's vector and rows of the graph. What flows out: similarities, and hits
in an order that takes them in with a weight. It does not know embedders. The weight is never fixed: `calibration` finds
it for each repository and model, and a lane that does not help there has none.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, NODE_KINDS
from axon.search.ranking import FLOOR, Ranking, Scored
from axon.storage.columns import IndexColumns
from axon.storage.durable import replace_text
from axon.storage.vectors import VectorStore, id_digest

FUSION_FILE: Final = "fusion.json"
CANDIDATES: Final = 200
"""Documents whose order vectors may change."""

Similarities = npt.NDArray[np.float32]

_EMBEDDED: Final = [code for code, kind in enumerate(NODE_KINDS) if kind in CALLABLE_KINDS | CLASS_KINDS]
_BLOCK: Final = 1_024  # rows that are float32 at a time: 1.5 MB at 384 dimensions, which stays in a core's cache


@dataclass(frozen=True, slots=True)
class Fusion:
    """What a calibration found: the weight of vectors, and the mean reciprocal ranks (at 10) that led to it.

    `n_queries` functions were asked for by the first line of their docstring, taken out of what is searched.
    """

    weight: float
    words: float
    vectors: float
    both: float
    n_queries: int
    n_docs: int
    floor: float = FLOOR
    """Evidence that there must be for hits to be shown, by those functions that words found."""

    def write(self, folder: Path) -> None:
        """Keep it beside the vectors of the model."""
        replace_text(folder / FUSION_FILE, json.dumps(asdict(self)) + "\n")

    @classmethod
    def read(cls, folder: Path) -> "Fusion | None":
        """What was found for the vectors in `folder`; None where nobody has calibrated, or it cannot be read."""
        try:
            return cls(**json.loads((folder / FUSION_FILE).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None


class DenseLane:
    """The vectors of one model, in memory."""

    def __init__(self, store: VectorStore, columns: IndexColumns) -> None:
        self._columns = columns
        (self._ids, _, self._matrix), self.n_damaged = store.load_and_count()
        """Files of vectors that could not be used."""

    def __len__(self) -> int:
        return len(self._ids)

    def vector_of(self, row: int) -> Similarities | None:
        """The vector of a node, shape (d,); None where it is not embedded."""
        places = self._places([row])
        return None if places[0] < 0 else self._matrix[places[0]].astype(np.float32)

    def similarities(self, rows: Sequence[int], vector: Similarities) -> Similarities:
        """The cosine of each row's vector with `vector`; 0 where a row has none."""
        places = self._places(rows)
        found = np.zeros(len(rows), np.float32)
        having = np.flatnonzero(places >= 0)
        if len(having):  # a lane without vectors has no dimension
            found[having] = self._matrix[places[having]].astype(np.float32) @ vector
        return found

    def nearest(self, vector: Similarities, limit: int) -> list[tuple[int, float]]:
        """The `limit` rows whose vectors are nearest, with the cosine, best first; every vector is looked at."""
        cosines = self._cosines(vector)
        n_looked_at = min(2 * limit + 20, len(cosines))
        if not n_looked_at:
            return []
        places = np.flatnonzero(cosines >= np.partition(cosines, -n_looked_at)[-n_looked_at])
        found: list[tuple[int, float]] = []
        for place in places[np.argsort(-cosines[places], kind="stable")][:n_looked_at].tolist():
            row = self._row_of.get(int(self._ids[place]))
            if row is not None:
                found.append((row, float(cosines[place])))
        return found[:limit]

    def _cosines(self, vector: Similarities) -> Similarities:
        """The cosine of every vector with `vector`.

        Halves are looked up in a table of all 65,536: numpy turns them into float32 ten times as slowly (380 and 33 ms
        of CPU for 131,072 rows).
        """
        singles = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
        cosines = np.empty(len(self._ids), np.float32)
        block = np.empty((_BLOCK, self._matrix.shape[1]), np.float32)
        for start in range(0, len(cosines), _BLOCK):
            rows = self._matrix[start : start + _BLOCK]
            np.take(singles, rows.view(np.uint16), out=block[: len(rows)], mode="clip")
            cosines[start : start + _BLOCK] = block[: len(rows)] @ vector
        return cosines

    @cached_property
    def _row_of(self) -> dict[int, int]:
        """Rows by the digest of their ids; vectors of nodes that are gone have none. Costs 3 µs a node, once."""
        kinds = np.asarray(self._columns.numbers("node", "kind"))
        rows = np.flatnonzero(np.isin(kinds, _EMBEDDED)).tolist()
        return {id_digest(self._columns.id_of(row)): row for row in rows}

    def _places(self, rows: Iterable[int]) -> npt.NDArray[np.int64]:
        """Where the vector of each row is; -1 where there is none."""
        digests = np.array([id_digest(self._columns.id_of(row)) for row in rows], np.uint64)
        places = np.searchsorted(self._ids, digests).astype(np.int64)
        inside = places < len(self._ids)
        places[inside] = np.where(self._ids[places[inside]] == digests[inside], places[inside], -1)
        places[~inside] = -1
        return places


def fused(ranking: Ranking, lane: DenseLane, vector: Similarities, weight: float, limit: int) -> Ranking:
    """The hits with what their vectors add: `weight` times the cosine, where the best score of words counts as 1."""
    if not ranking.hits:
        return ranking
    scale = weight * ranking.hits[0].score
    cosines = lane.similarities([hit.row for hit in ranking.hits], vector)
    hits = [_with_vector(hit, float(cosine), scale) for hit, cosine in zip(ranking.hits, cosines, strict=True)]
    hits.sort(key=lambda hit: (-hit.score, hit.row))
    return replace(ranking, hits=tuple(hits[:limit]))


def _with_vector(hit: Scored, cosine: float, scale: float) -> Scored:
    added = scale * max(cosine, 0.0) * hit.factors["place"]
    return Scored(hit.doc, hit.row, hit.score + added, {**hit.factors, "+ vector": added})
