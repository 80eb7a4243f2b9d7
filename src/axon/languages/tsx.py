"""TypeScript with JSX: a grammar of its own, for `<T>x` is an element there and an assertion elsewhere."""

from typing import Final

from axon.languages.ecmascript_family import ecmascript
from axon.languages.language import Language

LANGUAGE: Final[Language] = ecmascript(
    name="tsx",
    suffixes=(".tsx",),
    grammar="tree_sitter_typescript:language_tsx",
    query="typescript.scm",
    more_queries=("ecmascript.scm", "jsx.scm"),
)
