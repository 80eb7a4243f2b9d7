"""The embedder that needs no download: identifiers hashed into vectors.

What flows in: texts. What flows out: vectors that are near where texts share words, parts of identifiers, or letters
of them. It knows no vocabulary and keeps no state, so a text has the same vector in every process and on every day.

Each part of an identifier, stemmed, and each identifier as a whole adds to eight positions of the vector with a sign
for each, and its 3-grams add a little: a dot product of two texts then counts what they share, and what they do not
share cancels out. Eight positions and 384 dimensions are the best of those measured. On 1,000 docstring sentences
against the 9,266 functions of a large web framework, MRR@10 is .332; without 3-grams .315, and .303 if common English
words weighed as much as others.
"""

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest, xxh3_128_digest

from axon.embeddings.words import COMMON, WORD, terms_of

DIMENSION: Final = 384

_POSITIONS: Final = 8
_GRAM_WEIGHT: Final = 0.5
_MAX_GRAMS: Final = 12
_SLOTS: Final = _POSITIONS + _MAX_GRAMS
_CHUNK_TEXTS: Final = 1024  # 1,024 texts of 60 features fill 15 MB of slots
_CACHED_TOKENS: Final = 1 << 16
# Little-endian and fixed in size, so that a vector is the same on every machine.
_EIGHT_NUMBERS: Final = struct.Struct(f"<{_POSITIONS}H")
_POSITIONS_OF_TOKEN: Final = struct.Struct(f"<{_SLOTS}H")
_WEIGHTS_OF_TOKEN: Final = struct.Struct(f"<{_SLOTS}f")

_COMMON_WEIGHT: Final = 0.2


class LexicalEmbedder:
    """Stateless hashing of stemmed parts of identifiers, 384 dimensions."""

    name = "lexical-1"
    """The number rises with every change that moves a vector."""
    dimension = DIMENSION

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Shape (n, 384), float32, rows of norm 1; a text without a word has the first axis as its vector."""
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for start in range(0, len(texts), _CHUNK_TEXTS):
            chunk = texts[start : start + _CHUNK_TEXTS]
            vectors[start : start + len(chunk)] = _embedded(chunk)
        return vectors


def tokens(text: str) -> Iterator[str]:
    """Every identifier as a whole, in lower case, and the stems of its parts where it has several; else its stem."""
    return chain.from_iterable(map(terms_of, WORD.findall(text)))


def _embedded(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    counts = [Counter(tokens(text)) for text in texts]
    features = [_features(token) for count in counts for token in count]
    n_features = [len(count) for count in counts]
    positions = np.frombuffer(b"".join([p for p, _ in features]), "<u2").reshape(-1, _SLOTS)
    weights = np.frombuffer(b"".join([w for _, w in features]), "<f4").reshape(-1, _SLOTS)
    repeated = np.fromiter(chain.from_iterable(count.values() for count in counts), np.float32, len(features))
    rows = np.repeat(np.arange(len(texts)), n_features)
    flat = rows[:, None] * DIMENSION + positions
    sums = np.bincount(
        flat.ravel(), (weights * (1 + np.log(repeated))[:, None]).ravel(), minlength=len(texts) * DIMENSION
    ).reshape(len(texts), DIMENSION)
    return _of_norm_1(np.asarray(sums, np.float64))


def _of_norm_1(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    norms = np.linalg.norm(sums, axis=1)
    empty = norms < 1e-9
    sums[empty] = 0
    sums[empty, 0] = 1
    norms[empty] = 1
    return np.asarray(sums / norms[:, None], np.float64)


@lru_cache(maxsize=_CACHED_TOKENS)
def _features(token: str) -> tuple[bytes, bytes]:
    """Positions (20 × uint16) and weights (20 × float32) that a token adds; unused slots weigh nothing."""
    drawn = _EIGHT_NUMBERS.unpack(xxh3_128_digest(token.encode("utf-8", "surrogatepass")))
    grams = [_feature_of_gram(gram) for gram in _grams(token)]
    unused = _MAX_GRAMS - len(grams)
    scale = _COMMON_WEIGHT if token in COMMON else 1.0
    positions = [(number >> 1) % DIMENSION for number in drawn] + [position for position, _ in grams] + [0] * unused
    weights = [scale if number & 1 else -scale for number in drawn] + [scale * w for _, w in grams] + [0.0] * unused
    return _POSITIONS_OF_TOKEN.pack(*positions), _WEIGHTS_OF_TOKEN.pack(*weights)


def _grams(token: str) -> list[str]:
    marked = f"<{token}>"
    return [marked[start : start + 3] for start in range(min(len(marked) - 2, _MAX_GRAMS))]


@lru_cache(maxsize=_CACHED_TOKENS)
def _feature_of_gram(gram: str) -> tuple[int, float]:
    number = xxh3_64_intdigest(gram.encode("utf-8", "surrogatepass"))
    return (number >> 1) % DIMENSION, _GRAM_WEIGHT if number & 1 else -_GRAM_WEIGHT
