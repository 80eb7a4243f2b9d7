"""An event loop whose clock is moved instead of waiting.

What flows in: a coroutine that awaits nothing but sleeps and other coroutines. What flows out: its result, and how many
seconds it believes to have taken. Nothing sleeps, so that hours take milliseconds and the figure is exact.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class _Clock(selectors.DefaultSelector):
    """A selector that moves the clock on where it would wait."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Whatever is ready now; the clock moves by `timeout`."""
        if timeout is None:
            raise RuntimeError("Everything waits for something that will never come.")
        self.now += max(0.0, timeout)
        return super().select(0)


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Clock()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def run(main: Coroutine[Any, Any, _T]) -> tuple[_T, float]:
    """The result of `main`, and the virtual seconds that it took."""
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        result = runner.run(main)
        return result, runner.get_loop().time()
