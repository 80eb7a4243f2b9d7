"""The sections of which an exploration is made.

What flows in: an index and rows. What flows out: an `ExploreSection` each, with no more rows than are asked for. It
does not know which question they answer.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from axon.analyses.impact import dependents, parts_of
from axon.analyses.tests import is_test
from axon.errors import MissingSourceError
from axon.graph.view import Rows
from axon.model.answers import EdgeAnswer, Site
from axon.model.exploration import ExploreRow, ExploreSection, SourceText
from axon.model.ids import file_id
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, Flag, NodeKind
from axon.model.nodes import GraphNode
from axon.questions.callers import call_targets, possible_callers
from axon.questions.opened import Index
from axon.questions.rows import edge_answer, symbol
from axon.questions.text import shortened, signature_line
from axon.questions.written import written_about

MOST_LINES: Final = 60
"""Lines of source that one symbol shows at most."""

_PLACES: Final = 5
_LONGEST: Final = 400  # characters of what was written
_HEADINGS: Final = {
    EdgeKind.EXTENDS: "extends",
    EdgeKind.IMPLEMENTS: "implements",
    EdgeKind.OVERRIDES: "overrides",
}


def definition_row(index: Index, row: int, *, lines: int = 0) -> ExploreRow:
    """A symbol with its kind, signature and summary, and with `lines` lines of its source at most."""
    node = index.columns.node(row)
    words = f"{node.kind.value} {signature_line(node)}"
    said = f"{words}: {node.summary}" if node.summary else words
    return ExploreRow(symbol(index.columns, row), said, source=source_of(index, row, lines) if lines else None)


def source_of(index: Index, row: int, most: int = MOST_LINES) -> SourceText | None:
    """The source of a symbol as it was indexed; None where it has none, or it is kept no more."""
    node = index.columns.node(row)
    if not node.start_line or node.kind in (NodeKind.FILE, NodeKind.EXTERNAL):
        return None
    last = min(node.end_line, node.start_line + most - 1)
    return _lines(index, node.path, node.start_line, last, node.end_line - last)


def line_of(index: Index, site: Site) -> SourceText | None:
    """The line on which an edge is written."""
    return _lines(index, site.path, site.line, site.line, 0) if site.line else None


def _lines(index: Index, path: str, first: int, last: int, cut: int) -> SourceText | None:
    try:
        return SourceText(path, first, tuple(index.sources.lines(path, first, last)), cut)
    except MissingSourceError:
        return None


def definitions(index: Index, heading: str, rows: Sequence[int], *, lines: Sequence[int] = ()) -> ExploreSection:
    """Symbols, the first of them with as many lines of source as `lines` says for each."""
    found = [definition_row(index, row, lines=lines[at] if at < len(lines) else 0) for at, row in enumerate(rows)]
    return ExploreSection(heading, len(found), tuple(found))


def written_section(index: Index, rows: Sequence[int], most: int) -> ExploreSection:
    """What was written about symbols and their files, each with who wrote it and whether it stands."""
    columns = index.columns
    files = (columns.row_of(file_id(columns.node(row).path)) for row in rows)
    found = [
        ExploreRow(symbol(columns, row), f"{one.task} ({one.origin}): {shortened(one.text, _LONGEST)}")
        for row in dict.fromkeys([*rows, *(file for file in files if file is not None)])
        for one in written_about(index, columns.id_of(row))
    ]
    return ExploreSection("Written about it", len(found), tuple(found[:most]))


def edge_section(heading: str, edges: Iterable[EdgeAnswer], most: int) -> ExploreSection:
    """Edges by their other end, each end once, with the places where it is written."""
    by_id: dict[str, list[EdgeAnswer]] = {}
    for edge in edges:
        by_id.setdefault(edge.symbol.id, []).append(edge)
    rows = [ExploreRow(some[0].symbol, _places(some), some[0].site) for some in by_id.values()]
    return ExploreSection(heading, len(rows), tuple(rows[:most]))


def _places(edges: Sequence[EdgeAnswer]) -> str:
    best = max(edges, key=lambda edge: edge.confidence)
    sure = f"{best.rule} {best.confidence:.2f}" if best.confidence < 1 else best.rule
    lines = sorted({edge.site.line for edge in edges})[1:_PLACES]
    return f"{sure}, also lines {', '.join(map(str, lines))}" if lines else sure


def callers_section(index: Index, row: int, most: int) -> ExploreSection:
    """Who calls a symbol, code before tests."""
    columns = index.columns
    rows = {(columns.source(e), e) for t in call_targets(columns, row) for e in columns.incoming(t, EdgeKind.CALLS)}
    ordered = sorted(rows, key=lambda pair: (is_in_tests(index, pair[0]), columns.node(pair[0]).path, pair[1]))
    edges = [edge_answer(columns, edge, source) for source, edge in ordered]
    return edge_section(f"Callers of {columns.qualified_name_of(row)}", edges, most)


def users_section(index: Index, row: int, most: int) -> ExploreSection:
    """Who hands a symbol on, is annotated with it, decorated by it or built upon it."""
    columns = index.columns
    kinds = (EdgeKind.PASSES, EdgeKind.USES_TYPE, EdgeKind.DECORATED_BY, EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS)
    edges = [edge_answer(columns, e, columns.source(e)) for e in columns.incoming(row, *kinds)]
    return edge_section(f"Other uses of {columns.qualified_name_of(row)}", edges, most)


def callees_section(index: Index, row: int, most: int) -> ExploreSection:
    """What a symbol calls in this tree."""
    columns = index.columns
    edges = [
        edge_answer(columns, edge, columns.target(edge))
        for edge in columns.outgoing(row, EdgeKind.CALLS)
        if columns.node(columns.target(edge)).kind is not NodeKind.EXTERNAL
    ]
    return edge_section(f"{columns.qualified_name_of(row)} calls", edges, most)


def unresolved_section(index: Index, row: int, most: int) -> ExploreSection:
    """Unresolved calls of a symbol's name: why the list of its callers may not be complete."""
    found = possible_callers(index.columns, row, limit=most)
    rows = [
        ExploreRow(s.caller, f"calls `{s.receiver + '.' if s.receiver else ''}{s.name}`, {s.reason}", s.site)
        for s in found.sites
    ]
    return ExploreSection("Unresolved calls of that name, which may be more callers", found.total, tuple(rows))


