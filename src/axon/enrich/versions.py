"""Two versions of a prompt, compared on the same nodes.

What flows in: a task, two versions, how many nodes. What flows out: for each version what was answered, what it took,
and how much of what it claims has evidence: figures that need no second model. Answers are cached as any other, and
nothing is kept as an artifact.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from axon.enrich.budget import Budget
from axon.enrich.cache import AnswerCache
from axon.enrich.model import JobKey, Json, Outcome, Value
from axon.enrich.plan import Job, Plan
from axon.enrich.providers import open_provider
from axon.enrich.run import Ask, engine_of
from axon.enrich.store import ArtifactStore
from axon.errors import UsageError

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Side:
    """What one version gave. `claims` were kept, `dropped` had no evidence; `characters` are those of all texts."""

    version: int
    answered: int
    failed: int
    requests: int
    input_tokens: int
    output_tokens: int
    cost: float
    claims: int
    dropped: int
    characters: int

    @property
    def share_with_evidence(self) -> float | None:
        """Of all claims; None where there are none."""
        total = self.claims + self.dropped
        return self.claims / total if total else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both versions; of the nodes that both answered, how many are otherwise, and for how many each has more claims.

    `examples` are some of those that differ, with both answers.
    """

    task: str
    nodes: int
    a: Side
    b: Side
    different: int
    more_claims_in_a: int
    more_claims_in_b: int
    examples: tuple[tuple[str, Value, Value], ...]
    stopped: str = ""


def compare(ask: Ask, store: ArtifactStore, task: str, versions: tuple[int, int], sample: int) -> Comparison:
    """Ask about the same `sample` nodes by both versions of the prompt of `task`.

    Raises:
        UsageError: a version or the task is not there, or its questions follow from other answers.
        EnrichError: nobody can be asked, or answers cannot be kept.
    """
    with AnswerCache(ask.cache) as cache:
        (a, first), (b, second) = (
            _side(ask, store, cache, task=task, version=version, sample=sample) for version in versions
        )
    pairs = {key: (first.artifacts[key].value, second.artifacts[key].value) for key in _both(first, second)}
    kept = [(_claims(one)[0], _claims(two)[0]) for one, two in pairs.values()]
    different = [(key.node, one, two) for key, (one, two) in pairs.items() if one != two]
    return Comparison(
        task,
        len(first.artifacts.keys() | first.failures.keys() | first.waiting),
        a,
        b,
        len(different),
        sum(n > m for n, m in kept),
        sum(m > n for n, m in kept),
        tuple(different[:_SHOWN]),
        first.stopped or second.stopped,
    )


def sampled(ask: Ask, task: str, version: int, sample: int) -> list[Job]:
    """The nodes that are compared: by a digest of their ids, so that it is the same sample each time.

    Raises:
        UsageError: no question of the task stands alone.
    """
    catalogue = replace(ask.catalogue, versions={task: version})
    catalogue.needs(task)
    jobs = [j for j in catalogue.opened(task, ask.subjects, ask.groups).jobs() if j.is_wanted and not j.dependencies]
    if not jobs:
        raise UsageError(f"No question of `{task}` stands alone: they follow from the answers of other tasks.")
    return sorted(jobs, key=lambda job: hashlib.blake2b(job.key.node.encode("utf-8", "replace")).digest())[:sample]


def _side(
    ask: Ask, store: ArtifactStore, cache: AnswerCache, *, task: str, version: int, sample: int
) -> tuple[Side, Outcome]:
    plan = Plan.of(sampled(ask, task, version, sample))
    budget = Budget(ask.budget.max_cost, ask.budget.max_calls, ask.budget.max_minutes)
    mine = replace(ask, catalogue=replace(ask.catalogue, versions={task: version}), budget=budget)

    async def run() -> Outcome:
        provider = open_provider(ask.provider, {"base_url": ask.settings.base_url, "command": ask.settings.command})
        opened = mine.catalogue.opened(task, ask.subjects, ask.groups)
        try:
            return await engine_of(mine, store, cache, provider, [opened], sink=lambda _: None).run(plan)
        finally:
            await provider.close()

    outcome = asyncio.run(run())
    counted = [_claims(artifact.value) for artifact in outcome.artifacts.values()]
    side = Side(
        version,
        len(outcome.artifacts),
        len(outcome.failures),
        outcome.requests,
        outcome.usage.input_tokens,
        outcome.usage.output_tokens,
        budget.cost,
        sum(kept for kept, _ in counted),
        sum(dropped for _, dropped in counted),
        sum(len(text) for artifact in outcome.artifacts.values() for text in _texts(artifact.value)),
    )
    return side, outcome


def _both(a: Outcome, b: Outcome) -> list[JobKey]:
    return sorted(a.artifacts.keys() & b.artifacts.keys())


def _claims(value: Mapping[str, Json]) -> tuple[int, int]:
    """How many claims with evidence an answer has, and how many were dropped."""
    lists = [part for part in value.values() if isinstance(part, list)]
    kept = sum(isinstance(item, dict) and "quote" in item for part in lists for item in part)
    return kept, int(json.dumps(value.get("dropped", 0)))


def _texts(value: Json) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _texts(part)
