"""Answers in pieces that fit a budget: nothing is cut in the middle, nothing is shown twice, the rest is a page.

What flows in: blocks in order of weight. What flows out: the text of one page, and where the next one begins. It does
not know what the blocks say.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from axon.questions.text import BYTES_A_TOKEN

_LEAST_CUT: Final = 400  # bytes of room in which the beginning of a long block is worth showing


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an answer, whole lines. A heading is shown with the next block only.

    `key` names what a client need not see again, '' where that is cheap; `instead` is shown to whom has seen it.
    """

    text: str
    key: str = ""
    instead: str = ""
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What was shown: the text, the keys in it, and the number of the first block that was not, None for the end."""

    text: str
    keys: tuple[str, ...]
    following: int | None


def page_of(blocks: Sequence[Block], n_bytes: int, *, start: int = 0, seen: AbstractSet[str] = frozenset()) -> Page:
    """As many blocks from number `start` on as fit into `n_bytes`; one too long for any page is cut at a line."""
    texts: list[str] = []
    keys: list[str] = []
    heading: str | None = _heading_above(blocks, start)
    for at in range(start, len(blocks)):
        block = blocks[at]
        if block.is_heading:
            heading = block.text
            continue
        is_known = bool(block.key) and block.key in seen
        text = block.instead if is_known else block.text
        parts = [part for part in (heading, text) if part]
        cost = sum(len(part.encode("utf-8", "surrogatepass")) + 1 for part in parts)
        if cost > n_bytes and not texts:
            parts = [*parts[:-1], _cut(parts[-1], n_bytes - sum(len(p.encode()) + 1 for p in parts[:-1]))]
            cost = n_bytes
        if cost > n_bytes:
            return Page("\n".join(texts), tuple(keys), at)
        n_bytes -= cost
        texts += parts
        heading = None
        if block.key and not is_known:
            keys.append(block.key)
    return Page("\n".join(texts), tuple(keys), None)


def _heading_above(blocks: Sequence[Block], start: int) -> str | None:
    """A page that begins amid a section says which."""
    above = [block.text for block in blocks[:start] if block.is_heading]
    return f"{above[-1]} (goes on)" if above and start < len(blocks) and not blocks[start].is_heading else None


def _cut(text: str, n_bytes: int) -> str:
    """The first lines of a text that fit, and a mark that it goes on."""
    lines: list[str] = []
    room = max(n_bytes, _LEAST_CUT) - 2 * BYTES_A_TOKEN  # a fence and the mark
    for line in text.split("\n"):
        room -= len(line.encode("utf-8", "surrogatepass")) + 1
        if room < 0:
            break
        lines.append(line)
    fence = ["```"] if sum(line.startswith("```") for line in lines) % 2 else []
    return "\n".join([*lines, *fence, "…"])
