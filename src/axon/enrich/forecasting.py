"""What a run of enrich would ask, before anything is sent.

What flows in: what is to be asked, and the answers that are known. What flows out: counts by task. A job is looked at
after those that it depends on, as a run does, so that what is known up to the last level is known here as well.
"""

from dataclasses import dataclass
from typing import Final, cast

from axon.enrich.budget import Price, estimated_tokens, price_of
from axon.enrich.cache import AnswerCache
from axon.enrich.model import ENOUGH, Artifact, JobKey, LaneName, Prompt, Usage
from axon.enrich.plan import Job, Plan
from axon.enrich.run import MOST_LEVELS, Ask, hierarchy_in
from axon.enrich.task import Task, answer_key
from axon.enrich.tasks import SIBLINGS, TAXONOMY
from axon.enrich.tasks.siblings import Task as Siblings
from axon.enrich.tasks.taxonomy import Task as Taxonomy
from axon.errors import MissingSourceError

_CHUNK: Final = 900  # prompts that are made at once
_EXPECTED_OUTPUT: Final = 300  # tokens of an answer, for an estimate before anything is asked


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a task would take: nodes, those of them whose question is known or asked for another, tokens of the rest.

    Whatever depends on what is not known yet is counted with an empty answer in its place. `is_open` tells that answers
    which are not known yet bring up further questions.
    """

    task: str
    nodes: int
    hits: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    is_open: bool = False


@dataclass(slots=True)
class _Tally:
    nodes: int = 0
    hits: int = 0
    input_tokens: int = 0
    is_open: bool = False

    @property
    def left(self) -> int:
        """How many have no answer."""
        return self.nodes - self.hits

    def row(self, task: str, price: Price | None) -> Forecast:
        """The same for a person."""
        usage = Usage(self.input_tokens, _EXPECTED_OUTPUT * self.left)
        cost = price.of(usage) if price else None
        return Forecast(task, self.nodes, self.hits, usage.input_tokens, usage.output_tokens, cost, self.is_open)


def forecast(ask: Ask) -> list[Forecast]:
    """What a run would take, by task; nothing is sent."""
    with AnswerCache(ask.cache) as cache:
        return _Forecasting(ask, cache).rows()


class _Forecasting:
    """One forecast."""

    def __init__(self, ask: Ask, cache: AnswerCache) -> None:
        self._ask, self._cache = ask, cache
        self._model = ask.settings.model_for(ask.provider)
        self._known: dict[JobKey, Artifact] = {}
        self._tallies: dict[str, _Tally] = {}
        self._there: set[JobKey] = set()  # what is known or would be asked
        self._asked: set[str] = set()  # a question that several nodes have is asked once

    def rows(self) -> list[Forecast]:
        """By task, the siblings of the hierarchy behind it."""
        ask = self._ask
        tasks = ask.catalogue.open(ask.tasks, ask.subjects, ask.groups)
        self._tallies = {task.name: _Tally() for task in tasks}
        plan = Plan.of(job for task in tasks for job in task.jobs())
        if ask.keys is not None:
            plan.ask_only(ask.keys)
        self._count({task.name: task for task in tasks}, plan)
        taxonomy = next((task for task in tasks if isinstance(task, Taxonomy)), None)
        if taxonomy is not None:
            self._climb(taxonomy)
        price = price_of(self._model)
        return [tally.row(task, price) for task, tally in self._tallies.items()]

    def _climb(self, taxonomy: Taxonomy) -> None:
        """The levels of the hierarchy as far as their answers are known, and then the siblings."""
        tally = self._tallies[TAXONOMY]
        for _ in range(MOST_LEVELS):
            if tally.left or not taxonomy.climb(self._known.values()):
                break
            self._count({TAXONOMY: taxonomy}, Plan.of(taxonomy.jobs()))
        tally.is_open = bool(tally.left)
        if not tally.is_open:
            siblings = cast("Siblings", self._ask.catalogue.opened(SIBLINGS, self._ask.subjects, self._ask.groups))
            siblings.of(hierarchy_in(self._known.values()).children())
            self._tallies[SIBLINGS] = _Tally()
            self._count({SIBLINGS: siblings}, Plan.of(siblings.jobs()))

    def _count(self, tasks: dict[str, Task], plan: Plan) -> None:
        waiting: dict[JobKey, Job] = {}
        for key, job in plan.jobs.items():
            if len(waiting) >= _CHUNK or any(dependency in waiting for dependency in job.dependencies):
                self._look_up(tasks, waiting)
                waiting = {}
            waiting[key] = job
        self._look_up(tasks, waiting)

    def _look_up(self, tasks: dict[str, Task], jobs: dict[JobKey, Job]) -> None:
        """Count jobs of which none depends on another."""
        prompts = {key: prompt for key, job in jobs.items() if (prompt := self._prompt(tasks[key.task], job))}
        most = self._ask.settings.max_output_tokens
        keys = {key: answer_key(tasks[key.task], prompt, self._model, most) for key, prompt in prompts.items()}
        answers = self._cache.find(list(keys.values()))
        for key, digest in keys.items():
            answer, tally = answers.get(digest), self._tallies[key.task]
            is_hit = answer is not None or digest in self._asked
            if answer is not None:
                self._known[key] = Artifact(key, answer.value, digest, answer.model, is_cached=True)
            elif not jobs[key].is_wanted:
                continue
            elif not is_hit:
                self._asked.add(digest)
                tally.input_tokens += estimated_tokens(prompts[key].size)
            self._there.add(key)
            tally.nodes += 1
            tally.hits += is_hit

    def _prompt(self, task: Task, job: Job) -> Prompt | None:
        """What would be asked; None where too little of what it depends on is wanted, or where that cannot be said: of
        claims that are not known yet, or a lost source."""
        artifacts = {dependency: self._known.get(dependency) for dependency in job.dependencies}
        if sum(dependency in self._there for dependency in job.dependencies) < ENOUGH * len(job.dependencies):
            return None
        if task.lane is LaneName.VERIFY and not all(artifacts.values()):
            self._tallies[task.name].is_open = True
            return None
        try:
            return task.prompt(job.key, artifacts)
        except MissingSourceError:
            return None
