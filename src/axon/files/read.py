"""One listed file into its bytes and digest.

What flows in: a root and a `ListedFile`. What flows out: a `SourceFile`, or `Unread` with a reason and a Problem. It
does not decode, and it knows no setting: size limits were applied when the file was listed.

Parser workers import this module, and their start-up counts: nothing heavier than xxhash may be imported here.
"""

import os
import stat
from dataclasses import dataclass
from typing import Final

from xxhash import xxh3_128_hexdigest

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


def read_file(root: str | os.PathLike[str], listed: ListedFile) -> SourceFile | Unread:
    """The bytes of a listed file, as they are now, with their digest.

    A NUL byte among the first 8,192 bytes means binary, unless the file begins with the mark of UTF-16 or UTF-32:
    that is text, but no parser here takes it, so it is left out under a reason of its own, with what to do.
    """
    try:
        content = _content(f"{os.fspath(root)}/{listed.path}")
    except FileNotFoundError:
        return _unread(listed, "missing", "the file vanished after it was listed")
    except PermissionError:
        return _unread(listed, "unreadable", "the file cannot be read: permission denied")
    except OSError as error:
        return _unread(listed, "unreadable", f"the file cannot be read: {error.strerror or error}")
    if b"\0" in content[:_SNIFFED_BYTES]:
        if content.startswith(_WIDE_MARKS):
            return _unread(listed, "UTF-16 or UTF-32", "the file is UTF-16 or UTF-32 text; save it as UTF-8")
        return _unread(listed, "binary", f"the file is binary: a NUL byte at offset {content.index(0)}")
    return SourceFile(listed.path, listed.language, content, xxh3_128_hexdigest(content))


def _content(path: str) -> bytes:
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is no longer a regular file")
        chunks: list[bytes] = []
        while chunk := os.read(descriptor, max(status.st_size + 1, _CHUNK_BYTES) if not chunks else _CHUNK_BYTES):
            chunks.append(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)
    finally:
        os.close(descriptor)


def _unread(listed: ListedFile, reason: str, what: str) -> Unread:
    return Unread(listed.path, reason, Problem(listed.path, 0, what, "nothing of this file"))
