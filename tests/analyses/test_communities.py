"""Which symbols belong together."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from axon.analyses.communities import find_communities, strengths, ties, units
from axon.graph.labels import NO_COMMUNITY
from axon.graph.view import GraphView
from axon.model.kinds import EdgeKind, NodeKind, Rule
from tests.analyses.graphs import Edge, call, node, view


def clique(letter: str, size: int = 5) -> list[Edge]:
    """Functions that all call each other."""
    names = [f"{letter}{number}" for number in range(size)]
    return [call(a, b) for a in names for b in names if a != b]


def groups(graph: GraphView, level: int = 0) -> set[frozenset[str]]:
    """The ids of each community."""
    members = find_communities(graph).members[level]
    numbers = set(members.tolist()) - {NO_COMMUNITY}
    return {frozenset(graph.ids[row] for row in np.flatnonzero(members == number).tolist()) for number in numbers}


def test_two_cliques_with_one_bridge_are_two_communities() -> None:
    """Each is named after the symbol that most of its ties meet, and the bridge has ties outside."""
    graph = view([*clique("a"), *clique("b"), call("a0", "b0"), call("lonely", "lonely")])
    found = find_communities(graph)
    assert groups(graph) == {frozenset(f"{letter}{n}" for n in range(5)) for letter in "ab"}
    assert [graph.ids[row] for row in found.centre.tolist()] == ["a0", "b0"]
    assert found.level.tolist() == [0, 0]
    inside, across = strengths(graph, ties(graph), found.members[0])
    assert (inside[0], across[0], across[1]) == (8.0, 1.0, 0.0)


def test_a_class_is_never_torn_apart() -> None:
    """Methods are where their class is, whatever they call; a local function is with the one that holds it."""
    nodes = [node("f.x", NodeKind.FILE), node("K", NodeKind.CLASS), node("K.m", NodeKind.METHOD), node("local")]
    holds = [("f.x", "K"), ("K", "K.m"), ("K.m", "local")]
    graph = view(
        [*((a, EdgeKind.DEFINES, b, Rule.STRUCTURE) for a, b in holds), *clique("a"), call("local", "a0")], nodes
    )
    assert [graph.ids[row] for row in units(graph)[:4].tolist()] == ["f.x", "K", "K", "K"]
    members = find_communities(graph).members[0]
    assert len(set(members[1:4].tolist())) == 1


def test_a_large_community_is_divided_once() -> None:
    """The fine level lies inside the coarse one, and says which it is a part of."""
    rings = [clique(f"c{number}_", 4) for number in range(40)]
    chain = [call(f"c{number}_0", f"c{number + 1}_0", Rule.LEXICAL) for number in range(39)]
    graph = view([*(edge for ring in rings for edge in ring), *chain, *(call(f"c{n}_1", "c0_2") for n in range(1, 40))])
    found = find_communities(graph)
    for number in np.flatnonzero(found.level == 1).tolist():
        inside = found.members[1] == number
        assert set(found.members[0][inside].tolist()) == {int(found.parent[number])}


EDGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=60)


@given(EDGES)
def test_every_tied_unit_is_in_a_community_of_two_at_least(edges: list[tuple[int, int]]) -> None:
    """And its centre is one of its members; numbers run without a gap, the largest community first."""
    graph = view([call(f"n{a}", f"n{b}") for a, b in edges], [node("alone")])
    found = find_communities(graph)
    sizes = [int((found.members[level] == number).sum()) for number, level in enumerate(found.level.tolist())]
    coarse = [size for size, level in zip(sizes, found.level.tolist(), strict=True) if level == 0]
    assert all(size >= 2 for size in sizes)
    assert coarse == sorted(coarse, reverse=True)
    for number, (level, centre) in enumerate(zip(found.level.tolist(), found.centre.tolist(), strict=True)):
        assert found.members[level][centre] == number
