"""Callees that type flow shows, where names alone do not.

What flows in: the evaluator, and a call site. What flows out: its callees with their rules, whether its receiver may be
anything, and whether the answer may still grow.
"""

from collections.abc import Iterator
from typing import Final

from axon.model.facts import ExpressionKind
from axon.model.kinds import Flag, Rule
from axon.resolution.evaluation import At, Callee
from axon.resolution.evidence import RULE_CODE
from axon.resolution.flow import Flow
from axon.resolution.named_calls import initializers
from axon.resolution.overrides import Overrides
from axon.resolution.slots import MOST_VALUES
from axon.resolution.values import (
    INSTANCES,
    MANY,
    MISSING,
    UNKNOWN,
    Role,
    Site,
    Values,
    is_external,
    is_instance,
    is_site,
)

_TYPED, _FLOW = RULE_CODE[Rule.TYPED], RULE_CODE[Rule.FLOW]
_INHERITED: Final = RULE_CODE[Rule.INHERITED]
_NAME, _MEMBER, _CALL = (int(kind) for kind in (ExpressionKind.NAME, ExpressionKind.MEMBER, ExpressionKind.CALL))
_MOST_NESTED: Final = 4
_CONSTRUCTOR, _PATTERN = RULE_CODE[Rule.CONSTRUCTOR], RULE_CODE[Rule.PATTERN]
_ARGUMENT: Final = RULE_CODE[Rule.ARGUMENT]
_TEST: Final = int(Flag.TEST)


# What a call site calls: a value, the code of the rule that shows it, what it is called on (UNKNOWN: nothing).
Target = tuple[int, int, int]


