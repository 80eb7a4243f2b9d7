"""A query that a person or an agent wrote, on the graph database.

What flows in: an index whose database is in place, and the query. What flows out: a `CypherAnswer`. What the query may
do is decided, and it is run, by the read-only console of storage.
"""

from typing import Final

from axon.errors import NoIndexError
from axon.model.answers import CypherAnswer
from axon.questions.opened import Index
from axon.storage.cypher.console import run_read_only

DEFAULT_LIMIT: Final = 1000
"""Rows that are returned at most unless more are asked for."""
DEFAULT_TIMEOUT: Final = 30.0
"""Seconds after which a query is stopped."""


def cypher(
    index: Index, query: str, *, limit: int = DEFAULT_LIMIT, timeout_seconds: float = DEFAULT_TIMEOUT
) -> CypherAnswer:
    """Run `query`; `index` comes from `open_queryable`.

    Raises:
        QueryRefusedError: the console does not run such a query.
        QueryFailedError: the engine rejects it, or it takes too long or too much memory.
        NoIndexError: the generation has no database.
        StorageError: its engine is not installed.
    """
    database = index.generation.database
    if database is None:
        raise NoIndexError(f"No graph database in {index.root}. Run `axon analyze {index.root}`.")
    result = run_read_only(
        database, query, engine=index.generation.kuzu_layer().engine, row_limit=limit, timeout_seconds=timeout_seconds
    )
    return CypherAnswer(result.columns, tuple(result.rows), result.truncated, index.state())
