"""A symbol as one line, and what lines cost.

What flows in: nodes. What flows out: texts. It does not know who shows them.
"""

from typing import Final

from axon.model.kinds import CALLABLE_KINDS, NodeKind
from axon.model.nodes import GraphNode

BYTES_A_TOKEN: Final = 4
_WORDS: Final = {NodeKind.CLASS: "class ", NodeKind.INTERFACE: "interface ", NodeKind.ENUM: "enum "}
_LONGEST: Final = 110


def tokens_of(text: str) -> int:
    """What a text costs a model, about: UTF-8 bytes / 4, rounded up."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_A_TOKEN)


def signature_line(node: GraphNode, *, longest: int = _LONGEST) -> str:
    """Name and signature on one line of `longest` letters at most, behind a word for what cannot be called."""
    said = " or ".join(" ".join(line.split()) for line in node.signature.split("\n"))
    if node.kind in CALLABLE_KINDS or said.startswith(("(", "<", ":")):
        line = f"{_WORDS.get(node.kind, '')}{node.name}{said}"
    else:
        line = f"{_WORDS.get(node.kind, '')}{node.name} {said}".rstrip()
    return line if len(line) <= longest else line[: longest - 1] + "…"


def shortened(text: str, most: int) -> str:
    """The first words of a text that fit into `most` characters, and a mark where more follow."""
    return text if len(text) <= most else f"{text[:most].rpartition(' ')[0]} …"
