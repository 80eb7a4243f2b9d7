"""What must hold before a function is called, what holds after, and what else it does; each claim with its evidence."""

from collections.abc import Iterable, Mapping
from typing import Final

from axon.enrich.citations import Evidence, checked_claims
from axon.enrich.groups import Groups
from axon.enrich.model import Artifact, JobKey, Json, LaneName, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import list_in, prompt_of
from axon.enrich.subjects import Subjects, listed
from axon.enrich.task import fence
from axon.model.kinds import EdgeKind

SORTS: Final = ("preconditions", "postconditions", "raises", "side_effects", "invariants")
"""The lists of claims that a contract has."""

_CLAIM: Final[dict[str, Json]] = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "quote": {"type": "string"}, "line": {"type": "integer", "minimum": 1}},
    "required": ["text", "quote", "line"],
}


class Contracts:
    """One question for each function and method that has a body."""

    name = "contracts"
    lane = LaneName.BULK
    schema: Mapping[str, Json] = {
        "type": "object",
        "properties": {sort: {"type": "array", "items": _CLAIM} for sort in SORTS},
        "required": list(SORTS),
    }

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects
        self._prefix = prompt_of(self.name)
        self.version = "1"

    def jobs(self) -> Iterable[Job]:
        """All functions, most called first."""
        return [
            Job(JobKey(self.name, node.id), centrality=self._subjects.centrality(node.id))
            for node in self._subjects.functions
        ]

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """The source and what it calls."""
        calls = self._subjects.neighbours(key.node, EdgeKind.CALLS)
        body = f"It calls:\n{listed(calls[:40])}\n\nIts source:\n{fence(self._subjects.text(key.node))}"
        return Prompt(self._prefix, body)

    def check(self, key: JobKey, value: Value) -> Value:
        """The claims whose evidence holds, and how many had none."""
        calls = self._subjects.neighbours(key.node, EdgeKind.CALLS)
        evidence = Evidence(self._subjects.text(key.node), calls, self._subjects.defines)
        kept: Value = {}
        dropped = 0
        for sort in SORTS:
            claims, n_dropped = checked_claims(list_in(value, sort), evidence)
            kept[sort] = list(claims)
            dropped += n_dropped
        return {**kept, "dropped": dropped}


def open_task(subjects: Subjects, groups: Groups) -> Contracts:
    """The task."""
    return Contracts(subjects)
