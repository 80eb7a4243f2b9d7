"""Type variables: what they stand for at a call or a field, by the receiver's type and by what is passed.

What flows in: annotations that name type variables, and a use. What flows out: the same annotations with what each
variable is bound to in its place; none of it depends on what a slot holds, so that nothing that is found is taken back.
"""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from axon.languages.library import Annotation, Holds
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind
from axon.resolution.annotated import Annotations
from axon.resolution.evaluation import At, Callee, Evaluator
from axon.resolution.values import (
    INSTANCES,
    NOTHING,
    OPEN,
    Numbering,
    Role,
    Values,
    is_external,
    is_instance,
    is_site,
)

_NAME: Final = int(ExpressionKind.NAME)
_MOST_BASES: Final = 6

Bindings = Mapping[str, Annotation]  # variable -> the annotation in its place

_FREE: Final[Bindings] = {}


class How(IntEnum):
    """How the type of an argument tells a variable."""

    SAME = 0
    INSTANCE = 1  # it is a class: what it makes
    ELEMENT = 2
    ITEM = 3  # a value of a mapping
    RESULT = 4  # what calling it gives


_TELLING: Final = {
    Holds.CLASS: How.INSTANCE,
    Holds.ELEMENTS: How.ELEMENT,
    Holds.ELEMENTS_OF_FIRST: How.ELEMENT,
    Holds.MAPPING: How.ITEM,
    Holds.CALLABLE: How.RESULT,
    Holds.ANY_OF: How.SAME,
    Holds.FIRST: How.SAME,
}


class Given(NamedTuple):
    """An argument that tells a variable."""

    at: At
    expression: int
    how: How


class Place(NamedTuple):
    """An annotation and where it is read; `definition` is what it says the result of, or the class of a field."""

    at: At
    definition: int
    annotation: Annotation


