"""What the numbers in values stand for, in a form that outlives the evaluation that gave them out.

What flows in: the numberings of a flow. What flows out: the same for another flow to begin with.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from axon.languages.library import Annotation
from axon.resolution.annotated import Binding
from axon.resolution.evaluation import Slot, slot_of
from axon.resolution.generics import Place
from axon.resolution.summaries import InlinePlace
from axon.resolution.values import INSTANCES, SITES, Site

_OF_FILES: Final = (Slot.VERSION, Slot.PARAMETER, Slot.SPREAD, Slot.CALLBACKS)
_OF_SITES: Final = (Slot.ELEMENT, Slot.RESULT)
_OF_KEYS: Final = (Slot.ITEM, Slot.MEMBER)


@dataclass(slots=True)
class Numbers:
    """What the numbers in values stand for."""

    externals: list[str] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    inline: list[InlinePlace] = field(default_factory=list)
    keys: list[tuple[int, str]] = field(default_factory=list)

    def counts(self) -> list[int]:
        """How many there are of each kind, but for external symbols, which stay for good."""
        return [len(items) for items in self._all()]

    def cut(self, counts: Sequence[int]) -> None:
        """Take back what was given out since there were so many."""
        for items, count in zip(self._all(), counts, strict=True):
            del items[count:]

    def _all(self) -> Sequence[list[Any]]:
        return self.sites, self.annotations, self.bindings, self.places, self.inline, self.keys


def file_of(key: int, numbers: Numbers, place: Callable[[int], tuple[int, int]]) -> int:
    """The file that a slot belongs to; `place` tells file and definition of a node row."""
    slot, row, file = slot_of(key)
    if slot in _OF_FILES:
        return file
    if slot is Slot.INLINE:
        return numbers.inline[row][0]
    if slot in _OF_KEYS:
        row = numbers.keys[row][0]
        if row < SITES:
            return place(row - INSTANCES if row >= INSTANCES else row)[0]
    elif slot not in _OF_SITES:
        return place(row)[0]
    return numbers.sites[row - SITES].file
