"""A SCIP index as values: what its messages say, as far as questions and audits ask.

What flows in: nothing. What flows out: types. It does not know the wire.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final


class Encoding(IntEnum):
    """What a character of a range is; UNSPECIFIED by tools that predate the field."""

    UNSPECIFIED = 0
    UTF8 = 1
    UTF16 = 2
    UTF32 = 3


class Role(IntFlag):
    """What an occurrence does with its symbol."""

    DEFINITION = 1
    IMPORT = 2
    WRITE = 4
    READ = 8
    GENERATED = 16
    TEST = 32
    FORWARD_DEFINITION = 64


NO_ROLE: Final = Role(0)


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Half-open, lines and characters 0-based; characters in the encoding of the document."""

    start_line: int
    start: int
    end_line: int
    end: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A symbol at a place; `enclosing` is, of a definition, all of it."""

    range: Range
    symbol: str
    roles: Role = NO_ROLE
    enclosing: Range | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """What a symbol is to another: an implementation of it, or found together with it."""

    symbol: str
    is_reference: bool = False
    is_implementation: bool = False
    is_type_definition: bool = False
    is_definition: bool = False


@dataclass(frozen=True, slots=True)
class Information:
    """A symbol with what is said of it; `kind` is a name of `SymbolInformation.Kind`, '' where none is given."""

    symbol: str
    kind: str = ""
    name: str = ""
    documentation: Sequence[str] = ()
    signature: str = ""
    relations: Sequence[Relation] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One file; `path` is relative to the root of the index, with `/`."""

    path: str
    language: str
    encoding: Encoding
    occurrences: Sequence[Occurrence]
    symbols: Sequence[Information]


@dataclass(frozen=True, slots=True)
class ScipIndex:
    """A whole index; `root` is the folder that it was made of, as a URI, `tool` what made it."""

    root: str
    tool: str
    version: str
    documents: Sequence[Document]
    external: Sequence[Information] = ()
