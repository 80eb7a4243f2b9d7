"""The wheel: compiled and with its stubs read where that can be done, with one line that says so where it cannot."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[1]
NO_COMPILER = "no-such-compiler"
LOOK_UP = """
import sys
from pathlib import Path
from axon.parsing.cache import FactCache
from axon.pipeline.libraries import Stubs
with Stubs(["python"], {}, FactCache(Path(sys.argv[1]), 10**9)) as stubs:
    assert "getcwd" in stubs["os"].declared and "no.such.module" not in stubs
"""


def build(to: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(to)]
    kept = {name: value for name, value in os.environ.items() if name != "AXON_COMPILE"}
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, check=False, timeout=120
    )


def test_nothing_is_compiled_where_that_is_not_wanted(tmp_path: Path) -> None:
    """The wheel is one for all platforms, and nothing is said about it."""
    done = build(tmp_path, AXON_COMPILE="0", CC=NO_COMPILER)
    assert done.returncode == 0, done.stderr
    assert "not compiled" not in done.stdout + done.stderr
    (wheel,) = tmp_path.iterdir()
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "axon/resolution/flow.py" in ZipFile(wheel).namelist()


def test_without_a_compiler_the_wheel_is_interpreted_and_a_line_says_so(tmp_path: Path) -> None:
    """Whoever installs it learns in one line what is lost and why."""
    done = build(tmp_path, CC=NO_COMPILER)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in (done.stdout + done.stderr).splitlines() if "not compiled" in line]
    assert NO_COMPILER in line
    (wheel,) = tmp_path.iterdir()
    assert wheel.name.endswith("-py3-none-any.whl")


def test_a_compiled_wheel_that_cannot_be_had_is_an_error(tmp_path: Path) -> None:
    """A release is never interpreted by accident."""
    done = build(tmp_path, AXON_COMPILE="1", CC=NO_COMPILER)
    assert done.returncode != 0
    assert NO_COMPILER in done.stderr
    assert list(tmp_path.glob("*.whl")) == []


def test_stubs_of_the_standard_library_come_with_the_wheel(tmp_path: Path) -> None:
    """They need not be read on the user's machine, so that nothing is put into the cache that keeps what was read."""
    assert build(tmp_path, AXON_COMPILE="0").returncode == 0
    (wheel,) = tmp_path.iterdir()
    ZipFile(wheel).extractall(tmp_path / "installed")
    kept = []
    for sources in (tmp_path / "installed", ROOT / "src"):
        cache = tmp_path / f"cache-{len(kept)}"
        environment = {**os.environ, "PYTHONPATH": str(sources)}
        subprocess.run([sys.executable, "-c", LOOK_UP, str(cache)], env=environment, check=True, timeout=120)
        kept.append((cache / "facts.sqlite").exists())
    assert kept == [False, True]
