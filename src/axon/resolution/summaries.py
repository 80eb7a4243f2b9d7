"""Slots computed: what variables, fields, parameters and results hold.

What flows in: a slot. What flows out: its values, from the flows of one file and other slots. An annotation that says
something decides alone; without one the assignments, returns and defaults do, and for a parameter what callers pass,
where that is asked for.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, FlowKind, ParameterKind
from axon.model.kinds import NODE_KINDS, Flag, NodeKind
from axon.resolution.annotated import Annotations
from axon.resolution.contexts import Contexts
from axon.resolution.evaluation import Evaluator, Slot
from axon.resolution.generics import Generics
from axon.resolution.injected import Injected
from axon.resolution.slots import joined
from axon.resolution.values import (
    INSTANCES,
    NOTHING,
    OPEN,
    PASSED,
    RECEIVER,
    UNKNOWN,
    Numbering,
    Role,
    Site,
    Values,
    is_external,
    is_site,
    passed,
)

_NAME, _CALL = int(ExpressionKind.NAME), int(ExpressionKind.CALL)
_RETURNED, _YIELDED = int(FlowKind.RETURNED), int(FlowKind.YIELDED)
_FUNCTIONS: Final = frozenset({Role.FUNCTION, Role.PARTIAL, Role.NAMED})
_DELEGATED, _ASSIGNED = int(FlowKind.DELEGATED), int(FlowKind.ASSIGNED)
_GENERATOR, _OVERLOAD = int(Flag.GENERATOR), int(Flag.OVERLOAD)
_ENUM: Final = NODE_KINDS.index(NodeKind.ENUM)
INLINE: Final = -1
"""In place of a file among arguments: parameters of functions without a name, by number."""

InlinePlace = tuple[int, int, str]  # file, byte where what binds it begins, and name of a parameter without a function

_SPREAD: Final = (int(ParameterKind.REST), int(ParameterKind.KEYWORD_REST))


class Summaries:
    """The values of slots."""

    def __init__(
        self,
        evaluator: Evaluator,
        annotations: Annotations,
        generics: Generics,
        injected: Injected,
        places: list[InlinePlace],
    ) -> None:
        self._flow, self._annotations, self._generics, self._injected = evaluator, annotations, generics, injected
        self._contexts = Contexts(evaluator, annotations)
        self.arguments: dict[tuple[int, int], Values] = {}  # (file, parameter) -> what callers pass
        self.unasked: Callable[[tuple[int, int]], Values] | None = None  # says it of others when it is asked for
        self.places = Numbering(places)
        self._overloads: dict[int, dict[tuple[int, int], list[int]]] = {}  # file -> (owner, name) -> definitions
        self._assigned_at: dict[int, dict[int, int]] = {}  # file -> byte where a value begins -> flow to an attribute
        self._functions = {
            Slot.STORED: self._stored,
            Slot.RETURNED: self._returned,
            Slot.INFERRED: self._inferred,
            Slot.YIELDED: self._yielded,
            Slot.DECORATED: self._decorated,
        }

    def compute(self, slot: Slot, row: int, file: int) -> Values:
        """The values of a slot, from what other slots hold now."""
        if slot is Slot.VERSION:
            return self._version(file, row)
        if slot is Slot.PARAMETER:
            return self._parameter(file, row)
        if slot is Slot.INLINE:
            place = self._contexts.of_inline(*self.places.items[row])
            return joined((UNKNOWN, *self.passed_for(INLINE, row), *place))
        if slot is Slot.SPREAD:
            annotated = self._annotations.of_parameter(file, row)
            if annotated and not self._flow.language(file).receiver_is_parameter:  # it says what all of them make
                annotated = self._flow.elements(tuple(value for value in annotated if is_site(value)))
            return annotated or joined((UNKNOWN, *self.passed_for(file, row)))
        return self._functions[slot](row)

    def passed_for(self, file: int, row: int) -> Values:
        """What callers pass for a parameter, as far as that is known in the round at hand."""
        known = self.arguments.get((file, row))
        if known is None:
            if self.unasked is None:
                return NOTHING
            known = self.arguments[file, row] = self.unasked((file, row))
        return known

    def inline_number(self, file: int, name: str, position: int) -> int:
        """The number of a parameter of the function without a name around a byte."""
        return self.places.number((file, self._flow.names.scopes[file].range_start(name, position), name))

    def inline_file(self, number: int) -> int:
        """The file of a function without a name."""
        return self.places.items[number][0]

    def _version(self, file: int, row: int) -> Values:
        facts = self._flow.facts(file)
        flows = facts.flows
        at, value = (file, flows.scope[row], flows.position[row]), flows.value[row]
        if flows.annotation[row] != NO_TEXT:
            values = self._annotations.of_text(at, facts.strings[flows.annotation[row]])
            if values and self._annotations.are_called(values):
                return self._with_functions(values, self._flow.values(at, value) if value >= 0 else NOTHING)
            if values:
                return values
        if flows.kind[row] == FlowKind.NARROWED:
            return self._instances(self._flow.values(at, value))
        return self._flow.values(at, value) if value >= 0 else (UNKNOWN,)

    def _instances(self, classes: Values) -> Values:
        found: list[int] = []
        for value in classes:
            if self._flow.names.classes.is_class(value):
                found.append(INSTANCES + value)
            elif is_external(value):
                found.append(self._flow.external_result(value))
            else:
                found.extend(self._instances(self._flow.elements((value,))) if value >= INSTANCES else (UNKNOWN,))
        return joined(found)

    def _stored(self, row: int) -> Values:
        file, definition = self._flow.place(row)
        facts, reaching = self._flow.facts(file), self._flow.reaching(file)
        table = facts.definitions
        owner, name = table.owner[definition], facts.strings[table.name[definition]]
        if owner != NO_DEFINITION and self._flow.names.assembly.kind[self._flow.names.row(file, owner)] == _ENUM:
            return (INSTANCES + self._flow.names.row(file, owner),)
        rows = (*reaching.everywhere(owner, name), *reaching.fields.get((owner, name), ()))
        rows = rows or self._assigned(file, table.body_start[definition])
        declared = reaching.declared.get((owner, name), -1)
        annotated = (declared, *(r for r in rows if facts.flows.annotation[r] != NO_TEXT)) if declared >= 0 else rows
        for flow in annotated:
            if facts.flows.annotation[flow] != NO_TEXT:
                values = self._flow.slot(Slot.VERSION, flow, file)
                if values and UNKNOWN not in values:
                    if not self._annotations.are_called(values):
                        return values
                    more = (v for row in rows for v in self._flow.slot(Slot.VERSION, row, file))
                    return self._with_functions(values, more)
        beside = self._declared(file, definition, Slot.STORED)
        if beside:
            return beside
        if not rows:
            return (UNKNOWN,)
        return joined(v for flow in rows for v in self._flow.slot(Slot.VERSION, flow, file))

    def _declared(self, file: int, definition: int, slot: Slot) -> Values:
        """What the file beside a source declares of a definition; nothing where it says none, or not all.

        What depends on parameters does so on those of the declaration, which nobody calls.
        """
        row = self._annotations.beside.declaring(file, definition)
        values = self._flow.slot(slot, row) if row is not None else NOTHING
        return NOTHING if UNKNOWN in values else tuple(value for value in values if value < OPEN)

    def _assigned(self, file: int, body: int) -> tuple[int, ...]:
        """The flow that assigns an attribute the object that begins at a byte."""
        if not body:
            return ()
        known = self._assigned_at.get(file)
        if known is None:
            flows, strings = self._flow.facts(file).flows, self._flow.facts(file).strings
            known = self._assigned_at[file] = {
                flows.position[row]: row
                for row in range(len(flows.kind) - 1, -1, -1)
                if flows.kind[row] == _ASSIGNED and "." in strings[flows.target[row]]
            }
        return (known[body],) if body in known else ()

    def may_be_passed(self, file: int, row: int) -> bool:
        """Whether what callers pass decides what a parameter is: no annotation says it, or only how it is called."""
        annotated = self._annotations.of_parameter(file, row)
        return not annotated or self._annotations.are_called(annotated)

    def _with_functions(self, annotated: Values, known: Iterable[int]) -> Values:
        """What an annotation says of something that is called, and the functions that are known besides."""
        names, sites = self._flow.names, self._flow.sites
        return joined(
            (
                *annotated,
                *(v for v in known if names.is_callable(v) or (is_site(v) and sites.site(v).role in _FUNCTIONS)),
            )
        )

    def _parameter(self, file: int, row: int) -> Values:
        facts = self._flow.facts(file)
        definition = facts.parameters.owner[row]
        outside = (file, facts.definitions.owner[definition], facts.definitions.start_byte[definition])
        if self.is_spread(file, row):
            return (self._flow.sites.value(Site(Role.SPREAD, *outside, row)),)
        annotated = self._annotations.of_parameter(file, row)
        if annotated:
            if not self._annotations.are_called(annotated):
                return annotated
            return self._with_functions(annotated, self.passed_for(file, row))
        beside = self._annotations.beside.declaring(file, definition)
        place_beside = self._annotations.beside.parameter(beside, file, row) if beside is not None else None
        if place_beside is not None:
            declared = self._flow.slot(Slot.PARAMETER, place_beside[1], place_beside[0])
            if declared and UNKNOWN not in declared:
                return declared
        default = self._default(file, row)
        known = self._flow.path(outside, default.partition("(")[0]) if default else NOTHING
        if default.endswith(")"):
            known = tuple(INSTANCES + v for v in known if self._flow.names.classes.is_class(v))
        place = self._contexts.of_definition(file, definition, row - self._flow.parameters(file, definition)[0])
        return joined((UNKNOWN, *known, *self.passed_for(file, row), *place, *self._injected.of(file, row)))

    def is_spread(self, file: int, row: int) -> bool:
        """Whether a parameter takes further arguments."""
        return self._flow.facts(file).parameters.kind[row] in _SPREAD

    def _default(self, file: int, row: int) -> str:
        """The default of a parameter where it is a dotted name or a call of one; '' for any other."""
        facts = self._flow.facts(file)
        default = facts.parameters.default[row]
        text = facts.strings[default] if default != NO_TEXT else ""
        called = text.partition("(")[0] if text.endswith(")") else text
        return text if _is_dotted(called) else ""

    def _returned(self, row: int) -> Values:
        file, definition = self._flow.place(row)
        facts = self._flow.facts(file)
        table = facts.definitions
        declared = self._overloaded(file, definition)  # says more than the signature that all of them share
        if declared:
            return declared
        if table.returns[definition] != NO_TEXT:
            opened = self._generics.opened(file, definition)
            if opened:
                return opened
            at = (file, table.owner[definition], facts.size)
            values = self._annotations.of_text(at, facts.strings[table.returns[definition]])
            if values and self._annotations.are_called(values):
                return self._with_functions(values, self._inferred(row))
            if values:
                return values
        return self._declared(file, definition, Slot.RETURNED) or self._inferred(row)

    def _inferred(self, row: int) -> Values:
        """What the body of a function gives."""
        file, definition = self._flow.place(row)
        facts = self._flow.facts(file)
        table = facts.definitions
        if table.flags[definition] & _GENERATOR:
            return (self._flow.sites.value(Site(Role.GENERATOR, file, definition, 0, row)),)
        return joined(
            v
            for flow in self._leaving(file, definition)
            if facts.flows.kind[flow] == _RETURNED
            for v in self._left(file, definition, flow)
        )

    def _overloaded(self, file: int, definition: int) -> Values:
        """What the declarations of single signatures of a function say that it gives."""
        facts = self._flow.facts(file)
        if file not in self._overloads:
            table = facts.definitions
            found: dict[tuple[int, int], list[int]] = {}
            self._overloads[file] = found
            for row, flags in enumerate(table.flags):
                if flags & _OVERLOAD and table.returns[row] != NO_TEXT:
                    found.setdefault((table.owner[row], table.name[row]), []).append(row)
        if not self._overloads[file]:
            return NOTHING
        table = facts.definitions
        at = (file, table.owner[definition], facts.size)
        rows = self._overloads[file].get((table.owner[definition], table.name[definition]), ())
        return joined(v for row in rows for v in self._annotations.of_text(at, facts.strings[table.returns[row]]))

    def _leaving(self, file: int, definition: int) -> Sequence[int]:
        return self._flow.reaching(file).leaving.get(definition, ())

    def _left(self, file: int, definition: int, flow: int) -> Values:
        """What one `return` gives: its receiver and parameters are filled in at the call."""
        facts = self._flow.facts(file)
        table, value = facts.expressions, facts.flows.value[flow]
        if value < 0:
            return (UNKNOWN,)
        if table.kind[value] == _NAME:
            name = facts.strings[table.text[value]]
            if self._flow.names.scopes[file].receivers.get(definition) == name:
                return (RECEIVER,)
            reaching = self._flow.reaching(file)
            parameter = reaching.parameters.get((definition, name))
            if parameter is not None and self.may_be_passed(file, parameter):
                rows, is_entered = reaching.versions(definition, name, facts.flows.position[flow])
                if is_entered and not rows:
                    return (passed(file, parameter),)
        elif table.kind[value] == _CALL and self._makes_receiver(file, definition, table.first[value]):
            return (RECEIVER,)
        left = self._flow.values((file, definition, facts.flows.position[flow]), value)
        return joined(self._as_passed(v, file, definition) for v in left) if any(map(is_site, left)) else left

    def _as_passed(self, value: int, file: int, definition: int) -> int:
        """What all callers pass for a parameter of a function is for one of them what it passes itself."""
        site = self._flow.sites.site(value) if is_site(value) else None
        if site is None or site.role is not Role.CALLBACKS or site.file != file:
            return value
        is_own = self._flow.facts(file).parameters.owner[site.row] == definition
        return passed(file, site.row) if is_own else value

    def _makes_receiver(self, file: int, definition: int, callee: int) -> bool:
        """Whether a call instantiates the class that a method of a class was called on."""
        facts, scopes = self._flow.facts(file), self._flow.names.scopes[file]
        if callee < 0 or facts.expressions.kind[callee] != _NAME or not scopes.takes_class(definition):
            return False
        return scopes.receivers.get(definition) == facts.strings[facts.expressions.text[callee]]

    def _yielded(self, row: int) -> Values:
        file, definition = self._flow.place(row)
        flows = self._flow.facts(file).flows
        found: list[int] = []
        for flow in self._leaving(file, definition):
            at = (file, definition, flows.position[flow])
            if flows.kind[flow] == _YIELDED:
                found.extend(self._flow.values(at, flows.value[flow]))
            elif flows.kind[flow] == _DELEGATED:
                found.extend(self._flow.elements(self._flow.values(at, flows.value[flow])))
        return joined(found)

    def _decorated(self, row: int) -> Values:
        """A definition and what the outermost of its decorators makes of it."""
        return joined((row, *(v for _, values in self.decorations(row)[-1:] for v in values)))

    def decorations(self, row: int) -> Sequence[tuple[Sequence[tuple[int, Values]], Values]]:
        """From the innermost decorator on: (decorator, what it is passed) of each, and what they make of it."""
        values: Values = (row,)
        found = []
        for file, scope, reference in reversed(self._flow.decorators(row)):
            references = self._flow.facts(file).references
            at = (file, scope, references.start_byte[reference])
            expression = references.value[reference]
            decorators = self._flow.values(at, expression) if expression >= 0 else (UNKNOWN,)
            made = joined(v for decorator in decorators for v in self._applied(decorator, values))
            found.append(([(decorator, values) for decorator in decorators], made))
            values = made
        return found

    def _is_stranger(self, value: int, file: int) -> bool:
        """Whether a value is one that others pass to a decorator, such as a class that its file does not make."""
        if is_site(value):
            return self._flow.sites.site(value).role is Role.CALLBACKS
        return self._flow.names.classes.is_class(value) and self._flow.place(value)[0] != file

    def _applied(self, decorator: int, decorated: Values) -> Values:
        """What a decorator makes of what it decorates; one of which nothing is known is taken to keep it."""
        if self._flow.names.classes.is_class(decorator):
            return (INSTANCES + decorator,)
        if not self._flow.names.is_callable(decorator):
            return self._annotations.called(decorator) or decorated
        results = self._flow.slot(Slot.RETURNED, decorator)
        self._flow.note_signature(decorator)
        file, definition = self._flow.place(decorator)
        first = next(iter(self._flow.parameters(file, definition)), -1)
        kept = joined(v for v in results if v != passed(file, first) and v < OPEN)
        if any(v >= OPEN for v in results):
            kept = joined((*kept, *(v for v in self._flow.slot(Slot.INFERRED, decorator) if v < PASSED)))
        made = self._flow.filled(kept, (decorator, UNKNOWN), (0, NO_DEFINITION, 0), -1)
        made = tuple(v for v in made if v in decorated or not self._is_stranger(v, file))
        return joined((*made, *decorated)) if len(kept) < len(results) or UNKNOWN in made else made


def _is_dotted(text: str) -> bool:
    return bool(text) and all(part.isidentifier() for part in text.split(".")) and text not in ("None", "True", "False")
