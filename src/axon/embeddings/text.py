"""What of a symbol is embedded.

What flows in: a node and the names of what it calls. What flows out: one short text, and the digests that say whether
it was embedded before. It knows no embedder.
"""

import re
from collections.abc import Sequence
from typing import Final

from xxhash import xxh3_64_intdigest

from axon.model.nodes import GraphNode

MAX_CHARACTERS: Final = 2000
"""Longer texts are cut: beyond this no model reads on, and one minified line must not cost what a whole file does."""
MAX_CALLEES: Final = 12

_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def header_text(node: GraphNode, callees: Sequence[str] = ()) -> str:
    """Name in words, kind, class, path, signature, summary and callees, one a line; at most 2,000 characters.

    Control characters and lone surrogates are blanks, so that every tokenizer takes the text.
    """
    owner = node.qualified_name.rpartition(".")[0].replace(".<locals>", "")
    lines = (
        f"{node.kind.value.lower()} {_in_words(node.name)}",
        f"in {owner}" if owner else "",
        node.path[-MAX_CHARACTERS // 4 :],
        node.signature[: MAX_CHARACTERS // 2] or node.name,
        node.summary[: MAX_CHARACTERS // 2],
        f"calls {' '.join(callees[:MAX_CALLEES])}" if callees else "",
    )
    return "\n".join(_UNPRINTABLE.sub(" ", line).strip() for line in lines if line)[:MAX_CHARACTERS]


def split_name(name: str) -> list[str]:
    """The parts of an identifier in any alphabet, cut at underscores, digits and changes of case: HTTPServer2 has 3."""
    if name.isascii():
        return [name] if name.islower() and name.isalpha() else _PART.findall(name)
    shape = "".join(map(_shape, name))
    return [name[part.start() : part.end()] for part in _PART.finditer(shape)]


def digest(text: str) -> int:
    """xxh3_64 of a node's id or of its text, by which a vector is known."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def _in_words(name: str) -> str:
    start = name[: MAX_CHARACTERS // 4]
    return " ".join(split_name(start)).lower() or start


def _shape(character: str) -> str:
    if character.isupper():
        return "A"
    if character.isalpha():
        return "a"
    return "0" if character.isdigit() else "_"
