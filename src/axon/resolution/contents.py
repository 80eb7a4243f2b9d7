"""What values hold: elements, items, what unpacking and entering give.

What flows in: values. What flows out: the values inside them. What a container made elsewhere holds is not known.
"""

from collections.abc import Callable, Iterator
from typing import Final

from axon.languages.library import Effect, Holds
from axon.model.facts import NO_DEFINITION, ExpressionKind
from axon.resolution.annotated import Annotations
from axon.resolution.evaluation import Evaluator, Slot
from axon.resolution.fillings import Fillings
from axon.resolution.results import Results
from axon.resolution.slots import joined
from axon.resolution.values import (
    INSTANCES,
    MANY,
    NOTHING,
    UNKNOWN,
    Numbering,
    Role,
    Site,
    Values,
    is_external,
    is_instance,
    is_site,
)

_COMPREHENSION: Final = int(ExpressionKind.COMPREHENSION)
_SLICE: Final = ":"  # at the end of a key
_NO_PLACE: Final = -1
_FILLED: Final = (Role.CONTAINER, Role.MADE, Role.DEFAULT)
_MOST_NESTED: Final = 6


class Contents:
    """Values inside values."""

    def __init__(
        self, evaluator: Evaluator, annotations: Annotations, results: Results, keys: list[tuple[int, str]]
    ) -> None:
        self._flow, self._annotations, self._results = evaluator, annotations, results
        self.keys = Numbering(keys)  # sites and keys that were asked for
        self.fillings = Fillings(evaluator)
        self._elements: dict[Role, Callable[[Site], Values]] = {
            Role.CONTAINER: self._container_element,
            Role.GENERATOR: lambda site: evaluator.slot(Slot.YIELDED, site.row),
            Role.ANNOTATED: self._annotated_element,
            Role.RESULTS: lambda site: results.of_argument(site, 0),
            Role.SPREAD: lambda site: evaluator.slot(Slot.SPREAD, site.row, site.file),
            Role.REST: self._left_over,
            Role.PLACES: results.any_argument,
            Role.VALUES: lambda site: self.item(results.receiver(site), ""),
        }

    def each(self, values: Values, depth: int = 0) -> Values:
        """An element of what is iterated."""
        return joined(v for value in values for v in self._each(value, depth))

    def _each(self, value: int, depth: int) -> Values:
        if value in (UNKNOWN, MANY):
            return (value,)
        if is_site(value):
            return self._flow.slot(Slot.ELEMENT, value)
        if is_instance(value):
            return self._iterated(value, depth)
        if is_external(value):
            return self._results.outside.element(value)
        return (INSTANCES + value,) if self._flow.names.is_enum(value) else (UNKNOWN,)

    def _iterated(self, value: int, depth: int) -> Values:
        """An element of an instance: what its iterator gives."""
        if depth > _MOST_NESTED:
            return (UNKNOWN,)
        row = self._flow.instance(value) - INSTANCES
        library = self._flow.names.classes.language_of(row).library
        found: list[int] = []
        for start, advance in library.iterate:
            for iterator in self._results.of_method(value, start):
                if self._flow.instance(iterator) != iterator or is_instance(iterator):
                    found.extend(self._results.of_method(iterator, advance))
                else:
                    found.extend(self._each(iterator, depth + 1))
        if not found and not self._flow.names.has_outside(row):
            found.extend(self._results.of_method(value, library.element_method))
        return joined(found or (UNKNOWN,))

    def of_site(self, value: int) -> Values:
        """What iterating the value of a site gives: computes the slot."""
        site = self._flow.sites.site(value)
        if site.role in (Role.PAIRS, Role.ROWS, Role.ITEMS):
            return (value,)  # stands for each of its rows as well
        if site.role is Role.GENERIC:
            return self._iterated(value, 0)
        if site.role in (Role.MADE, Role.DEFAULT):
            return (UNKNOWN,) if self._is_mapping(site) else self._filled(value, site)
        evaluate = self._elements.get(site.role)
        found = evaluate(site) if evaluate else (UNKNOWN,)
        is_filled = site.role is Role.CONTAINER and not self._is_mapping(site)
        return joined((*found, *self._filled(value, site))) if is_filled else found

    def _filled(self, value: int, site: Site, key: str = "") -> Values:
        """What is put into a container after it was made, under a constant key where one is given."""
        found: list[int] = []
        for filling in self.fillings.of(site, value):
            if key and filling.key and filling.key != key:
                continue
            effect, expression = self.fillings.elements(filling)
            values = self._flow.values(filling.at, expression)
            if effect is Effect.ELEMENT:
                values = self.item(values, "") if self._is_mapping(site) else self.each(values)
            found.extend(values)
        return joined(found)

    def _container_element(self, site: Site) -> Values:
        """What going over a display gives: of a mapping its keys, which are not kept."""
        if self._is_mapping(site):
            return (UNKNOWN,)
        return joined(v for _, values in self._listed(site) for v in values)

    def _is_mapping(self, site: Site) -> bool:
        """Whether a container gives its keys when it is iterated."""
        if site.role is Role.ANNOTATED:
            return self._annotations.holds(site) is Holds.MAPPING
        facts = self._flow.facts(site.file)
        names = self._flow.language(site.file).library.mappings
        if site.role in (Role.MADE, Role.DEFAULT):
            made = facts.expressions.first[site.row]
            if site.role is Role.DEFAULT:
                made = facts.expressions.first[facts.expressions.second[site.row]]
            callee = facts.expressions.text[made]
            return callee >= 0 and facts.strings[callee].rpartition(".")[2] in names
        return site.role is Role.CONTAINER and facts.strings[facts.expressions.text[site.row]] in names

    def _left_over(self, site: Site) -> Values:
        return self._flow.slot(Slot.ELEMENT, site.row)

    def _annotated_element(self, site: Site) -> Values:
        holds = self._annotations.holds(site)
        if holds in (Holds.ELEMENTS_OF_FIRST, Holds.MAPPING):
            return self._annotations.argument(site, 0)
        if holds is Holds.TUPLE:
            n = len(self._annotations.written(site).arguments)
            return joined(v for i in range(n) for v in self._annotations.argument(site, i))
        return self._annotations.argument(site, -1) if holds is Holds.ELEMENTS else (UNKNOWN,)

    def _listed(self, site: Site, depth: int = 0) -> Iterator[tuple[str, Values]]:
        """(key, values) of each element of a display or comprehension."""
        table, strings = self._flow.facts(site.file).expressions, self._flow.facts(site.file).strings
        if table.kind[site.row] == _COMPREHENSION:
            at = (site.file, site.scope, table.second[site.row])
            yield "", self._flow.values(at, table.first[site.row]) if table.first[site.row] >= 0 else (UNKNOWN,)
            return
        element, at = table.second[site.row], (site.file, site.scope, site.position)
        index = 0
        while element >= 0:
            key = strings[table.text[element]] if table.text[element] >= 0 else ""
            values = self._flow.values(at, table.first[element]) if table.first[element] >= 0 else (UNKNOWN,)
            if key == "*" and depth <= _MOST_NESTED:
                values = self.each(values, depth + 1)
            elif key == "**":
                values = self.item(values, "")
            yield key or str(index), values
            element, index = table.second[element], index + 1

    def unpacked(self, values: Values, index: str) -> Values:
        """What stands at a place of what is unpacked."""
        return joined(v for value in values for v in self._unpacked(value, index))

    def _unpacked(self, value: int, index: str) -> Values:
        if is_external(value) and index != "*":
            return self._results.outside.place(value, index)
        if not is_site(value):
            places = self._fields(value) if index.isdigit() else None
            return self._each(value, 0) if places is None else self._place(value, places, index)
        site = self._flow.sites.site(value)
        if index == "*":
            return (self._flow.sites.value(site._replace(role=Role.REST, row=value, position=_NO_PLACE)),)
        return self._column(value, site, index)

    def _column(self, value: int, site: Site, index: str) -> Values:
        """What stands at a place of each row of a site, or at a place of the site."""
        if site.role is Role.PAIRS:
            return NOTHING if index == "0" else self.each(self._results.argument(site, 0))
        if site.role is Role.ROWS:
            return self.each(self._results.argument(site, int(index))) if index.isdigit() else (UNKNOWN,)
        if site.role is Role.ITEMS:
            mapping = self._results.receiver(site)
            return self.each(mapping) if index == "0" else self.item(mapping, "")
        if site.role is Role.PLACES:
            return self._results.argument(site, int(index)) if index.isdigit() else (UNKNOWN,)
        return self._item(value, index)

    def item(self, values: Values, key: str) -> Values:
        """What stands under a constant key; under any where it is ''."""
        return joined(v for value in values for v in self._item(value, key))

    def _item(self, value: int, key: str) -> Values:
        if is_instance(value):
            library = self._flow.names.classes.language_of(value - INSTANCES).library
            places = self._fields(value) if key.isdigit() else None
            if places is not None:
                return self._place(value, places, key)
            return self._results.of_method(value, library.element_method) or (UNKNOWN,)
        if is_external(value):
            return self._results.outside.item(value, "" if key.endswith(_SLICE) else key)
        if not is_site(value):
            return (value,) if self._flow.names.classes.is_class(value) else self._each(value, 0)
        if key.endswith(_SLICE):
            return self._sliced(value, key.removesuffix(_SLICE))
        return self._flow.slot(Slot.ITEM, self.keys.number((value, key)))

    def _sliced(self, value: int, start: str) -> Values:
        """The elements of a container from a place on; in other places than there where that is not told."""
        site = self._flow.sites.site(value)
        if site.role is not Role.CONTAINER:
            return (value,)
        position = int(start) if start else _NO_PLACE
        return (self._flow.sites.value(site._replace(role=Role.REST, row=value, position=position)),)

    def of_key(self, number: int) -> Values:
        """What stands under a key of a site: computes the slot."""
        value, key = self.keys.items[number]
        site = self._flow.sites.site(value)
        if site.role is Role.GENERIC:
            return self._results.of_method(value, self._flow.language(site.file).library.element_method)
        if site.role is Role.REST and site.position >= 0 and key.isdigit():
            return self._item(site.row, str(site.position + int(key)))
        if site.role is Role.CONTAINER and key:
            listed = self._listed_under(site, key)
            if listed is not None:
                return listed
        if self._has_place(site, key):
            return self._annotations.argument(site, int(key))
        if site.role in (Role.PAIRS, Role.ROWS, Role.ITEMS, Role.PLACES):
            return self._unpacked(value, key) if key.isdigit() else (UNKNOWN,)
        return self._under(value, site, key) if self._is_mapping(site) else self._flow.slot(Slot.ELEMENT, value)

    def _under(self, value: int, site: Site, key: str) -> Values:
        """What stands under a key of a mapping that does not list it."""
        if site.role not in _FILLED:
            return self._mapped(site)
        own = self._mapped(site) if site.role is Role.CONTAINER else NOTHING
        default = self._default(site) if site.role is Role.MADE else NOTHING
        return joined((*own, *default, *self._filled(value, site, key)))

    def _default(self, site: Site) -> Values:
        """What a container that a call makes calls up for a key that is not there."""
        names, library = self._flow.names, self._flow.language(site.file).library
        found: list[int] = []
        for value in self._results.argument(site, 0) if self._results.arguments(site.file, site.row) else NOTHING:
            if is_external(value) and names.externals.name(value) in library.empty:
                found.append(self._flow.sites.value(site._replace(role=Role.DEFAULT)))
            else:
                found.extend(self._results.of((value, UNKNOWN), (0, NO_DEFINITION, 0), -1))
        return joined(found)

    def _has_place(self, site: Site, key: str) -> bool:
        """Whether an annotation says what stands at a place; the only one may stand for any number of them."""
        if site.role is not Role.ANNOTATED or not key.isdigit() or self._annotations.holds(site) is not Holds.TUPLE:
            return False
        return int(key) < len(self._annotations.written(site).arguments)

    def _listed_under(self, site: Site, key: str) -> Values | None:
        """What a display lists under a key; None where it lists none."""
        listed = list(self._listed(site))
        named = [values for known, values in listed if known == key]
        if named:
            return named[-1]
        return listed[-1][1] if key == "-1" and listed else None

    def _mapped(self, site: Site) -> Values:
        """Any value of a mapping."""
        if site.role is Role.ANNOTATED:
            return self._annotations.argument(site, -1)
        return joined(v for _, values in self._listed(site) for v in values)

    def _fields(self, value: int) -> list[int] | None:
        """The fields of an instance, where its class has its fields in places as well."""
        if not is_instance(value):
            return None
        names = self._flow.names
        library = names.classes.language_of(value - INSTANCES).library
        order = names.classes.heritage.order(value - INSTANCES)
        if not any(is_external(base) and names.externals.name(base) in library.tuple_bases for base in order):
            return None
        return [row for base in reversed(order) if not is_external(base) for row in self._declared(base)]

    def _place(self, value: int, fields: list[int], index: str) -> Values:
        """What the field at a place of an instance holds."""
        return self._flow.dereferenced(fields[int(index)], value) if int(index) < len(fields) else (UNKNOWN,)

    def _declared(self, row: int) -> list[int]:
        """The annotated fields of a class, in source order."""
        file, definition = self._flow.place(row)
        facts, declared = self._flow.facts(file), self._flow.reaching(file).declared
        flows = sorted(flow for (scope, _), flow in declared.items() if scope == definition)
        names = [facts.strings[facts.flows.target[flow]] for flow in flows]
        found = [self._flow.names.classes.member(row, name)[:1] for name in names]
        return [v for values in found for v in values if v >= 0]

    def entered(self, values: Values) -> Values:
        """What entering a context gives."""
        return joined(v for value in values for v in self._entered(value))

    def _entered(self, value: int) -> Values:
        instance = self._flow.instance(value)
        if is_instance(instance):
            library = self._flow.names.classes.language_of(instance - INSTANCES).library
            for name in library.enter_methods:
                found = self._results.of_method(value, name)
                if found:
                    return found
            return (value,)
        if is_site(value):
            return self._flow.slot(Slot.ELEMENT, value)
        return self._results.outside.entered(value) if is_external(value) else (value,)
