"""What git says of a work tree and of its revisions.

What flows in: a folder. What flows out: the paths that git lists there, or the Problem that kept it from answering; the
files of a revision, straight from git, whatever the work tree holds.

Git runs without the variables that a hook sets for its own repository, without locks, and without the program that a
repository may name as its file system monitor: listing a strange repository must not run its code.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.errors import Problem, UsageError

_TIMEOUT: Final = 120.0
_BATCH_BYTES: Final = 64_000_000  # of a revision that are in memory at once
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
    listed = run_git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if isinstance(listed, str):
        return Problem("", 0, f"git cannot list this work tree: {listed}", "all files that ignore rules allow")
    return [os.fsdecode(path) for path in dict.fromkeys(listed.split(b"\0")) if path]


def ignores_folder(root: Path) -> bool:
    """Whether the work tree around `root` ignores the folder as a whole; False also where git cannot say."""
    return not isinstance(run_git(root.parent, "check-ignore", "--quiet", "--", root.name), str)


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a revision; `path` is relative to the folder that was asked about, `size` in bytes."""

    path: str
    oid: str
    size: int


def changed_paths(folder: Path, revision: str = "HEAD") -> list[str]:
    """Paths below `folder`, relative to it, of files that are otherwise in the work tree than in `revision`, or new.

    Raises:
        UsageError: git knows no such revision, or the folder is in no work tree.
    """
    found: set[str] = set()
    for arguments in (
        ("diff", "--name-only", "-z", "--relative", revision),
        ("ls-files", "-o", "--exclude-standard", "-z"),
    ):
        said = run_git(folder, *arguments, "--")
        if isinstance(said, str):
            raise UsageError(f"git cannot say what has changed in {folder}: {said}.")
        found |= {os.fsdecode(path) for path in said.split(b"\0") if path}
    return sorted(found)


def tree_of(folder: Path, revision: str) -> str:
    """The object id of `folder` as it was in `revision`.

    Raises:
        UsageError: git knows no such revision, or the folder was not in it.
    """
    if revision.startswith("-") or "\0" in revision:
        raise UsageError(f"`{revision}` is no revision.")
    said = run_git(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}:./")
    if isinstance(said, str):
        raise UsageError(f"git knows no revision `{revision}` of {folder}: {said}.")
    return said.decode("ascii").split()[-1]


def merge_base(folder: Path, one: str, other: str) -> str:
    """The best common ancestor of two revisions.

    Raises:
        UsageError: there is none, or git knows one of them not.
    """
    said = run_git(folder, "merge-base", "--end-of-options", one, other)
    if isinstance(said, str):
        raise UsageError(f"git finds no common ancestor of `{one}` and `{other}`: {said}.")
    return said.decode("ascii").strip()


def blobs_of(folder: Path, tree: str) -> list[Blob]:
    """The regular files below a tree object, in git's order; symlinks and submodules are left out.

    Raises:
        UsageError: git cannot list it.
    """
    said = run_git(folder, "ls-tree", "-r", "-z", "-l", "--full-tree", tree)
    if isinstance(said, str):
        raise UsageError(f"git cannot list the tree {tree} of {folder}: {said}.")
    blobs = []
    for entry in filter(None, said.split(b"\0")):
        head, _, path = entry.partition(b"\t")
        mode, _, oid, size = head.split()
        if mode.startswith(b"100"):
            blobs.append(Blob(os.fsdecode(path), oid.decode("ascii"), int(size)))
    return blobs


def contents_of(folder: Path, blobs: Iterable[Blob]) -> Iterator[tuple[Blob, bytes]]:
    """The bytes of each blob as git keeps them, in their order, some at a time.

    Raises:
        UsageError: git cannot read one of them.
    """
    batch: list[Blob] = []
    size = 0
    for blob in blobs:
        if size + blob.size > _BATCH_BYTES:
            yield from _contents(folder, batch)
            batch, size = [], 0
        batch.append(blob)
        size += blob.size
    yield from _contents(folder, batch)


def _contents(folder: Path, blobs: Sequence[Blob]) -> Iterator[tuple[Blob, bytes]]:
    asked = b"".join(blob.oid.encode("ascii") + b"\n" for blob in blobs)
    said = run_git(folder, "cat-file", "--batch", asked=asked)
    if isinstance(said, str):
        raise UsageError(f"git cannot read the files of a revision of {folder}: {said}.")
    at = 0
    for blob in blobs:
        start = said.index(b"\n", at) + 1
        end = start + blob.size
        if not said[at:start].endswith(b" blob %d\n" % blob.size):
            raise UsageError(f"git does not have {blob.path}: {said[at:start].decode('utf-8', 'replace').strip()}.")
        yield blob, said[start:end]
        at = end + 1


def run_git(folder: Path, *arguments: str, asked: bytes | None = None) -> bytes | str:
    """Standard output, or in one line why there is none; `asked` is its standard input."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    environment = {name: value for name, value in os.environ.items() if name not in _REPOSITORY_VARIABLES}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            input=asked or b"",
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
