"""The graph database of an index, made when it is needed.

What flows in: the root of a repository. What flows out: a database of the generation in force. Importing this module
costs next to nothing, and so does calling it where the database is in place.
"""

from pathlib import Path

from axon.config import load_settings
from axon.interpreter import without_collector
from axon.storage.generations import IndexHome


def complete_database(root: Path) -> str:
    """Bring the graph database up to the generation in force, from its columns; a line that says so, '' if it was.

    Raises:
        NoIndexError: there is no index.
        BusyError: another process writes the index.
        StorageError: the database could not be written.
    """
    home = IndexHome(root)
    with home.require_current() as generation:
        if home.database_number() == generation.number:
            return ""
    engine = load_settings(root).engine
    from axon.pipeline.store import bring_up_database  # noqa: PLC0415  numpy: only where there is work

    with without_collector(), home.writer_lock(), home.require_current() as generation:
        home.recover()
        return bring_up_database(home, generation, engine)
