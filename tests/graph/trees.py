"""Trees of source text as graphs."""

from collections.abc import Sequence

from axon.graph.build import Assembly, FileEntry, assemble
from axon.graph.graph import CodeGraph
from axon.languages import file_flags, is_manifest, of
from axon.languages.pack import Pack
from axon.languages.packs import built_in_packs
from axon.languages.stubs import StubModule
from axon.parsing.extract import extract
from axon.pipeline.libraries import Stubs
from axon.resolution.link import Linker
from axon.resolution.record_codec import decode, encode
from axon.resolution.start import Before, start, start_again

_STUBS: dict[str, StubModule | None] = {}  # read once by each process of tests


def assembled(files: dict[str, str]) -> Assembly:
    """The nodes and the structure of a tree, given as contents by path."""
    return assemble(
        [
            FileEntry(path, language, extract(language, content.encode()), file_flags(path, language))
            for path, content in sorted(files.items())
            if (language := of(path)) is not None
        ],
        {path: content.encode() for path, content in files.items() if is_manifest(path)},
    )


def linked(files: dict[str, str], packs: Sequence[Pack] | None = None) -> CodeGraph:
    """The whole graph of a tree, under the packs that come with the program or under these."""
    return Tree(files, packs=built_in_packs() if packs is None else packs).graph


class Tree:
    """A tree that was linked, from nothing or from what the one before left behind; `n_linked` files were linked.

    `has_asked_packs` where rule packs were applied, and what they found before was not taken over.
    With `in_memory` nothing is decoded or assembled again, and the tree before is of no more use to another.
    """

    def __init__(
        self,
        files: dict[str, str],
        before: "Tree | None" = None,
        *,
        in_memory: bool = False,
        packs: Sequence[Pack] = built_in_packs(),
        stubs: bool = True,
    ) -> None:
        self.files = files
        self._assembly = assembled(files)
        begun = start_again(before._kept, self._edited(before.files)) if before and in_memory else None
        begun = begun or start(self._assembly, before._told(files) if before else None)
        found = Stubs((entry.language for entry in self._assembly.files), _STUBS) if stubs else None
        linker = Linker(begun, packs, stubs=found)
        for _, phase in linker.phases():
            phase()
        self.record, self.n_linked = decode(encode(linker.record)), linker.n_linked
        self.has_asked_packs = linker.has_asked_packs
        self.graph = linker.graph()
        self._kept = linker.keep(self.graph)

    def _edited(self, before: dict[str, str]) -> list[FileEntry]:
        return [entry for entry in self._assembly.files if before[entry.path] != self.files[entry.path]]

    def _told(self, files: dict[str, str]) -> Before:
        changed = {path for path, text in self.files.items() if files.get(path) != text}
        facts = {entry.path: entry.facts for entry in self._assembly.files if entry.path in changed}
        return Before(self.graph, self.record, facts)

    def rows(self) -> tuple[list[object], ...]:
        """Nodes, edges and unresolved sites."""
        g = self.graph
        return list(g.iter_nodes()), list(g.iter_relationships()), list(g.iter_unresolved())
