"""The vectors of an index, and the embedder that a query is turned into one by.

What flows in: an open index. What flows out: its dense lane with the weight that was found for it, or nothing, with a
line that says why. No model is ever fetched here.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from axon.config import load_settings
from axon.errors import AxonError
from axon.questions.opened import Index, embedding_progress
from axon.storage.columns import IndexColumns
from axon.storage.embedding_state import VECTORS_FOLDER

if TYPE_CHECKING:
    from axon.embeddings.embedder import Embedder
    from axon.search.dense import DenseLane, Fusion, Similarities
    from axon.storage.vectors import VectorStore

UNCALIBRATED: Final = 0.35
"""Weight of a model's vectors until it was looked whether they help; hashed words have none until then."""


@dataclass
class Vectors:
    """Vectors of the model that was worked on last; they are read when first compared."""

    store: "VectorStore"
    columns: IndexColumns
    fusion: "Fusion | None"
    is_lexical: bool
    _embedder: "Embedder | None" = field(default=None)

    @cached_property
    def lane(self) -> "DenseLane":
        """All vectors that can be used."""
        from axon.search.dense import DenseLane  # noqa: PLC0415  it imports numpy

        return DenseLane(self.store, self.columns)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What is missing of them, and what to do."""
        lost = self.lane.n_damaged
        home = self.store.folder.parent.parent.parent
        said = f"{lost} file{'s' * (lost > 1)} of vectors in {self.store.folder} cannot be used: damaged."
        return (f"{said} Run `axon embed {home}`: it makes them again.",) if lost else ()

    @property
    def weight(self) -> float:
        """What a cosine of 1 counts, where the best score of words counts 1."""
        if self.fusion is not None:
            return self.fusion.weight
        return 0.0 if self.is_lexical else UNCALIBRATED

    def embed(self, index: Index, query: str) -> "Similarities":
        """The query's vector, by the model that made the others.

        Raises:
            EmbeddingError: that model is not the one that the settings lead to now, or cannot serve.
        """
        if self._embedder is None:
            self._embedder = _embedder_of(index, self.store.model)
        vector: Similarities = self._embedder.embed([query])[0]
        return vector


def vectors_of(index: Index) -> Vectors | None:
    """The vectors of an index; None where it has none yet."""
    if "vectors" not in index.kept:
        index.kept["vectors"] = _opened(index)
    found = index.kept["vectors"]
    assert found is None or isinstance(found, Vectors)
    return found


def near_summaries(index: Index, query: str) -> tuple[dict[int, float], str]:
    """Rows by how near what was written about them is to a query, and a line where that cannot be said.

    The query is embedded by the model that embedded the texts: on this machine, or by the provider whose
    `embedding_model` the settings name.
    """
    folder = index.home.folder / "artifact-vectors"
    if not folder.is_dir():
        return {}, ""
    from axon.search.summaries import nearness  # noqa: PLC0415  it imports numpy
    from axon.storage.vectors import VectorStore  # noqa: PLC0415  likewise

    try:
        name, vector = _query_vector(index, query)
    except AxonError as error:
        return {}, f"Vectors of what was written are not used: {error}"
    if vector is None:
        return {}, ""
    everything = [one for some in index.written.values() for one in some]
    return nearness(everything, VectorStore(folder, name), vector, index.columns), ""


def _query_vector(index: Index, query: str) -> "tuple[str, Similarities | None]":
    """The query's vector with the name of the model; None where this machine has none but hashed words."""
    from axon.config import table_of  # noqa: PLC0415  only where something was written
    from axon.enrich.settings import settings_from  # noqa: PLC0415  likewise

    settings = settings_from(*table_of(index.root, "enrich"))
    if settings.embedding_model:
        from axon.enrich.embedding import embedded_query  # noqa: PLC0415  likewise
        from axon.enrich.trust import require_agreement  # noqa: PLC0415  likewise

        require_agreement(index.root, settings)
        return embedded_query(settings, query)
    vectors = vectors_of(index)
    if vectors is None or vectors.is_lexical:
        return "", None
    return vectors.store.model, vectors.embed(index, query)


def _opened(index: Index) -> Vectors | None:
    progress, _ = embedding_progress(index.home)
    if progress is None or not progress.done:
        return None
    from axon.embeddings.lexical import LexicalEmbedder  # noqa: PLC0415  it imports numpy
    from axon.search.dense import Fusion  # noqa: PLC0415  likewise
    from axon.storage.vectors import VectorStore  # noqa: PLC0415  likewise

    store = VectorStore(index.home.folder / VECTORS_FOLDER, progress.model)
    fusion, is_lexical = Fusion.read(store.folder), progress.model == LexicalEmbedder.name
    if fusion is None and is_lexical:
        fusion = Fusion(0.0, 0.0, 0.0, 0.0, 0, 0)
    return Vectors(store, index.columns, fusion, is_lexical)


def _embedder_of(index: Index, model: str) -> "Embedder":
    from axon.embeddings.embedder import choose_embedder  # noqa: PLC0415  a model takes a second to load
    from axon.embeddings.lexical import LexicalEmbedder  # noqa: PLC0415  it imports numpy
    from axon.errors import EmbeddingError  # noqa: PLC0415

    if model == LexicalEmbedder.name:
        return LexicalEmbedder()
    try:
        embedder = choose_embedder(load_settings(index.root)).embedder
    except AxonError as error:
        raise EmbeddingError(f"Vectors of {model} are not used: {error}") from error
    if embedder.name != model:
        raise EmbeddingError(
            f"Vectors of {model} are not used: the embedder is {embedder.name} now. Run `axon embed {index.root}`."
        )
    return embedder
