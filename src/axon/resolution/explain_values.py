"""How an expression comes to stand for a value, step by step.

What flows in: the evaluator, settled; an expression at a place and the value to explain. What flows out: steps: which
assignment reaches it, what it is bound to, which annotation or `return` says it, as deep as a reader follows. It
decides nothing: of what the evaluator has joined it picks the part that holds the value.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from axon.languages.library import Annotation
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, FlowKind
from axon.model.kinds import Flag
from axon.resolution.evaluation import At, Callee, Slot
from axon.resolution.explain_names import NameChains, Step, Steps, on_one_line
from axon.resolution.explain_results import ResultChains
from axon.resolution.flow import Flow
from axon.resolution.values import (
    INSTANCES,
    UNKNOWN,
    Role,
    Site,
    Values,
    is_external,
    is_instance,
    is_site,
)

MOST_DEEP: Final = 8
"""Evaluations that a chain follows into each other; what lies deeper is left to the reader."""

_K = ExpressionKind
_ACCESSOR: Final = int(Flag.ACCESSOR)
_NARROWED: Final = int(FlowKind.NARROWED)

Passed: TypeAlias = "Callable[[int, int], Sequence[tuple[At, int]]]"


class ValueChains:
    """The ways of values through one tree; `passed` gives the arguments that callers pass for a parameter of a file."""

    def __init__(self, flow: Flow, names: NameChains, passed: Passed) -> None:
        self._flow, self._names, self._passed = flow, names, passed
        self._results = ResultChains(flow, names, self.value, self.annotation)
        self._handlers = {
            int(_K.NAME): self._name,
            int(_K.MEMBER): self._member,
            int(_K.CALL): self._call,
            int(_K.EITHER): self._either,
            int(_K.AWAIT): self._either,
            int(_K.ITEM): self._inside,
            int(_K.EACH): self._inside,
            int(_K.ENTERED): self._inside,
            int(_K.UNPACKED): self._inside,
            int(_K.OPERATION): self._either,
            int(_K.LITERAL): self._made,
            int(_K.DISPLAY): self._made,
            int(_K.COMPREHENSION): self._made,
            int(_K.FUNCTION): self._made,
        }

    def value(self, at: At, row: int, wanted: int, depth: int = 0) -> Steps:
        """How expression `row` at a place stands for a value; no steps where it cannot be told."""
        if row < 0 or depth > MOST_DEEP:
            return []
        handler = self._handlers.get(self._flow.facts(at[0]).expressions.kind[row])
        return handler(at, row, wanted, depth + 1) if handler else []

    def called(self, at: At, row: int, callee: Callee, depth: int = 0) -> Steps:
        """How the expression that is called stands for a callee."""
        facts = self._flow.facts(at[0])
        table = facts.expressions
        if callee[1] == UNKNOWN or table.kind[row] not in (_K.NAME, _K.MEMBER):
            return self.value(at, row, callee[0], depth)
        text = facts.strings[table.text[row]]
        if table.kind[row] == _K.MEMBER:
            behind = self._behind(at, table.first[row], text, callee[0])
            receiver = self.value(at, table.first[row], callee[1], depth)
            return behind or [*receiver, *self.attribute(callee[1], text, callee[0], depth)]
        before, _, name = text.rpartition(".")
        receiver = self.path(at, before, callee[1], depth)
        return [*receiver, *self.attribute(callee[1], name, callee[0], depth)]

    def receiver(self, at: At, row: int, wanted: int) -> Steps:
        """How what the called expression `row` is an attribute of stands for a value."""
        facts = self._flow.facts(at[0])
        table = facts.expressions
        if table.kind[row] == _K.MEMBER:
            return self.value(at, table.first[row], wanted)
        before = facts.strings[table.text[row]].rpartition(".")[0] if table.kind[row] == _K.NAME else ""
        return self.path(at, before, wanted) if before else []

    def attribute(self, receiver: int, name: str, wanted: int, depth: int = 0) -> Steps:
        """How an attribute of a value holds another."""
        for found in self._flow.attribute(receiver, name):
            if found == wanted or wanted in self._flow.dereferenced(found, receiver):
                steps = self._names.attribute(receiver, name, found)
                return steps if found == wanted else [*steps, *self._held(found, receiver, wanted, depth)]
        return []

    def path(self, at: At, text: str, wanted: int, depth: int = 0) -> Steps:
        """How a dotted name stands for a value."""
        if "." not in text:
            return self._variable(at, text, wanted, depth)
        rows = self._path_rows(at, text)
        bound = self._first_flow(at[0], rows, wanted, depth)
        if bound:
            return bound
        before, _, name = text.rpartition(".")
        for receiver in self._flow.path(at, before):
            if wanted in self._flow.read((receiver,), name):
                return [*self.path(at, before, receiver, depth), *self.attribute(receiver, name, wanted, depth)]
        return []

    def of_elements(self, at: At, row: int, wanted: int) -> Steps:
        """How what an expression stands for holds a value among its elements."""
        for value in self._flow.values(at, row) if row >= 0 else ():
            if wanted in self._flow.contents.each((value,)):
                return [*self.value(at, row, value), *self._contained(value, wanted, 1)]
        return []

    def _path_rows(self, at: At, path: str) -> Sequence[int]:
        reaching = self._flow.reaching(at[0])
        if path not in reaching.paths:
            return ()
        narrowed = reaching.narrowed(at[1], path, at[2])
        return (narrowed,) if narrowed >= 0 else reaching.versions(at[1], path, at[2])[0]

    def _name(self, at: At, row: int, wanted: int, depth: int) -> Steps:
        facts = self._flow.facts(at[0])
        return self.path(at, facts.strings[facts.expressions.text[row]], wanted, depth)

    def _variable(self, at: At, name: str, wanted: int, depth: int) -> Steps:
        rows, parameter = self._bindings(at, name)
        steps = self._first_flow(at[0], rows, wanted, depth)
        if not steps and parameter >= 0:
            steps = self._parameter(at[0], parameter, wanted, depth)
        if steps:
            return steps
        for value in self._flow.names.name(at[0], at[1], name, at[2]).values:
            if wanted == value or wanted in self._flow.dereferenced(value, UNKNOWN):
                steps = self._names.head(at, name, value)
                return steps if wanted == value else [*steps, *self._held(value, UNKNOWN, wanted, depth)]
        return []

    def _bindings(self, at: At, name: str) -> tuple[Sequence[int], int]:
        """The flows that may reach a plain name, and the parameter that it may be; -1 for none."""
        file, scope, position = at
        scopes, reaching = self._flow.names.scopes[file], self._flow.reaching(file)
        if scopes.is_narrowed(name, position):
            return (reaching.in_range(name, position),), -1
        narrowed = reaching.narrowed(scope, name, position)
        if narrowed >= 0:
            return (narrowed,), -1
        while scopes.receivers.get(scope) == name or not reaching.binds(scope, name):
            if scope == NO_DEFINITION:
                return (), -1
            scope = scopes.facts.definitions.owner[scope]
        if scope == at[1]:
            rows: Sequence[int] = reaching.versions(scope, name, position)[0]
        else:
            rows = reaching.everywhere(scope, name)
        declared = reaching.declared.get((scope, name), -1)
        return (declared, *rows), reaching.parameters.get((scope, name), -1)

    def _first_flow(self, file: int, rows: Iterable[int], wanted: int, depth: int) -> Steps:
        for row in rows:
            if row >= 0 and wanted in self._flow.slot(Slot.VERSION, row, file):
                return self._flowed(file, row, wanted, depth)
        return []

    def _flowed(self, file: int, row: int, wanted: int, depth: int) -> Steps:
        """How one assignment, annotation or check gives a name a value."""
        facts = self._flow.facts(file)
        flows, strings = facts.flows, facts.strings
        at = (file, flows.scope[row], flows.position[row])
        name = strings[flows.target[row]] if flows.target[row] != NO_TEXT else ""
        if flows.annotation[row] != NO_TEXT:
            text = strings[flows.annotation[row]]
            if wanted in self._flow.annotations.of_text(at, text):
                said = f"`{name}` is annotated with `{on_one_line(text)}`"
                return [Step(said, *at[::2]), *self.annotation(at, text, wanted)]
        if flows.kind[row] == _NARROWED:
            said = f"behind this check `{name}` is an instance of `{self._names.label(wanted)}`"
            return [Step(said, file, flows.position[row])]
        return [Step(f"`{name}` is bound here", *at[::2]), *self.value(at, flows.value[row], wanted, depth)]

    def annotation(self, at: At, text: str, wanted: int) -> Steps:
        """How the class that an annotation names leads to the class of an instance."""
        return self._annotated(at, self._flow.language(at[0]).annotation(text), wanted)

    def _annotated(self, at: At, annotation: Annotation, wanted: int) -> Steps:
        if annotation.name and annotation.name not in ("|", "[]"):
            row = wanted - INSTANCES if is_instance(wanted) else wanted
            steps = self._names.dotted(at, annotation.name, row)
            if steps:
                return steps
        for part in annotation.arguments:
            steps = self._annotated(at, part, wanted)
            if steps:
                return steps
        return []

    def _parameter(self, file: int, row: int, wanted: int, depth: int) -> Steps:
        facts = self._flow.facts(file)
        parameters, strings = facts.parameters, facts.strings
        definition = parameters.owner[row]
        owner = self._flow.names.row(file, definition)
        said = f"`{strings[parameters.name[row]]}` is a parameter of `{self._names.label(owner)}`"
        if wanted in self._flow.annotations.of_parameter(file, row):
            text = strings[parameters.annotation[row]]
            at = (file, facts.definitions.owner[definition], facts.size)
            return [
                self._names.defined(owner, f"{said}, annotated with `{on_one_line(text)}`"),
                *self.annotation(at, text, wanted),
            ]
        declared = self._flow.annotations.beside.declaring(file, definition)
        there = self._flow.annotations.beside.parameter(declared, file, row) if declared is not None else None
        if there is not None and (steps := self._parameter(there[0], there[1], wanted, depth)):
            return [self._names.defined(owner, f"{said}, which is declared in the file beside it"), *steps]
        if wanted in self._flow.injected.of(file, row):
            return [self._names.defined(owner, said), *self._injected(file, row, wanted, depth)]
        for at, argument in self._passed(file, row):
            if wanted in self._flow.values(at, argument):
                caller = self._names.label(self._flow.names.row(at[0], at[1]))
                here = [
                    self._names.defined(owner, said),
                    Step(f"`{caller}` passes `{self._names.label(wanted)}` for it here", at[0], at[2]),
                ]
                return [*here, *self.value(at, argument, wanted, depth)]
        if wanted in self._flow.slot(Slot.PARAMETER, row, file):
            default = strings[parameters.default[row]] if parameters.default[row] != NO_TEXT else ""
            how = f", whose default is `{on_one_line(default)}`" if default else ""
            return [self._names.defined(owner, said + how)]
        return []

    def _injected(self, file: int, row: int, wanted: int, depth: int) -> Steps:
        """How a framework hands a value to a parameter."""
        provider = self._flow.injected.provider(file, row)
        if provider is not None:
            how = f"`{self._names.label(provider)}` is what the framework hands over under that name"
            gives = self._results.returned((provider, UNKNOWN), wanted, (0, NO_DEFINITION, 0), -1, depth)
            return [self._names.defined(provider, how), *gives]
        return [Step("this decorator lists what it is handed", *at[::2]) for at in self._flow.injected.lists(file, row)]

    def _held(self, row: int, receiver: int, wanted: int, depth: int) -> Steps:
        """How a variable, field, accessor or decorated definition holds a value."""
        assembly, flow = self._flow.names.assembly, self._flow
        if not 0 <= row < INSTANCES:
            return []
        if assembly.flags[row] & _ACCESSOR:
            return self._results.returned((row, receiver), wanted, (0, NO_DEFINITION, 0), -1, depth)
        if flow.decorators(row):
            return self._results.decorated(row, wanted, depth)
        file, definition = flow.place(row)
        facts, reaching = flow.facts(file), flow.reaching(file)
        owner, name = facts.definitions.owner[definition], facts.strings[facts.definitions.name[definition]]
        declared = reaching.declared.get((owner, name), -1)
        rows = (declared, *reaching.everywhere(owner, name), *reaching.fields.get((owner, name), ()))
        beside = flow.annotations.beside.declaring(file, definition)
        steps = self._held(beside, receiver, wanted, depth) if beside is not None else []
        if steps:
            label = self._names.label(row)
            return [self._names.defined(row, f"`{label}` is declared in the file beside it"), *steps]
        return self._first_flow(file, rows, wanted, depth)

    def _member(self, at: At, row: int, wanted: int, depth: int) -> Steps:
        facts = self._flow.facts(at[0])
        name, receiver = facts.strings[facts.expressions.text[row]], facts.expressions.first[row]
        behind = self._behind(at, receiver, name, wanted)
        if behind or receiver < 0:
            return behind
        for value in self._flow.values(at, receiver):
            if wanted in self._flow.read((value,), name):
                return [*self.value(at, receiver, value, depth), *self.attribute(value, name, wanted, depth)]
        return []

    def _behind(self, at: At, row: int, name: str, wanted: int) -> Steps:
        """How an attribute of `super()` stands for a value."""
        facts = self._flow.facts(at[0])
        table = facts.expressions
        callee = table.first[row] if row >= 0 and table.kind[row] == _K.CALL else -1
        if callee < 0 or table.kind[callee] != _K.NAME:
            return []
        written = f"{facts.strings[table.text[callee]]}()"
        holder = self._flow.names.scopes[at[0]].enclosing_class(at[1])
        if self._flow.language(at[0]).super_of(written) is None or holder == NO_DEFINITION:
            return []
        own = self._flow.names.row(at[0], holder)
        said = f"`{written}` in `{self._names.label(own)}` looks behind it in its MRO"
        return [Step(said, *at[::2]), self._names.by_mro(own, name, wanted)]

    def _call(self, at: At, row: int, wanted: int, depth: int) -> Steps:
        callee = self._flow.facts(at[0]).expressions.first[row]
        if callee < 0:
            return []
        for called in self._flow.callees(at, callee):
            if called[0] != UNKNOWN and wanted in self._flow.results.of(called, at, row):
                steps = self.called(at, callee, called, depth)
                return [*steps, *self._result(called, wanted, at, row, depth)]
        return []

    def _result(self, callee: Callee, wanted: int, at: At, row: int, depth: int) -> Steps:
        """How calling a value gives another."""
        names, label = self._flow.names, self._names.label
        if is_external(callee[0]):
            return self._results.given_back(callee, wanted, at, row, depth)
        if is_instance(callee[0]):
            return [self._names.defined(callee[0], f"calling an instance of `{label(callee[0])}` gives it")]
        if names.classes.is_class(callee[0]):
            return [Step(f"calling the class `{label(callee[0])}` makes an instance of it", *at[::2])]
        return self._results.returned(callee, wanted, at, row, depth) if names.is_callable(callee[0]) else []

    def _either(self, at: At, row: int, wanted: int, depth: int) -> Steps:
        """An alternative, what is awaited, or an operand: the part that holds the value."""
        table = self._flow.facts(at[0]).expressions
        for part in (table.first[row], table.second[row]):
            if part >= 0 and wanted in self._flow.values(at, part):
                return self.value(at, part, wanted, depth)
        return [Step(f"this gives an instance of `{self._names.label(wanted)}`", *at[::2])]

    def _made(self, at: At, row: int, wanted: int, depth: int) -> Steps:
        """A literal or the like: a step of its own only where no other says where it stands."""
        if depth > 1 or not is_external(wanted):
            return []
        return [Step(f"what is written here is an instance of `{self._names.label(wanted)[:-2]}`", *at[::2])]

    def _inside(self, at: At, row: int, wanted: int, depth: int) -> Steps:
        """An element, an item, or what entering gives: the container, then what it holds."""
        facts = self._flow.facts(at[0])
        table, kind = facts.expressions, facts.expressions.kind[row]
        text = facts.strings[table.text[row]] if table.text[row] >= 0 else ""
        for value in self._flow.values(at, table.first[row]):
            if wanted in self._content(kind, value, text):
                steps = self.value(at, table.first[row], value, depth)
                if value != wanted:
                    steps += self._contained(value, wanted, depth)
                return steps
        return []

    def _content(self, kind: int, value: int, text: str) -> Values:
        contents = self._flow.contents
        if kind == _K.EACH:
            return contents.each((value,))
        if kind == _K.ENTERED:
            return contents.entered((value,))
        return contents.unpacked((value,), text) if kind == _K.UNPACKED else contents.item((value,), text)

    def _contained(self, value: int, wanted: int, depth: int) -> Steps:
        """How a value holds another."""
        label = self._names.label
        if is_instance(value):
            said = f"what `{label(value)}` gives when it is iterated, entered or indexed is a `{label(wanted)}`"
            return [self._names.defined(value, said)]
        if not is_site(value):
            return []
        site = self._flow.sites.site(value)
        at = (site.file, site.scope, site.position)
        if site.role is Role.ANNOTATED:
            steps = self._annotated(at, self._flow.annotations.written(site), wanted)
            return [Step(f"its annotation says that it holds `{label(wanted)}`", -1, 0), *steps]
        table = self._flow.facts(site.file).expressions
        if site.role is Role.CONTAINER and table.kind[site.row] == _K.COMPREHENSION:
            inner = (site.file, site.scope, table.second[site.row])
            step = Step("each element of it is made here", site.file, inner[2])
            return [step, *self.value(inner, table.first[site.row], wanted, depth)]
        element = table.second[site.row] if site.role is Role.CONTAINER else -1
        while element >= 0:
            if table.first[element] >= 0 and wanted in self._flow.values(at, table.first[element]):
                step = Step(f"`{label(wanted)}` is one of the elements listed here", site.file, site.position)
                return [step, *self.value(at, table.first[element], wanted, depth)]
            element = table.second[element]
        return self._put_in(site, value, wanted, depth)

    def _put_in(self, site: Site, value: int, wanted: int, depth: int) -> Steps:
        """How a container holds what is put into it after it is made."""
        fillings = self._flow.contents.fillings
        for filling in fillings.of(site, value):
            _, expression = fillings.elements(filling)
            if expression >= 0 and wanted in self._flow.values(filling.at, expression):
                step = Step(f"`{self._names.label(wanted)}` is put into it here", filling.at[0], filling.at[2])
                return [step, *self.value(filling.at, expression, wanted, depth)]
        return []
