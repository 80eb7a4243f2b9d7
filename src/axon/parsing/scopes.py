"""Which definition holds a byte: nested spans turned into a sorted list of boundaries.

What flows in: the spans of a file's definitions. What flows out: owners by position, one binary search each.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION

_BEFORE_FILE: Final = -1


class Owners:
    """The innermost of some nested spans at any byte; NO_DEFINITION outside all of them.

    `spans` are (start, end) in order of start, properly nested; `owners[i]` is the index of what holds span i, a
    smaller one. Answers are indexes, or what `names` gives for them.
    """

    def __init__(
        self, spans: Sequence[tuple[int, int]], owners: Sequence[int], names: Sequence[int] | None = None
    ) -> None:
        # At one byte spans close before others open; of those that close the outermost comes last and decides, of
        # those that open the innermost.
        closing = [(end, 0, -i, owners[i]) for i, (start, end) in enumerate(spans) if end > start]
        opening = [(start, 1, i, i) for i, (start, end) in enumerate(spans) if end > start]
        events = sorted(closing + opening)
        inside = [event[3] for event in events]
        if names is not None:
            inside = [names[i] if i != NO_DEFINITION else NO_DEFINITION for i in inside]
        self._bounds = [_BEFORE_FILE] + [event[0] for event in events]
        self._owners = [NO_DEFINITION, *inside]

    def at(self, position: int) -> int:
        return self._owners[bisect_right(self._bounds, position) - 1]

    def at_all(self, positions: Iterable[int]) -> list[int]:
        bounds, owners = self._bounds, self._owners
        return [owners[bisect_right(bounds, position) - 1] for position in positions]


def nesting(spans: Sequence[tuple[int, int]]) -> list[int]:
    """For each of some nested spans, in order of start, the index of the innermost span around it."""
    owners: list[int] = []
    open_spans: list[int] = []
    for i, (start, _) in enumerate(spans):
        while open_spans and spans[open_spans[-1]][1] <= start:
            open_spans.pop()
        owners.append(open_spans[-1] if open_spans else NO_DEFINITION)
        open_spans.append(i)
    return owners
