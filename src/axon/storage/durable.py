"""Writes that survive a power cut, and removals that no reader sees half done.

What flows in: paths. What flows out: files on stable storage. It does not know what they hold.
"""

import os
import shutil
import sys
from pathlib import Path


def sync_folder_tree(folder: Path) -> None:
    """Push every file below `folder`, and the folders themselves, to stable storage."""
    for parent, _, names in os.walk(folder):
        for name in names:
            _sync(Path(parent, name), os.O_RDWR)
        sync_folder(Path(parent))


def sync_folder(folder: Path) -> None:
    """Push the entries of `folder` to stable storage, where the system can (Windows cannot open a folder)."""
    if sys.platform != "win32":
        _sync(folder, os.O_RDONLY)


def replace_text(path: Path, text: str) -> None:
    """Put `text` at `path` in one step: readers see the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    replace_file(temporary, path)


def replace_file(temporary: Path, path: Path) -> None:
    """Rename a finished file over `path`, its content first on stable storage."""
    _sync(temporary, os.O_RDWR)
    os.replace(temporary, path)
    sync_folder(path.parent)


def remove_folder(folder: Path) -> bool:
    """Remove `folder` in two steps, a rename first; False where the system refuses because a file of it is open."""
    trash = folder.with_name(f".trash{folder.name}")
    shutil.rmtree(trash, ignore_errors=True)  # of a removal that was killed; no folder is renamed over it
    try:
        os.rename(folder, trash)
    except PermissionError:
        return False
    shutil.rmtree(trash, ignore_errors=True)
    return True


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
