"""The tree that an index was made of: its facts, and its files as they are now.

What flows in: an open index. What flows out: what the question `why` asks of a tree. Facts are those of the content
that was indexed, as long as the cache has them; a file that is not in it is read and parsed again.
"""

from dataclasses import dataclass, field
from functools import cached_property

from axon.config import cache_home, load_settings
from axon.files.environment import environments
from axon.files.marks import marks_of_path
from axon.files.read import read_file
from axon.files.walk import list_files
from axon.graph.build import Assembly, FileEntry, assemble
from axon.languages import file_flags, is_manifest, of, reads_manifests
from axon.model.facts import FileFacts
from axon.model.kinds import Flag
from axon.model.source import ListedFile, SourceFile
from axon.parsing.cache import FactCache
from axon.pipeline.libraries import Stubs
from axon.pipeline.packs import packs_of
from axon.pipeline.parse import facts_of
from axon.pipeline.recall import recall
from axon.progress import SilentProgress
from axon.questions.opened import Index
from axon.resolution.explain import Packs
from axon.resolution.library_types import LibraryTypes
from axon.storage.manifest import IndexedFile


@dataclass
class FactsOfIndex:
    """The files of one index."""

    index: Index
    _changed: set[str] = field(default_factory=set)

    @cached_property
    def _files(self) -> dict[str, IndexedFile]:
        return {file.path: file for file in self.index.indexed_files()}

    @property
    def changed(self) -> frozenset[str]:
        """Paths of the files that were read and have another content than was indexed, or none."""
        return frozenset(self._changed)

    @cached_property
    def packs(self) -> Packs:
        """The rule packs of the tree."""
        return packs_of(self.index.root)

    def read(self, path: str) -> bytes | None:
        """The content of a file as it is now; None where it cannot be read."""
        known = self._files.get(path)
        if known is None:
            return None
        source = read_file(self.index.root, ListedFile(path, known.language, known.stamp))
        if not isinstance(source, SourceFile):
            self._changed.add(path)
            return None
        if source.digest != known.digest:
            self._changed.add(path)
        return source.content

    def assemble(self) -> Assembly:
        """The facts of all files, assembled as the index was."""
        files = list(self._files.values())
        facts = self._facts(files)
        entries = [
            FileEntry(f.path, f.language, facts[f.path], _flags(f.path, f.language, facts[f.path])) for f in files
        ]
        return assemble(entries, self._manifests(files))

    def library_types(self, assembly: Assembly) -> LibraryTypes:
        """What stubs say of the modules that the tree imports."""
        settings = load_settings(self.index.root)
        cache = FactCache(cache_home() / "facts", settings.cache_bytes)
        installed = environments(self.index.root, settings.environment)
        return LibraryTypes(Stubs((file.language for file in assembly.files), {}, cache, installed))

    def _facts(self, files: list[IndexedFile]) -> dict[str, FileFacts]:
        root = self.index.root
        outcomes, _ = recall(root, files, settings=load_settings(root), progress=SilentProgress())
        return {path: FileFacts() if p.unread else facts_of(p) for path, p in outcomes.items()}

    def _manifests(self, files: list[IndexedFile]) -> dict[str, bytes]:
        """What decides, besides the sources, which file an import means; most trees need none."""
        if not any(reads_manifests(language) for language in {f.language for f in files}):
            return {}
        root = self.index.root
        listing = list_files(root, language_of=of, settings=load_settings(root), is_manifest=is_manifest)
        read = [read_file(root, listed) for listed in listing.manifests]
        return {source.path: source.content for source in read if isinstance(source, SourceFile)}


def _flags(path: str, language: str, facts: FileFacts) -> Flag:
    return file_flags(path, language) | marks_of_path(path) | Flag(facts.flags)
