"""`axon watch` as a process: its events as they come, its end, what it left on stderr."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

LIMIT = 120.0  # seconds: far more than any machine needs

Event = dict[str, Any]


class Watching:
    """One such process; lines of its stdout are taken as they come."""

    def __init__(self, *arguments: str | Path, **environment: str) -> None:
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "axon", *map(str, arguments)],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.seen: list[Event] = []

    def line(self) -> str:
        """The next line of its stdout."""
        line = self._lines.get(timeout=LIMIT)
        assert line is not None, self._stderr()
        return line

    def event(self, name: str) -> Event:
        """The next event of that name; those before it are passed over."""
        while True:
            event: Event = json.loads(self.line())
            self.seen.append(event)
            if event["event"] == name:
                return event

    def idle(self) -> Event:
        """What the next update came to, when all is in the index."""
        updated = self.event("updated")
        self.event("idle")
        return updated

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code and stderr after a signal, 0 for none."""
        if number:
            self.process.send_signal(number)
        code = self.process.wait(LIMIT)
        self._reader.join(LIMIT)
        return code, self._stderr()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _stderr(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read()


@contextmanager
def watching(*arguments: str | Path, **environment: str) -> Iterator[Watching]:
    """A process that is killed in the end if it has not ended by then."""
    running = Watching(*arguments, **environment)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        for stream in (running.process.stdout, running.process.stderr):
            assert stream is not None
            stream.close()
