"""How one symbol reaches another.

What flows in: an index and what a person typed, twice. What flows out: a `TraceAnswer`. A class or a file stands for
all that it defines.
"""

import numpy as np

from axon.analyses.impact import parts_of
from axon.analyses.paths import path_between
from axon.model.answers import EdgeAnswer
from axon.model.exploration import TraceAnswer
from axon.questions.opened import Index
from axon.questions.rows import edge_answer, symbol
from axon.questions.symbols import find_symbol


def trace(index: Index, source: str, target: str) -> TraceAnswer:
    """A shortest path by calls from `source` to `target`; else one by any dependence, else one that leads back.

    Raises:
        SymbolError: no symbol, or several, have one of the names.
    """
    columns = index.columns
    start, end = find_symbol(columns, source), find_symbol(columns, target)
    steps, is_reverse = path_of(index, start, end)
    return TraceAnswer(symbol(columns, start), symbol(columns, end), steps, is_reverse, index.state())


def path_of(index: Index, start: int, end: int) -> tuple[tuple[EdgeAnswer, ...], bool]:
    """The steps from the node at `start` to that at `end`, and whether they lead the other way round."""
    view = index.view
    starts, ends = parts_of(view, start), parts_of(view, end)
    shared = np.intersect1d(starts, ends)  # a class and its own method: a path between them begins and ends outside
    starts = np.setdiff1d(starts, shared) if len(starts) > len(shared) else starts
    ends = np.setdiff1d(ends, shared) if len(ends) > len(shared) else ends
    for is_reverse, loose in ((False, False), (True, False), (False, True)):
        froms, tos = (ends, starts) if is_reverse else (starts, ends)
        edges = path_between(view, froms, tos, loose=loose)
        if edges:
            return tuple(edge_answer(index.columns, edge, node) for edge, node in edges), is_reverse
    return (), False
