"""Where a repository begins.

What flows in: a folder or file, mostly the current folder. What flows out: the root of the repository around it. It
does not know whether the index there can be opened.
"""

from pathlib import Path
from typing import Final

from axon.errors import UsageError
from axon.files.git import work_tree_of

INDEX_FOLDER: Final = ".axon"
"""Name of the folder in a repository's root that holds its index."""


def find_root(start: Path) -> Path:
    """The nearest folder around `start` that was indexed, else the git work tree around it, else the folder itself.

    The result is absolute, with symlinks resolved.

    Raises:
        UsageError: nothing is at `start`.
    """
    folder = start.resolve()
    if not folder.exists():
        raise UsageError(f"No folder at {start}. Check the path.")
    if not folder.is_dir():
        folder = folder.parent
    for candidate in (folder, *folder.parents):
        if (candidate / INDEX_FOLDER).is_dir():
            return candidate
    return work_tree_of(folder) or folder
