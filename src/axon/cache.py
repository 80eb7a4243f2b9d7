"""Blobs by content digest, in the user's cache folder, shared by branches, work trees and repositories.

What flows in: keys and bytes. What flows out: the same bytes, or nothing. It is a cache: a damaged file is replaced by
an empty one, the oldest go where it grows above its limit, and losing it costs time only. It does not know what the
bytes mean.

One SQLite file (WAL), one blob per key behind 8 bytes of its digest, for SQLite does not notice a flipped byte. Writers
of several processes wait for each other; a reader never waits.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from xxhash import xxh3_64_digest

from axon.sqlite import MEMORY, Schema, connect, discard

_BATCH: Final = 500  # SQLite's limit on variables was 999 for long
_WAIT_SECONDS: Final = 10.0
_CHECK_BYTES: Final = 8


class BlobCache:
    """The cache called `name` in one folder; `was_damaged` says that it lost something, or cannot be written.

    The file is opened by `with` or when it is first needed, and again after `close`: a connection must not be open in a
    process that forks (https://www.sqlite.org/howtocorrupt.html, "Carrying an open database connection across a fork").
    """

    def __init__(self, folder: Path, name: str, limit_bytes: int) -> None:
        self.folder = folder
        self._path = folder / f"{name}.sqlite"
        self._table = name
        self._limit = limit_bytes
        self.was_damaged = False
        self._connection: sqlite3.Connection | None = None

    def _open_if_closed(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._connection = self._opened_or_renewed()
            except (sqlite3.DatabaseError, OSError):  # no room, no permission: the run goes on without a cache
                self.was_damaged = True
                self._connection = self._open(MEMORY)
        return self._connection

    def _opened_or_renewed(self) -> sqlite3.Connection:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # what it keeps is for its user alone
        try:
            return self._open(self._path)
        except sqlite3.OperationalError:  # it is busy or cannot be written, which says nothing about its content
            raise
        except sqlite3.DatabaseError:
            self.was_damaged = True
            discard(self._path)
            return self._open(self._path)

    def _open(self, path: Path) -> sqlite3.Connection:
        columns = "key TEXT PRIMARY KEY, data BLOB NOT NULL, used INTEGER NOT NULL"
        schema = Schema((f"CREATE TABLE IF NOT EXISTS {self._table} ({columns})",))
        return connect(path, schema, wait_seconds=_WAIT_SECONDS, is_durable=False)

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Blobs of the keys that are known; none where the file turns out to be damaged."""
        found: dict[str, bytes] = {}
        db = self._open_if_closed()
        try:
            for start in range(0, len(keys), _BATCH):
                some = keys[start : start + _BATCH]
                marks = ",".join("?" * len(some))
                for key, data in db.execute(f"SELECT key, data FROM {self._table} WHERE key IN ({marks})", some):
                    if data[:_CHECK_BYTES] == xxh3_64_digest(data[_CHECK_BYTES:]):
                        found[key] = data[_CHECK_BYTES:]
                    else:
                        self.was_damaged = True
        except sqlite3.DatabaseError:
            self.was_damaged = True
            return {}
        return found

    def known(self, keys: Sequence[str]) -> set[str]:
        """Which of the keys it has, without reading what it keeps of them."""
        found: set[str] = set()
        db = self._open_if_closed()
        try:
            for start in range(0, len(keys), _BATCH):
                some = keys[start : start + _BATCH]
                marks = ",".join("?" * len(some))
                rows = db.execute(f"SELECT key FROM {self._table} WHERE key IN ({marks})", some)
                found.update(key for (key,) in rows)
        except sqlite3.DatabaseError:
            self.was_damaged = True
        return found

    def put(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep blobs; above the size limit the oldest go. A cache that cannot be written keeps nothing."""
        rows = list(items)
        if not rows:
            return
        db = self._open_if_closed()
        try:
            db.execute("BEGIN IMMEDIATE")
            (newest,) = db.execute(f"SELECT coalesce(max(used), 0) + 1 FROM {self._table}").fetchone()
            checked = [(key, xxh3_64_digest(blob) + blob, newest) for key, blob in rows]
            db.executemany(f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?, ?)", checked)
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
                f"DELETE FROM {self._table} WHERE key IN (SELECT key FROM {self._table} ORDER BY used, key"
                f" LIMIT (SELECT count(*) / 4 + 1 FROM {self._table}))"
            )

    def close(self) -> None:
        """Let go of the file until it is needed again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        self._open_if_closed()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
