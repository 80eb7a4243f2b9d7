"""Why an edge is there: the chain from the place where it is written to its target.

What flows in: linked names, an edge as it is stored, and whoever knows the callers of a function. What flows out:
steps, found by evaluating that one place again; none where the facts do not show the edge any more. It adds no edge.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from axon.languages.language import Language
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, ReferenceKind, References
from axon.model.kinds import EdgeKind, Flag, Rule
from axon.resolution.evaluation import At, Callee
from axon.resolution.explain_arguments import Callers, Passing, WatchedFlow
from axon.resolution.explain_implicit import RUNNING, ImplicitChains
from axon.resolution.explain_names import NameChains, Step, Steps
from axon.resolution.explain_results import site_label
from axon.resolution.explain_values import ValueChains
from axon.resolution.families import Families
from axon.resolution.names import Names
from axon.resolution.overrides import Overrides
from axon.resolution.typed_calls import TypedCalls
from axon.resolution.values import INSTANCES, MANY, UNKNOWN, Values, is_external, is_instance

_CALL: Final = int(ReferenceKind.CALL)
_USES: Final = {
    EdgeKind.EXTENDS: (int(ReferenceKind.BASE), int(ReferenceKind.CONTRACT)),
    EdgeKind.IMPLEMENTS: (int(ReferenceKind.BASE), int(ReferenceKind.CONTRACT)),
    EdgeKind.USES_TYPE: (int(ReferenceKind.TYPE),),
    EdgeKind.DECORATED_BY: (int(ReferenceKind.DECORATOR),),
}
_ROUNDS: Final = 4


class Edge(NamedTuple):
    """An edge as it is stored: `source` is a node row, `target` a value; the bytes say where it is written."""

    kind: EdgeKind
    rule: Rule
    source: int
    target: int
    start_byte: int
    end_byte: int


class Explainer:
    """Chains of edges of one tree; to be used under `deep_recursion`."""

    def __init__(self, names: Names, callers: Callers) -> None:
        self.names = names
        self.flow = WatchedFlow(names)
        self.chains = NameChains(names, partial(site_label, self.flow))
        self._passing = Passing(self.flow, callers)
        self._values = ValueChains(self.flow, self.chains, self._passing.passed)
        self._typed = TypedCalls(self.flow)
        self._overrides = Overrides(names)
        self._implicit = ImplicitChains(self.flow, self.chains, self._values)

    def steps(self, edge: Edge, others: Sequence[Edge] = ()) -> Steps:
        """The chain of one edge; `others` are the edges of the same kind that start at the same place."""
        if edge.kind is EdgeKind.CALLS:
            found = self._of_call(edge, others)
        elif edge.kind is EdgeKind.PASSES:
            found = self._of_passing(edge)
        elif edge.kind is EdgeKind.IMPORTS:
            found = self._of_import(edge)
        elif edge.kind is EdgeKind.OVERRIDES:
            found = self._of_override(edge)
        else:
            found = self._of_use(edge)
        return list(dict.fromkeys(found))

    def references(self, edge: Edge, kinds: Sequence[int]) -> list[int]:
        """Rows of the references that an edge is written at: of its very bytes, else that begin where it begins."""
        table = self._table(edge.source)
        rows = [
            row
            for row, (kind, start) in enumerate(zip(table.kind, table.start_byte, strict=True))
            if start == edge.start_byte and kind in kinds
        ]
        return [row for row in rows if table.end_byte[row] == edge.end_byte] or rows

    def is_test(self, row: int) -> bool:
        """Whether the file of a node row is a test's."""
        file, _ = self.flow.place(row)
        return bool(self.names.assembly.flags[self.names.assembly.file_row + file] & Flag.TEST)

    def receivers(self, edge: Edge) -> tuple[str, Values]:
        """The name that a call writes, and what it is an attribute of: no values where it is none, or unknown."""
        for row in self.references(edge, (_CALL,)):
            at, table = self._at(edge.source, row), self._table(edge.source)
            facts = self.flow.facts(at[0])
            name = facts.strings[table.text[row]].rpartition(".")[2] if table.text[row] != NO_TEXT else ""
            expression = table.value[row]
            if expression >= 0:
                values = self._evaluated(at, expression)
                return name, tuple(c[1] for c in values if c[1] != UNKNOWN)
            return name, ()
        return "", ()

    def _evaluated(self, at: At, expression: int) -> Sequence[Callee]:
        self.flow.evaluated(at, expression)
        return self.flow.callees(at, expression)

    def _table(self, source: int) -> References:
        return self.flow.facts(self.flow.place(source)[0]).references

    def _at(self, source: int, row: int) -> At:
        file, _ = self.flow.place(source)
        table = self.flow.facts(file).references
        return (file, table.scope[row], table.start_byte[row])

    # --- calls ---------------------------------------------------------------------------------------------------

    def _of_call(self, edge: Edge, others: Sequence[Edge]) -> Steps:
        if edge.rule is Rule.IMPLICIT:
            return self._unnamed(edge)
        if edge.rule in (Rule.OVERRIDE, Rule.FAMILY):
            return self._possible(edge, others if edge.rule is Rule.OVERRIDE else ())
        for row in self.references(edge, (_CALL,)):
            steps = self._named(edge, row) or self._shown(edge, row)
            if steps:
                return steps
        return []

    def _unnamed(self, edge: Edge) -> Steps:
        """The chain of what runs without being named, where need be with what callers pass."""
        rows = self.references(edge, RUNNING)
        for _ in range(_ROUNDS):
            steps = self._implicit.steps(edge.source, edge.target, rows)
            if steps or not self._passing.look_up():
                return steps
        return []

    def _named(self, edge: Edge, row: int) -> Steps:
        """The chain of a callee that names alone show."""
        if edge.rule in (Rule.TYPED, Rule.FLOW, Rule.ARGUMENT):
            return []
        at, table = self._at(edge.source, row), self._table(edge.source)
        text = self.flow.facts(at[0]).strings[table.text[row]]
        if table.receiver[row] != NO_TEXT:
            return self._behind(at, self.flow.facts(at[0]).strings[table.receiver[row]], text, edge.target)
        if edge.rule is Rule.SUPER:
            return self._constructor_behind(at, text, edge.target)
        steps = self.chains.dotted(at, text, edge.target)
        if steps or edge.rule not in (Rule.CONSTRUCTOR, Rule.SELF):
            return steps
        for value in self.names.dotted(at[0], at[1], text, at[2]).values:
            made = self._run_by(value, edge.target)
            if made:
                return [*self.chains.dotted(at, text, value), *made]
        return []

    def _constructor_behind(self, at: At, word: str, wanted: int) -> Steps:
        """The chain of the bare word for the class behind."""
        holder = self.names.scopes[at[0]].enclosing_class(at[1])
        if holder == NO_DEFINITION:
            return []
        order = self.names.classes.heritage.order(self.names.row(at[0], holder))
        own, rest = self.chains.label(order[0]), ", ".join(map(self.chains.label, order[1:]))
        step = Step(f"`{word}` in `{own}` runs the first initializer behind it in its MRO: {rest}", at[0], at[2])
        return (
            [step]
            if is_external(wanted)
            else [step, self.chains.defined(wanted, f"it is `{self.chains.label(wanted)}`")]
        )

    def _behind(self, at: At, receiver: str, name: str, wanted: int) -> Steps:
        """The chain of an attribute of `super()`."""
        holder = self.names.scopes[at[0]].enclosing_class(at[1])
        if self._language(at).super_of(receiver) is None or holder == NO_DEFINITION:
            return []
        own = self.names.row(at[0], holder)
        said = f"`{receiver}` in `{self.chains.label(own)}` looks behind it in its MRO"
        return [Step(said, at[0], at[2]), self.chains.by_mro(own, name, wanted)]

    def _language(self, at: At) -> Language:
        return self.flow.language(at[0])

    def _run_by(self, value: int, wanted: int) -> Steps:
        """How calling a value runs another: an initializer of a class, or what calling an instance runs."""
        if not any(target.value == wanted for target in self._typed.targets((value, UNKNOWN))):
            return []
        name = self.names.assembly.names[wanted]
        if self.names.classes.is_class(value):
            said = f"calling the class `{self.chains.label(value)}` runs its initializer"
        else:
            said = f"calling an instance of `{self.chains.label(value)}` runs its `{name}`"
        first = [self.chains.defined(value, said)]
        is_owned = is_instance(value) or self.names.classes.is_class(value)
        return [*first, self.chains.by_mro(value, name, wanted)] if is_owned else first

    def _shown(self, edge: Edge, row: int) -> Steps:
        """The chain of a callee that type flow shows, where need be with what callers pass."""
        at, expression = self._at(edge.source, row), self._table(edge.source).value[row]
        if expression < 0:
            return []
        for _ in range(_ROUNDS):
            for callee in self._evaluated(at, expression):
                if callee[0] == edge.target:
                    said = f"what is called here is shown to be `{self.chains.label(edge.target)}`"
                    return self._values.called(at, expression, callee) or [Step(said, at[0], at[2])]
                steps = self._run_by(callee[0], edge.target) if callee[0] not in (UNKNOWN, MANY) else []
                if steps:
                    return [*self._values.called(at, expression, callee), *steps]
            if edge.rule is not Rule.ARGUMENT or not self._passing.look_up():
                break
        return self._by_decorator(edge, at, expression) if edge.rule is Rule.ARGUMENT else []

    def _by_decorator(self, edge: Edge, at: At, expression: int) -> Steps:
        """Where a decorator's function calls its parameter: the decorator that stands on the target."""
        facts = self.flow.facts(at[0])
        if facts.expressions.kind[expression] != ExpressionKind.NAME or is_external(edge.target):
            return []
        name, scope = facts.strings[facts.expressions.text[expression]], at[1]
        while scope != NO_DEFINITION and (scope, name) not in self.flow.reaching(at[0]).parameters:
            scope = facts.definitions.owner[scope]
        if scope == NO_DEFINITION:
            return []
        function = self.chains.label(self.names.row(at[0], scope))
        first = Step(f"`{name}` is a parameter of `{function}`", at[0], facts.definitions.start_byte[scope])
        target = self.chains.label(edge.target)
        decorator = self.names.row(at[0], scope)
        for file, inside, reference in self.flow.decorators(edge.target):
            references = self.flow.facts(file).references
            start = references.start_byte[reference]
            if decorator not in self.flow.values((file, inside, start), references.value[reference]):
                continue
            return [first, Step(f"`{function}` decorates `{target}` here and is passed it", file, start)]
        return []

    def _family(self, edge: Edge) -> Steps:
        name = self.names.assembly.names[edge.target]
        file, _ = self.flow.place(edge.source)
        in_test = self.is_test(edge.source)
        family = Families(self.names).of(name, self.names.assembly.files[file].language, in_test=in_test)
        beside = "" if in_test else ", tests left out"
        said = f"nothing is known of the receiver, and `{name}` is a method of one hierarchy of the tree only{beside}"
        steps = [Step(said, file, edge.start_byte)]
        if family.roots == (edge.target,) and not family.overrides:
            return [
                *steps,
                self.chains.defined(edge.target, f"`{self.chains.label(edge.target)}` is its only definition"),
            ]
        label, defined = self.chains.label, self.chains.defined
        steps.extend(defined(row, f"`{label(row)}` overrides none of the others") for row in family.roots)
        steps.extend(defined(row, f"`{label(row)}` overrides it") for row in family.overrides)
        return steps

    def _possible(self, edge: Edge, others: Sequence[Edge]) -> Steps:
        """A definition below the one that is shown: how that is shown, then where the subclass stands."""
        name, _ = self.receivers(edge)
        for other in others:
            if other.rule is Rule.OVERRIDE or is_external(other.target):
                continue
            base = self.chains.holder(other.target)
            if self.names.assembly.names[other.target] == name:
                return [*self.steps(other, ()), *self._below(base, edge.target, name)]
        file, _ = self.flow.place(edge.source)
        for row in self.references(edge, (_CALL,)):
            steps = self._lacking(edge, row)
            if steps:
                return steps
            scope, scopes = self._table(edge.source).scope[row], self.names.scopes[file]
            holder = scopes.enclosing_class(scope)
            if scopes.receiving_method(scope, self._before(file, row)) != NO_DEFINITION != holder:
                base = self.names.row(file, holder)
                if edge.rule is Rule.OVERRIDE or self._holder_below(base, edge.target) is not None:
                    return self._below(base, edge.target, name)
        return self._family(edge)

    def _before(self, file: int, row: int) -> str:
        """What a reference writes before its last name."""
        facts = self.flow.facts(file)
        text = facts.references.text[row]
        return facts.strings[text].rpartition(".")[0] if text != NO_TEXT else ""

    def _lacking(self, edge: Edge, row: int) -> Steps:
        """A receiver whose class does not define what is called, which a class below does."""
        at, expression = self._at(edge.source, row), self._table(edge.source).value[row]
        if expression < 0:
            return []
        self.flow.evaluated(at, expression)
        label = self.chains.label
        for receiver in self._typed.resolve(at, expression)[0].lacking:
            base = self.flow.instance(receiver) - INSTANCES
            subclass = self._holder_below(base, edge.target) if is_instance(receiver) else None
            if subclass is not None:
                name, _ = self.receivers(edge)
                said = f"`{label(base)}` does not define `{name}`; a subclass, `{label(subclass)}`, has it"
                way = self._values.receiver(at, expression, receiver)
                return [*way, self.chains.defined(base, said), *self._below(base, edge.target, name)]
        return []

    def _order(self, row: int) -> Sequence[int]:
        """The MRO of a class; nothing for what is none."""
        return self.names.classes.heritage.order(row) if self.names.classes.is_class(row) else ()

    def _below(self, base: int, target: int, written: str) -> Steps:
        """From a class to what a class below it defines, or holds under the name that is written."""
        name, label = self.names.assembly.names[target], self.chains.label
        own = self._holder_below(base, target)
        if own is None:
            return [self.chains.defined(target, f"a field of a class below `{label(base)}` holds `{label(target)}`")]
        order, definer = self._order(own), self.chains.holder(target)
        way = order[: order.index(base) + 1] if base in order else order
        until = "" if len(way) == len(order) else f" up to `{label(base)}`"
        first = f"`{label(own)}` defines `{name}` itself"
        if definer != own:
            first = f"the first of it that defines `{name}` is `{label(definer)}`"
        held = "" if name == written else f" and holds it as `{written}`"
        said = f"the receiver may be an instance of `{label(own)}`, whose MRO{until} is {', '.join(map(label, way))}"
        return [
            self.chains.defined(own, said),
            self.chains.defined(target, f"{first}{held}"),
        ]

    def _holder_below(self, base: int, target: int) -> int | None:
        """A class below one whose instances have a definition in place of what that class has."""
        return self._overrides.holder_below(base, target, self.chains.holder(target))

    # --- other edges ---------------------------------------------------------------------------------------------

    def _of_passing(self, edge: Edge) -> Steps:
        """A function that is handed over: how the argument stands for it, where need be with what callers pass."""
        for _ in range(_ROUNDS):
            for row in self.references(edge, (_CALL,)):
                at, argument = self._at(edge.source, row), self._table(edge.source).argument[row]
                for _, expression in self.flow.results.listed(at[0], argument):
                    if expression >= 0 and edge.target in self.flow.evaluated(at, expression):
                        return [self._handed(edge, at), *self._values.value(at, expression, edge.target)]
            if not self._passing.look_up():
                break
        for row in self.references(edge, (_CALL,)):
            at, argument = self._at(edge.source, row), self._table(edge.source).argument[row]
            for _, expression in self.flow.results.listed(at[0], argument):
                steps = self._by_decorator(edge, at, expression) if expression >= 0 else []
                if steps:
                    return [self._handed(edge, at), *steps]
        return []

    def _handed(self, edge: Edge, at: At) -> Step:
        said = f"`{self.chains.label(edge.target)}` is an argument of this call, which may call it later"
        return Step(said, at[0], at[2])

    def _of_use(self, edge: Edge) -> Steps:
        """A base, a type or a decorator: how its name stands for the target."""
        for row in self.references(edge, _USES.get(edge.kind, ())):
            at = self._at(edge.source, row)
            text = self.flow.facts(at[0]).strings[self._table(edge.source).text[row]]
            steps = self.chains.dotted(at, text, edge.target)
            if steps:
                return steps
        return []

    def _of_import(self, edge: Edge) -> Steps:
        file, _ = self.flow.place(edge.source)
        facts = self.flow.facts(file)
        for row, start in enumerate(facts.imports.start_byte):
            if start == edge.start_byte:
                written = "." * facts.imports.level[row] + facts.strings[facts.imports.module[row]]
                said = f"`{written}`, as {self.names.assembly.files[file].path} writes it, is"
                what = "outside the tree" if is_external(edge.target) else self.names.assembly.paths[edge.target]
                return [Step(f"{said} {what}", file, start)]
        return []

    def _of_override(self, edge: Edge) -> Steps:
        own, name = self.chains.holder(edge.source), self.names.assembly.names[edge.source]
        rest = self._order(own)[1:]
        here = self.chains.defined(edge.source, f"`{self.chains.label(own)}` defines `{name}`")
        said = f"behind it its MRO is {', '.join(map(self.chains.label, rest))}; the first that defines `{name}` is"
        return [
            here,
            self.chains.defined(edge.target, f"{said} `{self.chains.label(self.chains.holder(edge.target))}`"),
        ]
