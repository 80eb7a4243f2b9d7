"""Whole, immutable indexes side by side: one is in force, the next is built beside it, old ones go.

What flows in: finished files of a draft and its manifest. What flows out: the generation in force, checked and pinned.
It does not know what the files mean.

    <repo>/.axon/
    ├── current, current.kuzu        numbers of the generations in force, replaced atomically
    ├── last                         the highest number ever given out
    ├── writer.lock                  one writer, by an OS lock
    ├── generations/000042/          manifest.json, columns/, …, kuzu/ (arrives whole, by one rename)
    ├── generations/.draft-000043/   being built; no reader looks at it
    └── vectors/
"""

import os
import re
import shutil
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeAlias

from axon.errors import BusyError, DamagedIndexError, NoIndexError, NoLocksError, StorageError
from axon.storage.arrays import array_damage
from axon.storage.drafts import (
    COLUMNS_FOLDER,
    CURRENT,
    CURRENT_KUZU,
    KUZU_FILE,
    KUZU_FOLDER,
    LABELS_FILE,
    PIN_FILE,
    DatabaseDraft,
    Draft,
    point_at_database,
)
from axon.storage.durable import remove_folder, replace_text
from axon.storage.locks import SHARED_LOCKS, try_lock, wait_for_lock
from axon.storage.manifest import KuzuLayer, Manifest, changed_bytes, missing_bytes
from axon.storage.schema import SCHEMA_VERSION

INDEX_FOLDER: Final = ".axon"
OBSERVATIONS: Final = "observations.json"  # what audits saw, an input of every build

_NUMBER: Final = re.compile(r"\d{6,}")
_DIGITS: Final = re.compile(r"\d+")


class Generation:
    """One published index, pinned: it is not removed until `close`, the end of a `with` or of the object.

    `folder` holds its files and never changes, but that `kuzu/` may arrive. `warnings` are lines about newer
    generations that could not be used.
    """

    def __init__(self, number: int, folder: Path, manifest: Manifest, pin: int) -> None:
        self.number, self.folder, self.manifest = number, folder, manifest
        self.warnings: tuple[str, ...] = ()
        self._unpin = weakref.finalize(self, os.close, pin)

    @property
    def columns(self) -> Path:
        """The folder that `IndexColumns.open` takes."""
        return self.folder / COLUMNS_FOLDER

    @property
    def kuzu(self) -> Path:
        """The folder of the Kuzu file, which arrives later than the rest."""
        return self.folder / KUZU_FOLDER

    @property
    def has_kuzu(self) -> bool:
        """Whether that folder has arrived, in whatever state it is now."""
        return self.kuzu.is_dir()

    @property
    def database(self) -> Path | None:
        """The Kuzu file, once it is there."""
        path = self.kuzu / KUZU_FILE
        return path if path.exists() else None

    def kuzu_layer(self) -> KuzuLayer:
        """What the Kuzu file holds, its size checked.

        Raises:
            DamagedIndexError: it is not there yet, or not as it was written.
        """
        layer = KuzuLayer.read(self.kuzu)
        _raise_if_damaged(self.kuzu, missing_bytes(self.kuzu, layer.files))
        return layer

    def damage(self) -> list[str]:
        """What of its files is not as it was written, a line each; reads every byte.

        A Kuzu file that has not arrived yet is no damage.
        """
        lines = [*changed_bytes(self.folder, self.manifest.files), *array_damage(self.folder / LABELS_FILE)]
        if not self.has_kuzu:
            return lines
        try:
            layer = KuzuLayer.read(self.kuzu)
        except DamagedIndexError as error:
            return [*lines, str(error).rstrip(".")]
        if layer.holds_labels and not (self.folder / LABELS_FILE).exists():
            lines.append(f"{LABELS_FILE} is missing")
        return [*lines, *changed_bytes(self.kuzu, layer.files)]

    def close(self) -> None:
        """Give the pin back."""
        self._unpin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


Check: TypeAlias = Callable[[Generation], object]
"""Looks at a generation and raises DamagedIndexError where it cannot serve."""


def nothing_more(generation: Generation) -> None:
    """The check of those for whom a whole manifest and files of the right sizes are enough."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Numbers of generations that `collect` removed, and of old ones that readers still hold."""

    removed: tuple[int, ...]
    held: tuple[int, ...]


