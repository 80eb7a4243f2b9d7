"""Worker processes: the only place that decides whether there are any, and how they start.

What flows in: a module-level pure function and its tasks. What flows out: results in the order of the tasks, whatever
process made them; a task that killed its worker, or kept it too long, gives a `WorkerDied`. It does not know what the
function does.

A worker ends itself when a task takes too long: the interpreter's watchdog thread needs no lock that a parser may hold.
One that was stopped cannot, so that who waits ends the workers when nothing has come from any of them for longer.
"""

import faulthandler
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from time import monotonic
from types import TracebackType
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_GRACE, _LEAST_GRACE = 0.25, 5.0  # share of the time limit, seconds: for starting a process, and for sending results
_WATCHDOG_EXIT = 1  # the exit code of a process that faulthandler ends
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
            if at not in suspects and self._is_broken(futures, at):
                undone = [n for n in range(at, len(tasks)) if isinstance(futures[n].exception(), BrokenProcessPool)]
                undone = [n for n in undone if n not in suspects]
                suspects.update(undone[: _HANDS * self._jobs])
                _end(self._executor)
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

    def _is_broken(self, futures: Sequence[Future[Result]], at: int) -> bool:
        """Wait for the future at `at`; True where its process, or any other of the executor's, ended too early.

        Some worker gets a task, or a result out, whenever another is done: so long as all of them work, less than the
        time limit passes between two results.
        """
        assert self._executor is not None
        while not futures[at].done():
            pending = [future for future in futures[at:] if not future.done()]
            if not wait(pending, self._patience, FIRST_COMPLETED).done:
                _kill_workers(self._executor)
                wait([futures[at]])
        return isinstance(futures[at].exception(), BrokenProcessPool)

    @property
    def _patience(self) -> float | None:
        """Seconds without any result after which a worker must be one that cannot end itself."""
        return self._limit + max(_LEAST_GRACE, _GRACE * self._limit) if self._limit else None

    def _alone(self, function: Callable[[Task], Result], task: Task) -> Result | WorkerDied[Task]:
        """Run one task in a process of its own: which task killed a shared one, nobody can say.

        Somebody else may have killed it, a system that is out of memory for one, so that a death is believed the second
        time only.
        """
        died = self._tried_alone(function, task)
        if isinstance(died, WorkerDied) and not died.took_too_long:
            return self._tried_alone(function, task)
        return died

    def _tried_alone(self, function: Callable[[Task], Result], task: Task) -> Result | WorkerDied[Task]:
        executor = self._start(1, again=True)
        began = monotonic()
        future = self._submitted(executor, function, task)
        processes = _processes_of(executor)
        is_stuck = not wait([future], self._patience).done
        _end(executor)
        try:
            return future.result()
        except BrokenProcessPool:
            by_itself = any(process.exitcode == _WATCHDOG_EXIT for process in processes)
            took_too_long = by_itself and 0 < self._limit <= monotonic() - began
            return WorkerDied(task, took_too_long=is_stuck or took_too_long)

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
            _end(self._executor)

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _kill_workers(executor: ProcessPoolExecutor) -> None:
    """End the processes at once, also those that were stopped; what they had in their hands is then broken."""
    for process in _processes_of(executor):
        process.kill()


def _processes_of(executor: ProcessPoolExecutor) -> list[BaseProcess]:
    processes: Mapping[int, BaseProcess] = executor._processes or {}  # noqa: SLF001  `kill_workers` is there from 3.14 on
    return list(processes.values())


def _end(executor: ProcessPoolExecutor) -> None:
    """End the processes, whatever they do or cannot do any more: a worker keeps nothing that could be lost."""
    _kill_workers(executor)
    executor.shutdown(cancel_futures=True)


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
