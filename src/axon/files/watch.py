"""What changes in a tree, as it changes.

What flows in: a root, and the folders in it that count. What flows out: batches of changed paths. It does not know
which paths are indexed, nor what is done about them.

Two ways to see changes, of one form. `Notified` asks the operating system, by the library watchfiles; `Polled` lists
the tree again and again, where the system does not tell, and compares stamps to the nanosecond (the library's own
polling compares whole seconds, and looks at every file below the root).
"""

import os
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final, Protocol

from watchfiles import Change
from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from axon.errors import AxonError, WatchError
from axon.model.source import FileStamp

Stamps = Mapping[str, FileStamp]
"""The stamp of each file by path, relative to the root, with `/`."""

_STEP_MS: Final = 10  # how often the library looks at what it was told; as long again without news ends a batch
_OVERFLOW: Final = 5_000  # paths; the kernel's queue holds 16,384 events, and drops the rest without a word to us
_LEAST_INTERVAL: Final = 1.0
_SHARE: Final = 0.1  # of one core, for polling
_LIMITS: Final = ("limit reached", "no space left", "too many open files")


@dataclass(frozen=True, slots=True)
class Batch:
    """Paths in which something changed, relative to the root, with `/` ('' is the root itself).

    `moved` are those among them that came or went, as far as the system tells. Where `is_whole` is false there are
    others that nobody named: only a look at the whole tree tells. `must_rearm` says that the watcher has ended.
    """

    paths: frozenset[str]
    moved: frozenset[str] = frozenset()
    is_whole: bool = True
    must_rearm: bool = False


Put = Callable[[Batch], None]
"""Where batches go; called in a thread of the watcher's own."""


class Watcher(Protocol):
    """Tells batches of changes, from the moment it exists until it is closed."""

    def close(self) -> None:
        """Tell no more, and return at once."""


class Notified:
    """The operating system tells, from the moment at which this returns."""

    def __init__(self, root: Path, folders: Collection[str], put: Put, *, recursive: bool | None = None) -> None:
        """Watch `folders`, which are relative to `root`; or, with `recursive`, all that is below `root`.

        Linux has a watch for each folder, so that one names those that count. Elsewhere the system watches whole
        trees, which is the default there.

        Raises:
            WatchError: the system refuses.
            FileNotFoundError: a folder is gone.
        """
        self._prefix = f"{root}{os.sep}"
        self._root = str(root)
        self._put = put
        self._stop = threading.Event()
        whole = sys.platform in {"darwin", "win32"} if recursive is None else recursive
        paths = [self._root] if whole else [self._prefix + folder if folder else self._root for folder in folders]
        self._notify = _armed(paths, recursive=whole)
        threading.Thread(target=self._listen, name="axon-watch", daemon=True).start()

    def close(self) -> None:
        self._stop.set()

    def _listen(self) -> None:
        try:
            # No time-out: at its end the library forgets what has come in meanwhile.
            while isinstance(changes := self._notify.watch(_STEP_MS, _STEP_MS, 0, self._stop), set):
                paths = frozenset(self._relative(path) for _, path in changes)
                moved = frozenset(self._relative(path) for kind, path in changes if kind != Change.modified)
                self._put(Batch(paths, moved, is_whole=len(changes) < _OVERFLOW))
        except WatchfilesRustInternalError:  # a name that is no UTF-8, or the system's own trouble: it would not end
            self._put(Batch(frozenset(), is_whole=False, must_rearm=True))
        finally:
            self._notify.close()

    def _relative(self, path: str) -> str:
        if not path.startswith(self._prefix):
            return ""
        return path[len(self._prefix) :].replace(os.sep, "/")


class Polled:
    """The tree is listed again and again, by `stamps`; what differs from `known` or from the last time has changed."""

    def __init__(
        self, stamps: Callable[[], Stamps], known: Stamps, put: Put, *, interval: float = _LEAST_INTERVAL
    ) -> None:
        self._stamps = stamps
        self._known = known
        self._put = put
        self._interval = interval
        self._stop = threading.Event()
        threading.Thread(target=self._listen, name="axon-poll", daemon=True).start()

    def close(self) -> None:
        self._stop.set()

    def _listen(self) -> None:
        pause = self._interval
        while not self._stop.wait(pause):
            began = perf_counter()
            try:
                now = self._stamps()
            except (AxonError, OSError):  # the root may be gone: whoever reads the inbox looks
                continue
            pause = max(self._interval, (perf_counter() - began) / _SHARE)
            if paths := differing(self._known, now):
                self._put(Batch(paths, paths & (self._known.keys() ^ now.keys())))
            self._known = now


def differing(before: Stamps, now: Stamps) -> frozenset[str]:
    """Paths that are in one only, or have another stamp."""
    gone = before.keys() - now.keys()
    return frozenset(gone.union(path for path, stamp in now.items() if before.get(path) != stamp))


def _armed(paths: list[str], *, recursive: bool) -> RustNotify:
    try:
        return RustNotify(paths, False, False, 0, recursive, False)
    except FileNotFoundError:
        raise
    except (OSError, WatchfilesRustInternalError) as error:
        raise WatchError(_why(str(error), len(paths))) from error


def _why(said: str, n_folders: int) -> str:
    if any(limit in said.lower() for limit in _LIMITS):
        return (
            f"The system has no watches left for {n_folders:,} folders. Raise its limits: "
            "`sudo sysctl fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=1024`."
        )
    return f"The system cannot watch this tree: {said.rstrip('.')}."
