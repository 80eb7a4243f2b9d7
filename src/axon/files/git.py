"""What git says of a work tree.

What flows in: a folder. What flows out: the paths that git lists there, or the Problem that kept it from answering. It
does not look at the files themselves.

Git runs without the variables that a hook sets for its own repository, without locks, and without the program that a
repository may name as its file system monitor: listing a strange repository must not run its code.
"""

import os
import subprocess
from pathlib import Path
from typing import Final

from axon.errors import Problem

_TIMEOUT: Final = 120.0
_REPOSITORY_VARIABLES: Final = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
"""What `git rev-parse --local-env-vars` prints, but for settings, which stay: safe.directory may come this way."""


def work_tree_of(folder: Path) -> Path | None:
    """The nearest folder, `folder` itself included, that has a `.git`; git is not started."""
    for candidate in (folder, *folder.parents):
        if os.path.lexists(candidate / ".git"):
            return candidate
    return None


def listed_paths(root: Path) -> list[str] | Problem:
    """What `git ls-files -co --exclude-standard` lists below `root`, relative to it, without duplicates.

    A path that ends in '/' is a repository of its own that nobody tracks. A Problem where git is missing, fails or
    takes over two minutes, with the first line of its complaint.
    """
    listed = _run(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if isinstance(listed, str):
        return Problem("", 0, f"git cannot list this work tree: {listed}", "all files that ignore rules allow")
    return [os.fsdecode(path) for path in dict.fromkeys(listed.split(b"\0")) if path]


def ignores_folder(root: Path) -> bool:
    """Whether the work tree around `root` ignores the folder as a whole; False also where git cannot say."""
    return not isinstance(_run(root.parent, "check-ignore", "--quiet", "--", root.name), str)


def _run(folder: Path, *arguments: str) -> bytes | str:
    """Standard output, or in one line why there is none."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    environment = {name: value for name, value in os.environ.items() if name not in _REPOSITORY_VARIABLES}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT,
        )
    except FileNotFoundError:
        return "git is not installed"
    except subprocess.TimeoutExpired:
        return f"no answer within {_TIMEOUT:.0f} seconds"
    except OSError as error:
        return f"git cannot be started ({error.strerror})"
    if done.returncode == 0:
        return done.stdout
    complaint = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
    return complaint or f"exit code {done.returncode}"
