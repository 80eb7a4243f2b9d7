"""Graphs in a few words, and whole trees of source as views."""

from collections.abc import Sequence

from axon.graph.graph import CodeGraph
from axon.graph.view import GraphView
from axon.model.ids import NodeId
from axon.model.kinds import EdgeKind, Flag, NodeKind, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship

Edge = tuple[str, EdgeKind, str, Rule]


def view(edges: Sequence[Edge], nodes: Sequence[GraphNode] = ()) -> GraphView:
    """A view of `nodes` and of a Function for every other end, in the order in which they are named."""
    named = {node.id: node for node in nodes}
    for source, _, target, _ in edges:
        for id in (source, target):
            named.setdefault(NodeId(id), node(id))
    relationships = [
        GraphRelationship(kind, NodeId(source), NodeId(target), Evidence(rule, 1))
        for source, kind, target, rule in edges
    ]
    return GraphView.of(CodeGraph.from_rows(named.values(), relationships))


def node(id: str, kind: NodeKind = NodeKind.FUNCTION, path: str = "a.x", flags: Flag = Flag(0)) -> GraphNode:
    """A node of one line, named like its id."""
    return GraphNode(NodeId(id), kind, id, id, path, "toy", 1, 1, flags=flags)


def call(source: str, target: str, rule: Rule = Rule.LEXICAL) -> Edge:
    """A call."""
    return source, EdgeKind.CALLS, target, rule
