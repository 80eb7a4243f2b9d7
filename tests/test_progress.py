"""Phases and what they cost."""

from collections.abc import Iterator

import pytest

from axon.progress import PhaseClock, PhaseTime, Progress, SilentProgress


def _ticks(*times: float) -> Iterator[float]:
    return iter(times)


def test_a_phase_has_its_wall_and_cpu_seconds() -> None:
    """Each clock is read at the beginning and at the end."""
    wall, cpu = _ticks(10.0, 12.5), _ticks(1.0, 1.5)
    clock = PhaseClock(wall=lambda: next(wall), cpu=lambda: next(cpu))
    with clock.phase("walk"):
        pass
    assert clock.times == {"walk": PhaseTime(2.5, 0.5)}


def test_phases_keep_the_order_in_which_they_began() -> None:
    """An outer phase stands before the one that it contains."""
    clock = PhaseClock()
    with clock.phase("b"), clock.phase("a"):
        pass
    assert list(clock.wall_seconds) == ["b", "a"]


def test_a_name_measured_twice_has_the_sum() -> None:
    """A phase that runs in two parts is one line."""
    wall = _ticks(0.0, 1.0, 5.0, 7.0)
    clock = PhaseClock(wall=lambda: next(wall))
    for _ in range(2):
        with clock.phase("walk"):
            pass
    assert clock.wall_seconds == {"walk": 3.0}


def test_a_phase_that_fails_is_measured_too() -> None:
    """The time of a block that raises is kept, and the error goes on."""
    wall = _ticks(0.0, 4.0)
    clock = PhaseClock(wall=lambda: next(wall))
    with pytest.raises(ValueError, match="bad"), clock.phase("walk"):
        raise ValueError("bad")
    assert clock.wall_seconds == {"walk": 4.0}


def test_the_silent_progress_takes_every_call() -> None:
    """Nobody watching is a valid way to watch."""
    progress: Progress = SilentProgress()
    progress.started("walk", 2)
    progress.advanced("walk")
    progress.message("half of it")
    progress.finished("walk")


class _Told(SilentProgress):
    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def started(self, phase: str, total: int) -> None:
        self.calls.append(("started", phase))

    def finished(self, phase: str) -> None:
        self.calls.append(("finished", phase))


def test_the_clock_tells_of_each_phase() -> None:
    """Whoever watches hears of every phase, also of one that fails."""
    told = _Told()
    clock = PhaseClock(progress=told)
    with clock.phase("walk"):
        pass
    with pytest.raises(ValueError, match="bad"), clock.phase("calls"):
        raise ValueError("bad")
    assert told.calls == [("started", "walk"), ("finished", "walk"), ("started", "calls"), ("finished", "calls")]
