"""What each phase of a cold run costs all processes together: CPU and memory, seen from outside.

What flows in: a tree, and the samples of its process tree. What flows out: a `PhaseCost` by phase. As a program, this
module runs the pipeline with a clock that says when each phase began and ended, on the clock that the sampler reads.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from axon.pipeline import run_pipeline
from axon.progress import SilentProgress
from benchmarks.processes import Outcome, Sample


@dataclass(frozen=True, slots=True)
class PhaseCost:
    """One phase of one cold run: seconds, CPU seconds of all processes and their peak resident bytes."""

    wall: float
    cpu: float
    peak: int


def phase_command(tree: Path) -> list[str]:
    """The command that indexes a tree without embeddings, and prints when its phases began and ended."""
    return [sys.executable, "-m", "benchmarks.phases", str(tree)]


def phase_costs(outcome: Outcome) -> dict[str, PhaseCost]:
    """What the phases of such a command cost; where there is no /proc, CPU and peak are 0."""
    intervals: Mapping[str, tuple[float, float]] = json.loads(outcome.first_line)
    if not outcome.samples:
        return {phase: PhaseCost(end - start, 0.0, 0) for phase, (start, end) in intervals.items()}
    return {phase: cost_between(outcome.samples, *interval) for phase, interval in intervals.items()}


def cost_between(samples: Sequence[Sample], start: float, end: float) -> PhaseCost:
    """The cost of the time between two readings of the clock; samples are in the order of time."""
    within = [sample.resident for sample in samples if start <= sample.at <= end]
    cpu = _cpu_at(samples, end) - _cpu_at(samples, start)
    return PhaseCost(end - start, max(cpu, 0.0), max(within, default=_last_before(samples, end).resident))


def _cpu_at(samples: Sequence[Sample], moment: float) -> float:
    """CPU seconds until a moment, on the line between the samples around it."""
    before = _last_before(samples, moment)
    after = next((sample for sample in samples if sample.at > moment), before)
    if after.at <= before.at:
        return before.cpu
    share = min(max((moment - before.at) / (after.at - before.at), 0.0), 1.0)
    return before.cpu + share * (after.cpu - before.cpu)


def _last_before(samples: Sequence[Sample], moment: float) -> Sample:
    return next((sample for sample in reversed(samples) if sample.at <= moment), samples[0])


class _Stopwatch(SilentProgress):
    """Notes when each phase first began and last ended."""

    def __init__(self) -> None:
        self.intervals: dict[str, tuple[float, float]] = {}

    def started(self, phase: str, total: int) -> None:
        now = time.perf_counter()
        self.intervals.setdefault(phase, (now, now))

    def finished(self, phase: str) -> None:
        self.intervals[phase] = (self.intervals[phase][0], time.perf_counter())


def main(tree: str) -> None:
    """Index the tree, and print the intervals of its phases."""
    stopwatch = _Stopwatch()
    run_pipeline(Path(tree), progress=stopwatch, embeddings=False)
    print(json.dumps(stopwatch.intervals), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
