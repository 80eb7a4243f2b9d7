"""Entry points: definitions that a framework runs, by decorators, registrations, base classes and file conventions.

What flows in: rule packs and the linked tree. What flows out: entry points with their triggers.
"""

from collections.abc import Iterable, Iterator, Sequence

from axon.languages.pack import Entry, Pack, compiled_names, compiled_paths, fits
from axon.model.facts import NO_DEFINITION
from axon.model.kinds import CLASS_CODES
from axon.resolution.call_arguments import arguments_at
from axon.resolution.evidence import Place
from axon.resolution.frameworks.handed import functions_of
from axon.resolution.frameworks.nodes import FrameworkRows, Trigger
from axon.resolution.frameworks.objects import Objects
from axon.resolution.frameworks.sites import NO_DECORATED, Patterns, Use, plain
from axon.resolution.names import Names
from axon.resolution.types import place_of
from axon.resolution.values import INSTANCES, is_external


class Entries:
    """The entry points of one tree under some packs."""

    def __init__(self, names: Names, packs: Sequence[Pack], objects: Objects, rows: FrameworkRows) -> None:
        self._names, self._objects, self._rows = names, objects, rows
        self._held: dict[tuple[int, tuple[str, ...]], list[int]] = {}  # members of classes by globs of their names
        self._rules = [(pack, entry) for pack in packs for entry in pack.entries]

    def calls(self) -> Patterns:
        """Of calls that make entry points."""
        return Patterns.of(pattern for _, entry in self._rules for pattern in entry.calls)

    def decorators(self) -> Patterns:
        """Of decorators that make entry points."""
        return Patterns.of(pattern for _, entry in self._rules for pattern in entry.decorators)

    def add_used(self, uses: Iterable[Use]) -> None:
        """Entry points that calls and decorators make."""
        by_pattern: dict[str, list[tuple[Pack, Entry]]] = {}
        for pack, entry in self._rules:
            for pattern in (*entry.decorators, *entry.calls):
                by_pattern.setdefault(pattern, []).append((pack, entry))
        rules_of: dict[str, list[tuple[Pack, Entry, str]]] = {}
        for use in uses:
            if use.name not in rules_of:
                fitting = [pattern for pattern in by_pattern if fits(pattern, use.name)]
                rules_of[use.name] = [(*rule, pattern) for pattern in fitting for rule in by_pattern[pattern]]
            for pack, entry, pattern in rules_of[use.name]:
                self._add_use(use, pack, entry, pattern)

    def _add_use(self, use: Use, pack: Pack, entry: Entry, pattern: str) -> None:
        if self._names.assembly.files[use.file].language not in pack.languages:
            return
        trigger = Trigger(pack.name, entry.kind)
        scopes = self._names.scopes[use.file]
        if use.decorated != NO_DECORATED:
            if pattern in entry.decorators:
                row = self._names.row(use.file, use.decorated)
                if entry.members:
                    self._add_class(use.file, row, pack, entry)
                else:
                    self._rows.add_entry(row, trigger, place_of(scopes.facts, use.reference))
        elif pattern in entry.calls:
            references = scopes.facts.references
            at = (use.file, references.scope[use.reference], references.start_byte[use.reference])
            for argument in arguments_at(scopes.facts, references.argument[use.reference], entry.argument):
                for row in functions_of(self._names, self._objects, at, argument):
                    is_here = self._names.assembly.place(row)[0] == use.file
                    place = place_of(scopes.facts, use.reference) if is_here else self._own_place(row)
                    self._rows.add_entry(row, trigger, place)

    def _own_place(self, row: int) -> Place:
        """Where a definition begins."""
        assembly = self._names.assembly
        start = assembly.start_byte[row]
        return assembly.start_line[row], 0, start, start

    def add_subclasses(self) -> None:
        """Classes below a base of a framework, and members of theirs that it runs."""
        rules = [(pack, entry) for pack, entry in self._rules if entry.bases]
        known: dict[str, list[tuple[Pack, Entry]]] = {}
        for file, rows in enumerate(self._names.assembly.rows):
            for row in rows:
                if self._names.assembly.kind[row] not in CLASS_CODES:
                    continue
                for base in self._names.classes.heritage.order(row):
                    if is_external(base):
                        name = plain(self._names.externals.name(base))
                        if name not in known:
                            known[name] = [rule for rule in rules if _fits(name, rule[1].bases)]
                        for pack, entry in known[name]:
                            self._add_class(file, row, pack, entry)

    def _add_class(self, file: int, row: int, pack: Pack, entry: Entry) -> None:
        if self._names.assembly.files[file].language not in pack.languages:
            return
        trigger = Trigger(pack.name, entry.kind)
        if entry.itself or not entry.members:
            self._rows.add_entry(row, trigger, self._own_place(row))
        for member in self._members(row, entry.members) if entry.members else ():
            self._rows.add_entry(member, trigger, self._own_place(member))

    def _members(self, row: int, globs: tuple[str, ...]) -> Sequence[int]:
        """Rows of the members of a class, its own and those that it inherits in the tree, by globs of their names."""
        classes, names, found = self._names.classes, self._names.assembly.names, list[int]()
        taken = set[str]()
        for holder in classes.heritage.order(row) if classes.is_class(row) else (row,):
            if is_external(holder):
                continue
            if (holder, globs) not in self._held:
                self._held[holder, globs] = list(self._owned(*self._names.assembly.place(holder), globs))
            held = [member for member in self._held[holder, globs] if names[member] not in taken]
            found += held
            taken.update(names[member] for member in held)
        return found

    def _owned(self, file: int, owner: int, globs: tuple[str, ...]) -> Iterator[int]:
        """Rows of the definitions that another holds directly, by globs of their names."""
        facts = self._names.scopes[file].facts
        table, pattern = facts.definitions, compiled_names(globs)
        for definition, its_owner in enumerate(table.owner):
            if its_owner == owner and pattern.fullmatch(facts.strings[table.name[definition]]):
                yield self._names.assembly.rows[file][definition]

    def add_conventional(self) -> None:
        """Definitions that a framework finds by their names in files of certain paths."""
        rules = [(pack, entry) for pack, entry in self._rules if entry.files]
        for file, of_file in enumerate(self._names.assembly.files):
            for pack, entry in rules:
                if of_file.language in pack.languages and compiled_paths(entry.files).fullmatch(of_file.path):
                    self._add_named(file, pack, entry)

    def _add_named(self, file: int, pack: Pack, entry: Entry) -> None:
        kinds = self._names.assembly.kind
        for name in entry.exports:
            for row in offered(self._names, file, name):
                self._rows.add_entry(row, Trigger(pack.name, entry.kind), self._own_place(row))
        if entry.exports:
            return
        for row in self._owned(file, NO_DEFINITION, entry.names or ("*",)):
            if not entry.members:
                self._rows.add_entry(row, Trigger(pack.name, entry.kind), self._own_place(row))
            elif kinds[row] in CLASS_CODES:
                self._add_class(file, row, pack, entry)


def offered(names: Names, file: int, name: str) -> list[int]:
    """Node rows of the definitions of the tree that a file offers under a name."""
    return [value for value in names.module_member(file, name) if 0 <= value < INSTANCES and not names.is_module(value)]


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fits(pattern, name) for pattern in patterns)
