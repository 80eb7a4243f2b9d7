"""How the expression of a reference is written down: a dotted name, or what stands behind the last dot.

What flows in: texts of expressions. What flows out: the columns `text` and `receiver` of reference rows.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from axon.model.facts import NO_TEXT
from axon.parsing.draft import Draft

_NAME = r"(?:[^\W\d]|\$)[\w$]*"
_DOTTED = re.compile(rf"{_NAME}(?:\s*\.\s*#?{_NAME})+")
_PLAIN = re.compile(r"[A-Za-z_$][\w$]*(?:\.#?[A-Za-z_$][\w$]*)*", re.ASCII)
_LAST_NAME = re.compile(rf"(?s)(.*?)\s*\.\s*(#?{_NAME})\Z")
_SPACE = re.compile(r"\s+")
_RECEIVER_CHARACTERS = 80


def written_rows(draft: Draft, texts: Iterable[str]) -> dict[str, tuple[int, int, bool]]:
    """`written_row` of many texts; most are names, plain or dotted without blanks, which are kept as they are."""
    add, is_plain = draft.strings.add, _PLAIN.fullmatch
    return {text: (add(text), NO_TEXT, False) if is_plain(text) else written_row(draft, text) for text in texts}


def written_row(draft: Draft, text: str) -> tuple[int, int, bool]:
    """(text, receiver) of a reference row, and whether the receiver is a call's result."""
    text = draft.language.plain_expression(text)
    name, receiver = _expression(text)
    add = draft.strings.add
    return add(name), NO_TEXT if receiver is None else add(receiver), receiver is not None and receiver[-1:] == ")"


@lru_cache(maxsize=50_000)
def _expression(text: str) -> tuple[str, str | None]:
    """A dotted name and None; or the last name of any other expression, '' if there is none, and what is before it."""
    if text.isidentifier():
        return text, None
    if _DOTTED.fullmatch(text):
        return _SPACE.sub("", text), None
    match = _LAST_NAME.match(text)
    if match is None:
        return "", _SPACE.sub(" ", text)[-_RECEIVER_CHARACTERS:]
    return match.group(2), _SPACE.sub(" ", match.group(1))[-_RECEIVER_CHARACTERS:]
