"""Parser workers that somebody kills again and again: every file is there, and none is blamed for it."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from axon.pipeline.verify import verify
from tests.faults.trees import SEED, times
from tests.faults.writers import WAIT
from tests.pipeline.trees import last_line, padded_tree, write_tree
from tests.trees import home, root

__all__ = ["home", "root"]

RUN = """
import json, sys
from pathlib import Path
from axon.config import Settings
from axon.pipeline import run_pipeline

if __name__ == "__main__":
    result = run_pipeline(Path(sys.argv[1]), embeddings=False, full=True, settings=Settings(jobs=2))
    print(json.dumps([result.files, [problem.what for problem in result.problems]]))
"""


def children_of(pid: int) -> list[int]:
    """Processes that a process has started and that live, as Linux lists them."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def workers_of(pid: int) -> list[int]:
    """The processes that parse: forks, and those that the server of forks has started; not what keeps the books."""
    found = []
    for child in children_of(pid):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if b"forkserver" in words:
            found += children_of(child)
        elif b"resource_tracker" not in words:
            found.append(child)
    return found


@pytest.mark.skipif(not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="no such list here")
def test_workers_that_are_killed(root: Path, home: Path) -> None:
    """At random moments, one after the other, a few in each run; but not the same file's process again and again."""
    dice = Random(SEED)
    tree = padded_tree(60, 30_000)
    write_tree(root, tree)
    left = times(5, 100)
    while left:
        shutil.rmtree(home, ignore_errors=True)
        writer = subprocess.Popen([sys.executable, "-c", RUN, root], stdout=subprocess.PIPE, text=True)
        of_this_run = 3
        while of_this_run and left and writer.poll() is None:
            for worker in dice.sample(found := workers_of(writer.pid), min(1, len(found))):
                os.kill(worker, signal.SIGKILL)
                of_this_run, left = of_this_run - 1, left - 1
            try:
                writer.wait(dice.random())
            except subprocess.TimeoutExpired:
                continue
        out, _ = writer.communicate(timeout=WAIT)
        done = subprocess.CompletedProcess(writer.args, writer.returncode, out, "")
        assert last_line(done) == [len(tree), []], SEED
        assert verify(root).is_right
