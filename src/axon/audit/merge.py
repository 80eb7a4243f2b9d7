"""What an audit saw, kept beside the index as an input of later builds.

What flows in: a comparison that knows the symbols, and what was seen. What flows out: a file beside the index.
"""

from collections.abc import Callable, Iterator
from typing import Final

from axon.audit.compare import Comparison
from axon.model.audit import Observation, Traced
from axon.questions.opened import Index
from axon.storage.generations import OBSERVATIONS, IndexHome
from axon.storage.observations import Observations, read_observations, write_observations

Contents = Callable[[str], bytes]
_LINE_END: Final = b"\n"


def merge(index: Index, comparison: Comparison, traced: Traced) -> Observations:
    """Add calls between symbols of an index to those that are kept beside it; the index itself is as it was.

    Raises:
        BusyError: another process writes the index.
        StorageError: what is kept there cannot be read or written.
    """
    digests = {file.path: file.digest for file in index.indexed_files()}
    home = IndexHome(index.root)
    with home.writer_lock():
        kept = read_observations(home.folder / OBSERVATIONS)
        merged = kept.merged(digests, _observations(index, comparison, traced))
        write_observations(home.folder / OBSERVATIONS, merged)
    return merged


def _observations(index: Index, comparison: Comparison, traced: Traced) -> Iterator[Observation]:
    starts: dict[str, list[int]] = {}
    for call in traced.calls:
        caller, callee = comparison.row(call.caller), comparison.row(call.callee)
        if caller is None or callee is None:
            continue
        path = call.caller.path
        if path not in starts:
            starts[path] = _starts(index.sources.of(path))
        start, end = (
            _byte(starts[path], line, column)
            for line, column in ((call.line, call.column), (call.end_line, call.end_column))
        )
        ids = index.columns.node(caller).id, index.columns.node(callee).id
        yield Observation(*ids, call.line, max(call.column, 0), start, max(start, end), call.count)


def _starts(content: bytes) -> list[int]:
    """The bytes where lines begin."""
    found = [0]
    while (at := content.find(_LINE_END, found[-1])) >= 0:
        found.append(at + 1)
    return found


def _byte(starts: list[int], line: int, column: int) -> int:
    """The byte at a line, 1-based, and a column that may not be known."""
    return starts[min(line, len(starts)) - 1] + max(column, 0)
