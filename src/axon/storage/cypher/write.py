"""All Cypher that changes a store.

What flows in: tables, keys, the path of a CSV file. What flows out: statements, or their effect. It does not know
what to do when one fails.

A node is never removed by DETACH DELETE: in Kuzu 0.11.3 that leaves relationships behind that counts and degrees see.
Nor is a checkpoint made of a relationship table from which rows were only deleted: it empties that table.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from axon.storage.cypher.csv import COPY_OPTIONS
from axon.storage.cypher.statements import Statements
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES, TABLES, Table

CHECKPOINT: Final = "CHECKPOINT"

_NODE: Final = NODE_TABLE.name
_KEYS_OF_PATH: Final = f"MATCH (n:{_NODE}) WHERE n.path = $path RETURN n.key"
_DELETE_OUTGOING: Final = f"MATCH (n:{_NODE} {{key: $key}})-[e]->() DELETE e"
_DELETE_INCOMING: Final = f"MATCH (n:{_NODE} {{key: $key}})<-[e]-() DELETE e"
_DELETE_NODE: Final = f"MATCH (n:{_NODE} {{key: $key}}) DELETE n RETURN n.key"


def create_tables(statements: Statements) -> None:
    """Creates the tables that do not exist yet."""
    for table in TABLES:
        statements.run(_create_table(table))


def copy_statement(table: Table, path: Path) -> str:
    """COPY of a CSV file; columns are listed because the engine takes them by position."""
    columns = ", ".join(column.name for column in table.columns)
    return f"COPY {table.name}({columns}) FROM '{_quoted(path)}' ({COPY_OPTIONS})"


def create_statement(table: Table) -> str:
    """CREATE of one row from parameters; it answers with 1, or 0 where an end of an edge is missing."""
    values = ", ".join(f"{column.name}: ${column.name}" for column in table.columns)
    if table.edge_kind is None:
        return f"CREATE (n:{table.name} {{{values}}}) RETURN count(*)"
    ends = f"MATCH (a:{_NODE} {{key: $source}}), (b:{_NODE} {{key: $target}})"
    return f"{ends} CREATE (a)-[e:{table.name} {{{values}}}]->(b) RETURN count(*)"


def remove_by_keys(statements: Statements, keys: Iterable[int]) -> int:
    """Removes nodes and the edges from and to them, in one transaction; returns how many were there."""
    with statements.transaction():
        return sum(_remove(statements, key) for key in keys)


def remove_by_path(statements: Statements, path: str) -> int:
    """Removes the nodes of one path and the edges from and to them, in one transaction; returns how many nodes."""
    with statements.transaction():
        keys = [key for (key,) in statements.run(_KEYS_OF_PATH, {"path": path})]
        return sum(_remove(statements, key) for key in keys)


def touch_relationships(statements: Statements) -> None:
    """Writes one row of each relationship table as it is: what deletions need between them and a checkpoint."""
    for table in RELATIONSHIP_TABLES.values():
        statements.run(f"MATCH (:{_NODE})-[r:{table.name}]->(:{_NODE}) WITH r LIMIT 1 SET r.line = r.line")


def _remove(statements: Statements, key: int) -> int:
    statements.run(_DELETE_OUTGOING, {"key": key})
    statements.run(_DELETE_INCOMING, {"key": key})
    return len(statements.run(_DELETE_NODE, {"key": key}))


def _create_table(table: Table) -> str:
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    if table.edge_kind is None:
        return f"CREATE NODE TABLE IF NOT EXISTS {table.name}({columns}, PRIMARY KEY({table.columns[0].name}))"
    return f"CREATE REL TABLE IF NOT EXISTS {table.name}(FROM {_NODE} TO {_NODE}, {columns})"


def _quoted(path: Path) -> str:
    return path.absolute().as_posix().replace("\\", "\\\\").replace("'", "\\'")
