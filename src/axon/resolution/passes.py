"""PASSES edges: functions and methods that a call hands over as values.

What flows in: the evaluator, settled. What flows out: an edge for each argument that is shown to be a function of the
tree, by the rule that shows it.
"""

from collections.abc import Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, ReferenceKind
from axon.model.kinds import EdgeKind, Rule
from axon.resolution.evaluation import At
from axon.resolution.evidence import EDGE_CODE, RULE_CODE, EdgeRows
from axon.resolution.flow import Flow
from axon.resolution.values import UNKNOWN

_PASSES: Final = EDGE_CODE[EdgeKind.PASSES]
_CALL: Final = int(ReferenceKind.CALL)
_NAME: Final = int(ExpressionKind.NAME)
_NAMED: Final = (_NAME, int(ExpressionKind.MEMBER))


class Passes:
    """The functions that calls hand over, file by file."""

    def __init__(self, flow: Flow) -> None:
        self._flow, self._names = flow, flow.names

    def write(self, file: int, edges: EdgeRows) -> None:
        """Add the PASSES edges of one file."""
        scopes, assembly = self._names.scopes[file], self._names.assembly
        table, expressions = scopes.facts.references, scopes.facts.expressions
        rows = [*assembly.rows[file], assembly.file_row + file]  # [-1] is the file
        kinds, values, nexts, strings = expressions.kind, expressions.first, expressions.second, scopes.facts.strings
        is_callable, slots = self._names.is_callable, self._flow.slots
        quiet: set[int] = set()  # arguments that are no functions wherever below the file's own scope they stand
        for row, (kind, first) in enumerate(zip(table.kind, table.argument, strict=True)):
            if kind != _CALL:
                break  # calls come first
            argument = first
            while argument != NO_TEXT:
                value, argument = values[argument], nexts[argument]
                if value < 0 or kinds[value] not in _NAMED or (value in quiet and table.scope[row] != NO_DEFINITION):
                    continue
                placed, scoped = slots.placed, slots.scoped
                at = (file, table.scope[row], table.start_byte[row])
                is_name = kinds[value] == _NAME
                held = (
                    self._flow.path(at, strings[expressions.text[value]]) if is_name else self._flow.values(at, value)
                )
                callable_values = [v for v in held if is_callable(v)]
                if callable_values:
                    place = (table.line[row], table.column[row], at[2], table.end_byte[row])
                    for target, rule in self._ruled(at, value, callable_values):
                        edges.rows.extend((_PASSES, rows[at[1]], target, *place, RULE_CODE[rule]))
                elif slots.placed == placed and slots.scoped == scoped and at[1] != NO_DEFINITION:
                    quiet.add(value)

    def _ruled(self, at: At, expression: int, callable_values: Sequence[int]) -> list[tuple[int, Rule]]:
        """The functions that an argument is shown to be, each with the rule that shows it."""
        facts = self._flow.facts(at[0])
        named: dict[int, Rule] = {}
        if facts.expressions.kind[expression] == _NAME:
            found = self._names.dotted(at[0], at[1], facts.strings[facts.expressions.text[expression]], at[2])
            named = {value: self._names.rule_of(at[0], found, value) for value in found.values}
        if all(value in named for value in callable_values):
            return [(value, named[value]) for value in callable_values]
        return [(value, named.get(value) or self._rule(at, expression, value)) for value in callable_values]

    def _rule(self, at: At, expression: int, value: int) -> Rule:
        """By what a function is shown that names alone do not show."""
        facts = self._flow.facts(at[0])
        if (value, UNKNOWN) not in self._flow.callees(at, expression):
            return Rule.TYPED
        text = facts.strings[facts.expressions.text[expression]]
        parameter = self._flow.reaching(at[0]).parameters.get((at[1], text), -1)
        passed = self._flow.summaries.passed_for(at[0], parameter)
        return Rule.ARGUMENT if value in passed else Rule.FLOW
