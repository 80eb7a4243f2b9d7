"""A graph that no index is in force for, opened for questions: a revision, or the work tree as it is.

What flows in: the folder of a snapshot. What flows out: what questions over two graphs ask of either: its columns, its
view, its sources. An `Index` is one as well.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from axon.storage.columns import IndexColumns
from axon.storage.manifest import IndexedFile, read_indexed_files
from axon.storage.sources import Sources

if TYPE_CHECKING:
    from axon.graph.labels import Labels  # likewise
    from axon.graph.view import GraphView  # it imports numpy


class ReadableGraph(Protocol):
    """One graph with the files that it was made of."""

    @property
    def columns(self) -> IndexColumns: ...

    @property
    def view(self) -> "GraphView": ...

    @property
    def labels(self) -> "Labels": ...

    @property
    def sources(self) -> Sources: ...

    def indexed_files(self) -> Sequence[IndexedFile]:
        """The files that the graph was made of."""


class Snapshot:
    """The graph that lies in `folder`, of a tree whose files are, or were, below `root`; close it."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self.columns = IndexColumns.open(folder)
        self.sources = Sources(root, lambda: {file.path: file.digest for file in self.indexed_files()})

    @cached_property
    def view(self) -> "GraphView":
        """The graph as analyses see it; its texts can be read until `close`."""
        from axon.storage.view import view_of  # noqa: PLC0415  numpy: only for those who analyse

        return view_of(self.columns)

    @cached_property
    def labels(self) -> "Labels":
        """Communities and flows, where they were kept; else found when first asked for."""
        from axon.storage.labels import has_labels, read_labels  # noqa: PLC0415  numpy: only for those who analyse

        if has_labels(self._folder):
            return read_labels(self._folder)
        from axon.analyses.label import label  # noqa: PLC0415  numpy: only for those who analyse

        return label(self.view)

    def indexed_files(self) -> list[IndexedFile]:
        """The files that the graph was made of."""
        return read_indexed_files(self._folder)

    def close(self) -> None:
        self.columns.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
