"""The tables of a graph store, as data.

What flows in: the kinds of `model`. What flows out: tables and their typed columns, the key of a node, and flags as
words. It does not know how an engine spells any of it.

There is one node table, because every node table that holds a row costs 2.9 MB of hash index in Kuzu 0.11.3; the
kind is a column. There is one relationship table per edge kind, so that a pattern reads `-[:CALLS]->`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

import xxhash

from axon.model.kinds import EDGE_KINDS, EdgeKind, Flag

SCHEMA_VERSION: Final = 9
"""Raised with every change of a table, of `node_key`, or of the members of `model.kinds`."""

INT32_RANGE: Final = range(-(1 << 31), 1 << 31)

_KEY_BITS: Final = (1 << 63) - 1
_SMALLEST_KEY: Final = 1 << 32


class ColumnType(StrEnum):
    """The types that every engine of the family has."""

    INT64 = "INT64"
    INT32 = "INT32"
    DOUBLE = "DOUBLE"
    STRING = "STRING"
    BOOLEAN = "BOOLEAN"


@dataclass(frozen=True, slots=True)
class Column:
    """One property of a node or relationship; `meaning` is one line for a person who writes a query."""

    name: str
    type: ColumnType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A node table, whose first column is the primary key, or (`edge_kind` set) a relationship table."""

    name: str
    columns: tuple[Column, ...]
    edge_kind: EdgeKind | None = None


NODE_TABLE: Final = Table(
    "Symbol",
    (
        Column("key", ColumnType.INT64, "digest of the id; joins and look-ups by it are fast"),
        Column("id", ColumnType.STRING, "path::Class.method, unique and readable"),
        Column("kind", ColumnType.STRING, "Function, Class, File, ..."),
        Column("name", ColumnType.STRING, "the last part of the name"),
        Column("qualified_name", ColumnType.STRING, "the name inside its file"),
        Column("path", ColumnType.STRING, "the file, relative to the repository; '' for an External or a Trigger"),
        Column("language", ColumnType.STRING, "the registered name of the language; '' where there is none"),
        Column("start_line", ColumnType.INT32, "1-based"),
        Column("end_line", ColumnType.INT32, "1-based, inclusive"),
        Column("start_byte", ColumnType.INT32, "0-based"),
        Column("end_byte", ColumnType.INT32, "0-based, exclusive"),
        Column(
            "signature",
            ColumnType.STRING,
            "the definition's head; of a Contract, Summary or Feature the task and who wrote it",
        ),
        Column("summary", ColumnType.STRING, "first line of the docstring; the text of a Contract, Summary or Feature"),
        Column("exported", ColumnType.BOOLEAN, "other files may use it"),
        Column("flags", ColumnType.STRING, "words such as 'exported async', in the order of Flag"),
    ),
)

_EDGE_COLUMNS: Final = (
    Column("rule", ColumnType.STRING, "why the edge is believed"),
    # FLOAT would make `r.confidence >= 0.95` false for 0.95.
    Column("confidence", ColumnType.DOUBLE, "how sure it is, 0 to 1"),
    Column("line", ColumnType.INT32, "1-based line of the use, in the file of the source; 0: not written in a file"),
    # `column` is a reserved word of Kuzu's Cypher.
    Column("start_column", ColumnType.INT32, "0-based, in bytes"),
    Column("start_byte", ColumnType.INT32, "0-based"),
    Column("end_byte", ColumnType.INT32, "0-based, exclusive"),
)

RELATIONSHIP_TABLES: Final = {kind: Table(kind.value, _EDGE_COLUMNS, kind) for kind in EDGE_KINDS}
TABLES: Final = (NODE_TABLE, *RELATIONSHIP_TABLES.values())


def node_key(id: str) -> int:
    """The primary key of a node: xxh3_64 of its id, in 2**32 <= key < 2**63.

    Kuzu reads a smaller parameter as a narrower integer type and then scans the table instead of using its index.
    """
    key = xxhash.xxh3_64_intdigest(id.encode("utf-8", "surrogatepass")) & _KEY_BITS
    return key if key >= _SMALLEST_KEY else key + _SMALLEST_KEY


@cache
def flag_words(flags: int) -> str:
    """Flags as lower-case words with a blank between them."""
    return " ".join(flag.name.lower() for flag in Flag if flag & flags and flag.name)


@cache
def flags_of(words: str) -> Flag:
    """The flags that `flag_words` wrote."""
    flags = Flag(0)
    for word in words.split():
        flags |= Flag[word.upper()]
    return flags
