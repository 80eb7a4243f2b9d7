"""Locks that the operating system drops when their holder dies.

What flows in: an open file descriptor. What flows out: whether the lock was got. It does not know what is locked.

POSIX has `flock`, shared or exclusive. Windows has byte-range locks, always exclusive; there several readers of one
file cannot be told apart, so callers that need shared locks ask `SHARED_LOCKS` first.
"""

import errno
import os
import sys
from collections.abc import Callable
from typing import Final

from axon.errors import NoLocksError

SHARED_LOCKS: Final = sys.platform != "win32"
"""Whether several holders can share a lock here."""

_LK_LOCK: Final = 1  # msvcrt's numbers, fixed by Microsoft's C runtime
_LK_NBLCK: Final = 2
_LOCKED_BYTE: Final = 1 << 30  # far behind any content, because Windows denies reads of a locked range
_UNSUPPORTED: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
_CONTENDED: Final = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock the file now or return False; closing the descriptor gives the lock back.

    Raises:
        NoLocksError: the file system has none to give, as some network mounts.
    """
    return _lock(descriptor, shared, wait=False)


def wait_for_lock(descriptor: int, *, shared: bool = False) -> None:
    """Lock the file, however long others hold it; raises as `try_lock`."""
    while not _lock(descriptor, shared, wait=True):
        pass


if sys.platform == "win32":

    def _lock(descriptor: int, shared: bool, *, wait: bool) -> bool:
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        return lock_byte(msvcrt.locking, descriptor, wait=wait)

else:

    def _lock(descriptor: int, shared: bool, *, wait: bool) -> bool:
        import fcntl  # noqa: PLC0415 - exists on POSIX only

        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, mode if wait else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
            raise NoLocksError(
                f"The file system of the index gives no locks ({error.strerror}), and without them two writers could "
                "not be told apart. Keep the repository on a local disk."
            ) from error
        return True


def lock_byte(locking: Callable[[int, int, int], None], descriptor: int, *, wait: bool) -> bool:
    """The Windows branch: one byte by `msvcrt.locking`, which gives up after ten seconds of waiting (False)."""
    position = os.lseek(descriptor, 0, os.SEEK_CUR)
    os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
    try:
        locking(descriptor, _LK_LOCK if wait else _LK_NBLCK, 1)
    except OSError as error:
        if error.errno in _CONTENDED:
            return False
        raise
    finally:
        os.lseek(descriptor, position, os.SEEK_SET)
    return True
