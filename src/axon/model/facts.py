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
UNNAMED: Final = "#"  # and its place stand for the name of a parameter that is a pattern
NO_DEFINITION: Final = -1


class ReferenceKind(IntEnum):
    """What a reference does with the name it writes."""

    CALL = 0
    DECORATOR = 1
    BASE = 2
    TYPE = 3
    CONTRACT = 4  # a base that is only promised to be fulfilled, not inherited from
    READ = 5  # an attribute that is read, not called: it may run an accessor
    OPERATION = 6  # an operator, a loop, a context, an element: what runs a method without naming it


class BindingKind(IntEnum):
    """How a name becomes known in a scope, besides definitions, parameters and imports."""

    LOCAL = 0  # assigned here
    GLOBAL = 1  # declared to be the file's
    NONLOCAL = 2  # declared to be an enclosing function's
    BLOCK = 3  # holds in a block of its scope only
    UNBOUND = 4  # the definition of these bytes, which its name alone does not reach
    PARAMETER = 5  # holds in these bytes only: a parameter of the function without a name that they are


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


class ExpressionKind(IntEnum):
    """How a value comes about, and what `text`, `first` and `second` of its row hold; -1 in each for what is not there.

    `first` and `second` are rows of expressions unless a line says otherwise.
    """

    NAME = 0  # text: dotted name
    MEMBER = 1  # text: attribute; first: what it is read of
    CALL = 2  # text: not -1 where it instantiates even a function; first: callee; second: first ARGUMENT
    ARGUMENT = 3  # text: keyword, '*' or '**' for a spread one; first: its value; second: next ARGUMENT
    ITEM = 4  # text: constant key as written, for a slice its first place and ':'; first: container
    AWAIT = 5  # first: what is awaited
    EITHER = 6  # first or second
    DISPLAY = 7  # text: name of the builtin type; second: first ELEMENT
    ELEMENT = 8  # text: constant key as written, '*' for a spread one; first: its value; second: next ELEMENT
    LITERAL = 9  # text: name of the builtin type; second: text of what may name an attribute, '*' for unknown parts
    FUNCTION = 10  # text: parameter list; first: what calling it gives; second: byte at which that is evaluated
    COMPREHENSION = 11  # text: name of the builtin type; first: an element; second: byte at which that is evaluated
    EACH = 12  # first: what is iterated
    ENTERED = 13  # first: the context manager that is entered
    UNPACKED = 14  # text: index, '*' for what is left over; first: what is unpacked
    RAISED = 15  # first: class, or tuple of classes, of which it is an instance
    OPERATION = 16  # text: operator; first: left operand; second: right operand
    CAST = 17  # text: annotation of what it is taken for; first: what it is where that says nothing
    DEFINITION = 18  # second: the definition that stands here as a value


class FlowKind(IntEnum):
    """What happens to a value."""

    ASSIGNED = 0  # the target is bound to it
    DECLARED = 1  # the target is annotated and not bound
    NARROWED = 2  # between `start_byte` and `end_byte` the target is an instance of the class it names
    RETURNED = 3
    YIELDED = 4
    DELEGATED = 5  # what it yields is yielded
    STORED = 6  # it becomes the element `key` of the target


class BranchKind(IntEnum):
    """When a part of a scope runs."""

    ARM = 0  # in place of the other arms of its statement
    ELSE = 1  # an arm that runs when no other does
    LOOP = 2  # any number of times
    MAYBE = 3  # or not at all


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
    signature: Ints = ()  # text, white space folded; of overloads those by which it may be called, one a line
    summary: Ints = ()  # text: first line of the docstring
    flags: Ints = ()  # bits of Flag
    value: Ints = ()  # text: the dotted name that is assigned, where it is one
    returns: Ints = ()  # text: the annotation of what calling it gives; of an interface how its instances are called


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
    # expression: the callee, what is read, the decorator, the left operand, a base that a call makes; else -1
    value: Ints = ()
    argument: Ints = ()  # expression: first ARGUMENT of a call; right operand; else -1


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
class Expressions:
    """Values as written. Rows with the same text may be one, so that a row has no place: who uses it says where."""

    kind: Ints = ()  # ExpressionKind
    text: Ints = ()  # text
    first: Ints = ()
    second: Ints = ()


@dataclass(frozen=True, slots=True)
class Flows:
    """Where values go, in order of `start_byte`."""

    kind: Ints = ()  # FlowKind
    scope: Ints = ()  # definition in whose scope it happens
    target: Ints = ()  # text: dotted name, of STORED with constant keys in brackets; -1 for what leaves the scope
    key: Ints = ()  # text: constant key as written, of STORED
    value: Ints = ()  # expression, -1 where it is not known
    annotation: Ints = ()  # text
    position: Ints = ()  # byte at which the value is evaluated
    start_byte: Ints = ()  # where it begins to hold
    # where it ceases to, 0 for the end of its scope; of what leaves a function without a name where its body begins
    end_byte: Ints = ()


@dataclass(frozen=True, slots=True)
class Branches:
    """Parts of scopes that do not run once and in order; only of scopes that bind a name more than once."""

    kind: Ints = ()  # BranchKind
    start_byte: Ints = ()
    end_byte: Ints = ()
    statement: Ints = ()  # byte where the statement begins whose part it is
    leaves: Ints = ()  # 1 where its end is never reached: it returns, raises, breaks or continues


@dataclass(frozen=True, slots=True)
class Registrations:
    """Calls whose names rule packs ask for, with what their texts say; in source order."""

    call: Ints = ()  # row of the call among references
    end_byte: Ints = ()  # of the whole call


@dataclass(frozen=True, slots=True)
class Literals:
    """Texts that such calls are given, in source order; several of one argument are those of a list.

    A piece of a text that is no literal stands between two NUL characters, as it is written.
    """

    call: Ints = ()  # row of the call among references
    argument: Ints = ()  # text: keyword, or position among those without one
    content: Ints = ()  # text


@dataclass(frozen=True, slots=True)
class Constants:
    """Names that files and classes bind to one text."""

    scope: Ints = ()  # definition
    name: Ints = ()  # text
    content: Ints = ()  # text


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
    expressions: Expressions = field(default_factory=Expressions)
    flows: Flows = field(default_factory=Flows)
    branches: Branches = field(default_factory=Branches)
    registrations: Registrations = field(default_factory=Registrations)
    literals: Literals = field(default_factory=Literals)
    constants: Constants = field(default_factory=Constants)
