"""The one way to run a statement.

What flows in: Cypher with parameters. What flows out: rows of plain Python values, or a typed error. It does not know
the schema, and it imports no engine: it is handed one.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from axon.errors import AxonError, BusyError, QueryFailedError, StorageError
from axon.storage.cypher.text import decode, encode, is_unsafe

Parameters = Mapping[str, Any]
Row = tuple[Any, ...]

_STORE_FAULTS: Final = (
    "IO exception",
    "Buffer manager exception",
    "Checkpoint exception",
    "Storage exception",
    "Transaction manager exception",
    "Runtime exception: Unable to open database",
    "Cannot create an empty database",
)
_UNWRITTEN: Final = re.compile(r"IO exception: Cannot write to file\. path: (.+?) fileDescriptor:")
_ROW_FAULTS: Final = (
    "Copy exception",
    "Conversion exception",
    "Overflow exception",
    "Runtime exception: Found duplicated primary key",
    "Runtime exception: Unable to find primary key",
    "Unable to cast Python instance",
)


@dataclass(frozen=True, slots=True)
class Engine:
    """An open database: a connection with Kuzu's API, how to prepare a statement on it, and how to let go of both."""

    connection: Any
    prepare: Callable[[str], Any]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class ResultTable:
    """The answer to one query: names and engine types of its columns, its rows, and whether more rows were left."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[Row]
    truncated: bool


class Statements:
    """Runs statements on one connection, for one thread; `listener` hears the text of each before it runs."""

    def __init__(self, engine: Engine) -> None:
        self.listener: Callable[[str], None] | None = None
        self._engine = engine
        self._prepared: dict[str, Any] = {}

    def run(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a statement. Parameters never become part of its text.

        Raises:
            QueryFailedError: the engine refuses the statement or one of its values.
            StorageError: the store itself cannot be read or written.
        """
        return list(self.stream(text, parameters))

    def stream(self, text: str, parameters: Parameters | None = None) -> Iterator[Row]:
        """The rows of a statement, made one at a time; raises what `run` raises."""
        result = self._execute(text, parameters or {})
        try:
            while result.has_next():
                yield tuple(map(_plain_value, result.get_next()))
        finally:
            result.close()

    def table(self, text: str, parameters: Parameters | None = None, *, limit: int) -> ResultTable:
        """At most `limit` rows of a statement, with the names and types of its columns; raises what `run` raises."""
        result = self._execute(text, parameters or {})
        try:
            rows: list[Row] = []
            while len(rows) < limit and result.has_next():
                rows.append(tuple(map(_plain_value, result.get_next())))
            names, types = result.get_column_names(), result.get_column_data_types()
            return ResultTable(tuple(names), tuple(types), rows, result.has_next())
        finally:
            result.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Makes the statements of a block one change: all of them, or none when one fails."""
        self.run("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            # A statement that fails has ended the transaction by itself.
            with suppress(QueryFailedError, StorageError):
                self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def close(self) -> None:
        """Lets go of the database; prepared statements go first, for they point into it."""
        self._prepared.clear()
        self._engine.close()

    def _execute(self, text: str, parameters: Parameters) -> Any:
        if is_unsafe(text):
            raise QueryFailedError("A statement cannot hold NUL or half of a surrogate pair; a parameter can.")
        if self.listener:
            self.listener(text)
        try:
            result = self._run_on_engine(text, {name: _engine_value(value) for name, value in parameters.items()})
        except RuntimeError as error:
            raise typed_error(error) from error
        if isinstance(result, list):
            raise QueryFailedError("One statement at a time, please.")
        return result

    def _run_on_engine(self, text: str, parameters: dict[str, Any]) -> Any:
        if not parameters:
            return self._engine.connection.execute(text)
        if text not in self._prepared:
            self._prepared[text] = self._engine.prepare(text)
        return self._engine.connection.execute(self._prepared[text], parameters)


def typed_error(error: RuntimeError) -> AxonError:
    """The error of ours that an engine's error is."""
    message = str(error).strip()
    if "Could not set lock" in message:
        return BusyError("Another process has the graph store open for writing. Wait for it, or stop it.")
    if match := _UNWRITTEN.match(message):
        return StorageError(f"{match[1]} cannot be written: the disk is full, or refuses. Make room and try again.")
    if message.startswith(_STORE_FAULTS):
        return StorageError(message)
    return QueryFailedError(message)


def blames_a_row(error: QueryFailedError) -> bool:
    """Whether the engine refused a row, rather than the statement as such."""
    return str(error).startswith(_ROW_FAULTS)


def _plain_value(value: Any) -> Any:
    if isinstance(value, str):
        return decode(value)
    if isinstance(value, list):
        return [_plain_value(item) for item in value]
    if isinstance(value, dict):
        return {_plain_value(name): _plain_value(item) for name, item in value.items()}
    return value


def _engine_value(value: Any) -> Any:
    if isinstance(value, str):
        return encode(value)
    if isinstance(value, (list, tuple)):
        return [_engine_value(item) for item in value]
    if isinstance(value, Mapping):
        return {_engine_value(name): _engine_value(item) for name, item in value.items()}
    return value
