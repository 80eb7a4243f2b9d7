"""The lines of a symbol that a query is about.

What flows in: a hit and the terms of the query. What flows out: a few lines of its source as it was indexed.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from axon.errors import MissingSourceError
from axon.model.answers import SearchHit, SourceLine
from axon.questions.opened import Index

MOST_LINES: Final = 2
"""Lines of one hit."""

_LOOKED_AT: Final = 300  # lines of one symbol
_WIDEST: Final = 200  # characters of a line


class Telling(dict[str, tuple[str, ...]]):
    """For each word that was met, which of the query's terms it has: most words have none, and many come again."""

    def __init__(self, terms: Mapping[str, float]) -> None:
        from axon.embeddings.words import terms_of  # noqa: PLC0415  start-up is lazy

        super().__init__()
        self.terms = terms
        self._terms_of = terms_of
        self._has_none_of = frozenset(terms).isdisjoint

    def __missing__(self, word: str) -> tuple[str, ...]:
        terms = self._terms_of(word)
        found = self[word] = () if self._has_none_of(terms) else tuple(term for term in terms if term in self.terms)
        return found


def snippet(index: Index, row: int, hit: SearchHit, telling: Telling, warnings: list[str]) -> tuple[SourceLine, ...]:
    """The line in which the symbol begins, and that which has most of the terms; a warning where there is no source."""
    first = hit.symbol.line
    if not first or hit.symbol.kind == "File":
        return ()
    begin, size = (index.columns.numbers("node", key)[row] for key in ("start_byte", "bytes"))
    try:
        lines = index.sources.lines_within(hit.symbol.path, begin, begin + size, _LOOKED_AT)
    except MissingSourceError as error:
        if str(error) not in warnings:
            warnings.append(str(error))
        return ()
    best = _most_telling(lines, telling) if telling.terms else 0
    shown = sorted({0, best})[:MOST_LINES]
    return tuple(SourceLine(first + at, lines[at].rstrip()[:_WIDEST]) for at in shown if at < len(lines))


def _most_telling(lines: list[str], telling: Telling) -> int:
    """Place of the line with the highest weight of distinct terms, the first of several; 0 where none has any."""
    from axon.embeddings.words import words_of  # noqa: PLC0415  start-up is lazy

    best, place = 0.0, 0
    for at, line in enumerate(lines[1:], 1):
        there = set(chain.from_iterable(map(telling.__getitem__, words_of(line))))
        if there and (weight := sum(telling.terms[term] for term in sorted(there))) > best:
            best, place = weight, at
    return place
