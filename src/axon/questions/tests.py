"""Which tests reach a symbol, or what has changed.

What flows in: an index, and what a person typed or the lines that changed. What flows out: a `TestsAnswer`: the tests
to run, the nearest and surest first, and what no test reaches.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from axon.analyses.impact import dependents, parts_of
from axon.analyses.tests import is_test
from axon.graph.view import GraphView, Rows
from axon.model.findings import TestsAnswer
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, Flag, NodeKind
from axon.questions.impact import ImpactRows, possible_callers
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.symbols import find_symbol

_CHANGED = CALLABLE_KINDS | CLASS_KINDS | {NodeKind.PROPERTY, NodeKind.VARIABLE, NodeKind.TYPE_ALIAS}


def find_tests(index: Index, text: str, *, limit: int | None = None) -> TestsAnswer:
    """The tests that reach the symbol that `text` means, with all that it defines.

    Raises:
        SymbolError: no symbol, or several, have that name.
    """
    row = find_symbol(index.columns, text)
    return _answer(index, [row], parts_of(index.view, row), limit)


def find_tests_of_change(
    index: Index, lines: Mapping[str, Sequence[tuple[int, int]]], *, limit: int | None = None
) -> TestsAnswer:
    """The tests that reach what lies on the changed lines: the innermost symbols, else the file; by path."""
    changed = np.array(sorted(_on_lines(index, lines)), np.int64)
    return _answer(index, changed.tolist(), changed, limit)


def _answer(index: Index, named: Sequence[int], changed: Rows, limit: int | None) -> TestsAnswer:
    view = index.view
    reach = dependents(view, changed)
    own = changed[is_test(view, changed)]
    untested = [row for row in named if not view.flags[row] & Flag.TEST and not _has_test(view, row)]
    rows = ImpactRows(index.columns, view, reach)
    return TestsAnswer(
        tuple(symbol(index.columns, row) for row in named),
        tuple(symbol(index.columns, row) for row in own.tolist()),
        rows.tests(limit),
        tuple(symbol(index.columns, row) for row in untested),
        possible_callers(index.columns, view, changed.tolist(), limit),
        index.state(),
    )


def _has_test(view: GraphView, row: int) -> bool:
    return bool(is_test(view, dependents(view, parts_of(view, row)).rows).any())


def _on_lines(index: Index, lines: Mapping[str, Sequence[tuple[int, int]]]) -> set[int]:
    view, columns = index.view, index.columns
    is_symbol = view.is_kind(*_CHANGED)
    found: set[int] = set()
    for path, ranges in lines.items():
        rows = columns.rows_at_path(path)
        symbols = [row for row in rows if is_symbol[row]]
        for first, last in ranges:
            met = [row for row in symbols if view.start_line[row] <= last and view.end_line[row] >= first]
            inner = [row for row in met if not any(_is_inside(view, other, row) for other in met)]
            found.update(inner or [row for row in rows if view.is_file[row]])
    return found


def _is_inside(view: GraphView, inner: int, outer: int) -> bool:
    starts, ends = view.start_byte, view.end_byte
    is_within = starts[inner] >= starts[outer] and ends[inner] <= ends[outer]
    return inner != outer and bool(is_within and (starts[inner], ends[inner]) != (starts[outer], ends[outer]))
