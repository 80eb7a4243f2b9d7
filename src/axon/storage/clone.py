"""A copy of a file that shares its blocks with the original where the file system can.

What flows in: two paths. What flows out: a second file with the same bytes. It does not know what the file holds.
"""

import shutil
import sys
from pathlib import Path
from typing import Final

_FICLONE: Final = 0x40049409  # linux/fs.h: share all blocks of one file with another


def clone_file(source: Path, target: Path, platform: str = sys.platform) -> None:
    """Make `target`, which must not exist, a copy of `source`; OSError where neither sharing nor copying works."""
    if platform != "linux" or not _shared_blocks(source, target):
        shutil.copyfile(source, target)


def _shared_blocks(source: Path, target: Path) -> bool:
    import fcntl  # noqa: PLC0415  not on Windows

    with source.open("rb") as original, target.open("xb") as copy:
        try:
            fcntl.ioctl(copy.fileno(), _FICLONE, original.fileno())
        except OSError:
            return False
    return True
