"""Worker processes: the only place that decides whether there are any, and how they start.

What flows in: a module-level pure function and its tasks. What flows out: results in the order of the tasks, whatever
process made them; a task that killed its worker gives a `WorkerDied`. It does not know what the function does.
"""

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from types import TracebackType
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class WorkerDied(Generic[Task]):
    """The result of a task whose process ended before it answered."""

    task: Task


def core_count() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_method(platform: str = sys.platform, n_threads: int | None = None) -> str:
    """How workers start: a fork is quick, and safe only on Linux while no other thread could hold a lock."""
    alone = (threading.active_count() if n_threads is None else n_threads) == 1
    if platform == "linux":
        return "fork" if alone else "forkserver"
    return "spawn"


class WorkerPool:
    """`jobs` processes, or none where `jobs` is 1: then tasks run here, one after the other, as they are asked for."""

    def __init__(self, jobs: int, *, method: str | None = None) -> None:
        self._jobs = jobs
        self._method = method
        self._executor = self._start() if jobs > 1 else None

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result | WorkerDied[Task]]:
        """Results in the order of `tasks`. After a death every task that was not done is run again, alone."""
        if self._executor is None:
            yield from map(function, tasks)
            return
        futures = [self._executor.submit(function, task) for task in tasks]
        for task, future in zip(tasks, futures, strict=True):
            try:
                result = future.result()
            except BrokenProcessPool:
                yield self._alone(function, task)
            else:
                yield result

    def map_alone(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[Result | WorkerDied[Task]]:
        """As `map`, each task in a process of its own; for tasks of which one is known to kill its process."""
        for task in tasks:
            yield self._alone(function, task)

    def _alone(self, function: Callable[[Task], Result], task: Task) -> Result | WorkerDied[Task]:
        """Run one task in a process of its own: which task killed a shared one, nobody can say."""
        executor = self._start(1)
        future: Future[Result] = executor.submit(function, task)
        try:
            return future.result()
        except BrokenProcessPool:
            return WorkerDied(task)
        finally:
            executor.shutdown()

    def _start(self, jobs: int | None = None) -> ProcessPoolExecutor:
        context: BaseContext = get_context(self._method or start_method())
        return ProcessPoolExecutor(jobs or self._jobs, mp_context=context, initializer=_prepare)

    def close(self) -> None:
        """End the workers; tasks that nobody waits for are dropped."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _prepare() -> None:
    """Facts are plain data without cycles: collecting them would cost more than all else in a worker."""
    gc.freeze()
    gc.disable()
