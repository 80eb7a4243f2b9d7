"""A record in which node rows have other numbers, because definitions came or went.

What flows in: a record, and the row now of each row of before. What flows out: the same record with the rows of now,
and the files that have read what there is no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from axon.graph.build import Assembly, definition_order
from axon.model.facts import FileFacts
from axon.resolution.evaluation import Slot, slot_key, slot_of
from axon.resolution.moved import NOT_FOUND, gone_site
from axon.resolution.record import CallRecord, Shared
from axon.resolution.summaries import INLINE
from axon.resolution.values import INSTANCES, SITES, Role, Site, Values

GONE_VALUE: Final = -1 << 51
"""In place of a value whose row is gone: no slot holds it, so that who has read one sees that it is another."""

_BY_ROW: Final = frozenset(
    {
        *(Slot.STORED, Slot.RETURNED, Slot.YIELDED, Slot.DECORATED),
        *(Slot.INFERRED, Slot.RECEIVED, Slot.SIGNATURE),
    }
)
_OF_KEYS: Final = (Slot.ITEM, Slot.MEMBER)


def rows_now(
    assembly: Assembly, before: Mapping[int, FileFacts], definitions: Mapping[int, Sequence[int]]
) -> list[int]:
    """The row now of each node row of before but for external ones; NOT_FOUND where it is gone.

    `before` has the old facts of the files that have changed, `definitions` which of theirs went where.
    """
    found = list(range(assembly.file_row + len(assembly.files)))
    for file, rows in enumerate(assembly.rows):
        if file in definitions:
            now = (definitions[file][d] for d in definition_order(before[file]))
            found += [rows[d] if d != NOT_FOUND else NOT_FOUND for d in now]
        else:
            first = assembly.first_rows[file]
            found += range(first, first + len(rows))
    return found


@dataclass(slots=True)
class Renumbering:
    """`lost` are files that must be looked at again, because something that they have read is gone.

    `gone` are the values of sites that stand for nothing any more.
    """

    rows: Sequence[int]
    lost: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    _gone_keys: set[int] = field(default_factory=set)

    def value(self, value: int) -> int:
        """A value with the row of now."""
        if value < 0 or value >= SITES:
            return value
        first = INSTANCES if value >= INSTANCES else 0
        row = self.rows[value - first]
        return GONE_VALUE if row == NOT_FOUND else first + row

    def apply(self, record: CallRecord, n_rows: int) -> None:
        """Let a record speak of the rows of now, of which there are `n_rows`."""
        record.n_rows = n_rows
        self._move_numbers(record)
        self._move_passed(record)
        record.described = {
            file: {
                self.rows[row]: tuple(map(self.value, methods))
                for row, methods in fields.items()
                if self.rows[row] != NOT_FOUND
            }
            for file, fields in record.described.items()
        }
        for file, slots in record.shared.items():
            record.shared[file] = dict(self._moved_slots(slots))
        record.forget_reads()

    def _move_numbers(self, record: CallRecord) -> None:
        numbers = record.numbers
        for n, site in enumerate(numbers.sites):
            if site.role is Role.GENERATOR:
                row = self.rows[site.row]
                numbers.sites[n] = site._replace(row=row) if row != NOT_FOUND else self._forgotten(n)
            elif site.role is Role.REST and site.row in self.gone:
                numbers.sites[n] = self._forgotten(n)  # it rests on what has a lower number
        for n, (value, name) in enumerate(numbers.keys):
            now = self.value(value)
            numbers.keys[n] = now, name
            if now == GONE_VALUE:
                self._gone_keys.add(n)
                numbers.keys[n] = SITES + len(numbers.sites), f" {n}"  # no name has a space
                numbers.sites.append(gone_site(len(numbers.sites)))

    def _forgotten(self, number: int) -> Site:
        self.gone.add(SITES + number)
        return gone_site(number)

    def _move_passed(self, record: CallRecord) -> None:
        for parameter, by_file in record.given.items():
            moved = {f: {self.value(v): n for v, n in values.items()} for f, values in by_file.items()}
            if any(GONE_VALUE in values for values in moved.values()):
                self._lose(parameter, record)
                moved = {f: {v: n for v, n in values.items() if v != GONE_VALUE} for f, values in moved.items()}
            record.given[parameter] = moved
        for parameter, decorating in record.decorated.items():
            adorned = {f: dict.fromkeys(map(self.value, values)) for f, values in decorating.items()}
            if any(GONE_VALUE in values for values in adorned.values()):
                self._lose(parameter, record)
                adorned = {f: dict.fromkeys(v for v in values if v != GONE_VALUE) for f, values in adorned.items()}
            record.decorated[parameter] = adorned

    def _lose(self, parameter: tuple[int, int], record: CallRecord) -> None:
        file, row = parameter
        self.lost.add(record.numbers.inline[row][0] if file == INLINE else file)

    def _moved_slots(self, slots: Mapping[int, Shared]) -> Iterator[tuple[int, Shared]]:
        for key, shared in slots.items():
            slot, row, file = slot_of(key)
            now = key
            if slot in _BY_ROW:
                row = self.rows[row]
                now = slot_key(slot, row, file) if row != NOT_FOUND else NOT_FOUND
            elif slot in _OF_KEYS and row in self._gone_keys:
                now = NOT_FOUND
            if now == NOT_FOUND:
                self.lost.update(shared.readers)
            else:
                born, rounds = shared.history
                yield now, Shared((born, tuple(map(self._moved_values, rounds))), shared.readers)

    def _moved_values(self, values: Values) -> Values:
        if all(value < 0 or value >= SITES for value in values):
            return values
        return tuple(sorted(map(self.value, values)))
