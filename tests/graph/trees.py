"""Trees of source text as graphs."""

from axon.graph.build import Assembly, FileEntry, assemble
from axon.graph.graph import CodeGraph
from axon.languages import file_flags, is_manifest, of
from axon.parsing.extract import extract
from axon.resolution.link import Linker


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


def linked(files: dict[str, str]) -> CodeGraph:
    """The whole graph of a tree."""
    linker = Linker(assembled(files))
    for _, phase in linker.phases():
        phase()
    return linker.graph()
