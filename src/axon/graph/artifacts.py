"""A graph with what was written about its nodes, as nodes and edges of their own.

What flows in: a graph and artifacts. What flows out: a CodeGraph that holds both. What is stale, or about a node that
the graph does not hold, stays out. It does not know who wrote what.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from axon.graph.graph import CodeGraph
from axon.graph.layers import Piece, with_edges, with_nodes
from axon.model.artifacts import EXTRACTIVE, Review, State, Written, ways_up
from axon.model.ids import NodeId, artifact_id, feature_id
from axon.model.kinds import EdgeKind, Flag, NodeKind, Rule
from axon.model.nodes import GraphNode

_WAY: Final = " / "


def described(graph: CodeGraph, written: Sequence[Written]) -> CodeGraph:
    """The graph with the artifacts that stand: first its own nodes and edges, as they are, then a node for each.

    An artifact lies in the file of what it is about. The `line` of a DESCRIBES edge is that of a cited quote.
    """
    standing = [one for one in written if one.state is not State.STALE]
    features = [one for one in standing if one.kind is NodeKind.FEATURE]
    others = [one for one in standing if one.kind is not NodeKind.FEATURE and one.node in graph.row_of]
    if not features and not others:
        return graph
    ways = ways_up(features)
    nodes = [*(_about(graph, one) for one in others), *(_feature(one, ways[one.name]) for one in features)]
    row_of = {node.id: len(graph.nodes) + i for i, node in enumerate(nodes)}
    edges = [edge for one in others for edge in _describes(graph, one, row_of[artifact_id(one.task, one.node)])]
    for feature in features:
        edges += _parts(graph, feature, row_of)
    return CodeGraph(with_nodes(graph.nodes, nodes), with_edges(graph.edges, _pieces(edges)), graph.unresolved)


_Edge = tuple[EdgeKind, Rule, int, int, int]  # kind, rule, rows of source and target, line


def _about(graph: CodeGraph, written: Written) -> GraphNode:
    row = graph.row_of[written.node]
    nodes = graph.nodes
    return GraphNode(
        artifact_id(written.task, written.node),
        written.kind,
        nodes.names[row],
        nodes.qualified_names[row],
        nodes.paths[row],
        signature=_author(written),
        summary=written.text,
        flags=Flag.MOVED if written.state is State.MOVED else Flag(0),
    )


def _feature(written: Written, way: Sequence[str]) -> GraphNode:
    id = feature_id(written.name)
    return GraphNode(
        id,
        NodeKind.FEATURE,
        written.name,
        _WAY.join(way),
        "",
        signature=_author(written),
        summary=written.text,
    )


def _author(written: Written) -> str:
    said = "" if written.review is Review.PROPOSED else f", {written.review.value}"
    return f"{written.task} by {written.model or 'a model'}{said}"


def _describes(graph: CodeGraph, written: Written, row: int) -> Iterator[_Edge]:
    target, start = graph.row_of[written.node], int(graph.nodes.start_line[graph.row_of[written.node]])
    lines = sorted({start + claim.found - 1 for claim in written.claims}) or [0]
    for line in lines:
        yield EdgeKind.DESCRIBES, _rule(written), row, target, line


def _parts(graph: CodeGraph, feature: Written, row_of: Mapping[NodeId, int]) -> Iterator[_Edge]:
    row = row_of[feature_id(feature.name)]
    for member in feature.members:
        if (source := graph.row_of.get(member)) is not None:
            yield EdgeKind.PART_OF_FEATURE, _rule(feature), source, row, 0
    above = row_of.get(feature_id(feature.broader)) if feature.broader else None
    if above is not None:
        yield EdgeKind.PART_OF_FEATURE, _rule(feature), row, above, 0


def _rule(written: Written) -> Rule:
    if written.model == EXTRACTIVE:
        return Rule.EXTRACT
    return Rule.MODEL if written.review is Review.PROPOSED else Rule.REVIEWED


def _pieces(edges: Sequence[_Edge]) -> list[Piece]:
    pieces = []
    for kind, rule in sorted({(kind, rule) for kind, rule, *_ in edges}):
        rows = np.array([edge[2:] for edge in edges if edge[:2] == (kind, rule)], np.int64)
        pieces.append(Piece(kind, rule, rows[:, 0], rows[:, 1], rows[:, 2]))
    return pieces
