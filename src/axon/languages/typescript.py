"""TypeScript without markup. What it shares with JavaScript is in the `ecmascript` modules."""

import re
from dataclasses import replace
from typing import Final

from axon.languages.ecmascript_family import ecmascript
from axon.languages.language import Language

_CALLED_AGAIN: Final = re.compile(rb"(?<=[\w>\])}])([ \t]*\r?\n[ \t]*)[ \t](?=<)")


def tidied(content: bytes) -> bytes:
    """The same with a semicolon before each line that begins with type parameters, which the grammar would read on."""
    return _CALLED_AGAIN.sub(rb"\1;", content)


LANGUAGE: Final[Language] = replace(
    ecmascript(
        name="typescript",
        suffixes=(".ts", ".mts", ".cts"),
        grammar="tree_sitter_typescript:language_typescript",
        query="typescript.scm",
        more_queries=("ecmascript.scm",),
    ),
    tidied=tidied,
)
