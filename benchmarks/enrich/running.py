"""A workload, run once by the real engine."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from axon.enrich.asking import Asker, Retries
from axon.enrich.budget import Budget
from axon.enrich.cache import AnswerCache
from axon.enrich.embedding import ArrayAsker, EmbeddingBeside
from axon.enrich.engine import Engine, Settings
from axon.enrich.lanes import Lane, Limits
from axon.enrich.model import Artifact, LaneName, Outcome, Provider
from axon.enrich.plan import Plan
from axon.enrich.task import Task
from axon.model.artifacts import Written
from axon.model.kinds import NodeKind


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
    embedded: str = ""
    """The task whose artifacts are embedded while others run; '' embeds none."""


async def run_workload(
    tasks: Sequence[Task], provider: Provider, folder: Path, setup: Setup
) -> tuple[Outcome, AnswerCache]:
    """The outcome, and the closed cache with its counts."""
    limits = {LaneName.BULK: Limits(setup.parallel), LaneName.VERIFY: Limits(setup.verify), LaneName.EMBED: Limits(2)}
    lanes = {name: Lane(setup.limits.get(name, known)) for name, known in limits.items()}
    with AnswerCache(folder) as cache:
        asker = Asker(provider, setup.budget, setup.retries)
        arrays = ArrayAsker(provider, lanes[LaneName.EMBED], setup.budget, "small", setup.retries)

        def written(_: str | None) -> list[Written]:
            mine = (artifact for key, artifact in engine.outcome.artifacts.items() if key.task == setup.embedded)
            return [Written(a.job.task, a.job.node, NodeKind.SUMMARY, str(a.value["text"]), "m") for a in mine]

        beside = EmbeddingBeside(arrays, folder / "vectors", name="small", written=written)
        engine = Engine(tasks, asker, cache, lanes, settings=setup.settings, sink=setup.sink)
        engine.on_done = lambda task: beside.begin(task) if task == setup.embedded else None
        outcome = await engine.run(Plan.of(job for task in tasks for job in task.jobs()))
        if setup.embedded:
            outcome.embedded = await beside.finish()
    return outcome, cache


def texts(outcome: Outcome) -> dict[str, str]:
    """What was found, by job."""
    return {str(key): str(artifact.value["text"]) for key, artifact in sorted(outcome.artifacts.items())}


def subjects(keys: Iterable[object]) -> list[str]:
    """Jobs by name, sorted."""
    return sorted(map(str, keys))
