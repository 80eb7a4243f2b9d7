"""A disk that is full, a real one of a few megabytes: one line, the last index in force, and a run later is right."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.trees import SHOP, last_line, padded_tree, write_tree

FULL = """
import json, os, subprocess, sys
from pathlib import Path
from axon.pipeline.verify import verify
from tests.pipeline.trees import contents

root, small, where = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "none", str(small)], check=True)
if where == "caches":
    os.environ["AXON_HOME"] = str(small)

def analyze(*flags):
    done = subprocess.run([sys.executable, "-m", "axon", "analyze", str(root), "--no-embeddings", *flags],
                          capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr

def leave(n_bytes):
    filler = small / "filler"
    filler.unlink(missing_ok=True)
    room = os.statvfs(small)
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(room.f_bavail * room.f_frsize - n_bytes, 1))

said = []
if where != "caches":
    assert analyze()[0] == 0
(root / "shop/money.py").write_text("def total(p):\\n    return 7\\n")
for room in (0, 4096, 8_200_000, 40_000_000):
    leave(room)
    code, out, err = analyze("--full")
    said.append([room, code, err, out])
    if where != "caches" and code:  # the last index, or the new one, whose database waits for room
        assert verify(root, quick=True).is_right, room
        assert not list(root.glob(".axon/generations/.draft-*")), room
    if code == 0 and where != "caches":
        break
(small / "filler").unlink()
code, out, err = analyze()
said.append(["freed", code, err, out])
if where != "caches":
    assert "total" in str(contents(root).nodes)
print(json.dumps(said))
"""


def needs_small_disk(small: Path) -> list[str]:
    """What starts a command that may mount a disk of its own at `small`; the test is skipped where nothing does."""
    namespace = ["unshare", "--map-root-user", "--mount"]
    probe = ["sh", "-c", 'mount -t tmpfs -o size=1m none "$0"', str(small)]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*namespace, *probe], check=False, capture_output=True).returncode
    ):
        pytest.skip(
            "this system lets nobody mount a small disk of their own: unshare --map-root-user --mount is refused"
        )
    return namespace


def in_small_disk(root: Path, small: Path, where: str) -> list[tuple[int | str, int, str, str]]:
    """Index with ever more room, from none on, in a mount that ends with its process."""
    namespace = needs_small_disk(small)
    done = subprocess.run(
        [*namespace, sys.executable, "-c", FULL, str(root), str(small), where],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return [tuple(one) for one in last_line(done)]


def test_no_room_for_the_index(root: Path) -> None:
    """From no byte to enough: each failure is exit code 1 and one line that says so, and an index stays whole."""
    write_tree(root, SHOP | padded_tree(30, 100))
    small = root / ".axon"
    small.mkdir()
    *failed, fitted, freed = in_small_disk(root, small, "index")
    assert len(failed) >= 2
    for room, code, err, _ in failed:
        last = err.splitlines()[-1]
        assert code == 1, (room, err)
        assert last.startswith("axon: "), (room, err)
        assert "Unexpected" not in err, (room, err)
        assert "Traceback" not in err, (room, err)
    assert (fitted[1], freed[1]) == (0, 0)


def test_no_room_for_the_caches(root: Path, tmp_path: Path) -> None:
    """Caches that cannot grow cost a line; the index is whole at any amount of room."""
    write_tree(root, SHOP | padded_tree(30, 100))
    small = tmp_path / "small"
    small.mkdir()
    for room, code, err, out in in_small_disk(root, small, "caches"):
        assert code == 0, (room, err)
        assert "Traceback" not in err, (room, err)
        assert room or "cache of facts" in out, (room, out)
