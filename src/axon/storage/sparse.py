"""Gives the zero pages of a closed file back to the file system.

What flows in: the path of a file that nobody has open. What flows out: the same bytes in a file with holes. It does
not know what the file holds.

About half of a small Kuzu file is pages of zeros that were reserved and never written.
"""

import os
import shutil
from pathlib import Path
from typing import BinaryIO, Final

_PAGE: Final = 4096
_BLOCK: Final = 256 * _PAGE
_ZEROS: Final = bytes(_BLOCK)
_ZERO_PAGE: Final = bytes(_PAGE)
_WORTH: Final = 16 * _PAGE
_LARGE: Final = 32 << 20  # of a large file a fifth is zeros, and writing it twice is a tenth of a load


def sparsify(path: Path) -> int:
    """Rewrites the file without its zero pages where that saves at least 64 kB; returns the bytes left out.

    Files above 32 MB stay as they are. What is read stays the same, byte for byte. The new file replaces the old one at
    once, and is on disk by then. One sequential read of the file, and one write of what is not zero.
    """
    size = path.stat().st_size
    if size > _LARGE:
        return 0
    with path.open("rb") as source:
        holes = _count_zeros(source)
        if size - holes + _WORTH > _allocated(path):
            return 0
        sibling = path.with_name(f"{path.name}.sparse")
        source.seek(0)
        with sibling.open("wb") as target:
            _copy_pages(source, target)
            target.truncate(size)
            target.flush()
            os.fsync(target.fileno())
    shutil.copymode(path, sibling)
    sibling.replace(path)
    return holes


def _allocated(path: Path) -> int:
    """Bytes on disk; a system that does not say so counts as one that has no holes."""
    blocks: int | None = getattr(path.stat(), "st_blocks", None)
    return path.stat().st_size if blocks is None else blocks * 512


def _count_zeros(source: BinaryIO) -> int:
    zeros = 0
    while block := source.read(_BLOCK):
        if block == _ZEROS:
            zeros += _BLOCK
        else:
            zeros += sum(_PAGE for start in range(0, len(block), _PAGE) if block[start : start + _PAGE] == _ZERO_PAGE)
    return zeros


def _copy_pages(source: BinaryIO, target: BinaryIO) -> None:
    while block := source.read(_BLOCK):
        if block == _ZEROS:
            target.seek(_BLOCK, os.SEEK_CUR)
            continue
        for start in range(0, len(block), _PAGE):
            page = block[start : start + _PAGE]
            if page == _ZERO_PAGE:
                target.seek(_PAGE, os.SEEK_CUR)
            else:
                target.write(page)
