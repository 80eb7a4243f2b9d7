"""Implicit calls: what attributes, operators, loops, contexts, decorators and library functions run unnamed.

What flows in: the evaluator, settled. What flows out: CALLS edges by a rule of their own. A site is looked at only
where some class of the tree defines what it could run.
"""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, ReferenceKind
from axon.model.kinds import CLASS_CODES, EdgeKind, Flag, Rule
from axon.resolution.evaluation import At, Slot
from axon.resolution.evidence import EDGE_CODE, RULE_CODE, EdgeRows
from axon.resolution.flow import Flow
from axon.resolution.library_calls import LibraryCalls
from axon.resolution.members import Members
from axon.resolution.named_calls import Callees
from axon.resolution.operators import Operators
from axon.resolution.possible import PossibleCalls
from axon.resolution.typed_calls import Typed
from axon.resolution.values import INSTANCES, NOTHING, UNKNOWN, Values, is_external, is_instance, is_site

_ACCESSOR, _FIELD = int(Flag.ACCESSOR), int(Flag.FIELD)
_CALL, _READ = int(ReferenceKind.CALL), int(ReferenceKind.READ)
_OPERATION, _DECORATOR = int(ReferenceKind.OPERATION), int(ReferenceKind.DECORATOR)
_LOOKED_AT: Final = frozenset({_CALL, _READ, _OPERATION, _DECORATOR})
_READING: Final = (_CALL, _READ)
_NAME, _MEMBER = int(ExpressionKind.NAME), int(ExpressionKind.MEMBER)
_CALLS: Final = EDGE_CODE[EdgeKind.CALLS]
_IMPLICIT, _ARGUMENT = RULE_CODE[Rule.IMPLICIT], RULE_CODE[Rule.ARGUMENT]
_OVERRIDE: Final = RULE_CODE[Rule.OVERRIDE]

Described = dict[int, tuple[int, ...]]  # node row of a field -> the methods that reading it runs

_Run = tuple[int, int, int]  # what runs, the byte where what runs it ends, and the code of the rule that shows it
# receiver ('' for what is no name), attribute, length of both (-1 for the whole), expression of the receiver
_Read = tuple[str, str, int, int]
_NOTHING_READ: Final[tuple[_Read, ...]] = ()


class _Site(NamedTuple):
    """A reference row of a file that may run something: attributes that it reads, and what it calls of the library."""

    file: int
    row: int
    reads: tuple[_Read, ...]
    functions: Values


