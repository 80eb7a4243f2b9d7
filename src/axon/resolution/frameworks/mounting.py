"""Which router stands behind which prefix of which other.

What flows in: mounts as they are found. What flows out: all that stands before the paths of a router.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from axon.resolution.frameworks.paths import joined

Key = tuple[object, ...]
"""A router: ("call", file, reference) by the call that makes it or whose arguments hold its routes, ("list", file,
scope, name), ("at", file, byte) of a call that is not kept, or ("root",) where only its class is known."""

_MOST_PREFIXES: Final = 64


class _Mounted(NamedTuple):
    parent: Key
    prefix: str
    replaces: bool


@dataclass(slots=True)
class Mounting:
    """The routers of one pack. `prefixes` are their own, any of several; those in `everywhere` stand before all roots.

    `has_unknown` where something is mounted that is not known.
    """

    prefixes: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    everywhere: tuple[str, ...] = ("",)
    roots: set[Key] = field(default_factory=set)
    has_unknown: bool = False
    _mounted: dict[Key, dict[_Mounted, None]] = field(default_factory=dict)

    def add(self, parent: Key, child: Key, prefix: str, *, replaces: bool = False) -> None:
        """A router behind a prefix of another."""
        self._mounted.setdefault(child, {})[_Mounted(parent, prefix, replaces)] = None

    def add_all(self, parents: Iterable[Key], child: Key, prefix: str, *, replaces: bool = False) -> None:
        """A router behind a prefix of several others."""
        for parent in parents:
            self.add(parent, child, prefix, replaces=replaces)

    def parents(self) -> set[Key]:
        """All routers that others are mounted on."""
        return {mounted.parent for all_mounted in self._mounted.values() for mounted in all_mounted}

    def children(self) -> set[Key]:
        """All routers that are mounted."""
        return set(self._mounted)

    def prefixes_of(self, key: Key) -> list[str]:
        """What may stand before the paths of a router, in the order found.

        A router that nothing mounts is reached where the tree has no root, or mounts what is not known. A root that is
        mounted on another is reached behind that alone.
        """
        found = list(dict.fromkeys(self._prefixes(key, ())))[:_MOST_PREFIXES]
        if not found and (self.has_unknown or not self.roots) and key[0] != "list":
            found = list(self._own(key))
        return [joined(first, prefix) for first in self.everywhere for prefix in found]

    def _own(self, key: Key) -> tuple[str, ...]:
        return self.prefixes.get(key, ("",))

    def _prefixes(self, key: Key, below: tuple[Key, ...]) -> list[str]:
        if key in below:
            return []
        found: list[str] = []
        for mounted in self._mounted.get(key, ()):
            own = ("",) if mounted.replaces else self._own(key)
            rests = [joined(mounted.prefix, one) for one in own]
            before = self._prefixes(mounted.parent, (*below, key))
            found += [joined(prefix, rest) for prefix in before for rest in rests]
        if not found and key in self.roots:
            found = list(self._own(key))
        return found[:_MOST_PREFIXES]
