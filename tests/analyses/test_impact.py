"""Who depends on what: by depth, over the surest of the shortest paths, each node once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from axon.analyses.impact import NO_EDGE, Reach, dependents, parts_of
from axon.graph.view import GraphView
from axon.model.kinds import CONFIDENCE, EdgeKind, NodeKind, Rule
from tests.analyses.graphs import call, node, view


def reached(found: Reach, graph: GraphView) -> dict[str, tuple[int, float]]:
    """Depth and confidence by id."""
    rows, depths, sure = found.rows.tolist(), found.depth.tolist(), found.confidence.tolist()
    return {graph.ids[row]: (depth, round(c, 4)) for row, depth, c in zip(rows, depths, sure, strict=True)}


def row(graph: GraphView, id: str) -> int:
    return list(graph.ids).index(id)


def test_confidence_is_the_product_and_the_weakest_step_is_named() -> None:
    """c calls b calls a: the doubtful call of b is what weakens c."""
    graph = view([call("b", "a", Rule.ARGUMENT), call("c", "b", Rule.TYPED)])
    found = dependents(graph, np.array([row(graph, "a")]))
    assert reached(found, graph) == {"b": (1, 0.7), "c": (2, 0.665)}
    assert found.weakest.tolist() == [0, 0]
    assert found.edge.tolist() == [0, 1]


def test_the_surest_of_the_shortest_paths_is_taken() -> None:
    """d reaches a over b and over c: the sure one counts; a longer path that is surer does not."""
    graph = view([call("b", "a", Rule.OVERRIDE), call("c", "a"), call("d", "b"), call("d", "c"), call("b", "c")])
    found = dependents(graph, np.array([row(graph, "a")]))
    assert reached(found, graph) == {"c": (1, 1.0), "b": (1, 0.4), "d": (2, 1.0)}


def test_a_cycle_ends_and_depth_cuts() -> None:
    """Recursion is reached once; what changes is not among the rows."""
    graph = view([call("b", "a"), call("c", "b"), call("a", "c"), call("b", "b")])
    assert reached(dependents(graph, np.array([row(graph, "a")])), graph) == {"b": (1, 1.0), "c": (2, 1.0)}
    assert reached(dependents(graph, np.array([row(graph, "a")]), 1), graph) == {"b": (1, 1.0)}


@pytest.mark.parametrize("kind", [EdgeKind.IMPORTS, EdgeKind.EXPORTS])
def test_imports_count_next_to_what_changes_only(kind: EdgeKind) -> None:
    """A file that imports a file that imports the changed one need not know it."""
    graph = view([("b", kind, "a", Rule.IMPORT), ("c", kind, "b", Rule.IMPORT)])
    assert set(reached(dependents(graph, np.array([row(graph, "a")])), graph)) == {"b"}


def test_a_function_depends_on_what_it_holds_and_a_class_does_not() -> None:
    """The wrapper inside a decorator is the decorator's own code."""
    nodes = [node("K", NodeKind.CLASS), node("K.m", NodeKind.METHOD)]
    defines = [("f", EdgeKind.DEFINES, "g", Rule.STRUCTURE), ("K", EdgeKind.DEFINES, "K.m", Rule.STRUCTURE)]
    graph = view([*defines, call("g", "a"), call("K.m", "a")], nodes)
    assert set(reached(dependents(graph, np.array([row(graph, "a")])), graph)) == {"g", "K.m", "f"}


def test_a_class_changes_with_its_members_at_any_depth() -> None:
    """All that it defines, and nothing that it calls."""
    defines = [(a, EdgeKind.DEFINES, b, Rule.STRUCTURE) for a, b in (("K", "m"), ("m", "local"))]
    graph = view([*defines, call("m", "other")], [node("K", NodeKind.CLASS), node("m", NodeKind.METHOD)])
    assert [graph.ids[at] for at in parts_of(graph, row(graph, "K"))] == ["K", "m", "local"]


RULES = (Rule.LEXICAL, Rule.TYPED, Rule.ARGUMENT, Rule.OVERRIDE)
EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from(RULES)), min_size=1, max_size=30)


@given(EDGES)
def test_it_is_breadth_first_search_with_the_best_product(edges: list[tuple[int, int, Rule]]) -> None:
    """Against the plainest search there is: level by level, the best product of each level from the one before."""
    graph = view([call(f"n{s}", f"n{t}", rule) for s, t, rule in edges])
    start = graph.ids[0]
    expected = {start: (0, 1.0)}
    for depth in range(1, 9):
        level: dict[str, float] = {}
        for s, t, rule in edges:
            before = expected.get(f"n{t}")
            if before is not None and before[0] == depth - 1 and f"n{s}" not in expected:
                level[f"n{s}"] = max(level.get(f"n{s}", 0.0), before[1] * CONFIDENCE[rule])
        expected |= {id: (depth, sure) for id, sure in level.items()}
    found = dependents(graph, np.array([0]))
    assert reached(found, graph) == {id: (d, pytest.approx(c, abs=1e-4)) for id, (d, c) in expected.items() if d}


def test_every_row_leads_back_to_what_changes() -> None:
    """Following the edges of a reach from any row ends at a symbol that changes."""
    graph = view([call("b", "a"), call("c", "b"), call("d", "c")])
    found = dependents(graph, np.array([0, 1]))
    edge_to = dict(zip(found.rows.tolist(), found.edge.tolist(), strict=True))
    assert NO_EDGE not in edge_to.values()
    for start in edge_to:
        at = start
        while at in edge_to:
            at = int(graph.target[edge_to[at]])
        assert at in (0, 1)
