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
from axon.model.facts import NO_TEXT, ExpressionKind, Expressions
from axon.parsing.parser import grammar
from axon.parsing.strings import Strings

NO_VALUE: Final = -1
_CODE: Final = {kind.name: int(kind) for kind in ExpressionKind}
_NAME: Final = _CODE["NAME"]
_CALL: Final = _CODE["CALL"]
_ARGUMENT: Final = _CODE["ARGUMENT"]
_ELEMENT: Final = _CODE["ELEMENT"]
_LITERAL: Final = _CODE["LITERAL"]
_FUNCTION: Final = _CODE["FUNCTION"]
_COMPREHENSION: Final = _CODE["COMPREHENSION"]
_DEFINITION: Final = _CODE["DEFINITION"]
OWN_VALUE: Final = 1 << 30  # in place of a position: a node that is its own value
UNREAD: Final = -2
TEXT_BYTES: Final = 200
DEEPEST: Final = 30
MOST_PARTS: Final = {_ELEMENT: 32, _ARGUMENT: 64}
_MEMO_ENTRIES: Final = 200_000

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
    """The expressions of one file, as columns, each distinct row once.

    They see every argument of a file, and are compiled: a key is one number, not a tuple, and no bound method is kept
    in a local name.
    """

    def __init__(self, strings: Strings, tables: Tables) -> None:
        self.syntax = tables.syntax
        self._tables, self._strings = tables, strings
        self._kinds: list[int] = []
        self._texts: list[int] = []
        self._firsts: list[int] = []
        self._seconds: list[int] = []
        self._depths: list[int] = []
        self._placed: list[bool] = []  # whether a row holds a byte, so that it is of one place only
        self._found: list[dict[int, int]] = [{} for _ in ExpressionKind]
        self._by_text: dict[str, int] = {}
        self._n_cut = 0
        if len(tables.plain) > _MEMO_ENTRIES:
            tables.plain.clear()

    def table(self) -> Expressions:
        """All rows so far."""
        return Expressions(self._kinds, self._texts, self._firsts, self._seconds)

    def add(self, kind: int, text: str = "", first: int = NO_VALUE, second: int = NO_VALUE) -> int:
        """The row of these columns; NO_VALUE where it is nested too deep. `text` is -1 where it is empty or long."""
        word = self._strings.add(text) if text and len(text) <= TEXT_BYTES else NO_TEXT
        return self._row(kind, word, first, second)

    def _row(self, kind: int, word: int, first: int, second: int) -> int:
        key = (second + 1) << 48 | (first + 1) << 24 | (word + 1)
        found = self._found[kind]
        row = found.get(key, NO_VALUE)
        if row < 0:
            row = self._new(kind, word, first, second)
            if row >= 0:
                found[key] = row
        return row

    def _new(self, kind: int, word: int, first: int, second: int) -> int:
        depth, is_placed = 0, False
        if first >= 0:
            depth, is_placed = self._depths[first], self._placed[first]
        if kind in (_FUNCTION, _COMPREHENSION, _DEFINITION):
            is_placed = True
        elif second >= 0 and kind != _LITERAL:
            depth = max(depth, self._depths[second])
            is_placed = is_placed or self._placed[second]
        if kind not in (_ARGUMENT, _ELEMENT):
            depth += 1
            if depth > DEEPEST:
                self._n_cut += 1
                return NO_VALUE
        self._kinds.append(kind)
        self._texts.append(word)
        self._firsts.append(first)
        self._seconds.append(second)
        self._depths.append(max(depth, 1))
        self._placed.append(is_placed)
        return len(self._kinds) - 1

    def chain(self, kind: int, texts: list[str], values: list[int]) -> int:
        """The first row of a chain of texts and values; made from its end, so that equal ends are one."""
        row = NO_VALUE
        for i in range(len(values) - 1, -1, -1):
            text = texts[i]
            word = self._strings.add(text) if text and len(text) <= TEXT_BYTES else NO_TEXT
            row = self._row(kind, word, values[i], row)
        return row

    def wrapped(self, kind: int, row: int, text: str = "") -> int:
        """What comes of a value, NO_VALUE if that is unknown."""
        return NO_VALUE if row == NO_VALUE else self.add(kind, text, row)

    def is_literal(self, row: int) -> bool:
        """Whether a row is a literal, or no value at all."""
        return row < 0 or self._kinds[row] == _LITERAL

    def is_call(self, row: int) -> bool:
        """Whether a row is a call."""
        return row >= 0 and self._kinds[row] == _CALL

    def kind_of(self, row: int) -> int:
        """The kind of a row that is there."""
        return self._kinds[row]

    def is_placed(self, row: int) -> bool:
        """Whether a row holds a byte, so that it is of one place only."""
        return row >= 0 and self._placed[row]

    def _plain(self, text: str) -> tuple[int, str] | None:
        """`plain` of the language, which other files asked for as well."""
        memo = self._tables.plain
        if text in memo:
            return memo[text]
        plain = memo[text] = self.syntax.plain(text)
        return plain

    def dotted(self, text: str) -> str:
        """The dotted name that a text is, without blanks; '' for any other expression."""
        plain = self._plain(text)
        return plain[1] if plain is not None and plain[0] == _NAME else ""

    def named(self, text: str) -> int | None:
        """The row of a plain name or literal by its text alone; None for any other expression."""
        row = self._by_text.get(text, UNREAD)
        if row == UNREAD:
            plain = self._plain(text)
            if plain is None:
                return None
            kind, word = plain
            known = self.syntax.attribute_name(text) if kind == _LITERAL else ""
            second = self._strings.add(known) if known else NO_VALUE
            row = self._by_text[text] = self._row(kind, self._strings.add(word), NO_VALUE, second)
        return row

    def naming(self, text: str) -> int | None:
        """The row of a string that is the name of an attribute; None for any other text."""
        name = self.syntax.constant(text).strip("'")
        if not name.isidentifier():
            return None
        return self._row(_LITERAL, self._strings.add(self.syntax.literal(text)), NO_VALUE, self._strings.add(name))

    def plain_list(self, kind: int, parts: Sequence[tuple[str, str]]) -> int | None:
        """The first row of a chain of plain names and literals; None if one of them is neither."""
        marks: list[str] = []
        rows: list[int] = []
        for mark, text in parts:
            row = self.named(text)
            if row is None:
                return None
            marks.append(mark)
            rows.append(row)
        return self.chain(kind, marks, rows)
