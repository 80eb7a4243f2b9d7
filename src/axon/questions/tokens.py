"""Where the name of a symbol is written: at its definition, and where an edge leads to it.

What flows in: nodes and edges with the contents of their files. What flows out: half-open places in bytes. It knows of
no language more than what a name is made of.
"""

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from typing import Final

from axon.model.kinds import EdgeKind, Rule
from axon.model.nodes import Evidence, GraphNode

_LAST_NAME: Final = re.compile(rb"#?[\w$\x80-\xff]+\Z")
_LETTER: Final = rb"[\w$\x80-\xff]"
_NAMED: Final = frozenset(
    {EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS, EdgeKind.USES_TYPE, EdgeKind.DECORATED_BY, EdgeKind.HANDLED_BY}
)

Place = tuple[int, int]


class Text:
    """The content of a file with its lines."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @cached_property
    def starts(self) -> list[int]:
        """Byte at which each line begins."""
        return [0, *(found.end() for found in re.finditer(b"\n", self.content))]

    def point(self, at: int) -> tuple[int, int]:
        """Line and byte in it, both 0-based."""
        line = bisect_right(self.starts, at) - 1
        return line, at - self.starts[line]

    def line(self, number: int) -> bytes:
        """A line, 0-based, without its end; b'' past the last."""
        if number >= len(self.starts):
            return b""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.content)
        return self.content[self.starts[number] : end].rstrip(b"\r\n")


def definition_place(text: Text, node: GraphNode) -> Place | None:
    """Where a definition writes its name; None where it has no name of its own."""
    found = _word(node.name).search(text.content, node.start_byte, node.end_byte)
    return None if found is None else found.span()


def edge_place(text: Text, kind: EdgeKind, evidence: Evidence, target: GraphNode) -> Place | None:
    """Where the place of an edge writes its target; None where it runs or reaches it without naming anything."""
    start, end = evidence.start_byte, evidence.end_byte
    if start == end:
        return None
    if kind is EdgeKind.IMPORTS:
        folder, _, file = target.path.rpartition("/")
        names = (file.partition(".")[0], folder.rpartition("/")[2], target.name)
        written = (_word(name).search(text.content, start, end) for name in names if name)
        return next((word.span() for word in written if word is not None), (start, end))
    if kind is EdgeKind.CALLS:
        found = _LAST_NAME.search(text.content[start:end])
        place = None if found is None else (start + found.start(), end)
        if place is not None and evidence.rule is Rule.IMPLICIT and _bytes(target.name) != text.content[place[0] : end]:
            return None  # an operator, a loop or a context runs it
        return place
    if kind not in _NAMED:
        return None
    named = _word(target.name).search(text.content, start, end)
    return None if named is None else named.span()


@lru_cache(maxsize=4096)
def _word(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?<!%b)%b(?!%b)" % (_LETTER, re.escape(_bytes(name)), _LETTER))


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
