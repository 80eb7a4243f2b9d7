"""Which files may find something else by names and tables, when more than bodies and signatures of some were edited.

What flows in: linked names, the record of the linking before in the rows of now, and what differs in the edited files.
What flows out: files; all that others find is what they found, but for what slots hold, which `relink` compares.

A file finds what other files define in four ways. It names it: then its text has the name, or that of an alias that
was made of it somewhere. It has read a slot, or was passed a value, and asks that value for what no text names
(methods that operators, loops and calls of classes run, fields in places). It calls a method by a pattern of names. Or
it reads text of another file, an annotation or a header, and looks up there what that names. Who evaluates expressions
of another file is recorded, and is looked at whenever that file is.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from axon.languages.language import Language
from axon.languages.library import Effect
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, FileFacts, ReferenceKind
from axon.model.kinds import CLASS_CODES
from axon.resolution.evaluation import Slot, slot_key
from axon.resolution.grown import Growth
from axon.resolution.record import CallRecord
from axon.resolution.surface import texts_of
from axon.resolution.tables import Tables
from axon.resolution.values import INSTANCES, OPEN, SITES, Role, is_external

_MEMBER, _CALL = int(ExpressionKind.MEMBER), int(ExpressionKind.CALL)
_DECORATOR: Final = int(ReferenceKind.DECORATOR)
_TYPED: Final = (Role.ANNOTATED, Role.GENERIC)


class Waking:
    """Who may find something else."""

    def __init__(self, tables: Tables, record: CallRecord, growths: Mapping[int, Growth], most: int) -> None:
        """Above `most` files nobody asks which ones they are."""
        self._tables, self._names, self._record, self._growths = tables, tables.names, record, growths
        self._most = most

    def files(self) -> frozenset[int] | None:
        """The files to look at, those that were edited among them; None where it cannot be told, or are too many."""
        names: set[str] = set()
        attributes: set[str] = set()
        held: set[int] = set()
        for file, growth in self._growths.items():
            names |= growth.names
            attributes |= growth.attributes
            if not self._add_held(file, growth, held):
                return None
        implicit = self._implicit & attributes
        lost = {name for growth in self._growths.values() for name in growth.lost}
        if implicit & self._telling or lost & self._implicit:
            return None
        attributes -= {name for name in implicit if self._is_common(name)}
        names |= {self._names.assembly.names[row] for row in held}
        words, naming = self._with_aliases(Words(frozenset(names), frozenset(attributes)))
        if len(naming) > self._most:
            return None
        found = naming | set(self._growths)
        found |= self._reading_text(words, found, held)
        found |= self._holding(held)
        found |= self._asking_above(implicit)
        found |= self._by_patterns()
        return frozenset(found)

    def _add_held(self, file: int, growth: Growth, held: set[int]) -> bool:
        """Add the rows that somebody may hold and ask for what no text names; False where heritage is in play."""
        rows, kinds = self._names.assembly.rows[file], self._names.assembly.kind
        heritage = self._names.classes.heritage
        if any(len(heritage.bases(rows[d])) > 1 for d in growth.fresh):
            return False  # what one base has may stand in for what another has
        held.update(rows[d] for d in growth.said)
        for owner, members in growth.members.items():
            row = rows[owner]
            is_known = kinds[row] in CLASS_CODES and owner not in growth.fresh
            if is_known and (owner in growth.fields or members & self._implicit):
                held.add(row)
            if members & self._implicit and row in self._metaclasses:
                return False  # whoever has to do with classes of which it is the class runs something else
        for row in [row for row in held if kinds[row] in CLASS_CODES]:
            held |= self._tables.overrides.subclasses(row)
        return True

    @cached_property
    def _implicit(self) -> frozenset[str]:
        """The names of members that are looked up though no text has them."""
        return frozenset(name for language in self._languages for name in _implicit_names(language))

    @cached_property
    def _metaclasses(self) -> frozenset[int]:
        """The classes that other classes are instances of, and those behind them."""
        classes, kinds = self._names.classes, self._names.assembly.kind
        own = {m for row, kind in enumerate(kinds) if kind in CLASS_CODES for m in classes.metaclass(row)}
        return frozenset(row for m in own for row in classes.heritage.order(m))

    @cached_property
    def _telling(self) -> frozenset[str]:
        """Those of which it counts whether the tree has any."""
        known = [language.library for language in self._languages]
        return frozenset(n for of in known for n in (of.get_method, of.fallback_method, of.call_method) if n)

    @cached_property
    def _languages(self) -> list[Language]:
        return [self._names.scopes[file].language for file in self._growths]

    def _is_common(self, name: str) -> bool:
        return all(language.is_common_method(name) for language in self._languages)

    # --- what is named ------------------------------------------------------------------------------------------------

    def _with_aliases(self, words: "Words") -> "tuple[Words, set[int]]":
        """These words, and the names that are made of them: by imports, aliases, types and decorators; who has them.

        It ends early where those are too many.
        """
        known, fresh = words, words
        naming: set[int] = set()
        while fresh and len(naming) <= self._most:
            mentioning = list(self._mentioning(fresh))
            naming.update(mentioning)
            made = {name for file in mentioning for name in _made_of(self._names.scopes[file].facts, fresh)}
            fresh = Words(frozenset(made - known.names))
            known = Words(known.names | made, known.attributes)
        return known, naming

    def _mentioning(self, words: "Words") -> Iterator[int]:
        """The files in whose text some words stand."""
        if not words:
            return
        anywhere = words.anywhere
        for file, text in enumerate(self._texts):
            if anywhere.search(text) and (words.pattern.search(text) or self._has_attribute(file, text, words)):
                yield file

    def _has_attribute(self, file: int, text: str, words: "Words") -> bool:
        """Whether a file reads an attribute that is written apart from what it is read of, or named by a value."""
        if any(getter in text for getter in self._getters):
            return True
        facts = self._names.scopes[file].facts
        strings, table, references = facts.strings, facts.expressions, facts.references
        members = (text for kind, text in zip(table.kind, table.text, strict=True) if kind == _MEMBER)
        called = (t for t, receiver in zip(references.text, references.receiver, strict=True) if receiver != NO_TEXT)
        return any(text >= 0 and strings[text] in words.attributes for text in (*members, *called))

    @cached_property
    def _getters(self) -> frozenset[str]:
        """The last parts of names of functions that are told by a value which attribute they read."""
        models = (model for language in self._languages for model in language.library.functions.items())
        return frozenset(name.rpartition(".")[2] for name, model in models if model.effect is Effect.MEMBER)

    @cached_property
    def _texts(self) -> list[str]:
        return ["\0".join(scopes.facts.strings) for scopes in self._names.scopes]

    # --- what is held -------------------------------------------------------------------------------------------------

    def _reading_text(self, words: "Words", naming: Collection[int], held: set[int]) -> set[int]:
        """Files that read text in which some words stand: signatures, headers, annotations; adds classes to `held`."""
        found: set[int] = set()
        for file in naming:
            inner = self._growths[file].inner if file in self._growths else set()
            said = Words(words.names | inner, words.attributes) if inner else words
            if not said:
                continue
            facts, rows = self._names.scopes[file].facts, self._names.assembly.rows[file]
            shared = self._record.shared.get(file, {})
            for definition in _saying(facts, said):
                row = rows[definition]
                if facts.definitions.kind[definition] in CLASS_CODES:
                    held |= {row} | self._tables.overrides.subclasses(row)
                elif (signature := shared.get(slot_key(Slot.SIGNATURE, row))) is not None:
                    found.update(signature.readers)
        numbers, there = self._record.numbers, frozenset(naming)
        values = {SITES + n for n, site in enumerate(numbers.sites) if site.role in _TYPED and site.file in there}
        values |= {OPEN + n for n, place in enumerate(numbers.places) if place.at[0] in there}
        return found | self._reading(values)

    def _holding(self, rows: Collection[int]) -> set[int]:
        """Files that name, have read or are passed one of some nodes or an instance."""
        if not rows:
            return set()
        naming = set(self._mentioning(Words(frozenset(self._names.assembly.names[row] for row in rows))))
        sites = self._record.numbers.sites
        values = {*rows, *(INSTANCES + row for row in rows)}
        values |= {SITES + n for n, s in enumerate(sites) if s.role in _TYPED and s.file in naming}
        return naming | self._reading(values)

    def _reading(self, values: Set[int]) -> set[int]:
        found: set[int] = set()
        for slots in self._record.shared.values():
            for shared in slots.values():
                if any(not values.isdisjoint(held) for held in shared.history[1]):
                    found.update(shared.readers)
        for passed in (self._record.given, self._record.decorated):
            for parameter, by_file in passed.items():
                if parameter[0] >= 0 and any(not values.isdisjoint(held) for held in by_file.values()):
                    found.update((parameter[0], *self._record.calling_back(parameter)))
        return found

    def _asking_above(self, implicit: Set[str]) -> set[int]:
        """Files that may run such a member of a class that has it anew, by what they hold of a class above.

        What instantiates the class of a value, which may be a subclass, is a method of the class above or calls what
        another call, or an attribute, tells.
        """
        if not implicit:
            return set()
        above: dict[str, set[int]] = {}
        for file, growth in self._growths.items():
            for owner, members in growth.members.items():
                for name in members & implicit:
                    above.setdefault(name, set()).update(self._above(self._names.assembly.rows[file][owner]))
        making = {name for language in self._languages for name in language.initializers}
        found: set[int] = set()
        for name, rows in above.items():
            below = {row for c in rows for row in self._tables.overrides.subclasses(c)} | rows
            holding = self._holding(below)
            found |= holding if name not in making else {file for file in holding if self._makes_unnamed(file)}
            found |= {self._names.assembly.place(row)[0] for row in rows}
        return found

    def _above(self, owner: int) -> Iterator[int]:
        """The classes above a class, and those above the ones that mix it in."""
        order = self._names.classes.heritage.order
        for row in (owner, *self._tables.overrides.subclasses(owner)):
            yield from (above for above in order(row) if not is_external(above))

    def _makes_unnamed(self, file: int) -> bool:
        """Whether a file calls what a call gives, or the class of a value."""
        facts, attribute = self._names.scopes[file].facts, self._names.scopes[file].language.library.class_attribute
        table = facts.expressions
        calls = (first for kind, first in zip(table.kind, table.first, strict=True) if kind == _CALL and first >= 0)
        return any(table.kind[first] == _CALL for first in calls) or any(
            attribute and text.endswith(attribute) for text in facts.strings
        )

    def _by_patterns(self) -> set[int]:
        """Files that call methods by patterns of names: few."""
        sites = self._record.numbers.sites
        named = {SITES + n: site.file for n, site in enumerate(sites) if site.role is Role.NAMED and site.file >= 0}
        return set(named.values()) | self._reading(named.keys()) if named else set()


@dataclass(frozen=True)
class Words:
    """Names wherever they stand, and names of attributes, which stand behind a dot."""

    names: frozenset[str]
    attributes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names or self.attributes)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds them."""
        return re.compile(rf"\b(?:{_either(self.names)})\b|\.(?:{_either(self.attributes)})\b")

    @cached_property
    def anywhere(self) -> re.Pattern[str]:
        """What finds them without a dot as well."""
        return re.compile(rf"\b(?:{_either(self.names | self.attributes)})\b")


