"""Where a repository begins.

What flows in: a folder or file, mostly the current folder. What flows out: the root of the repository around it. It
does not know whether the index there can be opened.
"""

import os
from pathlib import Path
from typing import Final

from axon.errors import UsageError
from axon.files.git import work_tree_of

INDEX_FOLDER: Final = ".axon"
"""Name of the folder in a repository's root that holds its index."""

_GENERATIONS: Final = "generations"


def find_root(start: Path) -> Path:
    """The nearest folder around `start` that was indexed, else the git work tree around it, else the folder itself.

    The result is absolute, with symlinks resolved.

    Raises:
        UsageError: nothing is at `start`, or it cannot be looked at.
    """
    folder = real_path(start)
    # Not `Path.exists()` and `is_dir()`: these raise where a folder above may not be searched.
    if not os.path.exists(folder):
        raise UsageError(f"No folder at {start}. Check the path.")
    if not os.path.isdir(folder):
        folder = folder.parent
    for candidate in (folder, *folder.parents):
        # A folder of that name alone proves nothing: AXON_HOME may be one, in a place above all repositories.
        if os.path.isdir(candidate / INDEX_FOLDER / _GENERATIONS):
            return candidate
    return work_tree_of(folder) or folder


def real_path(path: Path) -> Path:
    """`path` from the root of the file system on, with symlinks resolved; a loop of them stays as it is.

    Raises:
        UsageError: `path` is relative, and the current folder was removed.
    """
    try:
        return Path(os.path.realpath(path))
    except FileNotFoundError as error:
        raise UsageError("The current folder was removed. Go to another one.") from error
