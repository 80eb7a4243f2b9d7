"""The one way in which SQLite files are opened: in WAL mode, with their tables, of a version that this program knows.

What flows in: a path and a `Schema`. What flows out: a connection, or what kept it from being made. It does not know
what the tables hold, and mends nothing: whether a damaged file is put aside or given up its owner decides.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from axon.errors import StorageError

MEMORY = Path(":memory:")
"""In place of a path: a database that ends with its connection."""


@dataclass(frozen=True, slots=True)
class Schema:
    """`tables` are statements that make what is not there; `version` 0 keeps none.

    `upgrades` has, by version, the statements that lead to it from the one before.
    """

    tables: Sequence[str]
    version: int = 0
    upgrades: Mapping[int, Sequence[str]] = field(default_factory=dict)


class LaterVersionError(StorageError):
    """A later Axon wrote the file; nothing of it was touched."""


def connect(path: Path, schema: Schema, *, wait_seconds: float = 30.0, is_durable: bool = True) -> sqlite3.Connection:
    """Open the file, make what it lacks; waits so long for other writers. Without `is_durable` a loss of power may
    take the last commits.

    Raises:
        sqlite3.OperationalError: it is busy, or cannot be opened or written.
        sqlite3.DatabaseError: it is damaged, or no database.
        LaterVersionError: a later Axon wrote it.
    """
    database = sqlite3.connect(path, timeout=wait_seconds)
    try:
        version = _known_version(database, path, schema)
        database.execute("PRAGMA journal_mode=WAL")
        if not is_durable:
            database.execute("PRAGMA synchronous=NORMAL")
        for statement in schema.tables:
            database.execute(statement)
        if 0 < version < schema.version:
            for number in range(version + 1, schema.version + 1):
                for statement in schema.upgrades.get(number, ()):
                    database.execute(statement)
        if version != schema.version:
            database.execute(f"PRAGMA user_version = {schema.version}")
        database.commit()
    except BaseException:
        database.close()
        raise
    return database


def connect_to_read(path: Path, schema: Schema, *, wait_seconds: float = 2.0) -> tuple[sqlite3.Connection, int]:
    """Open a file that is there and change nothing; with its version, which may be an earlier one.

    Raises:
        sqlite3.DatabaseError, LaterVersionError: as `connect`.
    """
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=wait_seconds, uri=True)
    try:
        return database, _known_version(database, path, schema)
    except BaseException:
        database.close()
        raise


def discard(path: Path) -> None:
    """Remove the file and what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def put_aside(path: Path, aside: Path) -> None:
    """Keep a damaged file under another name, without what SQLite keeps beside it."""
    path.rename(aside)
    discard(path)


def _known_version(database: sqlite3.Connection, path: Path, schema: Schema) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > schema.version:
        raise LaterVersionError(f"{path} was written by a later Axon (version {version}). Update Axon.")
    return int(version)
