"""The search layer of one generation, open: from terms to scores of documents.

What flows in: the layer's folder, the columns of the graph and weighted terms. What flows out: a score for each
document, and the row of the graph that it stands for. It does not know what a user typed.

Scores are BM25F (Robertson, Zaragoza, Taylor: Simple BM25 extension to multiple weighted fields, CIKM 2004): counts of
a term in the fields are weighted and normalized by the length of each field, summed, and saturated once. All statistics
are taken from the documents in force when the layer is opened, so that they are exact after any update.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from axon.model.kinds import EDGE_KINDS, EdgeKind
from axon.search.layer import OpenLayer
from axon.search.postings import SHIFTS, Field
from axon.search.rows import Rows, rows_of
from axon.storage.columns import IndexColumns

Floats = npt.NDArray[np.float32]

# Set by coordinate ascent on docstring -> function tasks of three repositories (docs/search.md).
WEIGHTS: Final = {Field.NAME: 7.0, Field.OWNER: 3.0, Field.PATH: 0.5, Field.SIGNATURE: 2.0, Field.BODY: 1.0}
"""What an occurrence in each field counts."""
LENGTH_SHARES: Final = {Field.NAME: 0.8, Field.OWNER: 0.5, Field.PATH: 0.5, Field.SIGNATURE: 0.8, Field.BODY: 0.9}
"""`b` of BM25: how much the length of a field matters."""
SATURATION: Final = 6.0
"""`k1` of BM25."""
RARITY: Final = 0.6
"""Power of the inverse document frequency: a rare word is often beside the point in a sentence."""

IN_DEGREE: Final = 0.01
"""What the calls that lead to a symbol add to its score, times the logarithm of their number."""

_MANY: Final = 1_000  # documents
_MOST_COMMON: Final = 128  # words that are kept, with 13 bytes for each of their documents
_CALLS: Final = EDGE_KINDS.index(EdgeKind.CALLS)
_MASKS: Final = (3, 7, 7, 255)


@dataclass(frozen=True, slots=True)
class Match:
    """One term in the documents that have it: how rare it is, and what it adds to each."""

    term: str
    rarity: float
    docs: Rows
    saturated: Floats  # 0 to 1
    in_name: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scores:
    """For each document its BM25F score; and how much of the query it has and of its name was asked for, 0 to 1."""

    words: Floats
    of_query: Floats
    of_name: Floats


class SearchIndex:
    """Postings of all segments, numbered as one; close it when no array of it is used any more."""

    def __init__(self, folder: Path, columns: IndexColumns) -> None:
        """Map the layer in `folder`.

        Raises:
            DamagedIndexError: a file of it is missing, truncated or of another version.
        """
        self._layer = OpenLayer(folder)
        self._columns = columns
        sizes = [segment.n_docs for segment in self._layer.segments]
        self._first_docs = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.rows = rows_of(self._layer)
        """Row in the graph of each document; -1 where another version of its file is in force."""
        self.is_live = self.rows >= 0
        self.n_docs = int(self.is_live.sum())
        self._is_all_live = [bool(part.all()) for part in np.split(self.is_live, self._first_docs[1:-1])]
        self._common: dict[str, Match] = {}

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Terms in each field of each document, shape (5, n)."""
        parts = [segment.postings.lengths for segment in self._layer.segments]
        return np.concatenate([*parts, np.zeros((len(Field), 0), np.int64)], axis=1).astype(np.int64)

    @cached_property
    def _norms(self) -> Floats:
        """What an occurrence in each field of each document counts, shape (5, n)."""
        mean = self.lengths[:, self.is_live].sum(axis=1) / max(self.n_docs, 1)
        norms = np.empty(self.lengths.shape, np.float32)
        for field in Field:
            share = LENGTH_SHARES[field]
            norms[field] = WEIGHTS[field] / (1 - share + share * self.lengths[field] / max(mean[field], 1e-9))
        return norms

    @cached_property
    def in_degrees(self) -> npt.NDArray[np.int64]:
        """Calls that lead to each row of the graph."""
        kinds = np.asarray(self._columns.numbers("edge", "kind"))
        targets = np.asarray(self._columns.numbers("edge", "target"))
        return np.bincount(targets[kinds == _CALLS], minlength=self._columns.n_nodes)

    @cached_property
    def popularity(self) -> Floats:
        """What calls to it add to the score of each document, as a factor."""
        return np.asarray(1 + IN_DEGREE * np.log1p(self.in_degrees[self.rows]), np.float32)

    def numbers(self, key: str) -> npt.NDArray[Any]:
        """A column of nodes ('kind', 'flags', 'language') for each document; of no meaning where it is not live."""
        return np.asarray(self._columns.numbers("node", key))[self.rows]

    @cached_property
    def kinds(self) -> npt.NDArray[np.int64]:
        """The code of each document's kind, as `numbers`."""
        return self.numbers("kind").astype(np.int64)

    @cached_property
    def flags(self) -> npt.NDArray[np.int64]:
        """Flags of each document's node, as `numbers`."""
        return self.numbers("flags").astype(np.int64)

    def matches(self, terms: Sequence[str]) -> list[Match]:
        """The documents in force that have each of the terms; terms that none has are left out."""
        return [match for term in terms if (match := self._match(term)) is not None]

    def score(self, matches: Sequence[Match], weights: Mapping[str, float]) -> "Scores":
        """The scores of all documents; `weights` are those of terms."""
        words, having, named = (np.zeros(len(self.rows), np.float32) for _ in range(3))
        for match in matches:
            counts = np.float32(weights[match.term] * match.rarity)
            words[match.docs] += counts * match.saturated
            having[match.docs] += counts
            named[match.docs[match.in_name]] += 1
        whole = sum(weights[match.term] * match.rarity for match in matches)
        in_name = np.asarray(named / np.maximum(self.lengths[Field.NAME], 1), np.float32)
        return Scores(words, np.asarray(having / np.float32(max(whole, 1e-9)), np.float32), in_name)

    def bag_of(self, term: str) -> Iterator[tuple[Rows, npt.NDArray[np.int64]]]:
        """Documents in force that have a term, and how often in name, owner, path and body together; by segment."""
        for code, segment in enumerate(self._layer.segments):
            p = segment.postings
            at = bisect_left(p.terms, term)
            if at < len(p.terms) and p.terms[at] == term:
                rows = slice(int(p.offsets[at]), int(p.offsets[at + 1]))
                docs, heads = p.docs[rows].astype(np.int64) + self._first_docs[code], p.heads[rows].astype(np.int64)
                counts = p.bodies[rows] + sum((heads >> SHIFTS[f]) & _MASKS[f] for f in (0, 1, 2))
                live = self.is_live[docs] & (counts > 0)
                yield docs[live], counts[live].astype(np.int64)

    def without(self, match: Match, doc: int, n: int) -> Match:
        """The match as it would be if the term stood `n` times less in the signature and in the body of a document.

        Lengths and the rarity of the term stay as they are: one text among thousands.
        """
        place = int(np.searchsorted(match.docs, doc))  # segment after segment, each in order
        if place >= len(match.docs) or match.docs[place] != doc:
            return match
        head, body = self._counts(match.term, doc)
        counts = {field: (head >> shift) & mask for field, shift, mask in zip(Field, SHIFTS, _MASKS, strict=False)}
        counts |= {Field.SIGNATURE: max(counts[Field.SIGNATURE] - n, 0), Field.BODY: max(body - n, 0)}
        weighted = sum(count * float(self._norms[field][doc]) for field, count in counts.items())
        saturated = match.saturated.copy()
        saturated[place] = weighted / (SATURATION + weighted)
        if weighted:
            return replace(match, saturated=saturated)
        kept = np.arange(len(match.docs)) != place
        return replace(match, docs=match.docs[kept], saturated=saturated[kept], in_name=match.in_name[kept])

    def rarity(self, n_having: int) -> float:
        """How much a term tells that so many documents have."""
        return float(np.log(1 + (self.n_docs - n_having + 0.5) / (n_having + 0.5)) ** RARITY)

    @cached_property
    def vocabularies(self) -> list[list[str]]:
        """The terms of each segment, in order; some may stand in documents only that are not in force."""
        return [list(segment.postings.terms) for segment in self._layer.segments]

    def files(self) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
        """Path and document numbers of each indexed file, in order of path."""
        layout = self._layer.layout
        for code, place in zip(layout.segment.tolist(), layout.place.tolist(), strict=True):
            segment, first = self._layer.segments[code], self._first_docs[code]
            yield segment.paths[place], np.arange(segment.file_docs[place], segment.file_docs[place + 1]) + first

    def _match(self, term: str) -> Match | None:
        """The match of a term; those of words that many documents have are kept, for many queries have them, too."""
        if term in self._common:
            self._common[term] = self._common.pop(term)  # the last to be forgotten
            return self._common[term]
        found = self._looked_up(term)
        if found is not None and len(found.docs) > _MANY:
            self._common[term] = found
            if len(self._common) > _MOST_COMMON:
                self._common.pop(next(iter(self._common)))
        return found

    def _looked_up(self, term: str) -> Match | None:
        parts = [part for part in map(self._part, range(len(self._layer.segments)), repeat(term)) if part is not None]
        if not parts:
            return None
        docs, saturated, in_name = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Match(term, self.rarity(len(docs)), docs, saturated, in_name) if len(docs) else None

    def _part(self, code: int, term: str) -> tuple[Rows, Floats, npt.NDArray[np.bool_]] | None:
        p = self._layer.segments[code].postings
        at = bisect_left(p.terms, term)
        if at >= len(p.terms) or p.terms[at] != term:
            return None
        begin, end = int(p.offsets[at]), int(p.offsets[at + 1])
        docs = p.docs[begin:end].astype(np.int64) + self._first_docs[code]
        heads, counts = p.heads[begin:end], p.bodies[begin:end] * self._norms[Field.BODY][docs]
        having = heads.nonzero()[0]  # few: most documents have a word in their body alone
        short, short_docs = heads[having], docs[having]
        for field, shift, mask in zip(Field, SHIFTS, _MASKS, strict=False):
            counts[having] += ((short >> shift) & mask) * self._norms[field][short_docs]
        in_name = (heads & _MASKS[Field.NAME]) != 0
        saturated = (counts / (np.float32(SATURATION) + counts)).astype(np.float32, copy=False)
        if self._is_all_live[code]:
            return docs, saturated, in_name
        live = self.is_live[docs]
        return docs[live], saturated[live], in_name[live]

    def _counts(self, term: str, doc: int) -> tuple[int, int]:
        """Packed counts of a term in a document that has it: of the short fields, and of the body."""
        code = int(np.searchsorted(self._first_docs, doc, "right")) - 1
        p = self._layer.segments[code].postings
        at = bisect_left(p.terms, term)
        begin, end = int(p.offsets[at]), int(p.offsets[at + 1])
        place = begin + int(np.searchsorted(p.docs[begin:end], doc - self._first_docs[code]))
        return int(p.heads[place]), int(p.bodies[place])

    def close(self) -> None:
        """Unmap the layer."""
        self._layer.close()
