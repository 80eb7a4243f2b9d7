"""What a person sees while questions are asked: one line on stderr, written anew, where that is a terminal.

What flows in: artifacts as they come. What flows out: how many are done, known before and under way, the money so far
and the time that is left by the pace so far. It does not know tasks or providers.
"""

import sys
from collections.abc import Callable
from time import perf_counter as _clock
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from axon.enrich.budget import Budget
    from axon.enrich.engine import Engine
    from axon.enrich.model import Artifact

_PAUSE: Final = 0.2  # seconds between two writes
_WIDTH: Final = 100


class AskingLine:
    """The line. `clock` gives seconds."""

    def __init__(self, budget: "Budget", stream: TextIO | None = None, clock: Callable[[], float] = _clock) -> None:
        self._budget, self._stream, self._clock = budget, stream or sys.stderr, clock
        self._is_shown = self._stream.isatty()
        self._began = self._written = clock()
        self._known = self._done = 0

    def add(self, artifact: "Artifact", engine: "Engine") -> None:
        """One more is done."""
        self._done += 1
        self._known += artifact.is_cached
        now = self._clock()
        if self._is_shown and now - self._written >= _PAUSE:
            self._written = now
            self._stream.write("\r" + self.text(engine.planned, engine.under_way).ljust(_WIDTH)[:_WIDTH])
            self._stream.flush()

    def text(self, planned: int, under_way: int) -> str:
        """The line as it is now."""
        asked = self._done - self._known
        left = max(0, planned - self._done)
        pace = (self._clock() - self._began) / asked if asked else 0.0
        parts = [f"{self._done:,} of {planned:,} done", f"{self._known:,} known before", f"{under_way:,} under way"]
        parts.append(f"${self._budget.cost:.2f}")
        if asked and left:
            parts.append(f"about {_spoken(left * pace)} left")
        return ", ".join(parts)

    def end(self) -> None:
        """Wipe it out."""
        if self._is_shown:
            self._stream.write("\r" + " " * _WIDTH + "\r")
            self._stream.flush()


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
