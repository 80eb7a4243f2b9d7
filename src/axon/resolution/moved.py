"""Where the parts of a file went when its bodies were edited.

What flows in: old and new facts of a file with equal surfaces, and numbers that mention places of the old one. What
flows out: the same numbers for the new one. What is not found again is gone: it stands for nothing that there is.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, TypeVar

from axon.languages.library import Annotation
from axon.model.facts import FileFacts
from axon.resolution.annotated import BOUND, Binding
from axon.resolution.arguments import called_names
from axon.resolution.evaluation import At
from axon.resolution.generics import Place
from axon.resolution.numbers import Numbers
from axon.resolution.summaries import InlinePlace
from axon.resolution.surface import Surface, boundaries, structure
from axon.resolution.values import SITES, Role, Site

GONE: Final = -1
"""In place of the file of what is gone."""

_NOT_FOUND: Final = -1
_OF_ANNOTATIONS: Final = (Role.ANNOTATED, Role.GENERIC)
_UNMOVED: Final = (Role.GENERATOR, Role.REST)  # their places are none
_WITHOUT_EXPRESSION: Final = (*_OF_ANNOTATIONS, Role.SPREAD)
_T = TypeVar("_T")
_NOTHING: Final = Annotation("", ())


class Moved:
    """Places of one file, from its old version to its new one."""

    def __init__(self, old: FileFacts, new: FileFacts) -> None:
        self._old, self._new = old, new
        self._before, self._after = boundaries(old)[0], boundaries(new)[0]
        self._rows: dict[tuple[int, str], list[int]] = {}
        self._found: dict[Surface, int] = {}
        self._called: frozenset[str] | None = None

    def byte(self, position: int) -> int:
        """A byte of the old version in the new one, counted from what begins or ends before it; -1 where it is gone."""
        index = bisect_right(self._before, position) - 1
        found = self._after[index] + position - self._before[index]
        is_inside = index + 1 == len(self._after) or found < self._after[index + 1]
        return found if is_inside else _NOT_FOUND

    def row(self, expression: int) -> int:
        """The first expression of the new version that reads as one of the old; -1 where there is none."""
        wanted = structure(self._old, expression)
        if wanted not in self._found:
            alike = self._alike().get(_head(self._old, expression), ())
            found = (row for row in alike if structure(self._new, row) == wanted)
            self._found[wanted] = next(found, _NOT_FOUND)
        return self._found[wanted]

    def _alike(self) -> dict[tuple[int, str], list[int]]:
        """Rows of the new version by what expressions begin with."""
        if not self._rows:
            for row in range(len(self._new.expressions.kind)):
                self._rows.setdefault(_head(self._new, row), []).append(row)
        return self._rows

    def called(self, parameter: int) -> bool:
        """Whether the old version called something of the name of a parameter."""
        if self._called is None:
            self._called = called_names(self._old)
        return self._old.strings[self._old.parameters.name[parameter]] in self._called

    def at(self, at: At) -> At | None:
        """A place of the old version in the new one."""
        position = self.byte(at[2])
        return None if position == _NOT_FOUND else (at[0], at[1], position)


def _head(facts: FileFacts, row: int) -> tuple[int, str]:
    table = facts.expressions
    return table.kind[row], facts.strings[table.text[row]] if table.text[row] >= 0 else ""


def moved_numbers(numbers: Numbers, moved: Mapping[int, Moved]) -> Numbers:
    """The numbers, with the places of files that moved where they are now; nothing is there twice."""
    bindings: list[Binding] = _distinct([_moved_binding(b, moved) for b in numbers.bindings], _gone_binding)
    gone = {n for n, binding in enumerate(bindings) if _place(binding)[0] == GONE}
    lost = {n for n, annotation in enumerate(numbers.annotations) if gone and _mentions(annotation, gone)}
    sites: list[Site | None] = []
    for site in numbers.sites:
        is_lost = site.role in _OF_ANNOTATIONS and site.row in lost
        is_lost = is_lost or (site.role is Role.REST and sites[site.row - SITES] is None)
        sites.append(None if is_lost else _moved_site(site, moved))
    return Numbers(
        numbers.externals,
        _distinct(sites, lambda n: Site(Role.CONTAINER, GONE, n, 0, 0)),
        numbers.annotations,
        bindings,
        _distinct([_moved_place(p, moved) for p in numbers.places], lambda n: Place((GONE, n, 0), 0, _NOTHING)),
        _distinct([_moved_inline(p, moved) for p in numbers.inline], lambda n: (GONE, n, "")),
        numbers.keys,
    )


def _distinct(found: Sequence[_T | None], gone: Callable[[int], _T]) -> list[_T]:
    """Each thing once, where it stands first; in all other places what stands for what is gone."""
    first: dict[_T, int] = {}
    for n, item in enumerate(found):
        if item is not None:
            first.setdefault(item, n)
    return [item if item is not None and first[item] == n else gone(n) for n, item in enumerate(found)]


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
    row = site.row if site.role in _WITHOUT_EXPRESSION else by.row(site.row)
    return None if at is None or row == _NOT_FOUND else Site(site.role, *at, row)


def _place(binding: Binding) -> At:
    return binding[0]


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
    return None if row == _NOT_FOUND else (at, row, binding[2])


def _moved_place(place: Place, moved: Mapping[int, Moved]) -> Place | None:
    by = moved.get(place.at[0])
    at = place.at if by is None else by.at(place.at)
    return None if at is None else place._replace(at=at)


def _moved_inline(place: InlinePlace, moved: Mapping[int, Moved]) -> InlinePlace | None:
    by = moved.get(place[0])
    start = place[1] if by is None or place[1] < 0 else by.byte(place[1])
    return None if by is not None and place[1] >= 0 and start == _NOT_FOUND else (place[0], start, place[2])
