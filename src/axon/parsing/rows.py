"""Tables in source text whose rows a loop hands to calls: `for (const [url, file] of FILES) app.get(url, …)`.

What flows in: an argument that is a name, and the values that names of the file are bound to. What flows out: what each
row of the table has in its place.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from tree_sitter import Node

from axon.languages.language import ValueSyntax
from axon.model.facts import ExpressionKind
from axon.parsing.strings import Text

_K = ExpressionKind
_DISPLAY, _CALL, _FUNCTION = int(_K.DISPLAY), int(_K.CALL), int(_K.FUNCTION)
_MOST_LEVELS: Final = 40
_MOST_ROWS: Final = 64


class Tables:
    """The tables of one file; `values` are the nodes that its names are bound to."""

    def __init__(self, text: Text, syntax: ValueSyntax, values: Mapping[str, Node]) -> None:
        self._text, self._syntax, self._values = text, syntax, values

    def column(self, node: Node) -> list[Node | None]:
        """What each row has for a name, or a member of one, that a loop around it binds; none where none does."""
        head, *keys = self._cut(node).split(".")
        up: Node | None = node.parent
        below = node
        for _ in range(_MOST_LEVELS):
            if up is None:
                break
            loop = self._loop(up, below)
            path = self._path(loop[0], head) if loop is not None else None
            if loop is not None and path is not None:
                rows = self._rows(loop[1])
                return [self._at(row, [*path, *keys]) for row in rows[:_MOST_ROWS]]
            below, up = up, up.parent
        return []

    def _loop(self, node: Node, below: Node) -> tuple[Node, Node] | None:
        """The pattern that a loop binds and what it takes rows of, where `below` is a part that runs for each."""
        fields = self._syntax.loops.get(node.type)
        if fields is not None:
            pattern, source = (node.child_by_field_name(field) for field in fields)
            return (pattern, source) if pattern is not None and source is not None and below != source else None
        shape = self._syntax.shapes.get(node.type)
        call = node.parent.parent if shape is not None and shape.kind == _FUNCTION and node.parent else None
        callee = call.child_by_field_name("function") if call is not None else None
        if callee is None or self._cut(callee).rpartition(".")[2] not in self._syntax.each_calls:
            return None
        listed = node.child_by_field_name("parameters")
        pattern = next(iter(listed.named_children), None) if listed else node.child_by_field_name("parameter")
        source = callee.child_by_field_name("object")
        return (pattern, source) if pattern is not None and source is not None else None

    def _path(self, pattern: Node, name: str) -> list[str] | None:
        """The keys by which a pattern binds a name; [] where it is the name."""
        if self._cut(pattern) == name:
            return []
        for place, child in enumerate(pattern.named_children):
            if self._cut(child) == name:
                return [str(place) if "array" in pattern.type else name]
        return None

    def _rows(self, source: Node) -> list[Node]:
        value = self._values.get(self._cut(source), source)
        shape = self._syntax.shapes.get(value.type)
        if shape is not None and shape.kind == _CALL:  # of what is made of a list, such as a map
            held = value.child_by_field_name(str(shape.second))
            value = held.named_children[0] if held is not None and held.named_child_count == 1 else value
        return list(self._parts(value))

    def _parts(self, node: Node) -> Iterator[Node]:
        shape = self._syntax.shapes.get(node.type)
        if shape is not None and shape.kind == _DISPLAY:
            yield from (child for child in node.named_children if not child.is_extra)

    def _at(self, row: Node, path: list[str]) -> Node | None:
        for key in path:
            found = None
            for place, child in enumerate(self._parts(row)):
                own = child.child_by_field_name("key")
                named = self._cut(own).strip("'\"") if own is not None else None
                if (named is None and key in (str(place), self._cut(child))) or named == key:
                    found = child.child_by_field_name("value") if own is not None else child
            if found is None:
                return None
            row = found
        return row

    def _cut(self, node: Node) -> str:
        return self._text.cut(node.start_byte, node.end_byte) if node.end_byte - node.start_byte <= 200 else ""
