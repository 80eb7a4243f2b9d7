"""What runs from each entry point, step by step.

What flows in: a view. What flows out: flows, those of the most steps first. A step is a function of the tree; only
calls that are known are followed, the nearest steps come first, and those of a step in the order of its text.
"""

from typing import Final

import numpy as np

from axon.graph.labels import Flows
from axon.graph.view import GraphView, Mask, Rows
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, Flag, NodeKind

CERTAIN: Final = 0.8
MOST_FLOWS: Final = 300
_MOST_STEPS: Final = 60
_MOST_DEPTH: Final = 10
_FEWEST_STEPS: Final = 3


def find_flows(view: GraphView) -> Flows:
    """The `MOST_FLOWS` flows with the most steps, `_FEWEST_STEPS` at least; of equal ones the first in the tree."""
    follows = _follows(view)
    traced = [_trace(view, follows, entry) for entry in entry_points(view).tolist()]
    kept = sorted((t for t in traced if len(t) >= _FEWEST_STEPS), key=lambda t: (-len(t), t[0][0]))[:MOST_FLOWS]
    steps = [step for flow in kept for step in flow]
    offsets = np.zeros(len(kept) + 1, np.int64)
    np.cumsum([len(flow) for flow in kept], out=offsets[1:])
    rows = np.array([row for row, _ in steps], np.int64)
    depth = np.array([depth for _, depth in steps], np.int64)
    return Flows(rows[offsets[:-1]] if len(kept) else rows, offsets, rows, depth)


def entry_points(view: GraphView) -> Rows:
    """Functions outside of test code that call something and that no function of the tree calls or hands over.

    What only the code of files runs is an entry as well; a local function is none.
    """
    is_callable, is_test = view.is_kind(*CALLABLE_KINDS), _is_test(view)
    uses = view.edges_of(EdgeKind.CALLS, EdgeKind.PASSES) & ~is_test[view.source]
    uses &= ~view.is_kind(NodeKind.FILE)[view.source] & (view.source != view.target)
    used = np.zeros(view.n_nodes, bool)
    used[view.target[uses]] = True
    calls = _follows(view)
    starts = np.zeros(view.n_nodes, bool)
    starts[view.source[calls]] = True
    holds = view.edges_of(EdgeKind.DEFINES) & is_callable[view.source]
    local = np.zeros(view.n_nodes, bool)
    local[view.target[holds]] = True
    return np.flatnonzero(is_callable & starts & ~used & ~is_test & ~local)


def steps_between(view: GraphView, steps: Rows) -> Rows:
    """The first call from each of `steps` to each other one, by place: the edges of a picture of the flow."""
    inside = np.zeros(view.n_nodes, bool)
    inside[steps] = True
    edges, _ = view.outgoing.of_all(steps)
    edges = edges[_follows(view)[edges]]
    edges = edges[inside[view.target[edges]] & (view.source[edges] != view.target[edges])]
    pairs = view.source[edges].astype(np.int64) * view.n_nodes + view.target[edges]
    _, first = np.unique(pairs, return_index=True)
    found: Rows = edges[np.sort(first)]
    return found


def _trace(view: GraphView, follows: Mask, entry: int) -> list[tuple[int, int]]:
    """The steps of one flow with their depth."""
    seen, steps = {entry}, [(entry, 0)]
    at = 0
    offsets, edges = view.outgoing.offsets, view.outgoing.edges
    while at < len(steps) and len(steps) < _MOST_STEPS:
        row, depth = steps[at]
        at += 1
        if depth == _MOST_DEPTH:
            break
        own = edges[offsets[row] : offsets[row + 1]]
        own = own[follows[own]]
        for target in view.target[own[np.argsort(view.line[own], kind="stable")]].tolist():
            if target not in seen and len(steps) < _MOST_STEPS:
                seen.add(target)
                steps.append((target, depth + 1))
    return steps


def _follows(view: GraphView) -> Mask:
    """Calls that are known, of functions and classes of the tree outside of test code."""
    is_step = view.is_kind(*CALLABLE_KINDS, *CLASS_KINDS) & ~_is_test(view)
    known: Mask = view.confidence >= CERTAIN
    return view.edges_of(EdgeKind.CALLS) & known & is_step[view.target] & is_step[view.source]


def _is_test(view: GraphView) -> Mask:
    is_test: Mask = (view.flags & Flag.TEST) != 0
    return is_test
