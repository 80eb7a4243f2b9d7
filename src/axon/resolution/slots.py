"""Slots: sets of values that depend on each other, computed to their least fixed point.

What flows in: a function that computes one slot from others. What flows out: the values of the slots that were asked
for. A slot is computed when it is first read; one that reads a slot which may still grow is computed again when it has.
The functions are monotone over sets of values, and a set above `MOST_VALUES` becomes MANY, which absorbs whatever joins
it, so that the least fixed point is one and the order of reading does not show (Tarski; Kildall, "A Unified Approach to
Global Program Optimization", 1973).
"""

from collections.abc import Callable, Container, Iterable
from typing import Final

from axon.resolution.values import INSTANCES, MANY, NOTHING, UNKNOWN, Values

MOST_VALUES: Final = 8
MOST_DEFINITIONS: Final = 64  # where there is nothing else in a set: such as the functions of a table
_MOST_SHRUNK: Final = 8  # after that a slot keeps what it had: what feeds itself in a ring ends then, too
_MOST_NESTED: Final = 20
_WHOLE: Final[Values] = (MANY,)
_NOBODY: Final = -1  # reads; watchers have numbers below
NOWHERE: Final = -1

History = tuple[int, tuple[Values, ...]]  # first round, and the values in it and each later one; one for all if equal


def joined(values: Iterable[int]) -> Values:
    """Values in order, each once; MANY alone where there are too many."""
    distinct = set(values)
    if len(distinct) < 2:
        return tuple(distinct)
    if MANY in distinct or (len(distinct) > MOST_VALUES and _are_too_many(distinct)):
        return _WHOLE
    return tuple(sorted(distinct))


def _are_too_many(distinct: set[int]) -> bool:
    return len(distinct) > MOST_DEFINITIONS or min(distinct) < UNKNOWN or max(distinct) >= INSTANCES


class _Cell:
    """A slot: its values so far, and who must hear when they grow."""

    __slots__ = ("file", "is_final", "key", "noted", "readers", "values")

    def __init__(self, key: int) -> None:
        self.key = key
        self.values: Values = NOTHING
        self.is_final = False
        self.readers: set[int] | None = None  # slots and watchers
        self.file = NOWHERE
        self.noted = NOWHERE  # the file that read it last, and is known to have


