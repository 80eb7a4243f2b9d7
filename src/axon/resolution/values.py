"""What a name can stand for, as one integer, because the linker handles a value for every use of every name.

A value >= 0 is a node row (a function, a class, a file as a module …). Above `INSTANCES` it is an instance of the class
at `value - INSTANCES`. At or below `EXTERNALS` it is an external symbol, by its number.
"""

from typing import Final, NamedTuple

from axon.model.kinds import Reason, Rule

UNKNOWN: Final = -1  # bound, but to what is not known
MISSING: Final = -2  # not bound at all
EXTERNALS: Final = -10
INSTANCES: Final = 1 << 40

Values = tuple[int, ...]

NOTHING: Final[Values] = ()


class Found(NamedTuple):
    """What an expression stands for. No values: `reason` says why."""

    values: Values
    rule: Rule
    reason: Reason


class Externals:
    """Symbols outside the tree: each dotted name has one number, in order of first mention."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []

    def value(self, name: str) -> int:
        """The value that stands for external symbol `name`."""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self._names)
            self._names.append(name)
        return EXTERNALS - number

    def name(self, value: int) -> str:
        """The dotted name behind an external value."""
        return self._names[EXTERNALS - value]


def is_external(value: int) -> bool:
    """Whether a value lies outside the tree."""
    return value <= EXTERNALS
