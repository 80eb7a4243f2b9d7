"""Slots: sets of values that depend on each other, computed to their least fixed point.

What flows in: a function that computes one slot from others. What flows out: the values of the slots that were asked
for. A slot is computed when it is first read; one that reads a slot which may still grow is computed again when it has.
The functions are monotone over sets of values, and a set above `MOST_VALUES` becomes MANY, which absorbs whatever joins
it, so that the least fixed point is one and the order of reading does not show (Tarski; Kildall, "A Unified Approach to
Global Program Optimization", 1973).
"""

from collections.abc import Callable, Iterable
from typing import Final

from axon.resolution.values import MANY, NOTHING, Values

MOST_VALUES: Final = 8
_MOST_NESTED: Final = 20
_WHOLE: Final[Values] = (MANY,)
_WATCHER: Final = -1


def joined(values: Iterable[int]) -> Values:
    """Values in order, each once; MANY alone where there are too many."""
    distinct = set(values)
    if len(distinct) < 2:
        return tuple(distinct)
    return _WHOLE if MANY in distinct or len(distinct) > MOST_VALUES else tuple(sorted(distinct))


class Slots:
    """Values by key, an int that the one who computes them gives meaning to."""

    def __init__(self, compute: Callable[[int], Values]) -> None:
        self._compute = compute
        self._values: dict[int, Values] = {}
        self._readers: dict[int, set[int]] = {}  # of slots that may still grow
        self._open: list[int] = []
        self._grows: list[bool] = []  # for each open slot: did it read one that may still grow
        self._waiting: dict[int, None] = {}
        self.computed = 0  # how often a slot was computed

    def read(self, key: int) -> Values:
        """The values of a slot, as far as they are known."""
        values = self._values.get(key)
        if values is None:
            if len(self._open) >= _MOST_NESTED:
                self._values[key] = values = NOTHING
                self._readers[key] = set()
                self._waiting[key] = None
            else:
                values = self._first(key)
        readers = self._readers.get(key)
        if readers is not None and self._open:
            if self._open[-1] != _WATCHER:
                readers.add(self._open[-1])
            self._grows[-1] = True
        return values

    def _first(self, key: int) -> Values:
        self._values[key] = NOTHING
        self._readers[key] = set()
        values, grows = self._evaluate(key)
        self._values[key] = values
        readers = self._readers[key]
        if not grows and not readers:
            del self._readers[key]  # nothing that it read can change any more
        elif values:
            self._waiting.update(dict.fromkeys(sorted(readers)))
        return values

    def _evaluate(self, key: int) -> tuple[Values, bool]:
        self._open.append(key)
        self._grows.append(False)
        self.computed += 1
        try:
            return self._compute(key), self._grows[-1]
        finally:
            self._open.pop()
            self._grows.pop()

    def keep_open(self) -> None:
        """Say, while a slot is computed, that it may grow for a reason of its own."""
        if self._grows:
            self._grows[-1] = True

    def settle(self) -> None:
        """Compute again whatever read a slot that has grown, until nothing grows."""
        while self._waiting:
            key = next(iter(self._waiting))
            del self._waiting[key]
            values, _ = self._evaluate(key)
            if values != self._values[key]:
                self._values[key] = values
                self._waiting.update(dict.fromkeys(sorted(self._readers.get(key, ()))))

    def renew(self, key: int) -> None:
        """Compute a slot again when things settle next, because what it is made of has grown."""
        if key in self._values:
            self._waiting[key] = None

    def begin_watch(self) -> None:
        """From here on, up to `end_watch`, note whether a slot that is read may still grow."""
        self._open.append(_WATCHER)
        self._grows.append(False)

    def end_watch(self) -> bool:
        """Whether a slot that was read since `begin_watch` may still grow."""
        self._open.pop()
        return self._grows.pop()
