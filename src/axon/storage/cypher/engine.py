"""A database file opened by any engine with Kuzu's API.

What flows in: the engine's module, a path and limits. What flows out: a CypherBackend over it. It imports no engine: a
module of `storage` brings one.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from axon.storage.cypher.statements import Engine, typed_error
from axon.storage.cypher.store import CypherBackend


@dataclass(frozen=True, slots=True)
class Limits:
    """What an open database may take: bytes of buffer pool, threads, bytes of address space."""

    buffer_pool_size: int
    max_num_threads: int = 2
    max_db_size: int = 1 << 36


WRITER_LIMITS: Final = Limits(1 << 30)
READER_LIMITS: Final = Limits(256 << 20)


class EngineBackend(CypherBackend):
    """StorageBackend in one database file. One at a time per path and process, unless all are `read_only`."""

    api: Any
    """The engine's module."""

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        limits: Limits | None = None,
        copy_threshold: int = 2,
        rejected_path: Path | None = None,
        vectors: Path | None = None,
    ) -> None:
        engine = _opened(self.api, path, read_only, limits or (READER_LIMITS if read_only else WRITER_LIMITS))
        super().__init__(
            engine,
            path,
            read_only=read_only,
            copy_threshold=copy_threshold,
            rejected_path=rejected_path,
            vectors=vectors,
        )


def _opened(api: Any, path: Path, read_only: bool, limits: Limits) -> Engine:
    try:
        database = api.Database(
            path,
            buffer_pool_size=limits.buffer_pool_size,
            max_num_threads=limits.max_num_threads,
            max_db_size=limits.max_db_size,
            read_only=read_only,
        )
        connection = api.Connection(database)
    except RuntimeError as error:
        raise typed_error(error) from error

    def close() -> None:
        connection.close()
        database.close()

    return Engine(connection, partial(api.PreparedStatement, connection), close)
