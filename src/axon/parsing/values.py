"""Values as rows, read from nodes: what the texts alone of `expressions` do not tell.

What flows in: nodes of a file's tree, and the language's table of shapes. What flows out: rows of Expressions. What was
read before is found by its text, or by its place, and not read again.
"""

from collections.abc import Mapping
from typing import Final

from tree_sitter import Node

from axon.languages.language import TRANSPARENT
from axon.model.facts import NO_TEXT, ExpressionKind
from axon.parsing.expressions import (
    DEEPEST,
    MOST_PARTS,
    NO_VALUE,
    OWN_VALUE,
    TEXT_BYTES,
    UNREAD,
    NodePart,
    NodeShape,
    Place,
    Rows,
    Tables,
)
from axon.parsing.strings import Strings, Text

_CODE: Final = {kind.name: int(kind) for kind in ExpressionKind}
_NAME: Final = _CODE["NAME"]
_MEMBER: Final = _CODE["MEMBER"]
_CALL: Final = _CODE["CALL"]
_ITEM: Final = _CODE["ITEM"]
_ARGUMENT: Final = _CODE["ARGUMENT"]
_ELEMENT: Final = _CODE["ELEMENT"]
_DISPLAY: Final = _CODE["DISPLAY"]
_LITERAL: Final = _CODE["LITERAL"]
_FUNCTION: Final = _CODE["FUNCTION"]
_COMPREHENSION: Final = _CODE["COMPREHENSION"]
_OPERATION: Final = _CODE["OPERATION"]
_EITHER: Final = _CODE["EITHER"]
_AWAIT: Final = _CODE["AWAIT"]
_CAST: Final = _CODE["CAST"]
_DEFINITION: Final = _CODE["DEFINITION"]
_BRACE: Final = ord("{")
MOST_KEYED: Final = 128  # of objects, whose members are looked up by their keys
_PLAIN: Final = frozenset({_NAME, _MEMBER, _LITERAL})  # what a text alone may tell
SIGNS: Final = {"-": "neg", "+": "pos", "~": "invert"}


def inner(node: Node) -> Node | None:
    """The first named child that is no comment."""
    return next((child for child in node.named_children if not child.is_extra), None)


def _unwrapped(text: str) -> str:
    """An expression without the parentheses around it."""
    while text[:1] == "(" and text[-1:] == ")":
        text = text[1:-1].strip()
    return text


