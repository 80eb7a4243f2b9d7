"""The command that a user has run after each update.

What flows in: a command of the shell, and events. What flows out: what became of each run. It does not know what an
event means.

Runs follow one another. Events that come during a run are handed to the next one together, a line of JSON each, on its
standard input.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from axon.pipeline.events import Hooked

_SHOWN_BYTES: Final = 16_384  # of what a command says, the end
_GRACE: Final = 2.0  # seconds between asking a command to end and ending it


class Hook:
    """Runs `command` in the folder `root`; each run may take `timeout` seconds."""

    def __init__(self, command: str, root: Path, timeout: float, tell: Callable[[Hooked], None]) -> None:
        """`tell` is called in a thread of the hook's own, when a run has ended."""
        self._command, self._root, self._timeout, self._tell = command, root, timeout, tell
        self._events: list[dict[str, Any]] = []
        self._wake = threading.Condition()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._serve, name="axon-hook", daemon=True)
        self._thread.start()

    def submit(self, event: dict[str, Any]) -> None:
        """Have the command run for this event, and return at once."""
        with self._wake:
            self._events.append(event)
            self._wake.notify()

    def close(self) -> None:
        """Run no more, and end the run under way."""
        with self._wake:
            self._closed = True
            self._wake.notify()
            process = self._process
        if process is not None:
            _end(process)
        self._thread.join()

    def _serve(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._events or self._closed)
                if self._closed:
                    return
                events, self._events = self._events, []
            self._tell(self._run(events))

    def _run(self, events: list[dict[str, Any]]) -> Hooked:
        began = perf_counter()
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write("".join(f"{json.dumps(event)}\n" for event in events).encode())
            given.seek(0)
            try:
                process = self._started(given.fileno(), said.fileno())
            except OSError as error:
                return Hooked(self._command, None, 0.0, "", f"it cannot be started: {error.strerror}")
            code, trouble = self._ended(process)
            size = said.seek(0, os.SEEK_END)
            said.seek(max(0, size - _SHOWN_BYTES))
            output = said.read().decode("utf-8", "replace")
        return Hooked(self._command, code, round(perf_counter() - began, 3), output, trouble)

    def _started(self, given: int, said: int) -> "subprocess.Popen[bytes]":
        """A process group of its own: what it starts ends with it, and an interrupt of the terminal is ours alone."""
        process = subprocess.Popen(
            self._command,
            shell=True,
            cwd=self._root,
            stdin=given,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with self._wake:
            self._process = process
            closed = self._closed
        if closed:
            _end(process)
        return process

    def _ended(self, process: "subprocess.Popen[bytes]") -> tuple[int | None, str]:
        try:
            return process.wait(self._timeout), ""
        except subprocess.TimeoutExpired:
            _end(process)
            return None, f"it took longer than {self._timeout:g} seconds and was ended"
        finally:
            with self._wake:
                self._process = None


def _end(process: "subprocess.Popen[bytes]") -> None:
    _signal(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    if sys.platform != "win32":
        _signal(process, signal.SIGKILL)  # also for what it started, which may live on
    process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Tell the process and, where the system has groups, what it started."""
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):  # all of them have ended
        return
