"""The engine over graphs of known cost, in virtual time: the figures are exact and no clock is looked at."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from axon.enrich.asking import Retries
from axon.enrich.budget import Budget, Price
from axon.enrich.cache import AnswerCache
from axon.enrich.engine import Settings
from axon.enrich.model import JobKey, Outcome
from axon.enrich.plan import Job, Plan
from axon.enrich.providers.simulated import Faults, Simulated
from benchmarks.enrich.running import Setup, run_workload, texts
from benchmarks.enrich.virtual_time import run
from benchmarks.enrich.workloads import Questions, functions, seconds_of, summaries, summaries_and_sheets, text_of

FAULTS = Faults(throttled=0.05, failed=0.05, malformed=0.03, hanging=0.01)
CALM = Faults()
SEQUENTIAL = 700.0


def model(faults: Faults = CALM, seed: int = 0) -> Simulated:
    return Simulated(seconds=seconds_of, answer=text_of, faults=faults, seed=seed)


def done(
    tasks: Sequence[Questions], folder: Path, provider: Simulated | None = None, setup: Setup | None = None
) -> tuple[Outcome, AnswerCache, float]:
    """The outcome, the cache with its counts, and the virtual seconds."""
    (outcome, cache), seconds = run(run_workload(tasks, provider or model(), folder, setup or Setup()))
    return outcome, cache, seconds


@pytest.mark.parametrize(("parallel", "most"), [(10, 84), (20, 52)])
def test_folders_run_as_soon_as_their_children_are_done(tmp_path: Path, parallel: int, most: float) -> None:
    """200 files of 3 s and 50 folders of 2 s: 250 requests, and no level waits for the one below."""
    provider = model()
    outcome, _, seconds = done(summaries(), tmp_path, provider, Setup(parallel=parallel))
    assert (provider.requests, len(outcome.artifacts), outcome.is_complete) == (250, 250, True)
    assert seconds <= most


def test_files_alone_take_what_they_must(tmp_path: Path) -> None:
    """Ten at a time, 200 questions of 3 s take 60 s."""
    assert done(summaries()[:1], tmp_path)[2] == pytest.approx(60)


def test_a_sequential_run_takes_the_sum(tmp_path: Path) -> None:
    """One at a time is the reference, and gives the same artifacts, byte for byte."""
    alone, _, seconds = done(summaries(), tmp_path / "one", setup=Setup(parallel=1))
    together = done(summaries(), tmp_path / "ten")[0]
    assert seconds == pytest.approx(SEQUENTIAL)
    assert texts(alone) == texts(together)


def test_nothing_is_asked_twice(tmp_path: Path) -> None:
    """The same graph again costs no request."""
    first = done(summaries(), tmp_path)[0]
    provider = model()
    again, _, seconds = done(summaries(), tmp_path, provider)
    assert (provider.requests, seconds, again.hits) == (0, 0, 250)
    assert texts(again) == texts(first)


def test_an_edit_costs_what_it_affects(tmp_path: Path) -> None:
    """A tenth of the files: they and the folders above them, at most."""
    done(summaries(), tmp_path)
    provider = model()
    _, _, seconds = done(summaries(edited=range(0, 200, 10)), tmp_path, provider)
    assert provider.requests <= 53
    assert seconds <= 28


def test_a_summary_that_comes_out_equal_stops_the_climb(tmp_path: Path) -> None:
    """An edit that changes no summary asks about the edited file alone."""
    plain = Simulated(seconds=seconds_of, answer=lambda request: {"text": request.subject})
    done(summaries(), tmp_path, plain)
    again = Simulated(seconds=seconds_of, answer=lambda request: {"text": request.subject})
    done(summaries(edited=[17]), tmp_path, again)
    assert list(again.asked) == ["file of file17"]


def test_faults_cost_little_and_lose_nothing(tmp_path: Path) -> None:
    """5 % 429, 5 % 500, 3 % malformed, 1 % hang, over five seeds: nothing fails, and it is five times as fast."""
    expected = texts(done(summaries(), tmp_path / "calm")[0])
    requests, took = 0, 0.0
    for seed in range(5):
        provider = model(FAULTS, seed)
        setup = Setup(retries=Retries(timeout=10.0))
        outcome, _, seconds = done(summaries(), tmp_path / str(seed), provider, setup)
        assert texts(outcome) == expected
        requests, took = requests + provider.requests, took + seconds
    assert requests <= 1.2 * 5 * 250
    assert took <= 5 * SEQUENTIAL / 5


def test_a_lane_finds_how_much_a_provider_takes(tmp_path: Path) -> None:
    """20 workers, and a provider that allows 8 connections: nothing fails, and few are refused."""
    provider = model(Faults(connections=8))
    outcome, _, _ = done(summaries(), tmp_path, provider, Setup(parallel=20))
    assert (len(outcome.artifacts), outcome.is_complete) == (250, True)
    assert provider.refused <= 0.15 * provider.requests


def test_stages_overlap_and_the_database_is_asked_little(tmp_path: Path) -> None:
    """100 summaries, then an outline, ten sheets and the vectors of all summaries beside each other: 26 s.

    One request embeds; there is a read for each wave and a commit for each 32 answers.
    """
    provider = Simulated(seconds=seconds_of, answer=text_of, embed_seconds=0.5)
    outcome, cache, seconds = done(summaries_and_sheets(), tmp_path, provider, Setup(embedded="item"))
    assert seconds == pytest.approx(26)
    assert (len(outcome.artifacts), cache.reads, cache.commits) == (111, 2, 4)
    assert (provider.embed_requests, outcome.embedded.n_embedded) == (1, 100)


def test_functions_again_and_edited(tmp_path: Path) -> None:
    """400 functions of 6 s by four workers: 600 s; again nothing; after an edit one."""
    setup = Setup(parallel=4)
    assert done(functions(), tmp_path, setup=setup)[2] == pytest.approx(600)
    again, edited = model(), model()
    done(functions(), tmp_path, again, setup)
    done(functions(edited=7), tmp_path, edited, setup)
    assert (again.requests, list(edited.asked)) == (0, ["function of f7"])


def test_what_was_paid_for_is_not_asked_again(tmp_path: Path) -> None:
    """A process that vanishes after 30 s: the next one asks for the rest alone."""
    first = model()

    async def killed() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await run_workload(summaries(), first, tmp_path, Setup())

    run(killed())
    second = model()
    outcome = done(summaries(), tmp_path, second)[0]
    assert sum(first.asked.values()) + sum(second.asked.values()) == 250
    assert len(outcome.artifacts) == 250


@pytest.mark.parametrize(
    "settings",
    [
        Settings("simulated", overlap=False),
        Settings("simulated", warm_up=True),
        Settings("simulated", parallel={"file": False}),
        Settings("simulated", parallel={"folder": False}, overlap=False, warm_up=True),
    ],
)
def test_no_setting_changes_what_comes_out(tmp_path: Path, settings: Settings) -> None:
    """Each optimisation can be turned off alone; artifacts are the same, byte for byte."""
    expected = texts(done(summaries(), tmp_path / "all")[0])
    outcome = done(summaries(), tmp_path / "some", setup=Setup(settings=settings))[0]
    assert texts(outcome) == expected


@pytest.mark.parametrize(
    ("budget", "n_asked"),
    [(Budget(max_calls=40), 40), (Budget(max_minutes=0.5), 110), (Budget(max_cost=2.5, price=Price(0, 100.0)), 110)],
)
def test_a_run_stops_at_its_limit(tmp_path: Path, budget: Budget, n_asked: int) -> None:
    """Calls, minutes and money are checked before each request; what was done is kept."""
    provider = model()
    outcome = done(summaries(), tmp_path, provider, Setup(budget=budget))[0]
    assert provider.requests <= n_asked
    assert outcome.artifacts
    assert "Run it again" in outcome.stopped
    assert done(summaries(), tmp_path, again := model())[0].is_complete
    assert again.requests == 250 - len(outcome.artifacts)


def test_a_parent_can_do_without_a_few_children(tmp_path: Path) -> None:
    """Four fifths are enough, with the others marked; with fewer it waits for a later run."""
    broken = {f"file of file{i}" for i in (0, 100, 101)}

    def answer(request: object) -> object:
        return 5 if getattr(request, "subject") in broken else text_of(request)  # noqa: B009

    provider = Simulated(seconds=seconds_of, answer=answer)
    files = {f"file{i}": f"content {i}" for i in range(200)}
    folders = {
        "most": [JobKey("file", f"file{i}") for i in range(10)],
        "few": [JobKey("file", f"file{i}") for i in (100, 101, 102)],
    }
    tasks = [Questions("file", files), Questions("folder", dict.fromkeys(folders, "folder"), folders)]
    outcome = done(tasks, tmp_path, provider)[0]
    assert {str(key) for key in outcome.failures} == broken
    assert {str(key) for key in outcome.waiting} == {"folder of few"}
    assert JobKey("folder", "most") in outcome.artifacts


def test_a_cycle_is_opened_where_it_closes() -> None:
    """Whoever is reached again while it is being looked at is no dependency; the rest stays."""
    a, b, c = (JobKey("t", name) for name in "abc")
    plan = Plan.of([Job(a, (b,)), Job(b, (c,)), Job(c, (a,))])
    assert [plan.jobs[key].dependencies for key in (a, b, c)] == [(b,), (c,), ()]
    assert plan.height == {a: 0, b: 1, c: 2}


def test_a_plan_of_a_hundred_thousand_jobs(tmp_path: Path) -> None:
    """A deep and a wide graph are planned and answered from the cache without recursion."""
    chain = {f"n{i}": "x" for i in range(20_000)}
    below = {f"n{i}": [JobKey("chain", f"n{i + 1}")] for i in range(19_999)}
    plan = Plan.of(Questions("chain", chain, below).jobs())
    assert plan.height[JobKey("chain", "n19999")] == 19_999
    wide = Questions("wide", {f"w{i}": str(i) for i in range(80_000)})
    assert len(Plan.of(wide.jobs()).jobs) == 80_000
