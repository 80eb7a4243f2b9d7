"""Why something runs without being named: an operator, a loop, an attribute that is read, a decorator.

What flows in: a place, and the function that it runs. What flows out: steps: what runs it, and how the operand,
argument or receiver comes to be what defines it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from axon.model.facts import NO_TEXT, ExpressionKind, ReferenceKind
from axon.model.kinds import NODE_KINDS, NodeKind
from axon.resolution.class_statements import ClassStatements
from axon.resolution.evaluation import At, Slot
from axon.resolution.explain_arguments import evaluated
from axon.resolution.explain_names import NameChains, Step, Steps
from axon.resolution.explain_values import ValueChains
from axon.resolution.flow import Flow
from axon.resolution.members import Members
from axon.resolution.values import INSTANCES, Role, Values, is_instance, is_site

_CALL, _READ = int(ReferenceKind.CALL), int(ReferenceKind.READ)
_DECORATOR, _OPERATION = int(ReferenceKind.DECORATOR), int(ReferenceKind.OPERATION)
RUNNING: Final = (_CALL, _READ, _OPERATION, _DECORATOR)
"""Kinds of references that may run what they do not name."""

_STORED: Final = frozenset(NODE_KINDS.index(kind) for kind in (NodeKind.VARIABLE, NodeKind.PROPERTY))


class ImplicitChains:
    """Chains of what runs unnamed."""

    def __init__(self, flow: Flow, chains: NameChains, values: ValueChains) -> None:
        self._flow, self._names, self._chains, self._values = flow, flow.names, chains, values
        self._statements = ClassStatements(flow, Members(flow.names).names)

    def steps(self, source: int, target: int, references: Sequence[int]) -> Steps:
        """How one of some references in the file of node row `source` runs the function at node row `target`."""
        file, _ = self._flow.place(source)
        table = self._flow.facts(file).references
        for row in references:
            at = (file, table.scope[row], table.start_byte[row])
            for expression in self._parts(file, row):
                found = self._run(at, expression, target)
                if found:
                    return [Step(self._said(file, row, target), at[0], at[2]), *found]
        return []

    def of_class_statement(self, source: int, target: int, start: int) -> Steps:
        """How the class statement that begins at a byte of the file of node row `source` runs a function."""
        file, _ = self._flow.place(source)
        table, rows = self._flow.facts(file).definitions, self._names.assembly.rows[file]
        for definition, begins in enumerate(table.start_byte):
            row = rows[definition]
            if begins != start or not self._names.classes.is_class(row):
                continue
            fields = [f for f, owner in zip(rows, table.owner, strict=True) if owner == definition]
            if target in self._statements.of_class(row):
                return [self._chains.defined(row, self._said_of_class(row, target))]
            for field in fields:
                if self._names.is_stored(field) and target in self._statements.of_field(field):
                    said = f"the class statement tells what `{self._chains.label(field)}` holds its name"
                    return [self._chains.defined(field, said)]
        return []

    def _said_of_class(self, row: int, target: int) -> str:
        label, holder = self._chains.label, self._chains.holder(target)
        metaclass = self._names.classes.metaclass(row)
        if any(holder in self._names.classes.heritage.order(own) for own in metaclass):
            return f"the class statement of `{label(row)}` makes it with its metaclass `{label(metaclass[0])}`"
        return f"the class statement of `{label(row)}` runs what `{label(holder)}` behind it does with its subclasses"

    def _parts(self, file: int, row: int) -> Iterator[int]:
        """The expressions whose values may define what runs: operands, what is read, arguments."""
        facts = self._flow.facts(file)
        table, argument = facts.references, facts.references.argument[row]
        if table.value[row] >= 0:
            yield table.value[row]
        if argument >= 0 and facts.expressions.kind[argument] == ExpressionKind.ARGUMENT:
            yield from (value for _, value in self._flow.results.listed(file, argument) if value >= 0)
        elif argument >= 0:
            yield argument

    def _said(self, file: int, row: int, target: int) -> str:
        facts = self._flow.facts(file)
        table, label = facts.references, self._chains.label(target)
        text = facts.strings[table.text[row]] if table.text[row] != NO_TEXT else ""
        if table.kind[row] == _OPERATION:
            return f"`{text}` runs `{label}` without naming it"
        if table.kind[row] == _DECORATOR:
            return f"the decorator `{text}` is called when what it stands on is defined"
        return f"what is read or called here runs `{label}` without naming it"

    def _run(self, at: At, expression: int, wanted: int) -> Steps:
        """How an expression, or something read along it, runs a function."""
        name = self._names.assembly.names[wanted]
        for value in evaluated(self._flow, at, expression):
            if value == wanted:
                return self._values.value(at, expression, value)
            if self._keeps_back(value, wanted):
                said = f"calling that is a call of `{self._chains.label(wanted)}` that was kept back"
                return [*self._values.value(at, expression, value), self._chains.defined(wanted, said)]
            is_own = self._defines(value, name, wanted)
            made = [self._chains.by_mro(value, name, wanted)] if is_own else self._made_by(value, wanted)
            if made:
                return [*self._values.value(at, expression, value), *made]
            for element in self._flow.elements((value,)):
                if self._defines(element, name, wanted):
                    way = self._values.of_elements(at, expression, element)
                    return [*way, self._chains.by_mro(element, name, wanted)]
        return self._beside(at, expression, wanted)

    def _keeps_back(self, value: int, wanted: int) -> bool:
        """Whether a value is a call of a function that is made later."""
        site = self._flow.sites.site(value) if is_site(value) else None
        return site is not None and site.role is Role.PARTIAL and wanted in self._flow.results.argument(site, 0)

    def _beside(self, at: At, expression: int, wanted: int) -> Steps:
        """How an attribute that is read along an expression runs a function."""
        facts = self._flow.facts(at[0])
        table = facts.expressions
        if table.kind[expression] == ExpressionKind.NAME:
            return self._along(at, facts.strings[table.text[expression]], wanted)
        inner = table.first[expression]
        if table.kind[expression] != ExpressionKind.MEMBER or inner < 0:
            return []
        for value in self._flow.values(at, inner):
            read = self._read(value, facts.strings[table.text[expression]], wanted)
            if read:
                return [*self._values.value(at, inner, value), *read]
        return self._run(at, inner, wanted)

    def _along(self, at: At, text: str, wanted: int) -> Steps:
        """How one of the attributes of a dotted name runs a function when it is read."""
        parts = text.split(".")
        for n in range(1, len(parts)):
            before = ".".join(parts[:n])
            for value in self._flow.path(at, before):
                for element in self._flow.elements((value,)):
                    name = self._names.assembly.names[wanted]
                    if self._defines(element, name, wanted):
                        return [*self._values.path(at, before, value), self._chains.by_mro(element, name, wanted)]
                read = self._read(value, parts[n], wanted)
                if read:
                    return [*self._values.path(at, before, value), *read]
        return []

    def _read(self, value: int, attribute: str, wanted: int) -> Steps:
        """How reading an attribute of a value runs a function: it is an accessor, or holds what says how it is read."""
        name = self._names.assembly.names[wanted]
        if not is_instance(value):
            return []
        # Of an accessor several definitions bear the name, and writing runs another than reading.
        is_own = attribute == name and self._chains.holder(wanted) in self._names.classes.heritage.order(
            value - INSTANCES
        )
        if is_own or self._defines(value, name, wanted):
            return [self._chains.by_mro(value, name, wanted)]
        for found in self._flow.attribute(value, attribute):
            if found == wanted:
                return [self._chains.by_mro(value, attribute, wanted)]
            for held in self._held(found):
                if self._defines(held, name, wanted):
                    said = f"it holds an instance of `{self._chains.label(held)}`, which says what reading it gives"
                    steps = self._chains.attribute(value, attribute, found)
                    return [*steps, self._chains.defined(found, said), self._chains.by_mro(held, name, wanted)]
        return []

    def _held(self, row: int) -> Values:
        """What a field holds, or what the decorators of a method make of it."""
        if not 0 <= row < INSTANCES:
            return ()
        if self._flow.decorators(row):
            return self._flow.slot(Slot.DECORATED, row)
        return self._flow.slot(Slot.STORED, row) if self._names.assembly.kind[row] in _STORED else ()

    def _made_by(self, value: int, wanted: int) -> Steps:
        """How what iterates an instance defines a function."""
        if not is_instance(value):
            return []
        name = self._names.assembly.names[wanted]
        for start, _ in self._names.classes.language_of(value - INSTANCES).library.iterate:
            for iterator in self._flow.results.of_method(value, start):
                if self._defines(iterator, name, wanted):
                    said = f"`{start}` of `{self._chains.label(value)}` gives a `{self._chains.label(iterator)}`"
                    return [self._chains.defined(value, said), self._chains.by_mro(iterator, name, wanted)]
        return []

    def _defines(self, value: int, name: str, wanted: int) -> bool:
        if not is_instance(value) and not self._names.classes.is_class(value):
            return False
        row = value - INSTANCES if is_instance(value) else value
        return wanted in self._names.classes.method(row, name)
