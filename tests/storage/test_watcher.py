"""Who watches a repository: one process, known by its number while it lives and not a moment longer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from axon.errors import BusyError, StorageError
from axon.storage.watcher import WatcherClaim, watcher_of

HOLDER = """
import sys
from pathlib import Path
from axon.storage.watcher import WatcherClaim
claim = WatcherClaim(Path(sys.argv[1]))
print("claimed", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the index of a repository is to be."""
    return tmp_path / ".axon"


def test_nobody_watches_at_first_and_after_release(folder: Path) -> None:
    """Without a folder, without a file, and with what an earlier watcher left, there is none."""
    assert watcher_of(folder) is None
    claim = WatcherClaim(folder)
    assert watcher_of(folder) == os.getpid()
    claim.release()
    assert (folder / "watch.lock").exists()
    assert watcher_of(folder) is None


def test_another_process_is_known_while_it_lives(folder: Path) -> None:
    """Its number is told, it cannot be joined, and when it is killed the number it wrote counts no more."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "claimed\n"
        assert watcher_of(folder) == holder.pid
        with pytest.raises(BusyError, match=f"Process {holder.pid} watches {folder.parent} already"):
            WatcherClaim(folder)
        holder.kill()
        holder.wait()
    assert watcher_of(folder) is None
    assert (folder / "watch.lock").read_text() == str(holder.pid)
    claim = WatcherClaim(folder)
    assert watcher_of(folder) == os.getpid()
    claim.release()


def test_a_claim_outlives_the_removal_of_the_index(folder: Path) -> None:
    """It is renewed where the folder has come again; a folder that is gone is not made."""
    claim = WatcherClaim(folder)
    claim.renew()
    (folder / "watch.lock").unlink()
    folder.rmdir()
    claim.renew()
    assert not folder.exists()
    folder.mkdir()
    assert watcher_of(folder) is None
    claim.renew()
    assert watcher_of(folder) == os.getpid()
    claim.release()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in its place is said in words."""
    (tmp_path / ".axon").write_text("mine")
    with pytest.raises(StorageError, match="cannot be written"):
        WatcherClaim(tmp_path / ".axon")
