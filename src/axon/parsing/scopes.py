"""Which definition holds a byte: nested spans turned into a sorted list of boundaries.

What flows in: the spans of a file's definitions. What flows out: owners by position, one binary search each.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION

_BEFORE_FILE: Final = -1


class Owners:
    """The innermost of some spans at any byte; NO_DEFINITION outside all of them.

    A span begins at `starts[i]` and holds what lies from `insides[i]` to `ends[i]`; spans nest properly and stand in
    order of start. `owners[i]` is the index of the span around span i.
    """

    def __init__(self, starts: Sequence[int], insides: Sequence[int], ends: Sequence[int]) -> None:
        self.owners: list[int] = []
        self._bounds: list[int] = [_BEFORE_FILE]
        self._holders: list[int] = [NO_DEFINITION]
        open_spans: list[int] = []
        for i, start in enumerate(starts):
            while open_spans and ends[open_spans[-1]] <= start:
                self._close(open_spans.pop(), ends)
            self.owners.append(open_spans[-1] if open_spans else NO_DEFINITION)
            open_spans.append(i)
            self._bounds.append(insides[i])
            self._holders.append(i)
        while open_spans:
            self._close(open_spans.pop(), ends)

    def _close(self, i: int, ends: Sequence[int]) -> None:
        """Of spans that end at one byte the outermost is closed last, and a search finds the last of equal bounds."""
        self._bounds.append(ends[i])
        self._holders.append(self.owners[i])

    def pass_over(self, spans: Collection[int]) -> None:
        """Let what lies directly in some spans belong to what is around them; `owners` stay as they are."""
        if not spans:
            return
        outer = dict[int, int]()
        for i in sorted(spans):
            owner = self.owners[i]
            outer[i] = outer.get(owner, owner)
        self._holders = [outer.get(holder, holder) for holder in self._holders]

    def at(self, position: int) -> int:
        """The span that holds a byte."""
        return self._holders[bisect_right(self._bounds, position) - 1]

    def at_all(self, positions: Iterable[int]) -> list[int]:
        """The span that holds each byte; cheapest where they ascend."""
        found: list[int] = []
        at, before = 0, _BEFORE_FILE
        last = len(self._bounds) - 1
        for position in positions:
            if position < before:
                at = bisect_right(self._bounds, position) - 1
            else:
                while at < last and self._bounds[at + 1] <= position:
                    at += 1
            before = position
            found.append(self._holders[at])
        return found
