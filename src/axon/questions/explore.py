"""One question in words, answered at once: the symbols that it means, their source, and what hangs together with them.

What flows in: an index, a sentence, and, where somebody can say so, what the work tree has otherwise than the last
commit. What flows out: an `ExploreAnswer`, the answer itself first, then what one would ask next. It writes no prose.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from axon.model.exploration import ExploreAnswer, ExploreRow, ExploreSection
from axon.model.ids import file_id
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, Flag, NodeKind
from axon.model.review import DiffAnswer
from axon.questions.intent import Intent, intent_of
from axon.questions.meant import HITS, files_of, meant
from axon.questions.mentions import Mention, chosen, mentions
from axon.questions.opened import Index
from axon.questions.parts import (
    bases_section,
    callees_section,
    callers_section,
    definition_row,
    definitions,
    impact_sections,
    is_in_tests,
    line_of,
    members_section,
    overrides_section,
    unresolved_section,
    users_section,
    written_section,
)
from axon.questions.rows import edge_answer, symbol
from axon.questions.trace import path_of

Changes = Callable[[], DiffAnswer | None]
"""What the work tree has otherwise than the last commit; None where nobody can say."""

DEPTH: Final = 3
_MANY: Final = 40
_SOME: Final = 12
_FEW: Final = 5
_FOCUS: Final = 3
_SOURCE: Final = 60
_EXCERPT: Final = 25
_PLACES: Final = frozenset({NodeKind.FILE, NodeKind.FOLDER, NodeKind.MODULE})
_RUN_BY: Final = 4
_PROGRAMS: Final = ("__main__", "main", "bin", "cli")


def explore(index: Index, question: str, *, changes: Changes | None = None) -> ExploreAnswer:
    """What answers `question`: a symbol's callers, what a change breaks, a path, tests, overrides, an API, a place."""
    named = mentions(index.columns, question)
    found = [mention for mention in named if not _is_vague(mention)] or named
    if len(found) == 1 and intent_of(question, 2) in (Intent.PATH, Intent.WHY):
        found = named  # what needs two ends: the other may be a word of prose as well
    rows = chosen(found)
    intent = intent_of(question, len(rows))
    if intent is Intent.CHANGES:
        return _answer(index, question, intent, [], [], _changed(index, changes))
    note = ""
    is_named = bool(rows) and not all(_is_vague(mention) for mention in found)
    if not is_named:
        rows, note = meant(index, question, rows)
    if intent is Intent.ENTRY and not is_named:
        sections = [*_run(index, question, rows), *_written(index, rows)]
        return _answer(index, question, intent, rows, found, sections, note)
    rows = rows if intent is Intent.FIND else rows[:_FOCUS]
    sections = [*_BY_INTENT[intent](index, question, rows), *_written(index, rows)]
    return _answer(index, question, intent, rows, found, sections, note)


def _answer(  # noqa: PLR0913, PLR0917  the fields of an answer
    index: Index,
    question: str,
    intent: Intent,
    rows: Sequence[int],
    found: Sequence[Mention],
    sections: Sequence[ExploreSection],
    note: str = "",
) -> ExploreAnswer:
    others = [row for mention in found for row in mention.rows[1 : _FEW + 1] if row not in rows]
    return ExploreAnswer(
        question,
        intent.value,
        tuple(symbol(index.columns, row) for row in rows),
        tuple(symbol(index.columns, row) for row in others[:_FEW]),
        tuple(section for section in sections if section.total),
        index.state(*([note] if note else [])),
    )


def _is_vague(mention: Mention) -> bool:
    """A word of prose that happens to be a name."""
    return mention.text.isalpha() and mention.text.islower()


# --- what each kind of question shows -------------------------------------------------------------------------------


