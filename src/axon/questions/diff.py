"""What differs between two graphs of one project: symbols, edges, and what depends on the difference.

What flows in: two graphs, each an index or a snapshot. What flows out: a `DiffAnswer`. Symbols are told apart by their
ids; one that is gone and one that is new under the same name in another file are one that moved. It does not know where
the graphs came from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from axon.analyses.impact import dependents
from axon.analyses.signatures import break_of
from axon.analyses.tests import is_test
from axon.graph.labels import NO_COMMUNITY
from axon.graph.view import Mask, Rows
from axon.model.answers import SymbolRef
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, CONFIDENCE, EDGE_KINDS, EdgeKind, Flag, NodeKind
from axon.model.nodes import GraphNode
from axon.model.review import (
    Affected,
    AffectedList,
    ChangedEdge,
    ChangedSymbol,
    DiffAnswer,
    EdgeList,
    FileChanges,
)
from axon.questions.own_text import OwnTexts, is_same
from axon.questions.rows import symbol
from axon.questions.snapshot import ReadableGraph
from axon.storage.columns import IndexColumns

DEPTH: Final = 3
"""Steps that the blast radius goes unless somebody asks for others."""
LIMIT: Final = 200
"""Edges of each list, and symbols of the blast radius, that an answer holds unless somebody asks for more."""

_SYMBOLS: Final = CLASS_KINDS | CALLABLE_KINDS | {NodeKind.PROPERTY, NodeKind.VARIABLE, NodeKind.TYPE_ALIAS}
_COMPARED: Final = (
    *(EdgeKind.CALLS, EdgeKind.PASSES, EdgeKind.IMPORTS, EdgeKind.USES_TYPE, EdgeKind.DECORATED_BY),
    *(EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS, EdgeKind.OVERRIDES, EdgeKind.HANDLED_BY, EdgeKind.INJECTED_WITH),
)
_GONE: Final = -1


def diff(
    before: ReadableGraph,
    after: ReadableGraph,
    *,
    base: str,
    head: str,
    depth: int = DEPTH,
    limit: int | None = LIMIT,
) -> DiffAnswer:
    """What `after`, called `head`, has otherwise than `before`, called `base`."""
    sides = _Sides(before, after)
    resigned = [sides.resigned(pair) for pair in sides.kept if sides.signatures(pair)[0] != sides.signatures(pair)[1]]
    moved = [sides.moved(pair) for pair in sides.moves]
    changed, notes = sides.changed()
    return DiffAnswer(
        base,
        head,
        sides.files,
        _ordered(sides.added(row) for row in sides.new if row not in sides.came_from),
        _ordered(sides.removed(row) for row in sides.old if row not in sides.went_to),
        _ordered(moved),
        _ordered(resigned),
        _ordered(changed),
        sides.edges(gained=True, limit=limit),
        sides.edges(gained=False, limit=limit),
        _blast(sides, changed, resigned, depth, limit),
        *_touched(sides, [*changed, *resigned, *moved], sides.new),
        notes,
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Rows of one symbol on both sides."""

    was: int
    now: int


