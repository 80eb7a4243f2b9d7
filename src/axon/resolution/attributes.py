"""Attributes of values: what defines them, and what they hold when they are read.

What flows in: values and names. What flows out: definitions of the tree, external values, and values of fields.
"""

from typing import Final

from axon.model.facts import NO_DEFINITION
from axon.model.kinds import Flag
from axon.resolution.annotated import Annotations
from axon.resolution.evaluation import Callee, Evaluator, Slot
from axon.resolution.forwarding import Forwarding
from axon.resolution.generics import Generics
from axon.resolution.injected import Injected
from axon.resolution.objects import Objects
from axon.resolution.results import Results
from axon.resolution.slots import joined
from axon.resolution.values import (
    APPLIED,
    CALLED,
    INSTANCES,
    MANY,
    MISSING,
    NOTHING,
    PASSED,
    RECEIVER,
    UNKNOWN,
    Role,
    Values,
    is_external,
    is_instance,
    is_site,
)

_ACCESSOR: Final = int(Flag.ACCESSOR)
_NOT_KNOWN: Final[Values] = (UNKNOWN,)


class Attributes:
    """Attributes of values; each is looked up once."""

    def __init__(
        self,
        evaluator: Evaluator,
        annotations: Annotations,
        generics: Generics,
        results: Results,
        objects: Objects,
        *,
        injected: Injected,
    ) -> None:
        self._flow, self._annotations, self._generics, self._results = evaluator, annotations, generics, results
        self._objects, self._injected = objects, injected
        self._forwarding = Forwarding(evaluator)
        self._known: dict[tuple[int, str], Values] = {}
        self._open: set[tuple[int, str]] = set()  # what is being handed on

    def of(self, value: int, name: str) -> Values:
        """The definitions that an attribute of a value means, unread."""
        if value in (UNKNOWN, MANY, MISSING, RECEIVER):
            return (value if value != RECEIVER else UNKNOWN,)
        if is_site(value) and self._flow.sites.site(value).role is Role.VARIANTS:
            return self._injected.attribute(self._flow.sites.site(value), name)  # may grow
        known = self.told(value, name)
        return self._forwarded(value, name) or known if known == _NOT_KNOWN and is_instance(value) else known

    def of_function(self, function: int, name: str) -> Callee | None:
        """What calling a method of a function calls; None where functions are not known to have it."""
        library = self._flow.language(self._flow.place(function)[0]).library
        if name in library.calling:
            return function, CALLED if library.calling[name] else APPLIED
        outside = f"{library.function_type}.{name}"
        return (self._flow.names.externals.value(outside), function) if outside in library.functions else None

    def told(self, value: int, name: str) -> Values:
        """The same by definitions alone, whatever is handed on."""
        key = (value, name)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._find(value, name)
        return known

    def _forwarded(self, value: int, name: str) -> Values:
        """An attribute of what an instance hands the attributes on to that it does not have: may grow."""
        if (value, name) in self._open:
            return NOTHING
        self._open.add((value, name))
        places = [place for place in self._forwarding.of(value - INSTANCES) if self.told(value, place[2]) != _NOT_KNOWN]
        held = joined(v for at, expression, _ in places for v in self._flow.values(at, expression))
        found = joined(v for holder in held for v in self._flow.attribute(holder, name) if v not in (UNKNOWN, MISSING))
        self._open.discard((value, name))
        return found

    def _find(self, value: int, name: str) -> Values:
        if is_site(value):
            site = self._flow.sites.site(value)
            kind = site.role
            if kind is Role.GENERIC:
                return self._flow.names.member_of(self._annotations.instance(value), name)
            if kind in (Role.FUNCTION, Role.CALLBACKS):
                return () if kind is Role.FUNCTION else (UNKNOWN,)
            return (self._flow.names.externals.value(f"{self._objects.type_name(site)}.{name}"),)
        if is_external(value):
            return self._results.outside.attribute(value, name)
        if (
            is_instance(value)
            and name == self._flow.names.classes.language_of(value - INSTANCES).library.class_attribute
        ):
            return (value - INSTANCES,)
        found = self._flow.names.member_of(value, name)
        if not found or is_external(found[0]):  # what an external base has under that name is not the special one
            found = self._objects.special(value, name) or found
        return found or self._missing(value)

    def _missing(self, value: int) -> Values:
        """What an attribute that nothing defines is: known to be missing, made on demand, or not known."""
        is_own = is_instance(value)
        row = value - INSTANCES if is_own else value
        if not self._flow.names.classes.is_class(row):
            return (UNKNOWN,)
        if self._flow.names.has_outside(row) or (is_own and self.fallbacks(row)):
            return (UNKNOWN,)
        return (MISSING,)

    def fallbacks(self, row: int) -> Values:
        """The methods that reading a missing attribute of an instance of a class runs."""
        name = self._flow.names.classes.language_of(row).library.fallback_method
        return self._flow.names.classes.method(row, name) if name else NOTHING

    def dereferenced(self, value: int, receiver: int) -> Values:
        """What a definition that is an attribute of a receiver holds when it is read."""
        if not self._flow.names.is_stored(value):
            if not self._flow.decorators(value):
                return (value,)
            made = self._flow.slot(Slot.DECORATED, value)
            return self._described(made, receiver) if is_instance(receiver) else made
        if self._flow.names.assembly.flags[value] & _ACCESSOR:
            results = self._flow.slot(Slot.RETURNED, value)
            return self._results.filled(results, (value, receiver), (0, NO_DEFINITION, 0), -1)
        held, told = self._flow.slot(Slot.STORED, value), self._generics.field(value, receiver)
        held = joined((*held, *told)) if told else held
        return self._described(held, receiver) if is_instance(receiver) else held

    def read_of_object(self, held: Values, receiver: int) -> Values:
        """What reading a member of an object gives: what accessors give, else what the object holds."""
        flags = self._flow.names.assembly.flags
        if not any(0 <= value < INSTANCES and flags[value] & _ACCESSOR for value in held):
            return held
        return joined(v for value in held for v in self._accessed(value, receiver))

    def _accessed(self, held: int, receiver: int) -> Values:
        if not (0 <= held < INSTANCES and self._flow.names.assembly.flags[held] & _ACCESSOR):
            return (held,)
        results = self._flow.slot(Slot.RETURNED, held)
        return self._results.filled(results, (held, receiver), (0, NO_DEFINITION, 0), -1)

    def _described(self, values: Values, receiver: int) -> Values:
        """Values of a field as an instance reads them: a descriptor gives what it is made to give."""
        if not any(INSTANCES <= value < PASSED for value in values):
            return values
        return joined(v for value in values for v in self._got(value, receiver))

    def _got(self, value: int, receiver: int) -> Values:
        if not is_instance(value):
            return self._results.of_accessor(value, receiver) if is_site(value) else (value,)
        name = self._flow.names.classes.language_of(value - INSTANCES).library.get_method
        if not name or not self._flow.names.classes.method(value - INSTANCES, name):
            return (value,)
        return self._results.of_method(value, name) or (UNKNOWN,)
