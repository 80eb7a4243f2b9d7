"""One command in a process of its own, measured from outside together with all processes that it starts.

What flows in: a command and its environment. What flows out: an `Outcome`. Memory is the sum of the resident sets of
the process tree, sampled every 10 ms, so pages that forked workers share count once for each of them; where there is
no /proc, it is the largest single process.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.01


class CommandFailedError(RuntimeError):
    """A command ended with an error, or said nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The process tree at one moment of `time.perf_counter`: CPU seconds until then, resident bytes."""

    at: float
    cpu: float
    resident: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """`first_line` is what the command printed first, `ready` the seconds until then; `wall` and `cpu` are seconds to
    its end, `cpu` of all processes that were waited for (0 where the system does not say); `peak` is in bytes;
    `samples` are in the order of time, none where there is no /proc."""

    first_line: str
    ready: float
    wall: float
    cpu: float
    peak: int
    samples: Sequence[Sample] = ()


def run(command: Sequence[str], *, environment: Mapping[str, str], until_ready: bool = False) -> Outcome:
    """Run the command to its end or, with `until_ready`, end it as soon as it has printed a line.

    Raises:
        CommandFailedError: it failed.
    """
    cpu, started = _children_cpu(), time.perf_counter()
    process = subprocess.Popen(
        command,
        env=os.environ | dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    sampler = Sampler(process.pid)
    sampler.start()
    assert process.stdout is not None
    line = process.stdout.readline()
    ready = time.perf_counter() - started
    if until_ready and line:
        process.kill()
    _, errors = process.communicate()
    wall = time.perf_counter() - started
    peak = sampler.stop()
    if not line or (process.returncode and not until_ready):
        raise CommandFailedError(f"{' '.join(command)} failed:\n{errors.strip()[-2000:]}")
    return Outcome(line, ready, wall, _children_cpu() - cpu, peak or _largest_child(), sampler.samples)


class Sampler(threading.Thread):
    """Watches the resident memory of a process and its descendants."""

    def __init__(self, pid: int, *, every: float = _EVERY) -> None:
        super().__init__(daemon=True)
        self._pid, self._every = pid, every
        self._ended = threading.Event()
        self.samples: list[Sample] = []

    def run(self) -> None:
        """Sample until told to stop, or not at all without /proc."""
        if not Path("/proc/self/statm").exists():
            return
        page, tick = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
        while not self._ended.wait(self._every):
            pids = list(_tree(self._pid))
            resident, cpu = page * sum(map(_resident_pages, pids)), sum(map(_ticks, pids)) / tick
            self.samples.append(Sample(time.perf_counter(), cpu, resident))

    def stop(self) -> int:
        """End, and say the most bytes that were seen."""
        self._ended.set()
        self.join()
        return max((sample.resident for sample in self.samples), default=0)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        threads = list(os.scandir(f"/proc/{pid}/task"))
        children = [Path(thread.path, "children").read_text() for thread in threads]
    except OSError:  # it has ended
        return
    for child in " ".join(children).split():
        yield from _tree(int(child))


def _resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def _ticks(pid: int) -> int:
    """CPU of a process and of the children that it has waited for; fields 14 to 17 of proc_pid_stat(5)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def _children_cpu() -> float:
    if sys.platform == "win32":
        return 0.0
    import resource  # noqa: PLC0415  not on Windows

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _largest_child() -> int:
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415  not on Windows

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
