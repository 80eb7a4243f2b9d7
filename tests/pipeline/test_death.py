"""A writer may die, or find no room, at any moment: readers keep the last good index, and the next run clears up.

The moment is chosen by an audit hook: the interpreter reports files that are opened and renamed before it happens.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from axon.errors import BusyError, StorageError
from axon.pipeline import run_pipeline
from axon.pipeline.report import Mode
from axon.storage.generations import IndexHome
from tests.pipeline.trees import SHOP, contents, fresh_contents, index, last_line, padded_tree, run_script, write_tree

EDIT = {"shop/money.py": "def total(p):\n    return 7\n\n\ndef tax():\n    return total([])\n"}

KILLED = """
import os, signal, sys
from pathlib import Path
from axon.pipeline import run_pipeline

def watch(event, arguments, left=[int(sys.argv[4])]):
    if event == sys.argv[2] and str(arguments[1 if event == "os.rename" else 0]).endswith(sys.argv[3]):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    sys.addaudithook(watch)
    run_pipeline(Path(sys.argv[1]), embeddings=False, full=sys.argv[5] == "full")
"""

MOMENTS = {  # event, end of the path, how many-th of them
    "numbering": ("os.rename", "/last", 1),
    "columns": ("open", "graph.columns", 1),
    "manifest": ("open", "manifest.json", 1),
    "rename of the generation": ("os.rename", "/000003", 1),
    "rename of the pointer": ("os.rename", "/current", 1),
}
LATE_MOMENTS = {  # of the database, which is loaded beside the columns and put in force after them
    "load of the first table": ("open", ".csv", 1),
    "load of a later table": ("open", ".csv", 4),
    "rename of the database": ("os.rename", "/kuzu", 1),
    "rename of the database's pointer": ("os.rename", "/current.kuzu", 1),
}

needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")


def two_generations(root: Path) -> None:
    """Index a tree, and again after an edit; then edit once more."""
    index(write_tree(root, SHOP))
    write_tree(root, {"shop/till/__init__.py": "import json\n"})
    index(root)
    write_tree(root, EDIT)


def kill_at(root: Path, moment: tuple[str, str, int], how: str) -> None:
    """Run a writer that ends at the moment."""
    assert run_script(KILLED, root, *moment, how).returncode == -signal.SIGKILL


@needs_kill
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_death_before_publishing(root: Path, tmp_path: Path, moment: tuple[str, str, int]) -> None:
    """Readers still have the last index, whole; the next run clears the rest, says so, and is right."""
    two_generations(root)
    before = contents(root)
    kill_at(root, moment, "full")
    assert contents(root) == before
    result = index(root)
    assert result.mode is Mode.INCREMENTAL
    assert result.generation > 2
    built = () if moment[1] == "/last" else ("Removed what a writer that died had built of generation 3.",)
    assert result.notes == built
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


@needs_kill
def test_death_during_an_update(root: Path, tmp_path: Path) -> None:
    """The database that is copied and changed is never the one that readers have."""
    two_generations(root)
    before = contents(root)
    kill_at(root, MOMENTS["columns"], "update")
    assert contents(root) == before
    assert index(root).mode is Mode.INCREMENTAL
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


@needs_kill
@pytest.mark.parametrize("moment", LATE_MOMENTS.values(), ids=LATE_MOMENTS.keys())
def test_death_before_the_database_is_in_force(root: Path, tmp_path: Path, moment: tuple[str, str, int]) -> None:
    """Columns may be in force without their database: Cypher answers from the last one, the next run makes it good."""
    two_generations(root)
    kill_at(root, moment, "full")
    home = IndexHome(root)
    with home.require_current() as generation:
        assert generation.number in {2, 3}
        assert generation.warnings == ()
        was_published = generation.number == 3
    assert database_number(root) in {2, 3}
    result = index(root)
    assert database_number(root) == result.generation == (3 if was_published else 4)
    assert any("brought up to generation 3" in note for note in result.notes) == was_published
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")
    assert index(root).notes == ()


@needs_kill
@pytest.mark.parametrize("moment", LATE_MOMENTS.values(), ids=LATE_MOMENTS.keys())
def test_a_database_that_lags_behind_is_caught_up_by_an_edit(
    root: Path, tmp_path: Path, moment: tuple[str, str, int]
) -> None:
    """A run that has something to do builds on the last database that is whole, whichever generation has it."""
    two_generations(root)
    kill_at(root, moment, "full")
    write_tree(root, {"shop/later.py": "def later():\n    return 1\n"})
    assert database_number(root) in {2, 3}
    assert index(root).mode is Mode.INCREMENTAL
    assert database_number(root) == 4
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def database_number(root: Path) -> int:
    """The generation whose database answers Cypher."""
    kuzu = IndexHome(root).current_kuzu()
    assert kuzu is not None
    with kuzu:
        assert kuzu.warnings == ()
        return kuzu.number


LIMITED = """
import json, resource, sys
from pathlib import Path
from axon.errors import StorageError
from axon.pipeline import run_pipeline

if __name__ == "__main__":
    limit = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        run_pipeline(Path(sys.argv[1]), embeddings=False, full=sys.argv[3] == "full")
    except StorageError as error:
        print(json.dumps(str(error)))
    else:
        print(json.dumps("no error"))
"""


@pytest.mark.skipif(os.name == "nt", reason="no limits on file sizes here")
@pytest.mark.parametrize(
    ("n_bytes", "how"), [(0, "full"), (20_000, "update"), (200_000, "full"), (600_000, "full"), (600_000, "update")]
)
def test_no_room_is_a_clean_failure(root: Path, tmp_path: Path, n_bytes: int, how: str) -> None:
    """A file that cannot grow further: one line that says so, a whole index in force, and the next run is right."""
    index(write_tree(root, SHOP | padded_tree(40, 100)))
    write_tree(root, EDIT)
    said = last_line(run_script(LIMITED, root, n_bytes, how))
    assert said != "no error"
    with IndexHome(root).require_current() as generation:
        assert (generation.number, generation.warnings) == (2 if "is in force" in said else 1, ())
    assert database_number(root) == 1
    assert not list(root.glob(".axon/generations/.draft-*"))
    index(root)
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


HOLDING = """
import sys
from pathlib import Path
from axon.storage.generations import IndexHome

if __name__ == "__main__":
    with IndexHome(Path(sys.argv[1])).writer_lock():
        print("held", flush=True)
        sys.stdin.readline()
"""


def test_a_second_writer_is_told_at_once(root: Path) -> None:
    """Without wait_for_writer the second of two writers fails, and says which process is the first."""
    index(write_tree(root, SHOP))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDING, root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder.stdout, holder.stdin:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=str(holder.pid)):
            run_pipeline(root, embeddings=False, wait_for_writer=False)
        assert len(contents(root).nodes) > 20
    assert holder.wait(60) == 0
    assert run_pipeline(root, embeddings=False, wait_for_writer=False).mode is Mode.UNCHANGED


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions bind nobody here")
def test_a_tree_that_cannot_be_written_is_a_clean_failure(root: Path) -> None:
    """No place for the index: a StorageError that names the folder."""
    write_tree(root, SHOP).chmod(0o555)
    with pytest.raises(StorageError, match=r"\.axon"):
        index(root)
