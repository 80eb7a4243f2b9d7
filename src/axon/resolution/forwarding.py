"""Classes whose missing attributes are those of something that they hold: `return getattr(self.inner, name)`.

What flows in: a class. What flows out: of what it reads an attribute that it does not have, where that is a field of
its own, or an element of one: anything else may ask for missing attributes again, without end.
"""

from collections.abc import Iterator
from typing import Final

from axon.languages.library import Effect
from axon.model.facts import ExpressionKind
from axon.resolution.call_arguments import arguments_of
from axon.resolution.evaluation import At, Evaluator
from axon.resolution.values import is_external

_NAME, _CALL = int(ExpressionKind.NAME), int(ExpressionKind.CALL)
_ITEM: Final = int(ExpressionKind.ITEM)
_ATTRIBUTE: Final = 1
"""The parameter of a method for missing attributes that is the name of one, and the argument that hands it on."""


class Forwarding:
    """What instances of classes hand missing attributes on to."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._flow = evaluator
        self._known: dict[int, list[tuple[At, int, str]]] = {}

    def of(self, row: int) -> list[tuple[At, int, str]]:
        """The places and expressions of which a class reads what it does not have, and the field each begins with."""
        known = self._known.get(row)
        if known is None:
            classes = self._flow.names.classes
            name = classes.language_of(row).library.fallback_method
            methods = classes.method(row, name) if name else ()
            known = self._known[row] = [place for method in methods for place in self._handed_on(method)]
        return known

    def _handed_on(self, method: int) -> Iterator[tuple[At, int, str]]:
        if not self._flow.names.is_callable(method):
            return
        file, definition = self._flow.place(method)
        facts, parameters = self._flow.facts(file), self._flow.parameters(file, definition)
        if len(parameters) <= _ATTRIBUTE:
            return
        flows, table = facts.flows, facts.expressions
        asked = facts.strings[facts.parameters.name[parameters[_ATTRIBUTE]]]
        for flow in self._flow.reaching(file).leaving.get(definition, ()):
            row, at = flows.value[flow], (file, definition, flows.position[flow])
            if row < 0 or table.kind[row] != _CALL or not self._reads_member(at, table.first[row]):
                continue
            given = [value for keyword, value in arguments_of(facts, table.second[row]) if not keyword]
            named = given[_ATTRIBUTE] if len(given) > _ATTRIBUTE else -1
            if named >= 0 and table.kind[named] == _NAME and facts.strings[table.text[named]] == asked:
                field = self._field(at, given[0])
                if field:
                    yield at, given[0], field

    def _field(self, at: At, expression: int) -> str:
        """The field of the receiver that an expression is or takes an element of; '' for any other."""
        facts = self._flow.facts(at[0])
        table = facts.expressions
        while expression >= 0 and table.kind[expression] == _ITEM:
            expression = table.first[expression]
        if expression < 0 or table.kind[expression] != _NAME:
            return ""
        receiver, _, field = facts.strings[table.text[expression]].partition(".")
        return field if receiver == self._flow.names.scopes[at[0]].receivers.get(at[1]) and "." not in field else ""

    def _reads_member(self, at: At, callee: int) -> bool:
        """Whether a function is told by its arguments which attribute it reads.

        A plain name alone is looked up: an attribute may be a missing one, which asks for what is found here.
        """
        functions, names = self._flow.language(at[0]).library.functions, self._flow.names
        facts = self._flow.facts(at[0])
        table = facts.expressions
        if callee < 0 or table.kind[callee] != _NAME or "." in facts.strings[table.text[callee]]:
            return False
        called = (names.externals.name(value) for value in self._flow.values(at, callee) if is_external(value))
        return any(name in functions and functions[name].effect is Effect.MEMBER for name in called)
