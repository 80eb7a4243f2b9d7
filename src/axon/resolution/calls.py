"""Call sites to callees: CALLS and PASSES edges, and the sites that stay unresolved with their reasons.

What flows in: linked names. What flows out: for each call site an edge for each callee it can be shown to have, or a
row that says why there is none. The rules stand in tiers, each asked where those before it show nothing: names, type
flow, the only family of a name, what callers pass. Overrides below a receiver's class are possible calls besides.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from axon.interpreter import deep_recursion
from axon.model.facts import NO_TEXT
from axon.model.kinds import Rule
from axon.resolution.arguments import Arguments
from axon.resolution.call_rows import CallRows, Key, is_inherited
from axon.resolution.class_statements import ClassStatements
from axon.resolution.evidence import RULE_CODE, EdgeRows, SiteRows
from axon.resolution.flow import MOST_FRAMES, Flow
from axon.resolution.implicit import Described, ImplicitCalls
from axon.resolution.named_calls import Callees, NamedCalls
from axon.resolution.passes import Passes
from axon.resolution.possible import PossibleCalls
from axon.resolution.record import CallRecord, Shared
from axon.resolution.tables import Tables
from axon.resolution.typed_calls import Typed, TypedCalls
from axon.resolution.values import MISSING, UNKNOWN, Values

_MEMBER: Final = RULE_CODE[Rule.MEMBER]
ROUNDS: Final = 3
"""How often parameters are given what callers pass."""


class CallLinker:
    """The call sites of a tree, tier by tier; of some of its files where the record before tells of the others."""

    def __init__(
        self,
        tables: Tables,
        files: Sequence[int] | None = None,
        before: CallRecord | None = None,
    ) -> None:
        self._names, self._tables = tables.names, tables
        self.files = range(len(tables.names.scopes)) if files is None else files
        self._others = before or CallRecord()
        self.flow = Flow(
            tables.names, tables.providers, before.numbers if before is not None else None, tables.reachings
        )
        self._typed = TypedCalls(self.flow, tables.overrides)
        self._possible = PossibleCalls(self.flow, self._typed, tables)
        self._arguments = Arguments(self.flow, frozenset(self.files), self._others.given, self._others.decorated)
        self._named: dict[int, list[Callees]] = {}
        self._keys: dict[int, list[Key | None]] = {}  # of each call site; None where names alone decide
        self._found: dict[int, dict[Key, Typed]] = {}
        self._growing: dict[int, tuple[int, int, Key]] = {}  # watcher -> file, row and key of what may grow
        self._first: dict[tuple[int, Key], Values] = {}  # values shown before arguments were asked
        self._implicit: ImplicitCalls | None = None

    def link(self, edges: EdgeRows, sites: SiteRows) -> None:
        """Add the CALLS and PASSES edges and the unresolved sites of every file."""
        with deep_recursion(MOST_FRAMES):
            self.resolve()
            self.write(edges, sites)

    def resolve(self, wanted: Iterable[int] = ()) -> None:
        """Find the callees; keys of slots that are wanted are read besides."""
        named = NamedCalls(self._names)
        for file in self.files:
            self._named[file] = named.of_file(file)
            self._keys[file] = self._site_keys(file)
            self._found[file] = {}
            self._resolve_file(file)
        for key in wanted:
            self.flow.slots.read(key)
        self._settle()
        files = frozenset(self.files)
        described = {file: fields for file, fields in self._others.described.items() if file not in files}
        self._implicit = ImplicitCalls(self.flow, self._possible, self._tables.members, files, described)
        for file in self.files:
            found = self._found[file]
            typed = [found[key] if key is not None else None for key in self._keys[file]]
            self._implicit.collect(file, self._named[file], typed)
        self._implicit.collect_again()
        self._ask_arguments(files)
        self.flow.settled()

    def write(self, edges: EdgeRows, sites: SiteRows) -> None:
        """Add the rows of what was found."""
        assert self._implicit is not None
        self._implicit.write(edges)
        writer = CallRows(self._possible, self._arguments, edges, sites)
        writer.first = self._first
        passes, statements = Passes(self.flow), ClassStatements(self.flow, self._tables.members.names)
        for file in self.files:
            self.flow.slots.enter(file)
            writer.write(file, self._named[file], self._keys[file], self._found[file])
            passes.write(file, edges)
            statements.write(file, edges)

    @property
    def arguments(self) -> Arguments:
        """What callers pass."""
        return self._arguments

    @property
    def described(self) -> Mapping[int, Described]:
        """Fields of these files that run methods when they are read."""
        assert self._implicit is not None
        return self._implicit.described

    def record(self) -> CallRecord:
        """What was found and written, for the next to start from; of the files that were looked at alone."""
        slots = self.flow.slots
        readers: dict[int, list[int]] = {}
        for file, keys in sorted(slots.read_by.items()):
            for key in keys:
                if slots.home(key) != file:
                    readers.setdefault(key, []).append(file)
        shared: dict[int, dict[int, Shared]] = {}
        for key, files in readers.items():
            shared.setdefault(slots.home(key), {})[key] = Shared(slots.history(key), tuple(files))
        visits: dict[int, tuple[int, ...]] = {}
        for file, visited in sorted(self.flow.visits):
            visits[visited] = (*visits.get(visited, ()), file)
        return CallRecord(
            len(self._names.scopes),
            len(self._names.assembly.ids),
            self.flow.numbers,
            self._arguments.given,
            self._arguments.decorated_in,
            dict(self.described),
            shared,
            visits,
        )

    def _site_keys(self, file: int) -> list[Key | None]:
        """The sites that type flow is asked about: those without a callee, calls of decorated names, and of members
        that nothing but what lies outside the tree is known to have, where they may be assigned."""
        table = self._names.scopes[file].facts.references
        assigns = bool(self._names.scopes[file].language.library.prototype)
        keys: list[Key | None] = []
        for row, callees in enumerate(self._named[file]):
            expression = table.value[row]
            is_asked = not callees.targets or self._is_decorated(callees) or (assigns and is_inherited(callees.targets))
            if expression < 0 or not is_asked:
                keys.append(None)
                continue
            keys.append((table.scope[row], expression, table.start_byte[row]))
        return keys

    def _is_decorated(self, callees: Callees) -> bool:
        return any(self.flow.decorators(value) for value, _ in callees.targets if value >= 0)

    def _resolve_file(self, file: int) -> None:
        found = self._found[file]
        self.flow.slots.enter(file)
        for row, key in enumerate(self._keys[file]):
            if key is not None and key not in found:
                scope, expression, position = key
                found[key], watcher = self._typed.resolve((file, scope, position), expression)
                if watcher:
                    self._growing[watcher] = (file, row, key)

    def _settle(self) -> list[tuple[int, int, Key]]:
        """Resolve again the sites of which something has grown; (file, row, key) of those that have changed."""
        slots = self.flow.slots
        changed: dict[tuple[int, int, Key], Typed] = {}
        while True:
            slots.settle()
            alerted = slots.alerted(self._growing)
            if not alerted:
                return [at for at, typed in changed.items() if not typed.is_as(self._found[at[0]][at[2]])]
            for watcher in alerted:
                file, row, key = self._growing[watcher]
                slots.enter(file)
                scope, expression, position = key
                changed.setdefault((file, row, key), self._found[file][key])
                self._found[file][key], _ = self._typed.resolve((file, scope, position), expression, watcher)

    def _ask_arguments(self, files: Collection[int]) -> None:
        """The last tier: parameters that nothing else tells hold what callers pass."""
        self._first = {
            (file, key): tuple(value for value, _, _ in self._found[file][key].targets)
            for file, _, key in self._growing.values()
        }
        decorated = [row for row in self.flow.decorated() if self.flow.place(row)[0] in files]
        for file in self.files:
            self._pass_arguments(file)
        for _ in range(ROUNDS):
            self._arguments.settle()
            self._arguments.add_decorated(decorated)
            if not self._arguments.apply():
                return
            self.flow.slots.begin_round()
            for file, row, key in self._settle():
                self._pass_at(file, row, (), self._found[file][key])
        self._arguments.settle()

    def _pass_arguments(self, file: int) -> None:
        found = self._found[file]
        for row, (callees, key) in enumerate(zip(self._named[file], self._keys[file], strict=True)):
            self._pass_at(file, row, callees.targets, found[key] if key is not None else None)

    def _pass_at(self, file: int, row: int, named: Sequence[tuple[int, int]], typed: Typed | None) -> None:
        """Note what one call passes to its callees."""
        table = self._names.scopes[file].facts.references
        argument = table.argument[row]
        if argument == NO_TEXT:
            return
        self.flow.slots.enter(file)
        at = (file, table.scope[row], table.start_byte[row])
        for value, rule in named:
            if value >= 0:
                self._arguments.add(at, argument, value, MISSING if rule == _MEMBER else UNKNOWN)
        if typed is None:
            return
        for value, _, receiver in typed.targets:
            if value >= 0:
                self._arguments.add(at, argument, value, receiver)
        for function in typed.inline:
            self._arguments.add_inline(at, argument, function)
