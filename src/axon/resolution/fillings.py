"""What is put into containers after they are made: `xs.append(x)`, `self.by_name[key] = x`.

What flows in: a container, by the expression that makes it. What flows out: what the same file puts into something of
the name that the expression is assigned to, where that is shown to be this very container.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from axon.languages.library import Effect
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, ReferenceKind
from axon.resolution.evaluation import At, Evaluator
from axon.resolution.values import Site, Values

_CALL, _EITHER = int(ReferenceKind.CALL), int(ExpressionKind.EITHER)
_OUTER: Final = re.compile(r"(?:\s*\[.*|\.\s*setdefault\s*\(.*)", re.DOTALL)  # what follows the name of a nested one
_MOST_APART: Final = 64  # what is put in by more places than these counts for the containers of the same class alone

NO_SCOPE: Final = -2
Name = tuple[int, str]  # (scope that binds it, a plain name) or (NO_SCOPE, the last part of a dotted one)


class Filling(NamedTuple):
    """One place that puts something in: the container, the key as written, the first argument or value."""

    at: At
    container: str  # as it is named
    expression: int  # the container where it is no dotted name, else -1
    key: str  # '' for any
    method: str  # '' for an assignment to an element
    given: int  # the first ARGUMENT of a call, the value of an assignment
    number: int  # of the place, among those of the tree


class Fillings:
    """The places that fill containers, file by file."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._flow = evaluator
        self._of_file: dict[int, dict[Name, list[Filling]]] = {}
        self._in_class: dict[tuple[int, int, str], list[Filling]] = {}  # (file, class, last part of a dotted name)
        self._held: list[Values | None] = []  # by number, what will not change any more
        self._names: dict[int, dict[int, list[Name]]] = {}  # file -> expression -> what it is assigned to

    def of(self, site: Site, value: int) -> Iterator[Filling]:
        """The places that fill the container `value`, which the expression at a site makes."""
        for name in self._assigned(site.file).get(site.row, ()):
            for filling in self._near(site, name):
                held = self._held[filling.number]
                if value in (self._filled(filling) if held is None else held):
                    yield filling

    def _filled(self, filling: Filling) -> Values:
        """What a place puts something in; to be asked while a slot of its file is computed."""
        slots = self._flow.slots
        unsure = slots.unsure
        if filling.expression >= 0:
            values = self._flow.values(filling.at, filling.expression)
        else:
            values = self._flow.path(filling.at, filling.container)
        if slots.unsure == unsure:
            self._held[filling.number] = values
        return values

    def _near(self, site: Site, name: Name) -> list[Filling]:
        """The places that may fill a container: where there are many of a name, those of its class."""
        found = self._fillings(site.file).get(name, [])
        if name[0] != NO_SCOPE or len(found) <= _MOST_APART:
            return found
        holder = self._flow.names.scopes[site.file].enclosing_class(site.scope)
        return self._in_class.get((site.file, holder, name[1]), [])

    def _fillings(self, file: int) -> dict[Name, list[Filling]]:
        known = self._of_file.get(file)
        if known is None:
            known = self._of_file[file] = self._find(file)
        return known

    def _find(self, file: int) -> dict[Name, list[Filling]]:
        facts, methods = self._flow.facts(file), self._flow.language(file).library.filling
        found: dict[Name, list[Filling]] = {}
        table, strings = facts.references, facts.strings
        for row, (kind, text) in enumerate(zip(table.kind, table.text, strict=True)):
            if kind != _CALL:
                break  # calls come first
            container, _, method = strings[text].rpartition(".")
            if method not in methods or table.argument[row] == NO_TEXT:
                continue
            at, expression = (file, table.scope[row], table.start_byte[row]), -1
            if table.receiver[row] != NO_TEXT:
                container = _OUTER.sub("", strings[table.receiver[row]])
                expression = facts.expressions.first[table.value[row]] if table.value[row] >= 0 else -1
            if container and (expression >= 0 or table.receiver[row] == NO_TEXT):
                self._add(found, Filling(at, container, expression, "", method, table.argument[row], len(self._held)))
        flows = facts.flows
        for (scope, container), rows in self._flow.reaching(file).stored.items():
            for row in rows:
                key = strings[flows.key[row]] if flows.key[row] != NO_TEXT else ""
                at = (file, scope, flows.position[row])
                self._add(found, Filling(at, container, -1, key, "", flows.value[row], len(self._held)))
        return found

    def _add(self, found: dict[Name, list[Filling]], filling: Filling) -> None:
        self._held.append(None)
        file, scope, _ = filling.at
        name = self._name(file, scope, filling.container)
        found.setdefault(name, []).append(filling)
        if name[0] == NO_SCOPE:
            holder = self._flow.names.scopes[file].enclosing_class(scope)
            if holder != NO_DEFINITION:
                self._in_class.setdefault((file, holder, name[1]), []).append(filling)

    def _assigned(self, file: int) -> dict[int, list[Name]]:
        """What each expression of a file that makes a container is assigned to."""
        known = self._names.get(file)
        if known is None:
            known = self._names[file] = {}
            facts = self._flow.facts(file)
            table, flows = facts.expressions, facts.flows
            is_class = self._flow.names.scopes[file].is_class
            for target, scope, value in zip(flows.target, flows.scope, flows.value, strict=True):
                if target != NO_TEXT and value >= 0:
                    text = facts.strings[target]
                    called = [self._name(file, scope, text)]
                    if scope != NO_DEFINITION and is_class[scope]:
                        called.append((NO_SCOPE, text))  # methods read it of an instance
                    either = (table.first[value], table.second[value]) if table.kind[value] == _EITHER else (value,)
                    for row in either:
                        known.setdefault(row, []).extend(called)
            for name, fillings in self._fillings(file).items():
                for _, given in (self.elements(filling) for filling in fillings if filling.method):
                    if given >= 0:  # it may be filled where it was put in
                        known.setdefault(given, []).append(name)
        return known

    def _name(self, file: int, scope: int, path: str) -> Name:
        """What a container is found by that is called so in a scope."""
        if "." in path or "[" in path:
            return NO_SCOPE, path.rpartition(".")[2]
        reaching, owner = self._flow.reaching(file), self._flow.facts(file).definitions.owner
        while scope != NO_DEFINITION and not reaching.binds(scope, path):
            scope = owner[scope]
        return scope, path

    def elements(self, filling: Filling) -> tuple[Effect, int]:
        """Whether a place puts in a value or all elements of it, and which: an expression, -1 where it is not known."""
        if not filling.method:
            return Effect.SAME, filling.given
        model = self._flow.language(filling.at[0]).library.filling[filling.method]
        given = [value for keyword, value in self._flow.listed(filling.at[0], filling.given) if not keyword]
        return model.effect, given[model.argument] if model.argument < len(given) else -1
