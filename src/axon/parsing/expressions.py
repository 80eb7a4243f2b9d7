"""Values as rows: what a name, a call or any other expression is, in an intermediate form that no language owns.

What flows in: nodes of a file's tree, and the language's table of shapes. What flows out: rows of Expressions. A text
that was read before is not read again; plain names and literals are read from their text, without their nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from axon.languages import named
from axon.languages.language import ITSELF, ValueSyntax
from axon.model.facts import ExpressionKind, Expressions
from axon.parsing.draft import transposed
from axon.parsing.parser import grammar
from axon.parsing.strings import Strings

NO_VALUE: Final = -1
_CODE = {kind.name: int(kind) for kind in ExpressionKind}
_NAME, _CALL = _CODE["NAME"], _CODE["CALL"]
_ARGUMENT, _ELEMENT, _LITERAL = _CODE["ARGUMENT"], _CODE["ELEMENT"], _CODE["LITERAL"]
_FUNCTION, _COMPREHENSION, _DEFINITION = _CODE["FUNCTION"], _CODE["COMPREHENSION"], _CODE["DEFINITION"]
_PLACED = (_FUNCTION, _COMPREHENSION, _DEFINITION)
OWN_VALUE: Final = 1 << 30  # in place of a position: a node that is its own value
TEXT_BYTES: Final = 200
DEEPEST: Final = 30
MOST_PARTS: Final = {_ELEMENT: 32, _ARGUMENT: 64}
_MEMO_ENTRIES: Final = 200_000


_Key = tuple[int, int, int, int]
Place = int | None  # below 0 a field's number, turned negative; else a position among named children
NodeShape = tuple[int, str, Place, Place]
NodePart = tuple[str, int, Place]  # mark, field that names it or 0, value


@dataclass(frozen=True, slots=True)
class Tables:
    """A language's tables by the grammar's numbers, which are read ten times as fast as names."""

    syntax: ValueSyntax
    shapes: dict[int, NodeShape]
    parts: dict[int, NodePart]
    plain: dict[str, tuple[int, str] | None]


@cache
def compiled(language: str) -> Tables | None:
    """The tables of a language that says what its values look like."""
    syntax, rules = named(language).values, grammar(language)
    if syntax is None:
        return None
    kinds = [(i, str(rules.node_kind_for_id(i))) for i in range(rules.node_kind_count) if rules.node_kind_is_named(i)]
    words = {str(rules.field_name_for_id(i)): i for i in range(1, rules.field_count + 1)}

    def place(where: str | int) -> int | None:
        return where if isinstance(where, int) else -words[where] if where else None

    shapes = {
        i: (shape.kind, shape.text, place(shape.first), place(shape.second))
        for i, kind in kinds
        if (shape := syntax.shapes.get(kind)) is not None
    }
    parts = {
        i: (part.mark, words.get(part.name, 0), OWN_VALUE if part.value == ITSELF else place(part.value))
        for i, kind in kinds
        if (part := syntax.parts.get(kind)) is not None
    }
    return Tables(syntax, shapes, parts, {})


class Rows:
    """The expressions of one file, each distinct row once.

    `calls` says by the byte where a call ends, which no two share, where it begins, its callee and its first ARGUMENT.
    `add`, `chain` and `named` see every argument of a file, hence the local names in them.
    """

    def __init__(self, strings: Strings, tables: Tables) -> None:
        self.syntax = tables.syntax
        self._tables, self._strings = tables, strings
        self._rows: dict[_Key, int] = {}
        self._depths: dict[int, int] = {}  # of rows deeper than 1
        self._literals: set[int] = {NO_VALUE}
        self._placed: set[int] = set()
        self._called: set[int] = set()
        self._by_text: dict[str, int] = {}
        self.calls: dict[int, tuple[int, int, int]] = {}
        self._n_cut = 0
        if len(tables.plain) > _MEMO_ENTRIES:
            tables.plain.clear()

    def table(self) -> Expressions:
        """All rows so far."""
        return Expressions(*transposed(list(self._rows)))

    def add(self, kind: int, text: str = "", first: int = NO_VALUE, second: int = NO_VALUE) -> int:
        """The row of these columns; NO_VALUE where it is nested too deep. `text` is -1 where it is empty or long."""
        key = (kind, self._strings.add(text) if text and len(text) <= TEXT_BYTES else -1, first, second)
        row = self._rows.get(key)
        return self._new(key) if row is None else row

    def _new(self, key: _Key) -> int:
        kind, _, first, second = key
        is_placed, depths = kind in _PLACED, self._depths
        depth = depths.get(first, 1) if first >= 0 else 0
        if second >= 0 and not is_placed:
            depth = max(depth, depths.get(second, 1))
            is_placed = second in self._placed
        if kind not in MOST_PARTS:
            depth += 1
            if depth > DEEPEST:
                self._n_cut += 1
                return NO_VALUE
        row = self._rows[key] = len(self._rows)
        if depth > 1:
            depths[row] = depth
        if kind == _LITERAL:
            self._literals.add(row)
        elif kind == _CALL:
            self._called.add(row)
        if is_placed or first in self._placed:
            self._placed.add(row)
        return row

    def chain(self, kind: int, parts: Sequence[tuple[str, int]]) -> int:
        """The first row of a chain of (text, value); made from its end, so that equal ends are one."""
        rows, row, add, new = self._rows, NO_VALUE, self._strings.add, self._new
        for text, value in reversed(parts):
            key = (kind, add(text) if text and len(text) <= TEXT_BYTES else -1, value, row)
            found = rows.get(key)
            row = new(key) if found is None else found
        return row

    def wrapped(self, kind: int, row: int, text: str = "") -> int:
        """What comes of a value, NO_VALUE if that is unknown."""
        return NO_VALUE if row == NO_VALUE else self.add(kind, text, row)

    def is_literal(self, row: int) -> bool:
        """Whether a row is a literal, or no value at all."""
        return row in self._literals

    def is_call(self, row: int) -> bool:
        """Whether a row is a call."""
        return row in self._called

    def is_placed(self, row: int) -> bool:
        """Whether a row holds a byte, so that it is of one place only."""
        return row in self._placed

    def dotted(self, text: str) -> str:
        """The dotted name that a text is, without blanks; '' for any other expression."""
        memo = self._tables.plain
        plain = memo[text] if text in memo else memo.setdefault(text, self.syntax.plain(text))
        return plain[1] if plain is not None and plain[0] == _NAME else ""

    def named(self, text: str) -> int | None:
        """The row of a plain name or literal by its text alone; None for any other expression."""
        row = self._by_text.get(text)
        if row is None:
            memo, rows = self._tables.plain, self._rows
            plain = memo[text] if text in memo else memo.setdefault(text, self.syntax.plain(text))
            if plain is None:
                return None
            kind, word = plain
            known = self.syntax.attribute_name(text) if kind == _LITERAL else ""
            key = (kind, self._strings.add(word), NO_VALUE, self._strings.add(known) if known else NO_VALUE)
            row = self._by_text[text] = rows.setdefault(key, len(rows))
            if kind == _LITERAL:
                self._literals.add(row)
        return row

    def naming(self, text: str) -> int | None:
        """The row of a string that is the name of an attribute; None for any other text."""
        name = self.syntax.constant(text).strip("'")
        if not name.isidentifier():
            return None
        return self.add(_LITERAL, self.syntax.literal(text), NO_VALUE, self._strings.add(name))

    def plain_parts(self, parts: Sequence[tuple[str, str]]) -> list[tuple[str, int]] | None:
        """The (text, value) of arguments that are plain names and literals all; None if one is not."""
        known, named = self._by_text, self.named
        found: list[tuple[str, int]] = []
        for mark, text in parts:
            row = known.get(text)
            if row is None:
                row = named(text)
                if row is None:
                    return None
            found.append((mark, row))
        return found
