"""What a walk found, as values.

What flows in: one path after the other, with what became of it. What flows out: a `Listing`, sorted, with every file
that was left out counted under its reason. It does not touch the disk.
"""

import heapq
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from axon.errors import Problem
from axon.model.source import ListedFile

MAX_EXAMPLES: Final = 5
"""Paths that are kept of each reason."""

_PENDING_EXAMPLES: Final = 1024


class LeftOut(StrEnum):
    """Why a file is not indexed."""

    IGNORED = "ignored"  # .gitignore or .axonignore names it, or it lies in a folder of a tool
    NO_LANGUAGE = "no language"  # no registered language claims its name
    TOO_LARGE = "too large"  # so far above max_file_bytes that reading it, to know it again, would cost seconds
    SYMLINK = "symlink"  # what it points to is indexed under its own path, if it lies in the root
    NOT_REGULAR = "not a regular file"  # a FIFO, a socket or a device
    OTHER_REPOSITORY = "other repository"  # a submodule, or a repository inside this one
    MISSING = "missing"  # git tracks it, and it is not on disk; or it vanished during the run
    UNREADABLE = "unreadable"  # the system refused; a Problem says why
    BINARY = "binary"  # it has a NUL byte near its beginning
    WIDE_TEXT = "UTF-16 or UTF-32"  # text, in an encoding that cannot be parsed by bytes


@dataclass(frozen=True, slots=True)
class Omission:
    """How many paths were left out for one reason, and the first few of them in path order."""

    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """The files to index, by path in byte order; what was left out, by reason in the order of `LeftOut`."""

    files: tuple[ListedFile, ...]
    left_out: Mapping[LeftOut, Omission]
    problems: tuple[Problem, ...] = ()
    manifests: tuple[ListedFile, ...] = ()  # no sources, but what decides which file an import means

    @property
    def counts(self) -> dict[str, int]:
        """How many paths were left out, by the value of the reason."""
        return {reason.value: omission.count for reason, omission in self.left_out.items()}

    def without(self, unread: Mapping[str, LeftOut]) -> "Listing":
        """This listing without the files that turned out unfit when they were read, counted under their reasons."""
        paths: dict[LeftOut, list[str]] = {}
        for path, reason in unread.items():
            paths.setdefault(reason, []).append(path)
        merged = {
            reason: _merged(self.left_out.get(reason), paths.get(reason, []))
            for reason in LeftOut
            if reason in self.left_out or reason in paths
        }
        return replace(self, files=tuple(file for file in self.files if file.path not in unread), left_out=merged)


class Gathering:
    """Collects what a walk meets, in any order."""

    def __init__(self) -> None:
        self.files: list[ListedFile] = []
        self.manifests: list[ListedFile] = []
        self.problems: list[Problem] = []
        self._counts: dict[LeftOut, int] = {}
        self._examples: dict[LeftOut, list[str]] = {}

    def leave_out(self, path: str, reason: LeftOut) -> None:
        """Count `path` under `reason`."""
        self._counts[reason] = self._counts.get(reason, 0) + 1
        examples = self._examples.setdefault(reason, [])
        examples.append(path)
        if len(examples) >= _PENDING_EXAMPLES:
            examples[:] = _first(examples)

    def report(self, path: str, what: str, kept: str) -> None:
        """Record a Problem with a file or folder as a whole."""
        self.problems.append(Problem(path, 0, what, kept))

    def listing(self) -> Listing:
        """All of it, in canonical order."""
        omissions = {
            reason: Omission(self._counts[reason], tuple(_first(self._examples[reason])))
            for reason in LeftOut
            if reason in self._counts
        }
        files = tuple(sorted(self.files, key=lambda file: _byte_order(file.path)))
        problems = tuple(sorted(self.problems, key=lambda problem: (_byte_order(problem.path), problem.what)))
        manifests = tuple(sorted(self.manifests, key=lambda file: _byte_order(file.path)))
        return Listing(files, omissions, problems, manifests)


def _merged(omission: Omission | None, paths: list[str]) -> Omission:
    before = omission or Omission(0, ())
    return Omission(before.count + len(paths), tuple(_first([*before.examples, *paths])))


def _first(paths: Iterable[str]) -> list[str]:
    return heapq.nsmallest(MAX_EXAMPLES, paths, key=_byte_order)


def _byte_order(path: str) -> bytes:
    return os.fsencode(path)
