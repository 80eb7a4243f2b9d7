"""Words of symbols into postings: which term stands how often in which field of which document.

What flows in: a document number, a field and the words that stand in it. What flows out: sorted arrays. It does not
know what a document is, nor how postings are kept or scored.

A document has five fields; how often a term stands in each is packed into 16 bits for the four short ones and 8 for the
body. Counts above the limits are cut, which changes no score that matters: they saturate long before.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from axon.embeddings.words import terms_of


class Field(IntEnum):
    """Where a word of a symbol stands."""

    NAME = 0
    OWNER = 1  # the names of the classes and functions around it
    PATH = 2
    SIGNATURE = 3  # and the first line of the docstring
    BODY = 4  # its text, but for what belongs to a symbol in it


SHIFTS: Final = (0, 2, 5, 8)
"""Lowest bit of the count of each short field."""
LIMITS: Final = (3, 7, 7, 255, 255)
"""Highest count of each field that is kept."""

_FIELD_BITS: Final = 3  # room for a field in a key
_FIELDS: Final = 1 << _FIELD_BITS
_SORTABLE_BITS: Final = 63
_WAITING: Final = 1 << 14  # words that get their numbers at once
_CHUNK: Final = 1 << 20  # words: 8 MB of keys

Numbers = npt.NDArray[np.int64]


class Texts(Protocol):
    """Strings in order, in memory or mapped."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: int, /) -> str: ...
    def __iter__(self) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class Postings:
    """Rows sorted by term, then document: those of term `t` are `offsets[t]:offsets[t + 1]`.

    `terms` is sorted; `docs` uint32, `heads` uint16, `bodies` uint8; `lengths` has shape (5, n_docs): how many terms
    each field of a document has.
    """

    terms: Texts
    offsets: npt.NDArray[Any]
    docs: npt.NDArray[Any]
    heads: npt.NDArray[Any]
    bodies: npt.NDArray[Any]
    lengths: npt.NDArray[Any]


class _Numbering(defaultdict[str, int]):
    """Gives each new word the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.default_factory = self.__len__


class PostingsBuilder:
    """Collects words; memory grows with the distinct words of documents, not with the text."""

    def __init__(self) -> None:
        self._words = _Numbering()
        self._number = self._words.__getitem__
        self._ids = array("I")
        self._waiting: list[str] = []
        self._places, self._counts = array("Q"), array("I")
        self._keys: list[npt.NDArray[np.uint64]] = []
        self._repeats: list[Numbers] = []

    def add(self, doc: int, field: Field, words: Sequence[str]) -> None:
        """Add words, in any order and as often as they stand there."""
        if not words:
            return
        self._waiting += words
        self._places.append(doc * _FIELDS + field)
        self._counts.append(len(words))
        if len(self._waiting) > _WAITING:
            self._take_up()

    def add_to_each(self, docs: range, field: Field, words: Sequence[str]) -> None:
        """Add the same words to consecutive documents."""
        self._take_up()
        self._ids.extend(list(map(self._number, words)) * len(docs))
        self._places.extend(range(docs.start * _FIELDS + field, docs.stop * _FIELDS + field, _FIELDS))
        self._counts.extend([len(words)] * len(docs))

    def _take_up(self) -> None:
        self._ids.extend(map(self._number, self._waiting))
        self._waiting.clear()
        if len(self._ids) > _CHUNK:
            self._flush()

    def finish(self, n_docs: int) -> Postings:
        """The postings of all that was added."""
        self._take_up()
        self._flush()
        keys = np.concatenate([*self._keys, np.zeros(0, np.uint64)])
        repeats = np.concatenate([*self._repeats, np.zeros(0, np.int64)])
        words = (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
        places = (keys >> np.uint64(32)).astype(np.int64)
        terms, starts, flat = self._expansions()
        n_terms = starts[words + 1] - starts[words]
        within = np.arange(int(n_terms.sum())) - np.repeat(np.cumsum(n_terms) - n_terms, n_terms)
        term = flat[np.repeat(starts[words], n_terms) + within]
        return _grouped(terms, term, np.repeat(places, n_terms), np.repeat(repeats, n_terms), n_docs)

    def _flush(self) -> None:
        places = np.repeat(np.frombuffer(self._places, np.uint64), np.frombuffer(self._counts, np.uint32))
        keys = (places << np.uint64(32)) | np.frombuffer(self._ids, np.uint32)
        distinct, repeats = np.unique(keys, return_counts=True)
        self._keys.append(distinct)
        self._repeats.append(repeats.astype(np.int64))
        self._ids, self._places, self._counts = array("I"), array("Q"), array("I")

    def _expansions(self) -> tuple[list[str], Numbers, Numbers]:
        """Terms in order; and the numbers of each word's terms, as offsets and a flat list."""
        numbers = _Numbering()
        expanded = list(map(terms_of, self._words))
        flat, lengths = array("I"), array("I")
        flat.extend(map(numbers.__getitem__, chain.from_iterable(expanded)))
        lengths.extend(map(len, expanded))
        terms_in_order = sorted(numbers)
        rank = np.empty(len(numbers), np.int64)
        rank[[numbers[term] for term in terms_in_order]] = np.arange(len(numbers))
        starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(np.frombuffer(lengths, np.uint32), out=starts[1:])
        return terms_in_order, starts, rank[np.frombuffer(flat, np.uint32)]


def _grouped(terms: list[str], term: Numbers, places: Numbers, repeats: Numbers, n_docs: int) -> Postings:
    place_bits = (n_docs << _FIELD_BITS).bit_length()
    keys, repeats = _in_order((term << place_bits) | places, repeats, place_bits + len(terms).bit_length())
    first = _starts(keys)
    counts = np.add.reduceat(repeats, first) if len(first) else repeats
    keys = keys[first]
    fields, docs = keys & (_FIELDS - 1), (keys & ((1 << place_bits) - 1)) >> _FIELD_BITS
    lengths = np.bincount(fields * n_docs + docs, counts, minlength=len(Field) * n_docs)
    begins = _starts(keys >> _FIELD_BITS)
    group = np.zeros(len(keys), np.int64)
    group[begins[1:]] = 1
    group = np.cumsum(group)
    heads, bodies = np.zeros(len(begins), np.uint16), np.zeros(len(begins), np.uint8)
    for field in Field:
        chosen = fields == field
        cut = np.minimum(counts[chosen], LIMITS[field])
        if field is Field.BODY:
            bodies[group[chosen]] = cut
        else:
            heads[group[chosen]] |= (cut << SHIFTS[field]).astype(np.uint16)
    offsets = np.searchsorted(keys[begins] >> place_bits, np.arange(len(terms) + 1))
    return Postings(
        terms,
        offsets.astype(np.int64),
        docs[begins].astype(np.uint32),
        heads,
        bodies,
        lengths[: len(Field) * n_docs].astype(np.int32).reshape(len(Field), n_docs),
    )


def _in_order(keys: Numbers, repeats: Numbers, key_bits: int) -> tuple[Numbers, Numbers]:
    """Keys in order, each with its repeats; as one number where both fit in 63 bits, which sorts sooner."""
    bits = int(repeats.max(initial=0)).bit_length()
    if key_bits + bits > _SORTABLE_BITS:
        order = np.argsort(keys)
        return keys[order], repeats[order]
    packed = (keys << bits) | repeats
    packed.sort()
    return packed >> bits, packed & ((1 << bits) - 1)


def _starts(keys: Numbers) -> Numbers:
    """Where each run of equal keys begins."""
    if not len(keys):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
