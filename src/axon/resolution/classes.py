"""The classes of a tree: what their bases stand for, and members looked up along their MROs.

What flows in: an Assembly, the scopes of its files, and whoever resolves names. What flows out: bases and members as
values. Where an external base could define a name as well, nothing behind it is shown to be meant.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from axon.graph.build import Assembly
from axon.languages.language import Language
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, ReferenceKind
from axon.model.kinds import CALLABLE_CODES, CLASS_CODES, NODE_KINDS, NodeKind, Reason, Rule
from axon.resolution.heritage import Heritage
from axon.resolution.mixins import returned_classes
from axon.resolution.scopes import FileScopes
from axon.resolution.values import INSTANCES, NOTHING, UNKNOWN, Externals, Found, Values, is_external

_HOLDERS: Final = frozenset({NODE_KINDS.index(NodeKind.MODULE), NODE_KINDS.index(NodeKind.VARIABLE)})

_CLASS, _INTERFACE = NODE_KINDS.index(NodeKind.CLASS), NODE_KINDS.index(NodeKind.INTERFACE)
_CONTRACT: Final = int(ReferenceKind.CONTRACT)
_NAME, _CALL = int(ExpressionKind.NAME), int(ExpressionKind.CALL)


class NameResolver(Protocol):
    """What a class table asks of the one who resolves names."""

    def dotted(self, file: int, scope: int, text: str, position: int) -> Found:
        """What a dotted name stands for at a byte of a file, evaluated in a scope."""

    def entry_values(self, file: int, entries: Sequence[int]) -> Values:
        """What the entries that a scope of a file has for a name stand for."""

    def may_keep(self, values: Values) -> bool:
        """Whether a finished look-up's result holds from everywhere."""


