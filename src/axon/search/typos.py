"""Words and names that are nearly those that were typed.

What flows in: a word, and the terms or names that there are. What flows out: the nearest of them, by the number of
typos between: letters that are missing, too many, wrong or swapped (Damerau and Levenshtein; a letter may come between
two that were swapped).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from axon.model.kinds import NODE_KINDS, NodeKind
from axon.search.index import SearchIndex
from axon.storage.columns import IndexColumns

_SHORT: Final = 4  # a word of fewer letters with a typo is any other word
_ONE_TYPO: Final = 6  # up to so many letters one typo is allowed, above that two
_MOST: Final = 2
_TERMS: Final = 3
_NAMES: Final = 200
_EXTERNAL: Final = NODE_KINDS.index(NodeKind.EXTERNAL)


def allowed_typos(word: str) -> int:
    """How many typos a word of this length may have."""
    return 0 if len(word) < _SHORT else 1 if len(word) <= _ONE_TYPO else _MOST


def nearest(index: SearchIndex, words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """For each word that is near to terms of the index: the nearest, at most three; others are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        most = allowed_typos(word)
        near = {(typos, terms[at]) for terms in index.vocabularies for typos, at in _near(word, terms, most)}
        live = [(typos, match) for typos, term in sorted(near)[:_NAMES] for match in index.matches([term])]
        if live:
            frequent = sorted((-len(match.docs), match.term) for typos, match in live if typos == live[0][0])
            found[word] = tuple(term for _, term in frequent[:_TERMS])
    return found


def names_near(columns: IndexColumns, text: str, limit: int) -> list[tuple[int, str]]:
    """(typos, name) of the names of symbols that are nearest to `text`, the nearest first.

    Case counts only between names that are as near otherwise. Where few letters were typed, a long name may lack two of
    them if it begins alike.
    """
    from rapidfuzz.distance import OSA  # noqa: PLC0415  only where something was not found

    typed, most = text.casefold(), allowed_typos(text)
    kinds = columns.numbers("node", "kind")
    found = []
    for typos, at in _near(typed, columns.folded_names, _MOST if most else 0):
        name = columns.name_at(at)
        begins_alike = name[:1].casefold() == typed[:1]
        is_near = typos <= most or (begins_alike and allowed_typos(name) == _MOST)
        if is_near and any(kinds[row] != _EXTERNAL for row in columns.rows_named(name)):
            found.append((typos, not begins_alike, int(OSA.distance(name, text)), name))
    return [(typos, name) for typos, _, _, name in sorted(found)[:limit]]


def _near(word: str, known: Sequence[str], most: int) -> list[tuple[int, int]]:
    """(typos, place) of what has at most so many typos."""
    from rapidfuzz.distance import OSA, DamerauLevenshtein  # noqa: PLC0415  only where something was not found
    from rapidfuzz.process import extract  # noqa: PLC0415  likewise

    if not most:
        return []
    # OSA is compared much sooner, and counts one more where a letter stands between two that were swapped.
    near = extract(word, known, scorer=OSA.distance, score_cutoff=most + (most > 1), limit=None)
    counted = [(int(n) if n <= 1 else DamerauLevenshtein.distance(word, text), at) for text, n, at in near]
    return [(typos, at) for typos, at in counted if typos <= most]
