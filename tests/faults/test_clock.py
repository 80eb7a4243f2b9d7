"""A clock that jumps: files from the future and from before the epoch, an index that was made in either."""

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from axon.storage.manifest import Manifest
from axon.storage.schema import SCHEMA_VERSION
from tests.faults.trees import check_whole, indexed_version, new_tree, write_version
from tests.faults.writers import run
from tests.trees import home, root

__all__ = ["home", "root"]

YEAR = 365 * 86_400
MOMENTS = {"the future": 4_000_000_000, "the epoch": 0, "before it": -YEAR, "a second ago": None}


def set_times(root: Path, moment: int | None) -> None:
    """Every source file was written at that moment."""
    for path in root.rglob("*.py"):
        now = path.stat().st_mtime if moment is None else moment
        os.utime(path, (now - 1, now - 1))


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_files_of_another_time(root: Path, moment: int | None) -> None:
    """What changed is seen wherever its time jumps to, and nothing is where it does not."""
    assert run(new_tree(root)).code == 0
    set_times(root, moment)
    assert run(root).code == 0
    check_whole(root, 0)
    for version in (1, 2):
        write_version(root, version)
        set_times(root, moment)
        assert run(root).code == 0
        check_whole(root, version)


@pytest.mark.parametrize("created", ["2099-01-01T00:00:00+00:00", "1970-01-01T00:00:00+00:00"])
def test_an_index_of_another_time(root: Path, created: str) -> None:
    """The clock was wrong when the index was made; the next run sees what changed all the same."""
    assert run(new_tree(root)).code == 0
    generation = root / ".axon/generations/000001"
    manifest = Manifest.read(generation, schema_version=SCHEMA_VERSION)
    replace(manifest, created=datetime.fromisoformat(created)).write(generation)
    assert indexed_version(root) == 0
    write_version(root, 1)
    assert run(root).code == 0
    check_whole(root, 1)
