"""Where a name is known to be an instance of a class: behind a check, and in a case of a class.

What flows in: the Writing of a file. What flows out: NARROWED rows, added to it.

What a node around a check means is one of these words of the language's table: 'inner' passes the check on; 'not'
turns it round; 'both' joins two conditions; 'choice', 'loop' and 'either' run parts under it; 'claim' leaves where it
fails; 'filter' leaves elements out.
"""

from operator import attrgetter
from typing import Final

from tree_sitter import Node

from axon.model.facts import ExpressionKind, FlowKind
from axon.parsing.branches import leaves
from axon.parsing.expressions import NO_VALUE
from axon.parsing.flows import Bound, Writing
from axon.parsing.values import inner

_SPAN: Final = attrgetter("start_byte", "end_byte")
_NARROWED: Final = int(FlowKind.NARROWED)
_ASSIGNED: Final = int(FlowKind.ASSIGNED)
_DISPLAY: Final = int(ExpressionKind.DISPLAY)
_ELEMENT: Final = int(ExpressionKind.ELEMENT)
_HIGHEST: Final = 20


class _Check:
    """One check: what it says of which target, and the spans in which that holds."""

    def __init__(self, writing: Writing, target: str, value: int, position: int) -> None:
        self._writing, self._target, self._value, self._position = writing, target, value, position
        self._scope = writing.draft.scopes.at(position)

    def holds(self, start: int, end: int) -> None:
        if start < end:
            self._writing.add(_NARROWED, self._scope, self._target, Bound(self._value, self._position, start, end))

    def climb(self, node: Node) -> None:
        """From the check outwards, as long as what is around it depends on it."""
        words, is_true = self._writing.values.syntax.checks, True
        for _ in range(_HIGHEST):
            parent = node.parent
            word = words.get(parent.type) if parent is not None else None
            if parent is None or word is None:
                return
            if word == "not":
                is_true = not is_true
            elif word == "both":
                if not self._joined(node, parent, is_true):
                    return
            elif word != "inner":
                self._around(word, node, parent, is_true)
                return
            node = parent

    def _joined(self, node: Node, parent: Node, is_true: bool) -> bool:
        """Of `a and b`, b runs where a holds; of `a or b`, where it does not. Whether the whole depends on it."""
        sign = parent.child_by_field_name("operator")
        if sign is None or (sign.type in ("and", "&&")) is not is_true:
            return False
        right = parent.child_by_field_name("right")
        if right is not None and right.id != node.id:
            self.holds(*_SPAN(right))
        return True

    def _around(self, word: str, node: Node, parent: Node, is_true: bool) -> None:
        if word == "choice":
            self._chosen(node, parent, is_true)
        elif word == "loop" and is_true:
            body = parent.child_by_field_name("body")
            if body is not None and body.id != node.id:
                self.holds(*_SPAN(body))
        elif word == "either":
            parts = [child for child in parent.named_children if not child.is_extra]
            if len(parts) == 3 and parts[1].id == node.id:
                self.holds(*_SPAN(parts[0 if is_true else 2]))
        elif word == "claim" and is_true:
            if inner(parent) == node and parent.parent is not None:
                self.holds(parent.end_byte, parent.parent.end_byte)
        elif word == "filter" and is_true and parent.parent is not None:
            self.holds(*_SPAN(parent.parent))

    def _chosen(self, node: Node, parent: Node, is_true: bool) -> None:
        condition, body = parent.child_by_field_name("condition"), parent.child_by_field_name("consequence")
        if condition is None or body is None or condition.id != node.id:
            return
        if is_true:
            self.holds(*_SPAN(body))
            return
        syntax = self._writing.values.syntax
        other = parent.child_by_field_name("alternative")
        if parent.type not in syntax.choices and other is not None:
            self.holds(*_SPAN(other))
            return
        whole = parent if parent.type in syntax.choices else parent.parent
        if whole is None:
            return
        self.holds(body.end_byte, whole.end_byte)
        if parent is whole and whole.parent is not None and leaves(body, syntax.leaving, syntax.choices):
            self.holds(whole.end_byte, whole.parent.end_byte)