def impact_sections(index: Index, rows: Sequence[int], depth: int, most: int, tests: int) -> list[ExploreSection]:
    """What depends on symbols, nearest first, and which of that is tests."""
    if not rows:
        return []
    view, columns = index.view, index.columns
    changed = np.unique(np.concatenate([parts_of(view, row) for row in rows]))
    reach = dependents(view, changed, depth)
    is_of_tests = is_test(view, reach.rows)
    flagged = (view.flags[reach.rows] & int(Flag.TEST)) != 0

    def found(places: Rows) -> tuple[ExploreRow, ...]:
        return tuple(_dependent(index, int(reach.rows[p]), int(reach.edge[p]), int(reach.depth[p])) for p in places)

    code, of_tests = np.flatnonzero(~flagged & ~is_of_tests), np.flatnonzero(is_of_tests)
    names = ", ".join(columns.qualified_name_of(row) for row in rows[:3])
    return [
        ExploreSection(f"Depends on {names}", len(code), found(code[:most])),
        ExploreSection("Tests that would notice", len(of_tests), found(of_tests[:tests])),
    ]


def _dependent(index: Index, row: int, edge: int, depth: int) -> ExploreRow:
    columns = index.columns
    answer = edge_answer(columns, edge, columns.target(edge))
    steps = "" if depth == 1 else f"{depth} steps: "
    said = f"{steps}{answer.kind} {answer.symbol.qualified_name}"
    return ExploreRow(symbol(columns, row), said, answer.site)


def overrides_section(index: Index, row: int, most: int) -> ExploreSection:
    """What overrides a method, or is built upon a class, at any depth."""
    columns = index.columns
    is_class = columns.node(row).kind in CLASS_KINDS
    kinds = (EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS) if is_class else (EdgeKind.OVERRIDES,)
    found: dict[int, int] = {}
    waiting = [row]
    while waiting:
        for edge in columns.incoming(waiting.pop(0), *kinds):
            source = columns.source(edge)
            if source not in found and source != row:
                found[source] = edge
                waiting.append(source)
    ordered = sorted(found, key=lambda r: (is_in_tests(index, r), columns.id_of(r)))
    rows = [
        ExploreRow(symbol(columns, r), f"{_HEADINGS[columns.edge_kind(found[r])]} "
                   f"{columns.qualified_name_of(columns.target(found[r]))}")
        for r in ordered
    ]  # fmt: skip
    verb = "Subclasses of" if is_class else "Overrides of"
    return ExploreSection(f"{verb} {columns.qualified_name_of(row)}", len(rows), tuple(rows[:most]))


def bases_section(index: Index, row: int, most: int) -> ExploreSection:
    """What a symbol itself overrides, or is built upon."""
    columns = index.columns
    kinds = (EdgeKind.OVERRIDES, EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS)
    edges = [edge_answer(columns, edge, columns.target(edge)) for edge in columns.outgoing(row, *kinds)]
    return edge_section(f"Above {columns.qualified_name_of(row)}", edges, most)


def members_section(index: Index, row: int, most: int, *, public: bool = True) -> ExploreSection:
    """What a file, a class or a package offers: its definitions, and what a file hands on, in source order."""
    columns = index.columns
    node = columns.node(row)
    rows = {columns.target(edge): None for edge in columns.outgoing(row, EdgeKind.DEFINES, EdgeKind.EXPORTS)}
    offered = [
        r for r in rows if columns.node(r).kind is not NodeKind.EXTERNAL and _is_offered(columns.node(r), public)
    ]
    offered.sort(key=lambda r: _offer_order(columns.node(r), node.path))
    found = [definition_row(index, r) for r in offered[:most]]
    return ExploreSection(f"{node.kind.value} {node.qualified_name} offers", len(offered), tuple(found))


def _offer_order(node: GraphNode, path: str) -> tuple[bool, bool, str, int]:
    return node.path != path, node.kind not in CALLABLE_KINDS | CLASS_KINDS, node.path, node.start_line


def _is_offered(node: GraphNode, public: bool) -> bool:
    return not public or bool(node.flags & Flag.EXPORTED)


def is_in_tests(index: Index, row: int) -> bool:
    """Whether a symbol is code of tests."""
    return bool(index.columns.node(row).flags & Flag.TEST)
