"""Grammar and query of each language, compiled once per process.

What flows in: the bytes of one file. What flows out: a tree-sitter tree and the captures of the language's query. This
module and `extract` are the only ones that see tree-sitter.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from importlib.resources import files
from time import monotonic
from typing import Final

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor, Tree

from axon.languages import named

Captures = dict[str, list[Node]]

_LARGE_BYTES: Final = (
    256_000  # below, no input known takes a second, and asking for the time costs a sixth of the parse
)
_PIECE_BYTES: Final = 65_536
_limit: ContextVar[float] = ContextVar("seconds that one parse may take", default=0)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Within, parsing a large file raises TimeoutError after so many seconds; 0 means that it takes what it takes."""
    before = _limit.set(seconds)
    try:
        yield
    finally:
        _limit.reset(before)


@cache
def grammar(language: str) -> Grammar:
    """The compiled grammar of a registered language."""
    module, _, function = named(language).grammar.partition(":")
    return Grammar(getattr(import_module(module), function)())


@cache
def query(language: str) -> Query:
    """The language's query, compiled against its grammar; tree_sitter.QueryError where they disagree."""
    folder, rules = files("axon.languages"), named(language)
    texts = [(folder / name).read_text("utf-8") for name in (rules.query, *rules.more_queries)]
    return Query(grammar(language), "\n".join(texts))


@cache
def _parser(language: str) -> Parser:
    return Parser(grammar(language))


def capture(language: str, content: bytes) -> Captures:
    """Nodes of each capture name, in no particular order; a broken file gives what could be read.

    Raises:
        TimeoutError: the file is large and took longer than `time_limit`.
    """
    seconds = _limit.get()
    parser = _parser(language)
    tree = _parsed(parser, content, seconds)
    tidied = named(language).tidied
    if tree.root_node.has_error and tidied is not None:
        readable = tidied(content)
        again = _parsed(parser, readable, seconds) if readable != content else tree
        if again.root_node.has_error and again is not tree:
            found, other = (QueryCursor(query(language)).captures(one.root_node) for one in (tree, again))
            return other if _damaged_bytes(other) < _damaged_bytes(found) else found
        tree = again
    return QueryCursor(query(language)).captures(tree.root_node)


def _damaged_bytes(captures: Captures) -> int:
    return sum(node.end_byte - node.start_byte for node in captures.get("damage", ()))


def _parsed(parser: Parser, content: bytes, seconds: float) -> Tree:
    return _in_time(parser, content, seconds) if seconds and len(content) > _LARGE_BYTES else parser.parse(content)


def _in_time(parser: Parser, content: bytes, seconds: float) -> Tree:
    end = monotonic() + seconds
    try:
        return parser.parse(
            lambda at, _: content[at : at + _PIECE_BYTES], progress_callback=lambda at, damaged: monotonic() > end
        )
    except ValueError as error:  # how the binding says that a callback ended the parse
        parser.reset()  # else the next parse would go on where this one stopped
        raise TimeoutError(f"not parsed within {seconds:g} seconds") from error
