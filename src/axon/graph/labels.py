"""What analyses say of a graph, as a layer beside it; and the graph with that layer as nodes and edges of its own.

What flows in: rows of nodes, by community and by flow. What flows out: the same, and a CodeGraph that holds them. It
does not know how they were found.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from axon.graph.graph import CodeGraph, NodeColumns
from axon.graph.layers import Piece, with_edges, with_nodes
from axon.graph.view import Rows
from axon.model.ids import NodeId, community_id, flow_id
from axon.model.kinds import EdgeKind, NodeKind, Rule
from axon.model.nodes import GraphNode

NO_COMMUNITY: Final = -1


@dataclass(frozen=True, eq=False, slots=True)
class Communities:
    """c communities on two levels, the coarse ones first. `centre` is the row of the most central symbol of each.

    `level` is 0 or 1, `parent` the coarse community of a fine one, else -1; arrays of shape (c,). `members` has the
    community of each node on each level, or -1: shape (2, n).
    """

    level: Rows
    centre: Rows
    parent: Rows
    members: Rows

    def __len__(self) -> int:
        return len(self.level)


@dataclass(frozen=True, eq=False, slots=True)
class Flows:
    """f flows: `entry` is the row where each begins, its steps are `steps[offsets[i]:offsets[i + 1]]`, nearest first.

    `depth` has the number of calls between the entry and each step: that of the entry itself, the first, is 0.
    """

    entry: Rows
    offsets: Rows
    steps: Rows
    depth: Rows

    def __len__(self) -> int:
        return len(self.entry)


@dataclass(frozen=True, eq=False, slots=True)
class Labels:
    """The layer of one graph, whose rows it names."""

    communities: Communities
    flows: Flows
    tests: Rows  # pairs of a test and what it calls, shape (t, 2)
    unused: Rows  # symbols to which no edge leads from outside of themselves
    coupled: Rows  # two files that change together, in how many commits, and how strongly in percent; shape (k, 4)


def labelled(graph: CodeGraph, labels: Labels) -> CodeGraph:
    """The graph with its labels: first its own nodes and edges, as they are, then a node for each community and flow.

    The `line` of a STEP_IN_FLOW edge is the step's position, from 1, that of a COUPLED_WITH edge the common commits.
    """
    communities, flows = labels.communities, labels.flows
    n, n_communities = len(graph.nodes), len(communities)
    member, level = np.nonzero(communities.members.T != NO_COMMUNITY)
    of_member = communities.members[level, member]
    of_step = np.repeat(np.arange(len(flows), dtype=np.int64), np.diff(flows.offsets))
    position = np.arange(len(flows.steps), dtype=np.int64) - flows.offsets[of_step] + 1
    coupled = labels.coupled
    pieces = [
        _piece(EdgeKind.MEMBER_OF, member, n + of_member),
        _piece(EdgeKind.STEP_IN_FLOW, flows.steps, n + n_communities + of_step, position),
        _piece(EdgeKind.TESTS, labels.tests[:, 0], labels.tests[:, 1]),
        _piece(EdgeKind.COUPLED_WITH, coupled[:, 0], coupled[:, 1], coupled[:, 2]),
    ]
    nodes = with_nodes(graph.nodes, _nodes(graph.nodes, communities, flows))
    return CodeGraph(nodes, with_edges(graph.edges, pieces), graph.unresolved)


def _piece(kind: EdgeKind, source: Rows, target: Rows, line: Rows | None = None) -> Piece:
    return Piece(kind, Rule.ANALYSIS, source, target, np.zeros(len(source), np.int64) if line is None else line)


def _nodes(nodes: NodeColumns, communities: Communities, flows: Flows) -> list[GraphNode]:
    def named(id: NodeId, kind: NodeKind, row: int) -> GraphNode:
        return GraphNode(id, kind, nodes.qualified_names[row], nodes.qualified_names[row], "")

    levels, centres = communities.level.tolist(), communities.centre.tolist()
    found = [
        named(community_id(level, nodes.ids[row]), NodeKind.COMMUNITY, row)
        for level, row in zip(levels, centres, strict=True)
    ]
    return [*found, *(named(flow_id(nodes.ids[row]), NodeKind.FLOW, row) for row in flows.entry.tolist())]
