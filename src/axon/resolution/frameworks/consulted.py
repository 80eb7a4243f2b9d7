"""What was looked at when rule packs were applied, so that an update can tell that they would find the same.

What flows in: files and functions, as they are looked at. What flows out: the same, for as long as the tree has the
same nodes. It knows no rules.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Consulted:
    """`using` are the files in which something was found that a pack names; `read` those whose bodies others were
    looked into for; `asked` are the node rows of functions whose callers were."""

    using: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)

    def add(self, other: "Consulted") -> None:
        """Take up what was looked at besides."""
        self.using |= other.using
        self.read |= other.read
        self.asked |= other.asked
