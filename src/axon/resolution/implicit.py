"""Implicit calls: what attributes, operators, loops, contexts, decorators and library functions run unnamed.

What flows in: the evaluator, settled. What flows out: CALLS edges by a rule of their own. A site is looked at only
where some class of the tree defines what it could run.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, ReferenceKind
from axon.model.kinds import CLASS_KINDS, NODE_KINDS, EdgeKind, Flag, Rule
from axon.resolution.evaluation import At, Slot
from axon.resolution.evidence import EDGE_CODE, RULE_CODE, EdgeRows
from axon.resolution.flow import Flow
from axon.resolution.named_calls import Callees, initializers
from axon.resolution.values import INSTANCES, UNKNOWN, is_external, is_instance, is_site

_CLASS_CODES: Final = frozenset(NODE_KINDS.index(kind) for kind in CLASS_KINDS)
_ACCESSOR, _FIELD = int(Flag.ACCESSOR), int(Flag.FIELD)
_CALL, _READ = int(ReferenceKind.CALL), int(ReferenceKind.READ)
_OPERATION, _DECORATOR = int(ReferenceKind.OPERATION), int(ReferenceKind.DECORATOR)
_LOOKED_AT: Final = frozenset({_CALL, _READ, _OPERATION, _DECORATOR})
_READING: Final = (_CALL, _READ)
_NAME, _MEMBER = int(ExpressionKind.NAME), int(ExpressionKind.MEMBER)
_CALLS: Final = EDGE_CODE[EdgeKind.CALLS]
_IMPLICIT, _ARGUMENT = RULE_CODE[Rule.IMPLICIT], RULE_CODE[Rule.ARGUMENT]

_Run = tuple[int, int]  # what runs, and the byte where what runs it ends


class _Site(NamedTuple):
    """A reference row of a file that may run something; whether it reads attributes, and what it calls."""

    file: int
    row: int
    reads: bool
    callees: Callees | None


class ImplicitCalls:
    """The implicit calls of a tree, file by file."""

    def __init__(self, flow: Flow) -> None:
        self._flow, self._names = flow, flow.names
        assembly = self._names.assembly
        self._found: dict[_Site, list[_Run]] = {}
        self._growing: list[tuple[_Site, int]] = []  # what may grow, and who watches it
        self._of_library: dict[int, bool] = {}  # external value -> may it call something itself
        self._accessors: set[str] = set()  # names of what runs code when it is read
        self._members: set[str] = set()  # names of all that classes define
        for owner, row in assembly.defines:
            if assembly.kind[owner] in _CLASS_CODES:
                self._members.add(assembly.names[row])
                if assembly.flags[row] & _ACCESSOR:
                    self._accessors.add(assembly.names[row])
        self._described = self._descriptors()
        self._setters = self._setters_by_getter()
        fallbacks = {scopes.language.library.fallback_method for scopes in self._names.scopes}
        self._reads_all = bool(fallbacks & self._members)  # an attribute that no class has may run one

    def _descriptors(self) -> dict[int, tuple[int, ...]]:
        """Fields of classes that hold an instance whose class says what reading it gives -> the methods that say it."""
        assembly, found = self._names.assembly, {}
        getters = {scopes.language.library.get_method for scopes in self._names.scopes} & self._members
        for owner, row in assembly.defines:
            is_decorated = bool(self._flow.decorators(row))
            if assembly.kind[owner] in _CLASS_CODES and (is_decorated or self._is_of_class(row)):
                held = self._flow.slot(Slot.DECORATED if is_decorated else Slot.STORED, row)
                methods = tuple(v for name in sorted(getters) for v in self._first_of(held, (name,)))
                accessed = (run for v in held if is_site(v) for run in self._flow.results.accessors(v))
                methods += tuple(run for run in accessed if self._names.is_callable(run))
                if methods:
                    found[row] = methods
                    self._accessors.add(assembly.names[row])
        return found

    def _is_of_class(self, row: int) -> bool:
        """Whether the body of its class assigns a field: on an instance a descriptor is a value like any other."""
        if not self._names.assembly.flags[row] & _FIELD:
            return False
        file, definition = self._flow.place(row)
        facts = self._flow.facts(file)
        owner, name = facts.definitions.owner[definition], facts.strings[facts.definitions.name[definition]]
        return bool(self._flow.reaching(file).everywhere(owner, name))

    def _setters_by_getter(self) -> dict[int, int]:
        """The last accessor of a class's name that is not the first: what writing the attribute runs."""
        assembly = self._names.assembly
        first: dict[tuple[int, str], int] = {}
        found: dict[int, int] = {}
        for owner, row in assembly.defines:
            if assembly.flags[row] & _ACCESSOR and assembly.kind[owner] in _CLASS_CODES:
                getter = first.setdefault((owner, assembly.names[row]), row)
                if getter != row:
                    found[getter] = row
        return found

    def collect(self, file: int, named: Sequence[Callees]) -> None:
        """Note the implicit calls of one file, as far as they are shown now; files in order."""
        t = self._names.scopes[file].facts.references
        may_read: dict[int, bool] = {}  # by expression: most run nothing, and many are the same
        slots = self._flow.slots
        for row, (kind, expression) in enumerate(zip(t.kind, t.value, strict=True)):
            if kind not in _LOOKED_AT or expression == NO_TEXT:
                continue
            reads = False
            if kind in _READING:
                known = may_read.get(expression)
                reads = may_read.setdefault(expression, self._may_read(file, expression)) if known is None else known
                if not reads and (kind == _READ or not self._is_of_library(file, row, named[row])):
                    continue
            site = _Site(file, row, reads, named[row] if kind == _CALL else None)
            watcher = slots.begin_watch()
            found = self._runs(site)
            grows = slots.end_watch()
            if found or grows:
                self._found[site] = found
            if grows:
                self._growing.append((site, watcher))

    def collect_again(self) -> None:
        """Look again at what has grown, now that the slots have settled."""
        slots = self._flow.slots
        for site, watcher in self._growing:
            if slots.was_alerted(watcher):
                slots.begin_watch(watcher)
                self._found[site] = self._runs(site)
                slots.end_watch()

    def write(self, edges: EdgeRows) -> None:
        """Add the implicit calls of all files; what is shown since `collect_again` only arguments show."""
        growing = {site for site, watcher in self._growing if self._flow.slots.was_alerted(watcher)}
        for site, found in self._found.items():
            rules = dict.fromkeys(found, _IMPLICIT)
            if site in growing:
                for run in self._runs(site):
                    rules.setdefault(run, _ARGUMENT)
            if not rules:
                continue
            assembly, t = self._names.assembly, self._names.scopes[site.file].facts.references
            scope, row = t.scope[site.row], site.row
            caller = assembly.rows[site.file][scope] if scope != NO_DEFINITION else assembly.file_row + site.file
            for (value, last), rule in rules.items():
                place = (t.line[row], t.column[row], t.start_byte[row], last)
                edges.rows.append((_CALLS, caller, value, *place, rule))

    def _runs(self, site: _Site) -> list[_Run]:
        """What runs at a site."""
        t = self._names.scopes[site.file].facts.references
        row = site.row
        at, end = (site.file, t.scope[row], t.start_byte[row]), t.end_byte[row]
        found = [(value, end) for value in self._of(at, row, t.kind[row], site.callees)]
        if site.reads:
            read = self._read(at, t.value[row])
            found += [(value, at[2] + length if length >= 0 else end) for value, length in read]
        return found

    def _may_read(self, file: int, expression: int) -> bool:
        """Whether reading an expression can run anything."""
        facts = self._flow.facts(file)
        kind, text = facts.expressions.kind[expression], facts.expressions.text[expression]
        if kind == _MEMBER:
            return self._may_run(facts.strings[text])
        return kind == _NAME and any(self._may_run(name) for name in facts.strings[text].split(".")[1:])

    def _is_of_library(self, file: int, row: int, callees: Callees) -> bool:
        """Whether a call with arguments leads to a function of the library that calls something itself."""
        if self._names.scopes[file].facts.references.argument[row] == NO_TEXT:
            return False
        for value, _ in callees.targets:
            if is_external(value):
                known = self._of_library.get(value)
                if known is None:
                    name, library = self._names.externals.name(value), self._flow.language(file).library
                    known = name in library.protocols or name in library.iterating or name in library.callers
                    self._of_library[value] = known
                if known:
                    return True
        return False

    def _of(self, at: At, row: int, kind: int, callees: Callees | None) -> Iterable[int]:
        if kind == _OPERATION:
            return self._operated(at, row)
        if kind == _DECORATOR:
            return self._decorated(at, row)
        return self._called(at, row, callees) if callees is not None else ()

    def _read(self, at: At, expression: int) -> Iterator[tuple[int, int]]:
        """Accessors that reading an expression runs, and the length of what is read; -1 for the whole."""
        facts = self._flow.facts(at[0])
        table = facts.expressions
        if table.kind[expression] == _MEMBER:
            name = facts.strings[table.text[expression]]
            if self._may_run(name) and table.first[expression] >= 0:
                for value in self._accessors_of(self._flow.values(at, table.first[expression]), name):
                    yield value, -1
        elif table.kind[expression] == _NAME:
            text = facts.strings[table.text[expression]]
            prefix, *rest = text.split(".")
            for name in rest:
                receiver, prefix = prefix, f"{prefix}.{name}"
                if self._may_run(name):
                    for value in self._accessors_of(self._flow.path(at, receiver), name):
                        yield value, len(prefix.encode())

    def _may_run(self, name: str) -> bool:
        """Whether reading an attribute can run anything: an accessor, or what makes up for a name that no class has."""
        return name in self._accessors or (self._reads_all and name not in self._members)

    def _accessors_of(self, values: Sequence[int], name: str) -> Iterator[int]:
        flags = self._names.assembly.flags
        for value in values:
            if is_instance(value):
                for found in self._flow.attribute(value, name):
                    if found == UNKNOWN and not self._names.has_outside(value - INSTANCES):
                        yield from self._flow.fallbacks(value - INSTANCES)
                    if 0 <= found < INSTANCES and flags[found] & _ACCESSOR:
                        yield found
                    yield from self._described.get(found, ())

    def _called(self, at: At, row: int, callees: Callees) -> Iterator[int]:
        """What a call runs besides its callee: what the library does in it."""
        table = self._names.scopes[at[0]].facts.references
        library = self._flow.language(at[0]).library
        for value, _ in callees.targets:
            if is_external(value) and table.argument[row] != NO_TEXT:
                name = self._names.externals.name(value)
                if name in library.protocols or name in library.iterating:
                    yield from self._of_argument(at, table.argument[row], name)
                if name in library.callers:
                    yield from self._called_back(at, table.argument[row], library.callers[name])

    def _of_argument(self, at: At, argument: int, function: str) -> Iterator[int]:
        """Methods of its first argument that a library function runs."""
        library = self._flow.language(at[0]).library
        given = next((e for keyword, e in self._flow.results.listed(at[0], argument) if not keyword), -1)
        if given < 0:
            return
        values = self._flow.values(at, given)
        yield from self._first_of(values, library.protocols.get(function, ()))
        if function in library.iterating:
            yield from self._iterated(values)

    def _called_back(self, at: At, argument: int, wanted: Sequence[str]) -> Iterator[int]:
        """Functions among the arguments that a library function calls."""
        for index, (keyword, expression) in enumerate(self._flow.results.listed(at[0], argument)):
            if (keyword or str(index)) in wanted and expression >= 0:
                for value in self._flow.values(at, expression):
                    if self._names.is_callable(value):
                        yield value

    def _operated(self, at: At, row: int) -> Iterator[int]:
        facts = self._flow.facts(at[0])
        operator = facts.strings[facts.references.text[row]]
        library = self._flow.language(at[0]).library
        if operator in library.raising or operator in library.storing:
            yield from self._stated(at, facts.references.value[row], raises=operator in library.raising)
            return
        if operator in library.loops:
            if any(name in self._members for pair in library.iterate for name in pair):
                yield from self._iterated(self._flow.values(at, facts.references.value[row]))
            return
        if operator in library.contexts:
            values = self._flow.values(at, facts.references.value[row])
            for name in library.contexts[operator]:
                yield from self._first_of(values, (name,))
            return
        methods = [name for name in library.operators.get(operator, ()) if name in self._members]
        reflected = library.reflected.get(operator.rstrip("="), "")
        right = facts.references.argument[row] if reflected in self._members else NO_TEXT
        if not methods and right == NO_TEXT:
            return
        left = self._flow.values(at, facts.references.value[row])
        yield from self._first_of(left, methods)
        if right != NO_TEXT and left and all(is_external(value) for value in left):
            yield from self._first_of(self._flow.values(at, right), (reflected,))

    def _stated(self, at: At, expression: int, *, raises: bool) -> Iterator[int]:
        """What raising a class or writing an attribute runs."""
        if raises:
            for value in self._flow.values(at, expression):
                if self._names.classes.is_class(value):
                    yield from initializers(self._names, value)
            return
        facts = self._flow.facts(at[0])
        receiver, _, name = facts.strings[facts.expressions.text[expression]].rpartition(".")
        if name in self._accessors:
            for value in self._accessors_of(self._flow.path(at, receiver), name):
                if value in self._setters:
                    yield self._setters[value]

    def _first_of(self, values: Sequence[int], methods: Sequence[str]) -> Iterator[int]:
        """The first of some methods that the class of each instance defines."""
        for value in values:
            if not is_instance(value):
                continue
            for name in methods:
                found = self._names.classes.method(value - INSTANCES, name) if name in self._members else ()
                if found:
                    yield from (v for v in found if self._names.is_callable(v))
                    break

    def _iterated(self, values: Sequence[int]) -> Iterator[int]:
        """What iterating instances runs."""
        for value in values:
            if not is_instance(value):
                continue
            library = self._names.classes.language_of(value - INSTANCES).library
            has_iterator = False
            for start, advance in library.iterate:
                for method in self._first_of((value,), (start,)):
                    has_iterator = True
                    yield method
                    yield from self._first_of(self._flow.results.of_method(value, start), (advance,))
            if not has_iterator and not self._names.has_outside(value - INSTANCES):
                yield from self._first_of((value,), (library.element_method,))

    def _decorated(self, at: At, row: int) -> Iterator[int]:
        """The functions of the tree that a decorator calls when the definition runs."""
        for value in self._flow.values(at, self._flow.facts(at[0]).references.value[row]):
            if value != UNKNOWN and self._names.is_callable(value):
                yield value
            elif self._names.classes.is_class(value):
                for name in self._names.classes.language_of(value).initializers:
                    yield from self._names.classes.method(value, name)
