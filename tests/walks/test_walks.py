"""The law: whatever was edited, in whatever order, the updated index is row for row a first run's.

Short: 50 steps on trees that lie in this repository. FAULTS=long, or `make faults`: 1,000 steps, on the pinned trees of
the benchmarks that are there as well, and on the folders that WALK_TREES names. WALK_SEED repeats a walk.
"""

import os
import time
from pathlib import Path
from random import Random

import pytest

from axon.pipeline import database
from benchmarks.corpora import default_cache
from tests.cases.case import read_cases
from tests.trees import home
from tests.walks.edits import EDITS
from tests.walks.walk import Step, check_walk, shortest
from tests.walks.worktree import WorkTree

__all__ = ["home"]

HERE = Path(__file__).resolve().parents[2]
IS_LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("WALK_SEED") or time.time_ns() % 1_000_000)
STEPS = int(os.environ.get("WALK_STEPS") or (1000 if IS_LONG else 50))


def cases(*pages: str) -> dict[str, str]:
    """The files of the cases of some pages, a folder a case: small, and full of what resolution knows."""
    files: dict[str, str] = {}
    for pattern in pages:
        for page in sorted((HERE / "tests/cases").glob(f"{pattern}.md")):
            for number, case in enumerate(read_cases(page.name, page.read_text(encoding="utf-8"))):
                files |= {f"{page.stem}{number}/{path}": text for path, text in case.files.items()}
    return files


def own(*packages: str) -> dict[str, str]:
    """Modules of Axon itself."""
    paths = [path for package in packages for path in sorted((HERE / "src/axon" / package).glob("*.py"))]
    return {f"axon/{path.parent.name}/{path.name}": path.read_text(encoding="utf-8") for path in paths}


def trees() -> dict[str, Path | dict[str, str]]:
    """What is walked through: trees of this repository, and in the long form larger ones."""
    found: dict[str, Path | dict[str, str]] = {
        "modules": own("graph", "files") | cases("python/[cegir]*", "python/flow_fields", "python/flow_returns"),
        "scripts": cases("typescript/*", "javascript/*") | {"package.json": "{}\n"},
    }
    if IS_LONG:
        pinned = [default_cache() / "trees" / name for name in ("flask-3.1.0", "rxjs-7.8.2")]
        named = [Path(name) for name in os.environ.get("WALK_TREES", "").split(os.pathsep) if name]
        found |= {folder.name: folder for folder in [*pinned, *named] if folder.is_dir()}
    return found


@pytest.mark.parametrize("name", trees())
def test_an_updated_index_is_that_of_a_first_run(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After every step, against a rebuild from facts; after the last and every 50th against one from nothing.

    Databases are updated that are so small that a new one would be quicker.
    """
    monkeypatch.setattr(database, "_LEAST_NODES", 0)
    monkeypatch.setattr(database, "_MOST_REMOVED", 0.5)
    all_trees = trees()
    check_walk(all_trees[name], tmp_path / "walk", SEED, STEPS if IS_LONG else STEPS // len(all_trees))


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_can_be_made_again(tmp_path: Path, edit: str) -> None:
    """The same dice give the same tree, and some dice give another one than before: what fails can be repeated."""
    first, second = (WorkTree.copy_of(own("graph") | cases("typescript/modules"), tmp_path / name) for name in "ab")
    for seed in range(3):
        for tree in (first, second):
            EDITS["rename here"](tree, Random(seed))
            EDITS[edit](tree, Random(seed))
        assert {path: first.read(path) for path in first.sources()} == {p: second.read(p) for p in second.sources()}


def test_the_shortest_steps_are_found() -> None:
    """Of many steps, the two that fail together."""
    steps = [Step("shift", number) for number in range(40)]
    guilty = {steps[7], steps[31]}
    assert set(shortest(steps, lambda some: guilty <= set(some))) == guilty