class ImplicitCalls:
    """The implicit calls of a tree, file by file."""

    def __init__(
        self,
        flow: Flow,
        possible: PossibleCalls,
        members: Members,
        files: Collection[int],
        described: Mapping[int, Described],
    ) -> None:
        """`described` is what other files than `files` describe, by file."""
        self._flow, self._names, self._possible = flow, flow.names, possible
        assembly = self._names.assembly
        self._rows = array("q")  # of what will not grow, as in EdgeRows
        self._growing: dict[int, tuple[_Site, list[_Run]]] = {}  # watcher -> what runs as far as it is shown
        self._accessors_known: dict[tuple[int, str], Values] = {}
        self._members, self._reads_all = members.names, members.reads_all
        self._setters, self._getters = members.setters, members.getters
        self._operators = Operators(flow, members.names)
        self._library = LibraryCalls(flow, self._operators, members.names)
        self.described = self._descriptors(files)
        every = (*described.values(), *self.described.values())
        self._described = {row: methods for of_file in every for row, methods in of_file.items()}
        described_names = {assembly.names[row] for row in self._described}
        self._accessors = members.accessors | described_names  # names of what runs code when it is read

    def _descriptors(self, files: Collection[int]) -> dict[int, Described]:
        """By file, its fields that hold an instance whose class says what reading it gives."""
        assembly = self._names.assembly
        getters = sorted({scopes.language.library.get_method for scopes in self._names.scopes} & self._members)
        rows: dict[int, tuple[int, Slot]] = {}
        for file in sorted(files):
            owners = self._flow.facts(file).definitions.owner
            for row, owner in zip(assembly.rows[file], owners, strict=True):
                if owner == NO_DEFINITION or assembly.kind[assembly.rows[file][owner]] not in CLASS_CODES:
                    continue
                if self._flow.decorators(row) or self._is_of_class(row):
                    rows[row] = file, Slot.DECORATED if self._flow.decorators(row) else Slot.STORED
        while True:
            found: dict[int, Described] = {}
            for row, (file, slot) in rows.items():
                if methods := self._describing(row, file, slot, getters):
                    found.setdefault(file, {})[row] = methods
            if not self._flow.slots.settle():  # else more is known now of what was read
                return found

    def _describing(self, row: int, file: int, slot: Slot, getters: Sequence[str]) -> tuple[int, ...]:
        """The methods that reading a field runs."""
        self._flow.slots.enter(file)
        held = self._flow.slot(slot, row)
        methods = tuple(v for name in getters for v in self._operators.first_of(held, (name,)))
        accessed = (run for v in held if is_site(v) for run in self._flow.results.accessors(v))
        return methods + tuple(run for run in accessed if self._names.is_callable(run))

    def _is_of_class(self, row: int) -> bool:
        """Whether the body of its class assigns a field: on an instance a descriptor is a value like any other."""
        if not self._names.assembly.flags[row] & _FIELD:
            return False
        file, definition = self._flow.place(row)
        facts = self._flow.facts(file)
        owner, name = facts.definitions.owner[definition], facts.strings[facts.definitions.name[definition]]
        return bool(self._flow.reaching(file).everywhere(owner, name))

    def collect(self, file: int, named: Sequence[Callees], typed: Sequence[Typed | None]) -> None:
        """Note the implicit calls of one file, as far as they are shown now; files in order."""
        t, slots = self._names.scopes[file].facts.references, self._flow.slots
        read: dict[int, tuple[_Read, ...]] = {}  # by expression: most run nothing, and many are the same
        quiet: set[tuple[int, int]] = set()  # names that run nothing, and what stands for their scopes
        slots.enter(file)
        for row, (kind, expression) in enumerate(zip(t.kind, t.value, strict=True)):
            if kind not in _LOOKED_AT or expression == NO_TEXT:
                continue
            reads, functions = _NOTHING_READ, NOTHING
            if kind in _READING:
                known = read.get(expression)
                reads = read.setdefault(expression, self._reads(file, expression)) if known is None else known
                if kind == _CALL:
                    functions = self._outside(file, named[row], typed[row])
                if not functions:
                    if reads:
                        self._read(file, row, reads, quiet)
                    continue
            elif kind == _OPERATION and not self._may_operate(file, row, expression):
                continue
            self._collect(file, row, reads, functions)

    def _read(self, file: int, row: int, reads: tuple[_Read, ...], quiet: set[tuple[int, int]]) -> None:
        """Note what reading attributes runs; where that is nothing wherever in its scope a name stands, only once."""
        if any(not receiver for receiver, _, _, _ in reads):
            self._collect(file, row, reads, NOTHING)
            return
        facts, slots = self._names.scopes[file].facts, self._flow.slots
        expression = facts.references.value[row]
        text = facts.strings[facts.expressions.text[expression]]
        name = self._flow.sample(file, facts.references.scope[row], text), expression
        if name not in quiet:
            placed = slots.placed
            if not self._collect(file, row, reads, NOTHING) and slots.placed == placed:
                quiet.add(name)

    def _collect(self, file: int, row: int, reads: tuple[_Read, ...], functions: Values) -> bool:
        """Note what runs at a site, if anything does or may be shown to later; whether that is so."""
        slots = self._flow.slots
        watcher = slots.begin_watch()
        found = self._runs(file, row, reads, functions)
        if slots.end_watch():
            self._growing[watcher] = _Site(file, row, reads, functions), found
            return True
        if found:
            self._add(self._rows, file, row, _ruled(found))
        return bool(found)

    def collect_again(self) -> None:
        """Look again at what has grown, until nothing does."""
        slots = self._flow.slots
        while True:
            slots.settle()
            alerted = slots.alerted(self._growing)
            if not alerted:
                return
            for watcher in alerted:
                site, _ = self._growing[watcher]
                slots.enter(site.file)
                slots.begin_watch(watcher)
                self._growing[watcher] = site, self._runs(*site)
                slots.end_watch()

    def write(self, edges: EdgeRows) -> None:
        """Add the implicit calls of all files; what is shown since `collect_again` only arguments show."""
        edges.rows.extend(self._rows)
        for watcher, (site, found) in self._growing.items():
            rules = _ruled(found)
            if self._flow.slots.was_alerted(watcher):
                self._flow.slots.enter(site.file)
                now = self._runs(*site)
                rules = {(value, last): _IMPLICIT for value, last, rule in found if rule == _IMPLICIT}
                for value, last, rule in now:
                    if rule == _IMPLICIT:
                        rules.setdefault((value, last), _ARGUMENT)
                for value, last, rule in now:
                    rules.setdefault((value, last), rule)
            self._add(edges.rows, site.file, site.row, rules)

    def _add(self, rows: "array[int]", file: int, row: int, rules: Mapping[tuple[int, int], int]) -> None:
        """Add the rows of one site."""
        t, assembly = self._names.scopes[file].facts.references, self._names.assembly
        scope = t.scope[row]
        caller = assembly.rows[file][scope] if scope != NO_DEFINITION else assembly.file_row + file
        line, column, start = t.line[row], t.column[row], t.start_byte[row]
        for (value, last), rule in rules.items():
            rows.extend((_CALLS, caller, value, line, column, start, last, rule))

    def _runs(self, file: int, row: int, reads: tuple[_Read, ...], functions: Values) -> list[_Run]:
        """What runs at a site, and what may run where an attribute is read."""
        t = self._names.scopes[file].facts.references
        at, kind, runs = (file, t.scope[row], t.start_byte[row]), t.kind[row], list[int]()
        if kind == _OPERATION:
            is_store = self._operators.is_store(file, row)
            runs = list(self._stored(at, t.value[row])) if is_store else self._operators.runs(at, row)
        elif kind == _DECORATOR:
            runs = list(self._decorated(at, row))
        elif functions:
            runs = list(self._library.run(at, row, functions))
        if not runs and not reads:
            return []
        end = t.end_byte[row]
        found: list[_Run] = [(value, end, _IMPLICIT) for value in runs]
        if runs and kind != _DECORATOR:
            found += [(value, end, _OVERRIDE) for value in self._below(at, row, runs)]
        for receiver, name, length, expression in reads:
            values = self._flow.path(at, receiver) if receiver else self._flow.values(at, expression)
            last = at[2] + length if length >= 0 else end
            for value in values:
                found += [(run, last, _IMPLICIT) for run in self._getting(self._accessors_of(value, name))]
            below = self._getting(self._possible.of_read(at[0], values, name))
            found += [(run, last, _OVERRIDE) for run in below]
        return found

    def _getting(self, accessors: Sequence[int]) -> Iterator[int]:
        """What reading accessors runs, each the first of its name in its holder."""
        return (getter for row in accessors for getter in self._getters.get(row, (row,)))

    def _below(self, at: At, row: int, runs: Sequence[int]) -> Values:
        """What subclasses of what is operated on, or handed to the library, have in place of what is run."""
        t = self._flow.facts(at[0]).references
        operand = t.value[row]
        if t.kind[row] == _CALL:
            operand = self._library.first_given(at[0], t.argument[row]) if t.argument[row] != NO_TEXT else -1
        return self._possible.of_methods(at[0], self._flow.values(at, operand), runs) if operand >= 0 else ()

    def _reads(self, file: int, expression: int) -> tuple[_Read, ...]:
        """The attributes that reading an expression reads and that may run something."""
        facts = self._flow.facts(file)
        table, found = facts.expressions, list[_Read]()
        whole = expression
        while table.kind[expression] == _MEMBER and table.first[expression] >= 0:
            name, expression = facts.strings[table.text[expression]], table.first[expression]
            if self._may_run(name):
                found.append(("", name, -1, expression))
        if table.kind[expression] == _NAME:
            prefix, *rest = facts.strings[table.text[expression]].split(".")
            for name in rest:
                receiver, prefix = prefix, f"{prefix}.{name}"
                if self._may_run(name):
                    found.append((receiver, name, len(prefix.encode()) if expression == whole else -1, -1))
        return tuple(found)

    def _outside(self, file: int, named: Callees, typed: Typed | None) -> Values:
        """The functions of the library among the callees of a call that may run something themselves."""
        targets = named.targets or (typed.targets if typed is not None else ())
        return tuple(t[0] for t in targets if is_external(t[0]) and self._library.may_run(file, t[0]))

    def _may_run(self, name: str) -> bool:
        """Whether reading an attribute can run anything: an accessor, or what makes up for a name that no class has."""
        return name in self._accessors or (self._reads_all and name not in self._members)

    def _accessors_of(self, value: int, name: str) -> Values:
        """What reading an attribute of an instance runs."""
        known = self._accessors_known.get((value, name))
        if known is None:
            known = self._accessors_known[value, name] = tuple(self._find_accessors(value, name))
        return known

    def _find_accessors(self, value: int, name: str) -> Iterator[int]:
        if not is_instance(value):
            yield from self._accessors_apart(value, name)
            return
        for found in self._flow.attributes.told(value, name):
            if found == UNKNOWN and not self._names.has_outside(value - INSTANCES):
                yield from self._flow.attributes.fallbacks(value - INSTANCES)
            if 0 <= found < INSTANCES and self._names.assembly.flags[found] & _ACCESSOR:
                yield found
            yield from self._described.get(found, ())

    def _accessors_apart(self, value: int, name: str) -> Iterator[int]:
        """The accessors of an object, or of a class itself where it has others than its instances."""
        is_site_value = is_site(value)
        if not is_site_value and not 0 <= value < INSTANCES:
            return
        if not is_site_value and not self._names.classes.language_of(value).statics_apart:
            return
        is_told = self._flow.objects.tells(value, name)
        held = self._flow.objects.member(value, name) if is_told else self._flow.attributes.told(value, name)
        for found in held:
            if 0 <= found < INSTANCES and self._names.assembly.flags[found] & _ACCESSOR:
                yield found

    def _may_operate(self, file: int, row: int, expression: int) -> bool:
        """Whether an operation, loop or the like can run anything."""
        if not self._operators.is_store(file, row):
            return self._operators.may_run(file, row)
        facts = self._flow.facts(file)
        return facts.strings[facts.expressions.text[expression]].rpartition(".")[2] in self._accessors

    def _stored(self, at: At, expression: int) -> Iterator[int]:
        """What writing an attribute runs."""
        facts = self._flow.facts(at[0])
        receiver, _, name = facts.strings[facts.expressions.text[expression]].rpartition(".")
        for value in self._flow.path(at, receiver):
            for row in self._accessors_of(value, name):
                yield from self._setters.get(row, ())

    def _decorated(self, at: At, row: int) -> Iterator[int]:
        """The functions of the tree that a decorator calls when the definition runs."""
        for value in self._flow.values(at, self._flow.facts(at[0]).references.value[row]):
            if value >= 0:
                called = self._possible.calls.targets((value, UNKNOWN))
                yield from (target for target, _, _ in called if self._names.is_callable(target))


def _ruled(runs: Sequence[_Run]) -> dict[tuple[int, int], int]:
    """What runs, with the byte where what runs it ends, by the surest rule that shows it."""
    rules = {(value, last): rule for value, last, rule in runs if rule == _IMPLICIT}
    for value, last, rule in runs:
        rules.setdefault((value, last), rule)
    return rules
