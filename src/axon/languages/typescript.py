"""TypeScript without markup. What it shares with JavaScript is in the `ecmascript` modules."""

from dataclasses import replace
from typing import Final

from axon.languages.ecmascript_family import ecmascript
from axon.languages.ecmascript_tidied import tidied
from axon.languages.language import Language

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
