"""TypeScript with JSX: a grammar of its own, for `<T>x` is an element there and an assertion elsewhere."""

from dataclasses import replace
from typing import Final

from axon.languages.ecmascript_family import ecmascript
from axon.languages.ecmascript_tidied import tidied_types
from axon.languages.language import Language

LANGUAGE: Final[Language] = replace(
    ecmascript(
        name="tsx",
        suffixes=(".tsx",),
        grammar="tree_sitter_typescript:language_tsx",
        query="typescript.scm",
        more_queries=("ecmascript.scm", "jsx.scm"),
    ),
    tidied=tidied_types,
)
