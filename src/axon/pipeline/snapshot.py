"""The graph of a tree that nobody has indexed: a git revision, or the work tree as it is now.

What flows in: a root, and revisions by the object ids of their trees. What flows out: folders in the user's cache, each
with the columns of one graph and the files that it was made of. It changes neither the work tree nor the index.

A revision's files come from git and go through the phases of any other tree: the graph is the one that a fresh index of
that revision would have. Facts come from the cache, and what an index or a graph has of the same content is taken up.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Final

from axon.config import Settings, cache_home
from axon.errors import DamagedIndexError, StorageError, UnknownVersionError
from axon.interpreter import without_collector
from axon.parsing.pool import WorkerDied, WorkerPool, core_count
from axon.pipeline.revision import facts_of_revision, write_packs
from axon.pipeline.run import Run, program_stamp
from axon.pipeline.scan import TreeFacts, changed_since, facts_of_tree, scan
from axon.progress import SilentProgress
from axon.storage.generations import IndexHome
from axon.storage.manifest import read_indexed_files, write_indexed_files

if TYPE_CHECKING:
    from axon.graph.graph import CodeGraph  # it imports numpy

KEPT: Final = 8
"""Snapshots of revisions that the cache keeps, those that were used last."""

_FOLDER: Final = "snapshots"
_SOURCES: Final = "tree"
_ALIVE: Final[list[object]] = []


@dataclass(frozen=True, slots=True)
class _Task:
    """One revision to link: its facts, and `made`, the folder in which its snapshot comes to be."""

    root: str
    tree: str
    settings: Settings
    folder: str
    made: str
    facts: TreeFacts
    manifests: dict[str, bytes]
    is_labelled: bool


def snapshots_of(root: Path, trees: Sequence[str], settings: Settings, *, labelled: str = "") -> list[Path]:
    """A folder for each tree object of the repository at `root`, made where the cache has none.

    Files are parsed first, what two revisions share once; then the revisions are linked, two at a time, and `labelled`,
    one of them, gets its labels as well.

    Raises:
        UsageError: git cannot read a tree.
        StorageError: the cache cannot be written, or a process that made a graph was ended.
    """
    folders = [_folder_of(root, tree, settings) for tree in trees]
    missing = {folder: tree for tree, folder in zip(trees, folders, strict=True) if not folder.is_dir()}
    jobs = min(max(len(missing), 2), settings.jobs or core_count()) if missing else 1
    with ExitStack() as stack:
        tasks = [_read(stack, root, tree, settings, folder) for folder, tree in missing.items()]
        tasks = [replace(task, is_labelled=task.tree == labelled) for task in tasks]
        with WorkerPool(jobs) as pool:
            for made in pool.map(_link, tasks):
                if isinstance(made, WorkerDied):
                    raise StorageError(f"The process that linked {made.task.tree} was ended. Try `--jobs 1`.")
    for folder in folders:
        os.utime(folder)
    _prune(cache_home() / _FOLDER, keep=set(folders))
    return folders


def snapshot_of_tree(root: Path, settings: Settings, folder: Path) -> None:
    """Write the graph of the work tree at `root`, as it is now, into `folder`, which exists."""
    run = Run(root, settings, SilentProgress(), IndexHome(root))
    with without_collector(), _previous(run):
        _write_graph(run, facts_of_tree(run, scan(run, None)), folder)


def _folder_of(root: Path, tree: str, settings: Settings) -> Path:
    limits = f"{settings.max_file_bytes}-{settings.max_mean_line_bytes}-{settings.parse_timeout_seconds}"
    return cache_home() / _FOLDER / f"{tree}-{program_stamp()}-{limits}"


def _read(stack: ExitStack, root: Path, tree: str, settings: Settings, folder: Path) -> _Task:
    """The facts of a revision, with a draft of its snapshot that goes when `stack` is closed."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
        stack.callback(shutil.rmtree, made, ignore_errors=True)
        sources = made / _SOURCES
        sources.mkdir()
        write_packs(root, tree, sources)
        run = Run(sources, settings, SilentProgress(), IndexHome(root))
        facts = facts_of_revision(run, root, tree)
    except OSError as error:
        raise StorageError(f"{folder.parent} cannot be written: {error.strerror}.") from error
    return _Task(str(root), tree, settings, str(folder), str(made), facts, run.manifests, is_labelled=False)


def _link(task: _Task) -> str:
    """Make one snapshot; it appears under its name when it is whole."""
    made = Path(task.made)
    run = Run(made / _SOURCES, task.settings, SilentProgress(), IndexHome(Path(task.root)), manifests=task.manifests)
    columns = made / "columns"
    try:
        columns.mkdir()
        with without_collector(), _previous(run):
            task.facts.changed = changed_since(run.previous_files, task.facts.files)
            graph = _write_graph(run, task.facts, columns)
            if task.is_labelled:
                _write_labels(graph, columns)
            if parent_process() is not None:  # it ends soon, and taking a large graph apart takes a second
                _ALIVE.append(graph)
                _ALIVE.append(run)
        with suppress(OSError):  # another process has made it meanwhile: the same one
            columns.rename(task.folder)
    except OSError as error:
        raise StorageError(f"{made} cannot be written: {error.strerror}.") from error
    return task.folder


@contextmanager
def _previous(run: Run) -> Iterator[None]:
    """Pin the index in force, where it can be used: what it has of the same content is not linked again."""
    with ExitStack() as stack:
        try:
            run.previous = run.home.current()
        except (DamagedIndexError, UnknownVersionError):
            run.previous = None
        if run.previous is not None:
            stack.enter_context(run.previous)
            run.previous_files = {file.path: file for file in read_indexed_files(run.previous.folder)}
        yield


def _write_graph(run: Run, facts: TreeFacts, folder: Path) -> "CodeGraph":
    """Write the graph of these facts, and the files that it was made of, into `folder`."""
    from axon.pipeline.build import build_graph  # noqa: PLC0415  numpy: after the workers
    from axon.storage.freeze import write_columns  # noqa: PLC0415  numpy: likewise

    graph = build_graph(run, facts, columns=folder)
    if not run.linkage:  # else it was linked before, and its columns are there
        write_columns(graph, folder)
    write_indexed_files(folder, facts.files)
    return graph


def _write_labels(graph: "CodeGraph", folder: Path) -> None:
    from axon.analyses.label import label  # noqa: PLC0415  numpy: after the workers
    from axon.graph.view import GraphView  # noqa: PLC0415  numpy: likewise
    from axon.storage.labels import write_labels  # noqa: PLC0415  numpy: likewise

    write_labels(folder, label(GraphView.of(graph)))


def _prune(folder: Path, *, keep: set[Path]) -> None:
    others = [path for path in folder.iterdir() if path not in keep and not path.name.startswith(".")]
    others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in others[max(KEPT - len(keep), 0) :]:
        shutil.rmtree(path, ignore_errors=True)
