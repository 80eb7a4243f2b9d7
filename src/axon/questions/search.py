"""Find symbols by what their names and paths say.

What flows in: an index and a query. What flows out: a `SearchAnswer`, best hits first, the same on every machine. It
does not know meaning: no embedding is asked.
"""

from collections.abc import Collection, Iterator
from typing import Final

from axon.model.answers import SearchAnswer, SearchHit
from axon.model.ids import file_id, folder_id
from axon.model.kinds import EdgeKind, Flag, NodeKind
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.symbols import dotted_name
from axon.storage.columns import IndexColumns

DEFAULT_LIMIT: Final = 20
LOOKED_AT: Final = 2000
"""Names that begin with the query, and paths that contain it, are ranked among so many at most."""

_USES: Final = (
    *(EdgeKind.CALLS, EdgeKind.USES_TYPE, EdgeKind.DECORATED_BY),
    *(EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS, EdgeKind.IMPORTS),
)
_LANES: Final = ("id", "name", "qualified name", "qualified suffix", "name, case ignored", "prefix", "path")


def search(index: Index, query: str, *, limit: int = DEFAULT_LIMIT, kinds: Collection[str] = ()) -> SearchAnswer:
    """Nodes whose id, name, qualified name, prefix or path is `query`; `kinds` are values of NodeKind, all if empty.

    Ordered by how they match, then exported ones, then those that are no tests, then by the number of references.
    """
    columns, query = index.columns, query.strip()
    found: dict[int, int] = {}
    for lane, row in _matches(columns, query) if query else ():
        if not kinds or columns.node(row).kind.value in kinds:
            found.setdefault(row, lane)
    references = {row: len(columns.incoming(row, *_USES)) for row in found}
    ranked = sorted(found, key=lambda row: _rank(columns, row, found[row], references[row]))
    hits = tuple(_hit(columns, row, found[row], references[row]) for row in ranked[:limit])
    return SearchAnswer(query, hits, len(ranked), index.state())


def _matches(columns: IndexColumns, query: str) -> Iterator[tuple[int, int]]:
    """(lane, row), the best lane of a row first."""
    exact = columns.row_of(query)
    yield from [(0, exact)] if exact is not None else []
    yield from ((1, row) for row in columns.rows_named(query))
    yield from ((2, row) for row in columns.rows_qualified(query))
    yield from ((3, row) for row in _with_ending(columns, query))
    folded = query.casefold()
    begin = columns.rows_with_prefix(query, LOOKED_AT)
    yield from ((4, row) for row in begin if columns.name_of(row).casefold() == folded)
    yield from ((5, row) for row in begin)
    yield from ((6, row) for row in _at_paths(columns, query))


def _with_ending(columns: IndexColumns, query: str) -> list[int]:
    last = query.rpartition(".")[2].rpartition("::")[2]
    if last == query or not last:
        return []
    ending = "." + query.replace("::", ".").removeprefix(".")
    return [row for row in columns.rows_named(last) if f".{dotted_name(columns, row)}".endswith(ending)]


def _at_paths(columns: IndexColumns, query: str) -> Iterator[int]:
    for path in columns.paths_matching(query)[:LOOKED_AT]:
        row = columns.row_of(file_id(path))
        if row is None:
            row = columns.row_of(folder_id(path))
        if row is not None:
            yield row


def _rank(columns: IndexColumns, row: int, lane: int, references: int) -> tuple[int, bool, bool, bool, int, str]:
    node = columns.node(row)
    is_external = node.kind is NodeKind.EXTERNAL
    return (
        lane,
        is_external,
        not node.flags & Flag.EXPORTED,
        bool(node.flags & Flag.TEST),
        -references,
        node.id,
    )


def _hit(columns: IndexColumns, row: int, lane: int, references: int) -> SearchHit:
    node = columns.node(row)
    return SearchHit(symbol(columns, row), _LANES[lane], node.signature, node.summary, references)
