"""A workload, run once by the real engine."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from axon.enrich.asking import Asker, Retries
from axon.enrich.budget import Budget
from axon.enrich.cache import AnswerCache
from axon.enrich.engine import Engine, Settings
from axon.enrich.lanes import Lane, Limits
from axon.enrich.model import Artifact, LaneName, Outcome, Provider
from axon.enrich.plan import Plan
from axon.enrich.task import Task


@dataclass(slots=True)
class Setup:
    """How a workload is run."""

    parallel: int = 10
    verify: int = 4
    retries: Retries = field(default_factory=lambda: Retries(timeout=15.0))
    settings: Settings = field(default_factory=lambda: Settings("simulated"))
    budget: Budget = field(default_factory=Budget)
    limits: Mapping[LaneName, Limits] = field(default_factory=dict)
    sink: Callable[[Artifact], None] = lambda _: None


async def run_workload(
    tasks: Sequence[Task], provider: Provider, folder: Path, setup: Setup
) -> tuple[Outcome, AnswerCache]:
    """The outcome, and the closed cache with its counts."""
    limits = {LaneName.BULK: Limits(setup.parallel), LaneName.VERIFY: Limits(setup.verify), LaneName.EMBED: Limits(2)}
    lanes = {name: Lane(setup.limits.get(name, known)) for name, known in limits.items()}
    with AnswerCache(folder) as cache:
        asker = Asker(provider, setup.budget, setup.retries)
        engine = Engine(tasks, asker, cache, lanes, settings=setup.settings, sink=setup.sink)
        outcome = await engine.run(Plan.of(job for task in tasks for job in task.jobs()))
    return outcome, cache


def new_folder() -> Path:
    """An empty folder for a cache."""
    return Path(tempfile.mkdtemp(prefix="axon-enrich-"))


def texts(outcome: Outcome) -> dict[str, str]:
    """What was found, by job."""
    return {str(key): str(artifact.value["text"]) for key, artifact in sorted(outcome.artifacts.items())}


def subjects(keys: Iterable[object]) -> list[str]:
    """Jobs by name, sorted."""
    return sorted(map(str, keys))
