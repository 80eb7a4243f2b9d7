"""What callers pass for the parameters of which nothing else is known.

What flows in: call sites with their callees, round by round. What flows out: values of parameters. A parameter that is
passed more different things than mean something keeps none of them, for good; functions that are passed are told apart,
because a call of the parameter runs each of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from axon.model.facts import ExpressionKind
from axon.resolution.contexts import inline_parameters
from axon.resolution.evaluation import At, Slot, slot_key
from axon.resolution.flow import Flow
from axon.resolution.named_calls import initializers
from axon.resolution.summaries import INLINE
from axon.resolution.taking import Taking, given_to
from axon.resolution.values import INSTANCES, NOTHING, UNKNOWN, Role, Site, Values, is_instance, is_site

_PLAIN: Final = frozenset({int(ExpressionKind.LITERAL), int(ExpressionKind.OPERATION)})
_UNKNOWN: Final[Values] = (UNKNOWN,)
MOST_PASSED: Final = 3
_MOST_CALLBACKS: Final = 64

Parameter = tuple[int, int]  # file, or INLINE, and row or number
Given = dict[Parameter, dict[int, dict[int, int]]]  # parameter -> file of the call -> value -> first round
Decorated = dict[Parameter, dict[int, dict[int, None]]]  # parameter of a decorator -> file -> what is decorated there


class _Link(NamedTuple):
    """An expression that a call passes for a parameter of a file."""

    file: int
    parameter: int
    at: At
    expression: int
    source: int  # file of the call


class Arguments:
    """Values of parameters, as callers pass them; `given` and `decorated_in` say which file passes or decorates what.

    `others` and `adorned` are what was passed before. What it says of the files that are looked at is left out, and
    what it says of a parameter is looked up when that is asked for.
    """

    def __init__(self, flow: Flow, files: Collection[int], others: Given, adorned: Decorated) -> None:
        self.flow = flow
        self.given: Given = {}
        self.decorated_in: Decorated = {}
        self._round = 1
        self._files, self._before = files, others
        self._others: dict[Parameter, dict[int, int]] = {}  # what files that are not looked at pass, and first when
        rounds = (first for by_file in others.values() for values in by_file.values() for first in values.values())
        self._last_of_others = max(rounds, default=0)
        if others:
            flow.summaries.unasked = self._passed_by_others
        self._open_to: dict[tuple[int, bool], tuple[int, Taking] | None] = {}  # by callee, and whether it is unbound
        self._passed: dict[Parameter, set[int]] = {}
        self._growing: dict[int, _Link] = {}  # watcher -> what may grow
        self._pending: list[tuple[_Link, int]] = []  # of these what was not passed yet
        self._at: At = (INLINE, INLINE, INLINE)  # where an argument was evaluated last
        self._values: dict[int, Values] = {}  # of arguments there: a call may have many callees
        self.decorated: dict[Parameter, dict[int, None]] = {  # parameter of a decorator -> all that it decorates
            parameter: {value: None for file, values in by_file.items() if file not in files for value in values}
            for parameter, by_file in adorned.items()
        }

    def add(self, at: At, argument: int, callee: int, receiver: int) -> None:
        """Note what a call passes, `argument` being its first argument, to a function of the tree."""
        results = self.flow.results
        if self.flow.names.is_callable(callee):
            self.flow.note_signature(callee)
        key = (callee, results.is_unbound(receiver))
        if key not in self._open_to:
            self._open_to[key] = self._find_open(*key)
        open_to = self._open_to[key]
        if open_to is None:
            return
        file, taking = open_to
        given = results.given(results.listed(at[0], argument), receiver)
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
        names = inline_parameters(self.flow.language(site.file), listed)
        places = iter(names)
        for keyword, expression in self.flow.results.listed(at[0], argument):
            name = keyword if keyword in names else next(places, "") if not keyword else ""
            if name and expression >= 0:
                number = self.flow.inline_number(site.file, name, table.second[site.row])
                self._note(_Link(INLINE, number, at, expression, self.flow.slots.file))

    def _pass_open(self, file: int, parameter: int, at: At, expression: int) -> None:
        """Note what is passed for a parameter that may be told by it."""
        if expression >= 0 and self.flow.facts(at[0]).expressions.kind[expression] not in _PLAIN:
            self._note(_Link(file, parameter, at, expression, self.flow.slots.file))

    def _kept_back(self, receiver: int) -> list[tuple[str, tuple[At, int]]]:
        """(keyword, where and what) of the arguments that a site gave before, where it is a partial application."""
        site = self.flow.sites.site(receiver)
        if site.role is not Role.PARTIAL:
            return []
        at = (site.file, site.scope, site.position)
        return [(keyword, (at, row)) for keyword, row in self.flow.results.arguments(site.file, site.row)[1:]]

    def _note(self, link: _Link) -> None:
        """Take a link up: what it passes is known at once, or when the slots have settled."""
        parameter = (link.file, link.parameter)
        if parameter in self._passed and not self.is_asked(parameter, self._passed[parameter]):
            return
        values, watcher = self._passing(link)
        if watcher:
            self._growing[watcher] = link
            self._pending.append((link, watcher))
        else:
            self._pass(link, values)

    def is_asked(self, parameter: Parameter, passed: Collection[int]) -> bool:
        """Whether it matters what else is passed."""
        return len(passed) <= MOST_PASSED or (parameter[0] != INLINE and are_callbacks(self.flow, passed))

    def callbacks(self, file: int, parameter: int) -> Collection[int]:
        """The functions and classes that a parameter is passed and may call, where they are more than it has values."""
        key = (file, parameter)
        passed = {*self._passed.get(key, ()), *self._of_others(key)}
        return sorted({*self.called_back(passed), *self.decorated.get(key, ())})

    def called_back(self, passed: Collection[int]) -> Collection[int]:
        """Of all that a parameter is passed what it may call, where that is more than it has values."""
        return passed if len(passed) > MOST_PASSED and are_callbacks(self.flow, passed) else ()

    def _passing(self, link: _Link, watcher: int = 0) -> tuple[Values, int]:
        """What a link passes as far as it is known, and who watches whether that grows, 0 where it does not."""
        left = self.flow.slots.enter(link.source)
        found = self._evaluate(link.at, link.expression, watcher)
        self.flow.slots.enter(left)
        return found

    def _pass(self, link: _Link, values: Values) -> None:
        if values and values != _UNKNOWN:
            told = [self.flow.instance(v) for v in values if v >= 0]  # neither unknown nor external
            self._give((link.file, link.parameter), link.source, told)

    def _give(self, parameter: Parameter, source: int, values: Sequence[int]) -> None:
        self._passed.setdefault(parameter, set()).update(values)
        given = self.given.setdefault(parameter, {}).setdefault(source, {})
        for value in values:
            given.setdefault(value, self._round)

    def _evaluate(self, at: At, expression: int, watcher: int = 0) -> tuple[Values, int]:
        if at != self._at:
            self._at, self._values = at, {}
        known = self._values.get(expression)
        if known is not None:
            return known, 0
        slots = self.flow.slots
        watcher = slots.begin_watch(watcher)
        values = self.flow.values(at, expression)
        if slots.end_watch():
            return values, watcher
        self._values[expression] = values
        return values, 0

    def settle(self) -> None:
        """Note what is passed by links that are new or that have grown, once all that they read has settled."""
        slots, todo = self.flow.slots, dict.fromkeys(self._pending)
        self._pending = []
        while True:
            slots.settle()
            todo.update(((self._growing[watcher], watcher), None) for watcher in slots.alerted(self._growing))
            found = [(link, self._passing(link, watcher)[0]) for link, watcher in todo]
            if not slots.settle():
                break
        for link, values in found:
            self._pass(link, values)

    def add_decorated(self, rows: Iterable[int]) -> None:
        """Note that decorators of the tree are passed what they decorate: definitions by node row."""
        while True:
            applied = [(row, pair) for row in rows for pair in self._applied(row)]
            if not self.flow.slots.settle():  # else more is known now of what was read
                break
        for row, (decorator, passed) in applied:
            self.flow.slots.enter(self.flow.place(row)[0])
            if self.flow.names.is_callable(decorator):
                self._add_first(decorator, passed, 0)
            elif self.flow.names.classes.is_class(decorator):
                for method in initializers(self.flow.names, decorator):
                    self._add_first(method, passed, 1)

    def _applied(self, row: int) -> list[tuple[int, Values]]:
        """(decorator, what it is passed) of the decorators of a definition."""
        self.flow.slots.enter(self.flow.place(row)[0])
        return [pair for pairs, _ in self.flow.summaries.decorations(row) for pair in pairs]

    def _add_first(self, function: int, passed: Values, index: int) -> None:
        """Note what is passed for the parameter of a function at an index."""
        self.flow.note_signature(function)
        file, definition = self.flow.place(function)
        row = next(iter(self.flow.parameters(file, definition)[index:]), -1)
        if row >= 0 and self.flow.summaries.may_be_passed(file, row):
            known = [value for value in passed if self.flow.names.is_callable(value)]
            parameter, source = (file, row), self.flow.slots.file
            self._give(parameter, source, known)
            self.decorated.setdefault(parameter, {}).update(dict.fromkeys(known))
            self.decorated_in.setdefault(parameter, {}).setdefault(source, {}).update(dict.fromkeys(known))

    def apply(self) -> bool:
        """Give the parameters what was noted since the last time; whether that is anything new.

        A parameter that nobody has asked for need not be told what others pass: who asks later is told then.
        """
        has_new = self._round <= self._last_of_others
        for parameter in sorted(self._passed.keys() | self.flow.summaries.arguments.keys()):
            values = {value for value, first in self._of_others(parameter).items() if first <= self._round}
            values |= self._passed.get(parameter, set())
            has_new |= self._apply(parameter, held(self.flow, parameter, values))
        self._round += 1
        return has_new

    def _of_others(self, parameter: Parameter) -> dict[int, int]:
        """What files that are not looked at pass for a parameter, and in which round first."""
        known = self._others.get(parameter)
        if known is None:
            by_file = self._before.get(parameter)
            rest = () if by_file is None else [values for file, values in by_file.items() if file not in self._files]
            known = self._others[parameter] = first_rounds(rest)
        return known

    def _passed_by_others(self, parameter: Parameter) -> Values:
        """What a parameter holds in the round at hand to which no file that is looked at has passed anything yet."""
        values = [value for value, first in self._of_others(parameter).items() if first < self._round]
        return held(self.flow, parameter, values)

    def _apply(self, parameter: Parameter, known: Values) -> bool:
        """Give one parameter what is known of it; whether that is anything new."""
        summaries, (file, row) = self.flow.summaries, parameter
        before = summaries.arguments.get(parameter, NOTHING)
        summaries.arguments[parameter] = known
        if known == before:
            return False
        if file == INLINE:
            key = slot_key(Slot.INLINE, row)
        else:
            key = slot_key(Slot.SPREAD if summaries.is_spread(file, row) else Slot.PARAMETER, row, file)
        if set(before) <= set(known):
            self.flow.slots.renew(key)
        else:
            self.flow.slots.forget(key)
        return True


def told_by(values: Collection[int]) -> Values:
    """The values that callers pass for a parameter where these are few."""
    return tuple(sorted(values)) if len(values) <= MOST_PASSED else NOTHING


def held(flow: Flow, parameter: Parameter, values: Collection[int]) -> Values:
    """What a parameter holds for which callers pass these values in all."""
    if len(values) <= MOST_PASSED:
        return told_by(values)
    file, row = parameter
    if file == INLINE or not are_callbacks(flow, values):
        return NOTHING
    table = flow.facts(file).definitions
    definition = flow.facts(file).parameters.owner[row]
    at = (file, table.owner[definition], table.start_byte[definition])
    return (flow.sites.value(Site(Role.CALLBACKS, *at, row)),)


def are_callbacks(flow: Flow, passed: Collection[int]) -> bool:
    """Whether a parameter may call what it is passed: only what can be called, and not too much of it."""
    return len(passed) <= _MOST_CALLBACKS and all(_may_be_called(flow, value) for value in passed)


def _may_be_called(flow: Flow, value: int) -> bool:
    names = flow.names
    if is_instance(value):
        return bool(
            names.classes.method(value - INSTANCES, names.classes.language_of(value - INSTANCES).library.call_method)
        )
    if is_site(value):
        return flow.sites.site(value).role is Role.FUNCTION
    return names.is_callable(value) or names.classes.is_class(value)


def first_rounds(given: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """The round in which each value was passed first, by whichever file."""
    found: dict[int, int] = {}
    for values in given:
        for value, first in values.items():
            found[value] = min(first, found.get(value, first))
    return found
