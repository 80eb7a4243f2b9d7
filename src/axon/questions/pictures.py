"""A part of the graph in the languages of other tools: DOT, Mermaid, GraphML, and the files that Neo4j imports.

What flows in: an index, and what is wanted of it. What flows out: texts by file name, the same bytes for one graph.
A picture of everything shows nothing, and some tools die of it: each form has a limit, which an error names.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from axon.errors import UsageError
from axon.model.kinds import CONFIDENCE, EdgeKind, NodeKind
from axon.model.nodes import GraphNode, GraphRelationship
from axon.questions.opened import Index
from axon.questions.symbols import find_symbol


class Form(StrEnum):
    """How a part of the graph is written."""

    DOT = "dot"
    MERMAID = "mermaid"
    GRAPHML = "graphml"
    NEO4J = "neo4j"


MOST: Final = {Form.DOT: 1_000, Form.MERMAID: 200, Form.GRAPHML: 200_000, Form.NEO4J: 5_000_000}
"""Nodes that each form holds unless somebody asks for more."""

_KINDS: Final = (
    *(EdgeKind.CALLS, EdgeKind.PASSES, EdgeKind.IMPORTS, EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS, EdgeKind.OVERRIDES),
    *(EdgeKind.USES_TYPE, EdgeKind.DECORATED_BY, EdgeKind.HANDLED_BY),
)


@dataclass(frozen=True, slots=True)
class Part:
    """What of the graph is wanted: around `focus`, `depth` edges of `kinds` away at most; '' means all of it."""

    focus: str = ""
    depth: int = 1
    kinds: tuple[EdgeKind, ...] = _KINDS
    most: int | None = None


def picture(index: Index, form: Form, part: Part) -> dict[str, str]:
    """The texts of a form by the names of their files.

    Raises:
        SymbolError: no symbol, or several, are called like the focus.
        UsageError: the part has more nodes than the form holds; the message says how to ask for less, or for more.
    """
    nodes, edges = _chosen(index, part)
    most = MOST[form] if part.most is None else part.most
    if len(nodes) > most:
        raise UsageError(
            f"{len(nodes):,} nodes are more than the {most:,} that {form.value} holds. Ask for less with --focus and "
            f"--depth, or allow more with --most {len(nodes)}."
        )
    rows = [index.columns.node(row) for row in nodes]
    relations = [index.columns.relationship(edge) for edge in edges]
    return _WRITERS[form](rows, relations)


def _chosen(index: Index, part: Part) -> tuple[list[int], list[int]]:
    """Rows of nodes and edges, in the order of the index."""
    view = index.view
    wanted = view.edges_of(*part.kinds)
    if not part.focus:
        edges = np.flatnonzero(wanted)
        shown = ~view.is_kind(NodeKind.EXTERNAL)
        edges = edges[shown[view.source[edges]] & shown[view.target[edges]]]
        return np.flatnonzero(shown).tolist(), edges.tolist()
    seen = np.zeros(view.n_nodes, bool)
    frontier = np.array([find_symbol(index.columns, part.focus)], np.int64)
    seen[frontier] = True
    for _ in range(part.depth):
        out, _ = view.outgoing.of_all(frontier)
        back, _ = view.incoming.of_all(frontier)
        near = np.unique(np.concatenate([view.target[out[wanted[out]]], view.source[back[wanted[back]]]]))
        frontier = near[~seen[near]].astype(np.int64)
        seen[frontier] = True
    edges = np.flatnonzero(wanted & seen[view.source] & seen[view.target])
    return np.flatnonzero(seen).tolist(), edges.tolist()


# --- pictures --------------------------------------------------------------------------------------------------------


def _dot(nodes: Sequence[GraphNode], edges: Sequence[GraphRelationship]) -> dict[str, str]:
    lines = ["digraph axon {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f"  {_quoted(n.id)} [label={_quoted(_label(n))} tooltip={_quoted(_place(n))}];" for n in nodes]
    lines += [f"  {_quoted(s)} -> {_quoted(t)} [label={_quoted(kind)}];" for s, kind, t in _distinct(edges)]
    return {"graph.dot": "\n".join([*lines, "}"]) + "\n"}


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _mermaid(nodes: Sequence[GraphNode], edges: Sequence[GraphRelationship]) -> dict[str, str]:
    number: dict[str, str] = {node.id: f"n{at}" for at, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    lines += [f'  {number[node.id]}["{_plain(_label(node))}"]' for node in nodes]
    lines += [f"  {number[s]} -->|{kind}| {number[t]}" for s, kind, t in _distinct(edges)]
    return {"graph.mmd": "\n".join(lines) + "\n"}


def _plain(text: str) -> str:
    """A label without what Mermaid would read: entities by number, as its documentation says."""
    return "".join(letter if letter.isalnum() or letter in " ._-/:" else f"#{ord(letter)};" for letter in text)


def _label(node: GraphNode) -> str:
    return node.path if node.kind in (NodeKind.FILE, NodeKind.FOLDER) else node.qualified_name


def _place(node: GraphNode) -> str:
    return f"{node.path}:{node.start_line}" if node.start_line else node.path


def _distinct(edges: Iterable[GraphRelationship]) -> list[tuple[str, str, str]]:
    """Several sites of one kind between the same ends are one arrow."""
    return list(dict.fromkeys((edge.source, edge.kind.value, edge.target) for edge in edges))


# --- other tools -----------------------------------------------------------------------------------------------------

_NOT_XML: Final = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NODE_FIELDS: Final = ("kind", "name", "qualified_name", "path", "start_line", "end_line", "signature")
_EDGE_FIELDS: Final = ("kind", "rule", "confidence", "line")


def _node_values(node: GraphNode) -> tuple[str | int, ...]:
    return (node.kind.value, node.name, node.qualified_name, node.path, node.start_line, node.end_line, node.signature)


def _edge_values(edge: GraphRelationship) -> tuple[str | int | float, ...]:
    return (edge.kind.value, edge.evidence.rule.value, CONFIDENCE[edge.evidence.rule], edge.evidence.line)


def _graphml(nodes: Sequence[GraphNode], edges: Sequence[GraphRelationship]) -> dict[str, str]:
    """Source of the format: Brandes and others, "GraphML Progress Report" (2002), and its XML schema."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    lines += _keys("node", _NODE_FIELDS, {"start_line": "int", "end_line": "int"})
    lines += _keys("edge", _EDGE_FIELDS, {"confidence": "double", "line": "int"})
    lines.append('<graph id="axon" edgedefault="directed">')
    for node in nodes:
        lines.append(f"<node id={_attribute(node.id)}>{_data('node', _NODE_FIELDS, _node_values(node))}</node>")
    for edge in edges:
        ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)}"
        lines.append(f"<edge {ends}>{_data('edge', _EDGE_FIELDS, _edge_values(edge))}</edge>")
    return {"graph.graphml": "\n".join([*lines, "</graph>", "</graphml>"]) + "\n"}


