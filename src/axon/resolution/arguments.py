"""What callers pass for the parameters of which nothing else is known.

What flows in: call sites with their callees, round by round. What flows out: values of parameters. A parameter that is
passed more different things than mean something keeps none of them, for good; functions that are passed are told apart,
because a call of the parameter runs each of them.
"""

from bisect import bisect_right
from collections.abc import Collection
from typing import Final, NamedTuple

from axon.model.facts import ExpressionKind, ReferenceKind
from axon.resolution.evaluation import At, Slot, slot_key
from axon.resolution.flow import Flow
from axon.resolution.named_calls import initializers
from axon.resolution.results import Taking, given_to
from axon.resolution.values import NOTHING, UNKNOWN, Role, Values, is_site

_PLAIN: Final = frozenset({int(ExpressionKind.LITERAL), int(ExpressionKind.OPERATION)})
_CALL: Final = int(ReferenceKind.CALL)
_UNKNOWN: Final[Values] = (UNKNOWN,)
_INLINE: Final = -1  # in place of a file: what is passed to functions without a name
_MOST_PASSED: Final = 3
_MOST_CALLBACKS: Final = 32


class _Link(NamedTuple):
    """An expression that a call passes for a parameter of a file."""

    file: int
    parameter: int
    at: At
    expression: int