class _Sides:
    """Both graphs, and which symbol of one is which of the other."""

    def __init__(self, before: ReadableGraph, after: ReadableGraph) -> None:
        self.before, self.after = before, after
        was, now = _symbols(before), _symbols(after)
        self.kept = [_Pair(row, now[id]) for id, row in was.items() if id in now]
        self.old = [row for id, row in was.items() if id not in now]
        self.new = [row for id, row in now.items() if id not in was]
        candidates = _same_names(before, after, self.old, self.new)
        self._was = self._texts(before, set(self.files.changed), (pair.was for pair in candidates))
        self._now = self._texts(after, set(self.files.changed), (pair.now for pair in candidates))
        self.moves = [pair for pair in candidates if self._has_moved(pair)]
        self.went_to = {pair.was: pair.now for pair in self.moves}
        self.came_from = {pair.now: pair.was for pair in self.moves}

    @cached_property
    def files(self) -> FileChanges:
        was, now = _digests(self.before), _digests(self.after)
        return FileChanges(
            tuple(sorted(now.keys() - was.keys())),
            tuple(sorted(was.keys() - now.keys())),
            tuple(sorted(path for path in now.keys() & was.keys() if now[path] != was[path])),
        )

    @cached_property
    def rows_now(self) -> Mapping[str, int]:
        """Row in `after` by id."""
        return {id: row for row, id in enumerate(self.after.view.ids)}

    @cached_property
    def forward(self) -> Rows:
        """For each row of `before` the row of `after` that is the same node, or -1; files and externals included."""
        now = self.rows_now
        rows = np.array([now.get(id, _GONE) for id in self.before.view.ids], np.int64)
        for pair in self.moves:
            rows[pair.was] = pair.now
        return rows

    def signatures(self, pair: _Pair) -> tuple[str, str]:
        return (
            " ".join(self._signatures_before[pair.was].split()),
            " ".join(self._signatures_after[pair.now].split()),
        )

    @cached_property
    def _signatures_before(self) -> Sequence[str]:
        return self.before.view.texts("signature")

    @cached_property
    def _signatures_after(self) -> Sequence[str]:
        return self.after.view.texts("signature")

    def added(self, row: int) -> ChangedSymbol:
        node = self.after.columns.node(row)
        return replace(_changed(self.after.columns, row, node), now=node.signature)

    def removed(self, row: int) -> ChangedSymbol:
        node = self.before.columns.node(row)
        said = _changed(self.before.columns, row, node)
        return replace(said, was=node.signature, breaks="it is gone" if _is_public(node) else "")

    def moved(self, pair: _Pair) -> ChangedSymbol:
        node, old = self.after.columns.node(pair.now), self.before.columns.node(pair.was)
        said = _changed(self.after.columns, pair.now, node)
        why = f"it is no more in {old.path}" if _is_public(old) and not self._is_exported_from(pair, old.path) else ""
        return replace(
            said, before=symbol(self.before.columns, pair.was), was=old.signature, now=node.signature, breaks=why
        )

    def _is_exported_from(self, pair: _Pair, path: str) -> bool:
        """Whether the file in which a symbol was still hands it on."""
        columns = self.after.columns
        exporters = (columns.source(edge) for edge in columns.incoming(pair.now, EdgeKind.EXPORTS))
        return any(columns.node(row).path == path for row in exporters)

    def resigned(self, pair: _Pair) -> ChangedSymbol:
        node, old = self.after.columns.node(pair.now), self.before.columns.node(pair.was)
        said = _changed(self.after.columns, pair.now, node)
        why = break_of(old.signature, node.signature) if _is_public(old) else ""
        return replace(said, was=old.signature, now=node.signature, breaks=why)

    def changed(self) -> tuple[list[ChangedSymbol], tuple[str, ...]]:
        """Symbols whose own text, without that of inner ones, differs; and a note where texts are kept no more."""
        paths = set(self.files.changed)
        pairs = [pair for pair in self.kept if self._now.path(pair.now) in paths]
        missing = sorted(path for path in paths if path not in self._was.contents or path not in self._now.contents)
        notes = (f"The text of {len(missing):,} files is kept no more: {', '.join(missing[:3])}.",) if missing else ()
        differing = [pair for pair in (*pairs, *self.moves) if self._has_same_text(pair) is False]
        columns = self.after.columns
        return [_changed(columns, pair.now, columns.node(pair.now)) for pair in differing], notes

    def _texts(self, graph: ReadableGraph, paths: set[str], rows: Iterable[int]) -> OwnTexts:
        """The contents of the files that differ, and of those in which `rows` lie."""
        return OwnTexts(graph, graph.sources.find(sorted(paths | {graph.view.paths[row] for row in rows})))

    def _has_same_text(self, pair: _Pair) -> bool | None:
        return is_same(self._was, pair.was, self._now, pair.now)

    def _has_moved(self, pair: _Pair) -> bool:
        """One name in another file is another symbol, but where its text is the same, or its whole file moved."""
        old, new = self._was.path(pair.was), self._now.path(pair.now)
        is_file = old in self.files.removed and new in self.files.added
        return bool(self._has_same_text(pair)) or (is_file and old.rpartition("/")[2] == new.rpartition("/")[2])

    def edges(self, *, gained: bool, limit: int | None) -> EdgeList:
        """Edges that only one side has; several sites of one kind between the same ends are one edge."""
        side = self.after if gained else self.before
        view = side.view
        compared = np.flatnonzero(view.edges_of(*_COMPARED))
        own, other = (self._keys(self.after, None), self._keys(self.before, self.forward))
        keys = own if gained else other
        is_new = (keys == _GONE) | ~np.isin(keys, other if gained else own)
        rows = compared[is_new]
        pairs = view.source[rows].astype(np.int64) * view.n_nodes + view.target[rows]
        _, firsts = np.unique(pairs * len(EDGE_KINDS) + view.edge_kind[rows], return_index=True)
        rows = rows[np.sort(firsts)]
        alive = self._alive(gained=gained)
        is_between = alive[view.source[rows]] & alive[view.target[rows]]
        rows = rows[np.argsort(~is_between, kind="stable")]
        codes, counts = np.unique(view.edge_kind[rows], return_counts=True)
        kinds = {EDGE_KINDS[code].value: n for code, n in zip(codes.tolist(), counts.tolist(), strict=True)}
        return EdgeList(len(rows), kinds, tuple(_edge(side.columns, row) for row in rows[:limit].tolist()))

    def _keys(self, side: ReadableGraph, forward: Rows | None) -> Rows:
        """One number for the kind and the ends of each edge that is compared, in rows of `after`; -1 for a lost end."""
        view = side.view
        rows = np.flatnonzero(view.edges_of(*_COMPARED))
        sources, targets = view.source[rows].astype(np.int64), view.target[rows].astype(np.int64)
        if forward is not None:
            sources, targets = forward[sources], forward[targets]
        n_nodes = self.after.view.n_nodes
        keys = (view.edge_kind[rows].astype(np.int64) * n_nodes + sources) * n_nodes + targets
        return np.where((sources == _GONE) | (targets == _GONE), _GONE, keys)

    def _alive(self, *, gained: bool) -> Mask:
        """Which nodes of one side the other has as well."""
        if not gained:
            return np.asarray(self.forward != _GONE, np.bool_)
        alive = np.zeros(self.after.view.n_nodes, bool)
        alive[self.forward[self.forward != _GONE]] = True
        return alive


