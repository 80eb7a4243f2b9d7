"""Prompts as files, and small checks of answers that all tasks share.

What flows in: the name of a task. What flows out: the newest version of its prompt, or the one that is asked for; typed
parts of an answer, or what is wrong with it.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Final

from axon.enrich.failures import EnrichError, MalformedError
from axon.enrich.model import Json, Value

_NAME: Final = re.compile(r"(\w+)\.v(\d+)\.md")


def prompt_versions(task: str) -> dict[int, str]:
    """The prompts of a task by version."""
    return {version: text for (name, version), text in sorted(_prompts().items()) if name == task}


def prompt_of(task: str, version: int | None = None) -> str:
    """A prompt; the newest unless a version is named.

    Raises:
        EnrichError: there is no such version.
    """
    known = prompt_versions(task)
    wanted = max(known) if version is None else version
    if wanted not in known:
        raise EnrichError(f"No prompt {task}.v{wanted}. The versions are {', '.join(map(str, known))}.")
    return known[wanted]


def text_in(value: Value, name: str, *, most: int = 4000) -> str:
    """A text of an answer, without white space around it.

    Raises:
        MalformedError: it is missing, empty or too long.
    """
    text = value.get(name)
    if not isinstance(text, str) or not text.strip():
        raise MalformedError(f"`{name}` must be a text that is not empty")
    if len(text) > most:
        raise MalformedError(f"`{name}` has {len(text):,} characters; {most:,} are the most")
    return text.strip()


def list_in(value: Value, name: str) -> list[Json]:
    """A list of an answer; an absent one is empty.

    Raises:
        MalformedError: it is something else.
    """
    items = value.get(name, [])
    if not isinstance(items, list):
        raise MalformedError(f"`{name}` must be a list")
    return items


@cache
def _prompts() -> dict[tuple[str, int], str]:
    folder = files("axon.enrich") / "prompts"
    found = {}
    for entry in folder.iterdir():
        if match := _NAME.fullmatch(entry.name):
            found[match[1], int(match[2])] = entry.read_text("utf-8").strip()
    return found
