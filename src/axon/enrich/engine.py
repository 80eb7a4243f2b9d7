"""Runs a plan: everything that may run does, up to what its lane allows; nothing is asked that was answered before.

What flows in: tasks, a plan and somebody to ask. What flows out: an `Outcome`, and each artifact to a sink as it comes.
It does not know what tasks are about. The prompt of a job depends on artifacts alone, so the outcome does not depend on
the order in which answers come.
"""

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from axon.enrich.asking import Asked, Asker
from axon.enrich.cache import Answer, AnswerCache
from axon.enrich.failures import BudgetReachedError, EnrichError, LaneClosedError, MalformedError, ProviderError
from axon.enrich.lanes import Lane
from axon.enrich.model import ENOUGH, Artifact, Failure, JobKey, LaneName, Outcome, Prompt, Request, Value
from axon.enrich.plan import Job, Plan
from axon.enrich.repeats import Repeats, prose_in
from axon.enrich.task import Task, answer_key
from axon.errors import MissingSourceError

_FRONTIER: Final = 900
"""Questions whose prompts are made at once, and looked up by one read of the cache: so many, not all, are in memory."""

_HOPELESS: Final = 20
"""Questions that failed one after the other: then no more are asked, for the model is to blame, not they."""

_Rank = tuple[int, float, JobKey]

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
    n_requests: int = 0