def _symbols(graph: ReadableGraph) -> dict[str, int]:
    """Row of each symbol by its id."""
    view = graph.view
    own = np.flatnonzero(view.is_kind(*_SYMBOLS)).tolist()
    return {view.ids[row]: row for row in own}


def _digests(graph: ReadableGraph) -> Mapping[str, str]:
    return {file.path: file.digest for file in graph.indexed_files()}


def _same_names(before: ReadableGraph, after: ReadableGraph, old: Iterable[int], new: Iterable[int]) -> list[_Pair]:
    """What has one name and kind on either side, once among what is gone and once among what is new."""
    was, now = _by_name(before, old), _by_name(after, new)
    both = (key for key in was if key in now)
    return [_Pair(was[key][0], now[key][0]) for key in both if len(was[key]) == len(now[key]) == 1]


def _by_name(graph: ReadableGraph, rows: Iterable[int]) -> dict[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = {}
    kinds, columns = graph.view.kind, graph.columns
    for row in rows:
        found.setdefault((int(kinds[row]), columns.qualified_name_of(row)), []).append(row)
    return found


def _changed(columns: IndexColumns, row: int, node: GraphNode) -> ChangedSymbol:
    return ChangedSymbol(
        symbol(columns, row), exported=bool(node.flags & Flag.EXPORTED), is_test=bool(node.flags & Flag.TEST)
    )


def _is_public(node: GraphNode) -> bool:
    return bool(node.flags & Flag.EXPORTED) and not node.flags & Flag.TEST


def _ordered(symbols: Iterable[ChangedSymbol]) -> tuple[ChangedSymbol, ...]:
    return tuple(sorted(symbols, key=lambda c: (c.symbol.path, c.symbol.line, c.symbol.id)))


def _edge(columns: IndexColumns, row: int) -> ChangedEdge:
    edge = columns.relationship(row)
    source, target = symbol(columns, columns.source(row)), symbol(columns, columns.target(row))
    confidence = CONFIDENCE[edge.evidence.rule]
    return ChangedEdge(edge.kind.value, source, target, confidence, source.path, edge.evidence.line)


def _blast(
    sides: _Sides, changed: Sequence[ChangedSymbol], resigned: Sequence[ChangedSymbol], depth: int, limit: int | None
) -> AffectedList:
    """What depends on the symbols that changed, as the graph is now, or on those that are gone, as it was."""
    ids, now = {c.symbol.id for c in (*changed, *resigned)}, sides.rows_now
    rows = sorted({now[id] for id in ids if id in now} | sides.came_from.keys())
    gone = [row for row in sides.old if row not in sides.went_to]
    found: dict[str, _Reached] = {}
    for graph, sources in ((sides.after, rows), (sides.before, gone)):
        for id, reached in _reached(graph, sources, depth):
            known = found.get(id)
            if known is None or reached.depth < known.depth:
                found[id] = reached
    alive = [(r.depth, -r.confidence, id, r) for id, r in found.items() if id not in ids and id in now]
    alive.sort(key=lambda one: one[:3])
    reached_tests = sum(one[3].is_test for one in alive)
    return AffectedList(len(alive), reached_tests, tuple(one[3].affected() for one in alive[:limit]))


def _touched(
    sides: _Sides, changes: Sequence[ChangedSymbol], new: Sequence[int]
) -> tuple[tuple[SymbolRef, ...], tuple[SymbolRef, ...]]:
    """Entries of the flows, and centres of the coarse communities, that have one of these symbols."""
    after = sides.after
    rows = [row for change in changes if (row := sides.rows_now.get(change.symbol.id)) is not None]
    rows = sorted({*rows, *new})
    if not rows:
        return (), ()
    flows, communities = after.labels.flows, after.labels.communities
    places = np.flatnonzero(np.isin(flows.steps, rows))
    numbers = np.unique(np.searchsorted(flows.offsets, places, side="right") - 1)
    levels = np.unique(communities.members[0, rows])
    centres = communities.centre[levels[levels != NO_COMMUNITY]].tolist()
    entries = flows.entry[numbers].tolist()
    return (
        tuple(symbol(after.columns, row) for row in entries),
        tuple(symbol(after.columns, row) for row in centres),
    )


@dataclass(frozen=True, slots=True)
class _Reached:
    """A row of one graph that depends on what changed, by way of another."""

    graph: ReadableGraph
    row: int
    depth: int
    confidence: float
    via: int
    is_test: bool

    def affected(self) -> Affected:
        said, via = symbol(self.graph.columns, self.row), self.graph.columns.id_of(self.via)
        return Affected(said, self.depth, self.confidence, via, self.is_test)


def _reached(graph: ReadableGraph, rows: Sequence[int], depth: int) -> Iterable[tuple[str, _Reached]]:
    """Each row that depends on one of `rows`, with its id."""
    if not rows:
        return
    view = graph.view
    reach = dependents(view, np.array(rows, np.int64), depth)
    tests = is_test(view, reach.rows).tolist()
    depths, confidences, via = reach.depth.tolist(), reach.confidence.tolist(), view.target[reach.edge].tolist()
    for at, row in enumerate(reach.rows.tolist()):
        yield view.ids[row], _Reached(graph, row, depths[at], round(confidences[at], 4), via[at], tests[at])
