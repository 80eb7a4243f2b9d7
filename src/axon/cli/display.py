"""What a person sees while a run is under way, on stderr.

What flows in: the calls of `Progress`. What flows out: bars on a terminal, a line for each finished phase elsewhere.
It does not know what the phases do.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter as _clock
from typing import TYPE_CHECKING, Final, Protocol

import click

from axon.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

_WORTH_A_LINE: Final = 0.1  # seconds; what takes less and has no steps is not worth one
_SPOKEN_ELSEWHERE: Final = frozenset({"embeddings"})
"""Phases whose end the command itself reports."""


class Display(Progress, Protocol):
    """A `Progress` that can be hidden while other lines are written."""

    def pause(self) -> None:
        """Show nothing until `resume`."""

    def resume(self) -> None:
        """Show again what is under way."""


@contextmanager
def display(*, quiet: bool) -> "Iterator[Display]":
    """Bars where stderr is a terminal, lines where it is not, nothing if `quiet`; all is cleared in the end."""
    shown: Display = SilentDisplay() if quiet else BarDisplay() if sys.stderr.isatty() else LineDisplay()
    shown.resume()
    try:
        yield shown
    finally:
        shown.pause()


class SilentDisplay(SilentProgress):
    """Nobody watches."""

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass


class LineDisplay:
    """A line with its seconds for each phase that has steps or takes a while, when it is done."""

    def __init__(self) -> None:
        self._started: dict[str, tuple[float, int]] = {}

    def started(self, phase: str, total: int) -> None:
        self._started[phase] = _clock(), total

    def advanced(self, phase: str, steps: int = 1) -> None:
        pass

    def finished(self, phase: str) -> None:
        before, total = self._started.pop(phase, (None, 0))
        if before is None or phase in _SPOKEN_ELSEWHERE:
            return
        spent = _clock() - before
        if total or spent >= _WORTH_A_LINE:
            click.echo(f"{phase.replace('_', ' ')} … {spent:.1f} s", err=True)

    def message(self, text: str) -> None:
        click.echo(text, err=True)

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass


class BarDisplay:
    """A bar for each phase that is under way; rich is imported here, when there is a terminal."""

    def __init__(self) -> None:
        self._bars = _new_bars()
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def started(self, phase: str, total: int) -> None:
        with self._lock:
            self._drop(phase)
            self._tasks[phase] = self._bars.add_task(phase.replace("_", " "), total=total or None)

    def advanced(self, phase: str, steps: int = 1) -> None:
        with self._lock:
            if phase in self._tasks:
                self._bars.advance(self._tasks[phase], steps)

    def finished(self, phase: str) -> None:
        with self._lock:
            self._drop(phase)

    def message(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False)

    def pause(self) -> None:
        self._bars.stop()

    def resume(self) -> None:
        self._bars.start()

    def _drop(self, phase: str) -> None:
        task = self._tasks.pop(phase, None)
        if task is not None:
            self._bars.remove_task(task)


def _new_bars() -> "Bars":
    from rich.console import Console  # noqa: PLC0415  only where there is a terminal
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Bars(*columns, console=Console(stderr=True), transient=True)
