"""What was written about this repository, and what people think of it: `.axon/enrich.sqlite`.

What flows in: artifacts and verdicts. What flows out: the same, by task and node. It does not know who wrote them. A
text that somebody rejected stays rejected until what it follows from has changed.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from xxhash import xxh3_128_hexdigest

from axon.enrich.cache import BATCH
from axon.enrich.failures import EnrichError
from axon.enrich.model import Artifact, Failure, JobKey, LaneName, Value
from axon.model.artifacts import Review
from axon.sqlite import LaterVersionError, Schema, connect, connect_to_read

STORE_FILE: Final = "enrich.sqlite"
VERSION: Final = 2

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS artifacts (task TEXT, node TEXT, key TEXT, value TEXT, model TEXT, state TEXT, "
    "reviewer TEXT DEFAULT '', reviewed TEXT DEFAULT '', reason TEXT DEFAULT '', basis TEXT DEFAULT '', "
    "UNIQUE (task, node))",
    "CREATE TABLE IF NOT EXISTS failures (task TEXT, node TEXT, reason TEXT, attempts INTEGER, UNIQUE (task, node))",
    "CREATE TABLE IF NOT EXISTS days (lane TEXT, day TEXT, requests INTEGER, UNIQUE (lane, day))",
)
_BASIS: Final = "ALTER TABLE artifacts ADD COLUMN basis TEXT DEFAULT ''"
_SCHEMA: Final = Schema(_TABLES, VERSION, {2: (_BASIS,)})
# Who wrote the same again changes nothing of what was said about it.
_KEEP: Final = (
    "INSERT INTO artifacts (task, node, key, value, model, basis, state) VALUES (?, ?, ?, ?, ?, ?, 'proposed') "
    "ON CONFLICT (task, node) DO UPDATE SET key = excluded.key, value = excluded.value, model = excluded.model, "
    "state = 'proposed', reviewer = '', reviewed = '', reason = '' WHERE key <> excluded.key"
)
_COLUMNS: Final = "task, node, key, value, model, state, reviewer, reviewed, reason, basis"


@dataclass(frozen=True, slots=True)
class Kept:
    """An artifact as it is kept; `reviewed` is ISO 8601, '' where nobody has looked at it.

    `basis` is the digest of the text of the node when it was written (`Subjects.basis`), '' where it has none.
    """

    job: JobKey
    key: str
    value: Value
    model: str
    state: Review
    reviewer: str = ""
    reviewed: str = ""
    reason: str = ""
    basis: str = ""


class ArtifactStore:
    """The store below an `.axon` folder."""

    def __init__(self, folder: Path) -> None:
        path = folder / STORE_FILE
        self._pending: list[tuple[Artifact, str]] = []
        try:
            self._database = connect(path, _SCHEMA)
        except LaterVersionError as error:
            raise EnrichError(str(error)) from error
        except sqlite3.Error as error:
            raise EnrichError(
                f"{path} cannot be used: {error}. Move it away: what was paid for is in the cache of answers as well."
            ) from error

    def keep(self, artifact: Artifact, basis: str = "") -> None:
        """Keep an artifact, with 31 others; the cache of answers has it already. `basis` as in `Kept`."""
        self._pending.append((artifact, basis))
        if len(self._pending) >= BATCH:
            self.commit()

    def commit(self) -> None:
        """Write what is pending; a question that has its answer is no failure any more."""
        rows = [
            (a.job.task, a.job.node, a.key, json.dumps(a.value, sort_keys=True), a.model, basis)
            for a, basis in self._pending
        ]
        with self._guarded():
            self._database.executemany(_KEEP, rows)
            self._database.executemany("DELETE FROM failures WHERE task = ? AND node = ?", [row[:2] for row in rows])
        self._pending.clear()

    def keep_failures(self, failures: Iterator[Failure]) -> None:
        """Remember questions without an answer."""
        rows = [(f.job.task, f.job.node, f.reason, f.attempts) for f in failures]
        with self._guarded():
            self._database.executemany("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", rows)

    def forget_failures(self, jobs: Iterable[JobKey]) -> None:
        """Remove questions about what there is no more."""
        with self._guarded():
            rows = [(job.task, job.node) for job in jobs]
            self._database.executemany("DELETE FROM failures WHERE task = ? AND node = ?", rows)

    def all(self, task: str = "", node: str = "") -> list[Kept]:
        """Artifacts, of one task or node where named, sorted by task and node."""
        where = "(? = '' OR task = ?) AND (? = '' OR node = ?)"
        query = f"SELECT {_COLUMNS} FROM artifacts WHERE {where} ORDER BY task, node"
        with _reading():
            return [_kept(row) for row in self._database.execute(query, (task, task, node, node))]

    def failures(self) -> list[Failure]:
        """Questions without an answer, sorted by task and node."""
        with _reading():
            rows = list(self._database.execute("SELECT task, node, reason, attempts FROM failures ORDER BY task, node"))
        return [Failure(JobKey(task, node), reason, attempts) for task, node, reason, attempts in rows]

    def review(self, job: JobKey, state: Review, *, who: str, reason: str = "", value: Value | None = None) -> bool:
        """What a person thinks of an artifact, with their own words where they edited it; False: there is none."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        text = None if value is None else json.dumps(value, sort_keys=True)
        with self._guarded():
            done = self._database.execute(
                "UPDATE artifacts SET state = ?, reviewer = ?, reviewed = ?, reason = ?, value = coalesce(?, value) "
                "WHERE task = ? AND node = ?",
                (state.value, who, now, reason, text, job.task, job.node),
            )
        return done.rowcount > 0

    def forget(self, jobs: list[JobKey]) -> None:
        """Remove artifacts of nodes that there are no more."""
        with self._guarded():
            rows = [(job.task, job.node) for job in jobs]
            self._database.executemany("DELETE FROM artifacts WHERE task = ? AND node = ?", rows)

    def requests_today(self, lane: LaneName) -> int:
        """How many requests went through a lane on this day (UTC), in all runs."""
        query = "SELECT requests FROM days WHERE lane = ? AND day = ?"
        with _reading():
            found = self._database.execute(query, (lane.value, _today())).fetchone()
        return int(found[0]) if found else 0

    def add_requests(self, lane: LaneName, n: int) -> None:
        """Count requests of this day."""
        with self._guarded():
            self._database.execute(
                "INSERT INTO days VALUES (?, ?, ?) "
                "ON CONFLICT (lane, day) DO UPDATE SET requests = requests + excluded.requests",
                (lane.value, _today(), n),
            )

    def close(self) -> None:
        """Write what is pending and let go of the file."""
        try:
            self.commit()
        finally:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _guarded(self) -> "_Guarded":
        return _Guarded(self._database)


