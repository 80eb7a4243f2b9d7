"""One listed file into its bytes and digest.

What flows in: a root and a `ListedFile`. What flows out: a `SourceFile`, or `Unread` with a reason and a Problem, or
`LargeFile` where the caller sets a limit. It does not decode, and it knows no setting.

Parser workers import this module, and their start-up counts: nothing heavier than xxhash may be imported here.
"""

import os
import stat
from dataclasses import dataclass
from typing import Final

from xxhash import xxh3_128, xxh3_128_hexdigest

from axon.errors import Problem
from axon.model.source import ListedFile, SourceFile

_SNIFFED_BYTES: Final = 8192
_CHUNK_BYTES: Final = 1 << 20
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# A FIFO that took a listed file's place would block an ordinary open for ever, and a symlink may lead out of the root.
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


@dataclass(frozen=True, slots=True)
class Unread:
    """A listed file that gave no source: `reason` is the value of a `files.listing.LeftOut`."""

    path: str
    reason: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class LargeFile:
    """A listed file above the limit, read piece by piece for its digest and its number of lines only."""

    path: str
    size: int
    n_lines: int
    digest: str


def read_file(root: str | os.PathLike[str], listed: ListedFile) -> SourceFile | Unread:
    """The bytes of a listed file, as they are now, with their digest.

    A NUL byte among the first 8,192 bytes means binary, unless the file begins with the mark of UTF-16 or UTF-32:
    that is text, but no parser here takes it, so it is left out under a reason of its own, with what to do.
    """
    read = read_at_most(root, listed, None)
    assert not isinstance(read, LargeFile)
    return read


def read_at_most(
    root: str | os.PathLike[str], listed: ListedFile, max_bytes: int | None
) -> SourceFile | Unread | LargeFile:
    """As `read_file`, but a file above `max_bytes` (None: there is no limit) is never in memory as a whole."""
    try:
        descriptor = os.open(f"{os.fspath(root)}/{listed.path}", _FLAGS)
    except OSError as error:
        return _refused(listed, error)
    try:
        return _read(descriptor, listed, max_bytes)
    except OSError as error:
        return _refused(listed, error)
    finally:
        os.close(descriptor)


def _read(descriptor: int, listed: ListedFile, max_bytes: int | None) -> SourceFile | Unread | LargeFile:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is no longer a regular file")
    if max_bytes is not None and status.st_size > max_bytes:
        return _measured(descriptor, listed)
    chunks: list[bytes] = []
    while chunk := os.read(descriptor, max(status.st_size + 1, _CHUNK_BYTES) if not chunks else _CHUNK_BYTES):
        chunks.append(chunk)
    content = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    return _no_text(listed, content) or SourceFile(listed.path, listed.language, content, xxh3_128_hexdigest(content))


def _measured(descriptor: int, listed: ListedFile) -> Unread | LargeFile:
    digest, size, n_lines, last = xxh3_128(), 0, 0, b"\n"
    while chunk := os.read(descriptor, _CHUNK_BYTES):
        if not size and (unread := _no_text(listed, chunk)):
            return unread
        digest.update(chunk)
        size, n_lines, last = size + len(chunk), n_lines + chunk.count(b"\n"), chunk[-1:]
    return LargeFile(listed.path, size, n_lines + (last != b"\n"), digest.hexdigest())


def _no_text(listed: ListedFile, beginning: bytes) -> Unread | None:
    if b"\0" not in beginning[:_SNIFFED_BYTES]:
        return None
    if beginning.startswith(_WIDE_MARKS):
        return _unread(listed, "UTF-16 or UTF-32", "the file is UTF-16 or UTF-32 text; save it as UTF-8")
    return _unread(listed, "binary", f"the file is binary: a NUL byte at offset {beginning.index(0)}")


def _refused(listed: ListedFile, error: OSError) -> Unread:
    if isinstance(error, FileNotFoundError):
        return _unread(listed, "missing", "the file vanished after it was listed")
    if isinstance(error, PermissionError):
        return _unread(listed, "unreadable", "the file cannot be read: permission denied")
    return _unread(listed, "unreadable", f"the file cannot be read: {error.strerror or error}")


def _unread(listed: ListedFile, reason: str, what: str) -> Unread:
    return Unread(listed.path, reason, Problem(listed.path, 0, what, "nothing of this file"))
