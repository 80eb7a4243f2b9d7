"""What analyses say of a graph, as a layer beside it; and the graph with that layer as nodes and edges of its own.

What flows in: rows of nodes, by community and by flow. What flows out: the same, and a CodeGraph that holds them. It
does not know how they were found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from axon.graph.graph import EDGE_NUMBERS, NODE_NUMBERS, CodeGraph, EdgeColumns, NodeColumns
from axon.graph.view import Rows
from axon.model.ids import community_id, flow_id
from axon.model.kinds import EDGE_KINDS, NODE_KINDS, RULES, EdgeKind, NodeKind, Rule

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
    zeros = np.zeros
    pieces = [
        (EdgeKind.MEMBER_OF, member, n + of_member, zeros(len(member), np.int64)),
        (EdgeKind.STEP_IN_FLOW, flows.steps, n + n_communities + of_step, position),
        (EdgeKind.TESTS, labels.tests[:, 0], labels.tests[:, 1], zeros(len(labels.tests), np.int64)),
        (EdgeKind.COUPLED_WITH, labels.coupled[:, 0], labels.coupled[:, 1], labels.coupled[:, 2]),
    ]
    return CodeGraph(_with_nodes(graph.nodes, communities, flows), _with_edges(graph.edges, pieces), graph.unresolved)


def _with_nodes(nodes: NodeColumns, communities: Communities, flows: Flows) -> NodeColumns:
    levels, centres, entries = communities.level.tolist(), communities.centre.tolist(), flows.entry.tolist()
    ids = [community_id(level, nodes.ids[row]) for level, row in zip(levels, centres, strict=True)]
    ids += [flow_id(nodes.ids[row]) for row in entries]
    names = [nodes.qualified_names[row] for row in (*centres, *entries)]
    nothing = [""] * len(ids)
    kinds = [NodeKind.COMMUNITY] * len(communities) + [NodeKind.FLOW] * len(flows)
    codes = np.array([NODE_KINDS.index(kind) for kind in kinds], np.uint8)
    numbers = [np.concatenate([getattr(nodes, key), np.zeros(len(ids), np.int32)]) for key in NODE_NUMBERS]
    return NodeColumns(
        [*nodes.ids, *ids],
        [*nodes.names, *names],
        [*nodes.qualified_names, *names],
        [*nodes.paths, *nothing],
        [*nodes.languages, *nothing],
        [*nodes.signatures, *nothing],
        [*nodes.summaries, *nothing],
        np.concatenate([nodes.kind, codes]),
        np.concatenate([nodes.flags, np.zeros(len(ids), nodes.flags.dtype)]),
        *numbers,
    )


def _with_edges(edges: EdgeColumns, pieces: Sequence[tuple[EdgeKind, Rows, Rows, Rows]]) -> EdgeColumns:
    kind = [np.full(len(ends), EDGE_KINDS.index(kind), np.uint8) for kind, ends, _, _ in pieces]
    rule = [np.full(len(ends), RULES.index(Rule.ANALYSIS), np.uint8) for _, ends, _, _ in pieces]
    added = {"source": [p[1] for p in pieces], "target": [p[2] for p in pieces], "line": [p[3] for p in pieces]}
    nowhere = [np.zeros(len(p[1]), np.int64) for p in pieces]
    numbers = (np.concatenate([getattr(edges, key), *added.get(key, nowhere)]).astype(np.int32) for key in EDGE_NUMBERS)
    return EdgeColumns(np.concatenate([edges.kind, *kind]), np.concatenate([edges.rule, *rule]), *numbers)
