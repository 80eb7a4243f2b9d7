"""How a call gives a value: what the annotation, the `return` or the decorators of a function say.

What flows in: the evaluator, settled; a function, and the value to explain. What flows out: steps. Of an annotation and
of the `return`s it takes what gives the value that is wanted.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from axon.languages.library import Annotation
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, FlowKind, ParameterKind
from axon.model.kinds import Flag
from axon.resolution.evaluation import At, Callee
from axon.resolution.explain_names import NameChains, Step, Steps, on_one_line
from axon.resolution.flow import Flow
from axon.resolution.generics import Given, How
from axon.resolution.values import INSTANCES, OPEN, UNKNOWN, Role, Values, is_external

_NAME, _CALL = int(ExpressionKind.NAME), int(ExpressionKind.CALL)
_RETURNED: Final = int(FlowKind.RETURNED)
_OVERLOAD: Final = int(Flag.OVERLOAD)
_NOWHERE: Final = (0, NO_DEFINITION, 0)

ValueWay: TypeAlias = "Callable[[At, int, int, int], Steps]"
AnnotationWay: TypeAlias = "Callable[[At, str, int], Steps]"


class ResultChains:
    """The ways of results; `value` explains an expression, `annotation` the text of an annotation."""

    def __init__(self, flow: Flow, names: NameChains, value: ValueWay, annotation: AnnotationWay) -> None:
        self._flow, self._names = flow, names
        self._value, self._annotation = value, annotation

    def given_back(self, callee: Callee, wanted: int, at: At, row: int, depth: int) -> Steps:
        """How calling something of a library gives a value."""
        name, receiver = self._names.label(callee[0]), callee[1]
        on = self._names.label(receiver) if is_external(receiver) else ""
        declared = self._flow.names.externals.types.said_by(name, on) if is_external(wanted) else ""
        if declared:
            return [Step(f"{declared}, which gives `{self._names.label(wanted).removesuffix('()')}`", *at[::2])]
        step = Step(f"`{name}` of the library gives what it is known to give", *at[::2])
        for _, argument in self._flow.results.arguments(at[0], row):
            if argument >= 0 and wanted in self._flow.values(at, argument):
                return [step, *self._value(at, argument, wanted, depth)]
        return [step]

    def returned(self, callee: Callee, wanted: int, at: At, row: int, depth: int) -> Steps:
        """How what a function of the tree returns is a value, for the call at expression `row` (-1: none)."""
        call = (at, row)
        return (
            self._annotated(callee, wanted, call)
            or self._left(callee, wanted, call, depth)
            or [self._names.defined(callee[0], f"`{self._names.label(callee[0])}` gives it when it is called")]
        )

    def _annotated(self, callee: Callee, wanted: int, call: tuple[At, int]) -> Steps:
        """How an annotation gives the value: the function's own, or that of one of its declared signatures."""
        file, definition = self._flow.place(callee[0])
        facts, label = self._flow.facts(file), self._names.label(callee[0])
        table = facts.definitions
        beside = self._flow.annotations.beside.declaring(file, definition)
        if beside is not None and table.returns[definition] == NO_TEXT:
            said = f"`{label}` is declared in the file beside it"
            steps = self._annotated((beside, callee[1]), wanted, call)
            return [self._names.defined(beside, said), *steps] if steps else []
        for signature in (definition, *self._signatures(file, definition)):
            if table.returns[signature] == NO_TEXT:
                continue
            outside, text = (file, table.owner[signature], facts.size), facts.strings[table.returns[signature]]
            told = (
                *self._told(self._flow.generics.opened(file, signature), callee, call),
                *self._told(self._flow.annotations.of_text(outside, text), callee, call),
            )
            if wanted in told:
                said = f"`{label}` returns what it is annotated with: `{on_one_line(text)}`"
                row = self._flow.names.row(file, signature)
                return [self._names.defined(row, said), *self._annotation(outside, text, wanted)]
        return []

    def _signatures(self, file: int, definition: int) -> Sequence[int]:
        """The declarations of single signatures of a function."""
        table = self._flow.facts(file).definitions
        key = table.owner[definition], table.name[definition]
        rows = zip(table.owner, table.name, table.flags, strict=True)
        return [
            row
            for row, (owner, name, flags) in enumerate(rows)
            if flags & _OVERLOAD and (owner, name) == key and row != definition
        ]

    def _told(self, values: Values, callee: Callee, call: tuple[At, int]) -> Values:
        """What the values of an annotation are at a call, without what only the function's body tells."""
        at, row = call
        known = tuple(value for value in values if value < OPEN)
        found = list(self._flow.filled(known, callee, at, row))
        matched = self._flow.results.matched(callee, at, row) if row >= 0 else {}
        given = {parameter: Given(at, argument, How.SAME) for parameter, argument in matched.items() if argument >= 0}
        for value in values:
            if value >= OPEN:
                found.extend(self._flow.generics.filled(value, callee, given)[0])
        return tuple(found)

    def _left(self, callee: Callee, wanted: int, call: tuple[At, int], depth: int) -> Steps:
        """The `return` that gives the value."""
        flow, label = self._flow, self._names.label(callee[0])
        file, definition = flow.place(callee[0])
        flows = flow.facts(file).flows
        for leaving in flow.reaching(file).leaving.get(definition, ()):
            inside, value = (file, definition, flows.position[leaving]), flows.value[leaving]
            if flows.kind[leaving] != _RETURNED:
                continue
            if wanted in flow.values(inside, value):
                step = Step(f"`{label}` returns this", file, inside[2])
                return [step, *self._value(inside, value, wanted, depth)]
            handed = self._handed_back(callee, leaving, call, wanted, depth)
            if handed:
                return handed
        return []

    def _handed_back(self, callee: Callee, leaving: int, call: tuple[At, int], wanted: int, depth: int) -> Steps:
        """How a `return` of the receiver or of a parameter gives what the call at hand was given."""
        flow = self._flow
        file, definition = flow.place(callee[0])
        facts = flow.facts(file)
        inside, value = (file, definition, facts.flows.position[leaving]), facts.flows.value[leaving]
        label, made = self._names.label(callee[0]), value
        if value >= 0 and facts.expressions.kind[value] == _CALL:
            made = facts.expressions.first[value]
        if made < 0 or facts.expressions.kind[made] != _NAME:
            return []
        name = facts.strings[facts.expressions.text[made]]
        if flow.names.scopes[file].receivers.get(definition) == name:
            said = "what it is called on" if made == value else "an instance of the class that it is called on"
            return [Step(f"`{label}` returns {said}", file, inside[2])]
        parameter = flow.reaching(file).parameters.get((definition, name), -1)
        if parameter < 0 or made != value:
            return []
        at, row = call
        argument = flow.results.matched(callee, at, row).get(parameter, -1) if row >= 0 else -1
        if argument < 0 or wanted not in flow.values(at, argument):
            return []
        step = Step(f"`{label}` returns its parameter `{name}`, which is passed here", inside[0], inside[2])
        return [step, *self._value(at, argument, wanted, depth)]

    # --- decorators ----------------------------------------------------------------------------------------------

    def decorated(self, row: int, wanted: int, depth: int) -> Steps:
        """How the decorators of a definition make a value of it: the innermost one that gives it."""
        layers = zip(reversed(self._flow.decorators(row)), self._flow.summaries.decorations(row), strict=True)
        for place, (pairs, made) in layers:
            decorator = next((value for value, _ in pairs if self._may_give(value, wanted)), UNKNOWN)
            if wanted in made and decorator != UNKNOWN:
                return self._by_decorator(row, place, decorator, wanted, depth)
        said = f"`{self._names.label(row)}` is decorated, and what its decorators give is read here"
        return [self._names.defined(row, said)]

    def _by_decorator(self, row: int, place: tuple[int, int, int], decorator: int, wanted: int, depth: int) -> Steps:
        file, scope, reference = place
        references, label = self._flow.facts(file).references, self._names.label
        at = (file, scope, references.start_byte[reference])
        step = Step(f"`{label(row)}` is decorated with `{label(decorator)}`", *at[::2])
        way = self._value(at, references.value[reference], decorator, depth)
        return [step, *way, *self._made_by(decorator, wanted, depth)]

    def _may_give(self, decorator: int, wanted: int) -> bool:
        """Whether a value is among what a decorator makes; a function may make anything."""
        if self._flow.names.classes.is_class(decorator):
            return wanted == INSTANCES + decorator
        return self._flow.names.is_callable(decorator) or wanted in self._flow.annotations.called(decorator)

    def _made_by(self, decorator: int, wanted: int, depth: int) -> Steps:
        """What a decorator of the tree returns."""
        names = self._flow.names
        if names.classes.is_class(decorator):
            said = f"calling the class `{self._names.label(decorator)}` makes an instance of it"
            return [self._names.defined(decorator, said)]
        if not names.is_callable(decorator):
            said = f"calling it gives `{self._names.label(wanted)}`, as its type says"
            return [self._names.defined(wanted, said)]
        return self.returned((decorator, UNKNOWN), wanted, _NOWHERE, -1, depth)


