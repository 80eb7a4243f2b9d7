"""Artifacts looked at again: whether their evidence still stands, what people said of them, as lines of JSON.

What flows in: the store and the subjects of the index as it is now. What flows out: states, and verdicts that were
brought in.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from axon.enrich.failures import EnrichError
from axon.enrich.model import JobKey
from axon.enrich.standing import standing
from axon.enrich.store import ArtifactStore, Kept
from axon.enrich.subjects import Subjects
from axon.model.artifacts import Review, State


def states_of(kept: Sequence[Kept], subjects: Subjects) -> dict[JobKey, State]:
    """What became of the evidence of each artifact, whatever people said of it; of a mere step it is valid."""
    proposed = [replace(one, state=Review.PROPOSED) for one in kept]
    found = {JobKey(one.task, one.node): one.state for one in standing(proposed, subjects)}
    return {one.job: found.get(one.job, State.VALID) for one in kept}


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
