"""What must hold before a function is called, what holds after, and what else it does; each claim with its evidence."""

from collections.abc import Iterable, Mapping
from typing import Final

from axon.enrich.citations import Evidence, checked_claims
from axon.enrich.model import Artifact, JobKey, Json, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import list_in
from axon.enrich.subjects import listed
from axon.enrich.task import TEXT, AboutNodes, array_of, fence, object_of
from axon.model.kinds import EdgeKind

SORTS: Final = ("preconditions", "postconditions", "raises", "side_effects", "invariants")
"""The lists of claims that a contract has."""

CLAIM: Final = object_of({"text": TEXT, "quote": TEXT, "line": {"type": "integer", "minimum": 1}})
"""A statement with the place in the source that shows it."""


class Task(AboutNodes):
    """One question for each function and method that has a body."""

    name = "contracts"
    schema: Mapping[str, Json] = object_of(dict.fromkeys(SORTS, array_of(CLAIM)))

    def jobs(self) -> Iterable[Job]:
        """All functions, most called first."""
        return [
            Job(JobKey(self.name, node.id), centrality=self._subjects.centrality(node.id))
            for node in self._subjects.functions
        ]

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """The source and what it calls."""
        calls = self._subjects.neighbours(key.node, EdgeKind.CALLS)
        body = f"It calls:\n{listed(calls[:40])}\n\nIts source:\n{fence(self._subjects.source(key.node))}"
        return Prompt(self._prefix, body)

    def check(self, key: JobKey, value: Value) -> Value:
        """The claims whose evidence holds, and how many had none."""
        calls = self._subjects.neighbours(key.node, EdgeKind.CALLS)
        evidence = Evidence(self._subjects.source(key.node), calls, self._subjects.defines)
        kept: Value = {}
        dropped = 0
        for sort in SORTS:
            claims, n_dropped = checked_claims(list_in(value, sort), evidence)
            kept[sort] = list(claims)
            dropped += n_dropped
        return {**kept, "dropped": dropped}
