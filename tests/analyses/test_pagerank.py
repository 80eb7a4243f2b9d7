"""PageRank, plain and personalised."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from axon.analyses.pagerank import pagerank

_EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20)


def _rank(edges: list[tuple[int, int]], restart: list[float]) -> np.ndarray:
    sources, targets = (np.array([edge[end] for edge in edges], np.int64) for end in (0, 1))
    return pagerank(sources, targets, np.ones(len(edges)), np.array(restart))


@given(_EDGES)
def test_it_is_a_distribution_that_stays_as_it_is(edges: list[tuple[int, int]]) -> None:
    """Shares sum up to 1, and one more step of the walk, taken by its dense matrix, leaves them in place."""
    rank = _rank(edges, [1.0] * 6)
    step = np.zeros((6, 6))
    for source, target in edges:
        step[source, target] += 1
    for row in step:
        row[:] = row / row.sum() if row.sum() else 1 / 6
    assert np.isclose(rank.sum(), 1)
    assert np.allclose(0.85 * rank @ step + 0.15 / 6, rank, atol=1e-3)


def test_a_walk_that_begins_somewhere_stays_near_it() -> None:
    """From one node: what it leads to has a share, what is elsewhere has none."""
    rank = _rank([(0, 1), (1, 2), (3, 4)], [1.0, 0, 0, 0, 0])
    assert rank[0] > rank[1] > rank[2] > 0
    assert rank[3] == rank[4] == 0
