"""Which symbols are like one: those whose vectors are nearest to its own.

What flows in: an index and what a person typed. What flows out: a `SimilarAnswer`, the nearest first. Only what is
embedded is compared, and the answer says how much that is.
"""

from axon.errors import EmbeddingError, UsageError
from axon.model.answers import SimilarAnswer, SimilarHit
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.symbols import find_symbol
from axon.questions.vectors import vectors_of


def similar(index: Index, text: str, *, limit: int = 10) -> SimilarAnswer:
    """The functions and classes nearest to the symbol that `text` means.

    Raises:
        SymbolError: no symbol, or several, have that name.
        UsageError: it is neither a function nor a class.
        EmbeddingError: it has no vector (yet).
    """
    columns = index.columns
    row = find_symbol(columns, text)
    kind = columns.node(row).kind
    if kind not in CALLABLE_KINDS | CLASS_KINDS:
        raise UsageError(f"`{columns.id_of(row)}` has the kind {kind}; functions, methods and classes are compared.")
    vectors = vectors_of(index)
    vector = vectors.lane.vector_of(row) if vectors is not None else None
    if vectors is None or vector is None:
        raise EmbeddingError(f"`{columns.id_of(row)}` has no vector yet. Run `axon embed {index.root}`.")
    near = [(other, cosine) for other, cosine in vectors.lane.nearest(vector, limit + 1) if other != row]
    hits = tuple(SimilarHit(symbol(columns, other), round(cosine, 4)) for other, cosine in near[:limit])
    return SimilarAnswer(symbol(columns, row), vectors.store.model, hits, index.state(*vectors.warnings))
