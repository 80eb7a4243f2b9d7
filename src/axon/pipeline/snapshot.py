"""The graph of a tree that nobody has indexed: a git revision, or the work tree as it is now.

What flows in: a root, and revisions by the object ids of their trees. What flows out: folders in the user's cache, each
with the columns of one graph and the files that it was made of. It changes neither the work tree nor the index.

A revision's files are written from git into a folder of their own, and go through the phases of any other tree: the
graph is the one that a fresh index of that revision would have.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.config import Settings, cache_home
from axon.errors import DamagedIndexError, StorageError, UnknownVersionError
from axon.files.git import Blob, blobs_of, contents_of
from axon.interpreter import without_collector
from axon.languages import is_manifest, of
from axon.parsing.pool import WorkerDied, WorkerPool, core_count
from axon.pipeline.run import Run, program_stamp
from axon.pipeline.scan import facts_of_tree, scan
from axon.progress import SilentProgress
from axon.storage.generations import Generation, IndexHome
from axon.storage.manifest import read_indexed_files, write_indexed_files

KEPT: Final = 8
"""Snapshots of revisions that the cache keeps, those that were used last."""

_FOLDER: Final = "snapshots"
_IGNORE: Final = ".axonignore"


@dataclass(frozen=True, slots=True)
class _Task:
    root: str
    tree: str
    settings: Settings
    folder: str


def snapshots_of(root: Path, trees: Sequence[str], settings: Settings) -> list[Path]:
    """A folder for each tree object of the repository at `root`, made where the cache has none, two at a time.

    Raises:
        UsageError: git cannot read a tree.
        StorageError: the cache cannot be written, or a process that made a graph was ended.
    """
    folders = [_folder_of(root, tree, settings) for tree in trees]
    tasks = [_Task(str(root), t, settings, str(f)) for t, f in zip(trees, folders, strict=True) if not f.is_dir()]
    tasks = list({task.folder: task for task in tasks}.values())
    jobs = min(len(tasks), settings.jobs or core_count())
    with WorkerPool(jobs) as pool:
        for made in pool.map(_make, tasks):
            if isinstance(made, WorkerDied):
                raise StorageError(f"The process that made the graph of {made.task.tree} was ended. Try `--jobs 1`.")
    for folder in folders:
        os.utime(folder)
    _prune(cache_home() / _FOLDER, keep=set(folders))
    return folders


def snapshot_of_tree(root: Path, settings: Settings, folder: Path) -> None:
    """Write the graph of the work tree at `root`, as it is now, into `folder`, which exists."""
    _write_graph(root, settings, folder, home=IndexHome(root))


def _folder_of(root: Path, tree: str, settings: Settings) -> Path:
    limits = f"{settings.max_file_bytes}-{settings.max_mean_line_bytes}-{settings.parse_timeout_seconds}"
    return cache_home() / _FOLDER / f"{tree}-{program_stamp()}-{limits}"


def _make(task: _Task) -> str:
    """Make one snapshot; it appears under its name when it is whole."""
    final = Path(task.folder)
    try:
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".making-", dir=final.parent))
    except OSError as error:
        raise StorageError(f"{final.parent} cannot be written: {error.strerror}.") from error
    try:
        tree, columns = made / "tree", made / "columns"
        tree.mkdir()
        columns.mkdir()
        _write_tree(Path(task.root), task.tree, tree)
        _write_graph(tree, task.settings, columns, home=IndexHome(Path(task.root)))
        with suppress(OSError):  # another process has made it meanwhile: the same one
            columns.rename(final)
    except OSError as error:
        raise StorageError(f"{made} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return task.folder


def _write_tree(root: Path, tree: str, folder: Path) -> None:
    """The files of a tree object that an index is made of."""
    for blob, content in contents_of(root, filter(_is_wanted, blobs_of(root, tree))):
        path = folder / blob.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _is_wanted(blob: Blob) -> bool:
    return of(blob.path) is not None or is_manifest(blob.path) or blob.path.rpartition("/")[2] == _IGNORE


def _write_graph(root: Path, settings: Settings, folder: Path, *, home: IndexHome) -> None:
    """The graph of the files below `root`; what the index in `home` has of the same content is not linked again."""
    run = Run(root, settings, SilentProgress(), home)
    with without_collector(), ExitStack() as stack:
        run.previous = _previous(home)
        if run.previous is not None:
            stack.enter_context(run.previous)
            run.previous_files = {file.path: file for file in read_indexed_files(run.previous.folder)}
        facts = facts_of_tree(run, scan(run, None))

        from axon.pipeline.build import build_graph  # noqa: PLC0415  numpy: after the workers
        from axon.storage.freeze import write_columns  # noqa: PLC0415  numpy: likewise

        write_columns(build_graph(run, facts), folder)
    write_indexed_files(folder, facts.files)


def _previous(home: IndexHome) -> Generation | None:
    """The index in force, pinned, where it can be used: a snapshot is made without one as well."""
    try:
        return home.current()
    except (DamagedIndexError, UnknownVersionError):
        return None


def _prune(folder: Path, *, keep: set[Path]) -> None:
    others = [path for path in folder.iterdir() if path not in keep and not path.name.startswith(".")]
    others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in others[max(KEPT - len(keep), 0) :]:
        shutil.rmtree(path, ignore_errors=True)