def narrow(writing: Writing) -> None:
    """Add the rows of all checks and cases."""
    draft, values = writing.draft, writing.values
    names = values.syntax.type_checks
    if any(name.encode() in draft.text.content for name in names):
        cut = draft.text.cut
        checks = {start for start, end in writing.callees if end - start < 40 and cut(start, end) in names}
        callees = [node for node in draft.captures["call"] if node.start_byte in checks] if checks else ()
        for node in sorted(callees, key=_SPAN):
            if cut(*_SPAN(node)) in names:  # it may be longer and begin with a check
                _checked(writing, node)
    for node in draft.nodes("match"):
        _cases(writing, node)
    for node in draft.nodes("check"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None:
            value = values.of(right)
            for target in _targets(writing, left) if value != NO_VALUE else ():
                _Check(writing, target, value, right.start_byte).climb(node)


def _checked(writing: Writing, callee: Node) -> None:
    call = callee.parent
    arguments = call.child_by_field_name("arguments") if call is not None else None
    if call is None or arguments is None:
        return
    parts = [child for child in arguments.named_children if not child.is_extra]
    if len(parts) != 2:
        return
    value = writing.values.of(parts[1])
    for target in _targets(writing, parts[0]) if value != NO_VALUE else ():
        _Check(writing, target, value, parts[1].start_byte).climb(call)


def _targets(writing: Writing, checked: Node) -> list[str]:
    """The dotted names of what is checked: of `x := y` both."""
    parts = [checked.child_by_field_name(name) for name in ("name", "value")]
    nodes = [part for part in parts if part is not None] if all(parts) else [checked]
    texts = [writing.draft.text.cut(*_SPAN(node)) for node in nodes if node.end_byte - node.start_byte <= 200]
    return [target for target in map(writing.values.dotted, texts) if target]


def _cases(writing: Writing, statement: Node) -> None:
    """In the body of a case of a class, what is matched is an instance of it; so is the name given with `as`."""
    subject, block = statement.child_by_field_name("subject"), statement.child_by_field_name("body")
    if subject is None or block is None:
        return
    start, end = _SPAN(subject)
    target = writing.values.dotted(writing.draft.text.cut(start, end)) if end - start <= 200 else ""
    row = writing.values.of(subject)
    for case in block.children_by_field_name("alternative"):
        body, patterns = case.child_by_field_name("consequence"), case.named_children
        if body is None or not patterns:
            continue
        pattern, alias = _alias(writing, patterns[0])
        checked, scope = _pattern_class(writing, pattern), writing.draft.scopes.at(case.start_byte)
        position, span = pattern.start_byte, _SPAN(body)
        if alias:
            writing.add(_ASSIGNED, scope, alias, Bound(row, start, span[0]))
        for name in dict.fromkeys(filter(None, (target, alias))) if checked != NO_VALUE else ():
            writing.add(_NARROWED, scope, name, Bound(checked, position, *span))


def _alias(writing: Writing, pattern: Node) -> tuple[Node, str]:
    """A pattern without what names it, and that name; a name alone is both."""
    within = inner(pattern)
    while within is not None and within.type in ("case_pattern", "as_pattern"):
        parts = within.named_children
        if within.type == "as_pattern" and len(parts) == 2:
            return parts[0], writing.draft.text.cut(*_SPAN(parts[1]))
        pattern, within = within, inner(within)
    if within is not None and within.type == "dotted_name":
        text = writing.draft.text.cut(*_SPAN(within))
        return pattern, text if text.isidentifier() and text != writing.values.syntax.anything else ""
    return pattern, ""


def _pattern_class(writing: Writing, pattern: Node) -> int:
    """The class, or the tuple of classes, that a pattern checks."""
    node: Node | None = pattern
    for _ in range(3):
        if node is None:
            return NO_VALUE
        if node.type in writing.values.syntax.case_class:
            name = inner(node)
            return writing.values.of(name) if name is not None else NO_VALUE
        if node.type == "union_pattern":
            rows = [_pattern_class(writing, child) for child in node.named_children]
            return _either(writing, rows)
        node = inner(node)
    return NO_VALUE


def _either(writing: Writing, rows: list[int]) -> int:
    if NO_VALUE in rows:
        return NO_VALUE
    chain = NO_VALUE
    for row in reversed(rows):
        chain = writing.values.add(_ELEMENT, "", row, chain)
    return writing.values.add(_DISPLAY, "tuple", NO_VALUE, chain)
