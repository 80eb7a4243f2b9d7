"""Values as rows, read from nodes: what the texts alone of `expressions` do not tell.

What flows in: nodes of a file's tree, and the language's table of shapes. What flows out: rows of Expressions. What was
read before is found by its text, or by its place, and not read again.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Final

from tree_sitter import Node

from axon.languages.language import TRANSPARENT
from axon.model.facts import ExpressionKind
from axon.parsing.expressions import (
    DEEPEST,
    MOST_PARTS,
    NO_VALUE,
    OWN_VALUE,
    TEXT_BYTES,
    NodePart,
    NodeShape,
    Place,
    Rows,
    Tables,
)
from axon.parsing.strings import Strings, Text

_SPAN = attrgetter("start_byte", "end_byte")
_CODE = {kind.name: int(kind) for kind in ExpressionKind}
_NAME, _MEMBER, _CALL, _ITEM = _CODE["NAME"], _CODE["MEMBER"], _CODE["CALL"], _CODE["ITEM"]
_ARGUMENT, _ELEMENT, _DISPLAY, _LITERAL = _CODE["ARGUMENT"], _CODE["ELEMENT"], _CODE["DISPLAY"], _CODE["LITERAL"]
_FUNCTION, _COMPREHENSION, _OPERATION = _CODE["FUNCTION"], _CODE["COMPREHENSION"], _CODE["OPERATION"]
_EITHER, _AWAIT, _CAST, _DEFINITION = _CODE["EITHER"], _CODE["AWAIT"], _CODE["CAST"], _CODE["DEFINITION"]
_PLAIN: Final = frozenset({_NAME, _MEMBER, _LITERAL})  # what a text alone may tell
_BRACE: Final = ord("{")
MOST_KEYED: Final = 128  # of objects, whose members are looked up by their keys
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
        self._builders: dict[int, Callable[[Node, NodeShape, int], int]] = {
            _NAME: self._name,
            _MEMBER: self._member,
            _CALL: self._call,
            _ITEM: self._item,
            _AWAIT: self._awaited,
            _EITHER: self._either,
            _DISPLAY: self._display,
            _LITERAL: self._literal,
            _COMPREHENSION: self._comprehension,
            _FUNCTION: self._function,
            _OPERATION: self._operation,
            _CAST: self._cast,
        }
        self.definitions: Mapping[int, int] = {}  # byte where the body of a function or class begins -> its row
        self.functions: dict[int, int] = {}  # byte where a function without a name begins -> where its body does

    def first_argument(self, node: Node) -> int:
        """The first ARGUMENT of a node that is a call; NO_VALUE for any other."""
        call = self.calls.get(node.end_byte)
        return call[2] if call is not None and call[0] == node.start_byte else NO_VALUE

    def of(self, node: Node, depth: int = 0) -> int:
        """The row of a node; NO_VALUE for what is no value that the form knows."""
        start, end = _SPAN(node)
        return self.at(node, start, end, depth)

    def at(self, node: Node, start: int, end: int, depth: int = 0) -> int:
        """`of` where the node's bytes are known already.

        A row is kept by its text; by its place if that is long or says where the node is.
        """
        call = self.calls.get(end)
        if call is not None and call[0] == start:
            return self.add(_CALL, "", call[1], call[2])
        text, row = "", None
        if end - start <= TEXT_BYTES:
            text = self._text.cut(start, end)
            row = self._by_text.get(text)
        if row is None:
            shape = self._tables.shapes.get(node.kind_id)
            if shape is None:
                return NO_VALUE
            row = self.named(text) if text and shape[0] in _PLAIN else None
            if row is None:
                row = self._by_place.get((start, end))
            if row is None:
                n_cut = self._n_cut
                row = self._built(node, shape, depth)
                if text and n_cut == self._n_cut and row not in self._placed:
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
        return self._builders[shape[0]](node, shape, depth + 1)

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
        start, end = _SPAN(part)
        return self.at(part, start, end, depth)

    def _cut(self, node: Node | None) -> str:
        if node is None:
            return ""
        start, end = _SPAN(node)
        return self._text.cut(start, end) if end - start <= TEXT_BYTES else ""

    def _name(self, node: Node, shape: NodeShape, depth: int) -> int:
        plain = self.syntax.plain(self._cut(node))
        return NO_VALUE if plain is None else self.add(*plain)

    def _member(self, node: Node, shape: NodeShape, depth: int) -> int:
        name, holder = self._cut(self._part(node, shape[3])), self._part(node, shape[2])
        if holder is None:
            return NO_VALUE
        start, end = _SPAN(holder)
        dotted = self.dotted(_unwrapped(self._text.cut(start, end))) if end - start <= TEXT_BYTES else ""
        if dotted and name:
            return self.add(_NAME, f"{dotted}.{name}")
        return self.add(_MEMBER, name, self.at(holder, start, end, depth))

    def _call(self, node: Node, shape: NodeShape, depth: int) -> int:
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
        start, end = _SPAN(node)
        if end - start <= TEXT_BYTES:
            parts = self.syntax.elements(self._text.cut(start, end))
            if parts is not None and len(parts) <= MOST_PARTS[_ELEMENT]:
                found = self.plain_parts(parts)
                if found is not None:
                    return self.chain(_ELEMENT, found)
        return self._chain(_ELEMENT, node, depth)

    def _chain(self, kind: int, node: Node, depth: int) -> int:
        """The first row of a chain; made from its end, so that equal ends are one."""
        found: list[tuple[str, int]] = []
        parts, calls, known, cut = self._tables.parts, self.calls, self._by_text, self._text.cut
        most = MOST_PARTS[kind]
        if kind == _ELEMENT and self.syntax.key is not None and self._text.content[node.start_byte] == _BRACE:
            known, most = {}, MOST_KEYED  # a name alone is a key as well
        for child in node.named_children[:most]:
            start, end = _SPAN(child)
            row = known.get(cut(start, end)) if end - start <= TEXT_BYTES else None
            if row is None:
                part = parts.get(child.kind_id)
                if part is not None:
                    found.append(self._keyed(kind, child, start, part, depth))
                    continue
                call = calls.get(end)
                if call is not None and call[0] == start:
                    row = self.add(_CALL, "", call[1], call[2])
                else:
                    row = self.at(child, start, end, depth)
                    if row == NO_VALUE and child.is_extra:
                        continue
            found.append(("", row))
        return self.chain(kind, found)

    def _keyed(self, kind: int, node: Node, start: int, part: NodePart, depth: int) -> tuple[str, int]:
        """Text and value of an argument or element that has a key or is spread."""
        mark, key_field, where = part
        if where == OWN_VALUE:
            return self._own(node, start, key_field, depth)
        value = self._part(node, where)
        if value is None:
            return mark, NO_VALUE
        at, end = _SPAN(value)
        row = self.at(value, at, end, depth)
        if not key_field:
            return mark, row
        key = self._text.cut(start, at).rstrip("=: \t\r\n\\") if at - start <= TEXT_BYTES else ""
        return ((self.syntax.key or self.syntax.constant)(key) if kind == _ELEMENT else key), row

    def _own(self, node: Node, start: int, key_field: int, depth: int) -> tuple[str, int]:
        """Key and value of an element that is its own value."""
        key = self._cut(node.child_by_field_id(key_field) if key_field else node)
        return (self.syntax.key or self.syntax.constant)(key), self.at(node, start, node.end_byte, depth)

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
        sign = self._cut(node.child_by_field_name("operator"))
        if self.syntax.alternatives:
            return self._given(node, shape, sign, depth)
        first = self._value(node, shape[2], depth)
        second = self._value(node, shape[3], depth) if shape[3] else NO_VALUE
        if shape[1]:
            return first if self.is_literal(first) else self.add(_OPERATION, SIGNS.get(sign, sign), first)
        return NO_VALUE if first == second == NO_VALUE else self.add(_OPERATION, sign, first, second)

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