class Values(Rows):
    """The expressions of one file, by their nodes."""

    def __init__(self, text: Text, strings: Strings, tables: Tables) -> None:
        super().__init__(strings, tables)
        self._text = text
        self._by_place: dict[tuple[int, int], int] = {}
        self._call_at: dict[int, int] = {}  # byte where a call ends, which no two share -> its place in these columns
        self._call_starts: list[int] = []
        self._call_callees: list[int] = []
        self._call_firsts: list[int] = []
        self.definitions: Mapping[int, int] = {}  # byte where the body of a function or class begins -> its row
        self.functions: dict[int, int] = {}  # byte where a function without a name begins -> where its body does

    def add_call(self, start: int, end: int, callee: int, first: int) -> None:
        """Keep the callee and the first ARGUMENT of the call at these bytes."""
        self._call_at[end] = len(self._call_starts)
        self._call_starts.append(start)
        self._call_callees.append(callee)
        self._call_firsts.append(first)

    def first_argument(self, node: Node) -> int:
        """The first ARGUMENT of a node that is a call; NO_VALUE for any other."""
        call = self._call_at.get(node.end_byte, NO_VALUE)
        return self._call_firsts[call] if call >= 0 and self._call_starts[call] == node.start_byte else NO_VALUE

    def of(self, node: Node, depth: int = 0) -> int:
        """The row of a node; NO_VALUE for what is no value that the form knows."""
        return self.at(node, node.start_byte, node.end_byte, depth)

    def at(self, node: Node, start: int, end: int, depth: int = 0) -> int:
        """`of` where the node's bytes are known already.

        A row is kept by its text; by its place if that is long or says where the node is.
        """
        call = self._call_at.get(end, NO_VALUE)
        if call >= 0 and self._call_starts[call] == start:
            return self._row(_CALL, NO_TEXT, self._call_callees[call], self._call_firsts[call])
        text = ""
        if end - start <= TEXT_BYTES:
            text = self._text.cut(start, end)
            row = self._by_text.get(text, UNREAD)
            if row != UNREAD:
                return row
        shape = self._tables.shapes.get(node.kind_id)
        if shape is None:
            return NO_VALUE
        named = self.named(text) if text and shape[0] in _PLAIN else None
        if named is not None:
            return named
        row = self._by_place.get((start, end), UNREAD) if self._by_place else UNREAD
        if row == UNREAD:
            n_cut = self._n_cut
            row = self._built(node, shape, depth)
            if text and n_cut == self._n_cut and not self.is_placed(row):
                self._by_text[text] = row
            else:
                self._by_place[start, end] = row
        return row

    def _built(self, node: Node, shape: NodeShape, depth: int) -> int:
        for _ in range(DEEPEST):
            if shape[0] != TRANSPARENT:
                break
            within = self._part(node, shape[2])
            found = self._tables.shapes.get(within.kind_id) if within is not None else None
            if within is None or found is None:
                return NO_VALUE
            node, shape = within, found
            if shape[0] in _PLAIN:
                return self.of(node, depth)
        if depth > DEEPEST or shape[0] == TRANSPARENT:
            self._n_cut += 1
            return NO_VALUE
        return self._of_shape(node, shape, depth + 1)

    def _of_shape(self, node: Node, shape: NodeShape, depth: int) -> int:  # noqa: C901, PLR0911
        """By kind, the frequent ones first. A table of bound methods would be a cycle, and workers collect none."""
        kind = shape[0]
        if kind == _DISPLAY:
            return self._display(node, shape, depth)
        if kind == _MEMBER:
            return self._member(node, shape, depth)
        if kind == _OPERATION:
            return self._operation(node, shape, depth)
        if kind == _ITEM:
            return self._item(node, shape, depth)
        if kind == _LITERAL:
            return self._literal(node, shape, depth)
        if kind == _COMPREHENSION:
            return self._comprehension(node, shape, depth)
        if kind == _EITHER:
            return self._either(node, shape, depth)
        if kind == _FUNCTION:
            return self._function(node, shape, depth)
        if kind == _CAST:
            return self._cast(node, shape, depth)
        if kind == _AWAIT:
            return self._awaited(node, shape, depth)
        return self._call(node, shape, depth) if kind == _CALL else self._name(node, shape, depth)

    def _part(self, node: Node, where: Place) -> Node | None:
        """A child by its field, or by its position among named children that are no extras."""
        if where is None:
            return None
        if where < 0:
            return node.child_by_field_id(-where)
        children = [child for child in node.named_children if not child.is_extra]
        return children[where] if where < len(children) else None

    def _value(self, node: Node, where: Place, depth: int) -> int:
        part = node.child_by_field_id(-where) if where is not None and where < 0 else self._part(node, where)
        if part is None:
            return NO_VALUE
        return self.at(part, part.start_byte, part.end_byte, depth)

    def _cut(self, node: Node | None) -> str:
        if node is None:
            return ""
        start, end = node.start_byte, node.end_byte
        return self._text.cut(start, end) if end - start <= TEXT_BYTES else ""

    def _name(self, node: Node, shape: NodeShape, depth: int) -> int:
        plain = self.syntax.plain(self._cut(node))
        return NO_VALUE if plain is None else self.add(*plain)

    def _member(self, node: Node, shape: NodeShape, depth: int) -> int:
        name, holder = self._cut(self._part(node, shape[3])), self._part(node, shape[2])
        if holder is None:
            return NO_VALUE
        start, end = holder.start_byte, holder.end_byte
        dotted = self.dotted(_unwrapped(self._text.cut(start, end))) if end - start <= TEXT_BYTES else ""
        if dotted and name:
            return self.add(_NAME, f"{dotted}.{name}")
        return self.add(_MEMBER, name, self.at(holder, start, end, depth))

    def _call(self, node: Node, shape: NodeShape, depth: int) -> int:
        module = self.syntax.module_name(self._cut(node))
        if module:
            return self.add(_NAME, module)
        arguments = self._part(node, shape[3])
        first = NO_VALUE if arguments is None else self.arguments(arguments, depth)
        return self.add(_CALL, shape[1], self._value(node, shape[2], depth), first)

    def arguments(self, node: Node, depth: int = 0) -> int:
        """The first ARGUMENT of an argument list; one without parentheses is one value."""
        if node.kind_id in self._tables.shapes:
            return self.add(_ARGUMENT, "", self.of(node, depth))
        return self._chain(_ARGUMENT, node, depth)

    def _display(self, node: Node, shape: NodeShape, depth: int) -> int:
        return self.add(_DISPLAY, shape[1], NO_VALUE, self._elements(node, depth))

    def _elements(self, node: Node, depth: int) -> int:
        """The first ELEMENT of a display; one of plain names and literals is read from its text."""
        start, end = node.start_byte, node.end_byte
        if end - start <= TEXT_BYTES:
            parts = self.syntax.elements(self._text.cut(start, end))
            if parts is not None and len(parts) <= MOST_PARTS[_ELEMENT]:
                found = self.plain_list(_ELEMENT, parts)
                if found is not None:
                    return found
        return self._chain(_ELEMENT, node, depth)

    def _chain(self, kind: int, node: Node, depth: int) -> int:
        """The first row of the chain that a node's children make."""
        texts: list[str] = []
        values: list[int] = []
        known, most = self._by_text, MOST_PARTS[kind]
        if kind == _ELEMENT and self.syntax.key is not None and self._text.content[node.start_byte] == _BRACE:
            known, most = {}, MOST_KEYED  # a name alone is a key as well
        children: list[Node] = node.named_children
        for child in children[:most]:
            start: int = child.start_byte
            end: int = child.end_byte
            text, row = "", UNREAD
            if end - start <= TEXT_BYTES:
                row = known.get(self._text.cut(start, end), UNREAD)
            if row == UNREAD:
                part = self._tables.parts.get(child.kind_id)
                if part is not None:
                    text, row = self._keyed(kind, child, start, part, depth)
                else:
                    row = self.at(child, start, end, depth)
                    if row == NO_VALUE and child.is_extra:
                        continue
            texts.append(text)
            values.append(row)
        return self.chain(kind, texts, values)

    def _keyed(self, kind: int, node: Node, start: int, part: NodePart, depth: int) -> tuple[str, int]:
        """Text and value of an argument or element that has a key or is spread."""
        mark, key_field, where = part
        if where == OWN_VALUE:
            return self._own(node, start, key_field, depth)
        value = self._part(node, where)
        if value is None:
            return mark, NO_VALUE
        at, end = value.start_byte, value.end_byte
        row = self.at(value, at, end, depth)
        if not key_field:
            return mark, row
        key = self._text.cut(start, at).rstrip("=: \t\r\n\\") if at - start <= TEXT_BYTES else ""
        return (self._key(key) if kind == _ELEMENT else key), row

    def _own(self, node: Node, start: int, key_field: int, depth: int) -> tuple[str, int]:
        """Key and value of an element that is its own value."""
        key = self._cut(node.child_by_field_id(key_field) if key_field else node)
        return self._key(key), self.at(node, start, node.end_byte, depth)

    def _key(self, text: str) -> str:
        return (self.syntax.key or self.syntax.constant)(text)

    def _item(self, node: Node, shape: NodeShape, depth: int) -> int:
        return self.add(_ITEM, self.key_of(node), self._value(node, shape[2], depth))

    def key_of(self, node: Node) -> str:
        """The constant key of an element, '' if it has none."""
        keys = [child for child in node.named_children if not child.is_extra]
        return self.syntax.constant(self._cut(keys[1])) if len(keys) == 2 else ""

    def _awaited(self, node: Node, shape: NodeShape, depth: int) -> int:
        return self.add(_AWAIT, "", self._value(node, shape[2], depth))

    def _either(self, node: Node, shape: NodeShape, depth: int) -> int:
        first, second = self._value(node, shape[2], depth), self._value(node, shape[3], depth)
        return NO_VALUE if first == second == NO_VALUE else self.add(_EITHER, "", first, second)

    def _literal(self, node: Node, shape: NodeShape, depth: int) -> int:
        start = node.start_byte
        return self.add(_LITERAL, shape[1] or self.syntax.literal(self._text.cut(start, start + 4)))

    def _comprehension(self, node: Node, shape: NodeShape, depth: int) -> int:
        body = self._part(node, shape[2])
        if body is None:
            return NO_VALUE
        return self.add(_COMPREHENSION, shape[1], self.of(body, depth), body.start_byte)

    def _function(self, node: Node, shape: NodeShape, depth: int) -> int:
        body = self._part(node, shape[2])
        if body is None:
            return NO_VALUE
        start = body.start_byte
        if start in self.definitions:
            return self.add(_DEFINITION, "", NO_VALUE, self.definitions[start])
        if shape[3] is None:
            return NO_VALUE
        self.functions[node.start_byte] = start
        listed = self._part(node, shape[3]) or node.child_by_field_name("parameter")
        return self.add(_FUNCTION, self._cut(listed), self.of(body, depth), start)

    def _cast(self, node: Node, shape: NodeShape, depth: int) -> int:
        value, taken = self._value(node, shape[2], depth), self._cut(self._part(node, shape[3]))
        return self.add(_CAST, taken, value) if taken and taken != "const" else value

    def _operation(self, node: Node, shape: NodeShape, depth: int) -> int:
        if shape[3] and shape[1]:
            return self._comparison(node, shape, depth)
        sign = self._cut(node.child_by_field_name("operator"))
        if self.syntax.alternatives:
            return self._given(node, shape, sign, depth)
        first = self._value(node, shape[2], depth)
        second = self._value(node, shape[3], depth) if shape[3] else NO_VALUE
        if shape[1]:
            return first if self.is_literal(first) else self.add(_OPERATION, SIGNS.get(sign, sign), first)
        return NO_VALUE if first == second == NO_VALUE else self.add(_OPERATION, sign, first, second)

    def _comparison(self, node: Node, shape: NodeShape, depth: int) -> int:
        """A comparison of two, whose operator may give anything; any other gives a truth."""
        operands = [child for child in node.named_children if not child.is_extra]
        if len(operands) == 2:
            sign = self._text.cut(operands[0].end_byte, operands[1].start_byte).strip()
            left = self.of(operands[0], depth) if sign in self.syntax.compared else NO_VALUE
            if left != NO_VALUE and not self.is_literal(left):
                return self.add(_OPERATION, sign, left, self.of(operands[1], depth))
        return self.add(_LITERAL, shape[1])

    def _given(self, node: Node, shape: NodeShape, sign: str, depth: int) -> int:
        """The value of an operator of a language in which nothing defines them: an operand, or of a builtin type."""
        gives = self.syntax.alternatives.get(sign)
        if gives is None:
            return self.add(_LITERAL, self.syntax.results.get(sign, self.syntax.number))
        second = self._value(node, shape[3], depth)
        if gives == "second":
            return second
        first = self._value(node, shape[2], depth)
        return NO_VALUE if first == second == NO_VALUE else self.add(_EITHER, "", first, second)
