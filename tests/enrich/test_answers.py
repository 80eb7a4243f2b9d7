"""What a model may say, and what is done about one that says the same of everything, or nothing that can be used."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from axon.enrich.asking import Retries
from axon.enrich.failures import MalformedError
from axon.enrich.model import JobKey, Json, Request
from axon.enrich.providers.simulated import Simulated
from axon.enrich.schemas import check_form
from axon.enrich.task import TEXT, array_of, object_of
from benchmarks.enrich.running import Setup, run_workload
from benchmarks.enrich.virtual_time import run
from benchmarks.enrich.workloads import Questions, text_of

CLAIMS = object_of({"claims": array_of(object_of({"text": TEXT, "line": {"type": "integer"}})), "sure": {"enum": [1]}})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"claims": []}, "the answer lacks `sure`"),
        ({"claims": "none", "sure": 1}, "`claims` must be of type array"),
        ({"claims": ["x"], "sure": 1}, "item 1 of `claims` must be of type object"),
        ({"claims": [{"text": "a", "line": 1}, {"text": "b"}], "sure": 1}, "item 2 of `claims` lacks `line`"),
        ({"claims": [{"text": 7, "line": 1}], "sure": 1}, "`text` must be of type string"),
        ({"claims": [{"text": "a", "line": True}], "sure": 1}, "`line` must be of type integer"),
        ({"claims": [], "sure": 2}, "`sure` must be one of 1"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(value: Json, said: str) -> None:
    """In words by which a model can mend it."""
    with pytest.raises(MalformedError) as raised:
        check_form(value, CLAIMS)
    assert str(raised.value) == said


def test_an_answer_of_the_right_form_passes() -> None:
    """Also where it has parts that nobody asked for."""
    check_form({"claims": [{"text": "a", "line": 1, "mood": "good"}], "sure": 1, "more": None}, CLAIMS)


def questions(n: int) -> Questions:
    return Questions("item", {f"item{i}": f"content {i}" for i in range(n)}, prose="text")


def test_a_model_that_says_the_same_of_all_is_not_believed(tmp_path: Path) -> None:
    """The text is in no artifact, not even in those that came first; each node is a failure; the run gives up."""
    seen: list[Any] = []
    same = Simulated(answer=lambda _: {"text": "As an AI, I find this to be code."})
    (outcome, _), _ = run(run_workload([questions(200)], same, tmp_path, Setup(sink=seen.append)))
    assert outcome.artifacts == {}
    assert {"same text" in f.reason or "this very text" in f.reason for f in outcome.failures.values()} == {True}
    assert {artifact.job for artifact in seen} == outcome.retracted, "whoever was told is told otherwise"
    assert "20 questions in a row have no answer" in outcome.stopped
    again = Simulated(answer=text_of)
    (outcome, _), _ = run(run_workload([questions(200)], again, tmp_path, Setup()))
    assert (again.requests, outcome.is_complete) == (200, True), "worthless answers are not remembered"


def test_a_model_that_says_the_same_now_and_then_is_asked_again(tmp_path: Path) -> None:
    """A tenth of the answers are the same: the ninth of them is sent back, and mended."""

    def answer(request: Request) -> Json:
        number = int(request.subject.removeprefix("item of item"))
        return {"text": "Code."} if number % 10 == 0 and not request.prompt.turns else text_of(request)

    model = Simulated(answer=answer)
    (outcome, _), _ = run(run_workload([questions(200)], model, tmp_path, Setup()))
    assert len(outcome.failures) == 8
    assert model.requests == 212
    (outcome, _), _ = run(run_workload([questions(200)], Simulated(answer=text_of), tmp_path, Setup()))
    assert outcome.is_complete


def test_alike_nodes_may_have_alike_texts(tmp_path: Path) -> None:
    """Up to eight different questions; those that are the same question are asked once, whatever their number."""
    alike = Questions("item", {f"item{i}": f"content {i % 8}" for i in range(80)}, prose="text")
    model = Simulated(seconds=lambda _: 1.0, answer=lambda _: {"text": "A marker of a package."})
    (outcome, _), _ = run(run_workload([alike], model, tmp_path, Setup(parallel=1)))
    assert (len(outcome.artifacts), outcome.is_complete, model.requests, outcome.hits) == (80, True, 8, 72)


def test_a_dead_provider_is_given_up(tmp_path: Path) -> None:
    """Where nothing is answered, twenty questions are asked in vain, not all."""
    dead = Simulated(answer=lambda _: 5)
    (outcome, _), _ = run(run_workload([questions(1000)], dead, tmp_path, Setup(parallel=4)))
    assert 20 <= len(outcome.failures) < 24
    assert {failure.attempts for failure in outcome.failures.values()} == {3}
    assert not outcome.is_complete


class Counting(Questions):
    """Questions that count how many of their prompts are waiting for an answer."""

    made = answered = most = 0

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Any]) -> Any:
        self.made += 1
        self.most = max(self.most, self.made - self.answered)
        return super().prompt(key, artifacts)

    def check(self, key: JobKey, value: dict[str, Json]) -> dict[str, Json]:
        self.answered += 1
        return super().check(key, value)


def test_prompts_are_made_when_they_are_needed(tmp_path: Path) -> None:
    """Of 5,000 questions at most 900 prompts and twice what runs are in memory, and a read of the cache serves 900."""
    asked = Counting("item", {f"item{i}": f"content {i}" for i in range(5000)})
    model = Simulated(seconds=lambda _: 1.0, answer=text_of)
    (outcome, cache), seconds = run(run_workload([asked], model, tmp_path, Setup(parallel=10)))
    assert (len(outcome.artifacts), seconds) == (5000, 500)
    assert asked.most <= 900 + 2 * 10
    assert cache.reads == 6


def test_hopeless_is_in_a_row(tmp_path: Path) -> None:
    """A fifth of the questions without an answer do not end a run."""

    def answer(request: Request) -> Json:
        return 5 if request.subject.endswith("7") or request.subject.endswith("3") else text_of(request)

    setup = Setup(retries=Retries(attempts=2))
    outcome = asyncio.run(run_workload([questions(300)], Simulated(answer=answer), tmp_path, setup))[0]
    assert (len(outcome.failures), outcome.stopped) == (60, "")