def _either(words: Set[str]) -> str:
    return "|".join(map(re.escape, sorted(words))) or "(?!)"


def _made_of(facts: FileFacts, words: Words) -> set[str]:
    """The names that a file gives to what is made of others."""
    strings, found = facts.strings, set[str]()
    fits = {n for n, text in enumerate(strings) if words.pattern.search(text)}
    imports = facts.imports
    found.update(
        strings[a] for name, a in zip(imports.name, imports.alias, strict=True) if name in fits and a != NO_TEXT
    )
    table = facts.definitions
    found.update(strings[name] for name, value in zip(table.name, table.value, strict=True) if value in fits)
    references = facts.references
    for row, (kind, text) in enumerate(zip(references.kind, references.text, strict=True)):
        is_told = kind == _DECORATOR and references.symbol[row] != NO_DEFINITION
        if is_told and (text in fits or _says(facts, references.value[row], words)):
            found.add(strings[table.name[references.symbol[row]]])
    flows = facts.flows
    for value, annotation, target, scope in zip(flows.value, flows.annotation, flows.target, flows.scope, strict=True):
        if target == NO_TEXT:
            continue
        is_outer = scope == NO_DEFINITION or table.kind[scope] in CLASS_CODES
        is_field = "." in strings[target]
        if (annotation in fits and (is_outer or is_field)) or (is_outer and value >= 0 and _says(facts, value, words)):
            found.add(strings[target].rpartition(".")[2])
    return found


