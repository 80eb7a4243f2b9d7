"""How the interpreter is set for a while: its collector at rest, its frames nested deeper; and what memory it takes.

What flows in: nothing. What flows out: contexts that put everything back as it was; bytes.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal


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


def largest_bytes(whose: Literal["RUSAGE_SELF", "RUSAGE_CHILDREN"], platform: str = sys.platform) -> int:
    """Most memory that this process, or the largest of those that it started and that ended, took; 0 if unknown."""
    if platform == "win32":
        return 0
    import resource  # noqa: PLC0415  not on Windows

    return int(resource.getrusage(getattr(resource, whose)).ru_maxrss) * (1 if platform == "darwin" else 1024)


def give_back_memory(platform: str = sys.platform) -> bool:
    """Give the system what the C library keeps of freed memory, where that can be asked for; whether it could.

    It takes some milliseconds. Each thread of the engine has a heap of its own, which only grows otherwise.
    """
    if platform != "linux":
        return False
    import ctypes  # noqa: PLC0415  most commands load nothing

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl has not
    return trim is not None and bool(trim(0))
