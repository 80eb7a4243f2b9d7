"""Expressions that are no names: what each kind of them stands for.

What flows in: an expression and where it stands. What flows out: its values, by its kind.
"""

from collections.abc import Callable

from axon.model.facts import NO_DEFINITION, ExpressionKind
from axon.resolution.contents import Contents
from axon.resolution.evaluation import At, Evaluator, Slot
from axon.resolution.objects import Objects
from axon.resolution.reaching import element_path
from axon.resolution.results import Results
from axon.resolution.slots import joined
from axon.resolution.values import (
    INSTANCES,
    NOTHING,
    UNKNOWN,
    Role,
    Site,
    Values,
    is_external,
    is_instance,
    is_site,
)

_K = ExpressionKind
_NAME, _ITEM = int(_K.NAME), int(_K.ITEM)

Evaluate = Callable[[At, int], Values]


class Expressions:
    """Evaluators by kind of expression."""

    def __init__(self, evaluator: Evaluator, contents: Contents, results: Results, objects: Objects) -> None:
        self._flow, self._contents, self._results, self._objects = evaluator, contents, results, objects
        self.by_kind: dict[int, Evaluate] = {
            int(_K.MEMBER): self._member,
            int(_K.CALL): results.of_call,
            int(_K.ITEM): self._item,
            int(_K.AWAIT): self._awaited,
            int(_K.EITHER): self._either,
            int(_K.DISPLAY): self._container,
            int(_K.COMPREHENSION): self._container,
            int(_K.LITERAL): self._literal,
            int(_K.FUNCTION): self._function,
            int(_K.EACH): self._each,
            int(_K.ENTERED): self._entered,
            int(_K.UNPACKED): self._unpacked,
            int(_K.RAISED): self._raised,
            int(_K.OPERATION): self._operation,
            int(_K.CAST): self._cast,
            int(_K.DEFINITION): self._definition,
        }

    def _member(self, at: At, row: int) -> Values:
        facts = self._flow.facts(at[0])
        name, receiver = facts.strings[facts.expressions.text[row]], facts.expressions.first[row]
        behind = self._flow.behind(at, receiver, name)
        if behind is not None:
            return joined(v for found in behind for v in self._flow.dereferenced(*found))
        return self._flow.read(self._flow.values(at, receiver), name)

    def _item(self, at: At, row: int) -> Values:
        facts = self._flow.facts(at[0])
        table, strings = facts.expressions, facts.strings
        key, container = strings[table.text[row]] if table.text[row] >= 0 else "", table.first[row]
        if key[:1] == "[":
            having = self._objects.having(self._flow.values(at, container), key)
            if having:
                return self._flow.read(having, key)
            key = ""
        path = self._path(at[0], container)
        if not path:
            return self._contents.item(self._flow.values(at, container), key)
        if key:
            self._flow.slots.placed += 1
            rows, is_entered = self._flow.reaching(at[0]).versions(at[1], element_path(path, key), at[2])
            if not is_entered:  # stored last in its own scope
                return joined(v for flow in rows for v in self._flow.slot(Slot.VERSION, flow, at[0]))
        values = self._contents.item(self._flow.values(at, container), key)
        stored = self._stored(at, path, key)
        return joined((*values, *stored)) if stored else values

    def _path(self, file: int, row: int) -> str:
        """A dotted name, with constant keys in brackets behind it; '' for any other expression."""
        facts = self._flow.facts(file)
        table, keys = facts.expressions, ""
        while row >= 0 and table.kind[row] == _ITEM and table.text[row] >= 0:
            keys, row = f"[{facts.strings[table.text[row]]}]{keys}", table.first[row]
        return f"{facts.strings[table.text[row]]}{keys}" if row >= 0 and table.kind[row] == _NAME else ""

    def _stored(self, at: At, path: str, key: str) -> Values:
        """What is stored under a key of what a dotted name of the same scope stands for."""
        flows, strings = self._flow.facts(at[0]).flows, self._flow.facts(at[0]).strings
        self._flow.slots.scoped += 1
        found: list[int] = []
        scope, owner = at[1], self._flow.facts(at[0]).definitions.owner
        while True:
            for row in self._flow.reaching(at[0]).stored.get((scope, path), ()):
                known = strings[flows.key[row]] if flows.key[row] >= 0 else ""
                if not known or not key or known == key:
                    found.extend(self._flow.slot(Slot.VERSION, row, at[0]))
            if scope == NO_DEFINITION:
                return joined(found)
            scope = owner[scope]

    def _awaited(self, at: At, row: int) -> Values:
        return self._flow.values(at, self._flow.facts(at[0]).expressions.first[row])

    def _either(self, at: At, row: int) -> Values:
        table = self._flow.facts(at[0]).expressions
        return joined((*self._flow.values(at, table.first[row]), *self._flow.values(at, table.second[row])))

    def _container(self, at: At, row: int) -> Values:
        self._flow.slots.placed += 1
        return (self._flow.sites.value(Site(Role.CONTAINER, *at, row)),)

    def _literal(self, at: At, row: int) -> Values:
        facts = self._flow.facts(at[0])
        name = facts.strings[facts.expressions.text[row]]
        module = self._flow.language(at[0]).builtins_module
        return NOTHING if name == "None" else (self._flow.names.externals.value(f"{module}.{name}()"),)

    def _cast(self, at: At, row: int) -> Values:
        self._flow.slots.placed += 1
        facts = self._flow.facts(at[0])
        table = facts.expressions
        taken = self._results.annotated(at, facts.strings[table.text[row]]) if table.text[row] >= 0 else NOTHING
        return taken or self._flow.values(at, table.first[row])

    def _definition(self, at: At, row: int) -> Values:
        definition = self._flow.facts(at[0]).expressions.second[row]
        return (self._flow.names.row(at[0], definition),)

    def _function(self, at: At, row: int) -> Values:
        self._flow.slots.placed += 1
        return (self._flow.sites.value(Site(Role.FUNCTION, *at, row)),)

    def _each(self, at: At, row: int) -> Values:
        return self._contents.each(self._flow.values(at, self._flow.facts(at[0]).expressions.first[row]))

    def _entered(self, at: At, row: int) -> Values:
        return self._contents.entered(self._flow.values(at, self._flow.facts(at[0]).expressions.first[row]))

    def _unpacked(self, at: At, row: int) -> Values:
        facts = self._flow.facts(at[0])
        index = facts.strings[facts.expressions.text[row]]
        return self._contents.unpacked(self._flow.values(at, facts.expressions.first[row]), index)

    def _raised(self, at: At, row: int) -> Values:
        classes = self._flow.values(at, self._flow.facts(at[0]).expressions.first[row])
        listed = [v for value in classes for v in (self._contents.each((value,)) if is_site(value) else (value,))]
        return joined(self._instance(value) for value in listed)

    def _instance(self, value: int) -> int:
        """An instance of a class; what is none stays."""
        if self._flow.names.classes.is_class(value):
            return INSTANCES + value
        return self._flow.external_result(value) if is_external(value) else value

    def _operation(self, at: At, row: int) -> Values:
        facts = self._flow.facts(at[0])
        table = facts.expressions
        operator = facts.strings[table.text[row]]
        left = self._flow.values(at, table.first[row])
        if operator in self._flow.language(at[0]).library.comparisons:
            return self._compared(at, operator, left)
        found = [v for value in left for v in self._operated(value, operator)]
        if not found or UNKNOWN in found:
            right = self._flow.values(at, table.second[row]) if table.second[row] >= 0 else NOTHING
            reflected = self._flow.language(at[0]).library.reflected.get(operator.rstrip("="), "")
            found.extend(v for value in right if is_instance(value) for v in self._results.of_method(value, reflected))
        return joined(found)

    def _compared(self, at: At, operator: str, left: Values) -> Values:
        """What a comparison gives: a truth, but where a method of the tree gives something else."""
        language = self._flow.language(at[0])
        methods = [v for value in left if is_instance(value) for v in self._operated(value, operator) if v != UNKNOWN]
        truth = self._flow.names.externals.value(f"{language.builtins_module}.{language.library.truth}()")
        return joined(methods) or (truth,)

    def _operated(self, value: int, operator: str) -> Values:
        if not is_instance(value):
            return (value,)
        methods = self._flow.names.classes.language_of(value - INSTANCES).library.operators.get(operator, ())
        for name in methods:
            found = self._results.of_method(value, name)
            if found:
                return found
        return (UNKNOWN,)
