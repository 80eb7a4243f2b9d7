"""Graphs of trees that were seen before, in the user's cache folder, shared by branches, work trees and repositories.

What flows in: frozen columns and what belongs to them, by a key that stands for all that they were made of. What flows
out: the same. It is a cache: the oldest go where it grows above its limit, and losing it costs the time of a linking.
"""

import json
from dataclasses import asdict, dataclass
from typing import Final, Self

import zstandard

from axon.cache import BlobCache
from axon.config import cache_home
from axon.errors import Problem

_LEVEL: Final = 1  # of Django's 16.7 MB 6.0 are left after 0.08 s
_SHARE: Final = 8  # of the bytes that a cache may take, one in so many


class GraphCache(BlobCache):
    """Packed graphs."""

    def __init__(self, limit_bytes: int) -> None:
        """`limit_bytes` is what the settings allow a cache; graphs take a part of it."""
        super().__init__(cache_home() / "graphs", "graphs", limit_bytes // _SHARE)


@dataclass(frozen=True, slots=True)
class StoredGraph:
    """The file of columns, the file of the linkage, and the problems that were met in the facts of its files."""

    columns: bytes
    linkage: bytes
    problems: tuple[Problem, ...]

    def packed(self) -> bytes:
        """As the cache keeps it."""
        told = json.dumps([[asdict(problem) for problem in self.problems], len(self.linkage)])
        columns = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(self.columns)
        return told.encode() + b"\n" + self.linkage + columns

    @classmethod
    def unpacked(cls, blob: bytes) -> Self:
        """What was packed."""
        told, _, rest = blob.partition(b"\n")
        problems, size = json.loads(told)
        columns = zstandard.ZstdDecompressor().decompress(rest[size:])
        return cls(columns, rest[:size], tuple(Problem(**problem) for problem in problems))
