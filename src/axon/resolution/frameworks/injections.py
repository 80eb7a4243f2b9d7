"""What frameworks run before a symbol and hand to it: fixtures by the names of parameters, dependencies by calls.

What flows in: rule packs, the linked tree, and the entry points that were found. What flows out: INJECTED_WITH edges.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from axon.languages.pack import Pack
from axon.model.facts import NO_TEXT
from axon.resolution.evidence import Place
from axon.resolution.frameworks.nodes import FrameworkRows
from axon.resolution.frameworks.sites import NO_DECORATED, Patterns, Use, plain
from axon.resolution.names import Names
from axon.resolution.providers import Providers
from axon.resolution.values import is_external

_CALL: Final = re.compile(r"([\w.]+)\(\s*([\w.]+)\s*[,)]")


class Injections:
    """What is injected in one tree under some packs."""

    def __init__(self, names: Names, packs: Sequence[Pack], rows: FrameworkRows) -> None:
        self._names, self._rows = names, rows
        self._rules = [(pack, rule) for pack in packs for rule in pack.injections]

    def constructed(self) -> Patterns:
        """Of what makes a class whose constructor is handed what it asks for."""
        return Patterns.of(pattern for _, rule in self._rules for pattern in rule.constructed)

    def add_constructed(self, uses: Sequence[Use]) -> None:
        """By the annotations of a constructor: the classes that they name."""
        names = self._names
        for file, owner in dict.fromkeys((use.file, use.decorated) for use in uses if use.decorated != NO_DECORATED):
            facts, words = names.scopes[file].facts, names.scopes[file].language.initializers
            table = facts.parameters
            for definition, text in zip(table.owner, table.annotation, strict=True):
                if definition < 0 or text == NO_TEXT or facts.definitions.owner[definition] != owner:
                    continue
                if facts.strings[facts.definitions.name[definition]] in words:
                    row = names.row(file, owner)
                    for given in self._annotated(file, owner, facts.strings[text]):
                        self._rows.add_injection(row, given, self._own_place(row))

    def _annotated(self, file: int, owner: int, text: str) -> Iterator[int]:
        names, facts = self._names, self._names.scopes[file].facts
        scope, position = facts.definitions.owner[owner], facts.definitions.start_byte[owner]
        for _, name in names.scopes[file].language.types(text):
            found = names.dotted(file, scope, name, position).values
            yield from (value for value in found if names.classes.is_class(value))

    def add_provided(self, providers: Providers) -> None:
        """By the names of parameters, of entry points and of providers themselves."""
        for number, (pack, rule) in enumerate(providers.rules):
            for row in self._rows.entries_of(pack.name, frozenset(rule.into)) if rule.decorators else ():
                file, definition = self._names.assembly.place(row)
                facts = self._names.scopes[file].facts
                for owner, name in zip(facts.parameters.owner, facts.parameters.name, strict=True):
                    if owner == definition:
                        given = providers.of(number, file, definition, facts.strings[name])
                        if given is not None:
                            self._rows.add_injection(row, given, self._own_place(row))

    def add_called(self) -> None:
        """By a call that stands as the default of a parameter, or in its annotation."""
        patterns = Patterns.of(pattern for _, rule in self._rules for pattern in rule.calls)
        words = frozenset(patterns.by_last)
        for file, scopes in enumerate(self._names.scopes if words else ()):
            table, strings = scopes.facts.parameters, scopes.facts.strings
            likely = {n for n, text in enumerate(strings) if "(" in text and any(word in text for word in words)}
            for owner, *texts in zip(table.owner, table.default, table.annotation, strict=True) if likely else ():
                for text in texts:
                    if text != NO_TEXT and text in likely:
                        row = self._names.row(file, owner)
                        for given in self._named(file, owner, strings[text], patterns):
                            self._rows.add_injection(row, given, self._own_place(row))

    def _named(self, file: int, definition: int, text: str, patterns: Patterns) -> Iterator[int]:
        """What calls in a text are given whose callee a pattern fits."""
        names, table = self._names, self._names.scopes[file].facts.definitions
        scope, position = table.owner[definition], table.start_byte[definition]
        for callee, argument in _CALL.findall(text):
            for value in names.dotted(file, scope, callee, position).values:
                if is_external(value) and patterns.matching(plain(names.externals.name(value))):
                    found = names.dotted(file, scope, argument, position).values
                    yield from (v for v in found if names.is_callable(v) or names.classes.is_class(v))

    def _own_place(self, row: int) -> Place:
        assembly = self._names.assembly
        start = assembly.start_byte[row]
        return assembly.start_line[row], 0, start, start
