"""A disk that fills up at random moments of a run, a real one of a few megabytes: `python -m tests.faults.full_disk`.

What flows in: a root whose `.axon` folder exists, how many times, a seed. What flows out: a line of JSON a time. It
must run in a mount namespace of its own, where it may mount a small disk that ends with it.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Final

from axon.pipeline.verify import verify
from tests.faults.trees import check_whole, indexed_version, write_version
from tests.faults.writers import Moment, Writer, moments, run

_SIZE: Final = "64m"
_MOST_LEFT: Final = 300_000  # bytes that the disk still has when it is all but full


def fill(filler: Path, n_left: int) -> None:
    """Take all room of the disk but `n_left` bytes."""
    with filler.open("wb") as file:
        while (room := os.statvfs(filler.parent)).f_bavail * room.f_frsize > n_left + room.f_frsize:
            with suppress(OSError):  # the writer took some of it meanwhile
                size = os.fstat(file.fileno()).st_size
                os.posix_fallocate(file.fileno(), size, room.f_bavail * room.f_frsize - n_left)


def one_time(root: Path, version: int, moment: Moment, n_left: int, *, full: bool) -> dict[str, object]:
    """Fill the disk at the moment of a run; what the writer said, and whether all was well then and after."""
    filler = root / ".axon/filler"
    write_version(root, version)
    with Writer(root, full=full) as writer:
        if writer.at(moment):
            fill(filler, n_left)
        ended = writer.end()
    assert indexed_version(root) in {version - 1, version}
    assert verify(root, quick=True).is_right
    filler.unlink(missing_ok=True)
    again = run(root)
    assert again.code == 0, again
    check_whole(root, version)
    return {"moment": repr(moment), "left": n_left, "code": ended.code, "said": ended.said}


def main(root: Path, n_times: int, seed: int) -> None:
    """All times, half of them updates."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "none", str(root / ".axon")], check=True)
    assert run(root).code == 0
    dice, version = Random(seed), 0
    for full in (True, False):
        version += 1
        write_version(root, version)
        for moment in moments(root, dice, n_times // 2, full=full):
            version += 1
            said = one_time(root, version, moment, dice.randrange(_MOST_LEFT), full=full)
            sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
