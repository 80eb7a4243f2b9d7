"""A graph with its labels as nodes and edges."""

import numpy as np

from axon.graph.graph import CodeGraph
from axon.graph.labels import Communities, Flows, Labels, labelled
from axon.model.ids import NodeId
from axon.model.kinds import EdgeKind, NodeKind, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def test_labels_come_after_the_graph_which_stays_as_it_is() -> None:
    """A Community by its centre, a Flow by its entry; steps have positions, members one edge for each level."""
    nodes = [GraphNode(NodeId(f"a.x::{n}"), NodeKind.FUNCTION, n, n, "a.x") for n in ("f", "g", "t")]
    calls = GraphRelationship(EdgeKind.CALLS, nodes[0].id, nodes[1].id, Evidence(Rule.LEXICAL, 3))
    graph = CodeGraph.from_rows(nodes, [calls])
    members = np.array([[0, 0, -1], [-1, 1, -1]], np.int64)
    communities = Communities(rows(0, 1), rows(0, 1), rows(-1, 0), members)
    flows = Flows(rows(0), rows(0, 2), rows(0, 1), rows(0, 1))
    found = labelled(
        graph, Labels(communities, flows, np.array([[2, 1]], np.int64), rows(), np.array([[0, 1, 4, 80]], np.int64))
    )
    assert [found.node(row) for row in range(3)] == nodes
    assert [(n.id, n.kind, n.name) for n in list(found.iter_nodes())[3:]] == [
        ("<community>::0/a.x::f", NodeKind.COMMUNITY, "f"),
        ("<community>::1/a.x::g", NodeKind.COMMUNITY, "g"),
        ("<flow>::a.x::f", NodeKind.FLOW, "f"),
    ]
    edges = [(e.source, e.kind.value, e.target, e.evidence.line) for e in found.iter_relationships()]
    assert edges[0] == ("a.x::f", "CALLS", "a.x::g", 3)
    assert sorted(edges[1:]) == [
        ("a.x::f", "COUPLED_WITH", "a.x::g", 4),
        ("a.x::f", "MEMBER_OF", "<community>::0/a.x::f", 0),
        ("a.x::f", "STEP_IN_FLOW", "<flow>::a.x::f", 1),
        ("a.x::g", "MEMBER_OF", "<community>::0/a.x::f", 0),
        ("a.x::g", "MEMBER_OF", "<community>::1/a.x::g", 0),
        ("a.x::g", "STEP_IN_FLOW", "<flow>::a.x::f", 2),
        ("a.x::t", "TESTS", "a.x::g", 0),
    ]
