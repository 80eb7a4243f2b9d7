"""What one linking of calls leaves behind, so that the next may look again at a few files only.

What flows in: what a CallLinker found. What flows out: plain data, valid for the tree it was made of: who read which
slots of other files and what they held, what files pass to parameters, and what numbers in values mean.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from axon.resolution.arguments import Decorated, Given
from axon.resolution.implicit import Described
from axon.resolution.numbers import Numbers
from axon.resolution.slots import History

_V = TypeVar("_V")


class Shared(NamedTuple):
    """What a slot held, and the files that read it, in order, without its own."""

    history: History
    readers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CallRecord:
    """Files are numbered as in the assembly; keys and values are those of the flow.

    `shared` are the slots of a file, by key, that others have read. `visits` are, of a file, those that evaluate
    expressions in it. `n_files` and `n_rows` are of the assembly.
    """

    n_files: int = 0
    n_rows: int = 0
    numbers: Numbers = field(default_factory=Numbers)
    given: Given = field(default_factory=dict)
    decorated: Decorated = field(default_factory=dict)
    described: dict[int, Described] = field(default_factory=dict)  # by file
    shared: dict[int, dict[int, Shared]] = field(default_factory=dict)
    visits: dict[int, tuple[int, ...]] = field(default_factory=dict)


def without(record: CallRecord, files: Collection[int]) -> CallRecord:
    """What other files than these do, as far as linking these depends on it."""
    return CallRecord(
        record.n_files,
        record.n_rows,
        record.numbers.copy(),
        {parameter: _others(by_file, files) for parameter, by_file in record.given.items()},
        {parameter: _others(by_file, files) for parameter, by_file in record.decorated.items()},
        _others(record.described, files),
    )


def merged(before: CallRecord, files: Collection[int], now: CallRecord) -> CallRecord:
    """The record of a whole tree of which these files were looked at again."""
    rest = without(before, files)
    return replace(
        now,
        given=_both(rest.given, now.given),
        decorated=_both(rest.decorated, now.decorated),
        described=rest.described | now.described,
        shared={
            file: _shared(before.shared.get(file, {}), now.shared.get(file, {}), file in files, files)
            for file in before.shared.keys() | now.shared.keys()
        },
        visits={
            file: _readers(before.visits.get(file, ()), now.visits.get(file, ()), files)
            for file in before.visits.keys() | now.visits.keys()
        },
    )


def _shared(
    before: Mapping[int, Shared], now: Mapping[int, Shared], is_renewed: bool, files: Collection[int]
) -> dict[int, Shared]:
    """The shared slots of a file, which was looked at again itself or not."""
    found = dict(now) if is_renewed else dict(before)
    for key in before.keys() | now.keys():
        old, new = before.get(key), now.get(key)
        readers = _readers(old.readers if old else (), new.readers if new else (), files)
        known = new if new and (is_renewed or old is None or new.history[0] < old.history[0]) else old
        if known is not None and readers:
            found[key] = Shared(known.history, readers)
        else:
            found.pop(key, None)
    return found


def _readers(before: Collection[int], now: Collection[int], files: Collection[int]) -> tuple[int, ...]:
    """Who reads something: those of before that were not looked at again, and those of now."""
    return tuple(sorted({*(file for file in before if file not in files), *now}))


def _both(
    rest: Mapping[tuple[int, int], Mapping[int, _V]], now: Mapping[tuple[int, int], Mapping[int, _V]]
) -> dict[tuple[int, int], dict[int, _V]]:
    found = {parameter: {**rest.get(parameter, {}), **now.get(parameter, {})} for parameter in rest.keys() | now.keys()}
    return {parameter: by_file for parameter, by_file in found.items() if by_file}


def _others(by_file: Mapping[int, _V], files: Collection[int]) -> dict[int, _V]:
    return {file: value for file, value in by_file.items() if file not in files}
