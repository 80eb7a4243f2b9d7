"""kill -9 at random moments: readers keep a whole index, and the next run makes all good and says what it found."""

import shutil
import signal
import sys
from pathlib import Path
from random import Random

import pytest

from axon.pipeline.verify import verify
from tests.faults.trees import SEED, check_whole, indexed_version, new_tree, times, write_version
from tests.faults.writers import Moment, Writer, moments, run
from tests.trees import home, root

__all__ = ["home", "root"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL here")


def kill_at(root: Path, moment: Moment, *, full: bool) -> int:
    """Run a writer that is killed at the moment; its exit code, which is 0 where it was quicker."""
    with Writer(root, full=full) as writer:
        if writer.at(moment):
            writer.send_signal(signal.SIGKILL)
        return writer.end().code


@pytest.mark.parametrize("full", [True, False], ids=["whole", "update"])
def test_death_at_any_moment(root: Path, full: bool) -> None:
    """Of a whole run and of an update, which publish, and collect what older runs have published."""
    dice = Random(SEED)
    version = 0
    new_tree(root)
    assert run(root).code == 0
    write_version(root, version := 1)
    n_killed = 0
    for moment in moments(root, dice, times(5, 100), full=full):
        before, version = version, version + 1
        write_version(root, version)
        code = kill_at(root, moment, full=full)
        assert code in {0, -signal.SIGKILL}, (SEED, moment)
        n_killed += code != 0
        assert indexed_version(root) in {before, version}, (SEED, moment)
        assert verify(root, quick=True).is_right, (SEED, moment)
        ended = run(root)
        assert ended.code == 0, (SEED, moment, ended)
        check_whole(root, version)
        assert not list(root.glob(".axon/generations/.draft*")), (SEED, moment)
        assert len(list(root.glob(".axon/generations/0*"))) <= 3, (SEED, moment)
    assert n_killed


def test_death_of_the_first_run(root: Path) -> None:
    """There is no index before, and none or a whole one after."""
    dice = Random(SEED)
    new_tree(root)
    assert run(root).code == 0
    for moment in moments(root, dice, times(2, 20), full=True):
        shutil.rmtree(root / ".axon")
        kill_at(root, moment, full=False)
        assert indexed_version(root) in {None, 0}, (SEED, moment)
        assert run(root).code == 0
        check_whole(root, 0)
