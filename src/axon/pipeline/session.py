"""What a process keeps that updates one index again and again.

What flows in: what an update has read, decoded and published. What flows out: the same, for the next update, as far as
it is still true. Every value is known by what it came from, so that it is never wrong, only missing; a new session is
as right as an old one, and slower.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from axon.pipeline.parse import Parsed
from axon.storage.generations import Generation
from axon.storage.manifest import IndexedFile

if TYPE_CHECKING:
    from axon.graph.build import FileEntry  # it imports numpy
    from axon.languages.stubs import StubModule
    from axon.resolution.start import Kept  # it imports numpy
    from axon.storage.interned import Made  # likewise


@dataclass(slots=True)
class Session:
    """Between two updates of one index.

    `linked` is what the linking of the generation left that was published last, while nobody has taken it up. It
    `is_written` where that generation has it on disk as well; one that `defers` it sees to that when there is time.
    `made` is what its columns were made of. `stubs` are declarations by module, None where there are none.
    `manifests` are contents by path, None while nobody has looked for them.
    """

    defers: bool = False
    manifests: Mapping[str, bytes] | None = None
    linked: "Kept | None" = None
    is_written: bool = True
    made: "Made | None" = None
    stubs: "dict[str, StubModule | None]" = field(default_factory=dict)
    _environment: str = ""
    _published: tuple[int, datetime] | None = None
    _files: dict[str, IndexedFile] = field(default_factory=dict)
    _parsed: Mapping[str, Parsed] = field(default_factory=dict)
    _entries: dict[str, tuple[bytes, "FileEntry"]] = field(default_factory=dict)

    def stubs_of(self, environment: str) -> "dict[str, StubModule | None]":
        """The declarations that were read, none of another environment than the one with that stamp."""
        if environment != self._environment:
            self._environment, self.stubs = environment, {}
        return self.stubs

    def has_published(self, generation: Generation) -> bool:
        """Whether this process wrote it, last of all: then it need not read it again to know that it is whole."""
        return self._published == (generation.number, generation.manifest.created)

    def keep_published(self, number: int, created: datetime, files: Iterable[IndexedFile]) -> None:
        """Remember the generation that was published, by number and time, and the files that it was made of."""
        self._published, self._files = (number, created), {file.path: file for file in files}

    def files_of(self, generation: Generation) -> dict[str, IndexedFile] | None:
        """The files of a generation by path, where this process published it."""
        return dict(self._files) if self.has_published(generation) else None

    def parsed(self, file: IndexedFile) -> Parsed | None:
        """The outcome of a file of the last index, where this process has read that very content."""
        known = self._parsed.get(file.path)
        return known if known is not None and known.digest == file.digest else None

    def keep_parsed(self, parsed: Mapping[str, Parsed]) -> None:
        """Remember these outcomes, by path, and no other; entries of other files are forgotten."""
        self._parsed = parsed
        self._entries = {path: known for path, known in self._entries.items() if path in parsed}

    def entry(self, path: str, packed: bytes) -> "FileEntry | None":
        """The entry of a file with these facts, where they were decoded before."""
        known = self._entries.get(path)
        return known[1] if known is not None and known[0] == packed else None

    def keep_entry(self, packed: bytes, entry: "FileEntry") -> None:
        """Remember the entry of a file with these facts."""
        self._entries[entry.path] = (packed, entry)
