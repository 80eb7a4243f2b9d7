"""The tree of the fault suite: whatever version of it is indexed, its answers say which.

What flows in: a version, any whole number. What flows out: files, and what a question must answer of them. The callee
and its callers stand on lines that say the version, in several files: an answer that mixes two generations shows it.
"""

import os
from pathlib import Path
from typing import Final

from axon.errors import NoIndexError
from axon.pipeline.verify import verify
from axon.questions.callers import callers
from axon.questions.opened import Index, open_index
from tests.pipeline.trees import padded_tree, write_tree

IS_LONG: Final = os.environ.get("FAULTS") == "long"
SEED: Final = int(os.environ.get("FAULT_SEED") or os.getpid())
N_CALLERS: Final = 3


def times(short: int, long: int) -> int:
    """How often something is done: in `make test`, and in `make faults`."""
    return long if IS_LONG else short


def files(version: int) -> dict[str, str | bytes]:
    """The files that change with every version."""
    lead = "#\n" * version
    tree: dict[str, str | bytes] = {"shop/target.py": f"{lead}def target():\n    return {version}\n"}
    for number in range(N_CALLERS):
        tree[f"shop/caller{number}.py"] = f"from shop.target import target\n{lead}def use():\n    return target()\n"
    return tree


def write_version(root: Path, version: int) -> None:
    """Make the tree be of that version."""
    write_tree(root, files(version))


def new_tree(root: Path, n_files: int = 8, version: int = 0) -> Path:
    """A tree with some bulk, so that a run takes a moment."""
    write_tree(root, {"shop/__init__.py": "", **padded_tree(n_files, 200)})
    write_version(root, version)
    return root


def version_of(index: Index) -> int:
    """The version that the answers of an index say; an AssertionError where they do not agree with each other."""
    answer = callers(index, "target")
    found = {site.symbol.path: site.site.line for site in answer.callers}
    version = answer.symbol.line - 1
    assert found == {f"shop/caller{number}.py": version + 3 for number in range(N_CALLERS)}, (version, found)
    return version


def indexed_version(root: Path) -> int | None:
    """What a reader is told right now; None where there was never an index."""
    try:
        with open_index(root) as index:
            return version_of(index)
    except NoIndexError:
        return None


def check_whole(root: Path, version: int) -> None:
    """The index is whole, right row for row, and of that version."""
    assert indexed_version(root) == version
    assert verify(root, quick=True).is_right
    found = verify(root)
    assert (found.is_right, found.is_complete, bool(found.moved)) == (True, True, False), found
