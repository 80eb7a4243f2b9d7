"""Why an edge is there: the chain from the place where it is written to its target.

What flows in: linked names, an edge as it is stored, and whoever knows the callers of a function. What flows out:
steps, found by evaluating that one place again; none where the facts do not show the edge any more. It adds no edge.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from axon.languages.language import Language
from axon.languages.pack import Pack
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, ReferenceKind
from axon.model.kinds import EdgeKind, Rule
from axon.resolution.evaluation import At
from axon.resolution.explain_arguments import Callers, Passing, evaluated, watched_flow
from axon.resolution.explain_implicit import RUNNING, ImplicitChains
from axon.resolution.explain_names import NameChains, Step, Steps
from axon.resolution.explain_possible import PossibleChains
from axon.resolution.explain_results import site_label
from axon.resolution.explain_sites import Edge, EdgeSites
from axon.resolution.explain_values import ValueChains
from axon.resolution.names import Names
from axon.resolution.overrides import Overrides
from axon.resolution.typed_calls import TypedCalls
from axon.resolution.values import MANY, UNKNOWN, Role, Site, is_external, is_instance, is_site

_CALL: Final = int(ReferenceKind.CALL)
_USES: Final = {
    EdgeKind.EXTENDS: (int(ReferenceKind.BASE), int(ReferenceKind.CONTRACT)),
    EdgeKind.IMPLEMENTS: (int(ReferenceKind.BASE), int(ReferenceKind.CONTRACT)),
    EdgeKind.USES_TYPE: (int(ReferenceKind.TYPE),),
    EdgeKind.DECORATED_BY: (int(ReferenceKind.DECORATOR),),
}
_ROUNDS: Final = 4

Packs = Sequence[Pack]
"""The rule packs of a tree."""


class Explainer:
    """Chains of edges of one tree; to be used under `deep_recursion`."""

    def __init__(self, names: Names, callers: Callers) -> None:
        """`names` know the packs of the tree, as they did when it was linked."""
        self.names = names
        self.flow = watched_flow(names)
        self.chains = NameChains(names, partial(site_label, self.flow))
        self._passing = Passing(self.flow, callers)
        self._values = ValueChains(self.flow, self.chains, self._passing.passed)
        self._typed = TypedCalls(self.flow, Overrides(names))
        self.sites = EdgeSites(names, self.flow)
        self._possible = PossibleChains(self.flow, self.sites, self.chains, self._values, self.steps)
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

    # --- calls ---------------------------------------------------------------------------------------------------

    def _of_call(self, edge: Edge, others: Sequence[Edge]) -> Steps:
        if edge.rule is Rule.IMPLICIT:
            return self._unnamed(edge)
        if edge.rule in (Rule.OVERRIDE, Rule.FAMILY):
            return self._possible.steps(edge, others if edge.rule is Rule.OVERRIDE else ())
        for row in self.sites.references(edge, (_CALL,)):
            steps = self._named(edge, row) or self._shown(edge, row)
            if steps:
                return steps
        return self._possible.mixed_in_outside(edge) if edge.rule is Rule.INHERITED else []

    def _unnamed(self, edge: Edge) -> Steps:
        """The chain of what runs without being named, where need be with what callers pass."""
        rows = self.sites.references(edge, RUNNING)
        made = self._implicit.of_class_statement(edge.source, edge.target, edge.start_byte)
        if made:
            return made
        for _ in range(_ROUNDS):
            steps = self._implicit.steps(edge.source, edge.target, rows)
            if steps or not self._passing.look_up():
                return steps
        return []

    def _named(self, edge: Edge, row: int) -> Steps:
        """The chain of a callee that names alone show."""
        if edge.rule in (Rule.TYPED, Rule.FLOW, Rule.ARGUMENT):
            return []
        at, table = self.sites.at(edge.source, row), self.sites.table(edge.source)
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
        if is_site(value) and self.flow.sites.site(value).role is Role.CALLBACKS:
            return self._passed_many(self.flow.sites.site(value), wanted)
        if not self._runs(value, wanted):
            return []
        name = self.names.assembly.names[wanted]
        if is_site(value) and self.flow.sites.site(value).role is Role.NAMED:
            known = ", ".join(f"`{text}`" for text in self.flow.results.names(self.flow.sites.site(value)))
            return [self.chains.defined(wanted, f"`{name}` fits the name of the attribute, of which {known} is known")]
        if self.names.classes.is_class(value):
            said = f"calling the class `{self.chains.label(value)}` runs its initializer"
        else:
            said = f"calling an instance of `{self.chains.label(value)}` runs its `{name}`"
        first = [self.chains.defined(value, said)]
        is_owned = is_instance(value) or self.names.classes.is_class(value)
        return [*first, self.chains.by_mro(value, name, wanted)] if is_owned else first

    def _runs(self, value: int, wanted: int) -> bool:
        return any(target == wanted for target, _, _ in self._typed.targets((value, UNKNOWN)))

    def _passed_many(self, site: Site, wanted: int) -> Steps:
        """How a parameter that is passed many functions comes to hold what runs another."""
        for place, given in self._passing.passed(site.file, site.row):
            for value in self.flow.values(place, given):
                if value == wanted or (value >= 0 and self._runs(value, wanted)):
                    label = self.chains.label(value)
                    passed = Step(f"it is one of the functions that callers pass: `{label}`, here", place[0], place[2])
                    return [passed, *self._values.value(place, given, value)]
        return []

    def _shown(self, edge: Edge, row: int) -> Steps:
        """The chain of a callee that type flow shows, where need be with what callers pass."""
        at, expression = self.sites.at(edge.source, row), self.sites.table(edge.source).value[row]
        if expression < 0:
            return []
        for _ in range(_ROUNDS):
            for callee in self.sites.callees(at, expression):
                if callee[0] == edge.target:
                    said = f"what is called here is shown to be `{self.chains.label(edge.target)}`"
                    return self._values.called(at, expression, callee) or [Step(said, at[0], at[2])]
                steps = self._run_by(callee[0], edge.target) if callee[0] not in (UNKNOWN, MANY) else []
                if steps:
                    return [*self._values.called(at, expression, callee), *steps]
            if edge.rule is not Rule.ARGUMENT or not self._passing.look_up():
                break
        return self._called_back(edge, at, expression) if edge.rule is Rule.ARGUMENT else []

    def _called_back(self, edge: Edge, at: At, expression: int) -> Steps:
        """Where a function calls its parameter: the decorator that stands on the target, or the call that passes it."""
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
        for place, given in self._passing.passed(at[0], self.flow.reaching(at[0]).parameters[scope, name]):
            if edge.target in self.flow.values(place, given):
                passed = Step(f"this call passes `{target}` for it", place[0], place[2])
                return [first, passed, *self._values.value(place, given, edge.target)]
        return []

    # --- other edges ---------------------------------------------------------------------------------------------

    def _of_passing(self, edge: Edge) -> Steps:
        """A function that is handed over: how the argument stands for it, where need be with what callers pass."""
        for _ in range(_ROUNDS):
            for row in self.sites.references(edge, (_CALL,)):
                at, argument = self.sites.at(edge.source, row), self.sites.table(edge.source).argument[row]
                for _, expression in self.flow.results.listed(at[0], argument):
                    if expression >= 0 and edge.target in evaluated(self.flow, at, expression):
                        return [self._handed(edge, at), *self._values.value(at, expression, edge.target)]
            if not self._passing.look_up():
                break
        for row in self.sites.references(edge, (_CALL,)):
            at, argument = self.sites.at(edge.source, row), self.sites.table(edge.source).argument[row]
            for _, expression in self.flow.results.listed(at[0], argument):
                steps = self._called_back(edge, at, expression) if expression >= 0 else []
                if steps:
                    return [self._handed(edge, at), *steps]
        return []

    def _handed(self, edge: Edge, at: At) -> Step:
        said = f"`{self.chains.label(edge.target)}` is an argument of this call, which may call it later"
        return Step(said, at[0], at[2])

    def _of_use(self, edge: Edge) -> Steps:
        """A base, a type or a decorator: how its name stands for the target."""
        for row in self.sites.references(edge, _USES.get(edge.kind, ())):
            at = self.sites.at(edge.source, row)
            text = self.flow.facts(at[0]).strings[self.sites.table(edge.source).text[row]]
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
        rest = self.names.classes.heritage.order(own)[1:] if self.names.classes.is_class(own) else ()
        here = self.chains.defined(edge.source, f"`{self.chains.label(own)}` defines `{name}`")
        said = f"behind it its MRO is {', '.join(map(self.chains.label, rest))}; the first that defines `{name}` is"
        return [
            here,
            self.chains.defined(edge.target, f"{said} `{self.chains.label(self.chains.holder(edge.target))}`"),
        ]
