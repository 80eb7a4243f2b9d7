"""Parameters of a file whose signatures were edited: where a record speaks of them.

What flows in: a record, and a file that moved. What flows out: the record with the rows that its parameters have now.
"""

from typing import Final, TypeVar

from axon.resolution.evaluation import Slot, slot_key, slot_of
from axon.resolution.moved import Moved
from axon.resolution.record import CallRecord, Shared
from axon.resolution.slots import History
from axon.resolution.values import OPEN, PASSED, Values, parameter_of, passed

_OF_PARAMETERS: Final = (Slot.PARAMETER, Slot.SPREAD, Slot.CALLBACKS)
_GONE: Final = -1 << 50
"""A value that no slot holds, so that who has read it sees that it holds something else."""

_V = TypeVar("_V")


def move_parameters(record: CallRecord, file: int, moved: Moved) -> set[int]:
    """Give the parameters of a file the rows that they have now; the files that have read one that is gone."""
    rows, lost = moved.parameters, set[int]()
    record.given = _moved_keys(record.given, file, moved)
    record.decorated = _moved_keys(record.decorated, file, moved)
    slots: dict[int, Shared] = {}
    for key, shared in record.shared.get(file, {}).items():
        slot, row, _ = slot_of(key)
        if slot not in _OF_PARAMETERS:
            slots[key] = Shared(_moved_history(shared.history, file, moved), shared.readers)
        elif rows[row] < 0:
            lost.update(shared.readers)
        else:
            slots[slot_key(slot, rows[row], file)] = Shared(_moved_history(shared.history, file, moved), shared.readers)
    record.shared[file] = slots
    record.forget_reads()
    return lost


def _moved_keys(known: dict[tuple[int, int], _V], file: int, moved: Moved) -> dict[tuple[int, int], _V]:
    found: dict[tuple[int, int], _V] = {}
    for (of_file, row), value in known.items():
        now = moved.parameters[row] if of_file == file else row
        if now >= 0:
            found[of_file, now] = value
    return found


def _moved_history(history: History, file: int, moved: Moved) -> History:
    born, rounds = history
    return born, tuple(_moved_values(values, file, moved) for values in rounds)


def _moved_values(values: Values, file: int, moved: Moved) -> Values:
    if not any(PASSED <= value < OPEN for value in values):
        return values
    return tuple(sorted(_moved_value(value, file, moved) for value in values))


def _moved_value(value: int, file: int, moved: Moved) -> int:
    if not PASSED <= value < OPEN:
        return value
    of_file, row = parameter_of(value)
    now = moved.parameters[row] if of_file == file else row
    return passed(of_file, now) if now >= 0 else _GONE
