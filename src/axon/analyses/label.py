"""All that is said of a graph as a whole, in the order in which it is found.

What flows in: a view. What flows out: its labels. `timed` wraps each phase by name, for whoever measures.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from axon.analyses.communities import find_communities
from axon.analyses.coupling import coupled_files
from axon.analyses.flows import find_flows
from axon.analyses.tests import direct_tests
from axon.analyses.uses import unused_symbols
from axon.graph.labels import Labels
from axon.graph.view import GraphView, Rows
from axon.model.history import History


def label(
    view: GraphView,
    coupled: Callable[[], Rows] | None = None,
    timed: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> Labels:
    """Communities, flows, tests and what is not used, from the graph alone; `coupled` gives what history says."""
    with timed("communities"):
        communities = find_communities(view)
    with timed("processes"):
        flows = find_flows(view)
        tests = direct_tests(view)
    with timed("dead_code"):
        unused = unused_symbols(view)
    with timed("coupling"):
        pairs = coupled() if coupled is not None else np.zeros((0, 4), np.int64)
    return Labels(communities, flows, tests, unused, pairs)


def coupled_rows(view: GraphView, history: History) -> Rows:
    """Files that change together: their rows, common commits, and the strength in percent; shape (k, 4)."""
    row_of = {path: row for row, path in enumerate(view.paths) if view.is_file[row]}
    found = coupled_files(history, row_of)
    rows = [(row_of[one.path], row_of[one.other], one.support, round(100 * one.strength)) for one in found]
    return np.array(rows, np.int64).reshape(-1, 4)
