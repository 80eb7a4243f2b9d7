"""The state of one run: what it was asked, what it started from, what it has noticed."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from xxhash import xxh3_64

from axon.config import Settings
from axon.errors import DamagedIndexError, Problem, UnknownVersionError
from axon.progress import PhaseClock, Progress
from axon.storage.generations import Generation, IndexHome
from axon.storage.manifest import IndexedFile, read_indexed_files

_PACKAGES: Final = ("axon.model", "axon.languages", "axon.parsing", "axon.graph", "axon.resolution", "axon.storage")


@cache
def program_stamp() -> str:
    """16 hexadecimal digits that change with the code that makes a graph from facts and stores it."""
    digest = xxh3_64()
    for package in _PACKAGES:
        for entry in sorted(files(package).iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith((".py", ".scm")):
                digest.update(entry.read_bytes())
    return digest.hexdigest()


@dataclass(slots=True)
class Run:
    """One run over the tree at `root`; `previous` is the index it starts from, pinned, with its files by path."""

    root: Path
    settings: Settings
    progress: Progress
    home: IndexHome
    clock: PhaseClock = field(default_factory=PhaseClock)
    previous: Generation | None = None
    previous_files: dict[str, IndexedFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    n_workers: int = 0

    def open_previous(self, *, ignore: bool) -> None:
        """Take up the index in force; one that cannot be used is said in a note and leads to a whole run."""
        if ignore:
            return
        try:
            self.previous = self.home.current()
            if self.previous is not None:
                self.notes.extend(self.previous.warnings)
                self.previous_files = {f.path: f for f in read_indexed_files(self.previous.folder)}
        except (DamagedIndexError, UnknownVersionError) as error:
            self.previous, self.previous_files = None, {}
            self.notes.append(f"{error} Everything is indexed anew.")

    def is_current(self) -> bool:
        """Whether the previous index was made by this very program and its Kuzu file is in force and whole."""
        if self.previous is None or self.previous.manifest.program != program_stamp():
            return False
        return self.kuzu_of_previous() is not None

    def kuzu_of_previous(self) -> Path | None:
        """The Kuzu file of the previous index, checked; None where it is not in force or damaged."""
        if self.previous is None or self.previous.database is None:
            return None
        try:
            self.previous.kuzu_layer()
        except DamagedIndexError as error:
            self.notes.append(f"{error} It is written anew.")
            return None
        return self.previous.database
