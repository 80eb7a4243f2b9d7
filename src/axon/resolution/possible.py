"""Possible calls: callees that no evidence at the site shows, but that it may have.

What flows in: the evaluator, and call sites with what was shown of them. What flows out: the only family of a name
whose receiver is not known, and the definitions below a receiver's class; for attributes that are read the same, of
accessors. They are never mixed with what is shown.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from axon.model.facts import NO_DEFINITION
from axon.model.kinds import Flag, Rule
from axon.resolution.evaluation import At, Slot
from axon.resolution.evidence import RULE_CODE
from axon.resolution.flow import Flow
from axon.resolution.named_calls import Callees, Ruled, initializers
from axon.resolution.tables import Tables
from axon.resolution.typed_calls import Typed, TypedCalls
from axon.resolution.values import INSTANCES, NOTHING, UNKNOWN, Values, is_instance

_FAMILY, _OVERRIDE, _TYPED = RULE_CODE[Rule.FAMILY], RULE_CODE[Rule.OVERRIDE], RULE_CODE[Rule.TYPED]
_INHERITED: Final = RULE_CODE[Rule.INHERITED]
_TEST, _ACCESSOR = int(Flag.TEST), int(Flag.ACCESSOR)


class PossibleCalls:
    """The possible callees of call sites."""

    def __init__(self, flow: Flow, calls: TypedCalls, tables: Tables) -> None:
        self._flow, self._names, self.calls = flow, flow.names, calls
        self._families, self._overrides = tables.families, tables.overrides

    def of_family(self, file: int, callees: Callees) -> Ruled:
        """The only family of the name that a call on an unknown receiver writes."""
        language = self._names.scopes[file].language
        if not callees.receiver or language.super_of(callees.receiver) is not None:
            return ()  # what stands behind a class is not this family
        if callees.receiver == language.receiver:
            return ()  # outside methods it is what a caller decides, mostly none of the tree
        assembly = self._names.assembly
        in_test = bool(assembly.flags[assembly.file_row + file] & _TEST)
        family = self._families.of(callees.name, assembly.files[file].language, in_test=in_test)
        rule = _FAMILY if len(family.roots) == 1 else _OVERRIDE  # several exclude each other: none of them is shown
        return (*((v, rule) for v in family.roots), *((v, _OVERRIDE) for v in family.overrides))

    def below_receiver(self, file: int, scope: int, callees: Callees) -> Ruled:
        """What subclasses have under the name that a method calls on its own receiver."""
        scopes = self._names.scopes[file]
        if scopes.receiving_method(scope, callees.receiver) == NO_DEFINITION:
            return ()
        holder = scopes.enclosing_class(scope)
        if holder == NO_DEFINITION:
            return ()
        find = self._below if callees.targets else self._instead
        return find(file, self._names.row(file, holder), callees.name)

    def below_fields(self, file: int, scope: int, callees: Callees) -> Ruled:
        """What is called on a field of a method's own receiver, where only subclasses say what that field holds."""
        scopes = self._names.scopes[file]
        before, _, field = callees.receiver.rpartition(".")
        if not before or scopes.receiving_method(scope, before) == NO_DEFINITION:
            return ()
        holder = scopes.enclosing_class(scope)
        if holder == NO_DEFINITION:
            return ()
        found: dict[int, int] = {}
        for member in self._overrides.below(self._names.row(file, holder), field):
            if not self._names.is_stored(member) or not self._is_reached(file, member):
                continue
            for value in self._flow.slot(Slot.STORED, member):
                for called in self._flow.attribute(value, callees.name) if value >= 0 else ():
                    found.update(dict.fromkeys(self._run(called), _OVERRIDE))
        return tuple(found.items())

    def _run(self, value: int) -> Iterator[int]:
        """What calling a value runs that is a function or a class."""
        if self._names.classes.is_class(value):
            yield value
            yield from initializers(self._names, value)
        elif self._names.is_callable(value):
            yield value

    def initializers_below(self, file: int, values: Iterable[int]) -> Ruled:
        """What instantiating a subclass runs, where a class of which only the base is known is instantiated."""
        classes = self._names.classes
        return tuple(
            ruled
            for value in values
            if classes.is_class(value)
            for name in classes.language_of(value).initializers
            for ruled in self._below(file, value, name)
        )

    def below_types(self, at: At, expression: int, typed: Typed, name: str) -> Ruled:
        """What subclasses of the types of a receiver have under a name; nothing for what was made right there."""
        shown = dict.fromkeys(on for value, rule, on in typed.targets if rule == _TYPED and value >= 0)
        receivers = {**dict.fromkeys(typed.lacking, self._instead), **dict.fromkeys(shown, self._below)}
        found = [(receiver, find) for receiver, find in receivers.items() if is_instance(receiver)]
        if not found or self.calls.is_exact(at, expression):
            return ()
        return tuple(ruled for receiver, find in found for ruled in find(at[0], receiver - INSTANCES, name))

    def _instead(self, file: int, row: int, name: str) -> Ruled:
        """What subclasses have that the class itself lacks: shown where all of them have the same."""
        found = self._below(file, row, name)
        if not found:
            return tuple((value, _INHERITED) for value in self._overrides.outside(row, name))
        return ((found[0][0], _FAMILY),) if len(found) == 1 else found

    def _below(self, file: int, row: int, name: str) -> Ruled:
        """What subclasses have in place of it, but for what the tests of other files define."""
        members = self._called(self._overrides.below(row, name))
        return tuple((value, _OVERRIDE) for value in members if self._is_reached(file, value))

    def of_methods(self, file: int, receivers: Values, methods: Iterable[int]) -> Values:
        """What subclasses of receivers have in place of some methods that are run without being named."""
        named = dict.fromkeys(self._names.assembly.names[method] for method in methods)
        owners = [v - INSTANCES for v in receivers if is_instance(v)]
        below = (self._called(self._overrides.below(owner, name)) for owner in owners for name in named)
        return tuple(row for rows in below for row in rows if self._is_reached(file, row))

    def of_read(self, file: int, receivers: Values, name: str) -> Values:
        """The accessors that reading an attribute of receivers may run besides those that are shown."""
        found = [row for v in receivers if is_instance(v) for row in self._accessors_below(v - INSTANCES, name)]
        if found:
            return tuple(row for row in found if self._is_reached(file, row))
        return self._only_accessors(file, name) if not receivers or receivers == (UNKNOWN,) else NOTHING

    def _accessors_below(self, row: int, name: str) -> Iterator[int]:
        flags = self._names.assembly.flags
        return (member for member in self._overrides.below(row, name) if flags[member] & _ACCESSOR)

    def _only_accessors(self, file: int, name: str) -> Values:
        """The accessors of the only hierarchy that has an attribute of a name."""
        assembly = self._names.assembly
        in_test = bool(assembly.flags[assembly.file_row + file] & _TEST)
        members = self._overrides.members(name)
        return self._families.accessors(name, assembly.files[file].language, members, in_test=in_test)

    def _is_reached(self, file: int, row: int) -> bool:
        """Whether code of a file may mean a definition of that name: none of a test, where it is no test itself."""
        assembly = self._names.assembly
        return not assembly.flags[row] & _TEST or bool(assembly.flags[assembly.file_row + file] & _TEST)

    def _called(self, members: Iterable[int]) -> Iterator[int]:
        """The functions that members are, or functions and classes that fields hold."""
        for member in members:
            if self._names.is_callable(member):
                yield member
            else:
                for value in self._flow.slot(Slot.STORED, member):
                    yield from self._run(value)
