"""Writers in processes of their own, that something can be done to at a chosen moment.

What flows in: a root and a mode. What flows out: the process, and what it said. A moment is a phase of the run and a
part of the time that this phase takes: so that short phases, in which names change, are met as often as long ones.
"""

import os
import sys
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, Final

from axon.errors import AxonError
from axon.pipeline import run_pipeline
from axon.progress import SilentProgress

WAIT: Final = 120.0  # seconds after which a process that should have ended is a fault of the suite

CONTEXT: Final = get_context("forkserver")
"""Processes that start from one which has imported what writers and readers need."""

CONTEXT.set_forkserver_preload(["axon.pipeline.build", "axon.pipeline.store", "axon.questions.callers"])


@dataclass(frozen=True)
class Moment:
    """A phase, which of its occurrences, and the seconds after its begin."""

    phase: str
    delay: float


@dataclass(frozen=True)
class Ended:
    """How a writer ended: its exit code (minus a signal), and the notes of its result or the words of its error."""

    code: int
    said: tuple[str, ...] = ()


class _Reporting(SilentProgress):
    """Tells the other end of a pipe of each phase as it begins."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def started(self, phase: str, total: int) -> None:
        self._pipe.send(("phase", phase))

    def finished(self, phase: str) -> None:
        self._pipe.send(("end", phase))

    def message(self, text: str) -> None:
        self._pipe.send(("message", text))


def _write(root: str, home: str, full: bool, wait: bool, pipe: Connection) -> None:
    os.environ["AXON_HOME"] = home  # the server that forks has the environment of the first test
    try:
        result = run_pipeline(Path(root), embeddings=False, full=full, progress=_Reporting(pipe), wait_for_writer=wait)
    except AxonError as error:
        pipe.send(("ended", (str(error),)))
        sys.exit(int(error.exit_code))
    pipe.send(("ended", result.notes))


class Writer:
    """One run of the pipeline in a process of its own; leaving its `with` block ends it."""

    def __init__(self, root: Path, *, full: bool = False, wait: bool = True) -> None:
        self._pipe, theirs = CONTEXT.Pipe(duplex=False)
        self.process = CONTEXT.Process(
            target=_write, args=(str(root), os.environ["AXON_HOME"], full, wait, theirs), daemon=False
        )
        self.process.start()
        theirs.close()
        self.heard: list[tuple[float, str, Any]] = []

    def hear(self, kind: str, what: str | None = None, *, within: float = WAIT) -> bool:
        """Wait until the writer says something of that kind, or that very thing; False when it ended or time is up."""
        until = monotonic() + within
        while (left := until - monotonic()) > 0 and self._pipe.poll(left):
            try:
                said = self._pipe.recv()
            except (EOFError, OSError):
                return False
            self.heard.append((monotonic(), *said))
            if said[0] == kind and what in (None, said[1]):
                return True
        return False

    def at(self, moment: Moment) -> bool:
        """Wait for the moment; False where the writer ended before."""
        if not self.hear("phase", moment.phase):
            return False
        self.process.join(moment.delay)
        return self.process.is_alive()

    def send_signal(self, number: int) -> None:
        """As `kill` does it."""
        if self.process.is_alive() and self.process.pid:
            os.kill(self.process.pid, number)

    def end(self) -> Ended:
        """Wait for the end."""
        self.hear("ended")
        self.process.join(WAIT)
        assert self.process.exitcode is not None, "the writer does not end"
        said = next((what for _, kind, what in self.heard if kind == "ended"), ())
        return Ended(self.process.exitcode, tuple(said))

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.is_alive():
            self.process.kill()
        self.process.join(WAIT)
        self._pipe.close()


def run(root: Path, *, full: bool = False, wait: bool = True) -> Ended:
    """One run that nothing is done to."""
    with Writer(root, full=full, wait=wait) as writer:
        return writer.end()


def moments(root: Path, dice: Random, n_moments: int, *, full: bool) -> list[Moment]:
    """Moments of a run like the one that is made here, all phases alike."""
    with Writer(root, full=full) as writer:
        assert writer.end().code == 0
        begun: dict[str, float] = {}
        spans: dict[str, float] = {}
        for at, kind, what in writer.heard:
            if kind == "phase":
                begun.setdefault(what, at)
            elif kind == "end":
                spans[what] = at - begun[what]
    return [Moment(phase := dice.choice(sorted(spans)), dice.random() * 1.1 * spans[phase]) for _ in range(n_moments)]
