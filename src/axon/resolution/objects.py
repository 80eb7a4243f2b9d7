"""Attributes that no definition tells: of objects that are written out, and what is assigned to them anywhere.

What flows in: a value, and the name of an attribute. What flows out: what it holds. An object has what its display
lists and spreads; besides, whatever the same file assigns to an attribute of that name of something that is shown to
be it. A function that is assigned to an attribute is called on what it is an attribute of.
"""

from typing import Final

from axon.languages.library import Holds
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, ParameterKind
from axon.model.kinds import Flag
from axon.resolution.annotated import Annotations
from axon.resolution.evaluation import Evaluator, Slot, slot_key
from axon.resolution.slots import joined
from axon.resolution.values import (
    INSTANCES,
    NOTHING,
    SITES,
    UNKNOWN,
    Numbering,
    Role,
    Site,
    Values,
    is_external,
    is_site,
)

_DEFINITION: Final = int(ExpressionKind.DEFINITION)
_ACCESSOR: Final = int(Flag.ACCESSOR)


class Objects:
    """Attributes of values, and what functions that no class holds receive."""

    def __init__(self, evaluator: Evaluator, annotations: Annotations, keys: Numbering[tuple[int, str]]) -> None:
        self._flow, self._annotations, self._keys = evaluator, annotations, keys
        self._assigned: dict[int, dict[int, list[int]]] = {}  # file -> definition -> flows that assign it
        words = (scopes.language.library.prototype for scopes in evaluator.names.scopes)
        self._prototype = next(filter(None, words), "")  # what stands for all instances of a class or function
        words = (scopes.language.library.behind for scopes in evaluator.names.scopes)
        self._behind = next(filter(None, words), "")

    def type_name(self, site: Site) -> str:
        """The external type that the value of a site is an instance of."""
        if site.role is Role.ANNOTATED:
            name = self._annotations.written(site).name
            found = self._flow.names.dotted(site.file, site.scope, name, site.position).values
            outside = found and is_external(found[0])
            return self._flow.names.externals.name(found[0]) if outside else self._builtin(site.file, "object")
        facts = self._flow.facts(site.file)
        if site.role is Role.CONTAINER:
            return self._builtin(site.file, facts.strings[facts.expressions.text[site.row]])
        if site.role in (Role.MADE, Role.DEFAULT):
            at, callee = (site.file, site.scope, site.position), facts.expressions.first[site.row]
            if site.role is Role.DEFAULT:
                callee = facts.expressions.first[facts.expressions.second[site.row]]
            made = (v for v in self._flow.values(at, callee) if is_external(v))
            return next(map(self._flow.names.externals.name, made), self._builtin(site.file, "object"))
        if site.role is not Role.SPREAD:
            return self._builtin(site.file, "generator")
        is_mapping = facts.parameters.kind[site.row] == ParameterKind.KEYWORD_REST
        return self._builtin(site.file, "dict" if is_mapping else "tuple")

    def _builtin(self, file: int, name: str) -> str:
        """The dotted name of a builtin type; a language may have others for some of them."""
        language = self._flow.language(file)
        return f"{language.builtins_module}.{language.library.types.get(name, name)}"

    def special(self, value: int, name: str) -> Values:
        """What an attribute of a class or function gives that means its instances, or of a module what it offers."""
        names = self._flow.names
        if self._prototype and names.is_module(value):
            return (value,) if self._is_whole(value, name) else NOTHING
        if not self._prototype or not (names.classes.is_class(value) or names.is_callable(value)):
            return NOTHING
        return (INSTANCES + value,) if name == names.classes.language_of(value).library.prototype else NOTHING

    def _is_whole(self, module: int, name: str) -> bool:
        """Whether an attribute of a module is what it offers in its own place."""
        row = module - self._flow.names.assembly.file_row
        return 0 <= row < len(self._flow.names.scopes) and name in self._flow.language(row).whole_words

    def wholes(self, module: int) -> tuple[int, ...]:
        """Keys of the slots of what a module offers in its own place."""
        file = module - self._flow.names.assembly.file_row
        if not self._prototype or not 0 <= file < len(self._flow.names.scopes):
            return ()
        written = self._flow.reaching(file).written
        names = [name for name in sorted(self._flow.language(file).whole_words) if name in written]
        return tuple(slot_key(Slot.MEMBER, self._keys.number((module, f".{name}"))) for name in names)

    def offered(self, file: int, imported: int) -> tuple[int, ...]:
        """Keys of the slots of what an import row takes that its module is only assigned."""
        names, imports = self._flow.names, self._flow.facts(file).imports
        if not self._prototype or imports.name[imported] == NO_TEXT:
            return ()
        module, name = names.module(file, imported), self._flow.facts(file).strings[imports.name[imported]]
        is_told = names.is_module(module) and self.tells(module, name)
        return (slot_key(Slot.MEMBER, self._keys.number((module, f".{name}"))),) if is_told else ()

    def tells(self, value: int, name: str) -> bool:
        """Whether `member` tells what an attribute of a value holds."""
        if not self._prototype or value < 0:
            return False
        if is_site(value):
            return self._is_object(self._flow.sites.site(value))
        if value >= SITES or (name == self._prototype and not self._flow.names.is_module(value)):
            return False
        is_made = value >= INSTANCES
        given: tuple[str, ...] = (name, self._prototype) if is_made else (name,)
        if is_made or not (self._flow.names.is_callable(value) or self._flow.names.classes.is_class(value)):
            given = (*given, self._behind)
        written = (self._flow.reaching(file).written for _, file in self._homes(value))
        if not any(one in names for names in written for one in given):
            return False
        return all(map(is_external, self._flow.names.member_of(value, name)))

    def having(self, values: Values, key: str) -> Values:
        """Of values those that have a member under a key that is the name of a constant in brackets."""
        if key[:1] != "[":
            return NOTHING
        names = self._flow.names
        return tuple(v for v in values if 0 <= v < SITES and (names.member_of(v, key) or self.tells(v, key)))

    def _homes(self, value: int) -> list[tuple[int, int]]:
        """A value, for an instance of a class those of the classes behind it as well, each with its file."""
        names, row = self._flow.names, value - INSTANCES if value >= INSTANCES else value
        if names.is_module(row):
            file = row - names.assembly.file_row
            return [(value, file)] if 0 <= file < len(names.scopes) else []
        if value < INSTANCES or not names.classes.is_class(row):
            return [(value, self._flow.place(row)[0])]
        order = names.classes.heritage.order(row)
        return [(INSTANCES + base, self._flow.place(base)[0]) for base in order if not is_external(base)]

    def _is_object(self, site: Site) -> bool:
        if site.role is Role.ANNOTATED:
            return self._annotations.holds(site) is Holds.OBJECT
        if site.role is not Role.CONTAINER:
            return False
        facts = self._flow.facts(site.file)
        text = facts.expressions.text[site.row]
        return text >= 0 and facts.strings[text] in self._flow.language(site.file).library.objects

    def member(self, value: int, name: str) -> Values:
        """What an attribute of a value holds."""
        return self._flow.slot(Slot.MEMBER, self._keys.number((value, f".{name}")))

    def of_key(self, number: int) -> Values:
        """The same by the number of value and name: computes the slot."""
        value, name = self._keys.items[number][0], self._keys.items[number][1][1:]
        if not is_site(value):
            homes = self._homes(value)
            found = (self._of_home(each, name, file) for each, file in homes)
            return next((values for values in found if values), self._flow.names.member_of(value, name))
        site = self._flow.sites.site(value)
        if site.role is Role.ANNOTATED:
            return self._annotated(site, name)
        listed = self._listed(site, name)
        if self._are_accessors(listed):
            return listed
        own = joined((*listed, *self._written(value, name, site.file)))
        return own if own != (UNKNOWN,) else self._inherited(value, name, site.file) or own

    def _of_home(self, value: int, name: str, file: int) -> Values:
        own = self._written(value, name, file) or self._replaced(value, name, file)
        return own or self._inherited(value, name, file)

    def _inherited(self, value: int, name: str, file: int) -> Values:
        """What an object that a file puts behind a value has."""
        if not self._behind or name == self._behind or self._behind not in self._flow.reaching(file).written:
            return NOTHING
        behind = self._written(value, self._behind, file)
        return joined(v for v in self._flow.read(behind, name) if v != UNKNOWN)

    def _annotated(self, site: Site, name: str) -> Values:
        at = (site.file, site.scope, site.position)
        for member in self._annotations.written(site).arguments:
            if member.name == name:
                return self._annotations.of(at, member.arguments[0]) or (UNKNOWN,)
        return (UNKNOWN,)

    def _listed(self, site: Site, name: str) -> Values:
        """What a display lists under a name, the last of it, else what is spread in it has."""
        facts = self._flow.facts(site.file)
        table, strings = facts.expressions, facts.strings
        element, at, key = table.second[site.row], (site.file, site.scope, site.position), f"'{name}'"
        found: Values | None = None
        spread: list[int] = []
        while element >= 0:
            text, row = table.text[element], table.first[element]
            written = strings[text] if text >= 0 else ""
            if written == key:
                values = self._flow.values(at, row) if row >= 0 else (UNKNOWN,)
                found = joined((*found, *values)) if found and self._are_accessors((*found, *values)) else values
            elif written == "*":
                spread.append(row)
            element = table.second[element]
        if found is not None:
            return found
        if not spread:
            language = self._flow.language(site.file)
            is_builtin = name in language.root_members
            return (self._flow.names.externals.value(f"{language.root_class}.{name}") if is_builtin else UNKNOWN,)
        more = (v for row in spread for v in (self._flow.values(at, row) if row >= 0 else (UNKNOWN,)))
        return self._flow.read(tuple(v for v in more if v == UNKNOWN or not is_external(v)), name) or (UNKNOWN,)

    def _are_accessors(self, values: Values) -> bool:
        """Whether values are what reads and writes an attribute."""
        flags = self._flow.names.assembly.flags
        return all(0 <= value < INSTANCES and flags[value] & _ACCESSOR for value in values)

    def _written(self, value: int, name: str, file: int) -> Values:
        """What a file assigns to an attribute of what is shown to be a value."""
        facts = self._flow.facts(file)
        flows, found = facts.flows, list[int]()
        for row in self._flow.reaching(file).written.get(name, ()):
            at = (file, flows.scope[row], flows.position[row])
            holder = facts.strings[flows.target[row]].rpartition(".")[0]
            if value in self._flow.path(at, holder):
                found.extend(self._flow.slot(Slot.VERSION, row, file))
        return joined(found)

    def _replaced(self, value: int, name: str, file: int) -> Values:
        """What an instance has of what a file puts in place of the prototype of its class or function."""
        if value < INSTANCES:
            return NOTHING
        facts = self._flow.facts(file)
        flows, found = facts.flows, list[int]()
        for row in self._flow.reaching(file).written.get(self._prototype, ()):
            holder = facts.strings[flows.target[row]].rpartition(".")[0]
            if value - INSTANCES in self._flow.path((file, flows.scope[row], flows.position[row]), holder):
                found.extend(self._flow.read(self._flow.slot(Slot.VERSION, row, file), name))
        return joined(v for v in found if v != UNKNOWN)

    def received(self, row: int) -> Values:
        """What a function that no class holds is called on: computes the slot."""
        file, definition = self._flow.place(row)
        facts = self._flow.facts(file)
        flows, found = facts.flows, list[int]()
        for flow in self._flows_of(file).get(definition, ()):
            holder, dot, _ = facts.strings[flows.target[flow]].rpartition(".")
            if dot:
                found.extend(self._flow.path((file, flows.scope[flow], flows.position[flow]), holder))
        return joined((INSTANCES + row, *found))

    def _flows_of(self, file: int) -> dict[int, list[int]]:
        known = self._assigned.get(file)
        if known is None:
            known = self._assigned[file] = {}
            facts = self._flow.facts(file)
            kinds, seconds = facts.expressions.kind, facts.expressions.second
            for flow, (value, target) in enumerate(zip(facts.flows.value, facts.flows.target, strict=True)):
                if value >= 0 and target >= 0 and kinds[value] == _DEFINITION and seconds[value] != NO_DEFINITION:
                    known.setdefault(seconds[value], []).append(flow)
        return known
