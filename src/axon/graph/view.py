"""What analyses may ask of a graph: its numbers as arrays, and both directions of its edges.

What flows in: columns, of the graph in memory or of a frozen one. What flows out: the same, with the edges of each node
side by side, so that a whole frontier is followed at once. Texts are read when somebody asks for them. It does not know
where the columns came from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from axon.graph.graph import CodeGraph
from axon.model.kinds import CALLABLE_KINDS, CONFIDENCE, EDGE_KINDS, NODE_KINDS, RULES, EdgeKind, NodeKind

Rows = npt.NDArray[np.int64]
"""Row numbers of nodes or of edges."""
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_ROW_BITS: Final = 32
_CONFIDENCE: Final = np.array([CONFIDENCE[rule] for rule in RULES], np.float64)
_NODE_CODES: Final = {kind: code for code, kind in enumerate(NODE_KINDS)}
_EDGE_CODES: Final = {kind: code for code, kind in enumerate(EDGE_KINDS)}


@dataclass(frozen=True, eq=False, slots=True)
class Adjacency:
    """The edges of each node in one direction: those of node `n` are `edges[offsets[n]:offsets[n + 1]]`, ascending."""

    offsets: Rows
    edges: Rows

    @classmethod
    def of(cls, ends: npt.NDArray[np.int32], n_nodes: int) -> "Adjacency":
        """Group edges by the node that `ends` has for each."""
        offsets = np.zeros(n_nodes + 1, np.int64)
        np.cumsum(np.bincount(ends, minlength=n_nodes), out=offsets[1:])
        return cls(offsets, np.argsort(ends, kind="stable"))

    def of_all(self, nodes: Rows) -> tuple[Rows, Rows]:
        """The edges of all `nodes`, and for each edge the place of its node in `nodes`; linear in what is found."""
        starts = self.offsets[nodes]
        counts = self.offsets[nodes + 1] - starts
        places = np.repeat(np.arange(len(nodes), dtype=np.int64), counts)
        before = np.cumsum(counts) - counts
        return self.edges[np.arange(len(places), dtype=np.int64) + (starts - before)[places]], places

    @property
    def degrees(self) -> Rows:
        """How many edges each node has."""
        return np.diff(self.offsets)


@dataclass(frozen=True, eq=False)
class GraphView:
    """A graph of n nodes, m edges and k unresolved sites; arrays are in the order of its rows.

    `kind`, `edge_kind` and `rule` are codes, `source` and `target` rows of nodes, `caller` the node of each site.
    `edge_start` and `edge_end` are bytes of the file of the source.
    `texts` takes `id`, `name`, `qualified`, `path`, `language`, `signature`, and `site` for the names that sites call.
    """

    kind: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.int64]
    start_line: npt.NDArray[np.int32]
    end_line: npt.NDArray[np.int32]
    start_byte: npt.NDArray[np.int32]
    end_byte: npt.NDArray[np.int32]
    edge_kind: npt.NDArray[np.uint8]
    rule: npt.NDArray[np.uint8]
    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    line: npt.NDArray[np.int32]
    edge_start: npt.NDArray[np.int32]
    edge_end: npt.NDArray[np.int32]
    caller: npt.NDArray[np.int32]
    texts: Callable[[str], Sequence[str]]

    @classmethod
    def of(cls, graph: CodeGraph) -> "GraphView":
        """The view of a graph in memory."""
        nodes, edges, sites = graph.nodes, graph.edges, graph.unresolved
        texts = {
            "id": nodes.ids,
            "name": nodes.names,
            "qualified": nodes.qualified_names,
            "path": nodes.paths,
            "language": nodes.languages,
            "signature": nodes.signatures,
            "site": sites.names,
        }
        return cls(
            nodes.kind,
            nodes.flags.astype(np.int64),
            nodes.start_line,
            nodes.end_line,
            nodes.start_byte,
            nodes.end_byte,
            edges.kind,
            edges.rule,
            edges.source,
            edges.target,
            edges.line,
            edges.start_byte,
            edges.end_byte,
            sites.caller,
            texts.__getitem__,
        )

    @property
    def n_nodes(self) -> int:
        return len(self.kind)

    @property
    def n_edges(self) -> int:
        return len(self.edge_kind)

    @cached_property
    def outgoing(self) -> Adjacency:
        """Edges by the node at which they start."""
        return Adjacency.of(self.source, self.n_nodes)

    @cached_property
    def incoming(self) -> Adjacency:
        """Edges by the node at which they end."""
        return Adjacency.of(self.target, self.n_nodes)

    @cached_property
    def confidence(self) -> Floats:
        """How sure each edge is, 0 to 1."""
        return _CONFIDENCE[self.rule]

    @cached_property
    def ids(self) -> Sequence[str]:
        """The id of each node."""
        return self.texts("id")

    @cached_property
    def names(self) -> Sequence[str]:
        """The name of each node."""
        return self.texts("name")

    @cached_property
    def paths(self) -> Sequence[str]:
        """The path of each node."""
        return self.texts("path")

    @cached_property
    def is_file(self) -> Mask:
        """Which nodes are files."""
        return self.is_kind(NodeKind.FILE)

    @cached_property
    def is_callable(self) -> Mask:
        """Which nodes are functions or methods."""
        return self.is_kind(*CALLABLE_KINDS)

    def is_kind(self, *kinds: NodeKind) -> Mask:
        """Which nodes are of one of these kinds."""
        return _among([_NODE_CODES[kind] for kind in kinds])[self.kind]

    def edges_of(self, *kinds: EdgeKind) -> Mask:
        """Which edges are of one of these kinds."""
        return _among([_EDGE_CODES[kind] for kind in kinds])[self.edge_kind]


def distinct(values: Rows) -> Rows:
    """Each value once, ascending.

    The rows of a graph are nearly in order, so that merging runs takes linear time, where the hash table of `np.unique`
    takes 100 times as long at a million values.
    """
    ordered = np.sort(values, kind="stable")
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]


def pairs_of(sources: npt.NDArray[np.signedinteger], targets: npt.NDArray[np.signedinteger]) -> Rows:
    """Two rows as one number, which is in order of the first, then of the second; `ends_of` takes it apart."""
    return (sources.astype(np.int64) << _ROW_BITS) | targets


def ends_of(pairs: Rows) -> tuple[Rows, Rows]:
    """Both rows of each pair."""
    return pairs >> _ROW_BITS, pairs & ((1 << _ROW_BITS) - 1)


def _among(codes: Sequence[int]) -> Mask:
    """For each code of a byte, whether it is one of `codes`."""
    table = np.zeros(256, bool)
    table[list(codes)] = True
    return table
