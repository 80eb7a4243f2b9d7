"""The batch lane: questions that depend on nothing go as one batch, at half the price, and are answered within hours.

What flows in: a plan, and a provider that takes batches. What flows out: their answers in the cache, where the run that
follows finds them; what a batch did not answer, or not well, that run asks as usual. So a batch changes no artifact.

A batch that was sent is written down before anything else happens: a run that ends, or is killed, while one is under
way is followed by one that collects it, and sends nothing of it again.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from axon.enrich.asking import parsed
from axon.enrich.budget import Budget, estimated_tokens
from axon.enrich.cache import Answer, AnswerCache
from axon.enrich.failures import (
    BudgetReachedError,
    EnrichError,
    LaneClosedError,
    MalformedError,
    ThrottledError,
    TransientError,
)
from axon.enrich.model import BatchProvider, JobKey, LaneName, Outcome, Request, Response, Usage
from axon.enrich.plan import Plan
from axon.enrich.schemas import check_form
from axon.enrich.task import Task, answer_key
from axon.errors import MissingSourceError

_FOLDER: Final = "batches"
_CHUNK: Final = 900  # prompts that are made, and keys that are looked up, at once
_MOST_BYTES: Final = 64 << 20  # of the prompts of a batch: both APIs take more, memory does not
_MOST_UNANSWERED: Final = 30  # looks in a row that fail


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds between two looks at a batch: the first, and the longest."""

    first: float = 2.0
    longest: float = 60.0


@dataclass(frozen=True, slots=True)
class Pending:
    """A batch that was sent: where, and the keys of its questions."""

    provider: str
    address: str
    id: str
    keys: list[str]


@dataclass(slots=True)
class _Question:
    """A question of a batch, its key and what it is expected to take."""

    job: JobKey
    request: Request
    estimate: Usage = field(default_factory=Usage)


