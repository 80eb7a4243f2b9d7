"""Texts as places in sorted tables, and what was made of columns once and need not be made again.

What flows in: columns of texts. What flows out: tables and codes. It does not know what the texts mean.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Self, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Codes: TypeAlias = npt.NDArray[np.uint32]
_T = TypeVar("_T")


class Interned:
    """A sorted table of distinct texts."""

    def __init__(self, table: Sequence[str]) -> None:
        """`table` is sorted already; `of` sorts."""
        self.table = table

    @classmethod
    def of(cls, texts: Iterable[str], key: Any = None) -> Self:
        """The table of some texts, in the order of their keys."""
        return cls(sorted(dict.fromkeys(texts), key=key))

    @cached_property
    def _code_of(self) -> dict[str, int]:
        return {text: code for code, text in enumerate(self.table)}

    def codes(self, texts: Sequence[str]) -> Codes:
        """The place of each text in the table."""
        return np.fromiter(map(self._code_of.__getitem__, texts), np.uint32, len(texts))


class Made:
    """What was made of columns, for as long as they are the very same objects, or equal sets."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[object, ...], Any]] = {}
        self._sets: dict[str, set[str]] = {}

    def of(self, what: str, make: Callable[[], _T], *sources: object) -> _T:
        """What `make` gives, or gave for these sources."""
        known = self._made.get(what)
        if known is None or any(a is not b for a, b in zip(known[0], sources, strict=True)):
            known = self._made[what] = sources, make()
        made: _T = known[1]
        return made

    def keep(self, what: str, made: _T, *sources: object) -> _T:
        """Say what was made of these sources, for `of` to give."""
        self._made[what] = sources, made
        return made

    def equal(self, what: str, texts: set[str]) -> set[str]:
        """The set of before where it is equal to this one."""
        if self._sets.get(what) != texts:
            self._sets[what] = texts
        return self._sets[what]