class Arguments:
    """Values of parameters, as callers pass them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._open_to: dict[tuple[int, bool], tuple[int, Taking] | None] = {}  # by callee, and whether it is unbound
        self._passed: dict[tuple[int, int], set[int]] = {}
        self._with_others: set[tuple[int, int]] = set()  # parameters that are passed what is no function of the tree
        self._called: dict[int, frozenset[int]] = {}  # file -> texts of its call sites
        self._growing: list[tuple[_Link, int]] = []  # what may grow, and who watches it
        self._values: dict[tuple[At, int], Values] = {}
        self.decorated: dict[tuple[int, int], dict[int, None]] = {}  # parameter of a decorator -> all that it decorates

    def add(self, at: At, argument: int, callee: int, receiver: int) -> None:
        """Note what a call passes, `argument` being its first argument, to a function of the tree."""
        results = self.flow.results
        key = (callee, results.is_unbound(receiver))
        if key not in self._open_to:
            self._open_to[key] = self._find_open(*key)
        open_to = self._open_to[key]
        if open_to is None:
            return
        file, taking = open_to
        given = results.listed(at[0], argument)
        before = self._kept_back(receiver) if is_site(receiver) else ()
        if before:
            placed = [*before, *((keyword, (at, row)) for keyword, row in given)]
            for parameter, (place, expression) in given_to(taking, placed):
                self._pass_open(file, parameter, place, expression)
            return
        for parameter, expression in given_to(taking, given):
            self._pass_open(file, parameter, at, expression)

    def _find_open(self, callee: int, is_unbound: bool) -> tuple[int, Taking] | None:
        """The file and parameters of a function of the tree that may be told by what is passed; None without any."""
        flow, may_be_passed = self.flow, self.flow.summaries.may_be_passed
        if not flow.names.is_callable(callee):
            return None
        file, definition = flow.place(callee)
        is_open = {row: may_be_passed(file, row) for row in flow.parameters(file, definition)}
        if not any(is_open.values()):
            return None
        positional, by_name, rest, further = flow.results.taking(file, definition, is_unbound=is_unbound)
        return file, Taking(
            [row if is_open[row] else -1 for row in positional],
            {name: row if is_open[row] else -1 for name, row in by_name.items()},
            rest if is_open.get(rest) else -1,
            further if is_open.get(further) else -1,
        )

    def add_inline(self, at: At, argument: int, function: int) -> None:
        """Note what a call passes to a function without a name."""
        site = self.flow.sites.site(function)
        table, strings = self.flow.facts(site.file).expressions, self.flow.facts(site.file).strings
        listed = strings[table.text[site.row]] if table.text[site.row] >= 0 else ""
        names = [parameter.name for parameter in self.flow.language(site.file).parameters(f"({listed})")]
        places = iter(names)
        for keyword, expression in self.flow.results.listed(at[0], argument):
            name = keyword if keyword in names else next(places, "") if not keyword else ""
            if name and expression >= 0:
                number = self.flow.inline_number(site.file, name, table.second[site.row])
                self._note(_Link(_INLINE, number, at, expression))

    def _pass_open(self, file: int, parameter: int, at: At, expression: int) -> None:
        """Note what is passed for a parameter that may be told by it."""
        if expression >= 0 and self.flow.facts(at[0]).expressions.kind[expression] not in _PLAIN:
            self._note(_Link(file, parameter, at, expression))

    def _kept_back(self, receiver: int) -> list[tuple[str, tuple[At, int]]]:
        """(keyword, where and what) of the arguments that a site gave before, where it is a partial application."""
        site = self.flow.sites.site(receiver)
        if site.role is not Role.PARTIAL:
            return []
        at = (site.file, site.scope, site.position)
        return [(keyword, (at, row)) for keyword, row in self.flow.results.arguments(site.file, site.row)[1:]]

    def _pass(self, link: _Link, watcher: int = 0) -> int:
        """Note what a link passes; who watches whether that grows, 0 where it does not."""
        key = (link.file, link.parameter)
        passed = self._passed.setdefault(key, set())
        if len(passed) > _MOST_PASSED and not (len(passed) <= _MOST_CALLBACKS and self._is_called(key)):
            return 0
        values, watcher = self._evaluate(link.at, link.expression, watcher)
        if values and values != _UNKNOWN:
            told = [self.flow.instance(value) for value in values if value >= 0]  # neither unknown nor external
            passed.update(told)
            if not all(map(self.flow.names.is_callable, told)):
                self._with_others.add(key)
        return watcher

    def _is_called(self, key: tuple[int, int]) -> bool:
        """Whether a parameter is passed functions only, in a file that calls something of its name."""
        file, parameter = key
        if key in self._with_others or file == _INLINE:
            return False
        facts, called = self.flow.facts(file), self._called.get(file)
        if called is None:
            references = facts.references
            n_calls = bisect_right(references.kind, _CALL)  # calls come first
            called = self._called[file] = frozenset(references.text[:n_calls])
        return facts.parameters.name[parameter] in called

    def _evaluate(self, at: At, expression: int, watcher: int = 0) -> tuple[Values, int]:
        known = self._values.get((at, expression))
        if known is not None:
            return known, 0
        slots = self.flow.slots
        watcher = slots.begin_watch(watcher)
        values = self.flow.values(at, expression)
        if slots.end_watch():
            return values, watcher
        self._values[at, expression] = values
        return values, 0

    def callbacks(self, file: int, parameter: int) -> Collection[int]:
        """The functions that a parameter is passed and may call, where they are more than it has values."""
        key = (file, parameter)
        passed = self._passed.get(key, ())
        if key in self._with_others or not _MOST_PASSED < len(passed) <= _MOST_CALLBACKS:
            passed = ()
        return sorted({*passed, *self.decorated.get(key, ())})

    def pass_again(self) -> None:
        """Note what has been added to arguments that may grow."""
        for link, watcher in self._growing:
            if self.flow.slots.was_alerted(watcher):
                self._pass(link, watcher)

    def _note(self, link: _Link) -> None:
        watcher = self._pass(link)
        if watcher:
            self._growing.append((link, watcher))

    def add_decorated(self) -> None:
        """Note that a decorator of the tree is passed what it decorates."""
        for row in self.flow.decorated():
            for applied, _ in self.flow.summaries.decorations(row):
                for decorator, passed in applied:
                    if self.flow.names.is_callable(decorator):
                        self._add_first(decorator, passed, 0)
                    elif self.flow.names.classes.is_class(decorator):
                        for method in initializers(self.flow.names, decorator):
                            self._add_first(method, passed, 1)

    def _add_first(self, function: int, passed: Values, index: int) -> None:
        """Note what is passed for the parameter of a function at an index."""
        file, definition = self.flow.place(function)
        parameter = next(iter(self.flow.parameters(file, definition)[index:]), -1)
        if parameter >= 0 and self.flow.summaries.may_be_passed(file, parameter):
            known = [value for value in passed if self.flow.names.is_callable(value)]
            self._passed.setdefault((file, parameter), set()).update(known)
            self.decorated.setdefault((file, parameter), {}).update(dict.fromkeys(known))

    def apply(self) -> bool:
        """Give the parameters what was noted since the last time; whether that is anything new."""
        has_new = False
        arguments = self.flow.summaries.arguments
        for (file, parameter), values in sorted(self._passed.items()):
            known = tuple(sorted(values)) if len(values) <= _MOST_PASSED else NOTHING
            if file == _INLINE:
                has_new |= self._apply_inline(parameter, known)
            elif known != arguments.get((file, parameter), NOTHING):
                arguments[file, parameter] = known
                is_spread = self.flow.summaries.is_spread(file, parameter)
                slot = Slot.SPREAD if is_spread else Slot.PARAMETER
                self.flow.slots.renew(slot_key(slot, parameter, file))
                has_new = True
        return has_new

    def _apply_inline(self, number: int, known: Values) -> bool:
        inline = self.flow.summaries.inline
        if known == inline.get(number, NOTHING):
            return False
        inline[number] = known
        self.flow.slots.renew(slot_key(Slot.INLINE, number))
        return True
