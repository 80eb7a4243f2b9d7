"""Places that refuse: a disk that fills up in the middle of a run, folders that may only be read."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.badinput.test_room import needs_small_disk
from tests.faults.trees import SEED, check_whole, new_tree, times, write_version
from tests.faults.writers import run
from tests.trees import home, root

__all__ = ["home", "root"]
HERE = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions and mounts are others there")


def test_a_disk_that_fills_up(root: Path) -> None:
    """Whenever it does: the last index stays, one line says so or the run was done; with room again all is well."""
    (new_tree(root) / ".axon").mkdir()
    namespace = needs_small_disk(root / ".axon")
    done = subprocess.run(
        [*namespace, sys.executable, "-m", "tests.faults.full_disk", str(root), str(times(4, 20)), str(SEED)],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, (SEED, done.stdout, done.stderr)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == times(4, 20)
    for one in said:
        # The engine ends the process itself where its log cannot be written: then nothing is said, and nothing lost.
        assert one["code"] in {0, 1, -signal.SIGABRT}, (SEED, one, done.stderr)
        assert one["code"] != 1 or len(one["said"]) == 1, (SEED, one)
        assert "IO exception" not in str(one["said"]), (SEED, one)


@pytest.fixture
def unprivileged(root: Path) -> Iterator[list[str]]:
    """What starts a command that permissions bind."""
    command: list[str] = []
    if os.geteuid() == 0:
        drop = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={drop}", f"--inh-caps={drop}"]
        if shutil.which("setpriv") is None or subprocess.run([*command, "true"], check=False).returncode:
            pytest.skip("permissions bind nobody here, and setpriv cannot take that privilege away")
    yield command
    for folder, _, _ in os.walk(root):
        os.chmod(folder, 0o755)


def axon(under: list[str], *arguments: str) -> tuple[int, str, str]:
    """A command of the command line."""
    done = subprocess.run(
        [*under, sys.executable, "-m", "axon", *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def test_an_index_that_may_only_be_read(root: Path, unprivileged: list[str]) -> None:
    """Questions are answered, Cypher included; a run fails with a line, and works when it may write again."""
    assert run(new_tree(root)).code == 0
    write_version(root, 1)
    for folder, _, names in os.walk(root / ".axon", topdown=False):
        for name in names:
            os.chmod(Path(folder, name), 0o444)
        os.chmod(folder, 0o555)
    code, out, _ = axon(unprivileged, "callers", "target", "--repo", str(root))
    assert (code, "shop/caller2.py:3" in out) == (0, True), out
    code, out, err = axon(unprivileged, "cypher", "MATCH (n:Symbol {name: 'target'}) RETURN n.id", "--repo", str(root))
    assert (code, "shop/target.py::target" in out) == (0, True), err
    assert axon(unprivileged, "verify", str(root), "--quick")[0] == 0
    code, out, err = axon(unprivileged, "analyze", str(root), "--no-embeddings")
    assert (code, "cannot be written" in err, "Traceback" in err) == (1, True, False), err
    for folder, _, names in os.walk(root / ".axon"):
        os.chmod(folder, 0o755)
        for name in names:
            os.chmod(Path(folder, name), 0o644)
    assert run(root).code == 0
    check_whole(root, 1)