class Slots:
    """Values by key, an int >= 0 that the one who computes them gives meaning to."""

    def __init__(self, compute: Callable[[int], Values], file_of: Callable[[int], int]) -> None:
        self._compute, self._file_of = compute, file_of
        self.file = NOWHERE  # whose names and slots are being read
        self.read_by: dict[int, set[int]] = {}  # file -> keys that it and its slots have read
        self._noted: set[int] = set()
        self._logs: list[dict[int, Values]] = []  # for each round: what was replaced in it
        self._born: dict[int, int] = {}  # round in which a slot was first read, 0 left out
        self._cells: dict[int, _Cell] = {}  # of each slot that was ever read
        self._growing: dict[int, _Cell] = {}  # of those that may still change
        self._reader = _NOBODY
        self._depth = 0
        self._waiting: dict[int, None] = {}
        self._shrunk: dict[int, int] = {}  # how often the values of a slot did not hold what they had held before
        self._next_watcher = _NOBODY - 1
        self._mark = 0
        self.is_closed = False
        self._alerted: set[int] = set()  # watchers of what has grown
        self.unsure = 0  # how often a slot was read that may still grow
        self.placed = 0  # how often something was read that depends on the place of who reads it
        self.scoped = 0  # the same of the scope
        self.computed = 0  # how often a slot was computed

    def read(self, key: int) -> Values:
        """The values of a slot, as far as they are known."""
        cell = self._cells.get(key)
        is_new = cell is None
        if cell is None:
            cell = self._cells[key] = _Cell(key)
        if cell.noted != self.file or self.file == NOWHERE:
            cell.noted = self.file
            self._noted.add(key)
        if cell.is_final:
            return cell.values
        if is_new:
            self._first(cell)
            if self.is_closed and self._reader < 0 and not cell.is_final:
                self.settle()
                self._finish()
            if cell.is_final:
                return cell.values
        self.unsure += 1
        if self._reader != _NOBODY:
            if cell.readers is None:
                cell.readers = set()
            cell.readers.add(self._reader)
        return cell.values

    def note(self, key: int) -> None:
        """Note that something is read that belongs to a file like a slot, and holds no values."""
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = _Cell(key)
            cell.is_final, cell.file = True, self._file_of(key)
        if cell.noted != self.file or self.file == NOWHERE:
            cell.noted = self.file
            self._noted.add(key)

    def _first(self, cell: _Cell) -> None:
        self._growing[cell.key] = cell
        if self._logs:
            self._born[cell.key] = len(self._logs)
        if self._depth >= _MOST_NESTED:
            self._waiting[cell.key] = None
            return
        unsure = self.unsure
        cell.values = self._evaluate(cell)
        if self.unsure == unsure:  # nothing that it read can change any more
            del self._growing[cell.key]
            cell.is_final, cell.readers = True, None
        elif cell.values and cell.readers:
            self._alert(cell.readers)

    def _evaluate(self, cell: _Cell) -> Values:
        before, self._reader = self._reader, cell.key
        if cell.file == NOWHERE:
            cell.file = self._file_of(cell.key)
        left = self.enter(cell.file)
        self._depth += 1
        self.computed += 1
        placed, scoped = self.placed, self.scoped
        values = self._compute(cell.key)
        self.placed, self.scoped = placed, scoped  # a slot is the same for all who read it
        self._depth -= 1
        self.enter(left)
        self._reader = before
        return values

    def enter(self, file: int) -> int:
        """Say whose reading it is from here on; the file whose it was."""
        before = self.file
        if file != before:
            self.file = file
            self._noted = self.read_by.setdefault(file, set())
        return before

    def _alert(self, readers: Iterable[int]) -> None:
        for reader in sorted(readers):
            if reader < _NOBODY:
                self._alerted.add(reader)
            else:
                self._waiting[reader] = None

    def keep_open(self) -> None:
        """Say, while a slot is computed, that it may grow for a reason of its own."""
        self.unsure += not self.is_closed

    def settle(self) -> bool:
        """Compute again whatever read a slot that has changed, until nothing changes; whether anything did."""
        has_changed = False
        while self._waiting:
            key = next(iter(self._waiting))
            del self._waiting[key]
            cell = self._growing[key]
            values = self._lasting(cell, self._evaluate(cell))
            if values != cell.values:
                self._replace(cell, values)
                if cell.readers:
                    self._alert(cell.readers)
                has_changed = True
        return has_changed

    def _lasting(self, cell: _Cell, values: Values) -> Values:
        """What a slot holds from now on; arguments that are passed no longer may let it shrink a few times."""
        if values in {cell.values, _WHOLE} or set(values).issuperset(cell.values):
            return values
        shrunk = self._shrunk[cell.key] = self._shrunk.get(cell.key, 0) + 1
        return values if shrunk <= _MOST_SHRUNK else joined((*cell.values, *values))

    def _replace(self, cell: _Cell, values: Values) -> None:
        if self._logs:
            self._logs[-1].setdefault(cell.key, cell.values)
        cell.values = values

    def renew(self, key: int) -> None:
        """Compute a slot again when things settle next, because what it is made of has grown."""
        if key in self._growing:
            self._waiting[key] = None

    def forget(self, key: int) -> None:
        """Compute a slot again from nothing, with all that read it, because what it is made of has shrunk."""
        if key not in self._growing:
            return
        found, waiting = {key}, [key]
        while waiting:
            for reader in self._growing[waiting.pop()].readers or ():
                if reader < _NOBODY:
                    self._alerted.add(reader)
                elif reader not in found:
                    found.add(reader)
                    waiting.append(reader)
        for each in sorted(found):
            self._replace(self._growing[each], NOTHING)
            self._waiting[each] = None

    def begin_round(self) -> None:
        """Say that what settled so far is to be told from what comes."""
        self._logs.append({})

    def history(self, key: int) -> History:
        """The first round in which a slot was read, and its values at the end of that and of each later one."""
        born = self._born.get(key, 0)
        values = [self._cells[key].values]
        for log in reversed(self._logs[born:]):
            values.append(log.get(key, values[-1]))
        values.reverse()
        return born, tuple(values) if any(v != values[0] for v in values) else (values[0],)

    def home(self, key: int) -> int:
        """The file that a slot that was read belongs to."""
        return self._cells[key].file

    def close(self) -> None:
        """Say that no slot will change any more; one that is read from now on settles at once."""
        self.settle()
        self._finish()
        self.is_closed = True

    def _finish(self) -> None:
        for cell in self._growing.values():
            cell.is_final, cell.readers = True, None
        self._growing.clear()
        self._waiting.clear()

    def begin_watch(self, watcher: int = 0) -> int:
        """Up to `end_watch`, note who watches the slots that are read; its number, a new one if none is given."""
        self._reader = watcher or self._next_watcher
        self._depth += 1
        self._mark = self.unsure
        return self._reader

    def end_watch(self) -> bool:
        """Whether a slot that was read since `begin_watch` may still grow; a new number is kept only then."""
        grows = self.unsure != self._mark
        if grows and self._reader == self._next_watcher:
            self._next_watcher -= 1
        self._reader = _NOBODY
        self._depth -= 1
        return grows

    def alerted(self, watchers: Container[int]) -> list[int]:
        """Of some watchers those that read something that has grown since they last asked, the first one first."""
        found = sorted((watcher for watcher in self._alerted if watcher in watchers), reverse=True)
        self._alerted.difference_update(found)
        return found

    def was_alerted(self, watcher: int) -> bool:
        """Whether something that a watcher read has grown since it last asked."""
        if watcher in self._alerted:
            self._alerted.discard(watcher)
            return True
        return False
