"""How the expression of a reference is written down: a dotted name, or what stands behind the last dot.

What flows in: texts of expressions. What flows out: the columns `text` and `receiver` of reference rows.
"""

import re
from functools import lru_cache
from typing import Final

from axon.model.facts import NO_TEXT
from axon.parsing.draft import Draft

_NAME: Final = r"(?:[^\W\d]|\$)[\w$]*"
_DOTTED: Final = re.compile(rf"{_NAME}(?:\s*\.\s*#?{_NAME})+")
_PLAIN: Final = re.compile(r"[A-Za-z_$][\w$]*(?:\.#?[A-Za-z_$][\w$]*)*", re.ASCII)
_LAST_NAME: Final = re.compile(rf"(?s)(.*?)\s*\.\s*(#?{_NAME})\Z")
_SPACE: Final = re.compile(r"\s+")
_RECEIVER_CHARACTERS: Final = 80


def written_row(draft: Draft, text: str) -> tuple[int, int, bool]:
    """(text, receiver) of a reference row, and whether the receiver is a call's result.

    Most are names, plain or dotted without blanks, which are kept as they are.
    """
    if is_dotted(text) or _PLAIN.fullmatch(text):
        return draft.strings.add(text), NO_TEXT, False
    name, receiver = _expression(draft.language.plain_expression(text))
    word = draft.strings.add(name)
    return (word, NO_TEXT, False) if receiver is None else (word, draft.strings.add(receiver), receiver[-1:] == ")")


def is_dotted(text: str) -> bool:
    """Whether a text is identifiers with dots between them, and no blanks: a pattern costs five times as much."""
    if "." not in text:
        return text.isidentifier()
    return all([part.isidentifier() for part in text.split(".")])  # noqa: C419  a generator costs more than it saves


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
