"""Who provides what a framework hands to parameters by their names: fixtures.

What flows in: rule packs, linked names, decorators. What flows out: providers of parameters, as node rows.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from axon.languages.pack import Entry, Injection, compiled_names, compiled_paths, fits
from axon.model.facts import NO_DEFINITION
from axon.resolution.call_arguments import decorator_texts
from axon.resolution.decorators import Decorators
from axon.resolution.evaluation import At
from axon.resolution.names import Names
from axon.resolution.values import is_external

_NAMED: Final = "name"
"""The keyword under which a decorator gives what it provides another name."""


class Provider(NamedTuple):
    """A definition that provides, by node row, and what it is called where it is asked for."""

    file: int
    row: int
    name: str


class Providers:
    """The providers of one tree under its packs."""

    def __init__(self, names: Names, decorators: Decorators) -> None:
        self._names, self.decorators = names, decorators
        self.rules = [
            (pack, rule) for pack in names.packs for rule in pack.injections if rule.decorators or rule.listed
        ]
        self._entries_in: dict[int, list[list[Entry]]] = {}
        self._last_parts: dict[tuple[str, ...], frozenset[str]] = {}

    def decorated(self, row: int, patterns: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """(file, reference) of the decorators of a node that one of some patterns fits, the outermost first."""
        lasts = self._last_parts.get(patterns)
        if lasts is None:
            lasts = self._last_parts[patterns] = frozenset(p.rpartition(".")[2] for p in patterns)
        for file, scope, reference in self.decorators.by_row.get(row, ()):
            facts = self._names.scopes[file].facts
            text = facts.strings[facts.references.text[reference]]
            at = (file, scope, facts.references.start_byte[reference])
            if text.rpartition(".")[2] in lasts and self.is_named(at, text, patterns):
                yield file, reference

    def is_named(self, at: At, text: str, patterns: tuple[str, ...]) -> bool:
        """Whether a dotted name means something outside the tree that one of some patterns fits."""
        found = [
            self._names.externals.name(value)
            for value in self._names.dotted(at[0], at[1], text, at[2]).values
            if is_external(value)
        ]
        return any(fits(pattern, name) for pattern in patterns for name in found)

    @cached_property
    def _by_rule(self) -> list[dict[str, list[Provider]]]:
        """For each rule its providers by name, in the order of files and definitions."""
        found: list[dict[str, list[Provider]]] = [{} for _ in self.rules]
        for row in sorted(self.decorators.by_row):
            for known, (_, rule) in zip(found, self.rules, strict=True):
                for file, reference in self.decorated(row, rule.decorators):
                    name = self._provided_name(file, reference) or self._names.assembly.names[row]
                    known.setdefault(name, []).append(Provider(file, row, name))
                    break
        return found

    def _provided_name(self, file: int, reference: int) -> str:
        facts = self._names.scopes[file].facts
        given = decorator_texts(facts).get(facts.references.start_byte[reference], ())
        return next((content for argument, content in given if argument == _NAMED), "")

    def rule_of(self, row: int) -> Injection | None:
        """The rule under which a definition provides something; None where it does not."""
        return self._rule_of_row.get(row)

    @cached_property
    def _rule_of_row(self) -> dict[int, Injection]:
        return {
            provider.row: rule
            for by_name, (_, rule) in zip(self._by_rule, self.rules, strict=True)
            for providers in by_name.values()
            for provider in providers
        }

    def taking(self, file: int, definition: int) -> Iterator[int]:
        """Numbers of the rules by which a definition is handed what its parameters name."""
        row = self._names.row(file, definition)
        own = self._rule_of_row.get(row)
        for number, entries in enumerate(self._entries(file)):
            if own is self.rules[number][1] or self._is_entry(file, definition, entries):
                yield number

    def _entries(self, file: int) -> list[list[Entry]]:
        """For each rule the entry points that a framework finds by their names in a file, and hands things to."""
        known = self._entries_in.get(file)
        if known is None:
            of_file = self._names.assembly.files[file]
            known = self._entries_in[file] = [
                [entry for entry in pack.entries if entry.kind in rule.into and _holds(entry, of_file.path)]
                if of_file.language in pack.languages
                else []
                for pack, rule in self.rules
            ]
        return known

    def _is_entry(self, file: int, definition: int, entries: Sequence[Entry]) -> bool:
        """Whether a framework finds a definition by its name as one of some entry points."""
        if not entries:
            return False
        facts = self._names.scopes[file].facts
        table, strings = facts.definitions, facts.strings
        name, owner = strings[table.name[definition]], table.owner[definition]
        for entry in entries:
            if entry.members and owner != NO_DEFINITION:
                holder = strings[table.name[owner]]
                if compiled_names(entry.names).fullmatch(holder) and compiled_names(entry.members).fullmatch(name):
                    return True
            elif not entry.members and owner == NO_DEFINITION and compiled_names(entry.names).fullmatch(name):
                return True
        return False

    def of(self, number: int, file: int, definition: int, name: str) -> int | None:
        """The node row of what a rule hands to a definition for a parameter of that name; None where nothing is."""
        providers = self._by_rule[number].get(name)
        if not providers:
            return None
        row, owner = self._names.row(file, definition), self._names.scopes[file].facts.definitions.owner[definition]
        others = [provider for provider in providers if provider.row != row]
        for holders in self._holders(file, owner):
            held = [p.row for p in others if self._holder(p) in holders]
            if held:
                return held[-1]
        loose = [provider for provider in others if self._holder(provider) == NO_DEFINITION]
        return self._seen_in(file, name, loose) or self._shared(file, name, loose, self.rules[number][1])

    def _holders(self, file: int, owner: int) -> Iterator[tuple[int, ...]]:
        """The classes whose providers a member of a class sees, the nearest first."""
        if owner != NO_DEFINITION and self._names.scopes[file].is_class[owner]:
            for row in self._names.classes.heritage.order(self._names.row(file, owner)):
                yield (row,)

    def _holder(self, provider: Provider) -> int:
        """The node row of the class that holds a provider, NO_DEFINITION for none."""
        file, definition = self._names.assembly.place(provider.row)
        owner = self._names.scopes[file].facts.definitions.owner[definition]
        return NO_DEFINITION if owner == NO_DEFINITION else self._names.row(file, owner)

    def _seen_in(self, file: int, name: str, providers: Sequence[Provider]) -> int | None:
        """The provider that a file defines or imports."""
        own = [provider.row for provider in providers if provider.file == file]
        if own:
            return own[-1]
        rows = {provider.row for provider in providers}
        return next((value for value in self._names.module_member(file, name) if value in rows), None)

    def _shared(self, file: int, name: str, providers: Sequence[Provider], rule: Injection) -> int | None:
        """The provider in the nearest shared file of the folders around a file."""
        folder = self._names.assembly.files[file].path.rpartition("/")[0]
        for depth in range(folder.count("/") + 1 if folder else 0, -1, -1):
            around = "/".join(folder.split("/")[:depth])
            for shared in self._shared_files(rule).get(around, ()):
                found = self._seen_in(shared, name, providers)
                if found is not None:
                    return found
        return None

    def _shared_files(self, rule: Injection) -> dict[str, list[int]]:
        """By folder the files whose providers all below it see."""
        known = self._shared_by_folder.get(rule.files)
        if known is None:
            known = self._shared_by_folder[rule.files] = {}
            for file, of_file in enumerate(self._names.assembly.files):
                if compiled_paths(rule.files).fullmatch(of_file.path):
                    known.setdefault(of_file.path.rpartition("/")[0], []).append(file)
        return known

    @cached_property
    def _shared_by_folder(self) -> dict[tuple[str, ...], dict[str, list[int]]]:
        return {}


def _holds(entry: Entry, path: str) -> bool:
    return compiled_paths(entry.files).fullmatch(path) is not None
