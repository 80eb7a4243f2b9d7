"""What audits of all kinds count: shares, and calls by kind.

What flows in: what was observed, and whether the index has it. What flows out: rows of an answer.
"""

from collections import Counter
from collections.abc import Iterable

from axon.model.audit import AuditRow, CallKind


def table_of(calls: Iterable[tuple[CallKind, bool]]) -> tuple[AuditRow, ...]:
    """A row for each kind of call: how many were observed, and are in the index."""
    observed: Counter[CallKind] = Counter()
    there: Counter[CallKind] = Counter()
    for kind, is_there in calls:
        observed[kind] += 1
        there[kind] += is_there
    return tuple(AuditRow(k.value, observed[k], there[k], share(there[k], observed[k])) for k in CallKind)


def share(part: int, whole: int) -> float:
    """A share of 1 where there is nothing to miss."""
    return round(part / whole, 4) if whole else 1.0
