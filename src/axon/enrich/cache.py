"""Answers that were paid for, by the digest of what they follow from, shared by all repositories.

What flows in: validated values. What flows out: the same, in the next run. It does not know what they are about. Values
are JSON in SQLite; a database that is damaged is put aside, and one of a later version is left alone.

An answer is in a journal, a file of this process, before anybody sees it, and comes into the database with 31 others:
a process that is killed has lost nothing, for the next one reads the journals of the dead.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from axon.enrich.failures import EnrichError
from axon.enrich.model import NO_USAGE, Usage, Value
from axon.sqlite import LaterVersionError, Schema, connect, put_aside
from axon.storage.locks import try_lock

VERSION: Final = 1
BATCH: Final = 32
"""Answers a commit."""

_CHUNK: Final = 900  # SQLite before 3.32 takes 999 parameters
_SCHEMA: Final = Schema(
    ("CREATE TABLE IF NOT EXISTS answers (key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (key))",), VERSION
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A validated value, who gave it, and what it took."""

    value: Value
    model: str
    usage: Usage = NO_USAGE

    def to_json(self) -> str:
        """On one line, with sorted keys."""
        return json.dumps({"value": self.value, "model": self.model, "usage": asdict(self.usage)}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError, KeyError or TypeError where it is not what `to_json` wrote."""
        said = json.loads(text)
        return cls(dict(said["value"]), str(said["model"]), Usage(**said["usage"]))


@contextmanager
def _guarded() -> Iterator[None]:
    """Says in plain words that the cache cannot be used."""
    try:
        yield
    except sqlite3.Error as error:
        raise EnrichError(
            f"The cache of answers cannot be used: {error}. Make room, or move answers.sqlite away where it is damaged."
        ) from error


class AnswerCache:
    """The cache in `folder`; `reads` and `commits` count what was asked of the database. `notes` are for a person."""

    def __init__(self, folder: Path) -> None:
        self.reads = self.commits = 0
        self.notes: list[str] = []
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._database = self._opened(folder / "answers.sqlite")
        self._pending: dict[str, str] = {}
        self._adopt_journals()
        self._journal_path = folder / f"journal-{os.getpid()}-{time.time_ns()}.jsonl"
        self._journal = os.open(self._journal_path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND, 0o600)
        try_lock(self._journal)

    def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        """The answers that are known, by key; one read for each 900 keys."""
        found: dict[str, Answer] = {}
        for start in range(0, len(keys), _CHUNK):
            chunk = list(keys[start : start + _CHUNK])
            self.reads += 1
            marks = ",".join("?" * len(chunk))
            with _guarded():
                rows = dict(self._database.execute(f"SELECT key, value FROM answers WHERE key IN ({marks})", chunk))
            rows |= {key: self._pending[key] for key in chunk if key in self._pending}
            found |= {key: answer for key, text in rows.items() if (answer := _read(text)) is not None}
        return found

    def keep(self, key: str, answer: Answer) -> None:
        """Keep a validated answer, whatever happens to this process.

        Raises:
            EnrichError: the disk is full or refuses.
        """
        text = answer.to_json()
        try:
            _write_all(self._journal, f"{key} {text}\n".encode())
        except OSError as error:
            raise EnrichError(
                f"{self._journal_path} cannot be written: {error.strerror}. Make room and run it again."
            ) from error
        self._pending[key] = text
        if len(self._pending) >= BATCH:
            self.commit()

    def forget(self, keys: Iterable[str]) -> None:
        """Answers that turned out to be none: they are asked for again."""
        rows = [(key,) for key in keys]
        for (key,) in rows:
            self._pending.pop(key, None)
        if rows:
            with _guarded(), self._database:
                self._database.executemany("DELETE FROM answers WHERE key = ?", rows)

    def commit(self) -> None:
        """Bring what is pending into the database; where that cannot be done now, the journal keeps it."""
        if not self._pending:
            return
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", self._pending.items())
        except sqlite3.DatabaseError as error:
            self.notes.append(f"The cache of answers cannot be written now ({error}); the journal keeps them.")
            return
        self.commits += 1
        self._pending.clear()

    def as_lines(self) -> Iterator[str]:
        """Every answer, a JSON object a line, sorted by key."""
        for key, answer in self.all_answers():
            yield json.dumps({"key": key, **json.loads(answer.to_json())}, sort_keys=True) + "\n"

    def take_lines(self, lines: Iterable[str]) -> int:
        """Take over what `as_lines` wrote; returns how many answers were not known.

        Raises:
            EnrichError: a line is something else; nothing was taken over then.
        """
        answers = []
        for number, line in enumerate(lines, 1):
            try:
                answers.append((str(json.loads(line)["key"]), Answer.from_json(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise EnrichError(f"Line {number} is no answer: {error}.") from error
        known = self.find([key for key, _ in answers])
        self.add_all(answers)
        return len({key for key, _ in answers} - known.keys())

    def all_answers(self) -> Iterator[tuple[str, Answer]]:
        """Every answer by key, sorted."""
        with _guarded():
            for key, text in self._database.execute("SELECT key, value FROM answers ORDER BY key"):
                if (answer := _read(text)) is not None:
                    yield key, answer

    def add_all(self, answers: Iterable[tuple[str, Answer]]) -> int:
        """Take over answers of another cache; returns how many."""
        rows = [(key, answer.to_json()) for key, answer in answers]
        with _guarded(), self._database:
            self._database.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?)", rows)
        return len(rows)

    def close(self) -> None:
        """Commit, and let go of the files."""
        self.commit()
        os.close(self._journal)
        if not self._pending:
            self._journal_path.unlink(missing_ok=True)
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self, path: Path) -> sqlite3.Connection:
        try:
            return connect(path, _SCHEMA)
        except LaterVersionError as error:
            raise EnrichError(f"{error} Or remove the file.") from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise EnrichError(f"{path} cannot be opened: {error}. Check the disk, or remove the file.") from error
            aside = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
            put_aside(path, aside)
            self.notes.append(
                f"The cache of answers was damaged; it was put aside as {aside.name}, and a new one begun."
            )
            return connect(path, _SCHEMA)

    def _adopt_journals(self) -> None:
        """Bring in what processes that died had journalled; journals of the living are locked."""
        for path in sorted(self._folder.glob("journal-*.jsonl")):
            with suppress(FileNotFoundError):
                descriptor = os.open(path, os.O_RDWR)
                try:
                    if try_lock(descriptor):
                        self._adopt(path)
                finally:
                    os.close(descriptor)

    def _adopt(self, path: Path) -> None:
        for line in path.read_text("utf-8", "replace").splitlines():
            key, _, text = line.partition(" ")
            if _read(text) is not None:  # the last line may have been cut off
                self._pending[key] = text
        n_answers = len(self._pending)
        self.commit()
        if not self._pending:
            path.unlink(missing_ok=True)
            if n_answers:
                self.notes.append(f"{n_answers} answers of a run that died were kept.")


def _read(text: str) -> Answer | None:
    """None for what is no answer: it is asked again."""
    try:
        return Answer.from_json(text)
    except (ValueError, KeyError, TypeError):
        return None


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
