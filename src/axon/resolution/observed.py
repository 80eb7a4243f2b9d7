"""Calls that an audit saw, as edges where the linker has none that is certain.

What flows in: the linked tree and observations that hold for it. What flows out: CALLS edges.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from axon.model.audit import Observation
from axon.model.kinds import CONFIDENCE, EdgeKind, Rule
from axon.resolution.evidence import EDGE_CODE, RULE_CODE, EdgeRows
from axon.resolution.names import Names

_CERTAIN: Final = np.array([code for rule, code in RULE_CODE.items() if CONFIDENCE[rule] >= 0.8])
_SOURCE, _TARGET, _RULE = 1, 2, 7  # columns of edges


def link_observed(names: Names, edges: EdgeRows, observations: Sequence[Observation]) -> None:
    """Add an edge for each call that was seen and that no certain edge between the two shows."""
    if not observations:
        return
    table = edges.table()
    certain = table[(table[:, 0] == EDGE_CODE[EdgeKind.CALLS]) & np.isin(table[:, _RULE], _CERTAIN)]
    known = set(map(tuple, certain[:, [_SOURCE, _TARGET]].tolist()))
    rows = {id: row for row, id in enumerate(names.assembly.ids)}
    for seen in observations:
        caller, callee = rows.get(seen.caller), rows.get(seen.callee)
        if caller is not None and callee is not None and (caller, callee) not in known:
            place = (seen.line, seen.column, seen.start_byte, seen.end_byte)
            edges.add(EdgeKind.CALLS, Rule.OBSERVED, caller, callee, place)
