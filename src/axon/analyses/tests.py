"""Which tests reach which symbols.

What flows in: a view. What flows out: rows of tests. A test is what a runner starts: a function of test code whose name
begins with `test`, or a test file by its name, whose own code may call the runner.
"""

import re
from typing import Final

import numpy as np

from axon.graph.view import GraphView, Mask, Rows, distinct, ends_of, pairs_of
from axon.model.kinds import CALLABLE_KINDS, EdgeKind, Flag, NodeKind

_PREFIX: Final = "test"
_USES: Final = (EdgeKind.CALLS, EdgeKind.PASSES, EdgeKind.INJECTED_WITH)
_FILE: Final = re.compile(r"(^|/)[^/]*(test|spec)[^/]*$|__tests__/[^/]*$", re.IGNORECASE)


def is_test(view: GraphView, rows: Rows) -> Mask:
    """Which of `rows` are tests."""
    is_file, is_callable = view.is_kind(NodeKind.FILE), view.is_kind(*CALLABLE_KINDS)
    in_tests = (view.flags[rows] & Flag.TEST) != 0
    found = np.zeros(len(rows), bool)
    for place in np.flatnonzero(in_tests & is_callable[rows]).tolist():
        found[place] = view.names[rows[place]].casefold().startswith(_PREFIX)
    for place in np.flatnonzero(in_tests & is_file[rows]).tolist():
        found[place] = _FILE.search(view.paths[rows[place]]) is not None
    return found


def direct_tests(view: GraphView) -> Rows:
    """Pairs of a test and a symbol outside of test code that it calls, hands over or gets, each once; shape (t, 2)."""
    in_tests = (view.flags & Flag.TEST) != 0
    outside = ~in_tests & ~view.is_kind(NodeKind.EXTERNAL)
    uses = np.flatnonzero(view.edges_of(*_USES) & in_tests[view.source] & outside[view.target])
    sources, place = np.unique(view.source[uses].astype(np.int64), return_inverse=True)
    uses = uses[is_test(view, sources)[place]]
    return np.stack(ends_of(distinct(pairs_of(view.source[uses], view.target[uses]))), axis=1)