class Typed:
    """The targets of a call site; `is_open` where it may call what is not known, `lacking` the receivers that are known
    and do not have what is called, `inline` the functions without a name that it calls, `callbacks` the parameters for
    which callers pass many that it calls. Not changed once it is made."""

    __slots__ = ("callbacks", "inline", "is_open", "lacking", "targets")

    def __init__(
        self,
        targets: tuple[Target, ...],
        is_open: bool,
        lacking: Values,
        inline: Values = (),
        callbacks: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.targets, self.is_open, self.lacking, self.inline = targets, is_open, lacking, inline
        self.callbacks = callbacks

    def is_as(self, other: "Typed") -> bool:
        """Whether two say the same."""
        return (self.targets, self.is_open, self.lacking, self.inline, self.callbacks) == (
            other.targets,
            other.is_open,
            other.lacking,
            other.inline,
            other.callbacks,
        )


_OPEN: Final = Typed((), True, ())


class TypedCalls:
    """Call sites resolved by type flow; one that means the same wherever it stands is resolved once."""

    def __init__(self, flow: Flow, overrides: Overrides) -> None:
        self._flow, self.overrides = flow, overrides

    def resolve(self, at: At, expression: int, watcher: int = 0) -> tuple[Typed, int]:
        """The callees of an expression at a place, and who watches whether they grow; 0 where they do not."""
        slots = self._flow.slots
        watcher = slots.begin_watch(watcher)
        found = self._resolve(at, expression)
        return found, watcher if slots.end_watch() else 0

    def is_exact(self, at: At, expression: int) -> bool:
        """Whether what a callee is an attribute of is made right there or bound to what is, so of no subclass."""
        facts = self._flow.facts(at[0])
        table = facts.expressions
        if table.kind[expression] == _MEMBER:
            return self._instantiates(at, table.first[expression])
        receiver = facts.strings[table.text[expression]].rpartition(".")[0]
        if table.kind[expression] != _NAME or not receiver or "." in receiver:
            return False
        rows, is_entered = self._flow.reaching(at[0]).versions(at[1], receiver, at[2])
        flows = facts.flows
        return (
            bool(rows)
            and not is_entered
            and all(self._instantiates((at[0], at[1], flows.position[row]), flows.value[row]) for row in rows)
        )

    def _instantiates(self, at: At, expression: int) -> bool:
        """Whether an expression is a call of classes."""
        table = self._flow.facts(at[0]).expressions
        if expression < 0 or table.kind[expression] != _CALL or table.first[expression] < 0:
            return False
        called = self._flow.values(at, table.first[expression])
        return bool(called) and all(self._flow.names.classes.is_class(value) for value in called)

    def _resolve(self, at: At, expression: int) -> Typed:
        targets: dict[Target, None] = {}
        lacking: list[int] = []
        is_open = False
        callees = self._flow.callees(at, expression)
        if len(callees) == 1 and callees[0][0] == UNKNOWN:
            return _OPEN
        # Of a union with something to be called a call means that, not an instance that could be called as well.
        has_function = any(self._flow.annotations.is_callable(callee[0]) for callee in callees)
        for callee in callees:
            value, receiver = callee
            if value == MISSING:
                lacking.append(receiver)
            if has_function and is_instance(value):
                continue
            if is_site(receiver) and self._flow.instance(receiver) != receiver:
                continue  # the instance is among the receivers as well
            if value in (UNKNOWN, MANY):
                is_open = True
            elif value != MISSING:
                for target, rule, on in self.targets(callee):
                    targets[target, _ARGUMENT if len(callees) > MOST_VALUES else rule, on] = None
        made = [(value, self._flow.sites.site(value)) for value, _ in callees if is_site(value)]
        inline = tuple(value for value, site in made if site.role is Role.FUNCTION)
        callbacks = tuple(self._flow.callbacks(site) for _, site in made if site.role is Role.CALLBACKS)
        return Typed(tuple(targets), is_open or not callees, tuple(lacking), inline, callbacks)

    def targets(self, callee: Callee, depth: int = 0) -> list[Target]:
        """What calling a value runs."""
        value, receiver = callee
        if is_external(value):
            if self._flow.names.externals.name(value).endswith("()"):
                return []  # calling an instance runs what is not told
            return [
                (value, _INHERITED if is_instance(receiver) else _TYPED if receiver != UNKNOWN else _FLOW, receiver)
            ]
        if is_instance(value):
            name = self._flow.names.classes.language_of(value - INSTANCES).library.call_method
            return [(method, _TYPED, value) for method in self._flow.names.classes.method(value - INSTANCES, name)]
        if is_site(value):
            return list(self._kept(value, depth))
        return self._defined(callee) if 0 <= value < INSTANCES else []

    def _defined(self, callee: Callee) -> list[Target]:
        """What calling a definition of the tree runs."""
        value, receiver = callee
        rule = _TYPED if receiver != UNKNOWN else _FLOW
        if self._flow.names.classes.is_class(value):
            made = initializers(self._flow.names, value)
            return [(value, rule, receiver), *((method, _CONSTRUCTOR, INSTANCES + value) for method in made)]
        return [(value, rule, receiver)] if self._flow.names.is_callable(value) else []

    def _kept(self, value: int, depth: int) -> Iterator[Target]:
        """What calling a call that was kept back runs."""
        site = self._flow.sites.site(value)
        if site.role is Role.NAMED:
            yield from self._fitting(site)
        if site.role is Role.PARTIAL and depth < _MOST_NESTED:
            for kept in self._flow.results.argument(site, 0):
                if kept not in (UNKNOWN, MANY):
                    for target, rule, receiver in self.targets((kept, UNKNOWN), depth + 1):
                        yield (
                            target,
                            rule,
                            value if receiver == UNKNOWN else receiver,
                        )  # the site tells what it was given

    def _fitting(self, site: Site) -> Iterator[Target]:
        """The methods of an instance that fit what is known of their name, but for those of other files' tests."""
        assembly = self._flow.names.assembly
        for receiver in self._flow.results.argument(site, 0):
            if is_instance(receiver):
                for name in self._flow.results.names(site):
                    for member in self.overrides.fitting(receiver - INSTANCES, name) if "*" in name else ():
                        if not assembly.flags[member] & _TEST or self._flow.place(member)[0] == site.file:
                            yield member, _PATTERN, receiver
