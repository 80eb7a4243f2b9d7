"""Several processes at one index: two writers, a writer that stands still, a file system without locks."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.trees import check_whole, indexed_version, new_tree, write_version
from tests.faults.writers import WAIT, Writer, run
from tests.trees import home, root

__all__ = ["home", "root"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals here")


def phase_of_writing(root: Path) -> str:
    """The last phase of a run: the writer holds the lock and has not published."""
    with Writer(root, full=True) as writer:
        assert writer.end().code == 0
        return str([what for _, kind, what in writer.heard if kind == "phase"][-1])


def test_two_writers(root: Path) -> None:
    """The second one says whom it waits for, and then does its own work on what the first one left."""
    new_tree(root)
    with Writer(root, full=True) as first, Writer(root, full=True) as second:
        ended = first.end(), second.end()
        assert [one.code for one in ended] == [0, 0], ended
        said = [what for writer in (first, second) for _, kind, what in writer.heard if kind == "message"]
    assert all("is writing the index" in line for line in said)
    check_whole(root, 0)


def test_a_writer_that_stands_still(root: Path) -> None:
    """Readers go on; a second writer fails at once, or waits until the first one goes on or is killed."""
    assert run(new_tree(root)).code == 0
    phase = phase_of_writing(root)
    write_version(root, 1)
    with Writer(root, full=True) as first:
        assert first.hear("phase", phase)
        first.send_signal(signal.SIGSTOP)
        before = indexed_version(root)
        assert before in {0, 1}
        busy = run(root, wait=False)
        assert (busy.code, len(busy.said)) == (5, 1)
        assert str(first.process.pid) in busy.said[0]
        with Writer(root) as second:
            assert second.hear("message")
            second.process.join(0.2)
            assert second.process.is_alive()
            assert indexed_version(root) == before
            first.send_signal(signal.SIGCONT)
            assert (first.end().code, second.end().code) == (0, 0)
    check_whole(root, 1)
    write_version(root, 2)
    with Writer(root, full=True) as first:
        assert first.hear("phase", phase)
        first.send_signal(signal.SIGSTOP)
        with Writer(root) as second:
            assert second.hear("message")
            first.send_signal(signal.SIGKILL)
            assert (first.end().code, second.end().code) == (-signal.SIGKILL, 0)
    check_whole(root, 2)


WITHOUT_LOCKS = """
import errno, sys

def refuse(event, arguments):
    if event == "fcntl.flock":
        raise OSError(errno.ENOLCK, "No locks available")

sys.addaudithook(refuse)
from axon.cli.main import main

main(sys.argv[1:])
"""


def without_locks(*arguments: str) -> tuple[int, str, str]:
    """A command where the system has no locks to give."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LOCKS, *arguments],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_file_system_without_locks(root: Path) -> None:
    """Questions are answered; a writer, that could not be told from a second one, says why it does not write."""
    assert run(new_tree(root)).code == 0
    code, out, err = without_locks("callers", "target", "--repo", str(root))
    assert (code, "shop/caller2.py:3" in out, err) == (0, True, "")
    write_version(root, 1)
    code, out, err = without_locks("analyze", str(root), "--no-embeddings", "--quiet")
    assert (code, out, err.count("\n"), "locks" in err) == (1, "", 1, True), err
    assert indexed_version(root) == 0
    assert run(root).code == 0
    check_whole(root, 1)
