"""Families: methods and accessors that a name alone shows, because the tree has no other of that name.

What flows in: all classes. What flows out: for a name its only family: the definitions of one hierarchy, few enough to
mean something. A name that builtin or well-known library types have as well shows nothing. This is the only rule that
looks a name up in the whole tree, and it holds for receivers of which nothing else is known.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from axon.languages import named
from axon.model.kinds import CLASS_CODES, NODE_KINDS, Flag, NodeKind
from axon.resolution.names import Names
from axon.resolution.values import is_external

_METHOD: Final = NODE_KINDS.index(NodeKind.METHOD)
_TEST, _OVERLOAD, _ACCESSOR = int(Flag.TEST), int(Flag.OVERLOAD), int(Flag.ACCESSOR)
_MOST_DEFINITIONS: Final = 8


_Key = tuple[str, str, bool]  # name, language or family of languages, whether for a caller in a test


class Family(NamedTuple):
    """The definitions of a method: `roots` override none of the others, `overrides` do."""

    roots: tuple[int, ...]
    overrides: tuple[int, ...]


NO_FAMILY: Final = Family((), ())


class Families:
    """The families of a tree, by method name."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._groups: dict[int, int] = {}
        self._join_classes()
        self._methods = self._methods_by_name()
        self._known: dict[_Key, Family] = {}
        self._accessors: dict[_Key, tuple[int, ...]] = {}

    def _join_classes(self) -> None:
        """Classes that are tied by bases of the tree form one hierarchy."""
        heritage, kinds = self._names.classes.heritage, self._names.assembly.kind
        for row, kind in enumerate(kinds):
            if kind in CLASS_CODES:
                for base in heritage.bases(row):
                    if not is_external(base):
                        self._groups[self._group(row)] = self._group(base)

    def _group(self, row: int) -> int:
        root = row
        while (parent := self._groups.get(root, root)) != root:
            root = parent
        while (parent := self._groups.get(row, row)) != root:
            self._groups[row] = root
            row = parent
        return root

    def _methods_by_name(self) -> dict[_Key, list[tuple[int, int]]]:
        """(class, method) of each definition of a name; a list that is longer than a family may be is cut.

        Code that is no test is never a caller of what tests define.
        """
        assembly = self._names.assembly
        groups = {name: named(name).family or name for name in set(assembly.languages) - {""}}
        found: dict[_Key, list[tuple[int, int]]] = {}
        for owner, row in assembly.defines:
            if assembly.flags[row] & _OVERLOAD:
                continue  # its implementation is what runs
            if assembly.kind[row] == _METHOD and assembly.kind[owner] in CLASS_CODES:
                for in_test in (True, False) if not assembly.flags[row] & _TEST else (True,):
                    key = (assembly.names[row], groups[assembly.languages[row]], in_test)
                    methods = found.setdefault(key, [])
                    if len(methods) <= _MOST_DEFINITIONS:
                        methods.append((owner, row))
        return found

    def of(self, name: str, language: str, *, in_test: bool) -> Family:
        """The only family of a method name, for a call in a file of a language, a test's or not."""
        key = (name, language, in_test)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._find(name, language, in_test)
        return known

    def accessors(self, name: str, language: str, members: Mapping[int, int], *, in_test: bool) -> tuple[int, ...]:
        """The accessors called `name`, where only one hierarchy has an attribute of that name.

        `members` are all members of classes that are called so, by class.
        """
        key = (name, language, in_test)
        known = self._accessors.get(key)
        if known is None:
            known = self._accessors[key] = self._find_accessors(name, language, members, in_test)
        return known

    def _find_accessors(self, name: str, language: str, members: Mapping[int, int], in_test: bool) -> tuple[int, ...]:
        assembly, rules = self._names.assembly, named(language)
        if rules.is_common_method(name) or len({self._group(owner) for owner in members}) > 1:
            return ()
        found = [
            row
            for row in sorted(members.values())
            if assembly.flags[row] & _ACCESSOR
            and (in_test or not assembly.flags[row] & _TEST)
            and (named(assembly.languages[row]).family or assembly.languages[row]) == (rules.family or language)
        ]
        return tuple(found) if len(found) <= _MOST_DEFINITIONS else ()

    def _find(self, name: str, language: str, in_test: bool) -> Family:
        rules = named(language)
        methods = self._methods.get((name, rules.family or language, in_test), ())
        if not 0 < len(methods) <= _MOST_DEFINITIONS or rules.is_common_method(name):
            return NO_FAMILY
        if len({self._group(owner) for owner, _ in methods}) > 1:
            return NO_FAMILY
        owners = {owner for owner, _ in methods}
        order = self._names.classes.heritage.order
        roots = [row for owner, row in methods if not owners.intersection(order(owner)[1:])]
        return Family(tuple(roots), tuple(row for _, row in methods if row not in roots))
