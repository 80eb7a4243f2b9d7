"""Text into terms: what searches and the embedder without a model compare.

What flows in: a text, or one word of it. What flows out: terms. It knows no language, drops no word (`get`, `use` and
`value` are names of functions), and keeps no state but caches.
"""

import re
import threading
from functools import lru_cache
from typing import Final

from Stemmer import Stemmer  # type: ignore[import-not-found, import-untyped, unused-ignore]

from axon.embeddings.text import split_name

MAX_WORD: Final = 200
"""Characters of a word that count: one line of base64 must not become one term."""

_CACHED: Final = 1 << 17

WORD: Final = re.compile(r"\w+")
_BLANKING: Final = bytes(code if WORD.fullmatch(chr(code)) else ord(" ") for code in range(128)) + bytes(128)
COMMON: Final = frozenset(
    WORD.findall(
        "a an and are as at be but by can for from has have if in into is it its no not of on or that the their then "
        "there these this to was when which will with"
    )
)
"""English words that say little in a sentence. They may still be parts of names, so none is ever dropped."""


def words_of(text: str) -> list[str]:
    """All matches of `WORD`, in a third of the time where the text is ASCII."""
    return blanked(text.encode()).split() if text.isascii() else WORD.findall(text)


def blanked(text: bytes) -> str:
    """An ASCII text with a blank in place of each character that no word has."""
    return text.translate(_BLANKING).decode("ascii")


@lru_cache(maxsize=_CACHED)
def terms_of(word: str) -> tuple[str, ...]:
    """The identifier as a whole, in lower case, and the stems of its parts where it has several; else its stem."""
    stems = [stem(part.lower()) for part in split_name(word[:MAX_WORD])]
    return (word[:MAX_WORD].lower(), *stems) if len(stems) != 1 else tuple(stems)


@lru_cache(maxsize=_CACHED)
def stem(part: str) -> str:
    """The English stem of a lower-case word, by Snowball; what is not English letters stays as it is."""
    return str(_per_thread.stemmer.stemWord(part)) if part.isascii() and part.isalpha() else part


class _PerThread(threading.local):
    """A stemmer keeps the word that it works on in itself, so that two threads must not share one."""

    def __init__(self) -> None:
        self.stemmer = Stemmer("english", 0)  # 0: what it would cache, `stem` caches


_per_thread = _PerThread()
