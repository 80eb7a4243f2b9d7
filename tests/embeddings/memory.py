"""A store of vectors in memory, and an embedder that refuses some texts: small, real implementations for tests."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from axon.embeddings.lexical import LexicalEmbedder
from axon.embeddings.text import digest
from axon.errors import EmbeddingError


class MemoryStore:
    """Keeps what it is given, batch by batch."""

    def __init__(self) -> None:
        self.batches: list[tuple[list[str], npt.NDArray[np.float32]]] = []
        self._known: set[tuple[int, int]] = set()

    def known(self) -> set[tuple[int, int]]:
        return set(self._known)

    def append(
        self, ids: Sequence[str], text_digests: npt.NDArray[np.uint64], vectors: npt.NDArray[np.float32]
    ) -> None:
        self.batches.append((list(ids), vectors))
        self._known.update(zip(map(digest, ids), text_digests.tolist(), strict=True))

    @property
    def ids(self) -> list[str]:
        return [id for ids, _ in self.batches for id in ids]


class PickyEmbedder(LexicalEmbedder):
    """Refuses whatever contains a certain word, as a model refuses a text that its tokenizer cannot take."""

    def __init__(self, refused: str) -> None:
        self._refused = refused

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        if any(self._refused in text for text in texts):
            raise EmbeddingError("it is not to my taste")
        return super().embed(texts)
