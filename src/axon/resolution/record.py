"""What one linking of calls leaves behind, so that the next may look again at a few files only.

What flows in: what a CallLinker found. What flows out: plain data, valid for the tree it was made of: who read which
slots of other files and what they held, what files pass to parameters, and what numbers in values mean.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from axon.resolution.arguments import Decorated, Given, Parameter
from axon.resolution.evaluation import Slot, slot_key
from axon.resolution.frameworks.consulted import Consulted
from axon.resolution.implicit import Described
from axon.resolution.numbers import Numbers
from axon.resolution.slots import History

_V = TypeVar("_V")


class Shared(NamedTuple):
    """What a slot held, and the files that read it, in order, without its own."""

    history: History
    readers: tuple[int, ...]


@dataclass(slots=True)
class CallRecord:
    """Files are numbered as in the assembly; keys and values are those of the flow.

    `shared` are the slots of a file, by key, that others have read. `visits` are, of a file, those that evaluate
    expressions in it. `consulted` is what rule packs looked at, once they were asked. `n_files` and `n_rows` are of the
    assembly.
    """

    n_files: int = 0
    n_rows: int = 0
    numbers: Numbers = field(default_factory=Numbers)
    given: Given = field(default_factory=dict)
    decorated: Decorated = field(default_factory=dict)
    described: dict[int, Described] = field(default_factory=dict)  # by file
    shared: dict[int, dict[int, Shared]] = field(default_factory=dict)
    visits: dict[int, tuple[int, ...]] = field(default_factory=dict)
    consulted: Consulted | None = None
    _reads: dict[int, set[tuple[int, int]]] = field(default_factory=dict)  # file -> shared slots that it reads

    def merge(self, files: Collection[int], now: "CallRecord") -> None:
        """Take up what was found when these files were looked at again, in place of what they did before.

        Costs as much as they do, not as the tree.
        """
        self.numbers = now.numbers
        _replace_by_file(self.given, files, now.given)
        _replace_by_file(self.decorated, files, now.decorated)
        self.described = {f: fields for f, fields in self.described.items() if f not in files} | now.described
        for file in self.visits.keys() | now.visits.keys():
            self.visits[file] = _readers(self.visits.get(file, ()), now.visits.get(file, ()), files)
        self._merge_shared(files, now.shared)

    def calling_back(self, parameter: Parameter) -> tuple[int, ...]:
        """The other files that call the functions which are passed for a parameter, where these are many."""
        file, row = parameter
        shared = self.shared.get(file, _NO_SLOTS).get(slot_key(Slot.CALLBACKS, row, file)) if file >= 0 else None
        return shared.readers if shared is not None else ()

    def forget_reads(self) -> None:
        """Say that the slots that are shared have other keys."""
        self._reads = {}

    def _merge_shared(self, files: Collection[int], now: Mapping[int, Mapping[int, Shared]]) -> None:
        reads = self._reads or self._read_slots()
        touched = {slot for file in files for slot in reads.pop(file, ())}
        touched.update((file, key) for file in files for key in self.shared.get(file, ()))
        touched.update((file, key) for file, slots in now.items() for key in slots)
        for file, key in sorted(touched):
            old, new = self.shared.get(file, _NO_SLOTS).get(key), now.get(file, _NO_SLOTS).get(key)
            readers = _readers(old.readers if old else (), new.readers if new else (), files)
            is_newer = new is not None and (file in files or old is None or new.history[0] < old.history[0])
            known = new if is_newer else old
            if known is not None and readers:
                self.shared.setdefault(file, {})[key] = Shared(known.history, readers)
                for reader in readers:
                    reads.setdefault(reader, set()).add((file, key))
            else:
                self.shared.get(file, {}).pop(key, None)
        self._reads = reads

    def _read_slots(self) -> dict[int, set[tuple[int, int]]]:
        found: dict[int, set[tuple[int, int]]] = {}
        for file, slots in self.shared.items():
            for key, shared in slots.items():
                for reader in shared.readers:
                    found.setdefault(reader, set()).add((file, key))
        return found


_NO_SLOTS: Final[Mapping[int, Shared]] = {}


def _readers(before: Collection[int], now: Collection[int], files: Collection[int]) -> tuple[int, ...]:
    """Who reads something: those of before that were not looked at again, and those of now."""
    return tuple(sorted({*(file for file in before if file not in files), *now}))


def _replace_by_file(
    known: dict[tuple[int, int], dict[int, _V]],
    files: Collection[int],
    now: Mapping[tuple[int, int], Mapping[int, _V]],
) -> None:
    """Put what files do now, by what they do it to, in place of what they did."""
    of_them = frozenset(files)
    for parameter in [at for at, by_file in known.items() if not of_them.isdisjoint(by_file)]:
        rest = {file: value for file, value in known[parameter].items() if file not in of_them}
        if rest:
            known[parameter] = rest
        else:
            del known[parameter]
    for parameter, by_file in now.items():
        if by_file:
            known[parameter] = {**known.get(parameter, {}), **by_file}
