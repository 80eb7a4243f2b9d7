"""The child process of the console: opens the file, gives up its rights, runs one query.

What flows in: one request as JSON on stdin. What flows out: one answer as JSON on stdout, or a death that the parent
explains. It does not know why the query was asked, and it trusts the guard no further than it must.
"""

import decimal  # noqa: F401
import math
import os
import sys
import threading
import uuid  # noqa: F401
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from axon.errors import AxonError
from axon.storage.cypher.console import OUT_OF_MEMORY, Json, from_bytes, to_bytes
from axon.storage.cypher.statements import Statements
from axon.storage.engines import backend_of

# The engine imports `decimal` and `uuid` when it meets a value, which is too late once no file can be opened.

LARGEST_ANSWER: Final = 64 << 20
"""Bytes of rows after which an answer is cut, however few they are."""

_INTERNAL: Final = frozenset({"_id", "_src", "_dst"})
_STRUCTURE: Final = frozenset({"_label", "_nodes", "_rels"}) | _INTERNAL  # of nodes, relationships and paths
_LOOK_EVERY: Final = 0.1


def main() -> None:
    """Answer the request that stdin holds."""
    request = from_bytes(sys.stdin.buffer.read())
    sys.stdout.buffer.write(to_bytes(_answered(request)))
    sys.stdout.buffer.flush()
    # The engine's threads and buffers need no tidy end: the file was open for reading only.
    os._exit(0)


def _answered(request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        backend = backend_of(request["engine"])(Path(request["database"]), read_only=True)
    except AxonError as error:
        return {"broken": str(error)}
    confine(int(request["memory_megabytes"]) << 20)
    try:
        return _table(backend.statements, request)
    except AxonError as error:
        return {"refused": str(error)}


def _table(statements: Statements, request: Mapping[str, Any]) -> dict[str, Any]:
    table = statements.table(request["query"], request["parameters"], limit=int(request["row_limit"]))
    rows: list[list[Json]] = []
    size = 0
    for values in table.rows:
        rows.append([plain(value) for value in values])
        size += len(to_bytes(rows[-1]))
        if size > LARGEST_ANSWER:
            break
    return {"columns": table.columns, "rows": rows, "truncated": table.truncated or len(rows) < len(table.rows)}


def plain(value: Any) -> Json:
    """A value of the engine as JSON: nodes and relationships without internal ids, what JSON lacks as text."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        named = {_one_spelling(str(name)): item for name, item in value.items()}
        hidden = _INTERNAL if "_label" in named else frozenset()
        return {name: plain(item) for name, item in named.items() if name not in hidden}
    return _text(value)


def _one_spelling(name: str) -> str:
    """One engine writes `_label`, another `_LABEL`."""
    return name.lower() if name.lower() in _STRUCTURE else name


def _text(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"P{value.days}DT{value.seconds + value.microseconds / 1e6:g}S"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return str(value)


if sys.platform == "win32":

    def confine(memory: int) -> None:
        """Windows has no such limits: there the guard and the parent's time-out stand alone."""

else:

    def confine(memory: int) -> None:
        """Open and write no file from now on, and die when the parent does or when `memory` bytes are resident."""
        import resource  # noqa: PLC0415 - exists on POSIX only

        # Zero, not the number of open files: a descriptor that is open stays usable, and no number is left for more.
        for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
            resource.setrlimit(limit, (0, 0))
        unit = 1 if sys.platform == "darwin" else 1024
        parent = os.getppid()

        def look() -> None:
            while not threading.Event().wait(_LOOK_EVERY):
                if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit > memory:
                    os._exit(OUT_OF_MEMORY)
                if os.getppid() != parent:
                    os._exit(1)

        threading.Thread(target=look, daemon=True).start()


if __name__ == "__main__":
    main()
