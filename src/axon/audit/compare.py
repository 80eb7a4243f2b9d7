"""Observed calls against the edges of an index.

What flows in: columns and observations. What flows out: recall by kind, precision, and the edges that only one side
has. A pair of caller and callee counts once, under the most direct of its kinds.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from axon.audit.tally import share, table_of
from axon.model.answers import IndexState, Site
from axon.model.audit import AuditAnswer, AuditEdge, CallKind, ObservedCall, ObservedFunction, Traced
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, CONFIDENCE, EdgeKind, Flag, NodeKind, Rule
from axon.questions.rows import CERTAIN, symbol
from axon.storage.columns import IndexColumns

_RUN: Final = CALLABLE_KINDS | {NodeKind.PROPERTY}
_BODIES: Final = _RUN | CLASS_KINDS
_HIDDEN: Final = "<"  # a name that no definition has: of a lambda, a comprehension
_MODULE: Final = "<module>"
_ORDER: Final = {kind: order for order, kind in enumerate(CallKind)}

Lines = Callable[[str], Sequence[str]]


@dataclass(slots=True)
class _Place:
    """A place that ran: what it called, and how."""

    targets: set[int] = field(default_factory=set)
    is_call: bool = True


class Comparison:
    """One audit; `lines` gives the lines of a file of the tree, as it was indexed."""

    def __init__(self, columns: IndexColumns, lines: Lines) -> None:
        self._columns, self._lines = columns, lines
        self._rows: dict[ObservedFunction, int | None] = {}
        self._bodies: dict[str, list[int]] = {}

    def answer(self, oracle: str, traced: Traced, index: IndexState) -> AuditAnswer:
        """The whole comparison."""
        pairs: dict[tuple[int, int], tuple[CallKind, ObservedCall]] = {}
        places: dict[tuple[int, int, int], _Place] = defaultdict(_Place)
        unplaced: set[ObservedFunction] = set()
        for call in traced.calls:
            caller, callee = self._caller(call), self.row(call.callee)
            if callee is None:
                unplaced.add(call.callee)
            elif caller is not None:
                kind = self._kind(call, callee)
                known = pairs.get((caller, callee))
                if known is None or _ORDER[kind] < _ORDER[known[0]]:
                    pairs[caller, callee] = kind, call
                if call.column >= 0 and call.is_call:
                    places[caller, call.line, call.column].targets.add(callee)
        missing = {pair: told for pair, told in pairs.items() if not self._has(*pair)}
        decided, contradicted = self._decided(places, pairs)
        wrong = len(contradicted)
        return AuditAnswer(
            oracle,
            table_of((kind, pair not in missing) for pair, (kind, _) in pairs.items()),
            len(pairs),
            share(len(pairs) - len(missing), len(pairs)),
            decided,
            share(decided - wrong, decided),
            tuple(self._missing(pair, *told) for pair, told in sorted(missing.items())),
            tuple(contradicted),
            len(unplaced),
            traced.seconds,
            traced.exit_code,
            index,
            ran=traced.ran,
        )

    def row(self, function: ObservedFunction) -> int | None:
        """The node of what was observed to run: a function, or a class whose body runs; a module is its file.

        Of a lambda or comprehension it is what is around it.
        """
        if function not in self._rows:
            self._rows[function] = self._find(function)
        return self._rows[function]

    def _find(self, function: ObservedFunction) -> int | None:
        if function.name == _MODULE:
            return self._columns.row_of(function.path)
        if function.name.startswith(_HIDDEN):
            return self._around(function.path, function.line)
        rows = self._bodies_of(function.path)
        fitting = [
            (node.kind in CLASS_KINDS, node.start_line, row)
            for node, row in zip(map(self._columns.node, rows), rows, strict=True)
            if node.name == function.name and node.end_line >= function.line and node.start_line >= function.line
        ]
        return min(fitting)[2] if fitting else None

    def _around(self, path: str, line: int) -> int | None:
        """The innermost function or class around a line, else the file."""
        nodes = [(self._columns.node(row), row) for row in self._bodies_of(path)]
        around = [(node.start_line, row) for node, row in nodes if node.start_line <= line <= node.end_line]
        return max(around)[1] if around else self._columns.row_of(path)

    def _caller(self, call: ObservedCall) -> int | None:
        """The node of a caller; of a function that the index does not know that around it."""
        row = self.row(call.caller)
        return self._around(call.caller.path, call.caller.line) if row is None else row

    def _bodies_of(self, path: str) -> list[int]:
        """Functions and classes of a file."""
        known = self._bodies.get(path)
        if known is None:
            nodes = [(self._columns.node(row), row) for row in self._columns.rows_at_path(path)]
            found = [row for node, row in nodes if node.kind in _BODIES and not node.flags & Flag.FIELD]
            known = self._bodies[path] = found
        return known

    def _kind(self, call: ObservedCall, callee: int) -> CallKind:
        if not call.is_call:
            return CallKind.IMPLICIT
        written = "\n".join(self._lines(call.caller.path)[call.line - 1 : call.end_line])
        node = self._columns.node(callee)
        names = (node.name, node.qualified_name.rpartition(".")[0].rpartition(".")[2])
        named = "|".join(re.escape(name) for name in names if name)
        return (
            CallKind.DIRECT if re.search(rf"(?<!\w)(?:{named})\s*\(|@.*\b(?:{named})\b", written) else CallKind.INDIRECT
        )

    def _has(self, caller: int, callee: int) -> bool:
        targets = {self._columns.target(edge) for edge in self._columns.outgoing(caller, EdgeKind.CALLS)}
        return callee in targets

    def _decided(
        self, places: Mapping[tuple[int, int, int], _Place], pairs: Collection[tuple[int, int]]
    ) -> tuple[int, list[AuditEdge]]:
        """The certain edges at places that ran, and those of them that led elsewhere.

        What runs unnamed is left out: another instruction runs it than the call that begins at the same place.
        """
        n_decided, wrong = 0, []
        by_caller: dict[int, dict[tuple[int, int], set[int]]] = defaultdict(dict)
        for (caller, line, column), place in places.items():
            by_caller[caller][line, column] = place.targets
        for caller, of_caller in sorted(by_caller.items()):
            edges = [
                (edge, self._columns.relationship(edge)) for edge in self._columns.outgoing(caller, EdgeKind.CALLS)
            ]
            at_place: dict[tuple[int, int], list[int]] = defaultdict(list)
            spans: dict[tuple[int, int], set[int]] = defaultdict(set)
            for row, edge in edges:
                if CONFIDENCE[edge.evidence.rule] >= CERTAIN:
                    where = edge.evidence.line, edge.evidence.column
                    spans[where].add(edge.evidence.end_byte)
                    is_run = self._columns.node(self._columns.target(row)).kind in _RUN
                    if is_run and edge.evidence.rule is not Rule.IMPLICIT:
                        at_place[where].append(row)
            for where, rows in sorted(at_place.items()):
                targets = of_caller.get(where)
                if targets is None or len(spans[where]) > 1:
                    continue  # several calls begin at this place, and which of them ran is not told
                n_decided += len(rows)
                wrong += [self._contradicted(row, targets) for row in rows if not self._ran(row, targets, pairs)]
        return n_decided, wrong

    def _ran(self, edge_row: int, targets: Collection[int], pairs: Collection[tuple[int, int]]) -> bool:
        """Whether what an edge leads to was run there: itself, an override in its place, or through a wrapper."""
        target = self._columns.target(edge_row)
        return target in targets or any((ran, target) in pairs or self._overrides(ran, target) for ran in targets)

    def _overrides(self, method: int, target: int) -> bool:
        seen = {method}
        while target not in seen:
            above = [self._columns.target(edge) for m in seen for edge in self._columns.outgoing(m, EdgeKind.OVERRIDES)]
            if seen.issuperset(above):
                return False
            seen.update(above)
        return True

    def _contradicted(self, edge_row: int, targets: set[int]) -> AuditEdge:
        columns = self._columns
        edge = columns.relationship(edge_row)
        caller = symbol(columns, columns.source(edge_row))
        site = Site(caller.path, edge.evidence.line, edge.evidence.column)
        ran = ", ".join(sorted(columns.qualified_name_of(target) for target in targets))
        return AuditEdge(
            edge.evidence.rule.value, caller, symbol(columns, columns.target(edge_row)), site, f"it called {ran}"
        )

    def _missing(self, pair: tuple[int, int], kind: CallKind, call: ObservedCall) -> AuditEdge:
        caller, callee = (symbol(self._columns, row) for row in pair)
        site = Site(call.caller.path, call.line, max(call.column, 0))
        return AuditEdge(kind.value, caller, callee, site, self._why(pair[0], call))

    def _why(self, caller: int, call: ObservedCall) -> str:
        """What the index says of the place: why it is unresolved, or where it leads instead."""
        columns = self._columns
        for row in columns.unresolved_of(caller):
            site = columns.unresolved_site(row)
            if call.line <= site.line <= call.end_line:
                return f"`{site.name}` is unresolved: {site.reason.value}"
        found = []
        for row in columns.outgoing(caller, EdgeKind.CALLS):
            edge = columns.relationship(row)
            if call.line <= edge.evidence.line <= call.end_line:
                found.append(columns.qualified_name_of(columns.target(row)))
        return f"it leads to {', '.join(dict.fromkeys(found))}" if found else "no call is known there"
