"""Grammar and query of each language, compiled once per process.

What flows in: the bytes of one file. What flows out: a tree-sitter tree and the captures of the language's query. This
module and `extract` are the only ones that see tree-sitter.
"""

from functools import cache
from importlib import import_module
from importlib.resources import files

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from axon.languages import named

Captures = dict[str, list[Node]]


@cache
def grammar(language: str) -> Grammar:
    """The compiled grammar of a registered language."""
    module, _, function = named(language).grammar.partition(":")
    return Grammar(getattr(import_module(module), function)())


@cache
def query(language: str) -> Query:
    """The language's query, compiled against its grammar; tree_sitter.QueryError where they disagree."""
    text = (files("axon.languages") / named(language).query).read_text("utf-8")
    return Query(grammar(language), text)


@cache
def _parser(language: str) -> Parser:
    return Parser(grammar(language))


def capture(language: str, content: bytes) -> Captures:
    """Nodes of each capture name, in no particular order; a broken file gives what could be read."""
    tree = _parser(language).parse(content)
    return QueryCursor(query(language)).captures(tree.root_node)
