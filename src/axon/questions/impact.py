"""Who may break when a symbol changes.

What flows in: an index and what a person typed. What flows out: an `ImpactAnswer`, with the path and the reason of each
row, the tests among them, and the unresolved calls that could reach the symbol. What depends on what, the analysis
says.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from axon.analyses.impact import Reach, dependents, parts_of
from axon.analyses.tests import is_test
from axon.graph.view import GraphView
from axon.model.answers import EdgeAnswer, SymbolRef, UnresolvedList
from axon.model.findings import CoupledFiles, ImpactAnswer, ImpactGroup, ImpactList, ImpactRow
from axon.model.ids import file_id
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EDGE_KINDS, NodeKind
from axon.questions.callers import called_above, called_names
from axon.questions.opened import Index
from axon.questions.rows import edge_to, symbol, unresolved_list
from axon.questions.symbols import find_symbol, signature_note
from axon.storage.columns import IndexColumns

DEPTH: Final = 3
"""Steps that are followed unless somebody asks for others: further away, everything depends on everything."""

LIMIT: Final = 50
"""Rows of each list that an answer holds unless somebody asks for more."""

_CALLED: Final = CALLABLE_KINDS | CLASS_KINDS
_NOT_READ: Final = frozenset({NodeKind.VARIABLE, NodeKind.PROPERTY, NodeKind.TYPE_ALIAS})

_VERBS: Final = {
    "CALLS": "calls",
    "PASSES": "hands over",
    "OVERRIDES": "overrides",
    "USES_TYPE": "is annotated with",
    "EXTENDS": "extends",
    "IMPLEMENTS": "implements",
    "DECORATED_BY": "is decorated by",
    "INJECTED_WITH": "is handed",
    "HANDLED_BY": "is answered by",
    "IMPORTS": "imports",
    "EXPORTS": "exports",
    "DEFINES": "holds",
}


def impact(index: Index, text: str, *, depth: int = DEPTH, limit: int | None = LIMIT) -> ImpactAnswer:
    """What depends on the symbol that `text` means, `depth` steps away at most; `limit` rows in each list.

    Raises:
        SymbolError: no symbol, or several, have that name.
    """
    columns, view = index.columns, index.view
    row = find_symbol(columns, text)
    changed = parts_of(view, row)
    reach = dependents(view, changed, depth)
    rows = ImpactRows(columns, view, reach)
    possible = possible_callers(columns, view, changed.tolist(), limit)
    above = called_above(columns, row)
    return ImpactAnswer(
        symbol(columns, row),
        depth,
        len(reach.rows),
        tuple(rows.group(at, limit) for at in np.unique(reach.depth).tolist()),
        rows.tests(limit),
        _changes_with(index, row, limit),
        possible,
        not possible.total and not above,
        index.state(*signature_note(columns, row), *above, *_unread(columns, row)),
    )


class ImpactRows:
    """Rows of a reach as answers; an edge that many paths share is made once."""

    def __init__(self, columns: IndexColumns, view: GraphView, reach: Reach) -> None:
        self._columns, self._view, self._reach = columns, view, reach
        self._edges: dict[int, EdgeAnswer] = {}
        self._symbols: dict[int, SymbolRef] = {}
        self._edge_to = dict(zip(reach.rows.tolist(), reach.edge.tolist(), strict=True))

    def group(self, depth: int, limit: int | None) -> ImpactGroup:
        """Those that are `depth` steps away."""
        places = np.flatnonzero(self._reach.depth == depth)
        codes = Counter(self._view.edge_kind[self._reach.edge[places]].tolist())
        kinds = {EDGE_KINDS[code].value: number for code, number in sorted(codes.items())}
        return ImpactGroup(depth, len(places), kinds, self._answers(places[:limit].tolist()))

    def tests(self, limit: int | None) -> ImpactList:
        """Those that are tests."""
        places = np.flatnonzero(is_test(self._view, self._reach.rows))
        return ImpactList(len(places), self._answers(places[:limit].tolist()))

    def _answers(self, places: Sequence[int]) -> tuple[ImpactRow, ...]:
        return tuple(self._answer(place) for place in places)

    def _answer(self, place: int) -> ImpactRow:
        row = int(self._reach.rows[place])
        path = self._path(row)
        first = path[0]
        return ImpactRow(
            self._symbol(row),
            round(float(self._reach.confidence[place]), 4),
            self._edge(int(self._reach.weakest[place])),
            path,
            f"{_VERBS[first.kind]} `{first.symbol.qualified_name}`",
        )

    def _path(self, row: int) -> tuple[EdgeAnswer, ...]:
        edges = []
        while (edge := self._edge_to.get(row)) is not None:
            edges.append(self._edge(edge))
            row = int(self._view.target[edge])
        return tuple(edges)

    def _edge(self, edge: int) -> EdgeAnswer:
        known = self._edges.get(edge)
        if known is None:
            before = self._symbol(self._columns.target(edge))
            known = self._edges[edge] = edge_to(self._columns, edge, before)
        return known

    def _symbol(self, row: int) -> SymbolRef:
        known = self._symbols.get(row)
        if known is None:
            known = self._symbols[row] = symbol(self._columns, row)
        return known


def _changes_with(index: Index, row: int, limit: int | None) -> tuple[CoupledFiles, ...]:
    """Files that changed together with the file of a symbol, the strongest first."""
    path, coupled = index.columns.node(row).path, index.labels.coupled
    file = index.columns.row_of(file_id(path)) if path else None
    if file is None or not len(coupled):
        return ()
    own = coupled[(coupled[:, 0] == file) | (coupled[:, 1] == file)].tolist()
    others = [(b if a == file else a, support, percent) for a, b, support, percent in own]
    return tuple(
        CoupledFiles(path, index.columns.id_of(other), support, percent / 100)
        for other, support, percent in sorted(others, key=lambda one: (-one[2], -one[1], one[0]))[:limit]
    )


def possible_callers(
    columns: IndexColumns, view: GraphView, changed: Sequence[int], limit: int | None
) -> UnresolvedList:
    """Unresolved call sites elsewhere of any name under which something that changes is called."""
    is_called = view.is_kind(*_CALLED)
    names = {name: None for row in changed if is_called[row] for name in called_names(columns, row)}
    own = set(changed)
    found = (site for name in names for site in columns.unresolved_named(name))
    return unresolved_list(columns, sorted(site for site in found if int(view.caller[site]) not in own), limit)


def _unread(columns: IndexColumns, row: int) -> list[str]:
    """A note where the graph does not hold all that depends on a symbol of this kind."""
    node = columns.node(row)
    if node.kind not in _NOT_READ:
        return []
    return [f"Who reads the {node.kind.value} `{node.qualified_name}` is in the graph only where reading it runs code."]
