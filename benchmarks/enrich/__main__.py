"""`make bench-enrich`: each workload in virtual time, exact, and over real HTTP on this machine, side by side.

Over HTTP the model is some times as quick, the less so the more requests there are in a second, and its seconds are
scaled back: what is left over is what the engine, the client and the server cost, and what else the machine does. So a
row that differs is measured again, up to three times, and the quickest counts; its share of one processor is shown.
Exit code 1 where a row differs by more than a tenth, a question is lost, or more than 15 % are refused.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axon.enrich.asking import Retries
from axon.enrich.model import Outcome, Provider, Request
from axon.enrich.providers import open_provider
from axon.enrich.providers.simulated import Faults, Simulated
from benchmarks.enrich import features, virtual_time
from benchmarks.enrich.running import Setup, run_workload
from benchmarks.enrich.server import Api, serving
from benchmarks.enrich.workloads import (
    EMBED_SECONDS,
    SECONDS,
    Questions,
    functions,
    seconds_of,
    summaries,
    summaries_and_sheets,
    text_of,
)

_ROUNDS = 3
_MOST_REQUESTS = 8.0
"""Requests a second over HTTP: each costs engine, client and server some ten milliseconds of one processor."""

_QUICKEST = 10.0
_LEAST_SECONDS = 4.0
"""What a row takes at least: to begin and to end costs a tenth of a second."""

_COOLING = 0.5  # seconds that a refusal asks to wait, as the engine waits where nothing is said
MOST_REFUSED = 0.15
"""Share of requests that may be refused for their number."""

CLIMBING = 25
CLIMBING_SCALE = 4.0
TOLERANCE = 0.10


@dataclass(frozen=True, slots=True)
class Workload:
    """A row: its questions, how it is run, what went before it in the same cache, and the faults of the model.

    `embedded` is the task whose answers are embedded; a run that is `killed` after so many seconds is what went before.
    """

    name: str
    tasks: Callable[[], Sequence[Questions]]
    parallel: int = 10
    before: Callable[[], Sequence[Questions]] | None = None
    faults: Faults = Faults()  # noqa: RUF009  frozen
    embedded: str = ""
    killed: float = 0.0

    @property
    def sequential(self) -> float:
        """Seconds of one question after the other, of one text after the other."""
        asked = sum(SECONDS[task.name] * len(task.content) for task in self.tasks())
        return asked + EMBED_SECONDS * sum(len(task.content) for task in self.tasks() if task.name == self.embedded)

    @property
    def is_exact(self) -> bool:
        """Whether its requests are the same however long each takes."""
        return not (self.killed or self.faults.connections)


WORKLOADS = (
    Workload("200 files, 10 workers", lambda: summaries()[:1]),
    Workload("200 files and 50 folders, 10 workers", summaries),
    Workload("the same, 20 workers", summaries, 20),
    Workload("the same, unchanged", summaries, before=summaries),
    Workload("the same, a tenth edited", lambda: summaries(edited=range(0, 200, 10)), before=summaries),
    Workload("20 workers, a model that takes 8 at once", summaries, 20, faults=Faults(connections=8)),
    Workload("killed after 30 s, the run after it", summaries, killed=30.0),
    Workload("100 summaries, outline, 10 sheets, 100 vectors", summaries_and_sheets, embedded="item"),
    Workload("400 functions, 4 workers", functions, 4),
    Workload("400 functions, one edited", lambda: functions(edited=7), 4, functions),
)
FAULTY = Workload("5 % 429, 5 % 500, 3 % malformed, 1 % hang", summaries, faults=Faults(0.05, 0.05, 0.03, 0.01))


@dataclass(frozen=True, slots=True)
class Run:
    """What a row took: seconds by its own clock, requests, those that were refused for their number, questions lost."""

    seconds: float
    requests: int
    refused: int = 0
    n_failed: int = 0


def main() -> int:
    """Print the table; the exit code."""
    worst, is_well = 0.0, True
    print("| workload | sequential | virtual | HTTP, scaled back | requests | refused | failed | differs | processor |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for workload in WORKLOADS:
        exact = in_virtual_time(workload)
        scale = _scale(exact.requests, exact.seconds)
        real, share = _quickest(workload, exact, scale)
        differs = abs(real.seconds - exact.seconds) / exact.seconds if exact.seconds else 0.0
        worst = max(worst, differs)
        is_well &= not (exact.n_failed or real.n_failed) and real.refused <= MOST_REFUSED * real.requests
        _print_row(workload, exact, f"{real.seconds:,.1f} s", real, f"{differs:.1%} | {share:.0%}")
    worst = max(worst, _climbing())
    exact = in_virtual_time(FAULTY)
    _print_row(FAULTY, exact, "", exact, " | ")
    return int(worst > TOLERANCE or not is_well)


def _climbing() -> float:
    """Print the rows of the hierarchy; the largest difference between the two."""
    worst = 0.0
    with _new_folder() as folder, _new_folder() as one, _new_folder() as other, features.parts(folder) as opened:
        model = Simulated(seconds=features.seconds_of, answer=features.answer_of)
        exact, _ = virtual_time.run(features.climb_all(opened, model, one, CLIMBING))

        async def over_http() -> features.Climbed:
            api = Api(seconds=lambda request: features.seconds_of(request) / CLIMBING_SCALE, answer=features.answer_of)
            async with serving(api) as url:
                provider = open_provider("openai", {"base_url": url, "api_key": "k"})
                try:
                    return await features.climb_all(opened, provider, other, CLIMBING)
                finally:
                    await provider.close()

        real = asyncio.run(over_http())
    assert (exact.requests, exact.tree) == (real.requests, real.tree)
    for name, sequential in features.SEQUENTIAL.items():
        scaled = real.seconds[name] * CLIMBING_SCALE
        differs = abs(scaled - exact.seconds[name]) / exact.seconds[name]
        worst = max(worst, differs)
        print(
            f"| 62 leaves, {CLIMBING} workers, 4 checks at once: {name} | {sequential:,.0f} s "
            f"| {exact.seconds[name]:,.1f} s | {scaled:,.1f} s | {real.requests} in all | 0 | 0 | {differs:.1%} | |"
        )
    return worst


def _print_row(workload: Workload, exact: Run, real_seconds: str, counted: Run, differs: str) -> None:
    print(
        f"| {workload.name} | {workload.sequential:,.0f} s | {exact.seconds:,.1f} s | {real_seconds} "
        f"| {counted.requests} | {counted.refused} | {counted.n_failed} | {differs} |",
        flush=True,
    )


@contextmanager
def _new_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="axon-enrich-") as folder:
        yield Path(folder)


def in_virtual_time(workload: Workload) -> Run:
    """By an in-process model and a clock that is moved."""
    with _new_folder() as folder:
        model = Simulated(seconds=seconds_of, answer=text_of, faults=workload.faults, embed_seconds=EMBED_SECONDS)
        calm = Simulated(seconds=seconds_of, answer=text_of)
        virtual_time.run(_before(workload, calm, folder, workload.killed))
        outcome, seconds = virtual_time.run(_run(workload, workload.tasks(), model, folder))
        requests = model.requests + model.embed_requests
        return Run(seconds, requests, model.refused, len(outcome.failures) + len(outcome.waiting))


def _scale(n_requests: int, seconds: float) -> float:
    """How many times as quick the model may be."""
    most = min(_QUICKEST, seconds / _LEAST_SECONDS, _MOST_REQUESTS * seconds / max(1, n_requests))
    return max(1.0, most)


def _quickest(workload: Workload, exact: Run, scale: float) -> tuple[Run, float]:
    """The quickest of a few rounds, and its share of one processor; raises where requests differ."""
    best, share = Run(float("inf"), 0), 0.0
    for _ in range(_ROUNDS):
        began, used = time.perf_counter(), time.process_time()
        real = over_http(workload, scale)
        assert not workload.is_exact or real.requests == exact.requests, f"{exact} in virtual time, {real} over HTTP"
        if real.seconds < best.seconds:
            best, share = real, (time.process_time() - used) / (time.perf_counter() - began)
        if best.seconds <= exact.seconds * (1 + TOLERANCE):
            break
    return best, share


def over_http(workload: Workload, scale: float) -> Run:
    """The same by a server on this machine and the clock on the wall, scaled back."""

    async def run(folder: Path) -> Run:
        pace = [scale if workload.killed else 1000.0]  # what went before is not measured
        api = Api(
            seconds=lambda request: _seconds_over_http(request) / pace[0],
            embed_seconds=lambda: EMBED_SECONDS / pace[0],
            answer=text_of,
            connections=workload.faults.connections,
            cooling=lambda: _COOLING / pace[0],
        )
        async with serving(api) as url:
            provider = open_provider("openai", {"base_url": url, "api_key": "k"})
            await _before(workload, provider, folder, workload.killed / scale)
            pace[0] = scale
            n_before, began = api.requests, time.perf_counter()
            outcome = await _run(workload, workload.tasks(), provider, folder)
            took = time.perf_counter() - began
            await provider.close()
            n_requests, n_failed = api.requests - n_before, len(outcome.failures) + len(outcome.waiting)
            return Run(took * scale if n_requests else 0.0, n_requests, api.refused, n_failed)

    with _new_folder() as folder:
        return asyncio.run(run(folder))


async def _before(workload: Workload, provider: Provider, folder: Path, killed: float) -> None:
    """What went before: a whole run, or one that ends after `killed` seconds."""
    if workload.before is not None:
        await _run(workload, workload.before(), provider, folder)
    if killed:
        try:
            async with asyncio.timeout(killed):
                await _run(workload, workload.tasks(), provider, folder)
        except TimeoutError:
            return


async def _run(workload: Workload, tasks: Sequence[Questions], provider: Provider, folder: Path) -> Outcome:
    setup = Setup(parallel=workload.parallel, retries=Retries(timeout=10.0), embedded=workload.embedded)
    return (await run_workload(tasks, provider, folder, setup))[0]


def _seconds_over_http(request: Request) -> float:
    """A server sees no subject; the prefix says which task it is."""
    task = request.prompt.prefix.removeprefix("Prefix of ").removesuffix(".")
    return SECONDS.get(task, 0.0)


if __name__ == "__main__":
    sys.exit(main())
