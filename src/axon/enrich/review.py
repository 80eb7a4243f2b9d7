"""Artifacts looked at again: whether their evidence still stands, what people said of them, as lines of JSON.

What flows in: the store and the subjects of the index as it is now. What flows out: states, and verdicts that were
brought in.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from axon.enrich.citations import State, recheck
from axon.enrich.failures import EnrichError
from axon.enrich.model import JobKey, Json
from axon.enrich.store import ArtifactStore, Kept, Review
from axon.enrich.subjects import Subjects
from axon.enrich.tasks.contracts import SORTS


def evidence_of(kept: Kept, subjects: Subjects) -> State:
    """What became of the quotes of an artifact: the worst of them; without any it is valid while its node is there."""
    node = kept.job.node
    if "::" in node and not node.startswith("<") and subjects.node(node) is None:
        return State.STALE
    claims: list[Json] = [claim for sort in SORTS for claim in _list(kept.value.get(sort))]
    states = Counter(recheck(claims, subjects.text(node))) if claims else Counter[State]()
    return next((state for state in (State.STALE, State.MOVED) if states[state]), State.VALID)


def as_lines(store: ArtifactStore) -> Iterator[str]:
    """All artifacts with their verdicts, a JSON object a line, sorted."""
    for kept in store.all():
        row = {
            "task": kept.job.task,
            "node": kept.job.node,
            "key": kept.key,
            "state": kept.state.value,
            "value": kept.value,
            "reviewer": kept.reviewer,
            "reviewed": kept.reviewed,
            "reason": kept.reason,
        }
        yield json.dumps(row, sort_keys=True) + "\n"


def take_lines(store: ArtifactStore, lines: Iterable[str]) -> int:
    """Take over verdicts about artifacts that are the same here; returns how many.

    Raises:
        EnrichError: a line is not what `as_lines` writes.
    """
    current = {kept.job: kept for kept in store.all()}
    taken = 0
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            job, state, key = JobKey(row["task"], row["node"]), Review(row["state"]), row["key"]
            who, reason, value = str(row["reviewer"]), str(row["reason"]), dict(row["value"])
        except (ValueError, KeyError, TypeError) as error:
            raise EnrichError(f"Line {number} is no verdict: {error}.") from error
        known = current.get(job)
        if known is None or known.key != key or state is Review.PROPOSED:
            continue
        taken += store.review(job, state, who=who, reason=reason, value=value if state is Review.EDITED else None)
    return taken


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
