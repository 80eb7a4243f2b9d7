"""What calls say in words that rule packs ask for: the URL path of a route, the prefix of a router.

What flows in: the calls of a file, and the names of those whose texts are wanted. What flows out: Registrations, their
Literals, and Constants. All other texts of a file are not kept.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from tree_sitter import Node

from axon.languages.language import ITSELF, TRANSPARENT, ValueSyntax
from axon.languages.pack import Vocabulary
from axon.model.facts import NO_DEFINITION, Constants, ExpressionKind, FlowKind, Literals, Registrations
from axon.model.kinds import CLASS_CODES
from axon.parsing.draft import Draft, transposed
from axon.parsing.flows import Writing
from axon.parsing.rows import Tables

_K = ExpressionKind
_LITERAL, _DISPLAY, _CALL = int(_K.LITERAL), int(_K.DISPLAY), int(_K.CALL)
_OPERATION, _NAMES = int(_K.OPERATION), (int(_K.NAME), int(_K.MEMBER))
_ASSIGNED: Final = int(FlowKind.ASSIGNED)
_TEXT_BYTES: Final = 400
_NAME_BYTES: Final = 100
_DEEPEST: Final = 8
_NAMES_COLUMN, _START, _END = 3, 5, 6  # of the columns of calls
_TRUTHS: Final = frozenset({"true", "false"})
_BLANKS: Final = b" \t\r\n\\"


class Registered:
    """The wanted calls of one file."""

    def __init__(self, draft: Draft, called: list[Sequence[int]], words: Vocabulary) -> None:
        self._draft = draft
        self._calls: list[tuple[int, int]] = []
        self._literals: list[tuple[int, int, int]] = []
        syntax = draft.language.values
        if syntax is None or not called or not (words.calls or words.decorators):
            return
        self._syntax = syntax
        self._tables: Tables | None = None
        self._read(called, words)

    def calls(self) -> Registrations:
        """The calls themselves."""
        return Registrations(*transposed(self._calls))

    def literals(self) -> Literals:
        """What they are given in words."""
        return Literals(*transposed(self._literals))

    def _read(self, called: list[Sequence[int]], words: Vocabulary) -> None:
        names, strings = called[_NAMES_COLUMN], self._draft.strings.as_list()
        wanted = {
            text: words.is_wanted(last)
            for text in set(names)
            if text >= 0 and (last := strings[text].rpartition(".")[2]) in words
        }
        rows = [row for row, text in enumerate(names) if text in wanted]
        if not rows:
            return
        decorating = {start for start, _ in self._draft.spans("decorator")}
        rows = [row for row in rows if wanted[names[row]][called[_START][row] in decorating]]
        lists = {node.start_byte: node for node in self._draft.captures.get("arguments", ())}
        found = [(row, lists.get(self._behind_blanks(called[_END][row]))) for row in rows]
        self._inner = {node.start_byte for _, node in found if node is not None}
        for row, node in found:
            if node is not None:
                self._calls.append((row, node.end_byte))
                self._literals += self._given(row, node)

    def _behind_blanks(self, at: int) -> int:
        content = self._draft.text.content
        while at < len(content) and content[at] in _BLANKS:
            at += 1
        return at

    def _given(self, row: int, arguments: Node) -> Iterator[tuple[int, int, int]]:
        """(call, argument, content) of each text in an argument list."""
        place, add = 0, self._draft.strings.add
        for node in arguments.named_children:
            if node.is_extra:
                continue
            part = self._syntax.parts.get(node.type)
            name, value = str(place), node
            if part is not None:
                held = _child(node, part.value)
                key = _child(node, part.name) if part.name else None
                if held is None or key is None:
                    continue
                name, value = self._cut(key), held
            else:
                place += 1
            for content in self._texts(value):
                yield row, add(name), add(content)
            for content in self._tabled(value):
                yield row, add(name), add(content)
            if self._syntax.key is not None:
                for keyword, inner in self._keyed(value):
                    for content in self._texts(inner):
                        yield row, add(keyword), add(content)

    def _tabled(self, node: Node) -> Iterator[str]:
        """What each row of a table has for an argument that a loop takes from it: a text, or a name between NULs."""
        shape = self._syntax.shapes.get(node.type)
        if shape is None or shape.kind not in _NAMES or not (self._syntax.loops or self._syntax.each_calls):
            return
        if self._tables is None:
            values: dict[str, Node] = {}
            for value in self._draft.captures.get("value", ()):
                name = value.parent.child_by_field_name("name") if value.parent is not None else None
                if name is not None:
                    values.setdefault(self._cut(name), value)
            self._tables = Tables(self._draft.text, self._syntax, values)
        column = [self._text(part) if part is not None else None for part in self._tables.column(node)]
        if column and None not in column:
            yield from (text for text in column if text is not None)

    def _keyed(self, node: Node) -> Iterator[tuple[str, Node]]:
        """(key, value) of the elements of an object that is given in place of keywords."""
        shape = self._syntax.shapes.get(node.type)
        for child in node.named_children if shape is not None and shape.kind == _DISPLAY else ():
            part = self._syntax.parts.get(child.type)
            key = _child(child, part.name) if part is not None and part.name else None
            held = _child(child, part.value) if part is not None and part.value != ITSELF else None
            if key is not None and held is not None:
                yield self._cut(key).strip("'\""), held

    def _texts(self, node: Node) -> Iterator[str]:
        """The texts of an argument, one by one those of a list."""
        shape = self._syntax.shapes.get(node.type)
        if shape is not None and shape.kind == _DISPLAY:
            for child in node.named_children:
                text = self._text(child)
                if text is not None and text.replace("\0", ""):
                    yield text
        else:
            text = self._text(node)
            if text is not None and not (text.startswith("\0") and text.count("\0") == 2 and text.endswith("\0")):
                yield text

    def _text(self, node: Node, depth: int = 0) -> str | None:
        """A text as it is written, with the names in it between NUL characters."""
        shape = self._syntax.shapes.get(node.type)
        if shape is None or depth > _DEEPEST or node.end_byte - node.start_byte > _TEXT_BYTES:
            return None
        if shape.kind == _LITERAL:
            text = self._cut(node)
            return text if text.lower() in _TRUTHS else self._syntax.content(text)
        if shape.kind in _NAMES:
            return f"\0{self._cut(node)}\0" if node.end_byte - node.start_byte <= _NAME_BYTES else None
        if shape.kind == TRANSPARENT:
            inner = _child(node, shape.first)
            return self._text(inner, depth + 1) if inner is not None else None
        if shape.kind == _OPERATION and shape.second:
            return self._joined(node, shape.first, shape.second, depth)
        return self._wrapped(node, shape.second, depth) if shape.kind == _CALL else None

    def _joined(self, node: Node, first: str | int, second: str | int, depth: int) -> str | None:
        """A text that is put together with a plus sign."""
        sign, left, right = node.child_by_field_name("operator"), _child(node, first), _child(node, second)
        if sign is None or self._cut(sign) != "+" or left is None or right is None:
            return None
        one, other = self._text(left, depth + 1), self._text(right, depth + 1)
        return None if one is None or other is None else one + other

    def _wrapped(self, node: Node, arguments: str | int, depth: int) -> str | None:
        """A text that a function is given, such as one that translates it."""
        held = _child(node, arguments)
        if held is None or held.start_byte in self._inner or held.named_child_count != 1:
            return None
        text = self._text(held.named_children[0], depth + 1)
        return None if text is None or "\0" in text else text

    def _cut(self, node: Node) -> str:
        return self._draft.text.cut(node.start_byte, node.end_byte)


def constants(writing: Writing) -> Constants:
    """The texts that names of the file and of its classes are bound to."""
    draft, syntax = writing.draft, writing.values.syntax
    rows: list[tuple[int, int, int]] = []
    for kind, scope, target, _, value, _, position, stop, _ in writing.rows:
        is_outer = scope == NO_DEFINITION or draft.kind[scope] in CLASS_CODES
        if kind != _ASSIGNED or not is_outer or value < 0 or not writing.values.is_literal(value):
            continue
        if stop - position <= _TEXT_BYTES:
            content = _constant(syntax, draft.text.cut(position, stop))
            if content is not None:
                rows.append((scope, target, draft.strings.add(content)))
    return Constants(*transposed(rows))


def _constant(syntax: ValueSyntax, text: str) -> str | None:
    return syntax.content(text) if text[-1:] in "\"'`" else None


def _child(node: Node, where: str | int) -> Node | None:
    """A child by its field, or by its position among named children that are no extras."""
    if isinstance(where, str):
        return node.child_by_field_name(where) if where else None
    children = [child for child in node.named_children if not child.is_extra]
    return children[where] if where < len(children) else None
