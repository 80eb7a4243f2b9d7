"""All Cypher that reads a store back.

What flows in: ids. What flows out: nodes, edges and counts. It does not know how they got there.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from axon.model.ids import NodeId
from axon.model.nodes import GraphNode, GraphRelationship
from axon.storage.backend import Counts
from axon.storage.cypher.statements import Row, Statements
from axon.storage.rows import node_of, relationship_of
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES, TABLES, Table, node_key

_NODE: Final = NODE_TABLE.name
_NODE_VALUES: Final = ", ".join(f"n.{column.name}" for column in NODE_TABLE.columns[1:])
_NODE_BY_KEY: Final = f"MATCH (n:{_NODE} {{key: $key}}) RETURN {_NODE_VALUES}"
_ALL_NODES: Final = f"MATCH (n:{_NODE}) RETURN {_NODE_VALUES}"
_ALL_NODE_ROWS: Final = f"MATCH (n:{_NODE}) RETURN n.key, {_NODE_VALUES}"
_ALL_IDS: Final = f"MATCH (n:{_NODE}) RETURN n.id"
_ID_BY_KEY: Final = f"MATCH (n:{_NODE} {{key: $key}}) RETURN n.id"

# One look-up by key takes as long as scanning this many ids (0.2 ms; 55,000 in about 50 ms).
_SCANNED_PER_LOOKUP: Final = 256


def node(statements: Statements, id: NodeId) -> GraphNode | None:
    """The node of that id."""
    found = map(node_of, statements.run(_NODE_BY_KEY, {"key": node_key(id)}))
    return next((node for node in found if node.id == id), None)


def nodes(statements: Statements) -> Iterator[GraphNode]:
    """All nodes."""
    return map(node_of, statements.stream(_ALL_NODES))


def relationships(statements: Statements) -> Iterator[GraphRelationship]:
    """All edges, kind by kind."""
    for kind, table in RELATIONSHIP_TABLES.items():
        for row in statements.stream(_all_edges(table)):
            yield relationship_of(kind, row)


def rows(statements: Statements, table: Table) -> Iterator[Row]:
    """All rows of a table as they are stored, in the order of `names_of`."""
    return statements.stream(_all_edge_rows(table) if table.edge_kind else _ALL_NODE_ROWS)


def in_degrees(statements: Statements, table: Table) -> Iterator[Row]:
    """Key of each node at which edges of a table end, and their number: what the engine keeps in that direction."""
    return statements.stream(f"MATCH (n:{_NODE})<-[r:{table.name}]-() RETURN n.key, count(r)")


def counts(statements: Statements, tables: Iterable[Table] = TABLES) -> Counts:
    """Rows of each of these tables."""
    return Counts({table.name: _count(statements, table) for table in tables})


def stored_ids(statements: Statements, ids: Collection[str]) -> set[str]:
    """Those of the ids whose nodes are stored; by look-up or by one scan, whichever is cheaper."""
    if len(ids) * _SCANNED_PER_LOOKUP < _count(statements, NODE_TABLE):
        found = (statements.run(_ID_BY_KEY, {"key": node_key(id)}) for id in ids)
        return {id for rows in found for (id,) in rows}.intersection(ids)
    return {id for (id,) in statements.stream(_ALL_IDS)}.intersection(ids)


def _count(statements: Statements, table: Table) -> int:
    pattern = f"()-[r:{table.name}]->()" if table.edge_kind else f"(n:{table.name})"
    return int(statements.run(f"MATCH {pattern} RETURN count(*)")[0][0])


def _all_edges(table: Table) -> str:
    return f"{_edges(table)} RETURN a.id, b.id, {_edge_values(table)}"


def _all_edge_rows(table: Table) -> str:
    return f"{_edges(table)} RETURN a.key, b.key, {_edge_values(table)}"


def _edges(table: Table) -> str:
    return f"MATCH (a:{_NODE})-[r:{table.name}]->(b:{_NODE})"


def _edge_values(table: Table) -> str:
    return ", ".join(f"r.{column.name}" for column in table.columns)
