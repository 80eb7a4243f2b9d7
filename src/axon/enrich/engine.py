"""Runs a plan: everything that may run does, up to what its lane allows; nothing is asked that was answered before.

What flows in: tasks, a plan and somebody to ask. What flows out: an `Outcome`, and each artifact to a sink as it comes.
It does not know what tasks are about. The prompt of a job depends on artifacts alone, so the outcome does not depend on
the order in which answers come.
"""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from axon.enrich.asking import Asked, Asker
from axon.enrich.cache import Answer, AnswerCache
from axon.enrich.failures import BudgetReachedError, EnrichError, LaneClosedError, MalformedError, ProviderError
from axon.enrich.lanes import Lane
from axon.enrich.model import Artifact, Failure, JobKey, LaneName, Outcome, Prompt, Request
from axon.enrich.plan import Job, Plan
from axon.enrich.task import Task, answer_key

_ENOUGH: Final = 0.8  # share of its children with which a parent is asked about, the others marked as missing

Sink = Callable[[Artifact], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run goes about it; none of it changes what comes out."""

    model: str
    max_output_tokens: int = 2048
    overlap: bool = True  # a job runs as soon as its children are done, not when all jobs below are
    warm_up: bool = False  # the first request of each prefix goes alone, so that the provider caches the prefix
    parallel: Mapping[str, bool] = field(default_factory=dict)  # by task; False: one at a time


@dataclass(slots=True)
class _Ready:
    """A job whose artifacts are there and whose answer is not known."""

    job: Job
    prompt: Prompt
    key: str


class Engine:
    """One run. `sink` gets every artifact once, cached ones too."""

    def __init__(
        self,
        tasks: Iterable[Task],
        asker: Asker,
        cache: AnswerCache,
        lanes: Mapping[LaneName, Lane],
        *,
        settings: Settings,
        sink: Sink = lambda _: None,
    ) -> None:
        self.outcome = Outcome()
        self._tasks = {task.name: task for task in tasks}
        self._asker, self._cache, self._lanes, self._settings = asker, cache, lanes, settings
        self._sink = sink
        self._plan = Plan()
        self._open: dict[JobKey, int] = {}  # job -> dependencies that are not decided yet
        self._queues: dict[LaneName, list[tuple[tuple[int, float, JobKey], _Ready]]] = {name: [] for name in LaneName}
        self._running: dict[asyncio.Task[Artifact], _Ready] = {}
        self._warm: set[str] = set()
        self._warming: set[str] = set()

    async def run(self, plan: Plan) -> Outcome:
        """Ask until nothing is left that can be asked; what earlier runs of this engine found is there for this one.

        Raises:
            EnrichError: an answer could not be kept.
        """
        self._plan = plan
        self._open = {key: len(job.dependencies) for key, job in plan.jobs.items()}
        try:
            self._take_up([key for key, n_open in self._open.items() if not n_open])
            while self._dispatch():
                done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                decided = [key for task in sorted(done, key=self._place) if (key := self._settle(task)) is not None]
                self._take_up(self._freed(decided))
        finally:
            await self._give_up()
            self._cache.commit()
        self.outcome.waiting |= plan.jobs.keys() - self.outcome.artifacts.keys() - self.outcome.failures.keys()
        return self.outcome

    # --- what may run ----------------------------------------------------------------------------------------------

    def _take_up(self, keys: list[JobKey]) -> None:
        """Answer what the cache knows, and what that makes ready, and so on; queue the rest."""
        while keys:
            ready = [found for key in sorted(keys, key=self._plan.rank) if (found := self._prepared(key)) is not None]
            known = self._cache.find([item.key for item in ready])
            decided = []
            for item in ready:
                if (answer := known.get(item.key)) is None:
                    lane = self._tasks[item.job.key.task].lane
                    heapq.heappush(self._queues[lane], (self._plan.rank(item.job.key), item))
                else:
                    self._accept(Artifact(item.job.key, answer.value, item.key, answer.model, is_cached=True))
                    decided.append(item.job.key)
            keys = self._freed(decided)

    def _prepared(self, key: JobKey) -> _Ready | None:
        """The question, if enough of what it depends on is there."""
        job, task = self._plan.jobs[key], self._tasks[key.task]
        artifacts = {dependency: self.outcome.artifacts.get(dependency) for dependency in job.dependencies}
        n_there = sum(artifact is not None for artifact in artifacts.values())
        if n_there < _ENOUGH * len(artifacts):
            return None
        prompt = task.prompt(key, artifacts)
        return _Ready(job, prompt, answer_key(task, prompt, self._settings.model, self._settings.max_output_tokens))

    def _freed(self, decided: Iterable[JobKey]) -> list[JobKey]:
        """Jobs of which the last open dependency was decided."""
        freed = []
        for key in decided:
            for dependent in self._plan.dependents.get(key, ()):
                self._open[dependent] -= 1
                if not self._open[dependent]:
                    freed.append(dependent)
        return freed

    # --- what runs -------------------------------------------------------------------------------------------------

    def _dispatch(self) -> bool:
        """Start what may start; whether anything runs."""
        if not self.outcome.stopped:
            for name, queue in self._queues.items():
                self._start_from(queue, self._lanes[name].limits.parallel, name)
        return bool(self._running)

    def _start_from(self, queue: list[tuple[tuple[int, float, JobKey], _Ready]], parallel: int, name: LaneName) -> None:
        lane_runs = [item for item in self._running.values() if self._tasks[item.job.key.task].lane is name]
        held = []
        n_running = len(lane_runs)
        while queue and n_running < parallel:
            rank, item = heapq.heappop(queue)
            if self._must_wait(item, lane_runs):
                held.append((rank, item))
                continue
            self._running[asyncio.ensure_future(self._answered(item))] = item
            lane_runs.append(item)
            n_running += 1
        for entry in held:
            heapq.heappush(queue, entry)

    def _must_wait(self, item: _Ready, lane_runs: list[_Ready]) -> bool:
        """Whether a setting holds it back: one at a time, level by level, or until its prefix is cached."""
        task = item.job.key.task
        if not self._settings.parallel.get(task, True) and any(other.job.key.task == task for other in lane_runs):
            return True
        if not self._settings.overlap:
            mine = self._plan.height[item.job.key]
            if any(self._plan.height[other.job.key] > mine for other in lane_runs):
                return True
        if not self._settings.warm_up or item.prompt.prefix in self._warm:
            return False
        if item.prompt.prefix in self._warming:
            return True
        self._warming.add(item.prompt.prefix)
        return False

    async def _answered(self, item: _Ready) -> Artifact:
        key, task = item.job.key, self._tasks[item.job.key.task]
        asked = Asked(
            Request(str(key), item.prompt, task.schema, self._settings.model, self._settings.max_output_tokens)
        )
        try:
            value = await self._asker.ask(asked, self._lanes[task.lane], lambda value: task.check(key, value))
        finally:
            self.outcome.requests += asked.requests
            self.outcome.throttled += asked.throttled
            self.outcome.usage += asked.used
            self._warm.add(item.prompt.prefix)
        self._cache.keep(item.key, Answer(value, self._settings.model, asked.used))
        return Artifact(key, value, item.key, self._settings.model, asked.used)

    def _settle(self, task: "asyncio.Task[Artifact]") -> JobKey | None:
        """Take in how a question ended; its key where that decides it."""
        item = self._running.pop(task)
        key = item.job.key
        try:
            self._accept(task.result())
        except BudgetReachedError as error:
            self.outcome.stopped = self.outcome.stopped or str(error)
            return None
        except EnrichError:
            raise
        except LaneClosedError as error:
            self.outcome.stopped = self.outcome.stopped or f"The {self._tasks[key.task].lane} lane was closed: {error}."
            return None
        except (ProviderError, MalformedError) as error:
            self.outcome.failures[key] = Failure(key, str(error))
        return key

    def _accept(self, artifact: Artifact) -> None:
        self.outcome.artifacts[artifact.job] = artifact
        self._sink(artifact)

    def _place(self, task: "asyncio.Task[Artifact]") -> tuple[int, float, JobKey]:
        return self._plan.rank(self._running[task].job.key)

    async def _give_up(self) -> None:
        """Of what still runs: its answers are not waited for."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()
