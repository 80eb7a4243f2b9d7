"""Names to values across files: scopes, imports and re-exports, attributes of modules and classes.

What flows in: an Assembly. What flows out: what a dotted name, evaluated at a place, stands for, and by which rule. It
emits no edge. It never guesses: a name that nothing binds gives no value.
"""

from collections.abc import Sequence
from typing import Final

from axon.graph.build import Assembly
from axon.languages import named
from axon.languages.language import ModuleFinder
from axon.languages.pack import Pack
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExportKind
from axon.model.kinds import CALLABLE_CODES, CLASS_CODES, NODE_KINDS, Flag, NodeKind, Reason, Rule
from axon.resolution.classes import Classes
from axon.resolution.offers import Offers
from axon.resolution.scopes import IMPORTS, FileScopes
from axon.resolution.values import INSTANCES, NOTHING, UNKNOWN, Externals, Found, Values, is_external

_FILE, _FOLDER = NODE_KINDS.index(NodeKind.FILE), NODE_KINDS.index(NodeKind.FOLDER)
_CLASS, _INTERFACE, _ENUM = map(NODE_KINDS.index, (NodeKind.CLASS, NodeKind.INTERFACE, NodeKind.ENUM))
_STATIC, _CLASSMETHOD = int(Flag.STATIC), int(Flag.CLASSMETHOD)
_VARIABLE, _PROPERTY = NODE_KINDS.index(NodeKind.VARIABLE), NODE_KINDS.index(NodeKind.PROPERTY)
_MOST_VALUES: Final = 4


