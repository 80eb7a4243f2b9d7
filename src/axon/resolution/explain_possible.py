"""Why a call is possible, or meant by a family: chains of callees that no receiver shows.

What flows in: an edge by the rule of a family, an override or what is inherited from outside. What flows out: steps.
"""

from collections.abc import Callable, Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, ReferenceKind
from axon.model.kinds import Flag, Rule
from axon.resolution.evaluation import At, Slot
from axon.resolution.explain_arguments import evaluated
from axon.resolution.explain_implicit import RUNNING
from axon.resolution.explain_names import NameChains, Step, Steps
from axon.resolution.explain_sites import Edge, EdgeSites
from axon.resolution.explain_values import ValueChains
from axon.resolution.families import Families
from axon.resolution.flow import Flow
from axon.resolution.named_calls import initializers
from axon.resolution.overrides import Overrides
from axon.resolution.typed_calls import TypedCalls
from axon.resolution.values import INSTANCES, NOTHING, Values, is_external, is_instance

_CALL: Final = int(ReferenceKind.CALL)


class PossibleChains:
    """Chains of possible calls; `steps` gives the chain of an edge that is shown."""

    def __init__(
        self,
        flow: Flow,
        sites: EdgeSites,
        chains: NameChains,
        values: ValueChains,
        steps: Callable[[Edge], Steps],
    ) -> None:
        self._flow, self._names, self._sites, self._chains = flow, flow.names, sites, chains
        self._values, self._steps = values, steps
        self._overrides = Overrides(flow.names)
        self._typed = TypedCalls(flow, self._overrides)

    def _family(self, edge: Edge) -> Steps:
        name = self._names.assembly.names[edge.target]
        file, _ = self._flow.place(edge.source)
        in_test = self._sites.is_test(edge.source)
        family = Families(self._names).of(name, self._names.assembly.files[file].language, in_test=in_test)
        beside = "" if in_test else ", tests left out"
        said = f"nothing is known of the receiver, and `{name}` is a method of one hierarchy of the tree only{beside}"
        steps = [Step(said, file, edge.start_byte)]
        if family.roots == (edge.target,) and not family.overrides:
            return [
                *steps,
                self._chains.defined(edge.target, f"`{self._chains.label(edge.target)}` is its only definition"),
            ]
        label, defined = self._chains.label, self._chains.defined
        steps.extend(defined(row, f"`{label(row)}` overrides none of the others") for row in family.roots)
        steps.extend(defined(row, f"`{label(row)}` overrides it") for row in family.overrides)
        return steps

    def steps(self, edge: Edge, others: Sequence[Edge]) -> Steps:
        """A definition below the one that is shown: how that is shown, then where the subclass stands."""
        is_read = bool(self._names.assembly.flags[edge.target] & Flag.ACCESSOR)
        name = self._names.assembly.names[edge.target] if is_read else self._sites.receivers(edge)[0]
        for other in others:
            if other.rule is Rule.OVERRIDE or is_external(other.target):
                continue
            base = self._chains.holder(other.target)
            if self._names.assembly.names[other.target] in (name, self._names.assembly.names[edge.target]):
                return [*self._steps(other), *self._below(base, edge.target, self._names.assembly.names[other.target])]
            if self._is_initialized_below(other.target, edge.target):
                return [*self._steps(other), *self._below(other.target, edge.target, "")]
        if is_read:
            return self._possible_read(edge, name)
        by_call = (self._of_call(edge, row, name) for row in self._sites.references(edge, (_CALL,)))
        return next((steps for steps in by_call if steps), None) or self._family(edge)

    def _of_call(self, edge: Edge, row: int, name: str) -> Steps:
        """Why a call of a name may lead to what a class below has: below the receiver's class, or the method's own."""
        steps = self._lacking(edge, row)
        file, _ = self._flow.place(edge.source)
        scope, scopes = self._sites.table(edge.source).scope[row], self._names.scopes[file]
        holder = scopes.enclosing_class(scope)
        if steps or holder == NO_DEFINITION:
            return steps
        base, before = self._names.row(file, holder), self._before(file, row)
        receiver, _, field = before.rpartition(".")
        if field and scopes.receiving_method(scope, receiver) != NO_DEFINITION:
            return self._field_below(base, field, name, edge.target)
        if scopes.receiving_method(scope, before) == NO_DEFINITION:
            return []
        is_below = edge.rule is Rule.OVERRIDE or self._holder_below(base, edge.target) is not None
        return self._held_below(base, name, edge.target) or (self._below(base, edge.target, name) if is_below else [])

    def _is_initialized_below(self, row: int, target: int) -> bool:
        """Whether a node is a class, and a definition an initializer of a class below it."""
        classes = self._names.classes
        if not classes.is_class(row) or self._names.assembly.names[target] not in classes.language_of(row).initializers:
            return False
        return self._holder_below(row, target) is not None

    def _possible_read(self, edge: Edge, name: str) -> Steps:
        """An accessor that no receiver shows: below the receiver's class, or of the only hierarchy that has it."""
        file, _ = self._flow.place(edge.source)
        for row in self._sites.references(edge, RUNNING):
            at = self._sites.at(edge.source, row)
            receivers = self._read_of(at, self._sites.table(edge.source).value[row], name)
            for base in (receiver - INSTANCES for receiver in receivers if is_instance(receiver)):
                if self._holder_below(base, edge.target) is not None:
                    return self._below(base, edge.target, name)
        said = f"nothing is known of the receiver, and only one hierarchy of the tree has an attribute called `{name}`"
        return [
            Step(said, file, edge.start_byte),
            self._chains.defined(edge.target, "reading it may run this accessor"),
        ]

    def _read_of(self, at: At, expression: int, name: str) -> Values:
        """What an expression reads an attribute of that name of."""
        evaluated(self._flow, at, expression)
        facts = self._flow.facts(at[0])
        table = facts.expressions
        if table.kind[expression] == ExpressionKind.MEMBER:
            return self._flow.values(at, table.first[expression])
        parts = facts.strings[table.text[expression]].split(".")
        return self._flow.path(at, ".".join(parts[: parts.index(name, 1)])) if name in parts[1:] else NOTHING

    def _before(self, file: int, row: int) -> str:
        """What a reference writes before its last name."""
        facts = self._flow.facts(file)
        text = facts.references.text[row]
        return facts.strings[text].rpartition(".")[0] if text != NO_TEXT else ""

    def _lacking(self, edge: Edge, row: int) -> Steps:
        """A receiver whose class does not define what is called, which a class below does."""
        at, expression = self._sites.at(edge.source, row), self._sites.table(edge.source).value[row]
        if expression < 0:
            return []
        evaluated(self._flow, at, expression)
        label = self._chains.label
        for receiver in self._typed.resolve(at, expression)[0].lacking:
            base = self._flow.instance(receiver) - INSTANCES
            subclass = self._holder_below(base, edge.target) if is_instance(receiver) else None
            if subclass is not None:
                name, _ = self._sites.receivers(edge)
                said = f"`{label(base)}` does not define `{name}`; a subclass, `{label(subclass)}`, has it"
                way = self._values.receiver(at, expression, receiver)
                return [*way, self._chains.defined(base, said), *self._below(base, edge.target, name)]
        return []

    def _field_below(self, base: int, field: str, name: str, target: int) -> Steps:
        """A field that only classes below one have, and that holds what has a target under a name."""
        for member in self._overrides.below(base, field):
            for value in self._flow.slot(Slot.STORED, member) if self._names.is_stored(member) else ():
                for called in self._flow.attribute(value, name) if value >= 0 else ():
                    if self._runs(called, target):
                        return [*self._holding(base, member, value), *self._initializing(called, target)]
        return []

    def _held_below(self, base: int, name: str, target: int) -> Steps:
        """A field of a class below one that holds a class, which is or runs a target when it is called."""
        for member in self._overrides.below(base, name):
            for value in self._flow.slot(Slot.STORED, member) if self._names.is_stored(member) else ():
                if self._names.classes.is_class(value) and self._runs(value, target):
                    return [*self._holding(base, member, value), *self._initializing(value, target)]
        return []

    def _holding(self, base: int, member: int, value: int) -> Steps:
        label = self._chains.label
        said = f"the receiver may be of a class below `{label(base)}`, and `{label(member)}` holds `{label(value)}`"
        return [self._chains.defined(member, said)]

    def _runs(self, called: int, target: int) -> bool:
        """Whether calling a value runs a definition."""
        return called == target or (
            self._names.classes.is_class(called) and target in initializers(self._names, called)
        )

    def _initializing(self, called: int, target: int) -> Steps:
        label = self._chains.label
        said = f"calling `{label(called)}` runs it" if called != target else f"it is `{label(target)}`"
        return [self._chains.defined(target, said)]

    def _order(self, row: int) -> Sequence[int]:
        """The MRO of a class; nothing for what is none."""
        return self._names.classes.heritage.order(row) if self._names.classes.is_class(row) else ()

    def _below(self, base: int, target: int, written: str) -> Steps:
        """From a class to what a class below it defines, or holds under the name that is written."""
        name, label = self._names.assembly.names[target], self._chains.label
        own = self._holder_below(base, target)
        if own is None:
            return [self._chains.defined(target, f"a field of a class below `{label(base)}` holds `{label(target)}`")]
        order, definer = self._order(own), self._chains.holder(target)
        way = order[: order.index(base) + 1] if definer == own and base in order else order
        until = "" if len(way) == len(order) else f" up to `{label(base)}`"
        first = f"`{label(own)}` defines `{name}` itself"
        if definer != own:
            first = f"the first of it that defines `{name}` is `{label(definer)}`"
        held = "" if written in (name, "") else f" and holds it as `{written}`"
        said = f"the receiver may be an instance of `{label(own)}`, whose MRO{until} is {', '.join(map(label, way))}"
        return [
            self._chains.defined(own, said),
            self._chains.defined(target, f"{first}{held}"),
        ]

    def _holder_below(self, base: int, target: int) -> int | None:
        """A class below one whose instances have a definition in place of what that class has."""
        return self._overrides.holder_below(base, target, self._chains.holder(target))

    def mixed_in_outside(self, edge: Edge) -> Steps:
        """An external member that a class lacks, and that the classes have which it is mixed into."""
        label = self._chains.label
        for row in self._sites.references(edge, (_CALL,)):
            at, expression = self._sites.at(edge.source, row), self._sites.table(edge.source).value[row]
            name, receivers = self._sites.receivers(edge)
            for base in (self._flow.instance(receiver) - INSTANCES for receiver in receivers if is_instance(receiver)):
                subclass = self._overrides.holder_outside(base, name)
                if subclass is not None:
                    said = f"`{label(base)}` does not define `{name}`; `{label(subclass)}`, which mixes it in, inherits"
                    way = self._values.receiver(at, expression, INSTANCES + base)
                    return [*way, self._chains.defined(subclass, f"{said} it from outside the tree")]
        return []
