"""What files offer to others, in languages whose files state it; conventions are in `names`.

What flows in: whoever resolves names. What flows out: the members of a file as a module, and their names. Nothing that
a file does not offer is ever found.
"""

from typing import Protocol

from axon.graph.build import Assembly
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExportKind
from axon.model.kinds import NODE_KINDS, NodeKind, Reason, Rule
from axon.resolution.scopes import FileScopes
from axon.resolution.values import INSTANCES, NOTHING, Found, Values, is_external

_VARIABLE = NODE_KINDS.index(NodeKind.VARIABLE)
_FILE = NODE_KINDS.index(NodeKind.FILE)


class ModuleResolver(Protocol):
    """What export tables ask of the one who resolves names."""

    assembly: Assembly
    scopes: list[FileScopes]

    def dotted(self, file: int, scope: int, text: str, position: int) -> Found:
        """What a dotted name stands for at a byte of a file, evaluated in a scope."""

    def entry_values(self, file: int, entries: list[int]) -> Values:
        """What the entries that a scope of a file has for a name stand for."""

    def module(self, file: int, row: int) -> int:
        """The module that an import row names."""

    def module_member(self, file: int, name: str) -> Values:
        """What attribute `name` of the module in a file stands for."""

    def attribute(self, found: Found, name: str) -> Found:
        """What attribute `name` of what was found stands for."""

    def export_list(self, file: int) -> dict[str, None] | None:
        """Names that a file offers, in order."""


class Offers:
    """The export tables of all files."""

    def __init__(self, names: ModuleResolver) -> None:
        self._names = names
        self._locals: dict[int, dict[str, list[str]]] = {}

    def names(self, file: int) -> dict[str, None]:
        """Names that a file offers itself or passes on, in order; without the one for the whole."""
        scopes = self._names.scopes[file]
        whole, default = scopes.language.whole_export, scopes.language.default_export
        found = dict.fromkeys(name for name in self._table(file) if name != whole)
        for row in scopes.relays:
            other = self._file_of(file, row)
            if other is not None:
                found.update(dict.fromkeys(n for n in self._names.export_list(other) or () if n != default))
        return found

    def member(self, file: int, name: str) -> Values:
        """What a file offers under a name: by a statement of its own, else from a module whose names it passes on."""
        language = self._names.scopes[file].language
        table = self._table(file)
        if name in table:
            return self._values(file, table[name])
        if name == language.default_export:
            whole = self._values(file, table.get(language.whole_export, []))
            return whole or ((self._names.assembly.file_row + file,) if self._is_assigned(file) else NOTHING)
        for row in self._names.scopes[file].relays:
            other = self._file_of(file, row)
            values = self._names.module_member(other, name) if other is not None else NOTHING
            if values:
                return values
        return self._member_of_whole(file, name)

    def whole(self, file: int, module: int) -> Values:
        """What an import of a module as one value gives: the module, or the value that it offers in its place."""
        if is_external(module) or self._names.assembly.kind[module] != _FILE:
            return (module,)
        values = self.in_place_of(module)
        is_object = any(0 <= value < INSTANCES and self._names.assembly.kind[value] == _VARIABLE for value in values)
        return values if values and not is_object else (module,)  # the module itself has all that the object has

    def in_place_of(self, module: int) -> Values:
        """The one value that a file of the tree, given by its row, offers in place of a module; objects as well."""
        other = module - self._names.assembly.file_row
        word = self._names.scopes[other].language.whole_export
        return self._values(other, self._table(other).get(word, [])) if word else NOTHING

    def _member_of_whole(self, file: int, name: str) -> Values:
        word = self._names.scopes[file].language.whole_export
        whole = self._values(file, self._table(file).get(word, [])) if word else NOTHING
        return (
            self._names.attribute(Found(whole, Rule.IMPORT, Reason.MISSING_MEMBER), name).values if whole else NOTHING
        )

    def _values(self, file: int, own_names: list[str]) -> Values:
        """What the first of a file's own names that stands for something stands for."""
        scopes = self._names.scopes[file]
        for own in own_names:
            if own[:1] in (" ", "."):
                entries = scopes.names(NO_DEFINITION).get(own, [])
                values = self._names.entry_values(file, entries) if entries else NOTHING
            else:
                values = self._names.dotted(file, NO_DEFINITION, own, scopes.facts.size).values
            if values:
                return values
        return NOTHING

    def _is_assigned(self, file: int) -> bool:
        """Whether a file offers by assignment, so that what knows only statements is given the whole of it."""
        scopes = self._names.scopes[file]
        strings, words = scopes.facts.strings, scopes.language.whole_words
        targets = set(scopes.facts.flows.target) - {NO_TEXT}
        return any(strings[target].partition(".")[0] in words for target in targets)

    def _file_of(self, file: int, row: int) -> int | None:
        module = self._names.module(file, row)
        is_file = not is_external(module) and self._names.assembly.kind[module] == _FILE
        return module - self._names.assembly.file_row if is_file else None

    def _table(self, file: int) -> dict[str, list[str]]:
        """Name for others -> the file's own names for it."""
        known = self._locals.get(file)
        if known is None:
            known = self._locals[file] = {}
            facts = self._names.scopes[file].facts
            strings, exports = facts.strings, facts.exports
            for name, kind, local in zip(exports.name, exports.kind, exports.local, strict=True):
                if kind == ExportKind.NAME:
                    own = strings[name if local == NO_TEXT else local]
                    known.setdefault(strings[name], []).append(own)
        return known
