"""What a call hands over, as a rule pack asks for it.

What flows in: the facts of a file and the first argument of a call. What flows out: expressions, and the definitions
that they name.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from axon.model.facts import NO_TEXT, ExpressionKind, FileFacts
from axon.model.kinds import CALLABLE_CODES, CLASS_CODES
from axon.resolution.names import Names
from axon.resolution.values import INSTANCES

_NAME, _CALL, _MEMBER = int(ExpressionKind.NAME), int(ExpressionKind.CALL), int(ExpressionKind.MEMBER)
_MOST_NESTED: Final = 8  # decorators around a function that is handed over


def arguments_of(facts: FileFacts, first: int) -> Iterator[tuple[str, int]]:
    """(keyword, expression) of each argument, from the first ARGUMENT on; '' for positional ones."""
    table = facts.expressions
    while first != NO_TEXT:
        text = table.text[first]
        yield facts.strings[text] if text != NO_TEXT else "", table.first[first]
        first = table.second[first]


def argument_of(facts: FileFacts, first: int, *wanted: str) -> int:
    """The expression given under one of some keywords or places, from the first ARGUMENT on; -1 for none of them."""
    place = 0
    for keyword, value in arguments_of(facts, first):
        if (keyword or str(place)) in wanted:
            return value
        place += not keyword
    return -1


def functions_of(names: Names, file: int, reference: int, expression: int) -> Sequence[int]:
    """Node rows of the functions and classes that an expression in the arguments of a call stands for.

    Of a call, such as `login_required(view)` or `View.as_view()`, it is what is wrapped in it.
    """
    facts = names.scopes[file].facts
    table, references = facts.expressions, facts.references
    scope, position = references.scope[reference], references.start_byte[reference]
    for _ in range(_MOST_NESTED):
        if expression < 0:
            return ()
        if table.kind[expression] == _NAME:
            text = facts.strings[table.text[expression]]
            return _definitions(names, names.dotted(file, scope, text, position).values)
        if table.kind[expression] != _CALL:
            return ()
        first = table.second[expression]
        callee = table.first[expression]
        inner = next((value for _, value in arguments_of(facts, first)), -1)
        if callee >= 0 and table.kind[callee] == _NAME and (inner < 0 or table.kind[inner] not in (_NAME, _CALL)):
            holder = facts.strings[table.text[callee]].rpartition(".")[0]
            return _definitions(names, names.dotted(file, scope, holder, position).values) if holder else ()
        expression = inner
    return ()


def _definitions(names: Names, values: Sequence[int]) -> Sequence[int]:
    codes, kinds = CALLABLE_CODES | CLASS_CODES, names.assembly.kind
    return [value for value in values if 0 <= value < INSTANCES and kinds[value] in codes]
