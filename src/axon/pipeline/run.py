"""The state of one run: what it was asked, what it started from, what it has noticed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xxhash import xxh3_64

from axon.config import Settings
from axon.errors import DamagedIndexError, Problem, UnknownVersionError
from axon.files.environment import environment_stamp
from axon.files.stubs import stubs_stamp
from axon.parsing.cache import source_digest
from axon.pipeline.artifacts import Artifacts, find_artifacts
from axon.pipeline.packs import has_packs, packs_of
from axon.pipeline.report import peak_memory_bytes
from axon.pipeline.session import Session
from axon.progress import PhaseClock, Progress
from axon.storage.checked import read_checked
from axon.storage.generations import OBSERVATIONS, Generation, IndexHome
from axon.storage.manifest import IndexedFile, read_indexed_files

if TYPE_CHECKING:
    from axon.graph.graph import CodeGraph  # it imports numpy
    from axon.languages.pack import Pack  # it takes its time
    from axon.model.audit import Observation
    from axon.resolution.start import Kept  # it imports numpy

_PACKAGES: Final = (
    "axon.model",
    "axon.languages",
    "axon.languages.packs",
    "axon.parsing",
    "axon.graph",
    "axon.resolution",
    "axon.resolution.frameworks",
    "axon.analyses",
    "axon.storage",
    "axon.storage.cypher",
    "axon.embeddings",
    "axon.search",
    "axon.pipeline",
)


@cache
def program_stamp() -> str:
    """16 hexadecimal digits that change with the code that makes a graph from facts and stores it, and with stubs."""
    return xxh3_64(source_digest(_PACKAGES) + stubs_stamp().encode()).hexdigest()


def is_of_this_program(generation: Generation) -> bool:
    """Whether this program made the generation, with whatever settings."""
    return generation.manifest.program.startswith(f"{program_stamp()}-")


@dataclass(slots=True)
class Run:
    """One run over the tree at `root`; `previous` is the index it starts from, pinned, with its files by path.

    `started` is before any file was looked at: a file that is younger may have changed after it was read.
    """

    root: Path
    settings: Settings
    progress: Progress
    home: IndexHome
    clock: PhaseClock = field(default_factory=PhaseClock)
    session: Session = field(default_factory=Session)
    previous: Generation | None = None
    previous_files: dict[str, IndexedFile] = field(default_factory=dict)
    looked: datetime | None = None  # when files of the previous index were last looked at
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    manifests: dict[str, bytes] = field(default_factory=dict)  # by path: what decides which file an import means
    peak_memory: int = 0  # bytes of all processes when the last of others ended
    n_linked: int = 0  # files whose calls were linked
    is_full: bool = False  # nothing is taken over from any other run but facts
    damage: list[Problem] = field(default_factory=list)  # what the parser could not read
    linkage: bytes = b""  # the file of what linking left behind, where the graph was seen before
    before: "CodeGraph | None" = None  # what linking started from, where it was read from the previous index
    kept: "Kept | None" = None  # what linking leaves behind for the next run
    defer_database: bool = False
    artifacts: Artifacts | None = None  # what was written about the tree, once somebody looked
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _is_damaged: bool | None = None
    _packs: "tuple[Pack, ...] | None" = None

    @property
    def packs(self) -> "tuple[Pack, ...]":
        """The rule packs that come with the program, and the tree's own.

        Raises:
            ConfigError: one of its own is no pack.
        """
        if self._packs is None:
            self._packs = packs_of(self.root)
        return self._packs

    def observed(self, files: Sequence[IndexedFile]) -> "Sequence[Observation]":
        """What audits saw between files that are what they were then.

        Raises:
            StorageError: what they left beside the index cannot be read.
        """
        if not (self.home.folder / OBSERVATIONS).exists():
            return ()
        from axon.storage.observations import read_observations  # noqa: PLC0415  few trees have any

        return read_observations(self.home.folder / OBSERVATIONS).holding({file.path: file.digest for file in files})

    def open_previous(self, *, ignore: bool) -> None:
        """Clear what dead writers left and take up the index in force.

        One that cannot be used is said in a note and leads to a whole run.
        """
        self.notes.extend(self.home.recover())
        self.is_full = ignore
        if ignore:
            return
        try:
            self.previous = self.home.current()
            if self.previous is not None:
                self.notes.extend(self.previous.warnings)
                known = self.session.files_of(self.previous)
                self.previous_files = known or {f.path: f for f in read_indexed_files(self.previous.folder)}
                self._take_checked(self.previous)
        except (DamagedIndexError, UnknownVersionError) as error:
            self.previous, self.previous_files = None, {}
            self.notes.append(f"{error} Everything is indexed anew.")

    def _take_checked(self, generation: Generation) -> None:
        """Believe what a run found that looked at this index later: which stamps its files had then."""
        self.looked = generation.manifest.created
        checked = read_checked(self.home.folder, generation)
        if checked is not None:
            self.looked = max(self.looked, checked.began)
            for path, stamp in checked.stamps.items():
                if (known := self.previous_files.get(path)) is not None:
                    self.previous_files[path] = replace(known, stamp=stamp)

    def is_current(self) -> bool:
        """Whether the previous index was made by this program and is whole; its Kuzu file may be yet to come."""
        return self.is_same_program() and not self._must_be_rewritten() and not self._is_of_other_engine()

    def has_same_artifacts(self) -> bool:
        """Whether nothing else was written about the tree since the previous index; a Problem where nobody knows."""
        if self.artifacts is None:
            self.artifacts = find_artifacts(self.root)
            self.problems.extend(self.artifacts.problems)
        return self.previous is not None and self.artifacts.is_same_as(self.previous)

    def is_same_program(self) -> bool:
        """Whether this very program, with settings that lead to the same graph, made the previous index."""
        return self.previous is not None and self.previous.manifest.program == self.program

    def note_memory(self, workers: int) -> None:
        """Other processes have ended, which took so many bytes: how much that was with what this one took so far."""
        self.peak_memory = max(self.peak_memory, peak_memory_bytes(workers))

    @property
    def program(self) -> str:
        """What the graph depends on besides the sources."""
        limits = self.settings
        stamp = f"{program_stamp()}-{limits.max_file_bytes}-{limits.max_mean_line_bytes}-{limits.parse_timeout_seconds}"
        if installed := environment_stamp(self.root, limits.environment):
            stamp = f"{stamp}-{xxh3_64(installed.encode()).hexdigest()}"
        if has_packs(self.root):
            stamp = f"{stamp}-{xxh3_64(repr(self.packs).encode()).hexdigest()}"
        if (self.home.folder / OBSERVATIONS).exists():
            stamp = f"{stamp}-{xxh3_64((self.home.folder / OBSERVATIONS).read_bytes()).hexdigest()}"
        return f"{stamp}-{self._manifest_stamp()}" if self.manifests else stamp

    def _manifest_stamp(self) -> str:
        digest = xxh3_64()
        for path, content in sorted(self.manifests.items()):
            digest.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            digest.update(content)
        return digest.hexdigest()

    def _is_of_other_engine(self) -> bool:
        """Whether the previous index has a database, and it is not of the engine that the settings name."""
        previous = self.previous
        return previous is not None and previous.has_kuzu and previous.kuzu_layer().engine != self.settings.engine

    def _must_be_rewritten(self) -> bool:
        """Whether the previous index is damaged, or stands in for one that is; reads every byte of it, once.

        The engine has no checksums, and a damaged file that it opens may end the process. What this very process
        published last is believed.
        """
        if self.previous is not None and self.session.has_published(self.previous) and not self.previous.warnings:
            return False
        if self._is_damaged is None:
            lines = self._damage()
            if lines:
                self.notes.append(f"The last index is damaged: {'; '.join(lines)}. It is written anew.")
            self._is_damaged = bool(lines) or self.previous is None or bool(self.previous.warnings)
        return self._is_damaged

    def _damage(self) -> list[str]:
        if self.previous is None or self.previous.warnings:
            return []
        return self.previous.damage()
