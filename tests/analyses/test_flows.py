"""What runs from which entry point."""

import numpy as np

from axon.analyses.flows import entry_points, find_flows, steps_between
from axon.graph.view import GraphView
from axon.model.kinds import EdgeKind, Flag, NodeKind, Rule
from tests.analyses.graphs import call, node, view


def named(graph: GraphView, rows: np.ndarray) -> list[str]:
    return [graph.ids[row] for row in rows.tolist()]


def test_a_flow_goes_from_its_entry_step_by_step() -> None:
    """Nearest first; what is called twice is one step; branches are followed."""
    graph = view([call("main", "read"), call("main", "write"), call("read", "parse"), call("write", "parse")])
    found = find_flows(graph)
    assert named(graph, found.entry) == ["main"]
    assert named(graph, found.steps) == ["main", "read", "write", "parse"]
    assert found.depth.tolist() == [0, 1, 1, 2]
    assert len(steps_between(graph, found.steps)) == 4


def test_only_known_calls_are_followed_and_tests_are_left_out() -> None:
    """A possible call is no step; a test is neither an entry nor a user."""
    edges = [call("main", "a"), call("a", "b"), call("b", "maybe", Rule.OVERRIDE), call("t", "main")]
    graph = view(edges, [node("t", path="tests/t.x", flags=Flag.TEST)])
    found = find_flows(graph)
    assert named(graph, found.entry) == ["main"]
    assert named(graph, found.steps) == ["main", "a", "b"]


def test_entries_are_what_no_function_uses() -> None:
    """Handed over means used; code of a file that runs it leaves it an entry; a local function is none."""
    edges = [
        call("main", "a"),
        call("handler", "a"),
        ("main", EdgeKind.PASSES, "handler", Rule.LEXICAL),
        call("f.x", "main"),
        ("main", EdgeKind.DEFINES, "local", Rule.STRUCTURE),
        call("local", "a"),
    ]
    graph = view(edges, [node("f.x", NodeKind.FILE)])
    assert named(graph, entry_points(graph)) == ["main"]


def test_recursion_ends_and_too_short_flows_are_none() -> None:
    """Three steps at least."""
    graph = view([call("a", "b"), call("b", "b"), call("c", "d"), call("d", "e"), call("e", "d")])
    assert named(graph, find_flows(graph).entry) == ["c"]
    assert len(find_flows(view([call("x", "y")]))) == 0
