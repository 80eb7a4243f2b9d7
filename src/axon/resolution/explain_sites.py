"""Where an edge is written: its references, what stands there, and what they are called on.

What flows in: an edge as it is stored, and an evaluator. What flows out: rows of the facts of its file.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from axon.model.facts import NO_TEXT, ReferenceKind, References
from axon.model.kinds import EdgeKind, Flag, Rule
from axon.resolution.evaluation import At, Callee
from axon.resolution.explain_arguments import evaluated
from axon.resolution.flow import Flow
from axon.resolution.names import Names
from axon.resolution.values import UNKNOWN, Values

_CALL: Final = int(ReferenceKind.CALL)


class Edge(NamedTuple):
    """An edge as it is stored: `source` is a node row, `target` a value; the bytes say where it is written."""

    kind: EdgeKind
    rule: Rule
    source: int
    target: int
    start_byte: int
    end_byte: int


class EdgeSites:
    """The places of edges in the facts of a tree."""

    def __init__(self, names: Names, flow: Flow) -> None:
        self._names, self._flow = names, flow

    def references(self, edge: Edge, kinds: Sequence[int]) -> list[int]:
        """Rows of the references that an edge is written at: of its very bytes, else that begin where it begins."""
        table = self.table(edge.source)
        rows = [
            row
            for row, (kind, start) in enumerate(zip(table.kind, table.start_byte, strict=True))
            if start == edge.start_byte and kind in kinds
        ]
        return [row for row in rows if table.end_byte[row] == edge.end_byte] or rows

    def is_test(self, row: int) -> bool:
        """Whether the file of a node row is a test's."""
        file, _ = self._flow.place(row)
        return bool(self._names.assembly.flags[self._names.assembly.file_row + file] & Flag.TEST)

    def receivers(self, edge: Edge) -> tuple[str, Values]:
        """The name that a call writes, and what it is an attribute of: no values where it is none, or unknown."""
        for row in self.references(edge, (_CALL,)):
            at, table = self.at(edge.source, row), self.table(edge.source)
            facts = self._flow.facts(at[0])
            name = facts.strings[table.text[row]].rpartition(".")[2] if table.text[row] != NO_TEXT else ""
            expression = table.value[row]
            if expression >= 0:
                values = self.callees(at, expression)
                return name, tuple(c[1] for c in values if c[1] != UNKNOWN)
            return name, ()
        return "", ()

    def callees(self, at: At, expression: int) -> Sequence[Callee]:
        """What calling an expression calls, once all that it depends on has settled."""
        evaluated(self._flow, at, expression)
        return self._flow.callees(at, expression)

    def table(self, source: int) -> References:
        """The references of the file of a node row."""
        return self._flow.facts(self._flow.place(source)[0]).references

    def at(self, source: int, row: int) -> At:
        """The place of a reference row in the file of a node row."""
        file, _ = self._flow.place(source)
        table = self._flow.facts(file).references
        return (file, table.scope[row], table.start_byte[row])