class _Guarded:
    """A transaction whose failure is said in plain words."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._database.__exit__(kind, error, trace)
        except sqlite3.Error as failed:  # of the commit itself
            error = failed
        if isinstance(error, sqlite3.Error):
            raise EnrichError(f"{STORE_FILE} cannot be written: {error}. Make room and run it again.") from error


@contextmanager
def _reading() -> Iterator[None]:
    """Says in plain words that what was written cannot be read."""
    try:
        yield
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise EnrichError(
            f"{STORE_FILE} is damaged: {error}. Move it away: what was paid for is in the cache of answers as well."
        ) from error


def read_store(path: Path) -> tuple[list[Kept], str]:
    """All artifacts of a store that is there, sorted by task and node, and their digest; the file stays as it is.

    Raises:
        EnrichError: it is in use by a program that lets nobody read, damaged, or of a later version.
    """
    try:
        database, version = connect_to_read(path, _SCHEMA)
        with closing(database):
            columns = _COLUMNS if version >= VERSION else _COLUMNS.replace("basis", "''")
            rows = list(database.execute(f"SELECT {columns} FROM artifacts ORDER BY task, node")) if version else []
        digest = xxh3_128_hexdigest(repr(rows).encode("utf-8", "surrogatepass")) if rows else ""
        return [_kept(row) for row in rows], digest
    except LaterVersionError as error:
        raise EnrichError(str(error)) from error
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise EnrichError(f"What was written cannot be read: {error}. `axon enrich status` may say more.") from error


def _kept(row: tuple[str, ...]) -> Kept:
    task, node, key, value, model, state, *rest = row
    return Kept(JobKey(task, node), key, dict(json.loads(value)), model, Review(state), *rest)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
