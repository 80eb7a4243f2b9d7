"""The sources that an index was made of, as they were then: an Answer shows lines of what was indexed, not of the tree.

What flows in: contents by digest, from the run that reads them; later paths of indexed files. What flows out: bytes,
or lines, of exactly that content: from the cache of sources, else from the tree where the file has not changed. It does
not know languages, and it never shows a file that is other than the index.

The cache is shared by branches, work trees and repositories, and the oldest sources go where it grows above its limit:
so a source can be missing, and then that is said.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import zstandard
from xxhash import xxh3_128_hexdigest

from axon.cache import BlobCache
from axon.config import cache_home
from axon.errors import MissingSourceError

_LEVEL: Final = 1  # 16 MB of Python become 4.5 MB in 0.1 s; level 3 saves a tenth of that and takes twice as long
_KEPT_FILES: Final = 32  # of which lines are shown one after the other
_KEPT_BYTES: Final = 16_000_000  # of sources that were asked for last: a server shows lines of the same files again


class SourceCache(BlobCache):
    """Packed sources by the digest of their content (32 hexadecimal digits, xxh3_128)."""

    def __init__(self, folder: Path, limit_bytes: int = 0) -> None:
        """`limit_bytes` counts for whoever puts something."""
        super().__init__(folder, "sources", limit_bytes)


def source_folder() -> Path:
    """Where the cache of sources lies."""
    return cache_home() / "sources"


def pack_source(content: bytes) -> bytes:
    """A content as the cache keeps it."""
    return _compressor().compress(content)


class Sources:
    """The source files of one index."""

    def __init__(self, root: Path, digests: Callable[[], Mapping[str, str]], folder: Path | None = None) -> None:
        """`digests` gives the digest of each indexed file by its path; it is asked once, when a source is wanted."""
        self._root, self._folder, self._ask = root, folder or source_folder(), digests
        self._kept: dict[str, bytes] = {}
        self._split: dict[str, list[bytes]] = {}

    @cached_property
    def _digests(self) -> Mapping[str, str]:
        return self._ask()

    def of(self, path: str) -> bytes:
        """The content of an indexed file as it was indexed.

        Raises:
            MissingSourceError: it is kept no more and the file has changed, or no such file was indexed.
        """
        self.keep([path])
        found = self._kept.get(path)
        if found is None:
            raise MissingSourceError(self._why_missing(path))
        return found

    def keep(self, paths: Iterable[str]) -> None:
        """Read what will be asked for at once, which is much quicker than one by one; the last 16 MB stay in memory."""
        wanted = dict.fromkeys(paths)
        for path in wanted:
            if path in self._kept:
                self._kept[path] = self._kept.pop(path)  # the last to be forgotten
        missing = [path for path in wanted if path not in self._kept]
        if not missing:
            return
        self._kept.update(self.find(missing))
        size = sum(map(len, self._kept.values()))
        for path in list(self._kept):
            if size <= _KEPT_BYTES or path in wanted:
                break
            size -= len(self._kept.pop(path))

    def lines(self, path: str, start: int, end: int) -> list[str]:
        """Lines `start` to `end`, 1-based and inclusive, as they were indexed; what is no UTF-8 is marked by U+FFFD.

        Lines past the end of the file are left out.

        Raises:
            MissingSourceError: as `of`.
        """
        lines = self._split.get(path)
        if lines is None:
            if len(self._split) >= _KEPT_FILES:
                self._split.clear()
            lines = self._split[path] = self.of(path).split(b"\n")
        return [line.rstrip(b"\r").decode("utf-8", "replace") for line in lines[max(start, 1) - 1 : end]]

    def lines_within(self, path: str, start_byte: int, end_byte: int, limit: int) -> list[str]:
        """As `lines`, of those that hold these bytes, `limit` at most; the rest of the file costs nothing.

        Raises:
            MissingSourceError: as `of`.
        """
        content = self.of(path)
        begin, end = content.rfind(b"\n", 0, start_byte) + 1, content.find(b"\n", end_byte)
        lines = content[begin : end if end >= 0 else len(content)].split(b"\n", limit)[:limit]
        return [line.rstrip(b"\r").decode("utf-8", "replace") for line in lines]

    def find(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Contents by path, of those files whose indexed content there still is."""
        digests = {path: self._digests[path] for path in paths if path in self._digests}
        found = self._cached(digests)
        return found | {path: content for path in digests.keys() - found.keys() if (content := self._in_tree(path))}

    def missing(self, paths: Sequence[str]) -> list[str]:
        """Those of the paths whose indexed content there is no more, in their order."""
        found = self.find(paths)
        return [path for path in paths if path not in found]

    def _cached(self, digests: Mapping[str, str]) -> dict[str, bytes]:
        with SourceCache(self._folder) as sources:
            packed = sources.get(list(dict.fromkeys(digests.values())))
        return {path: _unpacked(packed[digest]) for path, digest in digests.items() if digest in packed}

    def _in_tree(self, path: str) -> bytes | None:
        try:
            content = (self._root / path).read_bytes()
        except OSError:
            return None
        return content if xxh3_128_hexdigest(content) == self._digests[path] else None

    def _why_missing(self, path: str) -> str:
        if path not in self._digests:
            return f"{path} is no file of the index of {self._root}."
        return (
            f"The source of {path} as it was indexed is kept no more, and the file has changed. "
            f"Run `axon analyze {self._root}`."
        )


def _unpacked(packed: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(packed)


@cache
def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=_LEVEL)
