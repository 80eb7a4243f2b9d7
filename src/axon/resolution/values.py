"""What a name can stand for, as one integer, because the linker handles a value for every use of every name.

A value >= 0 is a node row (a function, a class, a file as a module …). Above `INSTANCES` it is an instance of the class
at `value - INSTANCES`. Above `SITES` it is what one expression makes (a container, a lambda, a generator …), by its
number; above `PASSED` what the call at hand passes for a parameter. At or below `EXTERNALS` it is an external symbol,
by its number: an instance of an external class is not told from the class.
"""

from enum import IntEnum
from typing import Final, Generic, NamedTuple, TypeVar

from axon.model.kinds import Reason, Rule
from axon.resolution.library_types import LibraryTypes

UNKNOWN: Final = -1  # bound, but to what is not known
MISSING: Final = -2  # not bound at all
RECEIVER: Final = -3  # what the method at hand was called on
MANY: Final = -4  # so much that nothing is said of it; a set that takes it in is it alone
CALLED: Final = -5  # as a receiver: the first argument of the call is what it is called on
APPLIED: Final = -6  # as a receiver: what the function is given is not told by its place
EXTERNALS: Final = -10
INSTANCES: Final = 1 << 40
SITES: Final = 1 << 41
PASSED: Final = 1 << 42
OPEN: Final = 1 << 43  # above it: results whose annotation names a type variable, filled in at the call

_SHIFT: Final = 24

Values = tuple[int, ...]
_T = TypeVar("_T")

NOTHING: Final[Values] = ()


class Found:
    """What an expression stands for. No values: `reason` says why. Not changed once it is made."""

    __slots__ = ("reason", "rule", "values")  # no tuple: compiled code makes and reads it in a fraction of the time

    def __init__(self, values: Values, rule: Rule, reason: Reason) -> None:
        self.values, self.rule, self.reason = values, rule, reason


class Numbering(Generic[_T]):
    """Things by number, in order of first mention; those that were given before are in a list, which grows."""

    def __init__(self, items: list[_T] | None = None) -> None:
        self.items = [] if items is None else items
        self._numbers = {item: number for number, item in enumerate(self.items)}

    def number(self, item: _T) -> int:
        """The number of a thing, a new one where it has none yet."""
        number = self._numbers.get(item)
        if number is None:
            number = self._numbers[item] = len(self.items)
            self.items.append(item)
        return number


class Externals(Numbering[str]):
    """Symbols outside the tree, by dotted name; `types` is what stubs say of them."""

    types: LibraryTypes = LibraryTypes({})

    def value(self, name: str) -> int:
        """The value that stands for external symbol `name`."""
        number = self._numbers.get(name)
        return EXTERNALS - (self.number(name) if number is None else number)

    def name(self, value: int) -> str:
        """The dotted name behind an external value."""
        return self.items[EXTERNALS - value]


class Role(IntEnum):
    """What the value of a site is."""

    CONTAINER = 0  # the elements that a display or comprehension lists
    FUNCTION = 1  # a function without a name
    GENERATOR = 2  # what calling the generator function at node row `row` gives
    ANNOTATED = 3  # an instance of a generic type; `row` is the number of the annotation
    PARTIAL = 4  # a call that is kept back: `row` is the call that keeps it
    RESULTS = 5  # the results of calling the first argument of call `row` with elements of the second
    PAIRS = 6  # pairs of a number and an element of the first argument of call `row`
    ROWS = 7  # tuples of elements, one of each argument of call `row`
    ITEMS = 8  # pairs of key and value of the mapping at site `row`
    REFERENCE = 9  # a call of it gives the first argument of call `row`
    SPREAD = 10  # what a parameter that takes further arguments holds; `row` is the parameter
    REST = 11  # some of what the value `row` holds: from element `position` on, any where that is below 0
    PLACES = 12  # the arguments of call `row`, in their places
    VALUES = 13  # the values of the mapping whose method call `row` calls
    ACCESSOR = 14  # a field of it runs the first argument of call `row` when it is read
    GENERIC = 15  # an instance of a generic class of the tree; `row` is the number of the annotation
    NAMED = 16  # an attribute of the first argument of call `row`, of whose name the second tells a part
    MADE = 17  # the container that call `row` of the library makes, with nothing in it
    DEFAULT = 18  # the container that the first argument of call `row` makes for a key that is not there
    VARIANTS = 19  # what a provider is handed that is run for each element of `row`
    CALLBACKS = 20  # any of the functions that callers pass for parameter `row`, where these are many


class Site(NamedTuple):
    """An expression that makes a value, and where its names are looked up; `row` is an expression where not said."""

    role: Role
    file: int
    scope: int
    position: int
    row: int


class Sites(Numbering[Site]):
    """What makes values."""

    def value(self, site: Site) -> int:
        """The value that stands for what a site makes."""
        number = self._numbers.get(site)
        return SITES + (self.number(site) if number is None else number)

    def site(self, value: int) -> Site:
        """The site behind a value."""
        return self.items[value - SITES]


def is_instance(value: int) -> bool:
    """Whether a value is an instance of a class of the tree."""
    return INSTANCES <= value < SITES


def is_site(value: int) -> bool:
    """Whether a value is what one expression makes."""
    return SITES <= value < PASSED


def passed(file: int, parameter: int) -> int:
    """The value that stands for what is passed for a parameter of a file."""
    return PASSED + (file << _SHIFT | parameter)


def parameter_of(value: int) -> tuple[int, int]:
    """File and parameter of such a value."""
    return (value - PASSED) >> _SHIFT, (value - PASSED) & ((1 << _SHIFT) - 1)


def is_external(value: int) -> bool:
    """Whether a value lies outside the tree."""
    return value <= EXTERNALS