class IndexHome:
    """The `.axon` folder of one repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / INDEX_FOLDER
        self._generations = self.folder / "generations"
        self._locked = False

    def current(self, check: Check = nothing_more) -> Generation | None:
        """The generation in force, pinned; None when nothing was ever published.

        A damaged one gives way to the newest good one before it, with `warnings`. Sizes are looked at, and what `check`
        looks at, which raises DamagedIndexError; only `damage` reads every byte.

        Raises:
            UnknownVersionError: another version of Axon wrote it.
            DamagedIndexError: no generation is whole.
        """
        return self._newest(CURRENT, check)

    def current_number(self) -> int | None:
        """The number that the pointer names, for a look whether anything is new; nothing is opened."""
        return _number_in(self.folder / CURRENT)

    def current_kuzu(self) -> Generation | None:
        """The newest generation whose Kuzu file is in force, pinned, its size checked; else as `current`."""
        return self._newest(CURRENT_KUZU, Generation.kuzu_layer)

    def require_current(self, check: Check = nothing_more) -> Generation:
        """As `current`.

        Raises:
            NoIndexError: nothing was ever published here.
        """
        generation = self.current(check)
        if generation is None:
            raise NoIndexError(f"No index in {self.root}. Run `axon analyze {self.root}`.")
        return generation

    @contextmanager
    def writer_lock(self, *, wait: bool = False, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
        """Be the one writer; creates the folder. The system drops the lock when the process dies.

        `on_wait` is told, in one line, whom this waits for.

        Raises:
            BusyError: another writer is at work and `wait` is false.
            StorageError: the folder cannot be created.
        """
        descriptor = self._open_lock()
        try:
            if not try_lock(descriptor):
                busy = f"{self._holder()} the index of {self.root}{self._since()}."
                if not wait:
                    raise BusyError(f"{busy} Try again when it is done.")
                if on_wait is not None:
                    on_wait(f"{busy} Waiting for it.")
                wait_for_lock(descriptor)
            with suppress(OSError):  # no room: whoever is told that we are at work is not told who we are
                os.truncate(descriptor, 0)
                os.write(descriptor, str(os.getpid()).encode())
            self._locked = True
            yield
        finally:
            self._locked = False
            os.close(descriptor)

    def recover(self) -> tuple[str, ...]:
        """Remove what dead writers left, and say so, a line each; the caller holds `writer_lock`."""
        return tuple(self._clear_leftovers())

    def begin(self) -> Draft:
        """A new draft under a number that was never used, after `recover`.

        The caller holds `writer_lock` and has no other draft open.
        """
        if not self._locked:
            raise ValueError("begin() needs the writer lock")
        number = 1 + max([_number_in(self.folder / "last") or 0, *self._numbers()])
        replace_text(self.folder / "last", f"{number}\n")
        draft = Draft(self.folder, self._generations, number)
        draft.create_folders()
        return draft

    def begin_database(self, generation: Generation) -> DatabaseDraft:
        """A draft of the Kuzu file that a published generation lacks, after `recover`; the caller is the writer."""
        if not self._locked:
            raise ValueError("begin_database() needs the writer lock")
        draft = DatabaseDraft(self.folder, self._generations, generation.number)
        draft.create_folders()
        return draft

    def database_number(self) -> int | None:
        """Number of the generation whose Kuzu file is in force."""
        return _number_in(self.folder / CURRENT_KUZU)

    def point_at_database(self, generation: Generation) -> None:
        """Put a Kuzu file in force that has arrived; the caller is the writer."""
        point_at_database(self.folder, generation.number)

    def collect(self, *, keep: int = 2) -> Collected:
        """Remove published generations that nobody reads, but for `keep` of them; the caller is the writer.

        The one in force and that whose Kuzu file is stay, then the newest. Only the Kuzu file in force stays, for
        another can be made again from the columns.
        """
        keep = max(keep, 1 if SHARED_LOCKS else 2)
        database, numbers = self.database_number(), self._numbers()
        in_force = {_number_in(self.folder / CURRENT), database}.intersection(numbers)
        others = [number for number in numbers if number not in in_force]
        old = others[: max(0, len(numbers) - max(keep, len(in_force)))]
        removed = tuple(number for number in old if _remove_unread(self._folder_of(number)))
        for number in self._numbers():
            if database is not None and number < database:
                _remove_unread(self._folder_of(number), KUZU_FOLDER)
        return Collected(removed, tuple(number for number in old if number not in removed))

    def _newest(self, pointer: str, check: Check) -> Generation | None:
        for _ in range(10):  # a collector may take a generation between the look at the pointer and the pin
            if not (self.folder / pointer).exists():
                return None
            named = _number_in(self.folder / pointer)
            generation, warnings = self._first_good(self._if_there(named), check)
            is_settled = not warnings or _number_in(self.folder / pointer) == named
            if generation is not None and is_settled:
                generation.warnings = tuple(warnings)
                return generation
            if generation is not None:
                generation.close()
            elif is_settled:
                break
        raise DamagedIndexError(" ".join([*warnings, f"Run `axon analyze --full {self.root}`."]))

    def _first_good(self, top: int | None, check: Check) -> tuple[Generation | None, list[str]]:
        warnings = [] if top is not None else ["The pointer to the current index leads nowhere."]
        candidates = {number for number in self._numbers() if top is None or number < top} | ({top} - {None})
        for number in sorted(filter(None, candidates), reverse=True):
            try:
                generation = self._opened(number, check)
            except DamagedIndexError as error:
                warnings.append(f"Generation {number} cannot be used: {error}")
                continue
            if warnings:
                warnings.append(f"Answers come from generation {number}; run `axon analyze {self.root}`.")
            return generation, warnings
        return None, warnings

    def _if_there(self, number: int | None) -> int | None:
        """The number that a pointer names; None where it cannot be read, or names a generation that is not there."""
        return number if number is not None and self._folder_of(number).is_dir() else None

    def _opened(self, number: int, check: Check) -> Generation:
        folder = self._folder_of(number)
        pin = _pinned(folder)
        try:
            manifest = Manifest.read(folder, schema_version=SCHEMA_VERSION)
            _raise_if_damaged(folder, missing_bytes(folder, manifest.files))
        except StorageError:
            os.close(pin)
            raise
        generation = Generation(number, folder, manifest, pin)
        try:
            check(generation)
        except DamagedIndexError:
            generation.close()
            raise
        return generation

    def _clear_leftovers(self) -> Iterator[str]:
        top = self._if_there(_number_in(self.folder / CURRENT))
        if top is None and (self.folder / CURRENT).exists():
            top = max(self._numbers(), default=0)
        unpublished = {self._folder_of(number) for number in self._numbers() if number > (top or 0)}
        dead = sorted(unpublished.union(self._generations.glob(".draft-*")))
        held_something = {_DIGITS.findall(folder.name)[0] for folder in dead if any(folder.iterdir())}
        for folder in dead:
            remove_folder(folder)
        for number in sorted(held_something, key=int):
            yield f"Removed what a writer that died had built of generation {int(number)}."
        for trash in [*self._generations.glob(".trash*"), *self._generations.glob("*/.trash*")]:
            shutil.rmtree(trash, ignore_errors=True)

    def _open_lock(self) -> int:
        try:
            self._generations.mkdir(parents=True, exist_ok=True)
            if not (self.folder / ".gitignore").exists():
                (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")
            return os.open(self.folder / "writer.lock", os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise StorageError(f"{self.folder} cannot be written: {error.strerror}.") from error

    def _holder(self) -> str:
        pid = _number_in(self.folder / "writer.lock")
        return f"Process {pid} is writing" if pid else "Another process is writing"

    def _since(self) -> str:
        """When the writer said who it is, which is when it began."""
        try:
            began = (self.folder / "writer.lock").stat().st_mtime
        except OSError:
            return ""
        return f", since {datetime.fromtimestamp(began).astimezone():%H:%M:%S}"

    def _folder_of(self, number: int) -> Path:
        return self._generations / f"{number:06}"

    def _numbers(self) -> list[int]:
        if not self._generations.is_dir():
            return []
        return sorted(int(entry.name) for entry in os.scandir(self._generations) if _NUMBER.fullmatch(entry.name))


def _number_in(path: Path) -> int | None:
    try:
        return int(path.read_bytes())
    except (OSError, ValueError):
        return None


def _pinned(folder: Path) -> int:
    try:
        descriptor = os.open(folder / PIN_FILE, os.O_RDONLY)
    except OSError as error:
        raise DamagedIndexError(f"{folder} is not there.") from error
    # The collector renames the folder while it holds the exclusive lock: got lock and path still there means pinned.
    if not _is_shared(descriptor) or not (folder / PIN_FILE).exists():
        os.close(descriptor)
        raise DamagedIndexError(f"{folder} was removed.")
    return descriptor


def _is_shared(descriptor: int) -> bool:
    """Whether the collector is kept out; where there are no locks no writer can be at work from this machine either."""
    try:
        return not SHARED_LOCKS or try_lock(descriptor, shared=True)
    except NoLocksError:
        return True


def _remove_unread(folder: Path, part: str = "") -> bool:
    """Remove a generation, or one folder of it, where nobody has it pinned; whether it is gone."""
    doomed = folder / part
    if not doomed.is_dir():
        return True
    if not SHARED_LOCKS:
        return remove_folder(doomed)
    try:
        descriptor = os.open(folder / PIN_FILE, os.O_RDWR)
    except FileNotFoundError:
        return remove_folder(doomed)
    try:
        return try_lock(descriptor) and remove_folder(doomed)
    finally:
        os.close(descriptor)


def _raise_if_damaged(folder: Path, lines: list[str]) -> None:
    if lines:
        raise DamagedIndexError(f"{folder}: {'; '.join(lines)}.")
