"""JavaScript, with JSX. What it shares with TypeScript is in the `ecmascript` modules."""

from dataclasses import replace
from typing import Final

from axon.languages.ecmascript_comments import comments
from axon.languages.ecmascript_family import ecmascript
from axon.languages.language import Language

LANGUAGE: Final[Language] = replace(
    ecmascript(
        name="javascript",
        suffixes=(".js", ".jsx", ".mjs", ".cjs"),
        grammar="tree_sitter_javascript:language",
        query="javascript.scm",
        more_queries=("ecmascript.scm", "jsx.scm"),
    ),
    comments=comments,
)