def site_label(flow: Flow, value: int) -> str:
    """What the value of a site is, as a person calls it: the type that is written, or that of what it makes."""
    site = flow.sites.site(value)
    if site.role in (Role.ANNOTATED, Role.GENERIC):
        return _written(flow.annotations.written(site))
    if site.role is Role.CONTAINER:
        facts = flow.facts(site.file)
        return facts.strings[facts.expressions.text[site.row]] or "container"
    if site.role in (Role.MADE, Role.DEFAULT):
        return flow.objects.type_name(site).rpartition(".")[2]
    if site.role is Role.SPREAD:
        is_mapping = flow.facts(site.file).parameters.kind[site.row] == ParameterKind.KEYWORD_REST
        return "dict" if is_mapping else "tuple"
    return _ROLES.get(site.role, "iterable")


_ROLES: Final = {
    Role.FUNCTION: "function without a name",
    Role.GENERATOR: "generator",
    Role.PARTIAL: "partial call",
    Role.NAMED: "attribute by a part of its name",
    Role.REFERENCE: "reference",
    Role.ACCESSOR: "accessor",
    Role.REST: "tuple",
    Role.PLACES: "tuple",
    Role.VARIANTS: "request for one of the variants of a provider",
}


def _written(annotation: Annotation) -> str:
    """An annotation as text again; what stands for what is read elsewhere is left out."""
    name, arguments = annotation
    parts = [text for part in arguments if (text := _written(part))]
    if name == "|":
        return " | ".join(parts)
    if name == "[]":
        return f"[{', '.join(parts)}]"
    if not name or not name[0].isidentifier():
        return ""
    return f"{name}[{', '.join(parts)}]" if parts else name
