"""A source file as a value: where it is, what it holds, and the digest by which everything is cached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What `stat` says of a file: enough to see, without reading it, that it may have changed."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file that the walk chose: `path` is relative to the root, with `/`; `language` is a registered name."""

    path: str
    language: str
    stamp: FileStamp


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: `digest` is 32 hexadecimal digits, xxh3_128 of `content`."""

    path: str
    language: str
    content: bytes
    digest: str
