"""Possible calls: members that a subclass defines anew, where the receiver may be an instance of it.

What flows in: all classes. What flows out: the definitions of a member below a class. They are evidence of their own
kind, never counted as calls that are known.
"""

from typing import Final

from axon.model.kinds import CLASS_KINDS, NODE_KINDS, Flag, NodeKind
from axon.resolution.names import Names
from axon.resolution.values import NOTHING, Values, is_external

_CLASS_CODES: Final = frozenset(NODE_KINDS.index(kind) for kind in CLASS_KINDS)
_MEMBERS: Final = frozenset(NODE_KINDS.index(kind) for kind in (NodeKind.METHOD, NodeKind.PROPERTY))
_OVERLOAD: Final = int(Flag.OVERLOAD)
_MOST_OVERRIDES: Final = 16


class Overrides:
    """Definitions of members below classes; where there are too many to mean something, none are given."""

    def __init__(self, names: Names) -> None:
        self._children: dict[int, list[int]] = {}
        self._definers: dict[str, dict[int, int]] = {}  # member name -> class -> its own definition
        kinds = names.assembly.kind
        for row, kind in enumerate(kinds):
            if kind in _CLASS_CODES:
                for base in names.classes.heritage.bases(row):
                    if not is_external(base):
                        self._children.setdefault(base, []).append(row)
        for owner, row in names.assembly.defines:
            if kinds[row] in _MEMBERS and kinds[owner] in _CLASS_CODES and not names.assembly.flags[row] & _OVERLOAD:
                self._definers.setdefault(names.assembly.names[row], {}).setdefault(owner, row)
        self._below: dict[int, frozenset[int]] = {}
        self._known: dict[tuple[int, str], Values] = {}

    def below(self, row: int, name: str) -> Values:
        """The methods and fields called `name` that subclasses of the class at a node row define."""
        if row not in self._children:
            return NOTHING
        known = self._known.get((row, name))
        if known is None:
            known = self._known[row, name] = self._find(row, name)
        return known

    def _find(self, row: int, name: str) -> Values:
        """Looks through the fewer of the two: the classes below, and the classes that define the name."""
        definers = self._definers.get(name)
        if not definers:
            return NOTHING
        below = self._subclasses(row)
        fewer, others = (definers, below) if len(definers) < len(below) else (below, definers)
        found: list[int] = []
        for owner in fewer:
            if owner in others:
                found.append(definers[owner])
                if len(found) > _MOST_OVERRIDES:
                    return NOTHING
        return tuple(sorted(found))

    def _subclasses(self, row: int) -> frozenset[int]:
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
