"""All Cypher that removes rows from a store.

What flows in: keys, or the path of a file. What flows out: how many nodes are gone. It does not know what to do when a
statement fails.

A node is never removed by DETACH DELETE: in Kuzu 0.11.3 that leaves relationships behind that counts and degrees see.

A checkpoint of Kuzu 0.11.3 takes a group of relationships for empty when no row is left in those of its parts that
were changed, and drops the rows of all other parts. So in every group that has lost a row one that stays is written
anew, in the same transaction: its part is among the changed ones then, and has a row. A group is what starts, and
again what ends, at 131,072 nodes that follow each other; a part is what does at 1,024 of them. SET does not do: a
checkpoint that moves a part where nothing else was changed moves the column that was set, and no other.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from axon.storage.cypher.statements import Statements
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES

_GROUP: Final = 131_072  # nodes
_NODE: Final = NODE_TABLE.name
_KEYS_OF_PATH: Final = f"MATCH (n:{_NODE}) WHERE n.path = $path RETURN n.key"
_ENDS: Final = "RETURN label(e), offset(id(a)), offset(id(b))"
_DELETE_OUTGOING: Final = f"MATCH (a:{_NODE} {{key: $key}})-[e]->(b) DELETE e {_ENDS}"
_DELETE_INCOMING: Final = f"MATCH (b:{_NODE} {{key: $key}})<-[e]-(a) DELETE e {_ENDS}"
_DELETE_NODE: Final = f"MATCH (n:{_NODE} {{key: $key}}) DELETE n RETURN n.key"


class _Group(NamedTuple):
    """Relationships of one table that start (`end` is 'a') or end ('b') in the group of that number."""

    table: str
    end: str
    number: int


def remove_by_keys(statements: Statements, keys: Iterable[int]) -> int:
    """Removes nodes and the edges from and to them, in one transaction; returns how many were there."""
    with statements.transaction():
        return _remove(statements, keys)


def remove_by_path(statements: Statements, path: str) -> int:
    """Removes the nodes of one path and the edges from and to them, in one transaction; returns how many nodes."""
    with statements.transaction():
        return _remove(statements, [key for (key,) in statements.run(_KEYS_OF_PATH, {"path": path})])


def _remove(statements: Statements, keys: Iterable[int]) -> int:
    n_removed, groups = 0, set[_Group]()
    for key in keys:
        for statement in (_DELETE_OUTGOING, _DELETE_INCOMING):
            for row in statements.run(statement, {"key": key}):
                groups |= _groups(*row)
        n_removed += len(statements.run(_DELETE_NODE, {"key": key}))
    _write_survivors_anew(statements, groups)
    return n_removed


def _write_survivors_anew(statements: Statements, groups: set[_Group]) -> None:
    """In each group one row; a group of which no row is left is indeed empty."""
    left = set(groups)
    for group in sorted(groups):
        if group in left:
            first = group.number * _GROUP
            for row in statements.run(_write_one_anew(group), {"first": first, "next": first + _GROUP}):
                left -= _groups(*row)


def _groups(table: str, source: int, target: int) -> set[_Group]:
    return {_Group(table, "a", source // _GROUP), _Group(table, "b", target // _GROUP)}


def _write_one_anew(group: _Group) -> str:
    table = next(table for table in RELATIONSHIP_TABLES.values() if table.name == group.table)
    values = ", ".join(f"{column.name}: e.{column.name}" for column in table.columns)
    return (
        f"MATCH (a:{_NODE})-[e:{group.table}]->(b:{_NODE}) "
        f"WHERE offset(id({group.end})) >= $first AND offset(id({group.end})) < $next "
        f"WITH a, e, b LIMIT 1 CREATE (a)-[f:{group.table} {{{values}}}]->(b) DELETE e {_ENDS}"
    )
