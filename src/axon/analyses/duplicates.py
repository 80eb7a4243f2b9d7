"""Functions of the same make: equal but for names, numbers and texts.

What flows in: the code of functions. What flows out: groups of those that are alike. Shingles of normalised tokens,
MinHash (Broder, 1997) and bands of it find candidates in linear time; what they share is then counted exactly.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from axon.graph.view import Rows, distinct

SIMILAR: Final = 0.85
_SHINGLE: Final = 6  # tokens
_LEAST_TOKENS: Final = 40
_BANDS, _ROWS = 16, 4  # a pair of .85 is found with a chance of .9999
_PRIME: Final = (1 << 31) - 1
_SEED: Final = 1
_TOKEN: Final = re.compile(rb"[A-Za-z_$][\w$]*|\d[\w.]*|[^\s\w]")


@dataclass(frozen=True, slots=True)
class Alike:
    """Rows of functions, ascending; `similarity` is the least Jaccard index of one to the first."""

    rows: tuple[int, ...]
    similarity: float


def duplicates(code: Mapping[int, bytes], keywords: frozenset[bytes]) -> list[Alike]:
    """Groups of alike functions among `code` by row, those of the most functions first; short ones are left out."""
    numbered = _Numbered(keywords)
    shingles = {row: found for row, text in code.items() if len(found := _shingles(text, numbered))}
    groups: dict[int, int] = {row: row for row in shingles}
    buckets: dict[tuple[int, bytes], int] = {}
    for row, hashes in shingles.items():
        signature = _signature(hashes)
        for band in range(_BANDS):
            key = (band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes())
            first = buckets.setdefault(key, row)
            if first != row and groups[row] == row and _jaccard(shingles[first], hashes) >= SIMILAR:
                groups[row] = groups[first]
    members: dict[int, list[int]] = {}
    for row, first in sorted(groups.items()):
        members.setdefault(first, []).append(row)
    alike = [_alike(rows, shingles) for rows in members.values() if len(rows) > 1]
    return sorted(alike, key=lambda one: (-len(one.rows), one.rows))


def _alike(rows: Sequence[int], shingles: Mapping[int, Rows]) -> Alike:
    least = min(_jaccard(shingles[rows[0]], shingles[row]) for row in rows[1:])
    return Alike(tuple(rows), least)


def _shingles(code: bytes, numbered: "_Numbered") -> Rows:
    """Distinct hashes of runs of normalised tokens, ascending; nothing for a short function."""
    tokens = _TOKEN.findall(code)
    if len(tokens) < _LEAST_TOKENS:
        return np.zeros(0, np.int64)
    numbers = np.array([numbered[token] for token in tokens], np.uint64)
    total = np.zeros(len(numbers) - _SHINGLE + 1, np.uint64)
    for at in range(_SHINGLE):
        total = total * np.uint64(1_000_003) + numbers[at : at + len(total)]
    return distinct(((total >> np.uint64(16)) & np.uint64(_PRIME)).astype(np.int64))


class _Numbered(dict[bytes, int]):
    """A number for each token, made when it is first met: the same for all names, and for all numbers."""

    def __init__(self, keywords: frozenset[bytes]) -> None:
        super().__init__()
        self._keywords = keywords

    def __missing__(self, token: bytes) -> int:
        number = self[token] = crc32(self._normal(token))
        return number

    def _normal(self, token: bytes) -> bytes:
        first = token[:1]
        if first.isdigit():
            return b"0"
        return b"n" if (first.isalpha() or first in b"_$") and token not in self._keywords else token


def _signature(hashes: Rows) -> npt.NDArray[np.int64]:
    mixed = (_FACTORS[:, None] * hashes[None, :] + _OFFSETS[:, None]) % _PRIME
    least: npt.NDArray[np.int64] = mixed.min(axis=1)
    return least


def _jaccard(one: Rows, other: Rows) -> float:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


_RANDOM: Final = np.random.default_rng(_SEED)
_FACTORS: Final = _RANDOM.integers(1, _PRIME, _BANDS * _ROWS, dtype=np.int64)
_OFFSETS: Final = _RANDOM.integers(0, _PRIME, _BANDS * _ROWS, dtype=np.int64)