class Generics:
    """Annotations with type variables."""

    def __init__(self, evaluator: Evaluator, annotations: Annotations, places: list[Place]) -> None:
        self._flow, self._annotations = evaluator, annotations
        self.places = Numbering(places)
        self._lists: dict[tuple[int, int], frozenset[str]] = {}
        self._fields: dict[int, Place | None] = {}
        self._told_by: dict[int, list[int]] = {}  # field -> functions whose parameters it is assigned
        self._bindings: dict[tuple[int, int], Bindings] = {}

    def opened(self, file: int, definition: int) -> Values:
        """A value for the result of a function whose annotation names a type variable; none for any other."""
        facts = self._flow.facts(file)
        table = facts.definitions
        if table.returns[definition] == NO_TEXT:
            return NOTHING
        annotation = self._flow.language(file).annotation(facts.strings[table.returns[definition]])
        if not self._mentions(file, definition, annotation):
            return NOTHING
        place = Place((file, table.owner[definition], facts.size), definition, annotation)
        return (OPEN + self.places.number(place),)

    def filled(self, value: int, callee: Callee, given: Mapping[int, Given]) -> tuple[Values, bool]:
        """What such a value is for a call, by parameter rows -> arguments; and whether the body may tell more.

        A function that is passed need not be the one that comes back: its type is the same, and another may wrap it.
        """
        at, definition, annotation = self.places.items[value - OPEN]
        table = self._flow.facts(at[0]).definitions
        owner = table.owner[definition]
        bound = dict(self._of_receiver(callee[1], self._flow.names.row(at[0], owner)))
        is_told = bool(bound)
        for parameter, argument in given.items():
            for name, how in self._told(at[0], definition, parameter):
                is_told = is_told or how != How.SAME
                bound.setdefault(name, self._annotations.bound(argument._replace(how=how)))
        values = self._annotations.of(at, _with(annotation, bound))
        return values, not is_told

    def field(self, row: int, receiver: int) -> Values:
        """What a field of a receiver holds by the variables in its annotation; nothing where it has none."""
        if row not in self._fields:
            self._fields[row] = self._field(row)
        for function in self._told_by.get(row, ()):
            self._flow.note_signature(function)
        place = self._fields[row]
        if place is None:
            return NOTHING
        bound = self._of_receiver(receiver, self._flow.names.row(place.at[0], place.definition))
        return self._annotations.of(place.at, _with(place.annotation, bound)) if bound else NOTHING

    def _field(self, row: int) -> Place | None:
        """The annotation of a field, or of the parameter that it is assigned."""
        file, definition = self._flow.place(row)
        facts, reaching = self._flow.facts(file), self._flow.reaching(file)
        owner, name = facts.definitions.owner[definition], facts.strings[facts.definitions.name[definition]]
        if owner == NO_DEFINITION:
            return None
        for flow in (*reaching.everywhere(owner, name), *reaching.fields.get((owner, name), ())):
            text, scope = facts.flows.annotation[flow], facts.flows.scope[flow]
            value = facts.flows.value[flow]
            if text == NO_TEXT and value >= 0 and facts.expressions.kind[value] == _NAME:
                parameter = reaching.parameters.get((scope, facts.strings[facts.expressions.text[value]]), -1)
                if parameter >= 0:
                    text = facts.parameters.annotation[parameter]
                    self._told_by.setdefault(row, []).append(self._flow.names.row(file, scope))
            place = self._with_variables(file, owner, text)
            if place is not None:
                return place
        declared = reaching.declared.get((owner, name), -1)
        return self._with_variables(file, owner, facts.flows.annotation[declared]) if declared >= 0 else None

    def _with_variables(self, file: int, owner: int, text: int) -> Place | None:
        if text == NO_TEXT:
            return None
        facts = self._flow.facts(file)
        annotation = self._flow.language(file).annotation(facts.strings[text])
        if not self._mentions(file, owner, annotation):
            return None
        return Place((file, owner, facts.size), owner, annotation)

    def _mentions(self, file: int, definition: int, annotation: Annotation) -> bool:
        return any(self._is_variable(file, definition, name) for name in _names(annotation))

    def _is_variable(self, file: int, definition: int, name: str) -> bool:
        if self._annotations.is_variable(file, name):
            return True
        owner = self._flow.facts(file).definitions.owner
        while definition != NO_DEFINITION:
            if name in self._listed(file, definition):
                return True
            definition = owner[definition]
        return False

    def _listed(self, file: int, definition: int) -> frozenset[str]:
        """The variables in the parameter list of a definition's own."""
        known = self._lists.get((file, definition))
        if known is None:
            facts = self._flow.facts(file)
            text = facts.definitions.signature[definition]
            read = self._flow.language(file).library.header
            known = frozenset(read(facts.strings[text]).parameters) if read and text != NO_TEXT else frozenset()
            self._lists[file, definition] = known
        return known

    def _told(self, file: int, definition: int, parameter: int) -> Iterator[tuple[str, How]]:
        """The variables that an argument for a parameter tells, and how."""
        facts = self._flow.facts(file)
        text = facts.parameters.annotation[parameter]
        if text == NO_TEXT:
            return
        generics = self._flow.language(file).library.generics
        name, arguments = self._flow.language(file).annotation(facts.strings[text])
        if not arguments:
            if self._is_variable(file, definition, name):
                yield name, How.SAME
            return
        how = How.SAME if name == "|" else _TELLING.get(generics.get(name.rpartition(".")[2], Holds.TUPLE))
        wanted = arguments[-1:] if how in (How.ITEM, How.RESULT) else arguments[:1] if name != "|" else arguments
        if how is not None:
            yield from ((part.name, how) for part in wanted if self._is_variable(file, definition, part.name))

    def _of_receiver(self, receiver: int, definer: int) -> Bindings:
        """What the variables of a class are for a receiver whose class inherits from it."""
        is_generic = is_site(receiver) and self._flow.sites.site(receiver).role is Role.GENERIC
        if not (is_generic or is_instance(receiver)) or not self._flow.names.classes.is_class(definer):
            return _FREE
        known = self._bindings.get((receiver, definer))
        if known is None:
            row = self._annotations.instance(receiver) - INSTANCES
            own = self._annotations.arguments_of(receiver) if is_generic else ()
            names = self._annotations.parameters_of(row) if own else ()
            known = self._along(row, dict(zip(names, own, strict=False)), definer, 0)
            self._bindings[receiver, definer] = known
        return known

    def _along(self, row: int, bound: Bindings, definer: int, depth: int) -> Bindings:
        """The same, where the variables of a class below are known."""
        if row == definer or depth > _MOST_BASES:
            return bound if row == definer else _FREE
        names = self._flow.names
        if definer not in names.classes.heritage.order(row):
            return _FREE
        at, bases = self._annotations.bases_of(row)
        for base in bases:
            found = names.dotted(at[0], at[1], base.name, at[2]).values[:1] if base.arguments else ()
            if not found or is_external(found[0]) or not names.classes.is_class(found[0]):
                continue
            own = [self._annotations.bound((at, _with(part, bound))) for part in base.arguments]
            names_of = self._annotations.parameters_of(found[0])
            filled = self._along(found[0], dict(zip(names_of, own, strict=False)), definer, depth + 1)
            if filled:
                return filled
        return _FREE


def _names(annotation: Annotation) -> Iterator[str]:
    if not annotation.arguments:
        yield annotation.name
    for part in annotation.arguments:
        yield from _names(part)


def _with(annotation: Annotation, bound: Bindings) -> Annotation:
    """An annotation with what variables are bound to in their places."""
    name, arguments = annotation
    if not arguments:
        return bound.get(name, annotation)
    return Annotation(name, tuple(_with(part, bound) for part in arguments)) if bound else annotation
