"""Words and names that are nearly those that were typed.

What flows in: a word, and the terms or names that there are. What flows out: the nearest of them, by the number of
typos between: letters that are missing, too many, wrong or swapped (optimal string alignment).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from axon.model.kinds import NODE_KINDS, NodeKind
from axon.search.index import SearchIndex
from axon.storage.columns import IndexColumns

_SHORT: Final = 4  # a word of fewer letters with a typo is any other word
_ONE_TYPO: Final = 6  # up to so many letters one typo is allowed, above that two
_TERMS: Final = 3
_NAMES: Final = 200
_EXTERNAL: Final = NODE_KINDS.index(NodeKind.EXTERNAL)


def allowed_typos(word: str) -> int:
    """How many typos a word of this length may have."""
    return 0 if len(word) < _SHORT else 1 if len(word) <= _ONE_TYPO else 2


def nearest(index: SearchIndex, words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """For each word that is near to terms of the index: the nearest, at most three; others are left out."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415  only where something was not found
    from rapidfuzz.process import extract  # noqa: PLC0415  likewise

    wanted = [word for word in words if allowed_typos(word)]
    if not wanted:
        return {}
    vocabulary = sorted(set(index.vocabulary()))
    found: dict[str, tuple[str, ...]] = {}
    for word in wanted:
        near = extract(word, vocabulary, scorer=OSA.distance, score_cutoff=allowed_typos(word), limit=_NAMES)
        live = [(int(distance), term) for term, distance, _ in near if index.matches([term])]
        if live:
            least = min(live)[0]
            frequent = sorted(
                (-len(index.matches([term])[0].docs), term) for distance, term in live if distance == least
            )
            found[word] = tuple(term for _, term in frequent[:_TERMS])
    return found


def names_near(columns: IndexColumns, text: str, limit: int) -> list[tuple[int, str]]:
    """(typos, name) of the names of symbols that are nearest to `text`, case ignored, the nearest first."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415  only where something was not found
    from rapidfuzz.process import extract  # noqa: PLC0415  likewise

    typed, most = text.casefold(), allowed_typos(text)
    if not most:
        return []
    names = columns.names()
    folded = [name.casefold() for name in names]
    near = extract(typed, folded, scorer=OSA.distance, score_cutoff=most, limit=_NAMES)
    kinds = columns.numbers("node", "kind")
    found = [
        (int(distance), names[code])
        for _, distance, code in near
        if any(kinds[row] != _EXTERNAL for row in columns.rows_named(names[code]))
    ]
    return sorted(found, key=lambda pair: (pair[0], pair[1][:1].casefold() != typed[:1], pair[1]))[:limit]
