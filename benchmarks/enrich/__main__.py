"""`make bench-enrich`: each workload in virtual time, exact, and over real HTTP on this machine, side by side.

Over HTTP the model is `SCALE` times as quick, and its seconds are scaled back: what is left over is what the engine,
the client and the server cost. Exit code 1 where a row differs by more than a tenth.
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

SCALE = 5.0
CLIMBING = 25
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
    print("| workload | sequential | virtual | HTTP, scaled back | requests | differs |")
    print("|---|---:|---:|---:|---:|---:|")
    for workload in WORKLOADS:
        exact, n_exact, _ = in_virtual_time(workload)
        real, n_real, _ = over_http(workload)
        differs = abs(real - exact) / exact if exact else 0.0
        worst = max(worst, differs)
        assert n_exact == n_real, f"{workload.name}: {n_exact} requests in virtual time, {n_real} over HTTP"
        _print_row(workload, f"{exact:,.1f} s", f"{real:,.1f} s", n_real, f"{differs:.1%}")
    worst = max(worst, _climbing())
    seconds, n_requests, outcome = in_virtual_time(FAULTY)
    _print_row(FAULTY, f"{seconds:,.1f} s", "", n_requests, f"{len(outcome.failures)} failed")
    return int(worst > TOLERANCE)


def _climbing() -> float:
    """Print the rows of the hierarchy; the largest difference between the two."""
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="axon-enrich-") as folder, features.parts(Path(folder)) as opened:
        model = Simulated(seconds=features.seconds_of, answer=features.answer_of)
        exact, _ = virtual_time.run(features.climb_all(opened, model, new_folder(), CLIMBING))

        async def over_http() -> features.Climbed:
            api = Api(seconds=lambda request: features.seconds_of(request) / SCALE, answer=features.answer_of)
            async with serving(api) as url:
                provider = open_provider("openai", {"base_url": url, "api_key": "k"})
                try:
                    return await features.climb_all(opened, provider, new_folder(), CLIMBING)
                finally:
                    await provider.close()

        real = asyncio.run(over_http())
    assert (exact.requests, exact.tree) == (real.requests, real.tree)
    for name, sequential in features.SEQUENTIAL.items():
        scaled = real.seconds[name] * SCALE
        differs = abs(scaled - exact.seconds[name]) / exact.seconds[name]
        worst = max(worst, differs)
        print(
            f"| 62 leaves, {CLIMBING} workers, 4 checks at once: {name} | {sequential:,.0f} s "
            f"| {exact.seconds[name]:,.1f} s | {scaled:,.1f} s | {real.requests} in all | {differs:.1%} |"
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


def over_http(workload: Workload) -> tuple[float, int, Outcome]:
    """The same by a server on this machine and the clock on the wall, scaled back."""
    folder = Path(tempfile.mkdtemp(prefix="axon-enrich-"))

    async def run() -> tuple[float, int, Outcome]:
        api = Api(seconds=lambda request: _seconds_over_http(request) / SCALE, answer=text_of)
        async with serving(api) as url:
            provider = open_provider("openai", {"base_url": url, "api_key": "k"})
            if workload.before is not None:
                await _run(workload.before(), provider, folder, workload.parallel)
            n_before, began = api.requests, time.perf_counter()
            outcome = await _run(workload.tasks(), provider, folder, workload.parallel)
            took = time.perf_counter() - began
            await provider.close()
            return took * SCALE if api.requests > n_before else 0.0, api.requests - n_before, outcome

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
