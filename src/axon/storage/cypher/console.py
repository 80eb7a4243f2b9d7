"""Runs one query of a person or an agent, where it can do no harm.

What flows in: the path of a database, a query and its parameters. What flows out: columns and rows of plain JSON
values, or a typed error. It does not know the engine: a child process opens it, so that a query that crashes, hangs or
eats memory takes nothing with it.
"""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from axon.config import KUZU
from axon.errors import QueryFailedError, StorageError
from axon.storage.cypher.guard import check

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

OUT_OF_MEMORY: Final = 77
"""Exit code by which the child says that the query took more memory than it may."""

_CHILD: Final = "axon.storage.console_child"
_NO_TABLE: Final = re.compile(r"Table \w+ does not exist")


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query returned: rows in its order, each as long as `columns`; `truncated` when there were more.

    Nodes and relationships are dictionaries of their properties and `_label`, dates ISO 8601 text, bytes hexadecimal.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Json, ...]]
    truncated: bool


def run_read_only(  # noqa: PLR0913  each is one that a caller sets
    database: Path,
    query: str,
    *,
    engine: str = KUZU,
    parameters: Mapping[str, Json] | None = None,
    row_limit: int = 1000,
    timeout_seconds: float = 30.0,
    memory_megabytes: int = 2048,
) -> QueryResult:
    """Run one guarded query on the file of a published database in a child process, which costs about 0.3 s.

    Raises:
        QueryRefusedError: the guard does not allow it.
        QueryFailedError: the engine rejects it or crashes, or it takes too long or too much memory.
        StorageError: the file cannot be opened.
    """
    check(query, parameters or {})
    request = {
        "database": str(database),
        "engine": engine,
        "query": query,
        "parameters": dict(parameters or {}),
        "row_limit": row_limit,
        "memory_megabytes": memory_megabytes,
    }
    answer = _ask_child(request, timeout_seconds)
    return QueryResult(tuple(answer["columns"]), [tuple(row) for row in answer["rows"]], bool(answer["truncated"]))


def _ask_child(request: Mapping[str, Any], timeout_seconds: float) -> dict[str, Any]:
    # -P: the current folder is often the analyzed repository, whose modules must not be imported.
    command = [sys.executable, "-P", "-m", _CHILD]
    try:
        done = subprocess.run(
            command, input=to_bytes(request), capture_output=True, timeout=timeout_seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise QueryFailedError(f"The query took longer than {timeout_seconds:g} seconds and was stopped.") from error
    if done.returncode:
        raise QueryFailedError(_why_dead(done, request))
    answer: dict[str, Any] = from_bytes(done.stdout)
    if "refused" in answer:
        raise QueryFailedError(_with_hint(answer["refused"]))
    if "broken" in answer:
        raise StorageError(answer["broken"])
    return answer


def _with_hint(said: str) -> str:
    """What the engine said; to those who take a kind for a table, how the schema names things."""
    if not _NO_TABLE.search(said):
        return said
    return (
        f"{said.rstrip('.')}. Nodes are all `Symbol`, with their `kind`; a relationship is named by its kind, as CALLS."
    )


def _why_dead(done: "subprocess.CompletedProcess[bytes]", request: Mapping[str, Any]) -> str:
    if done.returncode == OUT_OF_MEMORY:
        return f"The query took more than {request['memory_megabytes']} MB of memory and was stopped."
    if done.returncode < 0:
        return f"The query crashed the engine ({signal.Signals(-done.returncode).name}). The index is not affected."
    last_line = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return f"The query ended the engine (exit code {done.returncode}): {last_line or 'it said nothing'}"


def to_bytes(message: object) -> bytes:
    """A message between parent and child; any string survives, lone surrogates included."""
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_bytes(message: bytes) -> Any:
    """What `to_bytes` was given."""
    return json.loads(message.decode("utf-8", "surrogatepass"))
