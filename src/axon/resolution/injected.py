"""What a framework hands to parameters: what fixtures give, and what decorators list.

What flows in: providers, and a parameter. What flows out: values.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from axon.model.facts import NO_DEFINITION, ExpressionKind
from axon.model.kinds import Flag
from axon.resolution.call_arguments import argument_of, arguments_of, decorator_texts
from axon.resolution.contents import Contents
from axon.resolution.evaluation import At, Evaluator, Slot
from axon.resolution.providers import Providers
from axon.resolution.slots import joined
from axon.resolution.values import (
    INSTANCES,
    NOTHING,
    OPEN,
    PASSED,
    RECEIVER,
    UNKNOWN,
    Role,
    Site,
    Values,
    parameter_of,
)

_NAME, _CALL = int(ExpressionKind.NAME), int(ExpressionKind.CALL)
_DISPLAY: Final = int(ExpressionKind.DISPLAY)
_GENERATOR: Final = int(Flag.GENERATOR)


class _Listing(NamedTuple):
    """What a decorator lists for a parameter: at `place` of each row, or each element where that is -1."""

    at: At
    expression: int
    place: int


class Injected:
    """Values of the parameters of one tree that its frameworks hand over."""

    def __init__(self, evaluator: Evaluator, contents: Contents, providers: Providers) -> None:
        self._flow, self._contents, self._providers = evaluator, contents, providers
        self._rules: dict[tuple[int, int], list[int]] = {}  # (file, definition) -> numbers of rules
        self._listings: dict[tuple[int, int], dict[str, list[_Listing]]] = {}  # the same -> by parameter
        self._given: list[dict[str, str]] = []  # for each rule: name -> class outside the tree
        self._wrappers = tuple(dict.fromkeys(p for _, rule in providers.rules for p in rule.row))

    def of(self, file: int, row: int) -> Values:
        """What a parameter of a file is handed."""
        if not self._providers.rules:
            return NOTHING
        definition, name = self._asked(file, row)
        found = [v for listing in self._listed(file, definition).get(name, ()) for v in self._column(listing)]
        for number in self._taking(file, definition):
            provider = self._providers.of(number, file, definition, name)
            found.extend(self._told(number, file, definition, name) if provider is None else self._gives(provider))
        return joined(found)

    def provider(self, file: int, row: int) -> int | None:
        """The node row of what gives a parameter its value; None where nothing of the tree does."""
        if not self._providers.rules:
            return None
        definition, name = self._asked(file, row)
        found = (self._providers.of(number, file, definition, name) for number in self._taking(file, definition))
        return next((provider for provider in found if provider is not None), None)

    def lists(self, file: int, row: int) -> list[At]:
        """Where decorators list what a parameter is handed."""
        definition, name = self._asked(file, row)
        return [listing.at for listing in self._listed(file, definition).get(name, ())]

    def attribute(self, site: Site, name: str) -> Values:
        """An attribute of what a provider with variants is handed."""
        for number, (_, rule) in enumerate(self._providers.rules):
            parameter, _, attribute = rule.variant.partition(".")
            if attribute and name == attribute:
                return joined(self._column(_Listing((site.file, site.scope, site.position), site.row, -1)))
            if attribute:
                return (self._flow.names.externals.value(f"{self._outside(number)[parameter]}.{name}"),)
        return (UNKNOWN,)

    def _asked(self, file: int, row: int) -> tuple[int, str]:
        facts = self._flow.facts(file)
        return facts.parameters.owner[row], facts.strings[facts.parameters.name[row]]

    def _taking(self, file: int, definition: int) -> list[int]:
        known = self._rules.get((file, definition))
        if known is None:
            known = self._rules[file, definition] = list(self._providers.taking(file, definition))
        return known

    def _gives(self, provider: int) -> Iterator[int]:
        """What a provider gives: what it yields, where it is a generator."""
        file, definition = self._flow.place(provider)
        table = self._flow.facts(file).definitions
        self._flow.note_signature(provider)
        values = self._flow.slot(Slot.RETURNED, provider)
        for value in self._flow.elements(values) if table.flags[definition] & _GENERATOR else values:
            if value >= OPEN:
                yield UNKNOWN
            elif value >= PASSED:
                of_file, row = parameter_of(value)
                yield from self._flow.slot(Slot.PARAMETER, row, of_file)
            elif value == RECEIVER and table.owner[definition] != NO_DEFINITION:
                yield INSTANCES + self._flow.names.row(file, table.owner[definition])
            else:
                yield value

    def _told(self, number: int, file: int, definition: int, name: str) -> Iterator[int]:
        """What the framework itself hands over."""
        rule, outside = self._providers.rules[number][1], self._outside(number).get(name)
        if outside is None:
            return
        if name == rule.variant.partition(".")[0]:
            row = self._flow.names.row(file, definition)
            for _, reference in self._providers.decorated(row, rule.decorators):
                facts = self._flow.facts(file)
                variants = argument_of(facts, facts.references.argument[reference], *rule.variants)
                if variants >= 0:
                    at = (file, facts.references.scope[reference], facts.references.start_byte[reference])
                    yield self._flow.sites.value(Site(Role.VARIANTS, *at, variants))
                    return
        yield self._flow.external_result(self._flow.names.externals.value(outside))

    def _outside(self, number: int) -> dict[str, str]:
        if not self._given:
            lines = ([line.split(maxsplit=1) for line in rule.given] for _, rule in self._providers.rules)
            self._given = [dict(parts) for parts in lines]
        return self._given[number]

    def _listed(self, file: int, definition: int) -> dict[str, list[_Listing]]:
        """What decorators list for the parameters of a function, by their names."""
        known = self._listings.get((file, definition))
        if known is None:
            known = self._listings[file, definition] = {}
            for listing, names in self._lists(file, definition):
                for place, name in enumerate(names):
                    known.setdefault(name, []).append(listing._replace(place=place if listing.place else -1))
        return known

    def _lists(self, file: int, definition: int) -> Iterator[tuple[_Listing, list[str]]]:
        """What decorators list, and the names for which; `place` is 0 where that is of one name alone."""
        facts = self._flow.facts(file)
        table, row = facts.references, self._flow.names.row(file, definition)
        for _, rule in self._providers.rules:
            for _, reference in self._providers.decorated(row, rule.listed):
                first = table.argument[reference]
                names, values = argument_of(facts, first, *rule.names), argument_of(facts, first, *rule.values)
                if names < 0 or values < 0:
                    continue
                texts = decorator_texts(facts).get(table.start_byte[reference], ())
                said = [content for argument, content in texts if argument in rule.names]
                is_row = facts.expressions.kind[names] == _DISPLAY or any("," in text for text in said)
                at = (file, table.scope[reference], table.start_byte[reference])
                parts = [name.strip() for text in said for name in text.split(",") if name.strip()]
                yield _Listing(at, values, int(is_row)), parts

    def _column(self, listing: _Listing) -> Iterator[int]:
        """What a listing has for a parameter."""
        at, place = listing.at, listing.place
        for element in self._rows(at, listing.expression):
            wrapped = self._wrapped(at, element)
            if wrapped is not None:
                yield from self._flow.values(at, wrapped[max(place, 0)]) if max(place, 0) < len(wrapped) else ()
            elif place < 0:
                yield from self._flow.values(at, element)
            else:
                yield from self._contents.unpacked(self._flow.values(at, element), str(place))
        if self._flow.facts(at[0]).expressions.kind[listing.expression] != _DISPLAY:
            values = self._flow.elements(self._flow.values(at, listing.expression))
            yield from values if place < 0 else self._contents.unpacked(values, str(place))

    def _rows(self, at: At, expression: int) -> Iterator[int]:
        """The elements that are written in a display; none of one that takes others over."""
        table = self._flow.facts(at[0]).expressions
        element = table.second[expression] if table.kind[expression] == _DISPLAY else -1
        while element >= 0:
            yield table.first[element]
            element = table.second[element]

    def _wrapped(self, at: At, expression: int) -> list[int] | None:
        """The values of a row that is written as a call; None for any other."""
        facts = self._flow.facts(at[0])
        table = facts.expressions
        if expression < 0 or table.kind[expression] != _CALL or table.kind[table.first[expression]] != _NAME:
            return None
        text = facts.strings[table.text[table.first[expression]]]
        if not self._providers.is_named(at, text, self._wrappers):
            return None
        return [value for keyword, value in arguments_of(facts, table.second[expression]) if not keyword]
