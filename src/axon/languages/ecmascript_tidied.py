"""Texts of TypeScript that the grammars cannot read, as they can: what they do not know is blank or has another name.

What flows in: the bytes of a file. What flows out: as many bytes, with each name that counts in its place.
"""

import re
from typing import Final

_CALLED_AGAIN: Final = re.compile(rb"(?<=[\w>\])}/])([ \t]*(?:\r?\n[ \t]*)+)[ \t](?=<)")
_COMMENT: Final = rb"/\*(?:[^*]|\*(?!/))*\*/\s*|//[^\n]*\n\s*"
_VARIANCE: Final = re.compile(
    rb"([<,]\s*(?:" + _COMMENT + rb")*)(in\s+out|in|out)(?=\s+[A-Za-z_$][\w$]*\s*(?:[,>=]|extends\b))"
)
_NAMED_TYPE: Final = re.compile(rb"([(|&?:=<,]\s*)type(?=\s+extends\b)")
_LIST_OF: Final = re.compile(rb"([:|&<,]\s*)(import\(['\"][^'\"\n]*['\"]\))(?=\.[\w$.]+(?:<[^<>]*>)?\[\])")
_ALL_TYPES: Final = re.compile(rb"(\bexport\s+)type(?=\s*\*)")


def tidied(content: bytes) -> bytes:
    """The same with a semicolon before each line that begins with type parameters, which the grammar would read on."""
    return _CALLED_AGAIN.sub(rb"\1;", tidied_types(content))


def tidied_types(content: bytes) -> bytes:
    """The same without what the grammar does not know: `in` and `out` before type parameters, the `type` of
    `export type *`; what is called `type` where it is checked, and a module in the type of a list, have other names."""
    content = _VARIANCE.sub(lambda found: found[1] + b" " * len(found[2]), content)
    content = _LIST_OF.sub(lambda found: found[1] + b"_" * len(found[2]), content)
    content = _NAMED_TYPE.sub(rb"\1t___", content)
    return _ALL_TYPES.sub(rb"\1    ", content)
