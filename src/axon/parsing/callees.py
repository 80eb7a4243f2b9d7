"""What is called with what: the values of all callees and arguments of a file.

What flows in: the places of its calls. What flows out: rows of expressions for each. Lists of plain names and literals
are read from their text; the others in order of their ends, so that calls inside a call are known before it.
"""

from bisect import bisect_left
from typing import Final

from tree_sitter import Node

from axon.model.facts import ExpressionKind
from axon.parsing.draft import Draft
from axon.parsing.expressions import NO_VALUE
from axon.parsing.values import Values

_ARGUMENT: Final = int(ExpressionKind.ARGUMENT)
_EMPTY: Final = 2
_TEXT_BYTES: Final = 200
_BLANKS: Final = b" \t\r\n\\"
_LATER: Final = -2
_TYPE_BYTES: Final = 400


def callees_and_arguments(
    draft: Draft, values: Values, nodes: list[Node], spans: tuple[list[int], list[int]], texts: list[str]
) -> tuple[list[int], list[int]]:
    """Row of the callee and of the first ARGUMENT of each call; `spans` are where callees begin and where they end."""
    starts, ends = spans
    lists = _Lists(draft, values)
    named: dict[str, int] = {}
    callees: list[int] = []
    firsts: list[int] = []
    later: list[tuple[int, int, int]] = []
    modules = values.syntax.module_calls
    for row in range(len(starts)):
        text, end = texts[row], ends[row]
        callee = named.get(text, NO_VALUE)
        if callee == NO_VALUE:
            found = values.named(text)
            callee = named[text] = _LATER if found is None else found
        at = lists.at(end)
        close = lists.ends[at] if at >= 0 else end
        first = lists.first_of(at, text) if at >= 0 else NO_VALUE
        callees.append(callee)
        firsts.append(first)
        if _LATER in (first, callee):
            later.append((close, row, at))
        elif at >= 0 and (text not in modules or not values.syntax.module_name(draft.text.cut(starts[row], close))):
            values.add_call(starts[row], close, callee, first)
    later.sort()
    for close, row, at in later:
        if callees[row] == _LATER:
            callees[row] = values.at(nodes[row], starts[row], ends[row])
        if firsts[row] == _LATER:
            firsts[row] = lists.read(at, is_short=close - ends[row] <= _TEXT_BYTES)
        is_module = texts[row] in modules and values.syntax.module_name(draft.text.cut(starts[row], close))
        if at >= 0 and not is_module:  # without a list the bytes are those of the callee alone
            values.add_call(starts[row], close, callees[row], firsts[row])
    return callees, firsts


class _Lists:
    """The argument lists of one file."""

    def __init__(self, draft: Draft, values: Values) -> None:
        self._text, self._values = draft.text, values
        self._nodes: list[Node] = draft.captures.get("arguments", [])
        self._starts: list[int] = []
        self.ends: list[int] = []
        self._at_start: dict[int, int] = {}
        self._order: list[int] = []  # where lists begin, sorted when that is first asked for
        self._known: dict[str, int] = {}
        for node in self._nodes:
            start: int = node.start_byte
            end: int = node.end_byte
            self._at_start[start] = len(self._starts)
            self._starts.append(start)
            self.ends.append(end)

    def at(self, position: int) -> int:
        """The list that begins at a byte or behind blanks, type arguments or the mark of an optional call there."""
        found = self._at_start.get(position, NO_VALUE)
        if found >= 0:
            return found
        content = self._text.content
        while position < len(content) and content[position] in _BLANKS:
            position += 1
        found = self._at_start.get(position, NO_VALUE)
        if found >= 0 or content[position : position + 1] not in (b"<", b"?"):
            return found
        if not self._order:
            self._order = sorted(self._starts)
        following = bisect_left(self._order, position)
        if following == len(self._order) or self._order[following] - position > _TYPE_BYTES:
            return NO_VALUE
        between = content[position : self._order[following]].strip()
        is_list = between == b"?." or (between[:1] == b"<" and between[-1:] == b">" and b";" not in between)
        return self._at_start[self._order[following]] if is_list else NO_VALUE

    def first_of(self, at: int, callee: str) -> int:
        """The first ARGUMENT of a list of plain names and literals; _LATER for any other."""
        start, end = self._starts[at], self.ends[at]
        if end - start <= _EMPTY:
            return NO_VALUE
        if end - start > _TEXT_BYTES:
            return _LATER
        text = self._text.cut(start, end)
        first = self._known.get(text, NO_VALUE)
        if first == NO_VALUE:
            parts = self._values.syntax.arguments(text)
            found = self._values.plain_list(_ARGUMENT, parts) if parts is not None else None
            first = self._known[text] = _LATER if found is None else found
        return self._naming(text, first) if callee in self._values.syntax.naming else first

    def _naming(self, text: str, first: int) -> int:
        """The same list, whose second argument is kept as the name of an attribute where it is one."""
        parts = self._values.syntax.arguments(text) or ()
        rows = [self._values.named(part) for _, part in parts]
        name = self._values.naming(parts[1][1]) if len(parts) > 1 and not parts[1][0] else None
        if name is None or None in rows:
            return first
        rows[1] = name
        return self._values.chain(_ARGUMENT, [mark for mark, _ in parts], [row for row in rows if row is not None])

    def read(self, at: int, *, is_short: bool) -> int:
        """The first ARGUMENT of a list by its nodes, which are read once for a text that holds no byte."""
        text = self._text.cut(self._starts[at], self.ends[at]) if is_short else ""
        first = self._known.get(text, _LATER)
        if first == _LATER:
            first = self._values.arguments(self._nodes[at])
            if text and not self._values.is_placed(first):
                self._known[text] = first
        return first
