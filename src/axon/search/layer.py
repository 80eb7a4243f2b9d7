"""The search layer of a generation: which segment holds the documents of which file, and how an update makes the next.

What flows in: the nodes of a graph, the sources, the files that changed and the layer before. What flows out: the
files of the new layer. It does not know who searches.

    search/files.layout          for each indexed file, in order: its segment and its place in that
    search/000007-0.segment …    postings of some files; a later layer has the same file, by a hard link

An update writes a segment of the changed files and leaves the others alone; segments of like size are merged, so that
there are few, and over many updates a document is written again about log₄(n) times. No statistic is stored that a
change would make wrong: a layer that was updated gives the same answers as one that was made whole.
"""

import os
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from axon.errors import DamagedIndexError
from axon.graph.graph import NodeColumns
from axon.search.documents import FileRows, GraphRows
from axon.search.segment import Segment, build_segment, merged, open_segment
from axon.storage.arrays import ArrayFile, write_arrays
from axon.storage.clone import clone_file
from axon.storage.freeze import narrowed

SEARCH_FOLDER: Final = "search"
LAYOUT_FILE: Final = "files.layout"
LAYOUT_VERSION: Final = 1

_MOST_DOCS: Final = (
    12_000  # of one segment: building one of 250,000 takes 390 MB for Django, of these 100, in less time
)
_GROWTH: Final = 4  # a segment is merged with the one before it unless that is so many times larger
_MOST_DEAD: Final = 0.3  # share of a segment's documents that are out of force before it is written again

SourcesOf = Callable[[Iterable[str]], dict[str, bytes]]


@dataclass(frozen=True, slots=True)
class Layout:
    """`segment` and `place` of each indexed file, in order of path; `first_file` is the row of the first of them."""

    segments: tuple[str, ...]
    segment: npt.NDArray[Any]
    place: npt.NDArray[Any]
    first_file: int

    def write(self, folder: Path) -> None:
        """Write the layout into the folder of a layer."""
        arrays = {"segment": narrowed(self.segment), "place": narrowed(self.place)}
        meta = {"version": LAYOUT_VERSION, "segments": list(self.segments), "first_file": self.first_file}
        write_arrays(folder / LAYOUT_FILE, arrays, meta)

    @classmethod
    def read(cls, folder: Path) -> "Layout":
        """The layout in the folder of a layer.

        Raises:
            DamagedIndexError: it is missing, damaged or of another version.
        """
        with ArrayFile(folder / LAYOUT_FILE) as file:
            if file.meta.get("version") != LAYOUT_VERSION:
                raise DamagedIndexError(f"{folder / LAYOUT_FILE} is of another version.")
            segment, place = (np.array(file.array(name), np.int64) for name in ("segment", "place"))
            return cls(tuple(file.meta["segments"]), segment, place, int(file.meta["first_file"]))


class OpenLayer:
    """A layer with its segments mapped; `masks` say which files of each segment are in force."""

    def __init__(self, folder: Path) -> None:
        """Map the layer in `folder`.

        Raises:
            DamagedIndexError: a file of it is missing, truncated or of another version.
        """
        self.layout = Layout.read(folder)
        self._files: list[ArrayFile] = []
        try:
            for name in self.layout.segments:
                self._files.append(ArrayFile(folder / name))
            self.segments = [open_segment(file) for file in self._files]
        except DamagedIndexError:
            self.close()
            raise

    def masks(self) -> list[npt.NDArray[np.bool_]]:
        """For each segment, which of its files are in force."""
        masks = [np.zeros(len(segment.paths), np.bool_) for segment in self.segments]
        for number, mask in enumerate(masks):
            mask[self.layout.place[self.layout.segment == number]] = True
        return masks

    def close(self) -> None:
        """Unmap the segments; every array of them becomes invalid."""
        self.segments = []
        for file in self._files:
            with suppress(BufferError):  # an array of it is still somewhere: it is unmapped when that goes
                file.close()


def write_layer(
    folder: Path,
    nodes: NodeColumns,
    sources: SourcesOf,
    *,
    number: int,
    before: Path | None = None,
    changed: Collection[str] = (),
) -> int:
    """Make the search layer of generation `number` in `folder`; returns how many documents were read for it.

    `before` is the folder of the layer that is updated, `changed` the paths that it has otherwise; without it
    everything is made anew. Cost of an update: the changed files, and a little for each file of the graph.
    """
    folder.mkdir()
    rows = GraphRows(nodes)
    if before is not None:
        with suppress(DamagedIndexError):  # then it is made anew; the run says that the last index was damaged
            return _updated(folder, nodes, rows, sources, number, before, frozenset(changed))
    return _made(folder, nodes, rows, sources, number)


