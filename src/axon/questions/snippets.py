"""The lines of a symbol that a query is about.

What flows in: a hit and the terms of the query. What flows out: a few lines of its source as it was indexed.
"""

from collections.abc import Mapping
from typing import Final

from axon.errors import MissingSourceError
from axon.model.answers import SearchHit, SourceLine
from axon.questions.opened import Index

MOST_LINES: Final = 2
"""Lines of one hit."""

_LOOKED_AT: Final = 300  # lines of one symbol
_WIDEST: Final = 200  # characters of a line


def snippet(index: Index, hit: SearchHit, terms: Mapping[str, float], warnings: list[str]) -> tuple[SourceLine, ...]:
    """The line in which the symbol begins, and that which has most of the terms; a warning where there is no source."""
    first = hit.symbol.line
    if not first or hit.symbol.kind == "File":
        return ()
    try:
        lines = index.sources.lines(hit.symbol.path, first, min(hit.end_line, first + _LOOKED_AT))
    except MissingSourceError as error:
        if str(error) not in warnings:
            warnings.append(str(error))
        return ()
    best = _most_telling(lines, terms) if terms else 0
    shown = sorted({0, best})[:MOST_LINES]
    return tuple(SourceLine(first + at, lines[at].rstrip()[:_WIDEST]) for at in shown if at < len(lines))


def _most_telling(lines: list[str], terms: Mapping[str, float]) -> int:
    """Place of the line with the highest weight of distinct terms, the first of several; 0 where none has any."""
    from axon.embeddings.words import WORD, terms_of  # noqa: PLC0415  start-up is lazy

    weights = []
    for line in lines:
        there = {term for word in WORD.findall(line) for term in terms_of(word)}
        weights.append(sum(weight for term, weight in terms.items() if term in there))
    best = max(weights[1:], default=0.0)
    return weights.index(best, 1) if best > 0 else 0
