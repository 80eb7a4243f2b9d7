"""Worker processes: the only place that decides whether there are any, and how they start.

What flows in: a module-level pure function and its tasks. What flows out: results in the order of the tasks, whatever
process made them; a task that killed its worker, or kept it too long, gives a `WorkerDied`. It does not know what the
function does.

A worker ends itself when a task takes too long: the interpreter's watchdog thread needs no lock that a parser may hold.
"""

import faulthandler
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
from time import monotonic
from types import TracebackType
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_HANDS = 2  # tasks that a process may hold when it dies: the one it runs, and one whose result is under way


@dataclass(frozen=True, slots=True)
class WorkerDied(Generic[Task]):
    """The result of a task whose process ended before it answered; `took_too_long` where the time limit ended it."""

    task: Task
    took_too_long: bool = False


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
    """`jobs` processes, or none where `jobs` is 1: then tasks run here, one after the other, as they are asked for.

    A process may take `limit_seconds` for a task; 0, and where there is no process, means as long as it likes.
    """

    def __init__(self, jobs: int, *, method: str | None = None, limit_seconds: float = 0) -> None:
        self._jobs = jobs
        self._method = method
        self._limit = limit_seconds
        self._executor = self._start() if jobs > 1 else None

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result | WorkerDied[Task]]:
        """Results in the order of `tasks`.

        After a death, the tasks that may have been in the hands of a process are run again, each alone, and the others
        by new processes.
        """
        if self._executor is None:
            yield from map(function, tasks)
            return
        futures = [self._submitted(self._executor, function, task) for task in tasks]
        suspects: set[int] = set()
        for at, task in enumerate(tasks):
            if at not in suspects and isinstance(futures[at].exception(), BrokenProcessPool):
                undone = [n for n in range(at, len(tasks)) if isinstance(futures[n].exception(), BrokenProcessPool)]
                undone = [n for n in undone if n not in suspects]
                suspects.update(undone[: _HANDS * self._jobs])
                self._executor.shutdown()
                self._executor = self._start(again=True)
                for n in undone[_HANDS * self._jobs :]:
                    futures[n] = self._submitted(self._executor, function, tasks[n])
            yield self._alone(function, task) if at in suspects else futures[at].result()

    def map_alone(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[Result | WorkerDied[Task]]:
        """As `map`, each task in a process of its own; for tasks of which one is known to kill its process."""
        for task in tasks:
            yield self._alone(function, task)

    def _alone(self, function: Callable[[Task], Result], task: Task) -> Result | WorkerDied[Task]:
        """Run one task in a process of its own: which task killed a shared one, nobody can say."""
        executor = self._start(1, again=True)
        began = monotonic()
        try:
            return self._submitted(executor, function, task).result()
        except BrokenProcessPool:
            return WorkerDied(task, took_too_long=0 < self._limit <= monotonic() - began)
        finally:
            executor.shutdown()

    def _submitted(
        self, executor: ProcessPoolExecutor, function: Callable[[Task], Result], task: Task
    ) -> "Future[Result]":
        try:
            return executor.submit(_watched, function, task, self._limit)
        except BrokenProcessPool as error:  # a worker died while tasks were still being handed out
            refused: Future[Result] = Future()
            refused.set_exception(error)
            return refused

    def _start(self, jobs: int | None = None, *, again: bool = False) -> ProcessPoolExecutor:
        # The caller may have threads and open files by the time that processes start again, so that a fork is not safe.
        context: BaseContext = get_context(self._method or start_method(n_threads=2 if again else None))
        return ProcessPoolExecutor(jobs or self._jobs, mp_context=context, initializer=_prepare)

    def close(self) -> None:
        """End the workers; tasks that nobody waits for are dropped."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _watched(function: Callable[[Task], Result], task: Task, limit_seconds: float) -> Result:
    if not limit_seconds:
        return function(task)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(limit_seconds, exit=True, file=nowhere)
        try:
            return function(task)
        finally:
            faulthandler.cancel_dump_traceback_later()


def _prepare() -> None:
    """Facts are plain data without cycles: collecting them would cost more than all else in a worker."""
    gc.freeze()
    gc.disable()
