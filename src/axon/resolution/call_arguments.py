"""What a call hands over, as a rule pack asks for it.

What flows in: the facts of a file and the first argument of a call. What flows out: expressions.
"""

from collections.abc import Iterator
from typing import Final

from axon.model.facts import NO_TEXT, FileFacts, ReferenceKind

_DECORATOR: Final = int(ReferenceKind.DECORATOR)


def arguments_of(facts: FileFacts, first: int) -> Iterator[tuple[str, int]]:
    """(keyword, expression) of each argument, from the first ARGUMENT on; '' for positional ones."""
    table = facts.expressions
    while first != NO_TEXT:
        text = table.text[first]
        yield facts.strings[text] if text != NO_TEXT else "", table.first[first]
        first = table.second[first]


def argument_of(facts: FileFacts, first: int, *wanted: str) -> int:
    """The expression given under one of some keywords or places, from the first ARGUMENT on; -1 for none of them."""
    place = 0
    for keyword, value in arguments_of(facts, first):
        if (keyword or str(place)) in wanted:
            return value
        place += not keyword
    return -1


def arguments_at(facts: FileFacts, first: int, wanted: str) -> list[int]:
    """The expressions given under a keyword or place, or at places as in a slice: `1`, `-1`, `1:`, `1:-1`."""
    if ":" not in wanted and not wanted.startswith("-"):
        found = argument_of(facts, first, wanted)
        return [found] if found >= 0 else []
    values = [value for keyword, value in arguments_of(facts, first) if not keyword]
    if ":" not in wanted:
        return values[int(wanted) :][:1] if len(values) >= -int(wanted) else []
    start, _, stop = wanted.partition(":")
    return values[int(start or 0) : int(stop) if stop else None]


def decorator_texts(facts: FileFacts) -> dict[int, list[tuple[str, str]]]:
    """(argument, content) of the texts that decorators whose names rule packs ask for are given, by first byte."""
    if not facts.registrations.call:
        return {}
    references, strings = facts.references, facts.strings
    starts = {start for start, kind in zip(references.start_byte, references.kind, strict=True) if kind == _DECORATOR}
    found: dict[int, list[tuple[str, str]]] = {}
    table = facts.literals
    for call, argument, content in zip(table.call, table.argument, table.content, strict=True):
        start = references.start_byte[call]
        if start in starts:
            found.setdefault(start, []).append((strings[argument], strings[content]))
    return found