def _callers(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    sections = [_focus(index, rows, _EXCERPT)]
    for row in rows:
        sections.append(callers_section(index, row, _MANY))
        sections.append(users_section(index, row, _SOME))
        sections.append(unresolved_section(index, row, _FEW))
    return [*sections, *impact_sections(index, rows, DEPTH, _FEW, _FEW)]


def _callees(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    return [*(callees_section(index, row, _MANY) for row in rows), _focus(index, rows, _SOURCE)]


def _impact(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    sections = impact_sections(index, rows, DEPTH, _MANY, _SOME)
    sections += [unresolved_section(index, row, _FEW) for row in rows]
    return [_focus(index, rows, _EXCERPT), *sections]


def _tests(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    code, tests = impact_sections(index, rows, DEPTH + 1, _FEW, _MANY) or [_NOTHING, _NOTHING]
    return [tests, _focus(index, rows, _EXCERPT), code]


def _overrides(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    sections = [overrides_section(index, row, _MANY) for row in rows]
    sections += [bases_section(index, row, _SOME) for row in rows]
    return [*sections, _focus(index, rows, _EXCERPT), *(callers_section(index, row, _FEW) for row in rows[:1])]


def _api(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    columns = index.columns
    places = [row for row in rows if columns.node(row).kind in _PLACES | CLASS_KINDS]
    if not places:
        files = (columns.row_of(file_id(columns.node(row).path)) for row in rows[:1])
        places = [row for row in files if row is not None]
    sections = [members_section(index, row, _MANY) for row in places]
    sections += [users_section(index, row, _FEW) for row in places]
    return [*sections, _focus(index, [row for row in rows if row not in places], _EXCERPT)]


def _path(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    start, end = rows[0], rows[1]
    steps, is_reverse = path_of(index, start, end)
    names = [index.columns.qualified_name_of(row) for row in ((end, start) if is_reverse else (start, end))]
    heading = f"Path from {names[0]} to {names[1]}" + (", which is the other way round" if is_reverse else "")
    first = definition_row(index, end if is_reverse else start)
    path = [first, *(ExploreRow(s.symbol, f"{s.kind} {s.rule}", s.site, line_of(index, s.site)) for s in steps)]
    section = ExploreSection(heading, len(path), tuple(path)) if steps else _NOTHING
    between = [row for step in steps if (row := index.columns.row_of(step.symbol.id)) is not None]
    shown = list(dict.fromkeys([start, *between, end]))
    return [section, *([] if steps else _no_path(index, rows)), _focus(index, shown, _EXCERPT)]


def _no_path(index: Index, rows: Sequence[int]) -> list[ExploreSection]:
    """What leads away from one and to the other, where nothing leads from one to the other."""
    return [callees_section(index, rows[0], _SOME), callers_section(index, rows[1], _SOME)]


def _why(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    columns = index.columns
    start, end = rows[0], rows[1]
    edges = [edge for edge in columns.outgoing(start) if columns.target(edge) == end]
    if not edges:
        return _path(index, question, rows)
    found = []
    for edge in edges:
        answer = edge_answer(columns, edge, end)
        said = f"{answer.kind} by rule `{answer.rule}`, {answer.confidence:.2f}"
        found.append(ExploreRow(answer.symbol, said, answer.site, line_of(index, answer.site)))
    names = columns.qualified_name_of(start), columns.qualified_name_of(end)
    section = ExploreSection(f"Edges from {names[0]} to {names[1]}", len(found), tuple(found))
    imports = [
        e
        for e in columns.outgoing(_file_of(index, start), EdgeKind.IMPORTS)
        if columns.target(e) == _file_of(index, end)
    ]
    rows_of_imports = [
        ExploreRow(symbol(columns, end), "its file is imported", a.site, line_of(index, a.site))
        for e in imports
        for a in [edge_answer(columns, e, end)]
    ]
    importing = ExploreSection("By the import", len(rows_of_imports), tuple(rows_of_imports))
    return [section, importing, _focus(index, rows[:2], _EXCERPT + 10), callers_section(index, start, _FEW)]


def _entry(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    """From a symbol back to where it begins; from a file or a folder, what is run near it."""
    symbols = [row for row in rows if index.columns.node(row).kind in CALLABLE_KINDS | CLASS_KINDS]
    if not symbols:
        return _run(index, question, rows)
    code, _ = impact_sections(index, symbols, _RUN_BY + 2, _MANY, 0)
    return [_roots(index, symbols), code, _focus(index, symbols, _EXCERPT)]


def _roots(index: Index, rows: Sequence[int]) -> ExploreSection:
    """Callers, at any distance, that nothing in this tree calls, or that a framework runs."""
    seen: dict[int, None] = dict.fromkeys(rows)
    waiting, found = list(rows), []
    columns = index.columns
    while waiting:
        row = waiting.pop(0)
        edges = columns.incoming(row, EdgeKind.CALLS, EdgeKind.PASSES, EdgeKind.HANDLED_BY)
        callers = [columns.source(edge) for edge in edges if not is_in_tests(index, columns.source(edge))]
        if (not callers or columns.outgoing(row, EdgeKind.TRIGGERED_BY)) and row not in rows:
            found.append(row)
        fresh = [caller for caller in dict.fromkeys(callers) if caller not in seen]
        seen.update(dict.fromkeys(fresh))
        waiting += fresh
    return definitions(index, "Entry points that lead to it", found[:_SOME])


def _run(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    """What is run from outside near the symbols that a search found: in their files, or with their words."""
    columns = index.columns
    paths = list(dict.fromkeys(columns.node(row).path for row in rows))
    nearby = [row for path in paths for row in columns.rows_at_path(path) if _is_run(index, row)]
    nearby.sort(key=lambda row: paths.index(columns.node(row).path))
    mains = [row for row in _mains(index) if not is_in_tests(index, row)]
    words = {word.casefold() for word in re.findall(r"\w{3,}", question)}

    def fit(row: int) -> tuple[int, bool]:
        node = columns.node(row)
        return -sum(word in node.path.casefold() for word in words), node.kind is not NodeKind.FILE

    run = sorted(dict.fromkeys([*nearby, *mains]), key=fit)
    calls = [columns.target(e) for row in run[:_SOME] for e in columns.outgoing(row, EdgeKind.CALLS)]
    called = [row for row in dict.fromkeys(calls) if columns.node(row).kind in CALLABLE_KINDS]
    return [
        definitions(index, "What may be meant", rows, lines=(_EXCERPT,)),
        definitions(index, "Run from outside", run[:_MANY]),
        definitions(index, "What these call first", called[:_SOME]),
        *(members_section(index, row, _SOME) for row in rows[:_FEW] if columns.node(row).kind in CLASS_KINDS),
    ]


def _mains(index: Index) -> list[int]:
    """Functions called `main`, and files that are programs by their name."""
    columns = index.columns
    files = [row for stem in _PROGRAMS for row in columns.rows_with_prefix(f"{stem}.", _MANY)]
    return [*columns.rows_named("main"), *(row for row in files if columns.node(row).kind is NodeKind.FILE)]


def _is_run(index: Index, row: int) -> bool:
    columns = index.columns
    node = columns.node(row)
    if node.flags & Flag.TEST or node.kind not in CALLABLE_KINDS | {NodeKind.FILE, NodeKind.VARIABLE}:
        return False
    return bool(columns.outgoing(row, EdgeKind.TRIGGERED_BY)) or node.name in ("main", "__call__")


def _find(index: Index, question: str, rows: Sequence[int]) -> list[ExploreSection]:
    best = rows[:1]
    more: list[ExploreSection] = []
    for row in best:
        node = index.columns.node(row)
        if node.kind in _PLACES | CLASS_KINDS:
            more.append(members_section(index, row, _SOME))
        more += [callers_section(index, row, _FEW), callees_section(index, row, _FEW)]
    if len(rows) > HITS:
        more += [members_section(index, file, _SOME, public=False) for file in files_of(index, rows)]
    sections = [definitions(index, "Where", rows, lines=(_SOURCE, _EXCERPT)), *more]
    return [*sections, *impact_sections(index, best, DEPTH, _FEW, _FEW)]


def _focus(index: Index, rows: Sequence[int], lines: int) -> ExploreSection:
    """The symbols themselves with their source; of a file or a folder what is in it says more."""
    return definitions(index, "Source", rows, lines=[lines] * len(rows))


def _written(index: Index, rows: Sequence[int]) -> list[ExploreSection]:
    return [written_section(index, rows[:_FOCUS], HITS)] if index.written else []


def _file_of(index: Index, row: int) -> int:
    found = index.columns.row_of(file_id(index.columns.node(row).path))
    return row if found is None else found


def _changed(index: Index, changes: Changes | None) -> list[ExploreSection]:
    """What the work tree has otherwise than the last commit, and what depends on it."""
    answer = changes() if changes is not None else None
    if answer is None:
        return []
    columns = index.columns
    sections = []
    for heading, symbols in (
        ("Re-signatured", answer.resigned),
        ("Changed", answer.changed),
        ("Added", answer.added),
        ("Removed", answer.removed),
        ("Moved", answer.moved),
    ):
        found = []
        for change in symbols[:_SOME]:
            row = columns.row_of(change.symbol.id)
            source = definition_row(index, row, lines=_EXCERPT).source if row is not None else None
            found.append(ExploreRow(change.symbol, _how(change.was, change.now, change.breaks), None, source))
        sections.append(ExploreSection(heading, len(symbols), tuple(found)))
    for heading, is_test in (("Depends on what changed", False), ("Tests that would notice", True)):
        rows = [
            ExploreRow(a.symbol, f"{a.depth} steps, by {a.via}") for a in answer.blast.symbols if a.is_test is is_test
        ]
        total = answer.blast.tests if is_test else answer.blast.total - answer.blast.tests
        sections.append(ExploreSection(heading, total, tuple(rows[:_MANY])))
    return [sections[0], sections[1], sections[5], *sections[2:5], sections[6]]


def _how(was: str, now: str, breaks: str) -> str:
    signature = f"{was} → {now}" if was and now and was != now else ""
    return "; ".join(filter(None, (signature, breaks and f"may break users: {breaks}")))


_NOTHING: Final = ExploreSection("", 0, ())

_BY_INTENT: Final[dict[Intent, Callable[[Index, str, Sequence[int]], list[ExploreSection]]]] = {
    Intent.PATH: _path,
    Intent.WHY: _why,
    Intent.TESTS: _tests,
    Intent.ENTRY: _entry,
    Intent.OVERRIDES: _overrides,
    Intent.IMPACT: _impact,
    Intent.CALLERS: _callers,
    Intent.CALLEES: _callees,
    Intent.API: _api,
    Intent.FIND: _find,
}
