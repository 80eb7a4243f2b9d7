"""What the manifests of a tree say of how others use it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """Whether others import what is here, and the files that they, or a program, begin with."""

    is_library: bool = False
    entries: frozenset[str] = frozenset()
