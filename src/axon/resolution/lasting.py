"""What is known of expressions for good, and for more places than the one where it was found.

What flows in: what was found of an expression at a place, once nothing that it read can change any more and nothing
that it read depends on the byte where it stands. What flows out: the same, wherever in its scope the expression stands
as well; in all inner scopes of its file, where what it read does not depend on the scope either.
"""

from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from axon.model.facts import NO_DEFINITION
from axon.resolution.evaluation import At
from axon.resolution.scopes import FileScopes
from axon.resolution.slots import Slots

_T = TypeVar("_T")
_ROW_BITS: Final = 32


class Lasting(Generic[_T]):
    """Results by row of an expression, file by file."""

    def __init__(self, scopes: Sequence[FileScopes]) -> None:
        self._scopes = scopes
        self._inner: list[list[_T | None] | None] = [None] * len(scopes)  # by file and row
        self._scoped: list[dict[int, _T] | None] = [None] * len(scopes)  # by file, scope and row

    def get(self, slots: Slots, at: At, row: int) -> _T | None:
        """What is known of an expression at a place, None for nothing; notes in the slots what it depends on."""
        file, scope, _ = at
        if scope != NO_DEFINITION:
            inner = self._inner[file]
            if inner is not None:
                found = inner[row]
                if found is not None:
                    return found
        scoped = self._scoped[file]
        if scoped is None:
            return None
        known = scoped.get(scope << _ROW_BITS | row)
        if known is not None:
            slots.scoped += 1
        return known

    def keep(self, at: At, row: int, found: _T, *, is_inner: bool) -> None:
        """Keep what was found at a place; `is_inner` where it does not depend on the scope, if that is no file."""
        file, scope, _ = at
        if is_inner and scope != NO_DEFINITION:
            inner = self._inner[file]
            if inner is None:
                inner = self._inner[file] = [None] * len(self._scopes[file].facts.expressions.kind)
            inner[row] = found
            return
        scoped = self._scoped[file]
        if scoped is None:
            scoped = self._scoped[file] = {}
        scoped[scope << _ROW_BITS | row] = found
