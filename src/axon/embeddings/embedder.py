"""What an embedder is, and which one serves.

What flows in: the settings. What flows out: an `Embedder`, with the reason why it was chosen. It does not know what
the texts are nor where vectors are kept. Nothing here uses the network.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from axon.config import Settings, models_home
from axon.errors import ConfigError, EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

AUTO: Final = "auto"
LEXICAL: Final = "lexical"
FASTEMBED: Final = "fastembed"


class Embedder(Protocol):
    """Turns texts into vectors; safe to call from several threads.

    Vectors of two embedders may be compared only if their names are equal: the name tells the model and its weights.
    """

    @property
    def name(self) -> str:
        """One word that is fit for a file name."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Shape (n, dimension), float32, rows of norm 1, in the order of the texts; any text has a vector.

        Raises:
            EmbeddingError: the model refused.
        """


@dataclass(frozen=True, slots=True)
class Choice:
    """The embedder that serves, and in one sentence why it is this one."""

    embedder: Embedder
    reason: str


def choose_embedder(settings: Settings, *, models: Path | None = None, threads: int | None = None) -> Choice:
    """The embedder that the settings ask for; `auto` takes fastembed only if it and its model are here already.

    `models` is the folder of pulled models. Loading a model takes seconds and imports numpy: call it in a thread that
    nobody waits for.

    Raises:
        ConfigError: no embedder has this name.
        EmbeddingError: fastembed was asked for by name and cannot serve.
    """
    if settings.embedder == LEXICAL:
        return Choice(_lexical(), "the settings ask for it")
    if settings.embedder not in (AUTO, FASTEMBED):
        raise ConfigError(f"Unknown embedder {settings.embedder}. Choose {AUTO}, {LEXICAL} or {FASTEMBED}.")
    from axon.embeddings.fastembed import load_fastembed  # noqa: PLC0415  start-up is lazy

    try:
        embedder = load_fastembed(settings.embedding_model, models or _models(), threads=threads)
    except EmbeddingError as error:
        if settings.embedder == FASTEMBED:
            raise
        return Choice(_lexical(), f"{FASTEMBED} cannot serve: {error}")
    return Choice(embedder, f"its model {settings.embedding_model} is on disk")


def _lexical() -> Embedder:
    from axon.embeddings.lexical import LexicalEmbedder  # noqa: PLC0415  it imports numpy

    return LexicalEmbedder()


def _models() -> Path:
    """Where fastembed itself was told to keep models, else Axon's own folder."""
    told = os.environ.get("FASTEMBED_CACHE_PATH")
    return Path(told) if told else models_home()
