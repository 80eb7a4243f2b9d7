"""What runs code without calling it: attributes that are read, operators, elements, loops, contexts.

What flows in: the Writing of a file, whose flows are found. What flows out: READ and OPERATION rows of References.
"""

import re
from bisect import bisect_right
from itertools import chain, pairwise
from operator import attrgetter, itemgetter
from typing import Final

from tree_sitter import Node

from axon.model.facts import NO_TEXT, ExpressionKind, ReferenceKind
from axon.parsing.draft import Draft, Span
from axon.parsing.expressions import NO_VALUE
from axon.parsing.flows import Writing
from axon.parsing.values import SIGNS, inner
from axon.parsing.written import written_row

Row = tuple[int, int, int, int, int, int, int, int, int, int, int, int]

_SPAN: Final = attrgetter("start_byte", "end_byte")
_ORDER: Final = itemgetter(5, 6, 3)
_READ: Final = int(ReferenceKind.READ)
_OPERATION: Final = int(ReferenceKind.OPERATION)
_ASKED: Final = frozenset(
    int(kind)
    for kind in (
        ExpressionKind.NAME,
        ExpressionKind.MEMBER,
        ExpressionKind.CALL,
        ExpressionKind.ITEM,
        ExpressionKind.AWAIT,
    )
)
_DOT: Final = 46
_QUESTION, _BANG = 63, 33
_PARENTHESIS: Final = 40
_CALLED: Final = frozenset(b"(.")  # behind a callee that is no attribute to be read apart
_END: Final = attrgetter("end_byte")
_BLANK: Final = frozenset(b" \t\r\n\\#\f")
_MEMBER_BEHIND: Final = re.compile(rb"(?:[\s\\]|#[^\n]*\n)*\.\s*[^\W\d.]")
_TEXT_BYTES: Final = 200


def reads(writing: Writing) -> list[Row]:
    """Attributes that are read and neither called nor part of a longer attribute."""
    draft, values = writing.draft, writing.values
    captured = draft.captures.get("attribute")
    if not captured:
        return []
    content = draft.text.content + b"\0\0"
    apart = _apart(draft) | writing.written
    if any(content[end] not in _CALLED for _, end in writing.callees):
        apart.update(writing.callees)
    in_type = _Outermost(draft.spans("type"))
    rows: list[Row] = []
    known: dict[str, tuple[int, int, bool]] = {}
    behind_all = [content[end] for end in map(_END, captured)]
    nodes = [captured[i] for i, behind in enumerate(behind_all) if behind not in (_DOT, _PARENTHESIS)]
    nodes.sort(key=_SPAN)
    for node in nodes:
        start: int = node.start_byte
        end: int = node.end_byte
        behind = content[end]
        if (start, end) in apart or in_type.hold(start):
            continue
        if behind in _BLANK and _MEMBER_BEHIND.match(content, end):
            continue
        if behind in (_QUESTION, _BANG) and content[end + 1] == _DOT:
            continue
        text = _text(draft, start, end)
        written = known.get(text)
        if written is None:
            written = known[text] = written_row(draft, text)
        value = values.named(text)
        if value is None:
            value = values.at(node, start, end)
        scope = draft.scopes.at(start)
        line, column = node.start_point
        name, receiver, _ = written
        rows.append((_READ, scope, scope, name, receiver, start, end, line + 1, column, NO_TEXT, value, NO_TEXT))
    return rows


def _text(draft: Draft, start: int, end: int) -> str:
    cut = draft.text.cut
    return cut(start, end) if end - start <= _TEXT_BYTES else "…" + cut(end - _TEXT_BYTES, end)


