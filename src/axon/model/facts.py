"""What one file says, alone: facts that nobody derived from another file.

All facts are rows of int32 columns over one string table per file, so that they cost little to make, to send between
processes and to keep. A field documented as *text* is an index into `FileFacts.strings`, -1 where there is none; a
field documented as *definition* is a row of `FileFacts.definitions`, -1 for the file itself. Bytes are 0-based and
half-open, lines 1-based, columns 0-based in bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

Ints = Sequence[int]

NO_TEXT: Final = -1
NO_DEFINITION: Final = -1


class ReferenceKind(IntEnum):
    """What a reference does with the name it writes."""

    CALL = 0
    DECORATOR = 1
    BASE = 2
    TYPE = 3
    CONTRACT = 4  # a base that is only promised to be fulfilled, not inherited from


class BindingKind(IntEnum):
    """How a name becomes known in a scope, besides definitions, parameters and imports."""

    LOCAL = 0  # assigned here
    GLOBAL = 1  # declared to be the file's
    NONLOCAL = 2  # declared to be an enclosing function's
    BLOCK = 3  # holds in a block of its scope only
    UNBOUND = 4  # the definition of these bytes, which its name alone does not reach


class ParameterKind(IntEnum):
    """How an argument reaches a parameter."""

    PLAIN = 0
    POSITIONAL_ONLY = 1
    KEYWORD_ONLY = 2
    REST = 3  # takes all further positional arguments
    KEYWORD_REST = 4  # takes all further keyword arguments


class ExportKind(IntEnum):
    """How a file states what others may import."""

    NAME = 0  # this name
    ALL_OF = 1  # every name that the module of this dotted name exports
    UNKNOWN = 2  # an expression that cannot be read


@dataclass(frozen=True, slots=True)
class Definitions:
    """Symbols in source order; a variable or field appears once, where it is first bound."""

    kind: Ints = ()  # code of a NodeKind
    name: Ints = ()  # text
    owner: Ints = ()  # definition that holds it directly
    start_byte: Ints = ()
    end_byte: Ints = ()
    start_line: Ints = ()
    end_line: Ints = ()
    body_start: Ints = ()  # byte where its own scope begins; 0 for what has none
    signature: Ints = ()  # text, white space folded
    summary: Ints = ()  # text: first line of the docstring
    flags: Ints = ()  # bits of Flag
    value: Ints = ()  # text: the dotted name that is assigned, where it is one


@dataclass(frozen=True, slots=True)
class Parameters:
    owner: Ints = ()  # definition
    name: Ints = ()  # text
    annotation: Ints = ()  # text
    default: Ints = ()  # text
    kind: Ints = ()  # ParameterKind


@dataclass(frozen=True, slots=True)
class References:
    """Uses of names, by kind, in source order within a kind."""

    kind: Ints = ()  # ReferenceKind
    symbol: Ints = ()  # definition that the use belongs to: the caller, the decorated, the annotated
    scope: Ints = ()  # definition in whose scope the name is evaluated
    text: Ints = ()  # text: dotted name; for any other expression the part after the last dot, '' if there is none
    receiver: Ints = ()  # text before the last dot where the expression is no dotted name, else -1
    start_byte: Ints = ()
    end_byte: Ints = ()
    line: Ints = ()
    column: Ints = ()
    inner: Ints = ()  # for a call on a call's result: row of that call among references, else -1


@dataclass(frozen=True, slots=True)
class Bindings:
    scope: Ints = ()  # definition
    name: Ints = ()  # text
    kind: Ints = ()  # BindingKind
    start_byte: Ints = ()  # the bytes in which it holds: a comprehension's, a lambda's; 0, 0 for the whole scope
    end_byte: Ints = ()


@dataclass(frozen=True, slots=True)
class Imports:
    """One row for each name that an import statement binds."""

    scope: Ints = ()  # definition
    module: Ints = ()  # text: module as written, without leading dots
    level: Ints = ()  # number of leading dots
    name: Ints = ()  # text: imported name, '*' for all; -1 where the module itself is imported
    alias: Ints = ()  # text: local name given with 'as', else -1
    start_byte: Ints = ()
    end_byte: Ints = ()
    line: Ints = ()
    column: Ints = ()


@dataclass(frozen=True, slots=True)
class Exports:
    name: Ints = ()  # text
    kind: Ints = ()  # ExportKind
    local: Ints = ()  # text: what the file itself calls it, -1 where that is its name


@dataclass(frozen=True, slots=True)
class Damage:
    """Ranges that the parser could not read; what lies around them is kept."""

    start_byte: Ints = ()
    end_byte: Ints = ()
    line: Ints = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All facts of one file. `summary` is the first line of its docstring, `flags` are bits of Flag."""

    size: int = 0
    n_lines: int = 0
    flags: int = 0
    summary: str = ""
    strings: Sequence[str] = ()
    definitions: Definitions = field(default_factory=Definitions)
    parameters: Parameters = field(default_factory=Parameters)
    references: References = field(default_factory=References)
    bindings: Bindings = field(default_factory=Bindings)
    imports: Imports = field(default_factory=Imports)
    exports: Exports = field(default_factory=Exports)
    damage: Damage = field(default_factory=Damage)
