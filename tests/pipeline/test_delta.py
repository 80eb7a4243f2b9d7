"""What `compare` finds between two graphs, where whole trees seldom show it."""

from dataclasses import replace

from axon.graph.delta import compare
from axon.graph.graph import CodeGraph
from axon.model.kinds import EdgeKind, NodeKind
from tests.storage.samples import call, function

A, B, C = function("a", "a.py"), function("b", "b.py"), function("c", "c.py")
EDGE = call(A.id, B.id)


def test_equal_graphs_have_no_delta() -> None:
    """Nothing is to be removed or added, whatever the order of the rows."""
    delta = compare(CodeGraph.from_rows([A, B], [EDGE, EDGE]), CodeGraph.from_rows([B, A], [EDGE, EDGE]))
    assert (delta.paths, delta.ids, delta.nodes, delta.relationships) == ([], [], [], [])


def test_the_number_of_equal_edges_counts() -> None:
    """One of two equal edges more, one less, and both gone are changes of the source's file."""
    for old, new in (([EDGE, EDGE], [EDGE]), ([EDGE], [EDGE, EDGE]), ([EDGE, EDGE], []), ([], [EDGE, EDGE])):
        delta = compare(CodeGraph.from_rows([A, B, C], old), CodeGraph.from_rows([A, B, C], new))
        assert delta.paths == ["a.py"]
        assert delta.relationships == new


def test_an_edge_that_moved_takes_only_its_source_along() -> None:
    """The same call on another line; the callee's file is not touched."""
    delta = compare(
        CodeGraph.from_rows([A, B, C], [call(A.id, B.id, 3), call(C.id, B.id)]),
        CodeGraph.from_rows([A, B, C], [call(A.id, B.id, 4), call(C.id, B.id)]),
    )
    assert delta.paths == ["a.py"]
    assert delta.nodes == [A]


def test_edges_to_a_changed_file_come_back() -> None:
    """Edges that end in a file that is replaced go with it, so they are added again."""
    edge = call(C.id, B.id, kind=EdgeKind.IMPORTS)
    moved = function("b", "b.py", start_line=9)
    delta = compare(CodeGraph.from_rows([A, B, C], [EDGE, edge]), CodeGraph.from_rows([A, moved, C], [EDGE, edge]))
    assert delta.paths == ["b.py"]
    assert delta.relationships == [EDGE, edge]


def test_edges_between_old_nodes_and_external_ones_change() -> None:
    """A new external node, and an edge that now leads to another external node that was there before."""
    here, there, new = (replace(function(name, ""), kind=NodeKind.EXTERNAL) for name in ("here", "there", "new"))
    delta = compare(
        CodeGraph.from_rows([A, here, there], [call(A.id, here.id)]),
        CodeGraph.from_rows([A, here, there, new], [call(A.id, there.id)]),
    )
    assert delta.paths == ["a.py"]
    assert delta.nodes == [A, new]
    assert delta.relationships == [call(A.id, there.id)]


def test_from_nothing_and_to_nothing() -> None:
    """An empty graph on either side."""
    empty, full = CodeGraph.from_rows([], []), CodeGraph.from_rows([A, B], [EDGE])
    assert compare(empty, full).nodes == [A, B]
    assert compare(full, empty).paths == ["a.py", "b.py"]
