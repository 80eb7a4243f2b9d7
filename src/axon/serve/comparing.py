"""Two graphs of one repository, opened side by side: what a review compares.

What flows in: a root, and a range as git writes one: `BASE..HEAD`, `BASE...HEAD`, or `BASE` for what the work tree has
otherwise. What flows out: both graphs, and what to call them. Revisions come straight from git; the work tree comes
from the index where that is up to date. Nothing is switched, and no index is written.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.config import Settings, load_settings
from axon.errors import AxonError, NoIndexError, UsageError
from axon.files.git import merge_base, tree_of, work_tree_of
from axon.pipeline.snapshot import snapshot_of_tree, snapshots_of
from axon.questions.opened import Index, open_index
from axon.questions.snapshot import ReadableGraph, Snapshot
from axon.serve.tree import look_at_tree

WORK_TREE: Final = "work tree"
_HEAD: Final = "HEAD"


@dataclass(frozen=True, slots=True)
class Range:
    """What is compared; `head` is '' for the work tree. `from_fork`: `base` is where `head` left it."""

    base: str
    head: str = ""
    from_fork: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """Both graphs, open, and their names."""

    before: ReadableGraph
    after: ReadableGraph
    base: str
    head: str


def parse_range(text: str) -> Range:
    """A range as git writes it; an end that is left out is HEAD, but for `BASE` alone and `BASE..`: the work tree."""
    if "..." in text:
        base, head = text.split("...", 1)
        return Range(base or _HEAD, head or _HEAD, from_fork=True)
    base, dots, head = text.partition("..")
    return Range(base or _HEAD, head or (_HEAD if dots and not base else ""))


@contextmanager
def compared(root: Path, text: str, *, index: Index | None = None) -> Iterator[Compared]:
    """Both sides of the range `text`; an `index` that somebody keeps up to date stands for the work tree.

    Raises:
        UsageError: there is no git work tree, or git knows a revision not.
        StorageError: the user's cache cannot be written.
    """
    if work_tree_of(root) is None:
        raise UsageError(f"{root} is in no git work tree, so that there is no revision to compare with.")
    chosen, settings = parse_range(text), load_settings(root)
    base = merge_base(root, chosen.base, chosen.head or _HEAD) if chosen.from_fork else chosen.base
    revisions = [base, *([chosen.head] if chosen.head else [])]
    trees = [tree_of(root, revision) for revision in revisions]
    folders = snapshots_of(root, trees, settings, labelled=trees[-1] if chosen.head else "")
    with ExitStack() as stack:
        before = stack.enter_context(Snapshot(folders[0], root))
        if chosen.head:
            yield Compared(before, stack.enter_context(Snapshot(folders[1], root)), base, chosen.head)
        else:
            yield Compared(before, index or work_tree(root, settings, stack), base, WORK_TREE)


def work_tree(root: Path, settings: Settings, stack: ExitStack) -> ReadableGraph:
    """The index where it is as the tree is, else a graph of the tree that nobody keeps."""
    index = _current_index(root)
    if index is not None:
        return stack.enter_context(index)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axon-tree-")))
    snapshot_of_tree(root, settings, folder)
    return stack.enter_context(Snapshot(folder, root))


def _current_index(root: Path) -> Index | None:
    try:
        index = open_index(root)
    except NoIndexError:
        return None
    try:
        if not look_at_tree(root, index.indexed_files(), list_tree=True).moved_on:
            return index
    except AxonError:
        index.close()
        raise
    index.close()
    return None
