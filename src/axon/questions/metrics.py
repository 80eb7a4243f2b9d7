"""How complex functions are, which files import each other in circles, and what is written more than once.

What flows in: an index and how languages branch. What flows out: a `MetricsAnswer`. How numbers come about, the
analyses say.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from axon.analyses.cognitive import cognitive_complexity
from axon.analyses.complexity import complexity_of_code
from axon.analyses.duplicates import duplicates
from axon.analyses.impact import parts_of
from axon.analyses.mentions import Mentions, mentions
from axon.analyses.structure import Cycle, fans, import_cycles, ranks
from axon.graph.view import GraphView
from axon.model.findings import DuplicateGroup, ImportCycle, MetricsAnswer, SymbolMetrics
from axon.model.kinds import Flag
from axon.model.lexicon import Lexicon
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.symbols import find_symbol

_RANK_PLACES: Final = 8

Numbers = dict[int, tuple[int, int]]
"""Cyclomatic and cognitive complexity by row."""


def metrics(
    index: Index,
    text: str | None = None,
    *,
    lexicon_of: Callable[[str], Lexicon],
    with_tests: bool = False,
    read: Mentions | None = None,
    limit: int | None = None,
) -> MetricsAnswer:
    """Functions, cycles and duplicates of the tree; with `text` of what that symbol is or defines.

    `read` is what `tree_mentions` gives, for whoever has it already.

    Raises:
        SymbolError: no symbol, or several, have that name.
    """
    view = index.view
    code = function_code(view, read or tree_mentions(index, lexicon_of), with_tests=with_tests)
    if text is not None:
        own = _inside(index, find_symbol(index.columns, text))
        code = {row: found for row, found in code.items() if row in own}
    numbers = complexities(view, code, lexicon_of)
    order = sorted(numbers, key=lambda row: (-numbers[row][1], -numbers[row][0], row))
    cycles = import_cycles(view) if text is None else []
    alike = duplicates(code, _words(view, code, lexicon_of))
    return MetricsAnswer(
        len(order),
        _symbols(index, order[:limit], numbers),
        len(cycles),
        tuple(_cycle(view, cycle) for cycle in cycles[:limit]),
        len(alike),
        tuple(
            DuplicateGroup(
                tuple(symbol(index.columns, row) for row in one.rows),
                round(one.similarity, 3),
                int(view.end_line[one.rows[0]] - view.start_line[one.rows[0]] + 1),
            )
            for one in alike[:limit]
        ),
        index.state(),
    )


def tree_mentions(index: Index, lexicon_of: Callable[[str], Lexicon]) -> Mentions:
    """The code of all indexed files whose source is kept."""
    return mentions(index.sources.find(file.path for file in index.indexed_files()), lexicon_of)


def function_code(view: GraphView, text: Mentions, *, with_tests: bool) -> dict[int, bytes]:
    """The code of each function and method by row, generated and vendored files left out."""
    left_out = Flag.GENERATED | Flag.VENDORED | (Flag(0) if with_tests else Flag.TEST)
    rows = np.flatnonzero(view.is_callable & ((view.flags & (left_out | Flag.OVERLOAD)) == 0)).tolist()
    files = text.files
    return {
        row: files[path].code[view.start_byte[row] : view.end_byte[row]]
        for row in rows
        if (path := view.paths[row]) in files
    }


def complexities(view: GraphView, code: Mapping[int, bytes], lexicon_of: Callable[[str], Lexicon]) -> Numbers:
    """Both numbers of each function."""
    return {
        row: (complexity_of_code(text), cognitive_complexity(text, lexicon_of(view.paths[row])))
        for row, text in code.items()
    }


def _symbols(index: Index, rows: Sequence[int], numbers: Numbers) -> tuple[SymbolMetrics, ...]:
    view = index.view
    fan_in, fan_out = fans(view)
    rank = ranks(view)
    return tuple(
        SymbolMetrics(
            symbol(index.columns, row),
            *numbers[row],
            int(view.end_line[row] - view.start_line[row] + 1),
            int(fan_in[row]),
            int(fan_out[row]),
            round(float(rank[row]), _RANK_PLACES),
        )
        for row in rows
    )


def _cycle(view: GraphView, cycle: Cycle) -> ImportCycle:
    source, target = cycle.cut
    return ImportCycle(
        tuple(view.paths[row] for row in cycle.files), (view.paths[source], view.paths[target]), cycle.uses
    )


def _inside(index: Index, row: int) -> set[int]:
    return set(parts_of(index.view, row).tolist())


def _words(view: GraphView, code: Mapping[int, bytes], lexicon_of: Callable[[str], Lexicon]) -> frozenset[bytes]:
    """The words that make functions differ: those with which their languages branch."""
    found: set[bytes] = set()
    for path in {view.paths[row] for row in code}:
        lexicon = lexicon_of(path)
        found |= lexicon.decisions | lexicon.continuations | lexicon.logical
    return frozenset(
        found | {b"return", b"raise", b"throw", b"yield", b"await", b"try", b"with", b"new", b"not", b"in"}
    )