def _saying(facts: FileFacts, words: Words) -> set[int]:
    """The definitions in whose headers, parameters, results or decorators some names stand."""
    fits = {n for n, text in enumerate(facts.strings) if words.pattern.search(text)}
    table, parameters, references = facts.definitions, facts.parameters, facts.references
    found = {owner for owner, said in zip(parameters.owner, parameters.annotation, strict=True) if said in fits}
    for d, (signature, returns) in enumerate(zip(table.signature, table.returns, strict=True)):
        if signature in fits or returns in fits:
            found.add(d)
    for row, (kind, text, symbol) in enumerate(zip(references.kind, references.text, references.symbol, strict=True)):
        is_told = kind == _DECORATOR and symbol != NO_DEFINITION
        if is_told and (text in fits or _says(facts, references.value[row], words)):
            found.add(symbol)
    return found


def _says(facts: FileFacts, expression: int, words: Words) -> bool:
    """Whether an expression has one of some names in it."""
    return any(words.pattern.search(text) for text in texts_of(facts, expression))


def _implicit_names(language: Language) -> Iterator[str]:
    library = language.library
    yield from language.initializers
    yield from library.made_by
    yield from library.reflected.values()
    yield from library.enter_methods
    yield from library.class_makers
    yield from (library.call_method, library.element_method, library.get_method, library.fallback_method)
    yield from (name for name in (library.subclass_method, library.naming_method) if name)
    for methods in (*library.operators.values(), *library.contexts.values(), *library.protocols.values()):
        yield from methods
    yield from (name for names in (*library.formatting.values(), *library.keyed.values()) for name in names)
    yield from (name for name, _ in library.comparing.values())
    for both in library.iterate:
        yield from both
