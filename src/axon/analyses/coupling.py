"""Which files change together, who wrote them, and where change meets complexity.

What flows in: a history. What flows out: pairs of files, and numbers of each. Strength is the share of common commits
among those of the file that changes more often; a commit of very many files says nothing of what belongs together.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from axon.model.history import Commit, History

_MOST_FILES: Final = 30  # of a commit; above that it is a release, a rename or a reformatting
_LEAST_SUPPORT: Final = 3
_LEAST_STRENGTH: Final = 0.3


@dataclass(frozen=True, slots=True)
class Coupling:
    """Two files, in order of path."""

    path: str
    other: str
    support: int
    strength: float


@dataclass(frozen=True, slots=True)
class FileNumbers:
    """Of one file: commits, lines added and removed, and these by author, the most first."""

    path: str
    commits: int
    churn: int
    authors: tuple[tuple[str, int], ...]

    @property
    def bus_factor(self) -> int:
        """How many authors wrote more than half of it."""
        written, total = 0, sum(lines for _, lines in self.authors)
        for number, (_, lines) in enumerate(self.authors, 1):
            written += lines
            if 2 * written > total:
                return number
        return len(self.authors)


def coupled_files(history: History, paths: Collection[str]) -> list[Coupling]:
    """Pairs of `paths` that change together, the strongest first, then those of more support, then by path."""
    known = set(paths)
    commits = [sorted(_paths(commit, known)) for commit in history.commits if len(commit.changes) <= _MOST_FILES]
    changes = Counter(path for commit in commits for path in commit)
    frequent = {path for path, number in changes.items() if number >= _LEAST_SUPPORT}
    pairs = Counter(
        pair for commit in commits for pair in combinations([path for path in commit if path in frequent], 2)
    )
    found = [
        Coupling(a, b, support, support / max(changes[a], changes[b]))
        for (a, b), support in pairs.items()
        if support >= _LEAST_SUPPORT and support >= _LEAST_STRENGTH * max(changes[a], changes[b])
    ]
    return sorted(found, key=lambda one: (-one.strength, -one.support, one.path, one.other))


def file_numbers(history: History, paths: Collection[str]) -> list[FileNumbers]:
    """Numbers of those of `paths` that changed, those of the most churn first, then by path."""
    known = set(paths)
    commits: Counter[str] = Counter()
    authors: dict[str, Counter[str]] = {}
    for commit in history.commits:
        commits.update(_paths(commit, known))
        for change in commit.changes:
            if change.path in known:
                authors.setdefault(change.path, Counter())[commit.author] += change.added + change.removed
    numbers = [
        FileNumbers(path, commits[path], by_author.total(), tuple(_ordered(by_author)))
        for path, by_author in authors.items()
    ]
    return sorted(numbers, key=lambda one: (-one.churn, one.path))


def _paths(commit: Commit, known: Collection[str]) -> set[str]:
    return {change.path for change in commit.changes if change.path in known}


def _ordered(counts: Counter[str]) -> Sequence[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