class Names:
    """The names of a tree. Files are numbered as in the assembly; `externals` have their numbers, `packs` apply."""

    packs: Sequence[Pack] = ()

    def __init__(self, assembly: Assembly, externals: list[str] | None = None) -> None:
        self.assembly = assembly
        self.externals = Externals(externals)
        self.scopes = [FileScopes(entry.facts, named(entry.language)) for entry in assembly.files]
        self.classes = Classes(assembly, self.scopes, self.externals, self)
        self.file_of_path = {entry.path: index for index, entry in enumerate(assembly.files)}
        self.finders = self._module_finders()
        self.offers = Offers(self)
        self._imported: dict[tuple[int, int], Values] = {}
        self._module_names: dict[tuple[int, str], Values] = {}
        self._attributes: dict[tuple[int, str, Rule], tuple[Values, Rule, Reason]] = {}
        self._open: set[tuple[int, str]] = set()
        self._export_lists: dict[int, dict[str, None] | None] = {}
        self._cut = False  # a cycle was met, so what was found nothing inside it must not be kept

    def _module_finders(self) -> dict[str, ModuleFinder]:
        """One for each language; languages of one family have the same."""
        families = {entry.language: named(entry.language).family or entry.language for entry in self.assembly.files}
        paths: dict[str, list[str]] = {}
        for entry in self.assembly.files:
            paths.setdefault(families[entry.language], []).append(entry.path)
        manifests = self.assembly.manifests
        of_family = {family: named(language).modules(paths[family], manifests) for language, family in families.items()}
        return {language: of_family[family] for language, family in families.items()}

    def replace(self, file: int, scopes: FileScopes) -> None:
        """Take up another version of a file with the same surface: what was found by its names holds still."""
        self._imported = {at: values for at, values in self._imported.items() if at[0] != file}
        self.scopes[file] = scopes
        self.classes.replace(file)

    def row(self, file: int, definition: int) -> int:
        """Node row of a definition of a file; of the file itself for NO_DEFINITION."""
        return self.assembly.file_row + file if definition == NO_DEFINITION else self.assembly.rows[file][definition]

    def is_module(self, value: int) -> bool:
        """Whether a value is a file or folder of the tree, taken as a module."""
        return 0 <= value < INSTANCES and self.assembly.kind[value] in (_FILE, _FOLDER)

    def dotted(self, file: int, scope: int, text: str, position: int) -> Found:
        """What a dotted name stands for at a byte of a file, evaluated in a scope."""
        return self.behind(self.name(file, scope, text.partition(".")[0], position), text)

    def behind(self, found: Found, text: str) -> Found:
        """What a dotted name stands for whose first part was found."""
        for name in text.split(".")[1:]:
            if not found.values:
                is_local = found.reason is Reason.LOCAL_VALUE
                return Found(NOTHING, found.rule, Reason.UNKNOWN_RECEIVER) if is_local else found
            found = self.attribute(found, name)
        return found

    def name(self, file: int, scope: int, name: str, position: int) -> Found:
        """What a plain name stands for."""
        scopes = self.scopes[file]
        language = scopes.language
        takes = language.receiver_is_parameter or name == language.receiver
        if takes and not scopes.is_narrowed(name, position):
            method = scopes.receiving_method(scope, name, position)
            if method != NO_DEFINITION:
                return Found((self._receiver(file, method),), Rule.SELF, Reason.UNKNOWN_RECEIVER)
        entries = scopes.entries(scope, name, position)
        if entries:
            return self._from_entries(file, entries)
        values = self._star_names(file, name)
        if values:
            return Found(values, Rule.IMPORT, Reason.UNDEFINED)
        if name in language.builtins:
            value = self.externals.value(f"{language.builtins_module}.{name}")
            return Found((value,), Rule.BUILTIN, Reason.UNDEFINED)
        outside = self.finders[self.assembly.files[file].language].ambient(self.assembly.files[file].path).get(name)
        if outside is not None:
            return Found((self.externals.value(outside),), Rule.BUILTIN, Reason.UNDEFINED)
        bound = name in language.module_attributes
        return Found(NOTHING, Rule.LEXICAL, Reason.LOCAL_VALUE if bound else Reason.UNDEFINED)

    def _receiver(self, file: int, method: int) -> int:
        """The instance, or for a class method the class, that a method receives."""
        table = self.scopes[file].facts.definitions
        if self.scopes[file].is_class[method]:  # what a class's own body runs
            return INSTANCES + self.assembly.rows[file][method]
        row = self.assembly.rows[file][table.owner[method]]
        takes_class = table.flags[method] & (_CLASSMETHOD | int(Flag.STATIC))
        return row if takes_class else INSTANCES + row

    def _from_entries(self, file: int, entries: Sequence[int]) -> Found:
        values = self.entry_values(file, entries)
        rule = Rule.IMPORT if entries[0] <= IMPORTS else Rule.LEXICAL
        if values:
            return Found(values, rule, Reason.UNDEFINED)
        reason = Reason.LOCAL_VALUE if entries[0] == UNKNOWN else Reason.MISSING_MEMBER
        return Found(NOTHING, rule, reason)

    def entry_values(self, file: int, entries: Sequence[int]) -> Values:
        """What the entries that a scope of a file has for a name stand for."""
        found: dict[int, None] = {}
        for entry in entries:
            if entry <= IMPORTS:
                found.update(dict.fromkeys(self.imported(file, IMPORTS - entry)))
            elif entry >= 0:
                found.update(dict.fromkeys(self._definition_values(file, entry)))
        values = tuple(found)
        if len(values) > 1 and not self.scopes[file].language.merges_declarations:
            # a value of that name stands in for a definition only where there is none
            values = tuple(v for v in values if not self.is_stored(v)) or values
        return values[:_MOST_VALUES]

    def is_stored(self, value: int) -> bool:
        """Whether a value is a variable or property, which stands for what it holds."""
        return 0 <= value < INSTANCES and self.assembly.kind[value] in (_VARIABLE, _PROPERTY)

    def _definition_values(self, file: int, definition: int) -> Values:
        """A definition itself, or what it is another name for."""
        facts = self.scopes[file].facts
        row, alias = self.assembly.rows[file][definition], facts.definitions.value[definition]
        if alias == NO_TEXT:
            return (row,)
        key = (row, "")
        if not self._enter(key):
            return (row,)
        owner, name = facts.definitions.owner[definition], facts.strings[alias]
        found = self.dotted(file, owner, name, facts.definitions.start_byte[definition])
        self._open.discard(key)
        return found.values or (row,)

    def _enter(self, key: tuple[int, str]) -> bool:
        """Open a look-up; False where it is open already, which makes it a cycle."""
        if key in self._open:
            self._cut = True
            return False
        if not self._open:
            self._cut = False
        self._open.add(key)
        return True

    def may_keep(self, values: Values) -> bool:
        """Whether a finished look-up's result holds from everywhere, not only inside the cycle it was part of."""
        return bool(values) or not self._cut or not self._open

    def imported(self, file: int, row: int) -> Values:
        """What one import row binds its name to."""
        known = self._imported.get((file, row))
        if known is not None:
            return known
        key = (file, f" {row}")  # no name has a space
        if not self._enter(key):
            return NOTHING
        values = self._resolve_import(file, row)
        self._open.discard(key)
        if self.may_keep(values):
            self._imported[file, row] = values
        return values

    def module(self, file: int, row: int) -> int:
        """The module that an import row names: a file's or folder's row, or an external value."""
        facts, entry = self.scopes[file].facts, self.assembly.files[file]
        name, level = facts.strings[facts.imports.module[row]], facts.imports.level[row]
        return self._module_value(file, entry.path, name, level)

    def _module_value(self, file: int, path: str, name: str, level: int) -> int:
        finder = self.finders[self.assembly.files[file].language]
        found = finder.find(path, name, level)
        if found is not None:
            return self.row_of_path(found)
        return self.externals.value(finder.outside(path, name, level))

    def row_of_path(self, path: str) -> int:
        """Node row of a file or folder."""
        index = self.file_of_path.get(path)
        return self.assembly.folder_rows[path] if index is None else self.assembly.file_row + index

    def _resolve_import(self, file: int, row: int) -> Values:
        facts = self.scopes[file].facts
        imports, strings = facts.imports, facts.strings
        if imports.name[row] != NO_TEXT:
            module, name = self.module(file, row), strings[imports.name[row]]
            if is_external(module) and name == self.scopes[file].language.default_export:
                return (module,)
            return self._members_of_module(module, name)
        if imports.alias[row] != NO_TEXT:
            return self.offers.whole(file, self.module(file, row))
        head = strings[imports.module[row]].partition(".")[0]
        return (self._module_value(file, self.assembly.files[file].path, head, 0),)

    def _members_of_module(self, module: int, name: str) -> Values:
        if is_external(module):
            outside = self.externals.name(module)
            return (self.externals.value(outside + name if outside.endswith(".") else f"{outside}.{name}"),)
        if self.assembly.kind[module] == _FOLDER:
            return self._in_folder(module, name)
        return self.module_member(module - self.assembly.file_row, name)

    def _in_folder(self, folder: int, name: str) -> Values:
        """A module in a folder without a package body; a name that is none of its files lies outside the tree."""
        path = self.assembly.paths[folder]
        for finder in self.finders.values():
            found = finder.submodule(path, name)
            if found is not None:
                return (self.row_of_path(found),)
        return (self.externals.value(f"{path.replace('/', '.')}.{name}"),)

    def module_member(self, file: int, name: str) -> Values:
        """What attribute `name` of the module in a file stands for, re-exports and star imports followed."""
        key = (file, name)
        known = self._module_names.get(key)
        if known is not None:
            return known
        if not self._enter(key):
            return NOTHING
        values = self._own_member(file, name) or self._star_names(file, name) or self._submodule(file, name)
        self._open.discard(key)
        if self.may_keep(values):
            self._module_names[key] = values
        return values

    def _own_member(self, file: int, name: str) -> Values:
        if self.scopes[file].language.exports_are_explicit:
            return self.offers.member(file, name)
        entries = self.scopes[file].names(NO_DEFINITION).get(name)
        return self.entry_values(file, entries) if entries else NOTHING

    def _submodule(self, file: int, name: str) -> Values:
        entry = self.assembly.files[file]
        found = self.finders[entry.language].submodule(entry.path, name)
        return NOTHING if found is None else (self.row_of_path(found),)

    def _star_names(self, file: int, name: str) -> Values:
        """`name` as bound by a star import; only what the other module exports comes through."""
        scopes = self.scopes[file]
        for row in reversed(scopes.stars):
            module = self.module(file, row)
            if is_external(module) or self.assembly.kind[module] != _FILE:
                continue
            other = module - self.assembly.file_row
            if other != file and self._star_exports(other, name):
                values = self.module_member(other, name)
                if values and (values != self._submodule(other, name) or self._holds_submodule(other, name)):
                    return values
        return NOTHING

    def _holds_submodule(self, file: int, name: str) -> bool:
        """Whether running a package's body makes its module `name` an attribute: it imports or lists it."""
        scopes = self.scopes[file]
        imports, strings = scopes.facts.imports, scopes.facts.strings
        return (
            name in scopes.names(NO_DEFINITION)
            or name in (self.export_list(file) or ())
            or any(
                level == 1 and strings[module].partition(".")[0] == name
                for module, level in zip(imports.module, imports.level, strict=True)
            )
        )

    def _star_exports(self, file: int, name: str) -> bool:
        if self.scopes[file].facts.exports.kind:
            listed = self.export_list(file)
            return listed is None or name in listed
        return not self.scopes[file].language.is_private(name) and not name.startswith("__")

    def export_list(self, file: int) -> dict[str, None] | None:
        """Names that a file's export list states, in order; None where it has none or part of it cannot be read."""
        if file in self._export_lists:
            return self._export_lists[file]
        self._export_lists[file] = None  # a list that includes itself cannot be read
        facts = self.scopes[file].facts
        if self.scopes[file].language.exports_are_explicit:
            self._export_lists[file] = self.offers.names(file)
            return self._export_lists[file]
        names: dict[str, None] = {}
        for text, kind in zip(facts.exports.name, facts.exports.kind, strict=True):
            more: dict[str, None] | None = {facts.strings[text]: None} if kind == ExportKind.NAME else None
            if kind == ExportKind.ALL_OF:
                (value,) = self.dotted(file, NO_DEFINITION, facts.strings[text], facts.size).values[:1] or (UNKNOWN,)
                is_file = value >= 0 and self.is_module(value) and self.assembly.kind[value] == _FILE
                more = self.export_list(value - self.assembly.file_row) if is_file else None
            if more is None:
                return None
            names.update(more)
        self._export_lists[file] = names if facts.exports.kind else None
        return self._export_lists[file]

    def rule_of(self, file: int, found: Found, value: int) -> Rule:
        """The rule by which one of several values was found: not all of them need come from the same place."""
        if len(found.values) == 1 or found.rule not in (Rule.LEXICAL, Rule.IMPORT):
            return found.rule
        is_own = 0 <= value < INSTANCES and self.assembly.paths[value] == self.assembly.files[file].path
        return Rule.LEXICAL if is_own else Rule.IMPORT

    def member_of(self, value: int, name: str) -> Values:
        """The definitions that an attribute of a value means; none where it is not known what the value has."""
        return self._known_attribute(value, name, Rule.MEMBER)[0]

    def is_enum(self, value: int) -> bool:
        """Whether a value is an enumeration."""
        return 0 <= value < INSTANCES and self.assembly.kind[value] == _ENUM

    def has_outside(self, row: int) -> bool:
        """Whether a class has a base of which the tree does not know what it defines."""
        order = self.classes.heritage.order(row)
        memberless = self.classes.language_of(row).memberless_bases
        outside = any(is_external(base) and self.externals.name(base) not in memberless for base in order)
        return outside or self.classes.has_unknown_base(order)

    def is_callable(self, value: int) -> bool:
        """Whether a value is a function or method of the tree."""
        return 0 <= value < INSTANCES and self.assembly.kind[value] in CALLABLE_CODES

    def attribute(self, found: Found, name: str) -> Found:
        """What attribute `name` of what was found stands for."""
        if len(found.values) == 1:
            return Found(*self._known_attribute(found.values[0], name, found.rule))
        values: dict[int, None] = {}
        rule, reason = found.rule, Reason.UNKNOWN_RECEIVER
        for value in found.values:
            more, rule, why = self._known_attribute(value, name, found.rule)
            values.update(dict.fromkeys(more))
            reason = why if not more else reason
        return Found(tuple(values)[:_MOST_VALUES], rule, reason)

    def _known_attribute(self, value: int, name: str, rule: Rule) -> tuple[Values, Rule, Reason]:
        key = (value, name, rule)
        known = self._attributes.get(key)
        if known is None:
            known = self._attribute(value, name, rule)
            if self.may_keep(known[0]):
                self._attributes[key] = known
        return known

    def _attribute(self, value: int, name: str, rule: Rule) -> tuple[Values, Rule, Reason]:
        if is_external(value):
            if rule is Rule.INHERITED:  # what an external class holds under that name is not known
                return NOTHING, rule, Reason.UNKNOWN_RECEIVER
            return (self.externals.value(f"{self.externals.name(value)}.{name}"),), rule, Reason.UNKNOWN_RECEIVER
        if value >= INSTANCES:
            if name == self.classes.language_of(value - INSTANCES).library.class_attribute:
                return NOTHING, rule, Reason.UNKNOWN_RECEIVER  # a class of which type flow tells the instances
            return self._class_attribute(value - INSTANCES, name, Rule.SELF, of_class=False)
        kind = self.assembly.kind[value]
        if kind in CLASS_CODES:
            rule = Rule.SELF if rule is Rule.SELF else Rule.MEMBER
            return self._class_attribute(value, name, rule, of_class=True)
        return self._member_of_holder(value, name, rule)

    def _member_of_holder(self, value: int, name: str, rule: Rule) -> tuple[Values, Rule, Reason]:
        """A member of what is no class: of a module, a namespace, an object."""
        if self.is_module(value):
            return self._members_of_module(value, name), Rule.IMPORT, Reason.MISSING_MEMBER
        if self.classes.holds_members(value):
            return self.classes.member(value, name), rule, Reason.MISSING_MEMBER
        return NOTHING, rule, Reason.UNKNOWN_RECEIVER

    def _on_right_side(self, row: int, values: Values, *, of_class: bool) -> Values:
        """Of members those that the class itself has, or those that its instances have."""
        kind, flags = self.assembly.kind, self.assembly.flags
        if kind[row] == _INTERFACE and of_class:
            return NOTHING
        if kind[row] != _CLASS:
            return values
        return tuple(v for v in values if not 0 <= v < INSTANCES or bool(flags[v] & _STATIC) == of_class)

    def _class_attribute(self, row: int, name: str, rule: Rule, *, of_class: bool) -> tuple[Values, Rule, Reason]:
        order = self.classes.heritage.order(row)
        values = self.classes.declared(order, name)
        if values and self.classes.language_of(row).statics_apart:
            values = self._on_right_side(row, values, of_class=of_class)
        if not values:
            values, rule = self.classes.outside(order, name), Rule.INHERITED
        return values, rule, Reason.UNKNOWN_BASE if self.classes.has_unknown_base(order) else Reason.MISSING_MEMBER
