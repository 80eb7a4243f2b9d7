"""Which documents a search may find, and which of them it puts lower.

What flows in: what a user leaves out. What flows out: a mask and a factor for each document. It does not know scores.
"""

from collections.abc import Collection
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from axon.embeddings.words import WORD, terms_of
from axon.model.kinds import CLASS_CODES, NODE_KINDS, Flag
from axon.search.index import Floats, SearchIndex
from axon.storage.columns import IndexColumns

TEST_FACTOR: Final = 0.7
"""What a test counts where a query is not about tests."""
ASIDE_FACTOR: Final = 0.7
"""What a symbol counts whose file a program wrote, or that is a copy of somebody else's."""
CLASS_FACTOR: Final = 1.1
"""What a class counts: its members have its name as well, and each of them more of the words of a question.

Asked for by the first sentences of 200 classes of Django, sqlalchemy and effect, MRR@10 is .24, .27 and .34 with it,
.19, .21 and .27 without; asked for by those of functions, among symbols of all kinds, at most .013 lower.
"""

_ABOUT_TESTS: Final = frozenset({"test", "fixtur", "mock", "stub"})
_BY_KIND: Final = np.array([CLASS_FACTOR if code in CLASS_CODES else 1 for code in range(len(NODE_KINDS))], np.float32)
_ASIDE: Final = int(Flag.GENERATED | Flag.VENDORED)


class Wanted(Protocol):
    """What a user asked for; empty collections ask for everything. `tests` is 'auto', 'include' or 'exclude'."""

    @property
    def kinds(self) -> Collection[str]: ...
    @property
    def languages(self) -> Collection[str]: ...
    @property
    def paths(self) -> Collection[str]: ...
    @property
    def tests(self) -> str: ...
    def takes_path(self, path: str) -> bool:
        """Whether the files at a path may be found."""


def choose(
    index: SearchIndex, columns: IndexColumns, wanted: Wanted, query: str
) -> tuple[npt.NDArray[np.bool_], Floats]:
    """The documents that may be found, as a mask, and what each one's score is multiplied by."""
    allowed = index.is_live.copy()
    if wanted.kinds:
        codes = [code for code, kind in enumerate(NODE_KINDS) if kind.value in wanted.kinds]
        allowed &= np.isin(index.kinds, codes)
    if wanted.paths or wanted.languages:
        allowed &= _in_files(index, columns, wanted)
    factor = np.where(index.flags & _ASIDE, np.float32(ASIDE_FACTOR), np.float32(1))
    factor *= _BY_KIND[index.kinds]
    is_test = (index.flags & int(Flag.TEST)) != 0
    if wanted.tests == "exclude":
        allowed &= ~is_test
    elif wanted.tests == "auto" and not is_about_tests(query):
        factor = np.where(is_test, factor * np.float32(TEST_FACTOR), factor)
    return allowed, factor.astype(np.float32)


def is_about_tests(query: str) -> bool:
    """Whether a query names tests, so that they are what is looked for."""
    return any(term in _ABOUT_TESTS for word in WORD.findall(query) for term in terms_of(word))


def _in_files(index: SearchIndex, columns: IndexColumns, wanted: Wanted) -> npt.NDArray[np.bool_]:
    chosen = np.zeros(len(index.rows), np.bool_)
    for path, docs in index.files():
        if wanted.paths and not wanted.takes_path(path):
            continue
        if wanted.languages and columns.node(int(index.rows[docs[0]])).language not in wanted.languages:
            continue
        chosen[docs] = True
    return chosen