class Classes:
    """All classes, by node row, and what else holds members by name; a base may be an external value."""

    def __init__(
        self, assembly: Assembly, scopes: Sequence[FileScopes], externals: Externals, names: NameResolver
    ) -> None:
        self._assembly, self._scopes, self._externals, self._names = assembly, scopes, externals, names
        self.heritage = Heritage(self._bases_of)
        self._place_of: dict[int, tuple[int, int]] = {
            row: (index, d)
            for index, rows in enumerate(assembly.rows)
            for d, row in enumerate(rows)
            if assembly.kind[row] in CLASS_CODES
            or (assembly.kind[row] in _HOLDERS and assembly.files[index].facts.definitions.body_start[d])
        }
        self._memberless = frozenset().union(*(s.language.memberless_bases for s in scopes))
        self._references = self._base_references()
        self._merged = self._merged_declarations()
        self._members: dict[tuple[int, str], Values] = {}
        self._methods: dict[tuple[int, str], Values] = {}
        self._unknown_base: dict[int, bool] = {}
        self._base_values: dict[tuple[int, int], Found] = {}
        self._metaclasses: dict[int, Values] = {}
        self._unsure: set[tuple[int, int]] = set()  # references to bases that are made by what the tree does not know
        self._returned_in: dict[int, dict[int, tuple[int, ...]]] = {}  # file -> function -> classes that it returns

    def language_of(self, row: int) -> Language:
        """The language of the class at a node row."""
        return self._scopes[self._assembly.place(row)[0]].language

    def is_class(self, value: int) -> bool:
        """Whether a value is a class of the tree."""
        return 0 <= value < INSTANCES and self._assembly.kind[value] in CLASS_CODES

    def declared(self, order: Sequence[int], name: str) -> Values:
        """The first definition of `name` along an MRO among the classes of the tree."""
        for row in order:
            values = NOTHING if is_external(row) else self._own_member(row, name)
            if values:
                return values
        return NOTHING

    def outside(self, order: Sequence[int], name: str, first: int | None = None) -> Values:
        """The external member that `name` means where no class of an MRO in the tree defines it.

        `first` is the class that the order begins behind, where it is the rest of one.
        """
        whole = order if first is None else (first, *order)
        language = self.language_of(whole[0])
        bases = (self._externals.name(row) for row in order if is_external(row))
        outside = next((base for base in bases if base not in language.memberless_bases), "")
        if not outside and name in language.root_members:
            outside = language.root_class
        if not outside or self.has_unknown_base(whole):
            return NOTHING
        return (self._externals.value(f"{outside}.{name}"),)

    def method(self, row: int, name: str) -> Values:
        """The definition of `name` that the tree itself has along the MRO of a class; none behind an external base.

        An external base may define the name as well, so what stands after it cannot be shown to be meant.
        """
        key = (row, name)
        known = self._methods.get(key)
        if known is None:
            known = self._defined(self.heritage.order(row), name)
            if self._names.may_keep(known):
                self._methods[key] = known
        return known

    def _defined(self, order: Sequence[int], name: str) -> Values:
        for row in order:
            if is_external(row):
                if self._externals.name(row) in self._memberless:
                    continue
                return NOTHING
            values = tuple(v for v in self._own_member(row, name) if not is_external(v))
            if values:
                return values
        return NOTHING

    def overridden(self, order: Sequence[int], name: str) -> int | None:
        """The first definition of `name` along the rest of an MRO; None if the tree has none."""
        values = self.declared(order, name)
        return values[0] if values and not is_external(values[0]) else None

    def has_unknown_base(self, order: Sequence[int]) -> bool:
        """Whether a class of an MRO has a base that could not be resolved."""
        known = self._unknown_base
        for row in order:
            if row not in known:
                references = [r for r in self.base_references(row) if not self.is_contract(*r)]
                few = len(self.heritage.bases(row)) - len(self._merged.get(row, ())) < len(references)
                known[row] = few or not self._unsure.isdisjoint(references)
            if known[row]:
                return True
        return False

    def metaclass(self, row: int) -> Values:
        """The class of the tree that a class is an instance of, its own or inherited; none where that is external."""
        known = self._metaclasses.get(row)
        if known is None:
            given = (self._own_metaclass(base) for base in self.heritage.order(row) if not is_external(base))
            known = next((values for values in given if values), NOTHING)
            if self._names.may_keep(known):
                self._metaclasses[row] = known
        return known

    def _own_metaclass(self, row: int) -> Values:
        """What the head of a class itself gives as its class."""
        if row not in self._place_of:  # a function, of which instances are made
            return NOTHING
        file, definition = self._place_of[row]
        read, facts = self._scopes[file].language.library.metaclass, self._scopes[file].facts
        text = facts.definitions.signature[definition]
        name = read(facts.strings[text]) if read is not None and text != NO_TEXT else ""
        if not name:
            return NOTHING
        at = (facts.definitions.owner[definition], name, facts.definitions.start_byte[definition])
        found = self._names.dotted(file, *at)
        return tuple(value for value in found.values[:1] if self.is_class(value))

    def holds_members(self, row: int) -> bool:
        """Whether a node is a class, a namespace or an object, whose members are known by name."""
        return row in self._place_of

    def member(self, row: int, name: str) -> Values:
        """What a class, namespace or object itself defines under a name."""
        return self._own_member(row, name)

    def is_contract(self, file: int, reference: int) -> bool:
        """Whether a base is promised to be fulfilled rather than inherited from."""
        return self._scopes[file].facts.references.kind[reference] == _CONTRACT

    def base_references(self, row: int) -> Sequence[tuple[int, int]]:
        """(file, reference row) of what the class at a node row names as its bases."""
        return self._references.get(row, ())

    def base_values(self, file: int, reference: int) -> Found:
        """The classes that one base reference stands for."""
        known = self._base_values.get((file, reference))
        if known is None:
            known = self._find_base(file, reference)
            if self._names.may_keep(known.values):
                self._base_values[file, reference] = known
        return known

    def _find_base(self, file: int, reference: int) -> Found:
        facts = self._scopes[file].facts
        references = facts.references
        text, value = facts.strings[references.text[reference]], references.value[reference]
        if value >= 0 and self._scopes[file].language.library.prototype:
            at = (file, references.scope[reference], references.start_byte[reference])
            mixed = dict.fromkeys(self._mixed(at, value))
            if UNKNOWN in mixed:
                self._unsure.add((file, reference))
            return Found(tuple(v for v in mixed if v != UNKNOWN), Rule.FLOW, Reason.DYNAMIC)
        if references.receiver[reference] != NO_TEXT:
            return Found(NOTHING, Rule.LEXICAL, Reason.DYNAMIC)
        found = self._names.dotted(file, references.scope[reference], text, references.start_byte[reference])
        return Found(self._bases_among(file, found.values), found.rule, found.reason)

    def _bases_among(self, file: int, values: Values) -> Values:
        """Of values those that a class can extend: classes, and functions where these make instances."""
        makes = self._scopes[file].language.library.prototype
        kinds = CLASS_CODES | CALLABLE_CODES if makes else CLASS_CODES
        return tuple(v for v in values if is_external(v) or (v < INSTANCES and self._assembly.kind[v] in kinds))

    def _bases_of(self, row: int) -> list[int]:
        found: dict[int, None] = {}
        for file, reference in self.base_references(row):
            values = self.base_values(file, reference).values
            values = values if self._scopes[file].facts.references.value[reference] >= 0 else values[:1]
            if self.is_contract(file, reference):  # nothing is inherited, but what the tree knows of it is overridden
                values = tuple(value for value in values if not is_external(value))
            found.update((value, None) for value in values if value != row)
        return [*found, *(value for value in self._merged.get(row, ()) if value not in found)]

    def _merged_declarations(self) -> dict[int, tuple[int, ...]]:
        """Class -> the interfaces of its name and place, which declare what it has besides."""
        kinds, found = self._assembly.kind, dict[int, tuple[int, ...]]()
        for file, rows in enumerate(self._assembly.rows):
            if not self._scopes[file].language.merges_declarations:
                continue
            table, together = self._scopes[file].facts.definitions, dict[tuple[int, int], list[int]]()
            for definition, row in enumerate(rows):
                if kinds[row] == _INTERFACE:
                    together.setdefault((table.owner[definition], table.name[definition]), []).append(row)
            for definition, row in enumerate(rows if together else ()):
                if kinds[row] == _CLASS:
                    declared = together.get((table.owner[definition], table.name[definition]))
                    if declared:
                        found[row] = tuple(declared)
        return found

    def _mixed(self, at: tuple[int, int, int], expression: int) -> Iterator[int]:
        """The classes of a base that is made by calls: what each returns, then the classes that it is given; UNKNOWN
        where it is not told what one returns."""
        file, scope, position = at
        facts = self._scopes[file].facts
        table = facts.expressions
        if table.kind[expression] == _NAME:
            yield from self._bases_among(
                file, self._names.dotted(file, scope, facts.strings[table.text[expression]], position).values
            )
        if table.kind[expression] != _CALL or table.first[expression] < 0:
            return
        callee, argument = table.first[expression], table.second[expression]
        name = facts.strings[table.text[callee]] if table.kind[callee] == _NAME else ""
        called = self._names.dotted(file, scope, name, position).values if name else NOTHING
        functions = (v for v in called if 0 <= v < INSTANCES and self._assembly.kind[v] in CALLABLE_CODES)
        yield from [made for function in functions for made in self._returned(function)] or [UNKNOWN]
        while argument >= 0:
            if table.first[argument] >= 0:
                yield from self._mixed(at, table.first[argument])
            argument = table.second[argument]

    def _returned(self, function: int) -> Iterator[int]:
        """The classes of its own that a function returns."""
        file, definition = self._assembly.place(function)
        known = self._returned_in.get(file)
        if known is None:
            known = self._returned_in[file] = returned_classes(self._scopes[file].facts)
        return (self._assembly.rows[file][d] for d in known.get(definition, ()))

    def _base_references(self) -> dict[int, list[tuple[int, int]]]:
        """(file, reference row) of the bases of each class, in the order written."""
        found: dict[int, list[tuple[int, int]]] = {}
        for file in range(len(self._scopes)):
            self._add_base_references(file, found)
        return found

    def _add_base_references(self, file: int, found: dict[int, list[tuple[int, int]]]) -> None:
        references = self._scopes[file].facts.references
        base, bases = int(ReferenceKind.BASE), (int(ReferenceKind.BASE), _CONTRACT)
        if base in references.kind or _CONTRACT in references.kind:
            for row, kind in enumerate(references.kind):
                if kind in bases and references.symbol[row] != NO_DEFINITION:  # a class that is cut off is none
                    symbol = self._assembly.rows[file][references.symbol[row]]
                    found.setdefault(symbol, []).append((file, row))

    def replace(self, file: int) -> None:
        """Take up another version of a file with the same surface; its references have other rows."""
        for row in self._assembly.rows[file]:
            self._references.pop(row, None)
        self._returned_in.pop(file, None)
        self._add_base_references(file, self._references)
        self._base_values = {at: found for at, found in self._base_values.items() if at[0] != file}

    def _own_member(self, row: int, name: str) -> Values:
        key = (row, name)
        known = self._members.get(key)
        if known is not None:
            return known
        if row not in self._place_of:  # a function, of which instances are made by itself
            language = self.language_of(row)
            return (row,) if language.library.prototype and name in language.initializers else NOTHING
        file, definition = self._place_of[row]
        entries = self._scopes[file].names(definition).get(name)
        values = self._names.entry_values(file, entries) if entries else NOTHING
        if self._names.may_keep(values):
            self._members[key] = values
        return values
