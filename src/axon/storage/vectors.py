"""Vectors of nodes in append-only shards, so that readers see them arrive while the graph is open and untouched.

What flows in: batches of (node id, digest of the embedded text, vector). What flows out: the newest vector of each
node, as matrices. It does not know embedders, nor which nodes the graph still has.

    vectors/<model>/000001.shard …   one batch each, published by one rename, never changed
    vectors/<model>/state.json       how far the embedding of the current graph is
"""

import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import xxhash

from axon.errors import DamagedIndexError, Problem, StorageError
from axon.storage.arrays import ArrayFile, write_arrays
from axon.storage.durable import replace_file
from axon.storage.embedding_state import EmbeddingState
from axon.storage.locks import wait_for_lock

Digests: TypeAlias = npt.NDArray[np.uint64]
Halves: TypeAlias = npt.NDArray[np.float16]

_LOGGER = logging.getLogger(__name__)
_SHARD: Final = re.compile(r"(\d{6,})\.shard")
_ODD: Final = re.compile(r"[^A-Za-z0-9._-]+")


def id_digest(id: str) -> int:
    """The 64 bits by which shards know a node: xxh3_64 of its id."""
    return xxhash.xxh3_64_intdigest(id.encode("utf-8", "surrogatepass"))


def text_digest(text: str) -> int:
    """The 64 bits by which shards know an embedded text: xxh3_64 of it."""
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


class VectorStore:
    """All vectors of one model in one index; any number of readers and appenders, in any processes."""

    def __init__(self, vectors: Path, model: str) -> None:
        """Open, or plan, the store of `model` inside the folder `vectors` of an index; nothing is created yet."""
        self.model = model
        self.folder = vectors / _folder_name(model)

    @property
    def dimension(self) -> int | None:
        """Length of the vectors; None while there is none."""
        return next((shard.dimension for path in self._paths() if (shard := _read(path)) is not None), None)

    def append(self, ids: Sequence[str], text_digests: Sequence[int] | Digests, vectors: npt.ArrayLike) -> None:
        """Publish one shard: `vectors` has shape (n, d), any float type, and is kept as float16.

        Raises:
            StorageError: the store holds vectors of another dimension, or the index was removed.
            ValueError: ids, digests and vectors are not equally many.
        """
        matrix = np.ascontiguousarray(vectors, np.float16)
        if matrix.ndim != 2 or not len(ids) == len(text_digests) == len(matrix):
            raise ValueError(f"{len(ids)} ids, {len(text_digests)} digests and vectors of shape {matrix.shape}")
        if not len(matrix):
            return
        arrays = {
            "ids": np.fromiter(map(id_digest, ids), np.uint64, len(ids)),
            "texts": np.asarray(text_digests, np.uint64),
            "vectors": matrix,
        }
        with self._appending() as path:
            self._check_dimension(matrix.shape[1])
            temporary = path.with_suffix(".new")
            write_arrays(temporary, arrays, {"model": self.model, "dimension": matrix.shape[1]})
            replace_file(temporary, path)

    def load(self) -> tuple[Digests, Digests, Halves]:
        """Id digests (n,), text digests (n,) and vectors (n, d) of all nodes, ascending by id digest.

        A node that was embedded again has its newest vector only. A damaged shard is left out and logged as a
        warning; `damaged` tells which.
        """
        return self.load_and_count()[0]

    def load_and_count(self) -> tuple[tuple[Digests, Digests, Halves], int]:
        """As `load`, and how many damaged shards were left out."""
        paths = self._paths()
        shards = [shard for path in paths if (shard := _read(path)) is not None]
        n_lost = len(paths) - len(shards)
        if not shards:
            return (np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros((0, 0), np.float16)), n_lost
        ids = np.concatenate([shard.ids for shard in shards])
        newest = len(ids) - 1 - np.unique(ids[::-1], return_index=True)[1]
        texts, matrix = np.concatenate([shard.texts for shard in shards]), np.concatenate([s.vectors for s in shards])
        return (ids[newest], texts[newest], matrix[newest]), n_lost

    def known(self) -> set[tuple[int, int]]:
        """(id digest, text digest) of every vector in force: what a new run need not embed."""
        ids, texts, _ = self.load()
        return set(zip(ids.tolist(), texts.tolist(), strict=True))

    def count(self) -> int:
        """Number of nodes that have a vector."""
        return len(self.load()[0])

    def damaged(self) -> list[Path]:
        """The shards that cannot be used; every byte is read. The nodes in them count as not embedded."""
        return [path for path in self._paths() if _read(path) is None]

    def problems(self) -> list[Problem]:
        """One problem per damaged shard."""
        return [Problem("", 0, f"the vectors in {path} are damaged", "all other vectors") for path in self.damaged()]

    def save_state(self, state: EmbeddingState) -> None:
        """Say how far the worker is.

        Raises:
            StorageError: the index was removed.
        """
        self._make_folder()
        state.write(self.folder)

    def drop_damaged(self) -> list[Path]:
        """Remove the damaged shards, and say which; whoever embeds next makes their vectors again."""
        paths = self.damaged()
        for path in paths:
            path.unlink(missing_ok=True)
        return paths

    def _check_dimension(self, dimension: int) -> None:
        stored = self.dimension
        if stored not in (None, dimension):
            raise StorageError(
                f"{self.folder} holds vectors of dimension {stored}, {self.model} now gives {dimension}. "
                "Remove that folder and run `axon analyze`."
            )

    def _make_folder(self) -> None:
        """Not with all parents: a worker that outlives the index must not put a part of it back."""
        vectors = self.folder.parent
        try:
            vectors.mkdir(exist_ok=True)
            self.folder.mkdir(exist_ok=True)
        except FileNotFoundError as error:
            raise StorageError(f"{vectors.parent} was removed.") from error

    @contextmanager
    def _appending(self) -> Iterator[Path]:
        self._make_folder()
        descriptor = os.open(self.folder / "append.lock", os.O_RDWR | os.O_CREAT, 0o666)
        try:
            wait_for_lock(descriptor)
            numbers = [int(path.stem) for path in self._paths()]
            yield self.folder / f"{max(numbers, default=0) + 1:06}.shard"
        finally:
            os.close(descriptor)

    def _paths(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted((p for p in self.folder.iterdir() if _SHARD.fullmatch(p.name)), key=lambda p: int(p.stem))


@dataclass(frozen=True, slots=True)
class _Shard:
    ids: Digests
    texts: Digests
    vectors: Halves
    dimension: int


def _read(path: Path) -> _Shard | None:
    """A shard, copied out of its file; None, and a warning, where it is not as it was written."""
    try:
        with ArrayFile(path) as file:
            is_whole, dimension = file.is_whole(), int(file.meta["dimension"])
            ids = np.frombuffer(file.array("ids"), np.uint64).copy()
            texts = np.frombuffer(file.array("texts"), np.uint64).copy()
            vectors = np.frombuffer(file.array("vectors"), np.float16).copy().reshape(-1, dimension)
    except (DamagedIndexError, KeyError, TypeError, ValueError) as error:
        _LOGGER.warning("The vectors in %s cannot be used: %s", path, error)
        return None
    if not is_whole:
        _LOGGER.warning("The vectors in %s cannot be used: the bytes have changed", path)
        return None
    return _Shard(ids, texts, vectors, dimension)


def _folder_name(model: str) -> str:
    # Two models whose names differ in odd characters only, or in case only, must not share a folder.
    return f"{_ODD.sub('-', model)[:60]}-{xxhash.xxh32_hexdigest(model.encode('utf-8', 'surrogatepass'))}"
