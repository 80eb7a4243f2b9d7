"""The string table of one file, and slices of its text by byte offset."""

from collections.abc import Iterable
from typing import Final

_NEWLINE: Final = ord("\n")
_STATEMENT_BYTES: Final = 20_000


class Strings:
    """Distinct strings in order of first use; `add` gives a string's index."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}

    def add(self, text: str) -> int:
        return self._index.setdefault(text, len(self._index))

    def add_all(self, texts: list[str]) -> list[int]:
        """Indexes of many strings; one dictionary look-up each, no call."""
        index = self._index
        for text in dict.fromkeys(texts):
            index.setdefault(text, len(index))
        return [index[text] for text in texts]

    def as_list(self) -> list[str]:
        return list(self._index)


class Text:
    """A file's bytes, cut as text by byte offsets.

    An ASCII file is one `str` whose indexes are byte offsets; any other is cut as bytes and decoded slice by slice,
    what is no UTF-8 being replaced.
    """

    def __init__(self, content: bytes) -> None:
        self.size = len(content)
        self.is_ascii = content.isascii()
        self.content = content
        self._text = content.decode("ascii") if self.is_ascii else ""

    def cut(self, start: int, end: int) -> str:
        """The text of a span."""
        if self.is_ascii:
            return self._text[start:end]
        return self.content[start:end].decode("utf-8", "replace")

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
        if self.is_ascii:
            text = self._text
            return [text[start:end] for start, end in spans]
        return [self.cut(start, end) for start, end in spans]
