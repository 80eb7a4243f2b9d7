"""Where the parts of a file went when its bodies and signatures were edited.

What flows in: old and new facts of a file with equal surfaces, and numbers that mention places of the old one. What
flows out: the same numbers for the new one. What is not found again is gone: it stands for nothing that there is.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeVar

from axon.languages.library import Annotation
from axon.model.facts import NO_DEFINITION, FileFacts
from axon.resolution.annotated import BOUND, Binding
from axon.resolution.evaluation import At
from axon.resolution.generics import Place
from axon.resolution.numbers import Numbers
from axon.resolution.summaries import InlinePlace
from axon.resolution.surface import Surface, boundaries, signatures, structure
from axon.resolution.values import SITES, Role, Site

GONE: Final = -1
"""In place of the file of what is gone."""

NOT_FOUND: Final = -1
"""In place of the row of what is gone."""
_OF_ANNOTATIONS: Final = (Role.ANNOTATED, Role.GENERIC)
_OF_PARAMETERS: Final = (Role.SPREAD, Role.CALLBACKS)
_UNMOVED: Final = (Role.GENERATOR, Role.REST)  # their places are none
_T = TypeVar("_T")
_NOTHING: Final = Annotation("", ())


class Moved:
    """Places of one file, from its old version to its new one.

    `definitions` has the row now of each definition of the old version, NOT_FOUND where it is gone. `signatures` are
    definitions of the new one whose parameters or results were said otherwise.
    """

    def __init__(self, old: FileFacts, new: FileFacts, definitions: Sequence[int] | None = None) -> None:
        self._old, self._new = old, new
        self.definitions = range(len(old.definitions.kind)) if definitions is None else definitions
        before, after = signatures(old), signatures(new)
        self.signatures = frozenset(
            now for d, now in enumerate(self.definitions) if now != NOT_FOUND and before[d] != after[now]
        )
        self._before, of_before = boundaries(old)
        self._after, of_after = boundaries(new)
        place = {definition: index for index, definition in enumerate(of_after, 1)}
        found = (place.get(now, NOT_FOUND) for now in map(self._boundary, of_before))
        self._places = [0, *found, len(of_after) + 1]  # which boundary now each is
        self._rows: dict[tuple[int, str], list[int]] = {}
        self._found: dict[Surface, int] = {}

    @property
    def versions(self) -> tuple[FileFacts, FileFacts]:
        """The old one and the new one."""
        return self._old, self._new

    def _boundary(self, boundary: int) -> int:
        """The start (a definition) or end (`~` of it) now of one of the old version; a number of none if gone."""
        definition = self.definitions[~boundary if boundary < 0 else boundary]
        if definition == NOT_FOUND:
            return len(self._after)
        return ~definition if boundary < 0 else definition

    def byte(self, position: int) -> int:
        """A byte of the old version in the new one, counted from what begins or ends before it; -1 where it is gone."""
        index = bisect_right(self._before, position) - 1
        place = self._places[index]
        if place == NOT_FOUND:
            return NOT_FOUND
        found = self._after[place] + position - self._before[index]
        is_inside = place + 1 == len(self._after) or found < self._after[place + 1]
        return found if is_inside else NOT_FOUND

    def row(self, expression: int) -> int:
        """The first expression of the new version that reads as one of the old; -1 where there is none."""
        wanted = structure(self._old, expression)
        if wanted not in self._found:
            alike = self._alike().get(_head(self._old, expression), ())
            found = (row for row in alike if structure(self._new, row) == wanted)
            self._found[wanted] = next(found, NOT_FOUND)
        return self._found[wanted]

    def _alike(self) -> dict[tuple[int, str], list[int]]:
        """Rows of the new version by what expressions begin with."""
        if not self._rows:
            for row in range(len(self._new.expressions.kind)):
                self._rows.setdefault(_head(self._new, row), []).append(row)
        return self._rows

    @cached_property
    def parameters(self) -> Sequence[int]:
        """The row now of each parameter of the old version; -1 where there is none of its name and kind."""
        now = {at: row for row, at in enumerate(_parameters(self._new))}
        before = _parameters(self._old)
        return [now.get((self.definitions[owner], name, kind, n), NOT_FOUND) for owner, name, kind, n in before]

    def at(self, at: At) -> At | None:
        """A place of the old version in the new one."""
        position, scope = self.byte(at[2]), at[1]
        if scope != NO_DEFINITION:
            scope = self.definitions[scope]
            if scope == NOT_FOUND:
                return None
        return None if position == NOT_FOUND else (at[0], scope, position)


def _parameters(facts: FileFacts) -> Iterator[tuple[int, str, int, int]]:
    """What tells each parameter of a file from the others: whose it is, name, kind, and which of those it is."""
    table = facts.parameters
    seen: Counter[tuple[int, str, int]] = Counter()
    for owner, name, kind in zip(table.owner, table.name, table.kind, strict=True):
        at = (owner, facts.strings[name], kind)
        seen[at] += 1
        yield *at, seen[at]


def _head(facts: FileFacts, row: int) -> tuple[int, str]:
    table = facts.expressions
    return table.kind[row], facts.strings[table.text[row]] if table.text[row] >= 0 else ""


def move_numbers(numbers: Numbers, moved: Mapping[int, Moved]) -> set[int]:
    """Let the numbers mean the places of files that moved where they are now; the values of sites that are gone.

    Nothing is there twice: of what has become the same the first number stands for it, and the others are gone.
    """
    bindings = _move(numbers.bindings, lambda b: _place(b)[0], lambda b: _moved_binding(b, moved), moved, _gone_binding)
    lost = {n for n, annotation in enumerate(numbers.annotations) if bindings and _mentions(annotation, bindings)}
    sites = numbers.sites
    gone: set[int] = set()

    def rests_on_nothing(site: Site) -> bool:
        return site.role is Role.REST and sites[site.row - SITES].file == GONE

    def moved_site(site: Site) -> Site | None:
        return None if rests_on_nothing(site) else _moved_site(site, moved)

    if lost:
        for n, site in enumerate(sites):
            if (site.role in _OF_ANNOTATIONS and site.row in lost) or rests_on_nothing(site):
                sites[n] = gone_site(n)
                gone.add(n)
    gone |= _move(sites, lambda site: site.file, moved_site, moved, gone_site)
    _move(numbers.places, lambda place: place.at[0], lambda place: _moved_place(place, moved), moved, _gone_at)
    _move(numbers.inline, lambda at: at[0], lambda at: _moved_inline(at, moved), moved, lambda n: (GONE, n, ""))
    return {SITES + n for n in gone}


def _move(
    items: list[_T],
    file_of: Callable[[_T], int],
    moved_to: Callable[[_T], _T | None],
    moved: Collection[int],
    gone: Callable[[int], _T],
) -> set[int]:
    """Move what lies in some files, in place; the numbers of what is gone, in whose places something else stands."""
    first: dict[_T, int] = {}
    lost: set[int] = set()
    for n, item in enumerate(items):
        if file_of(item) in moved:
            now = moved_to(item)
            if now is None or first.setdefault(now, n) != n:
                lost.add(n)
                now = gone(n)
            items[n] = now
    return lost


def _mentions(annotation: Annotation, bindings: Collection[int]) -> bool:
    name, arguments = annotation
    if name[:1] == BOUND and int(name[1:]) in bindings:
        return True
    return any(_mentions(part, bindings) for part in arguments)


def _moved_site(site: Site, moved: Mapping[int, Moved]) -> Site | None:
    by = moved.get(site.file)
    if by is None or site.role in _UNMOVED:
        return site
    at = by.at((site.file, site.scope, site.position))
    if site.role in _OF_PARAMETERS:
        row = by.parameters[site.row]
    else:
        row = site.row if site.role in _OF_ANNOTATIONS else by.row(site.row)
    return None if at is None or row == NOT_FOUND else Site(site.role, *at, row)


def _place(binding: Binding) -> At:
    return binding[0]


def gone_site(number: int) -> Site:
    """A site in place of one that is gone, by its number."""
    return Site(Role.CONTAINER, GONE, number, 0, 0)


def _gone_at(number: int) -> Place:
    return Place((GONE, number, 0), 0, _NOTHING)


def _gone_binding(number: int) -> Binding:
    return (GONE, number, 0), _NOTHING


def _moved_binding(binding: Binding, moved: Mapping[int, Moved]) -> Binding | None:
    by = moved.get(_place(binding)[0])
    if by is None:
        return binding
    at = by.at(_place(binding))
    if at is None:
        return None
    if len(binding) == 2:
        return at, binding[1]
    row = by.row(binding[1])
    return None if row == NOT_FOUND else (at, row, binding[2])


def _moved_place(place: Place, moved: Mapping[int, Moved]) -> Place | None:
    by = moved.get(place.at[0])
    if by is None:
        return place
    at, definition = by.at(place.at), place.definition
    if definition != NO_DEFINITION:
        definition = by.definitions[definition]
        if definition == NOT_FOUND:
            return None
    return None if at is None else place._replace(at=at, definition=definition)


def _moved_inline(place: InlinePlace, moved: Mapping[int, Moved]) -> InlinePlace | None:
    by = moved.get(place[0])
    start = place[1] if by is None or place[1] < 0 else by.byte(place[1])
    return None if by is not None and place[1] >= 0 and start == NOT_FOUND else (place[0], start, place[2])
