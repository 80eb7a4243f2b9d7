"""FileFacts to bytes and back: one int32 vector and one blob of text, so that a fact costs a fraction of a microsecond.

Layout: a vector of int32, little endian, that holds [version, vector length, size, n_lines, flags, rows of each table
…, columns of each table in field order …, characters of each string …], then the file's summary and all strings
joined, as UTF-8.
"""

import sys
from array import array
from dataclasses import fields
from itertools import accumulate
from struct import pack
from typing import Any, Final

from axon.model.facts import (
    Bindings,
    Branches,
    Constants,
    Damage,
    Definitions,
    Exports,
    Expressions,
    FileFacts,
    Flows,
    Imports,
    Literals,
    Parameters,
    References,
    Registrations,
)

CODEC_VERSION: Final = 4

_TABLES: Final[tuple[tuple[str, type[Any]], ...]] = (
    ("definitions", Definitions),
    ("parameters", Parameters),
    ("references", References),
    ("bindings", Bindings),
    ("imports", Imports),
    ("exports", Exports),
    ("damage", Damage),
    ("expressions", Expressions),
    ("flows", Flows),
    ("branches", Branches),
    ("registrations", Registrations),
    ("literals", Literals),
    ("constants", Constants),
)
_COLUMNS: Final = {name: tuple(f.name for f in fields(table)) for name, table in _TABLES}
_HEAD: Final = 5


def encode(facts: FileFacts) -> bytes:
    """The facts as bytes; equal facts give equal bytes."""
    numbers: list[int] = [CODEC_VERSION, 0, facts.size, facts.n_lines, facts.flags]
    tables = [(getattr(facts, name), _COLUMNS[name]) for name, _ in _TABLES]
    numbers.extend(len(getattr(table, columns[0])) for table, columns in tables)
    for table, columns in tables:
        for column in columns:
            numbers.extend(getattr(table, column))
    texts = [facts.summary, *facts.strings]
    numbers.extend(map(len, texts))
    numbers[1] = len(numbers)
    # `struct` takes two thirds of the time that an array takes to be made from a list
    return pack(f"<{len(numbers)}i", *numbers) + "".join(texts).encode("utf-8", "surrogatepass")


def decode(data: bytes) -> FileFacts:
    """The facts that `encode` was given; columns are slices of one array. ValueError on bytes of another version."""
    vector = array("i")
    head = data[: _HEAD * vector.itemsize]
    vector.frombytes(head)
    if sys.byteorder == "big":
        vector.byteswap()
    version, length, size, n_lines, flags = vector
    if version != CODEC_VERSION:
        raise ValueError(f"facts of codec version {version}, this is {CODEC_VERSION}")
    vector = array("i")
    vector.frombytes(data[: length * vector.itemsize])
    if sys.byteorder == "big":
        vector.byteswap()
    at = _HEAD + len(_TABLES)
    tables: dict[str, Any] = {}
    for (name, table), n_rows in zip(_TABLES, vector[_HEAD:at], strict=True):
        ends = range(at, at + n_rows * len(_COLUMNS[name]), n_rows) if n_rows else ()
        tables[name] = table(*(vector[start : start + n_rows] for start in ends))
        at += n_rows * len(_COLUMNS[name])
    summary, *strings = _split(data[length * vector.itemsize :].decode("utf-8", "surrogatepass"), vector[at:])
    return FileFacts(size=size, n_lines=n_lines, flags=flags, summary=summary, strings=strings, **tables)


def _split(text: str, lengths: "array[int]") -> list[str]:
    ends = list(accumulate(lengths))
    return [text[end - length : end] for end, length in zip(ends, lengths, strict=True)]
