"""Possible calls: members that instances of a subclass have anew, where the receiver may be one of them.

What flows in: all classes. What flows out: the definitions of a member that subclasses of a class have in its place:
their own, and those of classes that they mix in. They are evidence of their own kind, never counted as calls that are
known, unless a class that lacks the member is mixed into classes that all have the same one.
"""

from collections.abc import Collection, Container, Iterator, Mapping
from typing import Final

from axon.model.kinds import CLASS_CODES, NODE_KINDS, Flag, NodeKind
from axon.resolution.names import Names
from axon.resolution.texts import fitting
from axon.resolution.values import NOTHING, Values, is_external

_MEMBERS: Final = frozenset(NODE_KINDS.index(kind) for kind in (NodeKind.METHOD, NodeKind.PROPERTY))
_OVERLOAD: Final = int(Flag.OVERLOAD)
_MOST_OVERRIDES: Final = 64
_MOST_FITTING: Final = 256


class Overrides:
    """Definitions of members below classes; where there are too many to mean something, none are given."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._children: dict[int, list[int]] = {}
        self._definers: dict[str, dict[int, int]] = {}  # member name -> class -> its own definition
        kinds = names.assembly.kind
        for row, kind in enumerate(kinds):
            if kind in CLASS_CODES:
                for base in names.classes.heritage.bases(row):
                    if not is_external(base):
                        self._children.setdefault(base, []).append(row)
        for owner, row in names.assembly.defines:
            if kinds[row] in _MEMBERS and kinds[owner] in CLASS_CODES and not names.assembly.flags[row] & _OVERLOAD:
                self._definers.setdefault(names.assembly.names[row], {}).setdefault(owner, row)
        self._below: dict[int, frozenset[int]] = {}
        self._beside: dict[int, dict[int, list[int]]] = {}
        self._known: dict[tuple[int, str], Values] = {}
        self._outside: dict[tuple[int, str], Values] = {}
        self._joined: dict[int, list[int]] = {}
        self._methods: dict[int, list[tuple[str, int]]] = {}  # class -> its members, each with its name
        self._fitting: dict[tuple[int, str], Values] = {}

    def below(self, row: int, name: str) -> Values:
        """The methods and fields called `name` that instances of subclasses have in place of what the class has."""
        if row not in self._children:
            return NOTHING
        known = self._known.get((row, name))
        if known is None:
            known = self._known[row, name] = self._find(row, name)
        return known

    def _find(self, row: int, name: str) -> Values:
        definers = self._definers.get(name)
        if not definers:
            return NOTHING
        found: list[int] = []
        for owner in (*_common(definers, self.subclasses(row)), *self._mixed_in(row, definers)):
            found.append(definers[owner])
            if len(found) > _MOST_OVERRIDES:
                return NOTHING
        return tuple(sorted(found))

    def _mixed_in(self, row: int, definers: Mapping[int, int]) -> Iterator[int]:
        """The classes neither above nor below one that a subclass of it asks first."""
        beside = self._classes_beside(row)
        for owner in _common(definers, beside):
            if any(self._first(subclass, definers) == owner for subclass in beside[owner]):
                yield owner

    def _first(self, row: int, definers: Container[int]) -> int | None:
        """The class that answers for a name along the MRO of a class."""
        return next((base for base in self._names.classes.heritage.order(row) if base in definers), None)

    def fitting(self, row: int, pattern: str) -> Values:
        """The methods whose names fit a pattern, of a class, of those behind it and of those below it."""
        known = self._fitting.get((row, pattern))
        if known is None:
            if not self._methods:
                for name, by_class in self._definers.items():
                    for owner, member in by_class.items():
                        self._methods.setdefault(owner, []).append((name, member))
            order = self._names.classes.heritage.order(row)
            owners = {*order, *self.subclasses(row)}
            fits = fitting(pattern).fullmatch
            found = [m for owner in owners for name, m in self._methods.get(owner, ()) if fits(name)]
            callable_ones = sorted(member for member in found if self._names.is_callable(member))
            known = tuple(callable_ones) if len(callable_ones) <= _MOST_FITTING else NOTHING
            self._fitting[row, pattern] = known
        return known

    def members(self, name: str) -> Mapping[int, int]:
        """All methods and fields called `name`, by the class that defines them; the first of each."""
        return self._definers.get(name, {})

    def holder_below(self, row: int, member: int, owner: int) -> int | None:
        """A class below one at a node row whose instances have a member that `owner` defines; the first of them."""
        if owner in self.subclasses(row):
            return owner
        definers = self._definers.get(self._names.assembly.names[member], {})
        beside = self._classes_beside(row).get(owner, ())
        return next((subclass for subclass in beside if self._first(subclass, definers) == owner), None)

    def outside(self, row: int, name: str) -> Values:
        """The external member called `name` that instances of subclasses have, where there is only one such."""
        known = self._outside.get((row, name))
        if known is None:
            classes = self._names.classes
            orders = map(classes.heritage.order, self._joints(row))
            found = {value for order in orders for value in classes.outside(order, name)}
            known = self._outside[row, name] = tuple(found) if len(found) == 1 else NOTHING
        return known

    def holder_outside(self, row: int, name: str) -> int | None:
        """The first of the subclasses whose instances have the external member that `outside` tells."""
        classes = self._names.classes
        return next((j for j in self._joints(row) if classes.outside(classes.heritage.order(j), name)), None)

    def _joints(self, row: int) -> list[int]:
        """The subclasses that have several bases; the others have what their only base has, or define it."""
        known = self._joined.get(row)
        if known is None:
            bases = self._names.classes.heritage.bases
            known = self._joined[row] = sorted(child for child in self.subclasses(row) if len(bases(child)) > 1)
        return known

    def _classes_beside(self, row: int) -> dict[int, list[int]]:
        """The classes of the tree that subclasses of one mix in, each with these subclasses."""
        known = self._beside.get(row)
        if known is None:
            known = self._beside[row] = {}
            order, below = self._names.classes.heritage.order, self.subclasses(row)
            own = frozenset(order(row))
            for subclass in self._joints(row):
                for base in order(subclass):
                    if base not in below and base not in own and not is_external(base):
                        known.setdefault(base, []).append(subclass)
        return known

    def subclasses(self, row: int) -> frozenset[int]:
        """All classes below one."""
        known = self._below.get(row)
        if known is None:
            found: set[int] = set()
            waiting = list(self._children.get(row, ()))
            while waiting:
                child = waiting.pop()
                if child not in found:
                    found.add(child)
                    waiting.extend(self._children.get(child, ()))
            found.discard(row)
            known = self._below[row] = frozenset(found)
        return known


def _common(some: Collection[int], others: Collection[int]) -> Iterator[int]:
    """What two collections share; looks through the shorter one."""
    fewer, more = (some, others) if len(some) < len(others) else (others, some)
    return (item for item in fewer if item in more)
