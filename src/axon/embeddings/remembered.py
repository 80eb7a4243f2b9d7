"""Vectors by model and text, so that no text is embedded twice, in whatever repository, branch or work tree it stands.

What flows in: an embedder and texts. What flows out: the same vectors that it gives, to the precision of float16, with
which they are stored anyway. It is for models that cost more than a look into a file.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from axon.cache import BlobCache
from axon.config import cache_home
from axon.embeddings.embedder import Embedder
from axon.embeddings.text import digest

CACHE_NAME: Final = "vectors"


class RememberingEmbedder:
    """An embedder that asks the cache first; safe to call from several threads."""

    def __init__(self, embedder: Embedder, limit_bytes: int, folder: Path | None = None) -> None:
        self._embedder, self._limit = embedder, limit_bytes
        self._folder = folder or cache_home() / CACHE_NAME
        self.name, self.dimension = embedder.name, embedder.dimension

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Shape (n, dimension), float32, rows of norm 1 but for the rounding of float16.

        Raises:
            EmbeddingError: the model refused these texts.
        """
        keys = [f"{self.name}-{self.dimension}-{digest(text):016x}" for text in texts]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        with BlobCache(self._folder, CACHE_NAME, self._limit) as cache:
            known = cache.get(list(dict.fromkeys(keys)))
        for row, key in enumerate(keys):
            if key in known:
                vectors[row] = np.frombuffer(known[key], "<f2")
        missing = [row for row, key in enumerate(keys) if key not in known]
        if missing:
            made = self._embedder.embed([texts[row] for row in missing])
            vectors[missing] = made
            with BlobCache(self._folder, CACHE_NAME, self._limit) as cache:
                cache.put(
                    (keys[row], vector.astype("<f2").tobytes()) for row, vector in zip(missing, made, strict=True)
                )
        return vectors
