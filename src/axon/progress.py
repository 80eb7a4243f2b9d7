"""How far a run is, and what each of its phases cost.

What flows in: calls from the phases. What flows out: `Progress` for whoever watches, and seconds by phase name, in
the order in which the phases began. It does not know the phases nor how progress is shown.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

Clock = Callable[[], float]


class Progress(Protocol):
    """Told by the phases how far they are; may be called from several threads."""

    def started(self, phase: str, total: int) -> None:
        """A phase began; it has `total` steps, 0 when nobody can say."""

    def advanced(self, phase: str, steps: int = 1) -> None:
        """`steps` more steps of the phase are done."""

    def finished(self, phase: str) -> None:
        """The phase ended, whether or not all its steps were done."""

    def message(self, text: str) -> None:
        """One line for the person who waits."""


class SilentProgress:
    """A `Progress` that nobody watches."""

    def started(self, phase: str, total: int) -> None:
        pass

    def advanced(self, phase: str, steps: int = 1) -> None:
        pass

    def finished(self, phase: str) -> None:
        pass

    def message(self, text: str) -> None:
        pass


@dataclass(frozen=True, slots=True)
class PhaseTime:
    """What a phase cost, in seconds; `cpu` is that of this process, all threads, without its children."""

    wall: float
    cpu: float


class PhaseClock:
    """Measures phases, and tells `progress` of each; a name that is measured twice has the sum."""

    def __init__(
        self,
        *,
        wall: Clock = time.perf_counter,
        cpu: Clock = time.process_time,
        progress: Progress | None = None,
    ) -> None:
        self._wall = wall
        self._cpu = cpu
        self._progress = progress or SilentProgress()
        self._times: dict[str, PhaseTime] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time of the block to `name`, also when the block raises."""
        before = self._times.setdefault(name, PhaseTime(0.0, 0.0))
        wall, cpu = self._wall(), self._cpu()
        self._progress.started(name, 0)
        try:
            yield
        finally:
            self._times[name] = PhaseTime(before.wall + self._wall() - wall, before.cpu + self._cpu() - cpu)
            self._progress.finished(name)

    @property
    def times(self) -> dict[str, PhaseTime]:
        """Wall and CPU seconds of each phase, in the order in which the phases began."""
        return dict(self._times)

    @property
    def wall_seconds(self) -> dict[str, float]:
        """Wall seconds of each phase, in the order in which the phases began."""
        return {name: time.wall for name, time in self._times.items()}
