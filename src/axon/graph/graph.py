"""The code graph: three tables of columns, frozen.

What flows in: columns from `build` and `resolution`, or rows through `from_rows`. What flows out: the same, read by
row. It does not know where facts came from nor where the graph will be stored.

A million symbols and five million edges fit in about 250 MB this way; objects would take five times that.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from axon.model.ids import NodeId
from axon.model.kinds import EDGE_KINDS, NODE_KINDS, REASONS, RULES, Flag
from axon.model.nodes import Evidence, GraphNode, GraphRelationship, UnresolvedSite

Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Shorts = npt.NDArray[np.uint16]

NODE_NUMBERS = ("start_line", "end_line", "start_byte", "end_byte")
NODE_TEXTS = ("ids", "names", "qualified_names", "paths", "languages", "signatures", "summaries")
EDGE_NUMBERS = ("source", "target", "line", "column", "start_byte", "end_byte")


@dataclass(frozen=True, eq=False)
class NodeColumns:
    """n nodes. `kind` is the code of a NodeKind, `flags` the bits of Flag; all arrays have shape (n,)."""

    ids: Sequence[str]
    names: Sequence[str]
    qualified_names: Sequence[str]
    paths: Sequence[str]
    languages: Sequence[str]
    signatures: Sequence[str]
    summaries: Sequence[str]
    kind: Bytes
    flags: Shorts
    start_line: Int32s
    end_line: Int32s
    start_byte: Int32s
    end_byte: Int32s

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class EdgeColumns:
    """m edges. `kind` and `rule` are codes, `source` and `target` row numbers of nodes; all arrays have shape (m,)."""

    kind: Bytes
    rule: Bytes
    source: Int32s
    target: Int32s
    line: Int32s
    column: Int32s
    start_byte: Int32s
    end_byte: Int32s

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True, eq=False)
class SiteColumns:
    """k unresolved call sites. `caller` is a row number of nodes, `reason` a code; all arrays have shape (k,)."""

    names: Sequence[str]
    receivers: Sequence[str]
    caller: Int32s
    reason: Bytes
    line: Int32s
    column: Int32s

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, eq=False)
class CodeGraph:
    """Nodes, edges and unresolved sites, in canonical order: the same tree gives the same rows."""

    nodes: NodeColumns
    edges: EdgeColumns
    unresolved: SiteColumns

    def node(self, row: int) -> GraphNode:
        """The node at `row`, as a value."""
        n = self.nodes
        return GraphNode(
            NodeId(n.ids[row]),
            NODE_KINDS[n.kind[row]],
            n.names[row],
            n.qualified_names[row],
            n.paths[row],
            n.languages[row],
            int(n.start_line[row]),
            int(n.end_line[row]),
            int(n.start_byte[row]),
            int(n.end_byte[row]),
            n.signatures[row],
            n.summaries[row],
            Flag(int(n.flags[row])),
        )

    def relationship(self, row: int) -> GraphRelationship:
        """The edge at `row`, as a value."""
        e, ids = self.edges, self.nodes.ids
        evidence = Evidence(
            RULES[e.rule[row]], int(e.line[row]), int(e.column[row]), int(e.start_byte[row]), int(e.end_byte[row])
        )
        return GraphRelationship(
            EDGE_KINDS[e.kind[row]], NodeId(ids[e.source[row]]), NodeId(ids[e.target[row]]), evidence
        )

    def unresolved_site(self, row: int) -> UnresolvedSite:
        """The unresolved site at `row`, as a value."""
        u = self.unresolved
        caller = NodeId(self.nodes.ids[u.caller[row]])
        reason = REASONS[u.reason[row]]
        return UnresolvedSite(caller, u.names[row], u.receivers[row], reason, int(u.line[row]), int(u.column[row]))

    def iter_nodes(self) -> Iterator[GraphNode]:
        return map(self.node, range(len(self.nodes)))

    def iter_relationships(self) -> Iterator[GraphRelationship]:
        return map(self.relationship, range(len(self.edges)))

    def iter_unresolved(self) -> Iterator[UnresolvedSite]:
        return map(self.unresolved_site, range(len(self.unresolved)))

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Row number of each node id."""
        return {id: row for row, id in enumerate(self.nodes.ids)}

    @classmethod
    def from_rows(
        cls,
        nodes: Iterable[GraphNode],
        relationships: Iterable[GraphRelationship],
        unresolved: Iterable[UnresolvedSite] = (),
    ) -> "CodeGraph":
        """A graph of exactly these rows, in this order; every end of an edge must be among the nodes (KeyError)."""
        columns = _node_columns(list(nodes))
        row_of = {id: row for row, id in enumerate(columns.ids)}
        return cls(columns, _edge_columns(list(relationships), row_of), _site_columns(list(unresolved), row_of))


def _node_columns(rows: list[GraphNode]) -> NodeColumns:
    return NodeColumns(
        [r.id for r in rows],
        [r.name for r in rows],
        [r.qualified_name for r in rows],
        [r.path for r in rows],
        [r.language for r in rows],
        [r.signature for r in rows],
        [r.summary for r in rows],
        np.array([NODE_KINDS.index(r.kind) for r in rows], np.uint8),
        np.array([r.flags for r in rows], np.uint16),
        np.array([r.start_line for r in rows], np.int32),
        np.array([r.end_line for r in rows], np.int32),
        np.array([r.start_byte for r in rows], np.int32),
        np.array([r.end_byte for r in rows], np.int32),
    )


def _edge_columns(rows: list[GraphRelationship], row_of: dict[str, int]) -> EdgeColumns:
    return EdgeColumns(
        np.array([EDGE_KINDS.index(r.kind) for r in rows], np.uint8),
        np.array([RULES.index(r.evidence.rule) for r in rows], np.uint8),
        np.array([row_of[r.source] for r in rows], np.int32),
        np.array([row_of[r.target] for r in rows], np.int32),
        np.array([r.evidence.line for r in rows], np.int32),
        np.array([r.evidence.column for r in rows], np.int32),
        np.array([r.evidence.start_byte for r in rows], np.int32),
        np.array([r.evidence.end_byte for r in rows], np.int32),
    )


def _site_columns(rows: list[UnresolvedSite], row_of: dict[str, int]) -> SiteColumns:
    return SiteColumns(
        [r.name for r in rows],
        [r.receiver for r in rows],
        np.array([row_of[r.caller] for r in rows], np.int32),
        np.array([REASONS.index(r.reason) for r in rows], np.uint8),
        np.array([r.line for r in rows], np.int32),
        np.array([r.column for r in rows], np.int32),
    )
