"""Which lines differ between the work tree and a revision, as git tells.

What flows in: a root and a revision. What flows out: line ranges of the work tree by path. It does not know symbols.
"""

import re
from pathlib import Path
from typing import Final

from axon.errors import UsageError
from axon.files.git import run_git, work_tree_of

Ranges = dict[str, list[tuple[int, int]]]
"""By path relative to the root: first and last line, 1-based and inclusive; of what was deleted the line around it."""

_HUNK: Final = re.compile(rb"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_lines(root: Path, base: str) -> Ranges:
    """What the work tree has otherwise than `base`, files that git does not know yet included.

    Raises:
        UsageError: there is no git, no repository, or no such revision.
    """
    if base.startswith("-"):
        raise UsageError(f"`{base}` is no revision.")
    if work_tree_of(root) is None:
        raise UsageError(f"{root} is in no git work tree, so that there is no revision to compare with.")
    diff = _git(root, "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--relative", base, "--")
    found: Ranges = {}
    path = ""
    for line in diff.split(b"\n"):
        if line.startswith(b"+++ "):
            path = line[6:].decode("utf-8", "surrogateescape") if line.startswith(b"+++ b/") else ""
        elif path and (hunk := _HUNK.match(line)):
            start, count = int(hunk[1]), int(hunk[2] or 1)
            found.setdefault(path, []).append((max(start, 1), max(start + count - 1, start, 1)))
    for new in _git(root, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0"):
        if new:
            found[new.decode("utf-8", "surrogateescape")] = [(1, 1 << 30)]
    return found


def _git(root: Path, *arguments: str) -> bytes:
    said = run_git(root, *arguments)
    if isinstance(said, str):
        raise UsageError(f"git cannot compare {root}: {said}.")
    return said
