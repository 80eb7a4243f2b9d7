"""One node and one relationship as values: views that are made from columns when somebody asks for them."""

from dataclasses import dataclass

from axon.model.ids import NodeId
from axon.model.kinds import EdgeKind, Flag, NodeKind, Reason, Rule


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A symbol, file, folder or module.

    Lines are 1-based and inclusive, bytes 0-based and half-open; a Folder, Module or External has zeros. `name` is
    the last part, `qualified_name` the name inside the file (`Class.method`; for a File, Folder or Module its dotted
    or plain name; for an External its dotted name). `summary` is the first line of the docstring.
    """

    id: NodeId
    kind: NodeKind
    name: str
    qualified_name: str
    path: str
    language: str = ""
    start_line: int = 0
    end_line: int = 0
    start_byte: int = 0
    end_byte: int = 0
    signature: str = ""
    summary: str = ""
    flags: Flag = Flag(0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an edge is believed and where it is written, in the file of the edge's source.

    `line` is 1-based, `column` 0-based and counted in bytes, as tree-sitter and Python's `ast` count it; bytes are
    half-open. An edge that no place in a file states (containment) has zeros.
    """

    rule: Rule
    line: int = 0
    column: int = 0
    start_byte: int = 0
    end_byte: int = 0


@dataclass(frozen=True, slots=True)
class GraphRelationship:
    """A directed edge; several of one kind between the same ends are several sites."""

    kind: EdgeKind
    source: NodeId
    target: NodeId
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class UnresolvedSite:
    """A call site whose callee is not known: `name` is what is called, `receiver` the text before the dot."""

    caller: NodeId
    name: str
    receiver: str
    reason: Reason
    line: int
    column: int
