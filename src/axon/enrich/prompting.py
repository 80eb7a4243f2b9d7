"""Prompts as files, and small checks of answers that all tasks share.

What flows in: the name of a task. What flows out: the newest version of its prompt, or the one that is asked for; typed
parts of an answer, or what is wrong with it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

from axon.enrich.failures import EnrichError, MalformedError
from axon.enrich.model import Json, Value
from axon.errors import UsageError

OWN_FOLDER: Final = ".axon-tasks"
"""Where a repository keeps tasks and prompts of its own."""

_NAME: Final = re.compile(r"(\w+)\.v(\d+)\.md")


class Prompts:
    """Prompts by task and version."""

    def __init__(self, texts: Mapping[tuple[str, int], str]) -> None:
        self._texts = texts

    @classmethod
    def of(cls, root: Path) -> Self:
        """Those of the program, and the repository's own, which stand before them.

        Raises:
            EnrichError: one of them cannot be read.
        """
        return cls({**_built_in(), **_texts_of((root / OWN_FOLDER).glob("*.md"))})

    def versions(self, task: str) -> list[int]:
        """The versions that there are, oldest first."""
        return sorted(version for name, version in self._texts if name == task)

    def text(self, task: str, version: int | None = None) -> str:
        """A prompt; the newest unless a version is named.

        Raises:
            UsageError: there is no such version.
        """
        known = self.versions(task)
        wanted = max(known, default=1) if version is None else version
        if wanted not in known:
            there = f"The versions are {', '.join(f'v{n}' for n in known)}" if known else "There is none"
            raise UsageError(
                f"No prompt {task}.v{wanted}.md. {there}; {OWN_FOLDER}/{task}.v{wanted}.md would be another."
            )
        return self._texts[task, wanted]


def text_in(value: Value, name: str, *, most: int = 4000) -> str:
    """A text of an answer, without white space around it.

    Raises:
        MalformedError: it is empty or too long.
    """
    text = str(value[name]).strip()
    if not text:
        raise MalformedError(f"`{name}` must not be empty")
    if len(text) > most:
        raise MalformedError(f"`{name}` has {len(text):,} characters; {most:,} are the most")
    return text


def list_in(value: Value, name: str) -> list[Json]:
    """A list of an answer; an absent one is empty."""
    items = value.get(name, [])
    assert isinstance(items, list), "the schema says so"
    return items


@cache
def _built_in() -> Mapping[tuple[str, int], str]:
    folder = files("axon.enrich") / "prompts"
    return {(m[1], int(m[2])): e.read_text("utf-8").strip() for e in folder.iterdir() if (m := _NAME.fullmatch(e.name))}


def _texts_of(paths: Iterable[Path]) -> dict[tuple[str, int], str]:
    found = {}
    for path in sorted(paths):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise EnrichError(f"{path} is no name of a prompt. Call it TASK.v1.md, with the task and the version.")
        try:
            text = path.read_text("utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise EnrichError(f"{path} cannot be read: {error}.") from error
        if not text:
            raise EnrichError(f"{path} is empty. Write what the model is to do.")
        found[match[1], int(match[2])] = text
    return found
