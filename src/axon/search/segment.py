"""A segment: the postings of some files, in memory or mapped; and several of them made one.

What flows in: files of a graph with their sources, or segments. What flows out: a `Segment`, and the file that holds
it. It does not know which of its files are still true.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from axon.errors import DamagedIndexError
from axon.graph.graph import NodeColumns
from axon.search.documents import FileRows, add_file
from axon.search.postings import Postings, PostingsBuilder, Texts
from axon.storage.arrays import ArrayFile, write_arrays
from axon.storage.columns import TextTable
from axon.storage.freeze import narrowed, text_arrays

SEGMENT_VERSION: Final = 1

_ASKED_AT_ONCE: Final = 256  # sources in memory at a time

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Segment:
    """Documents of files one after the other: those of file `f` are `file_docs[f]:file_docs[f + 1]`."""

    paths: Texts
    file_docs: npt.NDArray[np.int64]
    postings: Postings

    @property
    def n_docs(self) -> int:
        return int(self.file_docs[-1])

    def write(self, path: Path) -> None:
        """Write the segment to a new file."""
        p = self.postings
        arrays: dict[str, Any] = {
            **text_arrays("path", list(self.paths)),
            "file.docs": narrowed(self.file_docs),
            **text_arrays("term", list(p.terms)),
            "post.offsets": narrowed(p.offsets),
            "post.docs": narrowed(p.docs),
            "post.heads": p.heads,
            "post.bodies": p.bodies,
            "lengths": narrowed(p.lengths.reshape(-1)),
        }
        write_arrays(path, arrays, {"version": SEGMENT_VERSION})


def open_segment(file: ArrayFile) -> Segment:
    """The segment in a mapped file; its arrays are valid until the file is closed.

    Raises:
        DamagedIndexError: it is no segment of this version.
    """
    if file.meta.get("version") != SEGMENT_VERSION:
        raise DamagedIndexError("A file of postings is of another version.")
    arrays = {name: np.asarray(file.array(name)) for name in _NUMBERS}
    file_docs = arrays["file.docs"].astype(np.int64)
    lengths = arrays["lengths"].reshape(5, -1)
    postings = Postings(
        TextTable(file, "term"),
        arrays["post.offsets"],
        arrays["post.docs"],
        arrays["post.heads"],
        arrays["post.bodies"],
        lengths,
    )
    return Segment(TextTable(file, "path"), file_docs, postings)


_NUMBERS: Final = ("file.docs", "post.offsets", "post.docs", "post.heads", "post.bodies", "lengths")


def build_segment(
    nodes: NodeColumns, files: Sequence[FileRows], sources: Callable[[Iterable[str]], dict[str, bytes]]
) -> Segment:
    """The segment of some files, in their order; `sources` gives contents by path, of those that can be had."""
    builder = PostingsBuilder()
    docs = np.zeros(len(files) + 1, np.int64)
    np.cumsum([file.n_docs for file in files], out=docs[1:])
    for start in range(0, len(files), _ASKED_AT_ONCE):
        some = files[start : start + _ASKED_AT_ONCE]
        contents = sources([file.path for file in some])
        for file, doc in zip(some, docs[start:].tolist(), strict=False):
            add_file(builder, nodes, file, contents.get(file.path), doc)
    return Segment([file.path for file in files], docs, builder.finish(int(docs[-1])))


def merged(parts: Sequence[tuple[Segment, Mask]]) -> Segment:
    """One segment of the files of several that are kept, by a mask of each one's files, in the order of the parts."""
    terms = sorted(set().union(*(part.postings.terms for part, _ in parts)))
    code_of = {term: code for code, term in enumerate(terms)}
    paths: list[str] = []
    counts: list[npt.NDArray[np.int64]] = []
    rows: list[tuple[npt.NDArray[Any], ...]] = []
    lengths = []
    n_docs = 0
    for part, keeps in parts:
        p = part.postings
        per_file = np.diff(part.file_docs)
        kept_docs = np.repeat(keeps, per_file)
        new_doc = np.cumsum(kept_docs) - 1 + n_docs
        codes = np.fromiter((code_of[term] for term in p.terms), np.int64, len(p.terms))
        term = np.repeat(codes, np.diff(p.offsets.astype(np.int64)).astype(np.int64))
        docs = p.docs.astype(np.int64)
        kept = kept_docs[docs]
        rows.append((term[kept], new_doc[docs[kept]], p.heads[kept], p.bodies[kept]))
        paths += [path for path, keep in zip(part.paths, keeps.tolist(), strict=True) if keep]
        counts.append(per_file[keeps])
        lengths.append(p.lengths[:, kept_docs].astype(np.int32))
        n_docs += int(kept_docs.sum())
    term, docs, heads, bodies = (np.concatenate(column) for column in zip(*rows, strict=True))
    order = np.lexsort((docs, term))
    file_docs = np.zeros(len(paths) + 1, np.int64)
    np.cumsum(np.concatenate(counts), out=file_docs[1:])
    return Segment(
        paths,
        file_docs,
        _without_unused(terms, term[order], docs[order], heads[order], bodies[order], np.concatenate(lengths, axis=1)),
    )


def _without_unused(  # noqa: PLR0917
    terms: list[str],
    term: npt.NDArray[np.int64],
    docs: npt.NDArray[np.int64],
    heads: npt.NDArray[np.uint16],
    bodies: npt.NDArray[np.uint8],
    lengths: npt.NDArray[np.int32],
) -> Postings:
    """Postings without the terms that stood in dropped documents only."""
    counts = np.bincount(term, minlength=len(terms))
    used = np.flatnonzero(counts)
    offsets = np.zeros(len(used) + 1, np.int64)
    np.cumsum(counts[used], out=offsets[1:])
    return Postings([terms[code] for code in used.tolist()], offsets, docs.astype(np.uint32), heads, bodies, lengths)
