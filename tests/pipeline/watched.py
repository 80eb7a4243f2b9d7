"""A watcher of a real tree, in this thread: whoever scripts it acts when all that was seen is in the index."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from axon.pipeline.events import Changed, Failed, Updated, WatchEvent
from axon.pipeline.watch import TreeWatcher, WatchOptions

LIMIT: Final = 120.0  # seconds without an event that was waited for
QUIET: Final = WatchOptions(embeddings=False)

Script = Iterator[type[WatchEvent]]


class Over(Exception):  # noqa: N818  no error: the way out of the loop
    """The script has ended."""


class Scripted:
    """Runs a watcher; `script` acts on the tree, and yields the kind of event after which it goes on."""

    def __init__(self, root: Path, script: Callable[["Scripted"], Script], options: WatchOptions = QUIET) -> None:
        self.root = root
        self.events: list[WatchEvent] = []
        self._script = script(self)
        self._awaited: type[WatchEvent] | None = None
        self._watcher = TreeWatcher(root, self._hear, options)

    def run(self) -> list[WatchEvent]:
        """All events, when the script has ended; a script that waits for too long interrupts the test."""
        alarm = threading.Timer(LIMIT, os.kill, (os.getpid(), 2))
        alarm.start()
        try:
            self._awaited = next(self._script)
            self._watcher.run()
        except (Over, StopIteration):
            pass
        finally:
            alarm.cancel()
        return self.events

    @property
    def last_update(self) -> Updated:
        """The update that ended last."""
        return next(event for event in reversed(self.events) if isinstance(event, Updated))

    @property
    def last_change(self) -> Changed:
        """What was taken up last."""
        return next(event for event in reversed(self.events) if isinstance(event, Changed))

    def n_updates(self) -> int:
        """How many updates have ended."""
        return sum(isinstance(event, Updated) for event in self.events)

    def failures(self) -> list[Failed]:
        """All that failed."""
        return [event for event in self.events if isinstance(event, Failed)]

    def _hear(self, event: WatchEvent) -> None:
        self.events.append(event)
        if self._awaited is not None and isinstance(event, self._awaited):
            try:
                self._awaited = next(self._script)
            except StopIteration:
                raise Over from None
