"""Errors in the words of the protocol: what a model did wrong, and what to call instead.

What flows in: an error of the SDK, or a message written for the command line. What flows out: a line or a few. It knows
the names of the tools, and no tool.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import ValidationError

_TOOL_OF: Final = {
    **{name: name for name in ("search", "context", "impact", "trace", "map", "status", "explore")},
    **{"cypher": "query", "diff": "changes", "check": "health", "report": "health"},
}
_COMMAND: Final = re.compile(r"`axon ([a-z-]+)(?: [^`]*)?`")
_SHOULD: Final = re.compile(r"^Input should be ")
_SHOWN: Final = 40


def in_tools(text: str) -> str:
    """A message with the tools in the place of the commands that they are; other commands stay, for a person."""
    return _COMMAND.sub(lambda found: f"`{_TOOL_OF[found[1]]}`" if found[1] in _TOOL_OF else found[0], text)


def wrong_arguments(tool: str, error: ValidationError, known: Iterable[str]) -> str:
    """What is wrong with the arguments of a call, one line each, and which there are."""
    lines = [_wrong(dict(one)) for one in error.errors(include_url=False, include_context=False)]
    return "\n".join([*lines, f"`{tool}` takes {_listed(known)}."])


def unknown_arguments(tool: str, given: Mapping[str, Any], known: Iterable[str]) -> str:
    """What a call gives that the tool does not take; '' where there is nothing."""
    names = list(known)
    strange = [name for name in given if name not in names]
    return f"There is no {_listed(strange)}: `{tool}` takes {_listed(names)}." if strange else ""


def unknown_tool(name: str, known: Iterable[str]) -> str:
    """That there is no such tool, and which there are."""
    return f"There is no tool `{name[:_SHOWN]}`, but {_listed(known)}."


def _wrong(said: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in said["loc"]) or "arguments"
    if said["type"] == "missing":
        return f"`{place}` is missing."
    given = str(said["input"])
    shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
    return f"`{place}` should be {_SHOULD.sub('', str(said['msg']))}, and is `{shown}`."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