def _made(folder: Path, nodes: NodeColumns, rows: GraphRows, sources: SourcesOf, number: int) -> int:
    names: list[str] = []
    segments, places = [], []
    n_read = 0
    for files in _blocks(rows):
        segment = build_segment(nodes, files, sources)
        names.append(f"{number:06}-{len(names)}.segment")
        segment.write(folder / names[-1])
        segments.append(np.full(len(files), len(names) - 1))
        places.append(np.arange(len(files)))
        n_read += segment.n_docs
    nothing = [np.zeros(0, np.int64)]
    layout = Layout(tuple(names), np.concatenate(segments + nothing), np.concatenate(places + nothing), rows.first_file)
    layout.write(folder)
    return n_read


def _blocks(rows: GraphRows) -> Iterable[list[FileRows]]:
    block: list[FileRows] = []
    n_docs = 0
    for index in range(rows.n_files):
        block.append(rows.of(index))
        n_docs += block[-1].n_docs
        if n_docs > _MOST_DOCS:
            yield block
            block, n_docs = [], 0
    if block:
        yield block


@dataclass(slots=True)
class _Part:
    """A segment on the way into the new layer: a file of the layer before, or one that is still to be written."""

    segment: Segment
    mask: npt.NDArray[np.bool_]
    file: str = ""

    @property
    def n_live(self) -> int:
        return int(np.diff(self.segment.file_docs)[self.mask].sum())

    @property
    def is_mostly_dead(self) -> bool:
        return self.segment.n_docs - self.n_live > _MOST_DEAD * self.segment.n_docs


def _updated(  # noqa: PLR0913, PLR0917
    folder: Path,
    nodes: NodeColumns,
    rows: GraphRows,
    sources: SourcesOf,
    number: int,
    before: Path,
    changed: frozenset[str],
) -> int:
    layer = OpenLayer(before)
    try:
        paths = rows.paths()
        fresh = [rows.of(index) for index, path in enumerate(paths) if path in changed]
        parts = _kept_parts(layer, paths, changed)
        new = build_segment(nodes, fresh, sources)
        parts.append(_Part(new, np.ones(len(fresh), np.bool_)))
        layout = _settled(folder, _balanced(parts), paths, rows.first_file, number, before)
        layout.write(folder)
        return new.n_docs
    finally:
        layer.close()


def _kept_parts(layer: OpenLayer, paths: list[str], changed: frozenset[str]) -> list[_Part]:
    """Segments of the layer before, without files that changed or are gone."""
    there = frozenset(paths)
    parts = []
    for name, segment, mask in zip(layer.layout.segments, layer.segments, layer.masks(), strict=True):
        for place in np.flatnonzero(mask).tolist():
            path = segment.paths[place]
            mask[place] = path in there and path not in changed
        parts.append(_Part(segment, mask, name))
    return [part for part in parts if part.n_live]


def _balanced(parts: list[_Part]) -> list[_Part]:
    """The parts, with those merged at the end that are too small for a place of their own, and no dead weight."""
    parts = [_rewritten([part]) if part.is_mostly_dead else part for part in parts]
    while len(parts) > 1 and parts[-2].n_live < _GROWTH * parts[-1].n_live:
        last = parts[-2:]
        if sum(part.n_live for part in last) > _MOST_DOCS:
            break
        parts[-2:] = [_rewritten(last)]
    return [part for part in parts if part.n_live]


def _rewritten(parts: list[_Part]) -> _Part:
    segment = merged([(part.segment, part.mask) for part in parts])
    return _Part(segment, np.ones(len(segment.paths), np.bool_))


def _settled(  # noqa: PLR0917
    folder: Path, parts: list[_Part], paths: list[str], first_file: int, number: int, before: Path
) -> Layout:
    """Write new segments, link old ones, and say where each file is."""
    names: list[str] = []
    found: dict[str, tuple[int, int]] = {}
    for code, part in enumerate(parts):
        if part.file:
            names.append(part.file)
            _link(before / part.file, folder / part.file)
        else:
            names.append(f"{number:06}-{code}.segment")
            part.segment.write(folder / names[-1])
        found.update((part.segment.paths[place], (code, place)) for place in np.flatnonzero(part.mask).tolist())
    where = [found[path] for path in paths]
    segment, place = (np.array([pair[i] for pair in where], np.int64) for i in (0, 1))
    return Layout(tuple(names), segment, place, first_file)


def _link(source: Path, target: Path) -> None:
    """The same file under a second name, because it never changes; a copy where the file system has no such links."""
    try:
        os.link(source, target)
    except OSError:
        clone_file(source, target)
