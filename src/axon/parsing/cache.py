"""Facts by content digest, so that a file with known content is never parsed again, in any branch or repository.

What flows in: keys and encoded facts. What flows out: the same bytes, or nothing. It is a cache: a damaged file is
replaced by an empty one, and losing it costs time only.

One SQLite file (WAL), one compressed blob per key behind 8 bytes of its digest, for SQLite does not notice a flipped
byte. Writers of several processes wait for each other; a reader never waits.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Final

import zstandard
from xxhash import xxh3_64_digest, xxh3_64_hexdigest, xxh3_128

from axon.languages import named

_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, data BLOB NOT NULL, used INTEGER NOT NULL)"
_SOURCES: Final = ("axon.parsing", "axon.languages", "axon.model")
_LEVEL: Final = 1  # level 3 saves 8 % of 5 MB on Django and costs three times as much
_BATCH: Final = 500  # SQLite's limit on variables was 999 for long
_WAIT_SECONDS: Final = 10.0
_CHECK_BYTES: Final = 8


@cache
def extractor_stamp(language: str) -> str:
    """16 hexadecimal digits that change with what facts depend on besides the file: the extraction, the grammar."""
    digest = xxh3_128(source_digest(_SOURCES))
    module = named(language).grammar.partition(":")[0]
    for distribution in ("tree-sitter", module.replace("_", "-")):
        with suppress(PackageNotFoundError):  # a grammar that comes with a plug-in changes with the plug-in's own key
            digest.update(version(distribution).encode())
    return xxh3_64_hexdigest(digest.digest())


def source_digest(packages: Iterable[str]) -> bytes:
    """16 bytes that change with any file that lies directly in one of the packages; its compiled form is no other."""
    digest = xxh3_128()
    for package in packages:
        for entry in sorted(files(package).iterdir(), key=lambda entry: entry.name):
            if entry.is_file() and not entry.name.endswith(tuple(EXTENSION_SUFFIXES)):
                digest.update(entry.read_bytes())
    return digest.digest()


def fact_key(language: str, digest: str) -> str:
    """The key of one content in one language."""
    return f"{digest}-{language}-{extractor_stamp(language)}"


def pack(encoded: bytes) -> bytes:
    """Encoded facts as they are kept and sent between processes."""
    return _compressor().compress(encoded)


def unpack(packed: bytes) -> bytes:
    """What `pack` was given; zstandard.ZstdError on damaged bytes."""
    return _decompressor().decompress(packed)


@cache
def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)


@cache
def _decompressor() -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor()


class FactCache:
    """The cache in one folder.

    The file is opened by `with` or when it is first needed, and again after `close`: a connection must not be open in a
    process that forks (https://www.sqlite.org/howtocorrupt.html, "Carrying an open database connection across a fork").
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.folder = folder
        self._path = folder / "facts.sqlite"
        self._limit = limit_bytes
        self.was_damaged = False
        self._connection: sqlite3.Connection | None = None

    def _open_if_closed(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._connection = self._opened_or_renewed()
            except (sqlite3.DatabaseError, OSError):  # no room, no permission: the run goes on without a cache
                self.was_damaged = True
                self._connection = self._open(":memory:")
        return self._connection

    def _opened_or_renewed(self) -> sqlite3.Connection:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            return self._open(self._path)
        except sqlite3.OperationalError:  # it is busy or cannot be written, which says nothing about its content
            raise
        except sqlite3.DatabaseError:
            self.was_damaged = True
            self._discard()
            return self._open(self._path)

    def _open(self, path: Path | str) -> sqlite3.Connection:
        db = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute(_SCHEMA)
        return db

    def _discard(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Packed facts of the keys that are known; none where the file turns out to be damaged."""
        found: dict[str, bytes] = {}
        db = self._open_if_closed()
        try:
            for start in range(0, len(keys), _BATCH):
                some = keys[start : start + _BATCH]
                marks = ",".join("?" * len(some))
                for key, data in db.execute(f"SELECT key, data FROM facts WHERE key IN ({marks})", some):
                    if data[:_CHECK_BYTES] == xxh3_64_digest(data[_CHECK_BYTES:]):
                        found[key] = data[_CHECK_BYTES:]
                    else:
                        self.was_damaged = True
        except sqlite3.DatabaseError:
            self.was_damaged = True
            return {}
        return found

    def put(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep packed facts; above the size limit the oldest go. A cache that cannot be written keeps nothing."""
        rows = list(items)
        if not rows:
            return
        db = self._open_if_closed()
        try:
            db.execute("BEGIN IMMEDIATE")
            (newest,) = db.execute("SELECT coalesce(max(used), 0) + 1 FROM facts").fetchone()
            checked = [(key, xxh3_64_digest(packed) + packed, newest) for key, packed in rows]
            db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", checked)
            self._drop_oldest(db)
            db.execute("COMMIT")
        except sqlite3.DatabaseError:
            self.was_damaged = True
            with suppress(sqlite3.DatabaseError):
                db.execute("ROLLBACK")

    def _drop_oldest(self, db: sqlite3.Connection) -> None:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        (free,) = db.execute("PRAGMA freelist_count").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
        if (pages - free) * size > self._limit:
            db.execute(
                "DELETE FROM facts WHERE key IN (SELECT key FROM facts ORDER BY used, key"
                " LIMIT (SELECT count(*) / 4 + 1 FROM facts))"
            )

    def close(self) -> None:
        """Let go of the file until it is needed again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> "FactCache":
        self._open_if_closed()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
