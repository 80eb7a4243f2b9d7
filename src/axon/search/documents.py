"""Symbols of files into the words of their fields.

What flows in: nodes of a graph and the sources of their files. What flows out: words to a `PostingsBuilder`. It knows
no language: a word is a word wherever it stands.

A file is a document, and so is every symbol in it, in the order of rows. Each byte of a file belongs to the innermost
symbol that holds it, or to the file, so that a file is read once whatever its nesting.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import fsencode
from typing import Final

import numpy as np

from axon.embeddings.words import WORD, blanked, words_of
from axon.graph.graph import NodeColumns
from axon.model.kinds import NODE_KINDS, Flag, NodeKind
from axon.search.postings import Field, PostingsBuilder

MOST_WORDS: Final = 5_000
"""Words of one stretch of text that count: a table of data in a file must not cost what a package does."""

_FILE: Final = NODE_KINDS.index(NodeKind.FILE)
_EXTERNAL: Final = NODE_KINDS.index(NodeKind.EXTERNAL)


@dataclass(frozen=True, slots=True)
class FileRows:
    """Rows of a file: its own, and those of its symbols as a half-open range."""

    path: str
    row: int
    first: int
    end: int

    @property
    def n_docs(self) -> int:
        return 1 + self.end - self.first


class GraphRows:
    """Where the rows of each file stand in a graph: files by path, then the symbols of each, then the rest."""

    def __init__(self, nodes: NodeColumns) -> None:
        files = np.flatnonzero(nodes.kind == _FILE)
        self.first_file = int(files[0]) if len(files) else 0
        self.n_files = len(files)
        end = self.first_file + self.n_files
        outside = np.flatnonzero(nodes.kind >= _EXTERNAL)  # kinds after it lie in no file of their own
        self._nodes, self._begin = nodes, end
        self._end = int(outside[0]) if len(outside) else len(nodes)

    def paths(self) -> list[str]:
        """Paths of all files, in order."""
        return list(self._nodes.paths[self.first_file : self._begin])

    def of(self, index: int) -> FileRows:
        """Rows of the file at `index` among all files."""
        paths, row = self._nodes.paths, self.first_file + index
        key = fsencode(paths[row])
        first = bisect_left(paths, key, self._begin, self._end, key=fsencode)
        return FileRows(paths[row], row, first, bisect_right(paths, key, first, self._end, key=fsencode))


def add_file(builder: PostingsBuilder, nodes: NodeColumns, file: FileRows, content: bytes | None, doc: int) -> None:
    """Add the documents of one file, from number `doc` on; without a content their bodies stay empty."""
    builder.add_to_each(range(doc, doc + file.n_docs), Field.PATH, words_of(file.path.rpartition(".")[0] or file.path))
    builder.add(doc, Field.NAME, [nodes.names[file.row].rpartition(".")[0]])
    builder.add(doc, Field.SIGNATURE, _said(nodes, file.row))
    owner, owner_words = "", list[str]()
    for number, row in enumerate(range(file.first, file.end), doc + 1):
        builder.add(number, Field.NAME, [nodes.names[row]])
        builder.add(number, Field.SIGNATURE, _said(nodes, row))
        around = nodes.qualified_names[row].rpartition(".")[0]
        if around != owner:
            owner, owner_words = around, words_of(around.replace("<locals>", ""))
        builder.add(number, Field.OWNER, owner_words)
    if content is not None and not nodes.flags[file.row] & int(Flag.GENERATED):
        for number, words in _bodies(nodes, file, content, doc):
            builder.add(number, Field.BODY, words)


def _said(nodes: NodeColumns, row: int) -> list[str]:
    return words_of(f"{nodes.signatures[row]} {nodes.summaries[row]}")


def _bodies(nodes: NodeColumns, file: FileRows, content: bytes, doc: int) -> Iterator[tuple[int, list[str]]]:
    """(document, words) of each stretch of the file that belongs to one symbol, in order."""
    starts = nodes.start_byte[file.first : file.end].tolist()
    ends = nodes.end_byte[file.first : file.end].tolist()
    text = blanked(content) if content.isascii() else ""
    for begin, end, owner in _stretches(starts, ends, len(content)):
        words = text[begin:end].split() if text else WORD.findall(content[begin:end].decode("utf-8", "replace"))
        yield doc + 1 + owner, words[:MOST_WORDS]


def _stretches(starts: Sequence[int], ends: Sequence[int], size: int) -> Iterator[tuple[int, int, int]]:
    """(begin, end, number of the innermost symbol or -1) of consecutive stretches; symbols come in order of start."""
    position = 0
    holders = [(size, -1)]
    for number, start in enumerate(starts):
        while len(holders) > 1 and holders[-1][0] <= start:
            end, owner = holders.pop()
            if end > position:
                yield position, end, owner
                position = end
        if start > position:
            yield position, start, holders[-1][1]
            position = start
        holders.append((ends[number], number))
    for end, owner in reversed(holders):
        if end > position:
            yield position, end, owner
            position = end
