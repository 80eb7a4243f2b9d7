"""All Cypher that adds to a store.

What flows in: tables, the path of a CSV file. What flows out: statements, or their effect. It does not know what to do
when one fails.
"""

from pathlib import Path
from typing import Final

from axon.storage.cypher.csv import COPY_OPTIONS
from axon.storage.cypher.statements import Statements
from axon.storage.schema import NODE_TABLE, TABLES, Table

CHECKPOINT: Final = "CHECKPOINT"

_NODE: Final = NODE_TABLE.name


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


def _create_table(table: Table) -> str:
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    if table.edge_kind is None:
        return f"CREATE NODE TABLE IF NOT EXISTS {table.name}({columns}, PRIMARY KEY({table.columns[0].name}))"
    return f"CREATE REL TABLE IF NOT EXISTS {table.name}(FROM {_NODE} TO {_NODE}, {columns})"


def _quoted(path: Path) -> str:
    return path.absolute().as_posix().replace("\\", "\\\\").replace("'", "\\'")
