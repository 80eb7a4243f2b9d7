"""Where the values of one file go: what is bound to which name, what a function returns and yields.

What flows in: a Draft whose scopes are known, and its Values. What flows out: rows of Flows, and the operations that
binding is made of (`written`, `stores`), which `operations` reads.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple

from tree_sitter import Node

from axon.model.facts import NO_DEFINITION, NO_TEXT, UNNAMED, ExpressionKind, FlowKind, Flows
from axon.parsing.blocks import Blocks
from axon.parsing.draft import Draft, Span, transposed
from axon.parsing.expressions import NO_VALUE
from axon.parsing.values import Values, inner

Row = tuple[int, int, int, int, int, int, int, int, int]

_START: Final = attrgetter("start_byte")
_SPAN: Final = attrgetter("start_byte", "end_byte")
_ORDER: Final = itemgetter(7, 6, 0, 2, 8)
_ASSIGNED: Final = int(FlowKind.ASSIGNED)
_RETURNED: Final = int(FlowKind.RETURNED)
_DECLARED, _STORED = int(FlowKind.DECLARED), int(FlowKind.STORED)
_YIELDED, _DELEGATED = int(FlowKind.YIELDED), int(FlowKind.DELEGATED)
_EACH, _ENTERED, _EITHER = int(ExpressionKind.EACH), int(ExpressionKind.ENTERED), int(ExpressionKind.EITHER)
_UNPACKED, _RAISED = int(ExpressionKind.UNPACKED), int(ExpressionKind.RAISED)
_OPERATION, _MEMBER, _NAME = int(ExpressionKind.OPERATION), int(ExpressionKind.MEMBER), int(ExpressionKind.NAME)
_DEEPEST: Final = 30
_TEXT_BYTES: Final = 200
_ALIAS_BYTES: Final = 1_000
_MORE_TARGETS: Final = ("target.mutable", "target.hoisted")
_BEFORE_TYPE: Final = frozenset(b" \t:\\\n?!")


class Bound(NamedTuple):
    """What is bound: a value, where it is evaluated and from where to where the target holds it."""

    value: int
    position: int
    start: int
    end: int = 0
    annotation: int = NO_TEXT


@dataclass(slots=True)
class Writing:
    """The flows found so far, and the targets that are attributes and elements: they are written, not read.

    `callees` are the spans of what is called, sorted.
    """

    draft: Draft
    values: Values
    callees: Sequence[Span]
    rows: list[Row] = field(default_factory=list)
    written: set[Span] = field(default_factory=set)
    stores: list[Node] = field(default_factory=list)
    attributes: list[Node] = field(default_factory=list)  # of the targets those that are dotted names

    def add(self, kind: int, scope: int, target: str, bound: Bound, key: str = "") -> None:
        """One row."""
        add = self.draft.strings.add
        name, at = add(target) if target else NO_TEXT, add(key) if key else NO_TEXT
        self.rows.append((kind, scope, name, at, bound.value, bound.annotation, bound.position, bound.start, bound.end))

    def bind(self, node: Node, scope: int, bound: Bound, depth: int = 0) -> None:
        """Rows of whatever a target binds: a name, a part of what is unpacked, an element."""
        start, end = _SPAN(node)
        target = self.values.dotted(self.draft.text.cut(start, end)) if end - start <= 200 else ""
        if target:
            self.written.add((start, end))
            if "." in target:
                self.attributes.append(node)
            self.add(_ASSIGNED, scope, target, bound)
            return
        role = self.values.syntax.patterns.get(node.type, "") if depth < _DEEPEST else ""
        if role == "list":
            self._unpack(node, scope, bound, depth)
        elif role == "element":
            self._store(node, scope, bound)
        elif role == "object":
            self._take_apart(node, scope, bound, depth)
        elif role == "default":
            left = node.child_by_field_name("left")
            if left is not None:
                self.bind(left, scope, self._or_default(node, bound), depth + 1)
        elif role:
            for child in node.named_children:
                self.bind(child, scope, bound, depth + 1)
        else:
            self.written.add((start, end))

    def _unpack(self, node: Node, scope: int, bound: Bound, depth: int) -> None:
        patterns, wrapped = self.values.syntax.patterns, self.values.wrapped
        children = [child for child in node.named_children if not child.is_extra]
        n_behind = 0
        for index, child in enumerate(children):
            spread = patterns.get(child.type) == "spread"
            n_behind = len(children) - index if spread or n_behind else 0
            text = "*" if spread else str(-n_behind) if n_behind else str(index)
            part = Bound(wrapped(_UNPACKED, bound.value, text), bound.position, bound.start, bound.end)
            self.bind(child, scope, part, depth + 1)

    def _or_default(self, node: Node, bound: Bound) -> Bound:
        """What is bound, or what is given in its place where that is nothing."""
        right, values = node.child_by_field_name("right"), self.values
        instead = values.of(right) if right is not None else NO_VALUE
        if values.is_literal(instead):
            return bound
        both = instead if bound.value == NO_VALUE else values.add(_EITHER, "", bound.value, instead)
        return bound._replace(value=both)

    def _take_apart(self, node: Node, scope: int, bound: Bound, depth: int) -> None:
        """The names in a pattern of keys: each is bound to an attribute of the value."""
        patterns, cut = self.values.syntax.patterns, self.draft.text.cut
        for child in node.named_children:
            role, target = patterns.get(child.type), child
            if role == "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is None or value is None:
                    continue
                target = value
            elif role == "default":
                key, target = child.child_by_field_name("left"), child
            else:
                key = child if role == "own" else None
                if role == "spread":  # what is left over of an object has its attributes
                    self.bind(child, scope, bound, depth + 1)
            name = cut(*_SPAN(key)).strip("\"'") if key is not None else ""
            if name.isidentifier():
                part = bound._replace(value=self.values.wrapped(_MEMBER, bound.value, name), annotation=NO_TEXT)
                self.bind(target, scope, part, depth + 1)

    def _path(self, node: Node) -> str:
        """A dotted name, with constant keys in brackets behind it; '' for any other container."""
        start, end = _SPAN(node)
        if end - start > _TEXT_BYTES:
            return ""
        target = self.values.dotted(self.draft.text.cut(start, end))
        container = None if target else node.child_by_field_name("value") or node.child_by_field_name("object")
        if container is None or self.values.syntax.patterns.get(node.type) != "element":
            return target
        holder, key = self._path(container), self.values.key_of(node)
        return f"{holder}[{key}]" if holder and key else ""

    def _store(self, node: Node, scope: int, bound: Bound) -> None:
        self.stores.append(node)
        container = node.child_by_field_name("value") or node.child_by_field_name("object")
        if container is None:
            return
        target, key = self._path(container), self.values.key_of(node)
        if target and key[:1] == "[":  # the member that a name stands for
            self.add(_ASSIGNED, scope, f"{target}.{key}", bound)
        elif target:
            self.add(_STORED, scope, target, bound, key)


def flows(writing: Writing, blocks: Blocks | None) -> None:
    """Find all flows but those that narrow; they are not in order yet."""
    _assigned(writing)
    _parameters(writing)
    _aliases(writing)
    _augmented(writing)
    _looped(writing)
    _entered_and_caught(writing)
    _comprehended(writing)
    _leaving(writing, blocks)


def table(rows: list[Row]) -> Flows:
    """The rows in order of `start_byte`."""
    rows.sort(key=_ORDER)
    return Flows(*transposed(rows))


def sorted_nodes(draft: Draft, capture: str) -> tuple[list[Node], list[Span]]:
    """Nodes of a capture in order of their first bytes, and their spans."""
    found = draft.captures.get(capture)
    nodes = sorted(found, key=_START) if found else []
    return nodes, list(map(_SPAN, nodes))


def _aligned(draft: Draft, *captures: str) -> list[list[tuple[Node, int, int]]]:
    """Nodes of captures that one pattern gives, the n-th of each being of one match; none where damage upsets that."""
    if captures[0] not in draft.captures:
        return []
    columns = [[(node, *span) for node, span in zip(*sorted_nodes(draft, name), strict=True)] for name in captures]
    if len({len(column) for column in columns}) != 1:
        return []
    rows = [list(row) for row in zip(*columns, strict=True)]
    in_order = all(some[2] <= more[1] for row in rows for some, more in pairwise(row))
    return rows if in_order else []


def _assigned(writing: Writing) -> None:
    """Assignments: a target's value is the first that begins behind it; of `a = b = v` it is the value of `b`.

    Names and attributes are done here, because nearly all targets are, and the rest by `Writing.bind`.
    """
    draft, values = writing.draft, writing.values
    targets, spans = _all_targets(draft)
    if not targets:
        return
    nodes, places = sorted_nodes(draft, "value")
    scopes, texts = draft.scopes.at_all([start for start, _ in spans]), draft.text.cut_all(spans)
    names = {text: _target(values, text) for text in dict.fromkeys(texts)}
    add, rows, written = draft.strings.add, writing.rows, writing.written
    found, has_nodes = _values_of_targets(spans, places), "declared" in draft.captures
    declared = dict(draft.spans("declared" if has_nodes else "type")) if NO_VALUE in found else {}
    annotated = draft.captures.get("type")
    said = {at: comment.type for at, comment in draft.comments.items() if comment.type}
    behind = value = position = stop = NO_VALUE
    for i in range(len(targets) - 1, -1, -1):
        j, (start, end) = found[i], spans[i]
        if start in draft.imported:
            continue
        if j == NO_VALUE:
            _declared(writing, spans[i], scopes[i], declared)
            continue
        annotation = NO_TEXT
        if places[j][0] != behind:
            position, stop = places[j]
            value = values.at(nodes[j], position, stop)
            if annotated or start in said:
                annotation = draft.strings.add(said[start]) if start in said else _annotation(draft, end, position)
        behind, name = start, names[texts[i]]
        if not name and texts[i][:1] == "[" and draft.is_class(scopes[i]):
            name = texts[i]
        if name:
            if "." in name:
                written.add((start, end))
                writing.attributes.append(targets[i])
            rows.append((_ASSIGNED, scopes[i], add(name), NO_TEXT, value, annotation, position, stop, 0))
        else:
            writing.bind(targets[i], scopes[i], Bound(value, position, stop, 0, annotation))


def _all_targets(draft: Draft) -> tuple[list[Node], list[Span]]:
    """The targets of assignments and declarations, each once, in order; and their spans."""
    if "assigned" not in draft.captures and not any(name in draft.captures for name in _MORE_TARGETS):
        return sorted_nodes(draft, "target")
    nodes = [node for name in ("target", "assigned", *_MORE_TARGETS) for node in draft.captures.get(name, ())]
    by_span = dict(zip(map(_SPAN, nodes), nodes, strict=True))
    spans = sorted(by_span)
    return [by_span[span] for span in spans], spans


def _parameters(writing: Writing) -> None:
    """What patterns among parameters bind: attributes and places of what is passed."""
    values, read = writing.values, writing.draft.language.parts
    for scope, place, pattern, position in writing.draft.patterns if read is not None else ():
        whole = values.add(_NAME, f"{UNNAMED}{place}")
        for name, path, default in read(pattern) if read is not None else ():
            row = whole
            for key in path:
                row = values.wrapped(_UNPACKED if key.isdigit() else _MEMBER, row, key)
            instead = values.named(default) if default else None
            if instead is not None and not values.is_literal(instead):
                row = values.add(_EITHER, "", row, instead)
            writing.add(_ASSIGNED, scope, name, Bound(row, position, position))


def _aliases(writing: Writing) -> None:
    """What a type alias is another name for is its annotation."""
    draft = writing.draft
    for node in draft.nodes("alias"):
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None or value.end_byte - value.start_byte > _ALIAS_BYTES:
            continue
        bound = Bound(NO_VALUE, *_SPAN(value), 0, draft.strings.add(draft.text.cut(*_SPAN(value))))
        writing.add(_DECLARED, draft.scopes.at(node.start_byte), draft.text.cut(*_SPAN(name)), bound)
    for alias, type_, start, end in draft.aliases:
        writing.add(_DECLARED, NO_DEFINITION, alias, Bound(NO_VALUE, start, end, 0, draft.strings.add(type_)))


def _target(values: Values, text: str) -> str:
    return text if text.isidentifier() else values.dotted(text) if len(text) <= _TEXT_BYTES else ""


def _values_of_targets(spans: Sequence[Span], places: Sequence[Span]) -> list[int]:
    found, j, n = [NO_VALUE] * len(spans), 0, len(places)
    for i, (_, end) in enumerate(spans):
        while j < n and places[j][0] < end:
            j += 1
        if j < n and (i + 1 == len(spans) or places[j][0] <= spans[i + 1][0]):
            found[i] = j
            j += 1
    return found


def _annotation(draft: Draft, start: int, end: int) -> int:
    text = draft.text.cut(start, end)
    if ":" not in text:
        return NO_TEXT
    return draft.strings.add(draft.language.plain_expression(text.partition(":")[2].rpartition("=")[0].strip()))


def _declared(writing: Writing, span: Span, scope: int, declared: dict[int, int]) -> None:
    """`x: T` without a value."""
    draft = writing.draft
    start, end = span
    at = end
    content = draft.text.content
    while at < len(content) and content[at] in _BEFORE_TYPE and at not in declared:
        at += 1
    target = _target(writing.values, draft.text.cut(start, end))
    writing.written.add(span)
    if target and at in declared:
        written = draft.text.cut(at, declared[at]).removeprefix(":").strip()
        annotation = draft.strings.add(draft.language.plain_expression(written))
        writing.add(_DECLARED, scope, target, Bound(NO_VALUE, at, declared[at], 0, annotation))


def _augmented(writing: Writing) -> None:
    """`x += v`: the target is bound to what the operator gives."""
    draft, values = writing.draft, writing.values
    for node in draft.nodes("augmented"):
        left, sign, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
        if left is None or sign is None or right is None:
            continue
        first, second = values.of(left), values.of(right)
        row = NO_VALUE if first == NO_VALUE else values.add(_OPERATION, draft.text.cut(*_SPAN(sign)), first, second)
        scope = draft.scopes.at(node.start_byte)
        writing.bind(left, scope, Bound(row, node.start_byte, node.end_byte))
        writing.written.discard(_SPAN(left))


def _looped(writing: Writing) -> None:
    draft, values = writing.draft, writing.values
    waiting = {start for start, _ in draft.spans("loop.async")}
    for target, value, body in _aligned(draft, "loop.target", "loop.value", "loop.body"):
        row = values.wrapped(_EACH, values.at(*value), "async" if value[1] in waiting else "")
        writing.bind(target[0], draft.scopes.at(target[1]), Bound(row, value[1], body[1]))
    for target, value in _aligned(draft, "walrus.target", "walrus.value"):
        bound = Bound(values.at(*value), value[1], value[2])
        writing.bind(target[0], draft.scopes.at(target[1]), bound)


def _entered_and_caught(writing: Writing) -> None:
    """`with e as x` and `except E as x`: the target holds from its own end."""
    draft, values = writing.draft, writing.values
    waiting = {start for start, _ in draft.spans("context.async")}
    for capture, kind in (("context", _ENTERED), ("caught", _RAISED)):
        for node in draft.nodes(capture):
            alias = node.child_by_field_name("alias")
            value = inner(node)
            if alias is None or value is None:
                continue
            start = node.start_byte
            row = values.wrapped(kind, values.of(value), "async" if start in waiting else "")
            writing.bind(alias, draft.scopes.at(start), Bound(row, start, node.end_byte))


def _comprehended(writing: Writing) -> None:
    """Targets of a comprehension hold in it, and only there."""
    draft, values = writing.draft, writing.values
    clauses = _aligned(draft, "scope.target", "clause.value")
    if not clauses:
        return
    waiting = {start for start, _ in draft.spans("clause.async")}
    spans = draft.spans("scope")
    for target, value in clauses:
        at = bisect_right(spans, (target[1], target[1])) - 1
        while at >= 0 and spans[at][1] < value[2]:
            at -= 1
        if at >= 0:
            row = values.wrapped(_EACH, values.at(*value), "async" if value[1] in waiting else "")
            writing.bind(target[0], draft.scopes.at(target[1]), Bound(row, value[1], *spans[at]))


def _leaving(writing: Writing, blocks: Blocks | None) -> None:
    """What functions return and yield."""
    draft, values = writing.draft, writing.values
    nodes, spans = sorted_nodes(draft, "returned")
    inline: list[tuple[int, Row]] = []  # byte where a function without a name begins, and what it returns
    for node, (start, end), scope in zip(nodes, spans, draft.scopes.at_all([s for s, _ in spans]), strict=True):
        if not node.is_extra:
            row = (_RETURNED, scope, NO_TEXT, NO_TEXT, values.at(node, start, end), NO_TEXT, start, end, 0)
            around = blocks.function_around(start, scope) if blocks is not None else None
            if around is None:
                writing.rows.append(row)
            else:
                inline.append((around[0], row))
    bodies = values.functions
    for begin, row in inline:  # the value of a body that is an expression is told by its function
        if begin in bodies and bodies[begin] != row[6]:
            writing.rows.append((*row[:-1], bodies[begin]))
    for node in draft.nodes("yield"):
        held = inner(node)
        if held is None:
            continue
        start, end = _SPAN(held)
        kind = _DELEGATED if "from" in draft.text.cut(node.start_byte, start) else _YIELDED
        writing.add(kind, draft.scopes.at(start), "", Bound(values.at(held, start, end), start, end))
