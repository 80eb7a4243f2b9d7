"""A model that says the same of everything.

What flows in: the texts of answers. What flows out: a complaint where one text came for many different questions, and
in the end the questions whose answers are worth nothing for that reason. Which came first does not matter: all go.
"""

from collections.abc import Iterator
from typing import Final

from axon.enrich.failures import MalformedError
from axon.enrich.model import Artifact, JobKey, Value

MOST: Final = 8
"""Different questions that one text may answer: short files are alike, but a reader learns nothing from a ninth."""


class Repeats:
    """What was said so far of questions whose answers should differ."""

    def __init__(self) -> None:
        self._artifacts: dict[tuple[str, str], list[Artifact]] = {}
        self._refused: set[tuple[str, str]] = set()

    def check(self, task: str, text: str) -> None:
        """Before an answer is taken.

        Raises:
            MalformedError: too many questions have it already.
        """
        said = self._artifacts.get((task, text), ())
        if len({artifact.key for artifact in said}) >= MOST:
            self._refused.add((task, text))
            raise MalformedError(f"{len(said)} other nodes have this very text; say what this one is")

    def add(self, artifact: Artifact, text: str) -> None:
        """An answer was taken."""
        self._artifacts.setdefault((artifact.job.task, text), []).append(artifact)

    def worthless(self) -> Iterator[tuple[JobKey, str]]:
        """Jobs and keys of answers whose text was refused for others later."""
        for place in sorted(self._refused):
            for artifact in self._artifacts[place]:
                yield artifact.job, artifact.key


def prose_in(value: Value, name: str) -> str:
    """The text that should differ from node to node; '' where a task has none."""
    text = value.get(name) if name else ""
    return text if isinstance(text, str) else ""
