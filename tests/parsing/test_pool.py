"""The worker pool: order, deaths, and how processes start."""

import os
import re
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from axon.parsing.pool import WorkerDied, WorkerPool, core_count, start_method

needs_stop = pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP here")


def square(n: int) -> int:
    """A task that answers."""
    return n * n


def fragile(n: int) -> int:
    """A task that ends its process at 3."""
    if n == 3:
        os._exit(7)
    return n


def stopped(task: tuple[int, str]) -> int:
    """A task that stops its process, as SIGSTOP from outside would, where `task` names a file: once, or for ever."""
    n, mark = task
    if mark.endswith("once") and os.path.exists(mark):
        return n
    if mark:
        os.close(os.open(mark, os.O_CREAT))
        os.kill(os.getpid(), signal.SIGSTOP)
    return n


def killed_once(task: tuple[int, str]) -> int:
    """A task that answers, but for the time when somebody kills its process: the first two."""
    n, mark = task
    with suppress(FileExistsError):
        os.close(os.open(f"{mark}1", os.O_CREAT | os.O_EXCL))
        os._exit(7)
    with suppress(FileExistsError):
        os.close(os.open(f"{mark}2", os.O_CREAT | os.O_EXCL))
        os._exit(7)
    return n


def process(_: int) -> int:
    """The process that a task runs in."""
    return os.getpid()


def fail(n: int) -> int:
    """A task that raises."""
    raise LookupError(f"no {n}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_tasks(jobs: int) -> None:
    """Whatever process is done first."""
    with WorkerPool(jobs) as pool:
        assert list(pool.map(square, range(50))) == [n * n for n in range(50)]


def test_one_job_runs_here() -> None:
    """With one job there is no second process."""
    with WorkerPool(1) as pool:
        assert list(pool.map(process, [1])) == [os.getpid()]


def test_two_jobs_run_elsewhere() -> None:
    """With two jobs no task runs in this process."""
    with WorkerPool(2) as pool:
        assert os.getpid() not in set(pool.map(process, range(8)))


def test_a_task_that_kills_its_process_is_named() -> None:
    """The task that ended its process gives a WorkerDied; all others give their results."""
    with WorkerPool(2) as pool:
        assert list(pool.map(fragile, range(6))) == [0, 1, 2, WorkerDied(3), 4, 5]


def test_several_deaths_among_many_tasks() -> None:
    """Each culprit is named, wherever it stands; what others were doing is done again."""
    tasks = [3, *range(4, 40), 3, *range(40, 80), 3]
    with WorkerPool(2) as pool:
        assert list(pool.map(fragile, tasks)) == [WorkerDied(3) if n == 3 else n for n in tasks]


@needs_stop
@pytest.mark.parametrize("how", ["once", "always"])
def test_a_process_that_is_stopped(tmp_path: Path, how: str) -> None:
    """It cannot end itself, and nobody waits for ever: its task is run again, and named where that stops as well."""
    tasks = [(n, str(tmp_path / how) if n == 3 else "") for n in range(8)]
    with WorkerPool(2, limit_seconds=1) as pool:
        results = list(pool.map(stopped, tasks))
    expected = 3 if how == "once" else WorkerDied(tasks[3], took_too_long=True)
    assert results == [0, 1, 2, expected, 4, 5, 6, 7]


@needs_stop
def test_an_idle_process_that_is_stopped() -> None:
    """The end of a pool does not wait for it."""
    with WorkerPool(2, limit_seconds=60) as pool:
        for worker in set(pool.map(process, range(8))):
            os.kill(worker, signal.SIGSTOP)


def test_a_process_that_somebody_kills(tmp_path: Path) -> None:
    """A death that the task is not to blame for, in a shared process and once more alone, costs no result."""
    with WorkerPool(2) as pool:
        assert list(pool.map(killed_once, [(n, str(tmp_path / "mark")) for n in range(4)])) == [0, 1, 2, 3]


def test_alone() -> None:
    """Each task in a process of its own: the one that dies takes no other along."""
    with WorkerPool(2) as pool:
        assert list(pool.map_alone(fragile, [2, 3, 4])) == [2, WorkerDied(3), 4]


def test_an_exception_is_the_callers() -> None:
    """A task's exception is raised where its result is asked for."""
    with WorkerPool(2) as pool, pytest.raises(LookupError, match="no 5"):
        list(pool.map(fail, [5]))


@pytest.mark.parametrize(
    ("platform", "n_threads", "expected"),
    [("linux", 1, "fork"), ("linux", 2, "forkserver"), ("darwin", 1, "spawn"), ("win32", 1, "spawn")],
)
def test_start_method(platform: str, n_threads: int, expected: str) -> None:
    """A fork is for Linux without other threads only."""
    assert start_method(platform, n_threads) == expected


def test_start_method_counts_threads() -> None:
    """The threads of this process are counted when nobody says how many there are."""
    expected = start_method("linux", threading.active_count())
    assert start_method("linux") == expected


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_other_start_methods_work(method: str, tmp_path: Path) -> None:
    """Where a fork is not safe, workers start all the same."""
    with WorkerPool(2, method=method) as pool:
        assert list(pool.map(os.path.basename, [str(tmp_path / "a"), "b/c"])) == ["a", "c"]


def test_core_count() -> None:
    """There is a core."""
    assert core_count() >= 1


def endless(n: int) -> int:
    """A task that never answers at 3, and holds the interpreter's lock as a parser does."""
    if n == 3:
        re.match(r"(a*)*b", "a" * 64)
    return n


def test_a_task_that_never_answers_is_named() -> None:
    """The task is ended after the limit, together and alone, and told from one that died; all others give results."""
    with WorkerPool(2, limit_seconds=1) as pool:
        expected = [0, 1, 2, WorkerDied(3, took_too_long=True), 4, 5]
        assert list(pool.map(endless, range(6))) == expected
        assert list(pool.map_alone(endless, [2, 3])) == expected[2:4]
    with WorkerPool(2, limit_seconds=60) as pool:  # a busy machine takes more than a second to start a process
        assert list(pool.map_alone(fragile, [2, 3])) == [2, WorkerDied(3)]
