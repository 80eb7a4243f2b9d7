"""What calls put behind objects: `Object.setPrototypeOf(a, b)` is a flow of b to `a.__proto__`.

What flows in: the calls of one file, and its values. What flows out: rows of Flows, as if an assignment were written. A
language without such calls costs nothing.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from axon.model.facts import ExpressionKind, FlowKind
from axon.parsing.expressions import NO_VALUE
from axon.parsing.flows import Bound, Writing

_ASSIGNED: Final = int(FlowKind.ASSIGNED)
_NAME: Final = int(ExpressionKind.NAME)


def link_objects(writing: Writing, calls: Sequence[Sequence[int]]) -> None:
    """Add the flows of all calls that put an object behind another."""
    linking, texts = writing.values.syntax.linking, writing.draft.strings.as_list()
    numbers = {at: text for at, text in enumerate(texts) if text in linking} if linking and calls else {}
    if not numbers:
        return
    _, scopes, _, names, _, starts, ends, _, _, _, _, arguments = calls
    expressions = writing.values.table()
    for row, name in enumerate(names):
        if name not in numbers:
            continue
        listed: list[int] = []
        argument = arguments[row]
        while argument != NO_VALUE:
            listed.append(expressions.first[argument])
            argument = expressions.second[argument]
        for target, value in list(pairwise(listed))[:1]:
            _link(writing, scopes[row], (target, value), linking[numbers[name]], (starts[row], ends[row]))


def _link(
    writing: Writing, scope: int, linked: tuple[int, int], behind: tuple[str, str], place: tuple[int, int]
) -> None:
    """The flow of the second of two values, or of an attribute of it, to an attribute of the first."""
    values, expressions = writing.values, writing.values.table()
    target, value = linked
    if NO_VALUE in linked or expressions.kind[target] != _NAME:
        return
    if behind[1]:
        if expressions.kind[value] != _NAME:
            return
        value = values.add(_NAME, f"{writing.draft.strings.as_list()[expressions.text[value]]}{behind[1]}")
    name = f"{writing.draft.strings.as_list()[expressions.text[target]]}{behind[0]}"
    writing.add(_ASSIGNED, scope, name, Bound(value, *place))
