"""What the parts of type flow ask of each other.

What flows in: nothing. What flows out: the vocabulary of an evaluation: where an expression stands, what slots there
are, and the interface of the one who evaluates.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from axon.languages.language import Language
from axon.model.facts import FileFacts
from axon.resolution.names import Names
from axon.resolution.reaching import Reaching
from axon.resolution.slots import Slots
from axon.resolution.values import UNKNOWN, Role, Site, Sites, Values, is_site

# Plain tuples, because the linker makes one for every use of every name.
At = tuple[int, int, int]  # where an expression is evaluated: a file, a definition in it (the scope), a byte
Callee = tuple[int, int]  # a value that is called, and what it is an attribute of; UNKNOWN where it is none

_SLOT_BITS: Final = 4
_ROW_BITS: Final = 44  # of a node row, a row of facts, or the value of a site


class Slot(IntEnum):
    """What a slot holds the values of."""

    VERSION = 0  # a flow of a file
    STORED = 1  # a variable or field, by node row
    RETURNED = 2  # what calling a function gives, by node row
    YIELDED = 3  # what a generator yields, by node row
    PARAMETER = 4  # a parameter of a file
    DECORATED = 5  # the name of a decorated definition, by node row
    ELEMENT = 6  # what iterating the value of a site gives, by value
    RESULT = 7  # what calling the value of a site gives, by value
    ITEM = 8  # what stands under a key of the value of a site, by a number of both
    SPREAD = 9  # an element of what a parameter of a file takes that takes further arguments
    INFERRED = 10  # what the body of a function gives whose annotation names type variables, by node row
    INLINE = 11  # a parameter of a function without a name, by a number of the place that binds it
    MEMBER = 12  # an attribute of a value of which no definition tells it, by a number of both
    RECEIVED = 13  # what a function that no class holds is called on, by node row
    SIGNATURE = 14  # no values: the parameters of a function and what it says that it returns, by node row
    CALLBACKS = 15  # no values: the functions that callers pass for a parameter of a file, where these are many


_SLOTS: Final = tuple(Slot)


def slot_key(slot: Slot, row: int, file: int = 0) -> int:
    """The key of a slot."""
    return (file << _ROW_BITS | row) << _SLOT_BITS | slot


def slot_of(key: int) -> tuple[Slot, int, int]:
    """Slot, row and file of a key."""
    return _SLOTS[key & 15], (key >> _SLOT_BITS) & ((1 << _ROW_BITS) - 1), key >> (_SLOT_BITS + _ROW_BITS)


class Evaluator(ABC):
    """Values of expressions, wherever they stand."""

    names: Names
    sites: Sites
    slots: Slots

    @abstractmethod
    def values(self, at: At, row: int) -> Values:
        """What an expression stands for at a place."""

    @abstractmethod
    def read(self, values: Values, name: str) -> Values:
        """What an attribute of values holds."""

    @abstractmethod
    def attribute(self, value: int, name: str) -> Values:
        """The definitions that an attribute of a value means, unread."""

    @abstractmethod
    def dereferenced(self, value: int, receiver: int) -> Values:
        """What a definition that is an attribute of a receiver holds when it is read."""

    @abstractmethod
    def callees(self, at: At, row: int) -> Sequence[Callee]:
        """What calling an expression calls."""

    def note_signature(self, row: int) -> None:
        """Note that the signature of a function is read, at a node row."""
        self.slots.note(slot_key(Slot.SIGNATURE, row))

    def callbacks(self, site: Site) -> tuple[int, int]:
        """File and row of the parameter for which callers pass many functions; notes that these are read."""
        self.slots.note(slot_key(Slot.CALLBACKS, site.row, site.file))
        return site.file, site.row

    def passed_anywhere(self, file: int, parameter: int) -> Values:
        """What a parameter holds whichever call it is; of many functions a single call says which it passes."""
        values = self.slot(Slot.PARAMETER, parameter, file)
        if not any(is_site(value) for value in values):
            return values
        is_many = (is_site(value) and self.sites.site(value).role is Role.CALLBACKS for value in values)
        return tuple(UNKNOWN if many else value for value, many in zip(values, is_many, strict=True))

    @abstractmethod
    def slot(self, slot: Slot, row: int, file: int = 0) -> Values:
        """The values of a slot."""

    @abstractmethod
    def decorators(self, row: int) -> Sequence[tuple[int, int, int]]:
        """(file, scope, reference) of the decorators of a definition, the outermost first."""

    @abstractmethod
    def place(self, row: int) -> tuple[int, int]:
        """File and definition of a node row."""

    @abstractmethod
    def reaching(self, file: int) -> Reaching:
        """The flows of a file."""

    @abstractmethod
    def facts(self, file: int) -> FileFacts:
        """The facts of a file."""

    @abstractmethod
    def language(self, file: int) -> Language:
        """The language of a file."""

    @abstractmethod
    def path(self, at: At, text: str) -> Values:
        """What a dotted name stands for at a place."""

    @abstractmethod
    def elements(self, values: Values) -> Values:
        """An element of what is iterated."""

    @abstractmethod
    def told(self, values: Values, how: int) -> Values:
        """What a type variable stands for which values of an argument tell."""

    @abstractmethod
    def listed(self, file: int, argument: int) -> list[tuple[str, int]]:
        """(keyword, expression) of arguments, from the first ARGUMENT on; '' for positional ones."""

    @abstractmethod
    def instance(self, value: int) -> int:
        """The instance that the value of a generic site is; any other value itself."""

    @abstractmethod
    def items(self, values: Values) -> Values:
        """What stands under some key of values."""

    @abstractmethod
    def callable_result(self, site: Site) -> Values:
        """What calling something of the annotated type of a site gives."""

    @abstractmethod
    def parameters(self, file: int, definition: int) -> Sequence[int]:
        """Rows of the parameters of a function, in order."""

    @abstractmethod
    def filled(self, values: Values, callee: Callee, at: At, row: int) -> Values:
        """Values of a summary, with the receiver and the arguments of a call in their places."""

    @abstractmethod
    def external_result(self, value: int) -> int:
        """What an external value gives when it is called."""

    @abstractmethod
    def behind(self, at: At, row: int, name: str) -> Sequence[Callee] | None:
        """What an attribute of a receiver that stands for the classes behind one's own means; None for any other."""

    @abstractmethod
    def wholes(self, value: int) -> Sequence[int]:
        """Keys of the slots of what a module offers in its own place."""

    @abstractmethod
    def offered(self, file: int, imported: int) -> Sequence[int]:
        """Keys of the slots of what an import row takes that its module is only assigned."""

    @abstractmethod
    def inline_number(self, file: int, name: str, position: int) -> int:
        """The number of a parameter of the function without a name around a byte."""
