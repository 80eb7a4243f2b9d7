"""Uses of names in one file: calls, decorators, bases and types.

What flows in: a Draft whose definitions are known. What flows out: reference rows. A callee longer than 200 bytes is
kept by its last name only, because chains (`a.b().c().d()…`) would cost their length squared.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Final

from tree_sitter import Node

from axon.model.facts import NO_DEFINITION, NO_TEXT, ReferenceKind, References
from axon.parsing.callees import callees_and_arguments
from axon.parsing.draft import Draft, Span, transposed
from axon.parsing.exports import add_export
from axon.parsing.flows import Writing
from axon.parsing.operations import operations, reads
from axon.parsing.scopes import Owners
from axon.parsing.values import Values
from axon.parsing.written import written_row

_ARGUMENTS: Final = re.compile(r"[(\[<]")
_START_OF: Final = attrgetter("start_byte")
_END_OF: Final = attrgetter("end_byte")
_CALLEE_BYTES: Final = 200
_CLOSING: Final = ord(")")  # ends a base that a call makes
_START: Final = 5
_END: Final = 6

_Row = tuple[int, int, int, int, int, int, int, int, int, int, int, int]


def references(draft: Draft, calls: list[Sequence[int]], writing: Writing | None) -> References:
    """All reference rows: calls first, then decorators, bases, types, reads and operations, each in source order."""
    values = writing.values if writing is not None else None
    rows = _decorators(draft, values) + _bases(draft, values) + _types(draft)
    if writing is not None:
        rows += reads(writing) + operations(writing)
    others = transposed(rows)
    if not calls:
        return References(*others)
    if not others:
        return References(*calls)
    return References(*[[*some, *more] for some, more in zip(calls, others, strict=True)])


def read_decorators(draft: Draft) -> None:
    """Keep the dotted texts of each definition's decorators, which decide what the definition is."""
    for start, end, _ in draft.places("decorator"):
        row = _decorated(draft, start, end)
        if row != NO_DEFINITION:
            draft.decorators.setdefault(row, []).append(_without_arguments(draft.text.cut(start, end)))


def _decorated(draft: Draft, start: int, end: int) -> int:
    """The definition in whose head a decorator stands, else the next one after it."""
    before = draft.nested_before(start)
    if before != NO_DEFINITION and end <= draft.body[before]:
        return before
    row = bisect_left(draft.start, end, 0, draft.n_nested)
    return row if row < draft.n_nested else NO_DEFINITION


def calls(draft: Draft, values: Values | None) -> list[Sequence[int]]:
    """The columns of all call rows, if there are any: columns, because there are more of them than of other facts."""
    nodes = [*draft.captures.get("call", ()), *_elements(draft)]
    if not nodes:
        return []
    starts, ends = _in_order(nodes)
    lines: list[int] = []
    columns: list[int] = []
    texts: list[str] = []
    names: list[int] = []
    receivers: list[int] = []
    inner: list[int] = []
    known: dict[str, tuple[int, int, bool]] = {}
    before = NO_TEXT
    for row in range(len(nodes)):
        start, end = starts[row], ends[row]
        line, column = nodes[row].start_point
        text = _callee_text(draft, start, end)
        written = known.get(text)
        if written is None:
            written = known[text] = written_row(draft, text)
        name, receiver, is_on_call = written
        inner.append(row - 1 if is_on_call and start == before else NO_TEXT)
        lines.append(line + 1)
        columns.append(column)
        texts.append(text)
        names.append(name)
        receivers.append(receiver)
        before = start
    scopes = _scopes(draft, starts)
    _exports_by_call(draft, texts, ends)
    kinds = [int(ReferenceKind.CALL)] * len(starts)
    callees = arguments = [NO_TEXT] * len(starts)
    if values is not None:
        callees, arguments = callees_and_arguments(draft, values, nodes, (starts, ends), texts)
    return [kinds, scopes, scopes, names, receivers, starts, ends, lines, columns, inner, callees, arguments]


def _scopes(draft: Draft, starts: list[int]) -> list[int]:
    """The definitions that calls belong to: where defaults are told when a function runs, those in its head to it."""
    scopes = list(draft.scopes.at_all(starts))
    if not draft.language.defaults_run_when_called:
        return scopes
    for row, head in enumerate(draft.heads):
        if draft.is_function[row] and "=" in head and head.count("(") > 1:
            begin = draft.body[row] - len(head.encode())
            around = draft.scopes.at(begin)
            for i in range(bisect_left(starts, begin), bisect_left(starts, draft.body[row])):
                if scopes[i] == around:
                    scopes[i] = row
    return scopes


