"""What a sentence is about that names no symbol: the best hits of a search, and the files that hold most of them.

What flows in: an index and a sentence. What flows out: rows, code before tests.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from axon.model.ids import file_id
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, NodeKind
from axon.questions.opened import Index
from axon.questions.parts import is_in_tests
from axon.questions.search import search

HITS: Final = 8
"""Hits that are shown with what they say."""

_LOOKED_AT: Final = 60
_MORE: Final = 12
_LEAST_WORD: Final = 4
_MOST_BEGINNING: Final = 40  # a word with which more names begin tells nothing
_BEGINNING: Final = 6
_LEAST_IN_FILE: Final = 3
_FILES: Final = 2
_DEFINED: Final = CALLABLE_KINDS | CLASS_KINDS
_PROSE: Final = re.compile(
    r"a|an|and|any|are|be|by|can|code|do|does|done|for|from|find|functions?|has|have|how|i|in|is|it|its|made|make|of|on|or|"
    r"please|show|that|the|there|these|this|to|was|we|what|when|where|which|who|why|with|you",
    re.IGNORECASE,
)
"""Words of a question that say nothing of what it is about."""


def meant(index: Index, question: str, named: Sequence[int]) -> tuple[list[int], str]:
    """The best hits for a sentence, then what it `named`, what is called by its words, and further hits.

    Beside them a line that says so where none is good, else ''.
    """
    words = [word for word in re.findall(r"[\w.]+", question) if not _PROSE.fullmatch(word)]
    found = search(index, " ".join(words) or question, limit=_LOOKED_AT, weak=True)
    rows = [row for hit in found.hits if (row := index.columns.row_of(hit.symbol.id)) is not None]
    rows = [row for row in rows if index.columns.node(row).kind is not NodeKind.EXTERNAL]
    rows.sort(key=lambda row: is_in_tests(index, row))
    called = [row for word in words for row in _beginning(index, word)]
    return list(dict.fromkeys([*rows[:HITS], *named, *called, *rows[HITS : HITS + _MORE]])), found.note


def _beginning(index: Index, word: str) -> list[int]:
    """The functions and classes used most of those whose name begins with a word, where few do: `slug`, `slugify`."""
    columns = index.columns
    if len(word) < _LEAST_WORD:
        return []
    rows = columns.rows_with_prefix(word, _LOOKED_AT * _MOST_BEGINNING)
    rows = [row for row in rows if columns.node(row).kind in _DEFINED and not is_in_tests(index, row)]
    if len(rows) > _MOST_BEGINNING:
        return []
    return sorted(rows, key=lambda row: -len(columns.incoming(row, EdgeKind.CALLS)))[:_BEGINNING]


def files_of(index: Index, rows: Iterable[int]) -> list[int]:
    """The files that hold most of some rows, where that is more than a few."""
    columns = index.columns
    counts = Counter(columns.node(row).path for row in rows if not is_in_tests(index, row))
    paths = [path for path, number in counts.most_common(_FILES) if number >= _LEAST_IN_FILE and path]
    return [row for path in paths if (row := columns.row_of(file_id(path))) is not None]
