"""Are two search layers the same, however they came about?

What flows in: the folders of two layers of one graph. What flows out: the rows whose documents differ.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

from axon.search.layer import OpenLayer
from axon.search.rows import rows_of

Digests = npt.NDArray[np.uint64]

_MIX = np.uint64(0x9E3779B97F4A7C15)


def differing_rows(left: Path, right: Path) -> list[int]:
    """Rows that have other postings or lengths in one layer than in the other, or are in one only, ascending."""
    found = []
    for folder in (left, right):
        layer = OpenLayer(folder)
        try:
            found.append(_digests(layer))
        finally:
            layer.close()
    return sorted(row for row in found[0].keys() | found[1].keys() if found[0].get(row) != found[1].get(row))


def _digests(layer: OpenLayer) -> dict[int, int]:
    """A digest of each row in force: the sum of digests of its postings, which does not depend on their order."""
    parts = []
    for segment in layer.segments:
        p = segment.postings
        terms = np.fromiter((xxh3_64_intdigest(t.encode("utf-8", "surrogatepass")) for t in p.terms), np.uint64)
        values = np.repeat(terms, np.diff(p.offsets.astype(np.int64)).astype(np.int64))
        values = (values ^ (p.heads.astype(np.uint64) << np.uint64(8)) ^ p.bodies.astype(np.uint64)) * _MIX
        sums = np.zeros(segment.n_docs, np.uint64)
        np.add.at(sums, p.docs.astype(np.int64), values)
        for length in p.lengths.astype(np.uint64):
            sums = (sums ^ length) * _MIX
        parts.append(sums)
    rows = rows_of(layer)
    live = rows >= 0
    digests = np.concatenate([*parts, np.zeros(0, np.uint64)])
    return dict(zip(rows[live].tolist(), digests[live].tolist(), strict=True))