def _in_order(nodes: list[Node]) -> tuple[list[int], list[int]]:
    """Put nodes in order of their spans, and give where they begin and end: a key of both would cost twice as much."""
    nodes.sort(key=_START_OF)
    starts = list(map(_START_OF, nodes))
    first, n = 0, len(nodes)
    for row in range(1, n + 1):
        if row == n or starts[row] != starts[first]:
            if row - first > 1:
                nodes[first:row] = sorted(nodes[first:row], key=_END_OF)
            first = row
    return starts, list(map(_END_OF, nodes))


def spans_of(calls: list[Sequence[int]]) -> list[Span]:
    """(start, end) of each callee, sorted."""
    return list(zip(calls[_START], calls[_END], strict=True)) if calls else []


def _elements(draft: Draft) -> list[Node]:
    """Markup elements that stand for a component, which is called to make them; not in order."""
    is_component, cut = draft.language.is_component, draft.text.cut
    nodes = draft.captures.get("call.element", ())
    return [node for node in nodes if is_component(cut(node.start_byte, node.end_byte))]


def _callee_text(draft: Draft, start: int, end: int) -> str:
    """Text of a callee; of a long one what its last bytes are, behind a mark that no name has."""
    if end - start <= _CALLEE_BYTES:
        return draft.text.cut(start, end)
    return "…" + draft.text.cut(end - _CALLEE_BYTES, end)


def _exports_by_call(draft: Draft, texts: Sequence[str], ends: Sequence[int]) -> None:
    for target in draft.language.export_calls:
        for text, end in zip(texts, ends, strict=True) if target in texts else ():
            if text == target:
                add_export(draft, target, draft.text.cut(end, draft.text.end_of_statement(end)))


def _without_arguments(text: str) -> str:
    return _ARGUMENTS.split(text, maxsplit=1)[0].strip()


def _decorators(draft: Draft, values: Values | None) -> list[_Row]:
    rows: list[_Row] = []
    nodes = draft.nodes("decorator")
    for (start, end, (line, column)), node in zip(draft.places("decorator"), nodes, strict=True):
        row = _decorated(draft, start, end)
        if row != NO_DEFINITION:
            text = _without_arguments(draft.text.cut(start, end))
            name, receiver, _ = written_row(draft, text)
            scope = draft.scopes.at(start)
            kind = int(ReferenceKind.DECORATOR)
            value = values.of(node) if values is not None else NO_TEXT
            first = values.first_argument(node) if values is not None else NO_TEXT
            rows.append((kind, row, scope, name, receiver, start, end, line + 1, column, NO_TEXT, value, first))
    return rows


def _bases(draft: Draft, values: Values | None) -> list[_Row]:
    rows: list[_Row] = []
    for capture, kind in (("base", int(ReferenceKind.BASE)), ("base.contract", int(ReferenceKind.CONTRACT))):
        nodes = draft.nodes(capture)
        for (start, end, (line, column)), node in zip(draft.places(capture), nodes, strict=True):
            row = draft.nested_before(start)
            name, receiver, _ = written_row(draft, _without_arguments(draft.text.cut(start, end)))
            scope, value = draft.scopes.at(start), NO_TEXT
            if values is not None and draft.text.content[end - 1] == _CLOSING:
                value = values.of(node)
            rows.append((kind, row, scope, name, receiver, start, end, line + 1, column, NO_TEXT, value, NO_TEXT))
    return rows


def _types(draft: Draft) -> list[_Row]:
    """Names in annotations; of types inside types only the outermost is read, as one text."""
    places = draft.places("type")
    if not places:
        return []
    places.sort(key=lambda place: (place[0], -place[1]))
    symbol_at = _symbols(draft)
    rows: list[_Row] = []
    last_end = -1
    known = {start for name in ("base", "base.contract", "alias.name") for start, _ in draft.spans(name)}
    known |= draft.name_starts
    kind, add, read = int(ReferenceKind.TYPE), draft.strings.add, draft.language.types
    for start, end, (line, column) in places:
        if end <= last_end or start in known:
            continue
        last_end = end
        symbol, scope, text = symbol_at(start), draft.scopes.at(start), draft.text.cut(start, end)
        for offset, name in read(text):
            row, at = line + 1 + text.count("\n", 0, offset), start + offset
            place = column + offset if row == line + 1 else offset - text.rfind("\n", 0, offset) - 1
            span = (at, at + len(name), row, place)
            rows.append((kind, symbol, scope, add(name), NO_TEXT, *span, NO_TEXT, NO_TEXT, NO_TEXT))
    return rows


def _symbols(draft: Draft) -> Callable[[int], int]:
    """The definition that a byte belongs to, headers and variables included: what an annotation is part of."""
    order = sorted(range(len(draft.start)), key=lambda row: (draft.start[row], -draft.end[row]))
    starts = [draft.start[row] for row in order]
    owners = Owners(starts, starts, [draft.end[row] for row in order])
    names = [*order, NO_DEFINITION]
    return lambda position: names[owners.at(position)]