class Engine:
    """One run. `sink` gets every artifact once, cached ones too.

    `on_done` gets the name of each task of a plan when all of its questions are decided.
    """

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
        self.on_done: Callable[[str], None] = lambda _: None
        self._plan = Plan()
        self._undecided: Counter[str] = Counter()  # jobs by task
        self._open: dict[JobKey, int] = {}  # job -> dependencies that are not decided yet
        self._free: dict[LaneName, list[_Rank]] = {name: [] for name in LaneName}  # heaps: may run, no prompt yet
        self._queues: dict[LaneName, list[tuple[_Rank, _Ready]]] = {name: [] for name in LaneName}
        self._running: dict[asyncio.Task[Artifact], _Ready] = {}
        self._warm: set[str] = set()
        self._warming: set[str] = set()
        self._followers: dict[
            str, list[JobKey]
        ] = {}  # by the key of a question that is queued or runs: who asks the same
        self._repeats = Repeats()
        self._failed_in_a_row = 0
        self._left_out: set[JobKey] = set()

    async def run(self, plan: Plan) -> Outcome:
        """Ask until nothing is left that can be asked; what earlier runs of this engine found is there for this one.

        Raises:
            EnrichError: an answer could not be kept.
        """
        self._plan = plan
        self._undecided = Counter(key.task for key in plan.jobs)
        self._open = {key: len(job.dependencies) for key, job in plan.jobs.items()}
        try:
            self._free_up(key for key, n_open in self._open.items() if not n_open)
            while self._dispatch():
                done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                for task in sorted(done, key=self._place):
                    self._settle(task)
        finally:
            await self._give_up()
            self._drop_worthless()
            self._cache.commit()
        decided = self.outcome.artifacts.keys() | self.outcome.failures.keys() | self._left_out
        self.outcome.waiting |= plan.jobs.keys() - decided
        return self.outcome

    @property
    def planned(self) -> int:
        """Questions of the plan that is run."""
        return len(self._plan.jobs)

    @property
    def under_way(self) -> int:
        """Questions that are being asked."""
        return len(self._running)

    # --- what may run ----------------------------------------------------------------------------------------------

    def _free_up(self, keys: Iterable[JobKey]) -> None:
        """Of these all that they depend on is decided."""
        for key in keys:
            heapq.heappush(self._free[self._tasks[key.task].lane], self._plan.rank(key))

    def _decided(self, key: JobKey) -> None:
        """It has its answer, or has none: what waited for it alone may run."""
        for dependent in self._plan.dependents.get(key, ()):
            self._open[dependent] -= 1
            if not self._open[dependent]:
                self._free_up((dependent,))
        self._undecided[key.task] -= 1
        if not self._undecided[key.task]:
            self.on_done(key.task)

    def _prepare(self, name: LaneName) -> None:
        """Make prompts of the next questions of a lane; answer those that the cache knows, queue the others."""
        free, queue = self._free[name], self._queues[name]
        chunk = [heapq.heappop(free)[-1] for _ in range(min(_FRONTIER, len(free)))]
        ready = [found for key in chunk if (found := self._prepared(key)) is not None]
        known = self._cache.find([item.key for item in ready])
        for item in ready:
            if (answer := known.get(item.key)) is not None:
                self._accept(Artifact(item.job.key, answer.value, item.key, answer.model, is_cached=True))
            elif not item.job.is_wanted:
                self._leave_out(item.job.key)
            elif item.key in self._followers:
                self._followers[item.key].append(item.job.key)
            else:
                self._followers[item.key] = []
                heapq.heappush(queue, (self._plan.rank(item.job.key), item))

    def _prepared(self, key: JobKey) -> _Ready | None:
        """The question, if enough of what it depends on is there."""
        job, task = self._plan.jobs[key], self._tasks[key.task]
        artifacts = {dependency: self.outcome.artifacts.get(dependency) for dependency in job.dependencies}
        n_there = sum(artifact is not None for artifact in artifacts.values())
        if n_there < ENOUGH * len(artifacts) and all(a or d in self._left_out for d, a in artifacts.items()):
            self._leave_out(key)
        if n_there < ENOUGH * len(artifacts):
            return None
        try:
            prompt = task.prompt(key, artifacts)
        except MissingSourceError as error:
            self.outcome.failures[key] = Failure(key, str(error))
            self._decided(key)
            return None
        return _Ready(job, prompt, answer_key(task, prompt, self._settings.model, self._settings.max_output_tokens))

    def _leave_out(self, key: JobKey) -> None:
        """It is not asked about in this run: it is no failure, and nothing waits for it."""
        self._left_out.add(key)
        self._decided(key)

    # --- what runs -------------------------------------------------------------------------------------------------

    def _dispatch(self) -> bool:
        """Start what may start; whether anything runs."""
        while not self.outcome.stopped:
            for name, queue in self._queues.items():
                self._start_from(queue, self._lanes[name].limits.parallel, name)
            wanting = [name for name in LaneName if self._wants(name)]
            if not wanting:
                break
            for name in wanting:
                self._prepare(name)
        return bool(self._running)

    def _wants(self, name: LaneName) -> bool:
        """Whether prompts are to be made: the queue is nearly empty, or what was freed since comes before all in it."""
        free, queue = self._free[name], self._queues[name]
        parallel = self._lanes[name].limits.parallel
        is_idle = sum(self._tasks[item.job.key.task].lane is name for item in self._running.values()) < parallel
        return bool(free) and (is_idle or len(queue) < parallel or free[0] < queue[0][0])

    def _start_from(self, queue: list[tuple[_Rank, _Ready]], parallel: int, name: LaneName) -> None:
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
            value = await self._asker.ask(asked, self._lanes[task.lane], lambda value: self._checked(item, value))
        finally:
            item.n_requests = asked.requests
            self.outcome.requests += asked.requests
            self.outcome.throttled += asked.throttled
            self.outcome.usage += asked.used
            self._warm.add(item.prompt.prefix)
        self._cache.keep(item.key, Answer(value, self._settings.model, asked.used))
        return Artifact(key, value, item.key, self._settings.model, asked.used)

    def _settle(self, task: "asyncio.Task[Artifact]") -> None:
        """Take in how a question ended."""
        item = self._running.pop(task)
        key, followers = item.job.key, self._followers.pop(item.key)
        try:
            artifact = task.result()
            self._failed_in_a_row = 0
            for job in (key, *followers):
                self._accept(replace(artifact, job=job, is_cached=job is not key))
        except BudgetReachedError as error:
            self.outcome.stopped = self.outcome.stopped or str(error)
        except EnrichError:
            raise
        except LaneClosedError as error:
            self.outcome.stopped = self.outcome.stopped or f"The {self._tasks[key.task].lane} lane was closed: {error}."
        except (ProviderError, MalformedError, MissingSourceError) as error:
            for job in (key, *followers):
                self.outcome.failures[job] = Failure(job, str(error), item.n_requests)
                self._decided(job)
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= _HOPELESS:
                self.outcome.stopped = f"{_HOPELESS} questions in a row have no answer; the last: {error}."

    def _checked(self, item: _Ready, value: Value) -> Value:
        task = self._tasks[item.job.key.task]
        kept = task.check(item.job.key, value)
        if prose := prose_in(kept, task.prose):
            self._repeats.check(task.name, prose)
        return kept

    def _drop_worthless(self) -> None:
        """What a model said of everything is no answer to any question: it is neither kept nor remembered."""
        dropped = dict(self._repeats.worthless())
        for job in self.outcome.artifacts.keys() & dropped.keys():
            del self.outcome.artifacts[job]
            self.outcome.retracted.add(job)
            self.outcome.failures[job] = Failure(job, "the model gave the same text for many nodes", 1)
        self._cache.forget(dropped.values())

    def _accept(self, artifact: Artifact) -> None:
        self.outcome.artifacts[artifact.job] = artifact
        self.outcome.failures.pop(artifact.job, None)  # of an earlier level of the hierarchy
        if prose := prose_in(artifact.value, self._tasks[artifact.job.task].prose):
            self._repeats.add(artifact, prose)
        self._sink(artifact)
        self._decided(artifact.job)

    def _place(self, task: "asyncio.Task[Artifact]") -> _Rank:
        return self._plan.rank(self._running[task].job.key)

    async def _give_up(self) -> None:
        """Of what still runs: its answers are not waited for."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()
