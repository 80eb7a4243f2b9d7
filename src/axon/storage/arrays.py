"""Named arrays of numbers in one file, mapped into memory without numpy.

What flows in: one-dimensional buffers (numpy arrays, bytes) and a small dictionary of facts about them. What flows
out: the same as memoryviews. It does not know what the numbers mean.

Layout: 8 bytes of magic, the length of the directory as 8 bytes little endian, the directory as JSON
(`{"meta", "arrays": {name: [code, offset, count]}, "size", "digest"}`, offsets counted from the end of the directory),
then the arrays, little endian, without padding: memoryviews read unaligned numbers. One file instead of forty,
because each costs a block of 4 KB, and `.npy` headers cost a parse each.
"""

import json
import mmap
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias, cast

import xxhash

from axon.errors import DamagedIndexError, StorageError

Numbers: TypeAlias = "memoryview[int]"
_Code: TypeAlias = Literal["B", "H", "I", "Q", "b", "h", "i", "q"]

_MAGIC: Final = b"AXONARR1"
_HEAD: Final = len(_MAGIC) + 8
_WIDTHS: Final = {"B": 1, "H": 2, "I": 4, "Q": 8, "b": 1, "h": 2, "i": 4, "q": 8, "e": 2}
_CODES: Final = {
    ("u", 1): "B",
    ("u", 2): "H",
    ("u", 4): "I",
    ("u", 8): "Q",
    ("i", 1): "b",
    ("i", 2): "h",
    ("i", 4): "i",
    ("i", 8): "q",
    ("f", 2): "e",
}


def write_arrays(path: Path, arrays: Mapping[str, Any], meta: Mapping[str, Any]) -> None:
    """Write `arrays` (contiguous buffers of u1..u8, i1..i8 or f2, any shape; flattened) and `meta` (plain JSON)."""
    entries: dict[str, tuple[str, int, int]] = {}
    chunks: list[memoryview] = []
    size = 0
    for name, array in arrays.items():
        view = memoryview(array)
        entries[name] = (_code(view), size, view.nbytes // view.itemsize)
        if view.nbytes:
            chunks.append(view.cast("B"))
            size += view.nbytes
    directory = {"meta": dict(meta), "arrays": entries, "size": size}
    head = _as_json({**directory, "digest": _digest(directory, chunks)})
    with path.open("wb") as file:
        file.write(_MAGIC + len(head).to_bytes(8, "little") + head)
        file.writelines(chunks)


def _as_json(directory: Mapping[str, Any]) -> bytes:
    return json.dumps(directory, separators=(",", ":")).encode()


def _digest(directory: Mapping[str, Any], chunks: Iterable[memoryview]) -> str:
    """Of the directory, itself left out, and of all numbers."""
    hasher = xxhash.xxh3_64(_as_json({name: directory[name] for name in ("meta", "arrays", "size")}))
    for chunk in chunks:
        hasher.update(chunk)
    return hasher.hexdigest()


def _code(view: memoryview) -> str:
    letter = view.format.lstrip("<@=")
    kind = "f" if letter == "e" else "u" if letter.isupper() else "i"
    return _CODES[kind, view.itemsize]


class ArrayFile:
    """One mapped file; `meta` is what the writer said, `array(name)` the numbers.

    Opening checks the magic, the directory and the size; `is_whole()` reads every byte.
    """

    def __init__(self, path: Path) -> None:
        """Map the file at `path`.

        Raises:
            DamagedIndexError: it is missing, truncated or not of this format.
        """
        if sys.byteorder != "little":
            raise StorageError("Axon's index files are little endian; this machine is not.")
        self._path = path
        self._map = _map(path)
        self._views: list[memoryview] = []
        try:
            self._read_directory()
        except DamagedIndexError:
            self.close()
            raise

    def _read_directory(self) -> None:
        length = int.from_bytes(self._map[len(_MAGIC) : _HEAD], "little")
        try:
            directory = json.loads(self._map[_HEAD : _HEAD + length])
            self.meta: dict[str, Any] = directory["meta"]
            self._entries: dict[str, tuple[str, int, int]] = directory["arrays"]
            self._directory, size = directory, int(directory["size"])
            self._stated = str(directory["digest"])
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedIndexError(f"{self._path} has no readable directory: {error}") from error
        self._start = _HEAD + length
        if len(self._map) != self._start + size:
            raise DamagedIndexError(f"{self._path} has {len(self._map)} bytes instead of {self._start + size}.")

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def array(self, name: str) -> Numbers:
        """The numbers called `name`, those of type f2 as bytes; valid until `close`."""
        code, offset, count = self._entries[name]
        if not count:
            return memoryview(b"")
        start = self._start + offset
        with memoryview(self._map) as whole:
            raw = whole[start : start + count * _WIDTHS[code]]
        view = raw if code == "e" else raw.cast(cast(_Code, code))
        self._views += [view, raw]
        return view

    def is_whole(self) -> bool:
        """Whether the bytes are those that were written."""
        with memoryview(self._map) as whole, whole[self._start :] as payload:
            return _digest(self._directory, [payload]) == self._stated

    def close(self) -> None:
        """Release the map; every view of it becomes invalid."""
        for view in self._views:
            view.release()
        self._views.clear()
        self._map.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def array_damage(path: Path) -> list[str]:
    """What of a file is not as it was written, a line; reads every byte. One that is not there is no damage."""
    if not path.exists():
        return []
    try:
        with ArrayFile(path) as file:
            return [] if file.is_whole() else [f"{path.name} has changed"]
    except DamagedIndexError as error:
        return [str(error).rstrip(".")]


def _map(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise DamagedIndexError(f"{path} is not a file of arrays.")
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise DamagedIndexError(f"{path} cannot be read: {error}") from error
