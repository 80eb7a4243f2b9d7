"""Where the code hurts.

What flows in: an index. What flows out: a `HealthAnswer`. Tests, generated and vendored files are left out.
"""

from typing import Final

import numpy as np

from axon.analyses.cycles import cycles_of
from axon.graph.view import GraphView, Mask, Rows
from axon.model.contracts import CheckAnswer
from axon.model.exploration import HealthAnswer, HubRow
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, NodeKind
from axon.questions.map import unwanted_of
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.status import status

LISTED: Final = 15
_USES: Final = (EdgeKind.CALLS, EdgeKind.USES_TYPE, EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS, EdgeKind.DECORATED_BY)


def health(index: Index, *, check: CheckAnswer | None = None) -> HealthAnswer:
    """Cycles, hubs and long functions; what contracts say comes from whoever checked them."""
    view = index.view
    wanted = np.asarray(~unwanted_of(index), np.bool_)
    fan_in = fan_in_of(view)
    lines = (view.end_line - view.start_line + 1).astype(np.int64)
    shown = wanted & view.is_kind(*CALLABLE_KINDS, *CLASS_KINDS)
    calls = status(index).calls
    n_calls = sum(c.resolved + c.uncertain + c.unresolved for c in calls)
    cycles = import_cycles(view, wanted)
    return HealthAnswer(
        tuple(tuple(view.paths[row] for row in cycle) for cycle in cycles),
        _top(index, shown, fan_in, fan_in),
        _top(index, shown & view.is_kind(*CALLABLE_KINDS), lines, fan_in),
        sum(c.resolved for c in calls) / n_calls if n_calls else 1.0,
        len(check.contracts) if check else 0,
        tuple(f"{v.path}:{v.line} {v.contract}: {v.said}" for v in check.violations) if check else (),
        index.state(),
    )


def import_cycles(view: GraphView, wanted: Mask) -> list[list[int]]:
    """Rows of files that import each other in circles."""
    imports = np.flatnonzero(view.edges_of(EdgeKind.IMPORTS) & view.is_kind(NodeKind.FILE)[view.target])
    pairs = zip(view.source[imports].tolist(), view.target[imports].tolist(), strict=True)
    return cycles_of((source, target) for source, target in pairs if wanted[source] and wanted[target])


def fan_in_of(view: GraphView) -> Rows:
    """For each node how many others use it, each counted once."""
    uses = np.flatnonzero(view.edges_of(*_USES))
    pairs = np.unique(view.target[uses].astype(np.int64) * view.n_nodes + view.source[uses])
    return np.bincount(pairs // max(view.n_nodes, 1), minlength=view.n_nodes)


def _top(index: Index, shown: Mask, by: Rows, fan_in: Rows) -> tuple[HubRow, ...]:
    view = index.view
    rows = np.flatnonzero(shown)
    best = rows[np.lexsort((rows, -by[rows]))][:LISTED].tolist()
    return tuple(
        HubRow(symbol(index.columns, row), int(fan_in[row]), int(view.end_line[row] - view.start_line[row] + 1))
        for row in best
    )
