"""The batch lane over a socket, against the protocols of both APIs: the same artifacts, sent once, collected later."""

import asyncio
import json
from pathlib import Path

import pytest

from axon.enrich.batches import BatchLane, Patience
from axon.enrich.budget import Budget, Price
from axon.enrich.cache import AnswerCache
from axon.enrich.model import JobKey, Outcome
from axon.enrich.plan import Plan
from axon.enrich.providers import open_provider
from axon.enrich.providers.simulated import Simulated
from benchmarks.enrich.batch_api import Batches
from benchmarks.enrich.running import Setup, run_workload, texts
from benchmarks.enrich.server import Api, serving
from benchmarks.enrich.workloads import Questions, text_of

APIS = pytest.mark.parametrize("name", ["anthropic", "openai"])


def questions() -> list[Questions]:
    """Twenty files and the folder that they are in."""
    files = {f"file{i}": f"content {i}" for i in range(20)}
    return [Questions("file", files), Questions("folder", {"all": "all"}, {"all": [JobKey("file", f) for f in files]})]


def batched(folder: Path, api: Api, name: str, budget: Budget | None = None) -> tuple[Outcome, list[str]]:
    """A run whose leaves go in a batch, with what it has to say."""
    tasks = questions()

    async def main() -> tuple[Outcome, list[str]]:
        async with serving(api) as url:
            provider = open_provider(name, {"base_url": url, "api_key": "k"})
            provider.address = "here"  # type: ignore[attr-defined]  the port is another one each time
            plan, found = Plan.of(job for task in tasks for job in task.jobs()), Outcome()
            limits = budget or Budget()
            with AnswerCache(folder) as cache:
                lane = BatchLane(provider, cache, folder, limits, patience=Patience(0.01, 0.02))  # type: ignore[arg-type]
                await lane.run(plan, {t.name: t for t in tasks}, found, model="simulated", most_tokens=2048)
            if not found.stopped:
                outcome, _ = await run_workload(tasks, provider, folder, Setup(budget=limits))
                outcome.requests += found.requests
                found = outcome
            await provider.close()
            return found, lane.notes

    return asyncio.run(main())


def ordinary(folder: Path) -> dict[str, str]:
    return texts(asyncio.run(run_workload(questions(), Simulated(answer=text_of), folder, Setup()))[0])


@APIS
def test_leaves_go_as_one_batch(tmp_path: Path, name: str) -> None:
    """One batch of twenty, one ordinary request for what depends on them, and the same artifacts as without."""
    api = Api(answer=text_of, batches=Batches(looks=2))
    budget = Budget(price=Price(1.0, 2.0))
    outcome, notes = batched(tmp_path / "batch", api, name, budget)
    assert [len(rows) for rows in api.batches.sent.values()] == [20]
    assert (api.requests, outcome.requests, outcome.is_complete) == (1, 21, True)
    assert texts(outcome) == ordinary(tmp_path / "plain")
    assert notes == [f"Batch {next(iter(api.batches.sent))} answered 20 of 20 questions."]
    assert budget.batched.output_tokens > 0
    full = budget.price.of(budget.usage) + budget.price.of(budget.batched)
    assert budget.cost == pytest.approx(full - budget.price.of(budget.batched) / 2)


@APIS
@pytest.mark.parametrize("fault", ["failed", "truncated", "invalid", "refusal", "cut"])
def test_what_a_batch_leaves_open_is_asked_as_usual(tmp_path: Path, name: str, fault: str) -> None:
    """Whatever happened to single questions, the artifacts are the same in the end."""
    api = Api(answer=text_of, shares={fault: 0.3}, seed=2)
    outcome, _ = batched(tmp_path / "batch", api, name)
    assert outcome.is_complete
    assert 1 < api.requests < 21
    assert texts(outcome) == ordinary(tmp_path / "plain")


@APIS
def test_a_batch_under_way_is_collected_by_the_next_run(tmp_path: Path, name: str) -> None:
    """A run that may not wait says so; the next one takes what was paid for, and sends nothing again."""
    api = Api(answer=text_of, batches=Batches(looks=10**9))
    outcome, _ = batched(tmp_path, api, name, Budget(max_minutes=0.001))
    assert "is under way. --max-minutes" in outcome.stopped
    (record,) = (tmp_path / "batches").glob("*.json")
    assert len(json.loads(record.read_text())["keys"]) == 20
    api.batches.looks = 0
    outcome, _ = batched(tmp_path, api, name)
    assert (len(api.batches.sent), outcome.is_complete, outcome.requests) == (1, True, 1)
    assert list((tmp_path / "batches").glob("*.json")) == []


@APIS
def test_a_batch_that_is_forgotten_is_sent_again(tmp_path: Path, name: str) -> None:
    """Results are kept for a month; what is gone after that is told, and asked again."""
    api = Api(answer=text_of, batches=Batches(looks=10**9))
    batched(tmp_path, api, name, Budget(max_minutes=0.001))
    again = Api(answer=text_of, batches=Batches(looks=0))
    outcome, notes = batched(tmp_path, again, name)
    assert "is there no more" in notes[0]
    assert (len(again.batches.sent), outcome.is_complete) == (1, True)


def test_a_batch_stays_within_the_budget(tmp_path: Path) -> None:
    """Requests of a batch count as others do: what is too much is not sent, and a later run goes on."""
    api = Api(answer=text_of)
    outcome, _ = batched(tmp_path, api, "openai", Budget(max_calls=7))
    assert [len(rows) for rows in api.batches.sent.values()] == [7]
    assert "--max-calls 7 is reached" in outcome.stopped
    outcome, _ = batched(tmp_path, api, "openai")
    assert [len(rows) for rows in api.batches.sent.values()] == [7, 13]
    assert outcome.is_complete


def test_a_wrong_key_stops_it(tmp_path: Path) -> None:
    """Nothing is sent one by one with a key that is refused."""
    outcome, _ = batched(tmp_path, Api(key="right"), "anthropic")
    assert "401" in outcome.stopped
    assert outcome.requests == 0


def test_a_record_that_is_damaged_is_left_alone(tmp_path: Path) -> None:
    """It is named, and the batch is sent."""
    (tmp_path / "batches").mkdir(parents=True)
    (tmp_path / "batches/openai-x.json").write_text("{")
    outcome, notes = batched(tmp_path, Api(answer=text_of), "openai")
    assert outcome.is_complete
    assert "openai-x.json is damaged" in notes[0]
