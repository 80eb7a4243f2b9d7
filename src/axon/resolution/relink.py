"""The calls of a tree in which few files have changed: which files must be looked at again, and what they call now.

What flows in: linked names, the record of the linking before, and the files whose bodies were edited. What flows out:
the rows of the files that were looked at, and the next record.

A file is looked at alone, its slots computed from nothing, as far down as it reads. If all that other files have read
of it still holds the same, nothing else changes (Bekić's theorem: the rest is the least fixed point over what it read,
and that is the same); else those who read it are looked at as well, until nothing is added.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from axon.graph.build import Assembly
from axon.interpreter import deep_recursion
from axon.resolution.arguments import Arguments, Given, Parameter, first_rounds, told_by
from axon.resolution.calls import ROUNDS, CallLinker
from axon.resolution.compaction import compact
from axon.resolution.evaluation import Slot, slot_of
from axon.resolution.evidence import EdgeRows, SiteRows
from axon.resolution.flow import MOST_FRAMES
from axon.resolution.grown import Growth
from axon.resolution.moved import GONE, Moved, move_numbers
from axon.resolution.numbers import file_of
from axon.resolution.parameters import move_parameters
from axon.resolution.record import CallRecord, Shared
from axon.resolution.renumbered import Renumbering
from axon.resolution.slots import History
from axon.resolution.summaries import INLINE
from axon.resolution.tables import Tables
from axon.resolution.waking import Waking


class Grown(NamedTuple):
    """What differs in edited files, and the row now of each node row of before."""

    growths: Mapping[int, Growth]
    rows: Sequence[int]


_MOST_AFFECTED: Final = 0.2  # above this share of the files all are linked, which costs no more then
_NO_VALUES: Final = (Slot.SIGNATURE, Slot.CALLBACKS)
_FEW: Final = 40  # files that may be affected whatever the share


def relink(  # noqa: PLR0917
    tables: Tables,
    before: CallRecord,
    moved: Mapping[int, Moved],
    edges: EdgeRows,
    sites: SiteRows,
    grown: Grown | None = None,
) -> frozenset[int] | None:
    """Add the CALLS and PASSES edges and unresolved sites of the files that an edit affects, `moved` among them.

    These files are given back, and `before` becomes the record of the tree as it is now. None, and nothing is added,
    where all files must be linked; then the record is of no more use. `grown` says what more than bodies and
    signatures has changed.
    """
    with deep_recursion(MOST_FRAMES):
        affected = _Affected(before, moved, tables.names.assembly, grown)
        files, most = frozenset(moved), int(max(_FEW, _MOST_AFFECTED * before.n_files))
        if grown is not None:
            woken = Waking(tables, before, grown.growths, most).files()
            if woken is None:
                return None
            files |= woken
        n_known = before.numbers.counts()
        files = affected.with_visitors(files)
        while len(files) <= most:
            before.numbers.cut(n_known)
            linker = CallLinker(tables, sorted(files), before)
            linker.resolve(affected.wanted(files))
            more = affected.woken(files, linker)
            if more is None:
                return None
            if more <= files:
                linker.write(edges, sites)
                before.merge(files, linker.record())
                compact(before)
                return files
            files |= more
    return None


class _Affected:
    """Who must be looked at again, as far as the record of the linking before tells."""

    def __init__(self, before: CallRecord, moved: Mapping[int, Moved], assembly: Assembly, grown: Grown | None) -> None:
        self._before, self._moved, self._place = before, moved, assembly.place
        renumbering = Renumbering(grown.rows if grown is not None else ())
        if grown is not None:
            renumbering.apply(before, len(assembly.ids))
        self._lost = renumbering.lost  # files that have read what there is no more
        for file, by in moved.items():
            if any(row != now for row, now in enumerate(by.parameters)):
                self._lost |= move_parameters(before, file, by)
        self._was_given = dict(before.given)
        gone = move_numbers(before.numbers, moved) | renumbering.gone
        if gone:
            _forget(before.given, gone)

    def wanted(self, files: frozenset[int]) -> Iterator[int]:
        """The slots of some files that others have read, as far as they still exist."""
        return (
            key for key, _ in self._read_outside(files) if slot_of(key)[0] not in _NO_VALUES and not self._is_gone(key)
        )

    def _read_outside(self, files: frozenset[int]) -> Iterator[tuple[int, Shared]]:
        for file in sorted(files):
            for key, shared in self._before.shared.get(file, {}).items():
                if not files.issuperset(shared.readers):
                    yield key, shared

    def _is_gone(self, key: int) -> bool:
        return file_of(key, self._before.numbers, self._place) == GONE

    def woken(self, files: frozenset[int], linker: CallLinker) -> frozenset[int] | None:
        """The files that must be looked at when these are, by what was found in them; None for all."""
        if linker.described != {file: fields for file, fields in self._before.described.items() if file in files}:
            return None
        passed = self._passed_to(files, linker)
        if passed is None:
            return None
        found = {*passed, *self._decorated(files, linker), *self._lost}
        for key, shared in self._read_outside(files):
            slot, row, _ = slot_of(key)
            if slot is Slot.SIGNATURE:
                is_other = self._has_other_signature(row)
            elif slot is Slot.CALLBACKS:
                is_other = False  # that is told by what is passed
            else:
                is_other = self._is_gone(key) or _differ(shared.history, linker.flow.slots.history(key))
            if is_other:
                found.update(shared.readers)
        return self.with_visitors(frozenset(found))

    def with_visitors(self, files: frozenset[int]) -> frozenset[int]:
        """Some files, and whoever evaluates expressions in them, in whom others do the same, and so on."""
        found, waiting = set(files), list(files)
        while waiting:
            fresh = set(self._before.visits.get(waiting.pop(), ())) - found
            found |= fresh
            waiting += fresh
        return frozenset(found)

    def _has_other_signature(self, row: int) -> bool:
        file, definition = self._place(row)
        moved = self._moved.get(file)
        return moved is not None and definition in moved.signatures

    def _passed_to(self, files: frozenset[int], linker: CallLinker) -> set[int] | None:
        """Files of whose parameters callers pass something else now; None where that cannot be told."""
        found = set()
        for parameter in self._touched(files, linker):
            before = self._was_given.get(parameter, {})
            rest = {f: v for f, v in self._before.given.get(parameter, {}).items() if f not in files}
            old = first_rounds(before.values())
            new = first_rounds([*rest.values(), *linker.arguments.given.get(parameter, {}).values()])
            was_cut = not linker.arguments.is_asked(parameter, old)
            if was_cut and linker.arguments.is_asked(parameter, new):
                return None  # what else is passed was never looked at
            if _told(linker.arguments, old) != _told(linker.arguments, new):
                is_inline = parameter[0] == INLINE
                found.add(linker.flow.summaries.inline_file(parameter[1]) if is_inline else parameter[0])
                found.update(self._before.calling_back(parameter))
        found.discard(GONE)
        return found

    def _touched(self, files: frozenset[int], linker: CallLinker) -> Iterable[Parameter]:
        """The parameters to which these files pass something, or did, or others what is gone."""
        found = dict.fromkeys(linker.arguments.given)
        for parameter, by_file in self._was_given.items():
            is_of_them = parameter[0] in self._moved or not files.isdisjoint(by_file)
            if is_of_them or by_file is not self._before.given[parameter]:
                found[parameter] = None
        return found

    def _decorated(self, files: frozenset[int], linker: CallLinker) -> Iterator[int]:
        """Files of parameters of decorators that are passed something else."""
        old = {p: {f: v for f, v in by.items() if f in files} for p, by in self._before.decorated.items()}
        for parameter in {*old, *linker.arguments.decorated_in}:
            was = {value for values in old.get(parameter, {}).values() for value in values}
            now = {value for values in linker.arguments.decorated_in.get(parameter, {}).values() for value in values}
            if was != now:
                yield parameter[0]
                yield from self._before.calling_back(parameter)


def _forget(given: Given, gone: Collection[int]) -> None:
    """Take values that stand for nothing any more out of what is passed."""
    for parameter, by_file in given.items():
        if any(value in gone for values in by_file.values() for value in values):
            given[parameter] = {
                file: {value: first for value, first in values.items() if value not in gone}
                for file, values in by_file.items()
            }


def _told(arguments: Arguments, passed: Mapping[int, int]) -> object:
    """All that what is passed says of a parameter: in each round, and in the end."""
    rounds = range(1, ROUNDS + 1)
    values = [told_by([value for value, first in passed.items() if first <= number]) for number in rounds]
    return values, sorted(arguments.called_back(passed))


def _differ(old: History, new: History) -> bool:
    """Whether a slot holds something else in a round in which it was read before."""
    return any(_in_round(old, number) != _in_round(new, number) for number in range(old[0], ROUNDS + 1))


def _in_round(history: History, number: int) -> tuple[int, ...]:
    born, values = history
    return values[min(max(number - born, 0), len(values) - 1)]
