"""What is called with what: the values of all callees and arguments of a file.

What flows in: the places of its calls. What flows out: rows of expressions for each. Lists of plain names and literals
are read from their text; the others in order of their ends, so that calls inside a call are known before it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Final

from tree_sitter import Node

from axon.model.facts import ExpressionKind
from axon.parsing.draft import Draft
from axon.parsing.expressions import NO_VALUE
from axon.parsing.values import Values

_SPAN = attrgetter("start_byte", "end_byte")
_ARGUMENT = int(ExpressionKind.ARGUMENT)
_EMPTY: Final = 2
_TEXT_BYTES: Final = 200
_BLANKS: Final = b" \t\r\n\\"
_LATER: Final = -2
_TYPE_BYTES: Final = 400


def callees_and_arguments(
    draft: Draft, values: Values, starts: Sequence[int], ends: Sequence[int], texts: Sequence[str]
) -> tuple[list[int], list[int]]:
    """Row of the callee and of the first ARGUMENT of each call."""
    named = {text: values.named(text) for text in dict.fromkeys(texts)}
    nodes = _nodes(draft, starts, ends) if None in named.values() else []
    callees = [_LATER if row is None else row for row in map(named.__getitem__, texts)]
    lists: list[Node] = draft.captures.get("arguments", [])
    spans = list(map(_SPAN, lists))
    at_start = {span[0]: i for i, span in enumerate(spans)}
    known: dict[str, int] = {}
    order = sorted(at_start)
    firsts, later = [NO_VALUE] * len(texts), []
    cut, plain_list, calls, naming = draft.text.cut, _plain_list, values.calls, values.syntax.naming
    for row, (start, end, callee) in enumerate(zip(starts, ends, callees, strict=True)):
        at = at_start.get(end)
        if at is None:
            at = _list_behind(draft, order, at_start, end)
        open_, close = spans[at] if at >= 0 else (end, end)
        first = NO_VALUE
        if close - open_ > _EMPTY:
            if close - open_ <= _TEXT_BYTES:
                text = cut(open_, close)
                found = known.get(text)
                first = known.setdefault(text, plain_list(values, text)) if found is None else found
                if texts[row] in naming:
                    first = _naming_list(values, text, first)
            else:
                first = _LATER
        firsts[row] = first
        if _LATER in (first, callee):
            later.append((close, row, at))
        else:
            calls[close] = (start, callee, first)
    later.sort()
    for close, row, at in later:
        if callees[row] == _LATER:
            callees[row] = values.at(nodes[row], starts[row], ends[row])
        if firsts[row] == _LATER:
            firsts[row] = _listed(values, lists[at], known, cut(*spans[at]) if close - ends[row] <= _TEXT_BYTES else "")
        calls[close] = (starts[row], callees[row], firsts[row])
    return callees, firsts


def _plain_list(values: Values, text: str) -> int:
    """The first ARGUMENT of a list of plain names and literals; _LATER for any other."""
    parts = values.syntax.arguments(text)
    found = values.plain_parts(parts) if parts is not None else None
    return _LATER if found is None else values.chain(_ARGUMENT, found)


def _naming_list(values: Values, text: str, first: int) -> int:
    """The same list, whose second argument is kept as the name of an attribute where it is one."""
    parts = values.syntax.arguments(text) or ()
    found = values.plain_parts(parts)
    name = values.naming(parts[1][1]) if len(parts) > 1 and not parts[1][0] else None
    if found is None or name is None:
        return first
    found[1] = ("", name)
    return values.chain(_ARGUMENT, found)


def _listed(values: Values, node: Node, known: dict[str, int], text: str) -> int:
    """The first ARGUMENT of a list by its nodes, which are read once for a text that holds no byte."""
    first = known.get(text, _LATER)
    if first == _LATER:
        first = values.arguments(node)
        if text and not values.is_placed(first):
            known[text] = first
    return first


def _nodes(draft: Draft, starts: Sequence[int], ends: Sequence[int]) -> list[Node]:
    """The node of each callee."""
    nodes = draft.nodes("call")
    if len(nodes) == len(starts):
        return nodes
    by_span = {_SPAN(node): node for name in ("call", "call.element") for node in draft.captures.get(name, ())}
    return [by_span[span] for span in zip(starts, ends, strict=True)]


def _list_behind(draft: Draft, order: Sequence[int], at_start: Mapping[int, int], end: int) -> int:
    """The argument list behind a callee and blanks, type arguments or the mark of an optional call; else NO_VALUE."""
    position = _behind_blanks(draft, end)
    at = at_start.get(position, NO_VALUE)
    if at >= 0 or draft.text.content[position : position + 1] not in (b"<", b"?"):
        return at
    following = bisect_left(order, position)
    if following == len(order) or order[following] - position > _TYPE_BYTES:
        return NO_VALUE
    between = draft.text.content[position : order[following]].strip()
    is_list = between == b"?." or (between[:1] == b"<" and between[-1:] == b">" and b";" not in between)
    return at_start[order[following]] if is_list else NO_VALUE


def _behind_blanks(draft: Draft, at: int) -> int:
    content = draft.text.content
    while at < len(content) and content[at] in _BLANKS:
        at += 1
    return at
