"""What is used from outside of itself, and which file each node lies in."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from axon.analyses.uses import Uses, files_of, owners
from axon.graph.view import distinct, ends_of, pairs_of
from axon.model.kinds import EdgeKind, NodeKind, Rule
from tests.analyses.graphs import Edge, call, node, view

N = 9
FOREST = st.lists(st.integers(0, N - 1), min_size=N - 1, max_size=N - 1)
CALLS = st.lists(st.tuples(st.integers(1, N - 1), st.integers(1, N - 1)), max_size=12)
DEAD = st.sets(st.integers(1, N - 1), max_size=3)


@given(FOREST, CALLS, DEAD)
def test_a_use_from_outside_counts_for_the_whole(
    above: list[int], calls: list[tuple[int, int]], dead: set[int]
) -> None:
    """Against the definition, one edge after the other: node 0 is a file, each other one lies in an earlier one."""
    parent = {child: above[child - 1] % child for child in range(1, N)}
    edges: list[Edge] = [(str(p), EdgeKind.DEFINES, str(c), Rule.STRUCTURE) for c, p in parent.items()]
    edges += [call(str(a), str(b)) for a, b in calls]
    graph = view(edges, [node("0", NodeKind.FILE), *(node(str(n)) for n in range(1, N))])

    def chain(row: int) -> list[int]:
        return [row, *(chain(parent[row]) if row in parent else ())]

    used = {b for a, b in calls if b not in chain(a) and not dead & set(chain(a))}
    expected = {part for row in used for part in chain(row)}
    assert set(np.flatnonzero(Uses(graph).used(dead)).tolist()) == expected
    assert files_of(graph).tolist() == [0] * N
    assert owners(graph).tolist() == [-1, *(parent[n] for n in range(1, N))]


@given(st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))))
def test_pairs_are_taken_apart_as_they_were_put_together(pairs: list[tuple[int, int]]) -> None:
    """Each once, in order of the first row, then of the second."""
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    sources, targets = ends_of(distinct(pairs_of(ends[:, 0], ends[:, 1])))
    assert list(zip(sources.tolist(), targets.tolist(), strict=True)) == sorted(set(pairs))