class _Outermost:
    """Whether spans, sorted by start, hold a byte."""

    def __init__(self, spans: list[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in spans:
            if not self._ends or start >= self._ends[-1]:
                self._starts.append(start)
                self._ends.append(end)

    def hold(self, position: int) -> bool:
        if not self._starts:
            return False
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self._ends[at]


def _apart(draft: Draft) -> set[Span]:
    """Attributes and elements that are decorators, bases, or deleted."""
    return {span for name in ("decorator", "base", "deleted") for span in draft.spans(name)} | {
        _SPAN(node) for node in _deleted(draft)
    }


def operations(writing: Writing) -> list[Row]:
    """Operators and what else runs a method that is not named, in source order."""
    found = _Operations(writing)
    found.add_operators()
    found.add_comparisons()
    found.add_elements()
    found.add_wholes()
    found.add_tested()
    found.add_formatted()
    for node in writing.attributes:
        found.add(node, ".=", writing.values.of(node), NO_VALUE)
    found.rows.sort(key=_ORDER)
    return found.rows


class _Operations:
    """The OPERATION rows found so far."""

    def __init__(self, writing: Writing) -> None:
        self.rows: list[Row] = []
        self._writing, self._draft, self._values = writing, writing.draft, writing.values

    def add(self, node: Node, sign: str, left: int, right: int) -> None:
        """One row, unless what it works on is a literal or unknown."""
        if self._values.is_literal(left):
            return
        start: int = node.start_byte
        line, column = node.start_point
        scope, text = self._draft.scopes.at(start), self._draft.strings.add(sign)
        place = (start, node.end_byte, line + 1, column)
        self.rows.append((_OPERATION, scope, scope, text, NO_TEXT, *place, NO_TEXT, left, right))

    def _sign(self, node: Node) -> str:
        sign = node.child_by_field_name("operator")
        return self._draft.text.cut(sign.start_byte, sign.end_byte) if sign is not None else ""

    def _side(self, node: Node, name: str) -> int:
        side = node.child_by_field_name(name)
        return self._values.of(side) if side is not None else NO_VALUE

    def add_operators(self) -> None:
        for capture in ("operation", "augmented"):
            for node in self._draft.nodes(capture):
                self.add(node, self._sign(node), self._side(node, "left"), self._side(node, "right"))
        for node in self._draft.nodes("operation.unary"):
            sign = self._sign(node)
            self.add(node, SIGNS.get(sign, sign), self._side(node, "argument"), NO_VALUE)

    def add_comparisons(self) -> None:
        """Each pair of a chain of comparisons; membership asks the right side."""
        for node in self._draft.nodes("comparison"):
            operands = [child for child in node.named_children if not child.is_extra]
            for left, right in pairwise(operands):
                between = self._draft.text.cut(left.end_byte, right.start_byte)
                sign = " ".join(between.strip("()\t \\\r\n").split())
                first, second = self._values.of(left), self._values.of(right)
                if sign in ("in", "not in"):
                    self.add(node, sign, second, first)
                elif sign not in ("is", "is not"):
                    self.add(node, sign, first, second)

    def add_tested(self) -> None:
        """Values of which it is asked whether they are true; what compares them or negates them is another row."""
        for node in self._draft.nodes("tested"):
            part = self._asked(node)
            if part is None:
                continue
            row = self._values.of(part)
            if row != NO_VALUE and self._values.kind_of(row) in _ASKED:
                self.add(part, "if", row, NO_VALUE)

    def _asked(self, node: Node | None) -> Node | None:
        """The last value that a condition asks: those before it, and what it negates, are conditions of their own."""
        checks = self._values.syntax.checks
        while node is not None and (how := checks.get(node.type)) is not None:
            if how == "not":
                return None
            node = inner(node) if how == "inner" else node.child_by_field_name("right")
        return node

    def add_formatted(self) -> None:
        """What stands in the gaps of strings; what an assertion says where it fails is left out."""
        said = _Outermost(self._draft.spans("said"))
        for node in self._draft.nodes("formatted"):
            value = inner(node)
            if value is None or said.hold(node.start_byte):
                continue
            conversion = next((child for child in node.named_children if child.type == "type_conversion"), None)
            how = self._draft.text.cut(*_SPAN(conversion)) if conversion is not None else ""
            self.add(value, f"{{{how}}}", self._values.of(value), NO_VALUE)

    def add_elements(self) -> None:
        draft = self._draft
        if "element" not in draft.captures:
            return
        stored = {_SPAN(node) for node in self._writing.stores}
        deleted = {_SPAN(node) for node in _deleted(draft)}
        bases = set(draft.spans("base"))
        in_type = _Outermost(draft.spans("type"))
        also_read = {_SPAN(node.child(0)) for node in draft.captures.get("augmented", ()) if node.child(0) is not None}
        for node in draft.nodes("element"):
            span = _SPAN(node)
            if span in bases or in_type.hold(span[0]):
                continue
            left, right = self._side(node, "value"), self._side(node, "subscript")
            if span in stored:
                self.add(node, "[]=", left, right)
            if span in deleted:
                self.add(node, "del[]", left, right)
            elif span not in stored or span in also_read:
                self.add(node, "[]", left, right)

    def add_wholes(self) -> None:
        """What is iterated, entered, raised and awaited."""
        draft, values = self._draft, self._values
        for sign, captures, asynchronous in (
            ("for", ("loop.value", "clause.value"), ("loop.async", "clause.async")),
            ("with", ("context",), ("context.async",)),
        ):
            if captures[0] not in draft.captures and captures[-1] not in draft.captures:
                continue
            waiting = {start for name in asynchronous for start, _ in draft.spans(name)}
            for node in chain.from_iterable(map(draft.nodes, captures)):
                value = inner(node) if node.child_by_field_name("alias") is not None else node
                if value is not None:
                    word = f"async {sign}" if node.start_byte in waiting else sign
                    self.add(value, word, values.of(value), NO_VALUE)
        for node in draft.nodes("raised"):
            row = values.of(node)
            if row != NO_VALUE and not values.is_call(row):  # a call is one already
                self.add(node, "raise", row, NO_VALUE)
        for node in draft.nodes("await"):
            awaited = inner(node)
            if awaited is not None:
                self.add(node, "await", values.of(awaited), NO_VALUE)


def _deleted(draft: Draft) -> list[Node]:
    return [part for node in draft.nodes("deleted") for part in (node, *node.named_children)]
