"""How the interpreter is set for a while: its collector at rest, its frames nested deeper.

What flows in: nothing. What flows out: contexts that put everything back as it was.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Let the collector rest: facts are plain data without cycles, and with millions of tuples it costs seconds."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def quick_switches(seconds: float = 0.0005) -> Iterator[None]:
    """Let a thread that wants the interpreter have it after so long; 5 ms are more than a statement of the engine."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@contextmanager
def deep_recursion(frames: int) -> Iterator[None]:
    """Allow so many nested calls, for a recursion whose depth is bounded by something else."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, frames))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
