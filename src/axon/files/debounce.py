"""When changes that come one after the other are over.

What flows in: how many changes came, and when. What flows out: the moment at which to act on all of them. It has no
clock of its own.
"""

from dataclasses import dataclass
from typing import Final

LEAST_QUIET: Final = 0.05
"""Seconds without a change after which a single changed file is acted on."""

MOST_QUIET: Final = 0.5
"""The same for a burst: a checkout is one update, though its writer may pause."""

PATIENCE: Final = 10.0
"""Seconds after which one acts even if changes never cease."""


@dataclass(slots=True)
class Window:
    """One run of changes: 50 ms of quiet a changed path, 500 ms at most, close it."""

    began: float = 0.0
    last: float = 0.0
    size: int = 0

    def add(self, now: float, size: int) -> None:
        """A change came at `now`; `size` paths have changed in all, since the window is open."""
        if not self.size:
            self.began = now
        self.last, self.size = now, max(size, 1)

    @property
    def due(self) -> float | None:
        """The moment at which the window closes; None while nothing has changed."""
        if not self.size:
            return None
        quiet = min(MOST_QUIET, LEAST_QUIET * self.size)
        return min(self.last + quiet, self.began + PATIENCE)

    def close(self) -> None:
        """Begin anew with the next change."""
        self.size = 0
