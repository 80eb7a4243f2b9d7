"""Which definitions of a tree a call hands over to a framework.

What flows in: linked names and an expression in the arguments of a call. What flows out: node rows.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from axon.model.facts import ExpressionKind
from axon.model.kinds import CALLABLE_CODES, CLASS_CODES
from axon.resolution.call_arguments import arguments_of
from axon.resolution.evaluation import At
from axon.resolution.frameworks.objects import Objects
from axon.resolution.names import Names
from axon.resolution.values import INSTANCES

_K = ExpressionKind
_NAME, _CALL, _DISPLAY = int(_K.NAME), int(_K.CALL), int(_K.DISPLAY)
_FUNCTION, _DEFINITION = int(_K.FUNCTION), int(_K.DEFINITION)
_MOST_NESTED: Final = 8  # decorators around a function that is handed over


def functions_of(names: Names, objects: Objects, at: At, expression: int) -> Sequence[int]:
    """Node rows of the functions and classes that an expression in the arguments of a call stands for.

    Of a call, such as `login_required(view)` or `View.as_view()`, it is what is wrapped in it, of an instance its
    class; of a function without a name the definition in which it stands; of a list what its elements are.
    """
    return tuple(dict.fromkeys(_functions(names, objects, at, expression, 0)))


def handlers_of(names: Names, objects: Objects, at: At, expression: int) -> Sequence[int]:
    """The same, or variables of which nothing says what they hold, as after `const show = wrapped(…)`."""
    found = functions_of(names, objects, at, expression)
    table = names.scopes[at[0]].facts.expressions
    if found or table.kind[expression] != _NAME:
        return found
    text = names.scopes[at[0]].facts.strings[table.text[expression]]
    return [value for value in names.dotted(*at[:2], text, at[2]).values if names.is_stored(value)]


def keys_in_call(names: Names, at: At, expression: int) -> list[str]:
    """The keys that a call such as `Carts.as_view({"get": "list"})` is given; none of any other expression."""
    facts = names.scopes[at[0]].facts
    table, found = facts.expressions, []
    if expression < 0 or table.kind[expression] != _CALL:
        return []
    for _, given in arguments_of(facts, table.second[expression]):
        element = table.second[given] if given >= 0 and table.kind[given] == _DISPLAY else -1
        while element >= 0:
            found.append(facts.strings[table.text[element]].strip("'") if table.text[element] >= 0 else "")
            element = table.second[element]
    return found


def _functions(names: Names, objects: Objects, at: At, expression: int, depth: int) -> Iterator[int]:
    facts = names.scopes[at[0]].facts
    table = facts.expressions
    if expression < 0 or depth > _MOST_NESTED:
        return
    kind = table.kind[expression]
    if kind == _NAME:
        yield from _named(names, objects, at, facts.strings[table.text[expression]])
    elif kind == _DEFINITION:
        yield names.row(at[0], table.second[expression])
    elif kind == _FUNCTION:
        yield names.row(at[0], at[1])
    elif kind == _DISPLAY:
        element = table.second[expression]
        while element >= 0:
            yield from _functions(names, objects, at, table.first[element], depth + 1)
            element = table.second[element]
    elif kind == _CALL:
        wrapped = list(_wrapped(names, objects, at, expression, depth))
        callee = table.first[expression]
        if not wrapped and callee >= 0 and table.kind[callee] == _NAME:
            text = facts.strings[table.text[callee]]
            holder, made = text.rpartition(".")[0], names.dotted(*at[:2], text, at[2]).values
            wrapped = [value for value in made if names.classes.is_class(value)]  # an instance is called
            wrapped = wrapped or (list(_named(names, objects, at, holder)) if holder else [])
        yield from wrapped


def _wrapped(names: Names, objects: Objects, at: At, call: int, depth: int) -> Iterator[int]:
    """What the first argument of a call stands for; where that is no function, the first that is one."""
    facts = names.scopes[at[0]].facts
    for keyword, inner in arguments_of(facts, facts.expressions.second[call]):
        found = [] if keyword else list(_functions(names, objects, at, inner, depth + 1))
        if found:
            yield from found
            return


def _named(names: Names, objects: Objects, at: At, text: str) -> Iterator[int]:
    """The definitions that a dotted name stands for; a member of an instance is its class's."""
    values = names.dotted(*at[:2], text, at[2]).values
    found = _definitions(names, values)
    holder, _, last = text.rpartition(".")
    if not found and holder:
        for made in objects.of_path(at, holder):
            if made.class_row >= 0:
                order = names.classes.heritage.order(made.class_row)
                found += _definitions(names, names.classes.declared(order, last))
    yield from found


def _definitions(names: Names, values: Sequence[int]) -> list[int]:
    codes, kinds = CALLABLE_CODES | CLASS_CODES, names.assembly.kind
    return [value for value in values if 0 <= value < INSTANCES and kinds[value] in codes]
