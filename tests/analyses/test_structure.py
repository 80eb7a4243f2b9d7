"""Import cycles, ranks, fans."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from axon.analyses.structure import fans, import_cycles, ranks
from axon.graph.view import GraphView
from axon.model.kinds import EdgeKind, NodeKind, Rule
from tests.analyses.graphs import Edge, call, node, view


def imports(*pairs: tuple[str, str]) -> list[Edge]:
    return [(a, EdgeKind.IMPORTS, b, Rule.IMPORT) for a, b in pairs]


def files(*names: str) -> list:
    return [node(name, NodeKind.FILE, path=name) for name in names]


def found(graph: GraphView) -> list[tuple[tuple[str, ...], tuple[str, str]]]:
    names = graph.ids
    return [
        (tuple(names[row] for row in cycle.files), (names[cycle.cut[0]], names[cycle.cut[1]]))
        for cycle in import_cycles(graph)
    ]


def test_a_circle_is_found_with_the_import_that_carries_least() -> None:
    """b uses c once, the others use more; what only leads in or out is no part of it."""
    edges = imports(("a", "b"), ("b", "c"), ("c", "a"), ("x", "a"), ("c", "y"))
    inner = [node("f", path="a"), node("g", path="b"), node("h", path="c")]
    uses = [call("f", "g"), call("h", "f")]
    uses += [(file, EdgeKind.DEFINES, name, Rule.STRUCTURE) for file, name in (("a", "f"), ("b", "g"), ("c", "h"))]
    graph = view([*edges, *uses], [*files("a", "b", "c", "x", "y"), *inner])
    assert found(graph) == [(("a", "b", "c"), ("b", "c"))]


PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20)


@given(PAIRS)
def test_a_cycle_is_what_reaches_each_other(pairs: list[tuple[int, int]]) -> None:
    """Against the closure of the relation."""
    names = [str(n) for n in range(7)]
    graph = view(imports(*((str(a), str(b)) for a, b in pairs)), files(*names))
    reach = np.zeros((7, 7), bool)
    for a, b in pairs:
        reach[a, b] = True
    for k in range(7):
        reach |= reach[:, [k]] & reach[[k], :]
    both = reach & reach.T
    expected = {frozenset(np.flatnonzero(both[n]).tolist()) | {n} for n in range(7)}
    assert {frozenset(map(int, group)) for group, _ in found(graph)} == {g for g in expected if len(g) > 1}


def test_what_is_used_most_ranks_highest_and_all_ranks_add_up() -> None:
    """A hub of three callers before a leaf of one."""
    graph = view([call("a", "hub"), call("b", "hub"), call("c", "hub"), call("c", "leaf")])
    rank = ranks(graph)
    assert abs(rank.sum() - 1) < 1e-9
    assert graph.ids[int(np.argmax(rank))] == "hub"


def test_fans_count_symbols_not_calls() -> None:
    """Two calls of the same are one; a call of oneself is none."""
    graph = view([call("a", "b"), call("a", "b"), call("c", "b"), call("b", "b")])
    fan_in, fan_out = fans(graph)
    assert (fan_in.tolist(), fan_out.tolist()) == ([0, 2, 0], [1, 0, 1])
