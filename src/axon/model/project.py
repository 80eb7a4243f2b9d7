"""What the manifests of a tree say of how others use it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """Whether others import what is here, the files that they, or a program, begin with, and what scripts call.

    `scripts` has the dotted name of each object that an installed command or a plug-in's host calls: `pkg.cli.main`.
    """

    is_library: bool = False
    entries: frozenset[str] = frozenset()
    scripts: frozenset[str] = frozenset()
