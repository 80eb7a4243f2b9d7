"""What runs code without calling it: attributes that are read, operators, elements, loops, contexts.

What flows in: the Writing of a file, whose flows are found. What flows out: READ and OPERATION rows of References.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain, pairwise
from operator import attrgetter
from typing import Final

from tree_sitter import Node

from axon.model.facts import NO_TEXT, ReferenceKind
from axon.parsing.draft import Draft, Span
from axon.parsing.expressions import NO_VALUE
from axon.parsing.flows import Writing
from axon.parsing.values import SIGNS, Values, inner
from axon.parsing.written import written_rows

Row = tuple[int, int, int, int, int, int, int, int, int, int, int, int]
_Found = tuple[Node, str, int, int]  # node, operator, left operand, right operand

_END = attrgetter("end_byte")
_SPAN = attrgetter("start_byte", "end_byte")
_PLACE = attrgetter("start_byte", "end_byte", "start_point")
_READ, _OPERATION = int(ReferenceKind.READ), int(ReferenceKind.OPERATION)
_GOES_ON: Final = frozenset(b".(")
_BLANK: Final = frozenset(b" \t\r\n\\#\f")
_MEMBER_BEHIND = re.compile(rb"(?:[\s\\]|#[^\n]*\n)*\.\s*[^\W\d.]")
_TEXT_BYTES: Final = 200


def reads(writing: Writing) -> list[Row]:
    """Attributes that are read and neither called nor part of a longer attribute."""
    draft, values = writing.draft, writing.values
    nodes = draft.captures.get("attribute")
    if not nodes:
        return []
    content = draft.text.content + b"\0"
    kept = [node for node, end in zip(nodes, map(_END, nodes), strict=True) if content[end] not in _GOES_ON]
    apart = _apart(draft) | writing.written
    if any(content[end] in _BLANK for _, end in writing.callees):
        apart.update(writing.callees)
    in_type = _Outermost(draft.spans("type"))
    kept.sort(key=_SPAN)
    places = [
        place
        for place, node in zip(map(_PLACE, kept), kept, strict=True)
        if place[:2] not in apart
        and not in_type.hold(place[0])
        and not (content[place[1]] in _BLANK and _MEMBER_BEHIND.match(content, place[1]))
    ]
    by_span = dict(zip(map(_SPAN, kept), kept, strict=True))
    starts = [place[0] for place in places]
    texts = [_text(draft, start, end) for start, end, _ in places]
    known = written_rows(draft, dict.fromkeys(texts))
    named = {text: values.named(text) for text in known}
    rows: list[Row] = []
    for (start, end, (line, column)), text, scope in zip(places, texts, draft.scopes.at_all(starts), strict=True):
        name, receiver, _ = known[text]
        value = named[text]
        if value is None:
            value = values.at(by_span[start, end], start, end)
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
    draft, values = writing.draft, writing.values
    rows: list[Row] = []
    found = [*_binary(draft, values), *_compared(draft, values), *_unary(draft, values), *_elements(writing)]
    found += _augmented(draft, values)
    found += _whole(draft, values)
    found += ((node, ".=", values.of(node), NO_VALUE) for node in writing.attributes)
    for node, sign, left, right in found:
        if values.is_literal(left):
            continue
        start, end, (line, column) = _PLACE(node)
        scope = draft.scopes.at(start)
        text = draft.strings.add(sign)
        rows.append((_OPERATION, scope, scope, text, NO_TEXT, start, end, line + 1, column, NO_TEXT, left, right))
    rows.sort(key=lambda row: (row[5], row[6], row[3]))
    return rows


def _sign(draft: Draft, node: Node) -> str:
    sign = node.child_by_field_name("operator")
    return draft.text.cut(*_SPAN(sign)) if sign is not None else ""


def _sides(node: Node, values: Values) -> tuple[int, int]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return (
        values.of(left) if left is not None else NO_VALUE,
        values.of(right) if right is not None else NO_VALUE,
    )


def _binary(draft: Draft, values: Values) -> Iterator[_Found]:
    for node in draft.nodes("operation"):
        yield node, _sign(draft, node), *_sides(node, values)


def _augmented(draft: Draft, values: Values) -> Iterator[_Found]:
    for node in draft.nodes("augmented"):
        yield node, _sign(draft, node), *_sides(node, values)


def _unary(draft: Draft, values: Values) -> Iterator[_Found]:
    for node in draft.nodes("operation.unary"):
        operand, sign = node.child_by_field_name("argument"), _sign(draft, node)
        yield node, SIGNS.get(sign, sign), values.of(operand) if operand is not None else NO_VALUE, NO_VALUE


def _compared(draft: Draft, values: Values) -> Iterator[_Found]:
    """Each pair of a chain of comparisons; membership asks the right side."""
    for node in draft.nodes("comparison"):
        operands = [child for child in node.named_children if not child.is_extra]
        for left, right in pairwise(operands):
            sign = " ".join(draft.text.cut(left.end_byte, right.start_byte).strip("()\t \\\r\n").split())
            first, second = values.of(left), values.of(right)
            if sign in ("in", "not in"):
                yield node, sign, second, first
            elif sign not in ("is", "is not"):
                yield node, sign, first, second


def _deleted(draft: Draft) -> Iterator[Node]:
    for node in draft.nodes("deleted"):
        yield node
        yield from node.named_children


def _elements(writing: Writing) -> Iterator[_Found]:
    draft, values = writing.draft, writing.values
    stored = {_SPAN(node) for node in writing.stores}
    deleted = {_SPAN(node) for node in _deleted(draft)}
    bases = set(draft.spans("base"))
    in_type = _Outermost(draft.spans("type"))
    also_read = {_SPAN(node.child(0)) for node in draft.captures.get("augmented", ()) if node.child(0) is not None}
    for node in draft.nodes("element"):
        span = _SPAN(node)
        if span in bases or in_type.hold(span[0]):
            continue
        container, key = node.child_by_field_name("value"), node.child_by_field_name("subscript")
        left = values.of(container) if container is not None else NO_VALUE
        right = values.of(key) if key is not None else NO_VALUE
        if span in stored:
            yield node, "[]=", left, right
        if span in deleted:
            yield node, "del[]", left, right
        elif span not in stored or span in also_read:
            yield node, "[]", left, right


def _whole(draft: Draft, values: Values) -> Iterator[_Found]:
    """What is iterated, entered, raised and awaited."""
    for sign, captures, asynchronous in (
        ("for", ("loop.value", "clause.value"), ("loop.async", "clause.async")),
        ("with", ("context",), ("context.async",)),
    ):
        waiting = {start for name in asynchronous for start, _ in draft.spans(name)}
        for node in chain.from_iterable(map(draft.nodes, captures)):
            value = inner(node) if node.child_by_field_name("alias") is not None else node
            if value is not None:
                yield value, f"async {sign}" if node.start_byte in waiting else sign, values.of(value), NO_VALUE
    for node in draft.nodes("raised"):
        row = values.of(node)
        if row != NO_VALUE and not values.is_call(row):  # a call is one already
            yield node, "raise", row, NO_VALUE
    for node in draft.nodes("await"):
        awaited = inner(node)
        if awaited is not None:
            yield node, "await", values.of(awaited), NO_VALUE
