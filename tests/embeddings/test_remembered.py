"""A text is embedded once, whoever asks for it, and batches of a model stay within their budget."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from axon.embeddings.fastembed import _within_budget, load_fastembed
from axon.embeddings.lexical import LexicalEmbedder
from axon.embeddings.remembered import RememberingEmbedder


class Counting(LexicalEmbedder):
    """Counts the texts that it really embeds."""

    def __init__(self, name: str = "counting") -> None:
        self.name = name  # type: ignore[misc]
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked += texts
        return super().embed(texts)


def test_known_texts_are_not_embedded_again(tmp_path: Path) -> None:
    """Another repository, another process: the same vectors, to the precision in which they are stored."""
    first, second = Counting(), Counting()
    vectors = RememberingEmbedder(first, 1 << 20, tmp_path).embed(["parse a file", "merge", "parse a file"])
    again = RememberingEmbedder(second, 1 << 20, tmp_path).embed(["merge", "new", "parse a file"])
    assert second.asked == ["new"]
    assert np.allclose(again[[0, 2]], vectors[[1, 0]], atol=1e-3)
    assert np.allclose(again, LexicalEmbedder().embed(["merge", "new", "parse a file"]), atol=1e-3)


def test_two_models_do_not_share_vectors(tmp_path: Path) -> None:
    """The name of a model is a part of the key."""
    RememberingEmbedder(Counting("one"), 1 << 20, tmp_path).embed(["text"])
    other = Counting("two")
    RememberingEmbedder(other, 1 << 20, tmp_path).embed(["text"])
    assert other.asked == ["text"]


def test_batches_are_padded_to_a_budget() -> None:
    """Long texts go in small batches, short ones in large ones, and none is left out."""
    texts = ["x" * 2_000] * 20 + ["y" * 10] * 200
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    batches = list(_within_budget(order, texts))
    assert sorted(row for batch in batches for row in batch) == list(range(220))
    assert max(len(batch) * max(len(texts[row]) for row in batch) for batch in batches) <= 4_096
    assert max(map(len, batches)) == 16


def test_vectors_come_in_the_order_of_the_texts(model_folder: Path) -> None:
    """Whatever the order in which a model gets them."""
    embedder = load_fastembed(str(model_folder), model_folder.parent)
    texts = ["query file config " * 20, "parse", "file calls", "config"]
    together = embedder.embed(texts)
    assert np.allclose(together, np.concatenate([embedder.embed([text]) for text in texts]), atol=1e-5)
