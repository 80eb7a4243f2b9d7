"""Numbers of sites that are gone, taken out of a record, so that it does not grow with every edit.

What flows in: a record. What flows out: the same, in which only sites that it speaks of have numbers, in their order.
"""

from collections.abc import Iterator
from typing import Final

from axon.resolution.evaluation import Slot, slot_key, slot_of
from axon.resolution.moved import GONE
from axon.resolution.record import CallRecord, Shared
from axon.resolution.values import SITES, Role, Values, is_site

_OF_SITES: Final = (Slot.ELEMENT, Slot.RESULT)
_MOST_GONE: Final = 0.2  # share of the sites
_FEW: Final = 500


def compact(record: CallRecord) -> None:
    """Take out what is gone where that is much; costs a pass over the record every few hundred updates."""
    sites = record.numbers.sites
    if sum(site.file == GONE for site in sites) <= _FEW + _MOST_GONE * len(sites):
        return
    used = sorted(_with_origins(record, set(_mentioned(record))))
    now = {SITES + n: SITES + index for index, n in enumerate(used)}
    kept = [sites[n] for n in used]
    record.numbers.sites[:] = [s._replace(row=now[s.row]) if s.role is Role.REST else s for s in kept]
    record.numbers.keys[:] = [(now.get(value, value), key) for value, key in record.numbers.keys]
    for parameter, by_file in record.given.items():
        record.given[parameter] = {f: {now.get(v, v): n for v, n in of.items()} for f, of in by_file.items()}
    for file, slots in record.shared.items():
        record.shared[file] = {_moved_key(key, now): _moved(shared, now) for key, shared in slots.items()}
    record.forget_reads()


def _mentioned(record: CallRecord) -> Iterator[int]:
    """The numbers of all sites of which slots, parameters and keys speak."""
    yield from (value - SITES for value, _ in record.numbers.keys if is_site(value))
    passed = (value for by_file in record.given.values() for values in by_file.values() for value in values)
    yield from (value - SITES for value in passed if is_site(value))
    for slots in record.shared.values():
        for key, (history, _) in slots.items():
            slot, row, _ = slot_of(key)
            if slot in _OF_SITES:
                yield row - SITES
            yield from (value - SITES for values in history[1] for value in values if is_site(value))


def _with_origins(record: CallRecord, numbers: set[int]) -> set[int]:
    """These sites, and those of which they are the rest."""
    sites, waiting = record.numbers.sites, list(numbers)
    while waiting:
        site = sites[waiting.pop()]
        if site.role is Role.REST and (origin := site.row - SITES) not in numbers:
            numbers.add(origin)
            waiting.append(origin)
    return numbers


def _moved_key(key: int, now: dict[int, int]) -> int:
    slot, row, file = slot_of(key)
    return slot_key(slot, now[row], file) if slot in _OF_SITES else key


def _moved(shared: Shared, now: dict[int, int]) -> Shared:
    born, rounds = shared.history
    return Shared((born, tuple(_moved_values(values, now) for values in rounds)), shared.readers)


def _moved_values(values: Values, now: dict[int, int]) -> Values:
    return tuple(now.get(value, value) for value in values) if any(map(is_site, values)) else values
