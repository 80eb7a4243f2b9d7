"""Where a tree uses what rule packs name: calls and decorators, by the external symbols that they are shown to mean.

What flows in: linked names and the edges that were found. What flows out: sites. It does not know what a rule makes of
one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from axon.languages.pack import fits
from axon.model.facts import NO_TEXT, ReferenceKind, References
from axon.model.kinds import EdgeKind
from axon.resolution.evaluation import At
from axon.resolution.evidence import EDGE_CODE, Table, outside
from axon.resolution.frameworks.objects import Made, Objects, named
from axon.resolution.frameworks.written import RESULT, Written
from axon.resolution.names import Names

_CALL, _DECORATOR = int(ReferenceKind.CALL), int(ReferenceKind.DECORATOR)
_USES: Final = np.array([EDGE_CODE[EdgeKind.CALLS], EDGE_CODE[EdgeKind.DECORATED_BY]])


NO_DECORATED: Final = -2


class Use(NamedTuple):
    """A call or decorator: the row of its reference in a file, and the dotted name of what it uses.

    `decorated` is the definition under a decorator, NO_DECORATED for a plain call.
    """

    file: int
    reference: int
    name: str
    decorated: int


@dataclass(slots=True)
class Patterns:
    """Patterns of dotted names, looked up by the last part of a name."""

    by_last: dict[str, list[str]] = field(default_factory=dict)
    open_ended: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, patterns: Iterable[str]) -> "Patterns":
        """The given ones."""
        found = cls()
        for pattern in dict.fromkeys(patterns):
            last = pattern.rpartition(".")[2]
            if "*" in last:
                found.open_ended.append(pattern)
            else:
                found.by_last.setdefault(last, []).append(pattern)
        return found

    def matching(self, name: str) -> list[str]:
        """The patterns that a name fits."""
        likely = (*self.by_last.get(name.rpartition(".")[2], ()), *self.open_ended)
        return [pattern for pattern in likely if fits(pattern, name)]


def plain(name: str) -> str:
    """An external name without the marks of what was called on the way."""
    return name.replace("()", "")


class UsesOutside:
    """The edges that say that something outside the tree is called, or decorates."""

    def __init__(self, names: Names, table: Table) -> None:
        self.rows = table[np.isin(table[:, 0], _USES) & (table[:, 2] < 0)]
        self._names: dict[int, str] = {}
        self._by_last: dict[str, list[int]] = {}
        for value in outside(self.rows):
            name = self._names[value] = plain(names.externals.name(value))
            self._by_last.setdefault(name.rpartition(".")[2], []).append(value)

    def matching(self, patterns: Patterns) -> dict[int, str]:
        """The external values that a pattern fits, with their names."""
        likely = [value for last in patterns.by_last for value in self._by_last.get(last, ())]
        if patterns.open_ended:
            begins = tuple(pattern.partition("*")[0] for pattern in patterns.open_ended)
            likely += [value for value, name in self._names.items() if name.startswith(begins)]
        return {value: name for value in likely if patterns.matching(name := self._names[value])}


def uses(  # noqa: PLR0917
    names: Names,
    used: UsesOutside,
    objects: Objects,
    written: Written,
    patterns: tuple[Patterns, Patterns],
    files: Iterable[int] | None = None,
) -> Iterator[Use]:
    """The calls and decorators that use what a pattern for calls, or one for decorators, fits; of all files or some.

    They come in the order of files and references. What a
    file writes is looked at besides what was found to be `used`.
    """
    calls, decorators = patterns
    places = _places(names, used.rows, used.matching(calls) | used.matching(decorators))
    by_kind = {_CALL: calls, _DECORATOR: decorators}
    for file in range(len(names.scopes)) if files is None else files:
        for use in _in_file(names, file, places.get(file, {}), objects, written.of(file), by_kind):
            objects.consulted.using.add(file)
            yield use


def _places(names: Names, used: Table, wanted: dict[int, str]) -> dict[int, dict[int, set[tuple[int, str]]]]:
    """By file and first byte: the last byte and the name of what is used there."""
    found: dict[int, dict[int, set[tuple[int, str]]]] = {}
    if not wanted:
        return found
    rows = used[np.isin(used[:, 2], np.array(sorted(wanted), np.int64))]
    for source, target, start, end in rows[:, [1, 2, 5, 6]].tolist():
        file = names.assembly.place(source)[0]
        found.setdefault(file, {}).setdefault(start, set()).add((end, wanted[target]))
    return found


def _in_file(  # noqa: PLR0917
    names: Names,
    file: int,
    places: dict[int, set[tuple[int, str]]],
    objects: Objects,
    written: Mapping[str, Sequence[int]],
    patterns: dict[int, Patterns],
) -> Iterator[Use]:
    facts = names.scopes[file].facts
    table, strings = facts.references, facts.strings
    likely = {
        reference
        for kind, of in patterns.items()
        for last in written.keys() & of.by_last.keys()
        for reference in written[last]
        if table.kind[reference] == kind
    }
    likely.update(written.get(RESULT, ()))
    if not places and not likely:
        return  # most files
    at_places = {reference for reference, start in enumerate(table.start_byte) if start in places} if places else likely
    wanted = [reference for reference in sorted(likely | at_places) if table.kind[reference] in patterns]
    decorated = _decorated(table) if wanted else frozenset()
    for reference in wanted:
        kind, start = table.kind[reference], table.start_byte[reference]
        if kind == _CALL and start in decorated:
            continue
        end = table.end_byte[reference]
        found = [name for last, name in sorted(places.get(start, ())) if kind == _DECORATOR or last == end]
        is_behind = table.receiver[reference] != NO_TEXT  # what a call or an element gives: its making says more
        if (is_behind or not found) and reference in likely:
            at, text = (file, table.scope[reference], start), strings[table.text[reference]]
            made = objects.of_expression(at, table.value[reference]) if is_behind else _made(objects, at, text)
            found = [plain(one.name) for one in named(made)] or found
        for name in dict.fromkeys(found):
            if patterns[kind].matching(name):
                yield Use(file, reference, name, table.symbol[reference] if kind == _DECORATOR else NO_DECORATED)


def _decorated(table: References) -> frozenset[int]:
    """The first bytes of decorators."""
    return frozenset(start for start, kind in zip(table.start_byte, table.kind, strict=True) if kind == _DECORATOR)


def _made(objects: Objects, at: At, text: str) -> tuple[Made, ...]:
    """What an attribute of an object is whose making is known."""
    holder, _, name = text.rpartition(".")
    found = objects.of_path(at, holder) if holder else ()
    return tuple(made._replace(name=f"{made.name}.{name}") for made in found if made.name)
