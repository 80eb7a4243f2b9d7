"""`make bench-enrich`: each workload in virtual time, exact, and over real HTTP on this machine, side by side.

Over HTTP the model is some times as quick, the less so the more requests there are in a second, and its seconds are
scaled back: what is left over is what the engine, the client and the server cost, and what else the machine does. So a
row that differs is measured again, up to three times, and the quickest counts; its share of one processor is shown.
Exit code 1 where a row differs by more than a tenth.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from axon.enrich.asking import Retries
from axon.enrich.model import Outcome, Provider, Request
from axon.enrich.providers import open_provider
from axon.enrich.providers.simulated import Faults, Simulated
from benchmarks.enrich import features, virtual_time
from benchmarks.enrich.running import Setup, new_folder, run_workload
from benchmarks.enrich.server import Api, serving
from benchmarks.enrich.workloads import (
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

CLIMBING = 25
CLIMBING_SCALE = 4.0
TOLERANCE = 0.10


@dataclass(frozen=True, slots=True)
class Workload:
    """A row: its questions, how it is run, what went before it in the same cache, and the faults of the model."""

    name: str
    tasks: Callable[[], Sequence[Questions]]
    parallel: int = 10
    before: Callable[[], Sequence[Questions]] | None = None
    faults: Faults = Faults()  # noqa: RUF009  frozen

    @property
    def sequential(self) -> float:
        """Seconds of one question after the other."""
        return sum(SECONDS[task.name] * len(task.content) for task in self.tasks())


WORKLOADS = (
    Workload("200 files, 10 workers", lambda: summaries()[:1]),
    Workload("200 files and 50 folders, 10 workers", summaries),
    Workload("the same, 20 workers", summaries, 20),
    Workload("the same, unchanged", summaries, before=summaries),
    Workload("the same, a tenth edited", lambda: summaries(edited=range(0, 200, 10)), before=summaries),
    Workload("100 summaries, outline, 10 sheets", summaries_and_sheets),
    Workload("400 functions, 4 workers", functions, 4),
    Workload("400 functions, one edited", lambda: functions(edited=7), 4, functions),
)
FAULTY = Workload("5 % 429, 5 % 500, 3 % malformed, 1 % hang", summaries, faults=Faults(0.05, 0.05, 0.03, 0.01))


def main() -> int:
    """Print the table; the exit code."""
    worst = 0.0
    print("| workload | sequential | virtual | HTTP, scaled back | requests | differs | processor |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for workload in WORKLOADS:
        exact, n_exact, _ = in_virtual_time(workload)
        real, share = _quickest(lambda: over_http(workload, _scale(n_exact, exact)), exact, n_exact)  # noqa: B023
        differs = abs(real - exact) / exact if exact else 0.0
        worst = max(worst, differs)
        _print_row(workload, f"{exact:,.1f} s", f"{real:,.1f} s", n_exact, f"{differs:.1%} | {share:.0%}")
    worst = max(worst, _climbing())
    seconds, n_requests, outcome = in_virtual_time(FAULTY)
    _print_row(FAULTY, f"{seconds:,.1f} s", "", n_requests, f"{len(outcome.failures)} failed | ")
    return int(worst > TOLERANCE)


def _climbing() -> float:
    """Print the rows of the hierarchy; the largest difference between the two."""
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="axon-enrich-") as folder, features.parts(Path(folder)) as opened:
        model = Simulated(seconds=features.seconds_of, answer=features.answer_of)
        exact, _ = virtual_time.run(features.climb_all(opened, model, new_folder(), CLIMBING))

        async def over_http() -> features.Climbed:
            api = Api(seconds=lambda request: features.seconds_of(request) / CLIMBING_SCALE, answer=features.answer_of)
            async with serving(api) as url:
                provider = open_provider("openai", {"base_url": url, "api_key": "k"})
                try:
                    return await features.climb_all(opened, provider, new_folder(), CLIMBING)
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
            f"| {exact.seconds[name]:,.1f} s | {scaled:,.1f} s | {real.requests} in all | {differs:.1%} | |"
        )
    return worst


def _print_row(workload: Workload, exact: str, real: str, n_requests: int, differs: str) -> None:
    print(f"| {workload.name} | {workload.sequential:,.0f} s | {exact} | {real} | {n_requests} | {differs} |")


def in_virtual_time(workload: Workload) -> tuple[float, int, Outcome]:
    """Seconds, requests and outcome, by an in-process model and a clock that is moved."""
    folder = Path(tempfile.mkdtemp(prefix="axon-enrich-"))
    model = Simulated(seconds=seconds_of, answer=text_of, faults=workload.faults)
    if workload.before is not None:
        calm = Simulated(seconds=seconds_of, answer=text_of)
        virtual_time.run(_run(workload.before(), calm, folder, workload.parallel))
    outcome, seconds = virtual_time.run(_run(workload.tasks(), model, folder, workload.parallel))
    return seconds, model.requests, outcome


def _scale(n_requests: int, seconds: float) -> float:
    """How many times as quick the model may be."""
    most = min(_QUICKEST, seconds / _LEAST_SECONDS, _MOST_REQUESTS * seconds / max(1, n_requests))
    return max(1.0, most)


def _quickest(measure: Callable[[], tuple[float, int]], exact: float, n_exact: int) -> tuple[float, float]:
    """Seconds of the quickest of a few rounds, and its share of one processor; raises where requests differ."""
    best, share = float("inf"), 0.0
    for _ in range(_ROUNDS):
        began, used = time.perf_counter(), time.process_time()
        seconds, n_requests = measure()
        assert n_requests == n_exact, f"{n_exact} requests in virtual time, {n_requests} over HTTP"
        if seconds < best:
            best, share = seconds, (time.process_time() - used) / (time.perf_counter() - began)
        if best <= exact * (1 + TOLERANCE):
            break
    return best, share


def over_http(workload: Workload, scale: float) -> tuple[float, int]:
    """The same by a server on this machine and the clock on the wall, scaled back."""
    folder = Path(tempfile.mkdtemp(prefix="axon-enrich-"))

    async def run() -> tuple[float, int]:
        pace = [1000.0]  # what went before is not measured
        api = Api(seconds=lambda request: _seconds_over_http(request) / pace[0], answer=text_of)
        async with serving(api) as url:
            provider = open_provider("openai", {"base_url": url, "api_key": "k"})
            if workload.before is not None:
                await _run(workload.before(), provider, folder, workload.parallel)
            pace[0] = scale
            n_before, began = api.requests, time.perf_counter()
            await _run(workload.tasks(), provider, folder, workload.parallel)
            took = time.perf_counter() - began
            await provider.close()
            return took * scale if api.requests > n_before else 0.0, api.requests - n_before

    return asyncio.run(run())


async def _run(tasks: Sequence[Questions], provider: Provider, folder: Path, parallel: int) -> Outcome:
    setup = Setup(parallel=parallel, retries=Retries(timeout=10.0))
    return (await run_workload(tasks, provider, folder, setup))[0]


def _seconds_over_http(request: Request) -> float:
    """A server sees no subject; the prefix says which task it is."""
    task = request.prompt.prefix.removeprefix("Prefix of ").removesuffix(".")
    return SECONDS.get(task, 0.0)


if __name__ == "__main__":
    sys.exit(main())