def _keys(of: str, fields: Sequence[str], types: dict[str, str]) -> list[str]:
    return [
        f'<key id="{of}.{field}" for="{of}" attr.name="{field}" attr.type="{types.get(field, "string")}"/>'
        for field in fields
    ]


def _data(of: str, fields: Sequence[str], values: Iterable[str | int | float]) -> str:
    return "".join(
        f'<data key="{of}.{field}">{escape(_xml(str(value)))}</data>'
        for field, value in zip(fields, values, strict=True)
    )


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    """What XML 1.0 cannot hold, control characters and lone surrogates, is written as a backslash and its number."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _neo4j(nodes: Sequence[GraphNode], edges: Sequence[GraphRelationship]) -> dict[str, str]:
    """For `neo4j-admin database import full --nodes=nodes.csv --relationships=relationships.csv`."""
    header = [":ID", ":LABEL", "name", "qualified_name", "path", "start_line:int", "end_line:int", "signature"]
    rows = ((node.id, *_node_values(node)) for node in nodes)
    ends = [":START_ID", ":END_ID", ":TYPE", "rule", "confidence:double", "line:int"]
    relations = ((edge.source, edge.target, *_edge_values(edge)) for edge in edges)
    return {"nodes.csv": _csv(header, rows), "relationships.csv": _csv(ends, relations)}


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(header)
    writer.writerows(_on_one_line(row) for row in rows)
    return buffer.getvalue()


def _on_one_line(row: Sequence[object]) -> Iterator[object]:
    """The importer reads no line breaks inside of a field unless it is told to."""
    return (" ".join(value.split("\n")) if isinstance(value, str) else value for value in row)


_WRITERS: Final[dict[Form, Callable[[Sequence[GraphNode], Sequence[GraphRelationship]], dict[str, str]]]] = {
    Form.DOT: _dot,
    Form.MERMAID: _mermaid,
    Form.GRAPHML: _graphml,
    Form.NEO4J: _neo4j,
}
