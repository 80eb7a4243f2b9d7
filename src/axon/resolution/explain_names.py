"""How a dotted name leads to what it stands for, step by step.

What flows in: linked names, a dotted name at a place, and the value to explain. What flows out: steps: the definition
or import that binds its head, each file that passes it on, the MRO behind each attribute. It decides nothing: it walks
again the way that `Names` went.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExportKind
from axon.model.kinds import NODE_KINDS, NodeKind
from axon.resolution.evaluation import At
from axon.resolution.names import Names
from axon.resolution.scopes import IMPORTS
from axon.resolution.values import INSTANCES, Found, is_external, is_instance, is_site

_FILE: Final = NODE_KINDS.index(NodeKind.FILE)
_MOST_HOPS: Final = 8
_LISTED_BASES: Final = 6


class Step(NamedTuple):
    """A sentence and the byte of a file that shows it; `file` is -1 where nothing written does."""

    said: str
    file: int
    position: int


Steps = list[Step]


def on_one_line(text: str) -> str:
    """Source text with its white space folded."""
    return " ".join(text.split())


class NameChains:
    """The ways of names through one tree; `sites` names what the value of a site is."""

    def __init__(self, names: Names, sites: Callable[[int], str]) -> None:
        self._names, self._sites = names, sites

    def label(self, value: int) -> str:
        """A value as a person calls it: its qualified name, for a site what type it is of."""
        if is_external(value):
            return self._names.externals.name(value)
        if is_site(value):
            return self._sites(value)
        row = value - INSTANCES if is_instance(value) else value
        return self._names.assembly.qualified_names[row] if 0 <= row < len(self._names.assembly.ids) else "?"

    def defined(self, value: int, said: str) -> Step:
        """A step at the definition of a value of the tree."""
        row = value - INSTANCES if is_instance(value) else value
        assembly = self._names.assembly
        if not 0 <= row < len(assembly.ids) or row < assembly.file_row:
            return Step(said, -1, 0)
        return Step(said, assembly.place(row)[0], assembly.start_byte[row])

    def dotted(self, at: At, text: str, wanted: int) -> Steps:
        """How a dotted name stands for a value; no steps where it does not."""
        head, *rest = text.split(".")
        found = [self._names.name(at[0], at[1], head, at[2])]
        for name in rest:
            found.append(self._names.attribute(found[-1], name))
        values = [wanted] if wanted in found[-1].values else []
        for name, before in zip(reversed(rest), reversed(found[:-1]), strict=True):
            if not values:
                return []
            values.append(next((v for v in before.values if self._has(before, v, name, values[-1])), before.values[0]))
        if not values:
            return []
        values.reverse()
        steps = self.head(at, head, values[0])
        for name, before_value, value in zip(rest, values, values[1:], strict=False):
            steps += self.attribute(before_value, name, value)
        return steps

    def _has(self, found: Found, value: int, name: str, wanted: int) -> bool:
        return wanted in self._names.attribute(Found((value,), found.rule, found.reason), name).values

    def head(self, at: At, name: str, value: int) -> Steps:
        """How a plain name stands for a value."""
        scopes = self._names.scopes[at[0]]
        if is_instance(value) or self._names.classes.is_class(value):
            method = scopes.receiving_method(at[1], name, at[2])
            if method != NO_DEFINITION:
                return [self._received(at[0], method, name, value)]
        entries = scopes.entries(at[1], name, at[2])
        for entry in entries:
            if value in self._names.entry_values(at[0], [entry]):
                return self._entry(at[0], entry, name, value, 0)
        through_star = self._star(at[0], name, value, 0)
        if through_star:
            return through_star
        if is_external(value):
            said = f"no scope and no import binds `{name}`, which the language itself does: {self.label(value)}"
            return [Step(said, at[0], at[2])]
        return []

    def _received(self, file: int, method: int, name: str, value: int) -> Step:
        row = self._names.row(file, method)
        what = "an instance of" if is_instance(value) else "the class"
        said = f"`{name}` is what `{self.label(row)}` is called on: {what} `{self.label(value)}`"
        return self.defined(row, said)

    def _entry(self, file: int, entry: int, name: str, value: int, hops: int) -> Steps:
        if entry <= IMPORTS:
            return self._imported(file, IMPORTS - entry, name, value, hops)
        row = self._names.row(file, entry)
        if row == value:
            return [self.defined(value, f"`{name}` is defined in {self._path(file)}")]
        facts = self._names.scopes[file].facts
        alias = facts.definitions.value[entry]
        other = facts.strings[alias] if alias != NO_TEXT else ""
        step = self.defined(row, f"`{name}` is another name for `{other}`")
        at = (file, facts.definitions.owner[entry], facts.definitions.start_byte[entry])
        return [step, *(self.dotted(at, other, value) if other and hops < _MOST_HOPS else [])]

    def _imported(self, file: int, row: int, name: str, value: int, hops: int) -> Steps:
        """How an import leads to a value; behind the first hop it is a file that passes on what it imports."""
        facts = self._names.scopes[file].facts
        imports, strings = facts.imports, facts.strings
        module = self._names.module(file, row)
        written = "." * imports.level[row] + strings[imports.module[row]]
        own = strings[imports.name[row]] if imports.name[row] != NO_TEXT else ""
        original = f" as `{own}`" if own and own != name else ""
        said = f"`{name}` is imported from `{written}`{original}"
        if not own:
            said = f"`{name}` is the imported module `{written}`"
        elif hops:
            said = f"{self._path(file)} passes `{name}` on from `{written}`{original}"
        step = Step(said, file, imports.start_byte[row])
        if is_external(module) or not own or value == module:
            return [step]
        return [step, *self.member(module, own, value, hops + 1)]

    def member(self, module: int, name: str, value: int, hops: int = 0) -> Steps:
        """How an attribute of a module stands for a value."""
        assembly = self._names.assembly
        if hops > _MOST_HOPS or assembly.kind[module] != _FILE:
            return self._submodule(name, value)
        file = module - assembly.file_row
        scopes = self._names.scopes[file]
        own_names = self._offered(file, name) if scopes.language.exports_are_explicit else [name]
        for own in own_names:
            for entry in scopes.names(NO_DEFINITION).get(own, ()):
                if value in self._names.entry_values(file, [entry]):
                    return self._entry(file, entry, own, value, hops)
        return self._star(file, name, value, hops) or self._submodule(name, value)

    def _offered(self, file: int, name: str) -> list[str]:
        """A file's own names for what it offers under a name."""
        facts = self._names.scopes[file].facts
        exports, strings = facts.exports, facts.strings
        rows = zip(exports.name, exports.kind, exports.local, strict=True)
        return [
            strings[local if local != NO_TEXT else text]
            for text, kind, local in rows
            if kind == ExportKind.NAME and strings[text] == name
        ]

    def _star(self, file: int, name: str, value: int, hops: int) -> Steps:
        """How a value comes through an import of all names."""
        scopes = self._names.scopes[file]
        if hops > _MOST_HOPS:
            return []
        for row in (*reversed(scopes.stars), *scopes.relays):
            module = self._names.module(file, row)
            is_file = not is_external(module) and self._names.assembly.kind[module] == _FILE
            other = module - self._names.assembly.file_row
            if is_file and other != file and value in self._names.module_member(other, name):
                written = "." * scopes.facts.imports.level[row] + scopes.facts.strings[scopes.facts.imports.module[row]]
                said = f"{self._path(file)} takes all names of `{written}`, `{name}` among them"
                step = Step(said, file, scopes.facts.imports.start_byte[row])
                return [step, *self.member(module, name, value, hops + 1)]
        return []

    def _submodule(self, name: str, value: int) -> Steps:
        if self._names.is_module(value):
            return [self.defined(value, f"`{name}` is the module {self._names.assembly.paths[value]}")]
        return []

    def attribute(self, owner: int, name: str, value: int) -> Steps:
        """How an attribute of a value stands for another."""
        if is_external(owner):
            externals = self._names.externals
            declared = externals.types.said_by(f".{name}", externals.name(owner))
            return [Step(declared, -1, 0)] if declared else []
        if is_instance(owner) or self._names.classes.is_class(owner):
            return [self.by_mro(owner, name, value)]
        if self._names.is_module(owner):
            return self.member(owner, name, value)
        return [self.defined(value, f"`{name}` is a member of `{self.label(owner)}`")]

    def by_mro(self, owner: int, name: str, value: int) -> Step:
        """Where along the MRO of a class or of an instance's class an attribute is defined."""
        row = owner - INSTANCES if is_instance(owner) else owner
        order = self._names.classes.heritage.order(row)
        if is_external(value):
            said = f"no class of the tree in {self._mro(row, order)} defines `{name}`; only a base outside of it can"
            return self.defined(row, f"{said}: {self.label(value)}")
        holder = self.holder(value)
        if holder == row:
            return self.defined(value, f"`{self.label(row)}` defines `{name}` itself")
        where = f"`{self.label(holder)}`" if holder >= 0 else self._names.assembly.paths[value]
        return self.defined(value, f"{self._mro(row, order)}; `{name}` is defined in {where}")

    def _mro(self, row: int, order: Sequence[int]) -> str:
        listed = ", ".join(self.label(value) for value in order[:_LISTED_BASES])
        more = f" and {len(order) - _LISTED_BASES} more" if len(order) > _LISTED_BASES else ""
        return f"the MRO of `{self.label(row)}` is {listed}{more}"

    def holder(self, row: int) -> int:
        """Node row of what holds a definition directly: a class, a function or a file; -1 for what has no owner."""
        assembly = self._names.assembly
        if not assembly.file_row + len(assembly.files) <= row < len(assembly.ids):
            return -1
        file, definition = assembly.place(row)
        return self._names.row(file, assembly.files[file].facts.definitions.owner[definition])

    def _path(self, file: int) -> str:
        return self._names.assembly.files[file].path
