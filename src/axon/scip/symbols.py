"""Symbols of SCIP as strings: `scheme manager package version descriptors`, by the grammar in `scip.proto`.

What flows in: names. What flows out: symbols; of a symbol its last descriptor. It knows no graph.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

_SIMPLE: Final = re.compile(r"[\w+$-]+", re.ASCII)
_LAST: Final = re.compile(
    r"(?P<name>`(?:[^`]|``)+`|[\w+$-]+)(?P<end>/|#|:|!|\((?:[\w+$-]*)\)\.|\.)$"
    r"|(?P<open>\[|\()(?P<inner>`(?:[^`]|``)+`|[\w+$-]+)(?:\]|\))$",
    re.ASCII,
)
LOCAL: Final = "local "


class Suffix(StrEnum):
    """What a descriptor names."""

    NAMESPACE = "/"
    TYPE = "#"
    TERM = "."
    METHOD = "()."
    META = ":"
    MACRO = "!"
    TYPE_PARAMETER = "[]"
    PARAMETER = "()"


class Descriptor(NamedTuple):
    """One step of a symbol; `number` tells methods of one name apart, 0 is the first."""

    name: str
    suffix: Suffix
    number: int = 0


def symbol_of(scheme: str, package: str, version: str, descriptors: Iterable[Descriptor]) -> str:
    """A global symbol; an empty package or version is written as the grammar wants it."""
    head = " ".join(_word(word) for word in (scheme, "", package, version))
    return f"{head} {''.join(map(descriptor_text, descriptors))}"


def descriptor_text(descriptor: Descriptor) -> str:
    """One descriptor as a symbol holds it."""
    name = descriptor.name if _SIMPLE.fullmatch(descriptor.name) else f"`{descriptor.name.replace('`', '``')}`"
    if descriptor.suffix is Suffix.METHOD and descriptor.number:
        return f"{name}(+{descriptor.number})."
    return f"{name}{descriptor.suffix.value}"


def last_descriptor(symbol: str) -> Descriptor | None:
    """What a global symbol names in the end; None for a local one, or where the grammar is not kept."""
    found = None if symbol.startswith(LOCAL) else _LAST.search(symbol)
    if found is None:
        return None
    if found["open"]:
        return Descriptor(_name(found["inner"]), Suffix.TYPE_PARAMETER if found["open"] == "[" else Suffix.PARAMETER)
    return Descriptor(_name(found["name"]), Suffix.METHOD if found["end"].startswith("(") else Suffix(found["end"]))


def _word(text: str) -> str:
    return text.replace(" ", "  ") or "."


def _name(written: str) -> str:
    return written[1:-1].replace("``", "`") if written.startswith("`") else written
