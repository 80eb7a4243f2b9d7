"""What an audit compares and what it finds.

What flows in: values that oracles and comparison made. What flows out: the same, frozen.
"""

from dataclasses import dataclass
from enum import StrEnum

from axon.model.answers import IndexState, Site, SymbolRef


class CallKind(StrEnum):
    """How a call came about."""

    DIRECT = "direct"  # the place names what is called
    INDIRECT = "indirect"  # the place calls it under another name, or hands it to what does
    IMPLICIT = "implicit"  # an operator, a loop, a context or an attribute runs it


@dataclass(frozen=True, slots=True)
class ObservedFunction:
    """A function by its file, relative to the tree with `/`, its first line with decorators, and its name."""

    path: str
    line: int
    name: str


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """A call that happened `count` times.

    Lines are 1-based and inclusive, columns 0-based in bytes and half-open, -1 where they are not known. With `is_call`
    the place is a call; else something else that runs a function.
    """

    caller: ObservedFunction
    callee: ObservedFunction
    line: int
    end_line: int
    column: int
    end_column: int
    is_call: bool
    count: int


@dataclass(frozen=True, slots=True)
class Traced:
    """What an oracle left behind: the exit code of its command, the wall time that it took, and the calls.

    With `ran` they were seen while the command ran.
    """

    exit_code: int
    seconds: float
    calls: tuple[ObservedCall, ...]
    ran: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """A call between two symbols, by their ids, that was seen `count` times at a place of the caller's file.

    `line` is 1-based, `column` 0-based in bytes; the bytes are half-open.
    """

    caller: str
    callee: str
    line: int
    column: int
    start_byte: int
    end_byte: int
    count: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """The calls of one kind, as pairs of caller and callee: how many were observed, and are in the index."""

    kind: str
    observed: int
    found: int
    recall: float


@dataclass(frozen=True, slots=True)
class AuditEdge:
    """A call that only one side knows, with its place and, where the index says why, the reason."""

    kind: str
    caller: SymbolRef
    callee: SymbolRef
    site: Site
    why: str


@dataclass(frozen=True, slots=True)
class AuditDefinition:
    """A definition that only the oracle knows."""

    kind: str
    name: str
    site: Site


@dataclass(frozen=True, slots=True)
class AuditAnswer:
    """The index against one oracle.

    `precision` is the share of certain call edges at places that ran that were observed, of `decided` ones. `missing`
    were observed and are not in the index; `contradicted` are in the index, at places that ran and called something
    else. `unplaced` observed functions are no symbols of the index. `others` are what else the oracle knows, besides
    calls, and `undefined` the definitions of it that the index lacks. With `ran` the calls were
    seen while a command ran.
    """

    oracle: str
    rows: tuple[AuditRow, ...]
    observed: int
    recall: float
    decided: int
    precision: float
    missing: tuple[AuditEdge, ...]
    contradicted: tuple[AuditEdge, ...]
    unplaced: int
    seconds: float
    exit_code: int
    index: IndexState
    others: tuple[AuditRow, ...] = ()
    undefined: tuple[AuditDefinition, ...] = ()
    notes: tuple[str, ...] = ()
    ran: bool = False
