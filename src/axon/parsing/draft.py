"""What the extraction of one file has gathered so far: shared by the modules that each add a kind of fact."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from tree_sitter import Node

from axon.languages.language import Comment, Language, Modifiers
from axon.model.facts import NO_DEFINITION
from axon.model.kinds import CLASS_CODES
from axon.parsing.parser import Captures
from axon.parsing.scopes import Owners
from axon.parsing.strings import Strings, Text

_NO_SCOPES: Final = Owners((), (), ())
_SPAN: Final = attrgetter("start_byte", "end_byte")
_PLACE: Final = attrgetter("start_byte", "end_byte", "start_point")

Span = tuple[int, int]
Place = tuple[int, int, tuple[int, int]]


@dataclass(slots=True)
class Draft:
    """The file being read. The lists are columns of `Definitions`; rows below `n_nested` are functions and classes in
    source order, and those above variables and fields."""

    language: Language
    text: Text
    captures: Captures
    strings: Strings = field(default_factory=Strings)
    scopes: Owners = _NO_SCOPES
    n_nested: int = 0
    names: list[str] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    start_line: list[int] = field(default_factory=list)
    end_line: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    signature: list[int] = field(default_factory=list)
    summary: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)  # where each function or class starts in its line
    body_columns: list[int] = field(default_factory=list)
    is_function: list[bool] = field(default_factory=list)
    holds_members: list[bool] = field(default_factory=list)  # a class or an object: its names need a receiver
    heads: list[str] = field(default_factory=list)  # text between name and body of each function or class
    overloads: dict[int, list[str]] = field(default_factory=dict)  # function -> the heads of all its declarations
    name_at: list[int] = field(default_factory=list)  # byte where the name of each function or class begins
    comments: dict[int, Comment] = field(default_factory=dict)  # what comments say of types, by the byte of what
    aliases: list[tuple[str, str, int, int]] = field(default_factory=list)  # name and type of those in comments; bytes
    first_ends: dict[int, int] = field(default_factory=dict)  # the same -> byte where the first of them ends
    receivers: dict[int, str] = field(default_factory=dict)  # function -> name of its first parameter
    decorators: dict[int, list[str]] = field(default_factory=dict)  # definition -> dotted texts
    modifiers: list[Modifiers] = field(default_factory=list)  # of functions and classes, where the language has them
    name_starts: set[int] = field(default_factory=set)  # bytes where the names of functions and classes begin
    unbound: set[int] = field(default_factory=set)  # functions and classes that their names alone do not reach
    of_class: set[int] = field(default_factory=set)  # methods that a class's own body gives the class
    self_named: set[int] = field(default_factory=set)  # such as their own bodies know by name
    loose: set[int] = field(default_factory=set)  # functions of values without a name: nothing reaches them by name
    exports: list[tuple[int, int, int]] = field(default_factory=list)
    imported: frozenset[int] = frozenset()  # bytes where declarations begin whose names imports bind
    # parameters that are patterns: scope, place among the parameters, pattern, byte where its names begin to hold
    patterns: list[tuple[int, int, str, int]] = field(default_factory=list)

    def is_class(self, scope: int) -> bool:
        """Whether a scope is a class's body."""
        return scope >= 0 and self.kind[scope] in CLASS_CODES

    def nested_before(self, position: int) -> int:
        """Row of the last function or class that starts at or before a byte; NO_DEFINITION if none does."""
        return bisect_right(self.start, position, 0, self.n_nested) - 1 if self.n_nested else NO_DEFINITION

    def nodes(self, capture: str) -> list[Node]:
        """The captured nodes by their spans: the binding hands them out in an order that changes from run to run."""
        nodes = self.captures.get(capture)
        return sorted(nodes, key=_SPAN) if nodes else []

    def spans(self, capture: str) -> list[Span]:
        """(start, end) of each captured node, sorted."""
        nodes = self.captures.get(capture)
        return sorted(map(_SPAN, nodes)) if nodes else []

    def places(self, capture: str) -> list[Place]:
        """(start, end, (row, column)) of each captured node, sorted."""
        nodes = self.captures.get(capture)
        return sorted(map(_PLACE, nodes)) if nodes else []


def transposed(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    """The columns of rows; empty where there is none, so that a table's defaults stand."""
    return list(zip(*rows, strict=True))
