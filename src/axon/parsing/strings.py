"""The string table of one file, and slices of its text by byte offset."""

from collections.abc import Iterable, Sequence
from typing import Final

from axon.model.facts import NO_TEXT

_NEWLINE: Final = ord("\n")
_STATEMENT_BYTES: Final = 20_000


class Strings:
    """Distinct strings in order of first use; `add` gives a string's index."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}

    def add(self, text: str) -> int:
        found = self._index.get(text, NO_TEXT)
        if found < 0:
            found = self._index[text] = len(self._index)
        return found

    def add_all(self, texts: Sequence[str]) -> list[int]:
        """Indexes of many strings."""
        return [self.add(text) for text in texts]

    def as_list(self) -> list[str]:
        return list(self._index)


class Text:
    """A file's bytes, cut as text by byte offsets.

    The text is decoded so that its indexes are byte offsets, which is right for all slices but those that hold bytes
    above 127: they are encoded again and read as UTF-8, what is none being replaced.
    """

    def __init__(self, content: bytes) -> None:
        self.size = len(content)
        self.content = content
        self._is_ascii = content.isascii()
        self._text = content.decode("ascii" if self._is_ascii else "latin-1")

    def cut(self, start: int, end: int) -> str:
        """The text of a span."""
        text = self._text[start:end]
        return text if self._is_ascii or text.isascii() else _as_utf_8(text)

    def end_of_statement(self, position: int) -> int:
        """Where the statement around `position` ends: at the end of a line outside brackets, at most 20 kB on."""
        depth = 0
        for offset, byte in enumerate(self.content[position : position + _STATEMENT_BYTES]):
            depth += (byte in b"([{") - (byte in b")]}")
            if byte == _NEWLINE and depth <= 0:
                return position + offset
        return min(self.size, position + _STATEMENT_BYTES)

    def cut_all(self, spans: Iterable[tuple[int, int]]) -> list[str]:
        """The texts of many spans."""
        return [self.cut(start, end) for start, end in spans]


def _as_utf_8(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")