class BatchLane:
    """Sends leaves in batches and waits for them. `notes` are for a person."""

    def __init__(
        self,
        provider: BatchProvider,
        cache: AnswerCache,
        folder: Path,
        budget: Budget,
        *,
        patience: Patience = Patience(),
    ) -> None:
        self.notes: list[str] = []
        self._provider, self._cache = provider, cache
        self._folder, self._budget, self._patience = folder / _FOLDER, budget, patience
        self._folder.mkdir(parents=True, exist_ok=True)

    async def run(
        self, plan: Plan, tasks: Mapping[str, Task], outcome: Outcome, *, model: str, most_tokens: int
    ) -> None:
        """Fill the cache with the answers of all leaves of `plan` that it lacks; what that took is in `outcome`.

        Raises:
            EnrichError: an answer, or what was sent, cannot be written down.
        """
        wanted: dict[str, _Question] = {}
        for name, question in self._leaves(plan, tasks, model, most_tokens):
            wanted.setdefault(name, question)
        try:
            for pending in self._pending():
                if not wanted.keys().isdisjoint(pending.keys):
                    await self._collect(pending, wanted, tasks, outcome)
            for part in self._parts(wanted):
                await self._collect(await self._send(part, outcome), wanted, tasks, outcome)
        except (BudgetReachedError, LaneClosedError) as error:
            outcome.stopped = str(error)
        except (TransientError, ThrottledError) as error:
            self.notes.append(f"No batch could be sent ({error}); the questions were asked one by one.")

    def _leaves(self, plan: Plan, tasks: Mapping[str, Task], model: str, most: int) -> Iterator[tuple[str, _Question]]:
        """The questions that depend on nothing and have no answer, by key."""
        jobs = [j for j in plan.jobs.values() if not j.dependencies and j.is_wanted]
        jobs = [j for j in sorted(jobs, key=lambda j: plan.rank(j.key)) if tasks[j.key.task].lane is LaneName.BULK]
        for start in range(0, len(jobs), _CHUNK):
            asked: dict[str, _Question] = {}
            for job in jobs[start : start + _CHUNK]:
                task = tasks[job.key.task]
                try:
                    prompt = task.prompt(job.key, {})
                except MissingSourceError:
                    continue  # the run that follows says so
                request = Request(str(job.key), prompt, task.schema, model, most)
                estimate = Usage(estimated_tokens(prompt.size), most)
                asked[answer_key(task, prompt, model, most)] = _Question(job.key, request, estimate)
            known = self._cache.find(list(asked))
            yield from ((key, question) for key, question in asked.items() if key not in known)

    def _parts(self, wanted: dict[str, _Question]) -> Iterator[dict[str, _Question]]:
        """What is still wanted, in parts that fit into a batch, as far as the budget goes."""
        left = list(wanted.items())
        while left:
            part: dict[str, _Question] = {}
            size = 0
            while left and len(part) < self._provider.capabilities.max_batched and size < _MOST_BYTES:
                key, question = left.pop(0)
                try:
                    self._budget.reserve(question.estimate)
                except BudgetReachedError:
                    left = []
                    break
                part[key] = question
                size += question.request.prompt.size
            if part:
                yield part

    async def _send(self, part: dict[str, _Question], outcome: Outcome) -> Pending:
        try:
            id = await self._provider.send_batch({key: question.request for key, question in part.items()})
        except BaseException:
            for question in part.values():
                self._budget.spend(question.estimate, Usage())
            raise
        pending = Pending(self._provider.name, self._provider.address, id, sorted(part))
        self._write(pending)
        outcome.requests += len(part)
        for question in part.values():
            self._budget.spend(question.estimate, Usage())
        return pending

    async def _collect(
        self, pending: Pending, wanted: dict[str, _Question], tasks: Mapping[str, Task], outcome: Outcome
    ) -> None:
        """Wait for a batch, and keep what it answered; `wanted` loses its questions."""
        try:
            answers = await self._answers_of(pending)
        except LaneClosedError as error:
            if "HTTP 404" not in str(error):
                raise
            self.notes.append(f"Batch {pending.id} is there no more; its questions are asked again.")
            self._path(pending).unlink(missing_ok=True)
            return
        n_kept = 0
        for key, said in sorted(answers.items()):
            question = wanted.pop(key, None)
            if isinstance(said, Response):
                self._budget.spend_batched(said.usage)
                outcome.usage += said.usage
                n_kept += question is not None and self._keep(key, question, said, tasks[question.job.task])
        for key in pending.keys:
            wanted.pop(key, None)
        self._cache.commit()
        self._path(pending).unlink(missing_ok=True)
        self.notes.append(f"Batch {pending.id} answered {n_kept} of {len(pending.keys)} questions.")

    def _keep(self, key: str, question: _Question, said: Response, task: Task) -> bool:
        """Whether the answer is one."""
        try:
            value = parsed(said)
            check_form(value, task.schema)
            value = task.check(question.job, value)
        except (MalformedError, MissingSourceError):
            return False
        self._cache.keep(key, Answer(value, question.request.model, said.usage))
        return True

    async def _answers_of(self, pending: Pending) -> Mapping[str, Response | str]:
        pause, n_failed = self._patience.first, 0
        while True:
            try:
                answers = await self._provider.batch_answers(pending.id)
            except (TransientError, ThrottledError, MalformedError) as error:
                n_failed += 1
                if n_failed >= _MOST_UNANSWERED:
                    raise LaneClosedError(f"nothing can be learnt of batch {pending.id}: {error}") from error
            else:
                n_failed = 0
                if answers is not None:
                    return answers
            try:
                self._budget.check_time()
            except BudgetReachedError as error:
                raise BudgetReachedError(f"Batch {pending.id} is under way. {error}") from error
            await asyncio.sleep(pause)
            pause = min(self._patience.longest, pause * 1.5)

    # --- what was sent, on disk ------------------------------------------------------------------------------------

    def _pending(self) -> list[Pending]:
        """The batches of this provider and address that nobody has collected."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                pending = Pending(**json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, TypeError):
                self.notes.append(f"{path} is damaged, and was left alone.")
                continue
            if (pending.provider, pending.address) == (self._provider.name, self._provider.address):
                found.append(pending)
        return found

    def _write(self, pending: Pending) -> None:
        path = self._path(pending)
        draft = path.with_suffix(".draft")
        try:
            draft.write_text(json.dumps(asdict(pending)), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise EnrichError(
                f"{path} cannot be written: {error.strerror}. Batch {pending.id} of {pending.provider} was sent."
            ) from error

    def _path(self, pending: Pending) -> Path:
        return self._folder / f"{pending.provider}-{''.join(c if c.isalnum() else '-' for c in pending.id)[:80]}.json"
