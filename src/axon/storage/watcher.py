"""Who watches a repository: an OS lock, which the system drops when its holder dies, beside the writer's.

What flows in: the `.axon` folder. What flows out: the claim of a watcher, or the number of the process that holds it.
It does not know what watching is.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from axon.errors import BusyError, NoLocksError, StorageError
from axon.storage.locks import SHARED_LOCKS, try_lock

_LOCK_FILE: Final = "watch.lock"
_TRIES: Final = 50  # a reader that looks who watches holds the lock for some microseconds


class WatcherClaim:
    """The one watcher of a repository, from `__init__` to `release` or the end of the process."""

    def __init__(self, folder: Path) -> None:
        """Claim the index in `folder`, which is made if need be.

        Raises:
            BusyError: another process watches it.
            StorageError: the folder cannot be written.
        """
        self._path = folder / _LOCK_FILE
        self._descriptor: int | None = _claimed(self._path)

    def renew(self) -> None:
        """Claim again where the index was removed meanwhile and made again; else do nothing."""
        if not self._path.parent.is_dir() or (self._descriptor is not None and _is_file(self._descriptor, self._path)):
            return
        self.release()
        self._descriptor = _claimed(self._path)

    def release(self) -> None:
        """Watch no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def watcher_of(folder: Path) -> int | None:
    """The number of the process that watches the index in `folder` now; None where nobody does."""
    try:
        descriptor = os.open(folder / _LOCK_FILE, os.O_RDONLY)
    except OSError:
        return None
    try:
        if try_lock(descriptor, shared=SHARED_LOCKS):
            return None
        return int(os.read(descriptor, 20))
    except (OSError, ValueError, NoLocksError):  # it holds the lock, and has not yet written who it is
        return None
    finally:
        os.close(descriptor)


def _claimed(path: Path) -> int:
    try:
        path.parent.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise StorageError(f"{path.parent} cannot be written: {error.strerror}.") from error
    if not any(try_lock(descriptor) for _ in range(_TRIES)):
        os.close(descriptor)
        pid = watcher_of(path.parent)
        who = f"Process {pid}" if pid else "Another process"
        raise BusyError(f"{who} watches {path.parent.parent} already.")
    with suppress(OSError):  # no room: that somebody watches is known all the same
        os.truncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def _is_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False
