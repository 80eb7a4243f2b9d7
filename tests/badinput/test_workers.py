"""Worker processes that die or hang: the file that does it is named, once, and every other file is whole.

What kills is real: a plug-in whose language ends its process, or never answers, on the word that a file holds.
"""

import os
import signal
from pathlib import Path

import pytest

from tests.badinput.trees import analyze, nodes, symbols, write
from tests.pipeline.trees import padded_tree, run_script

SUFFIX = ".odd"
PLUGIN = """
import os, signal
from dataclasses import replace
from pathlib import Path
from axon.languages.python import LANGUAGE as base

def parameters(text):
    if "deadly" in text or "endless" in text:
        with open(Path(__file__).with_name("tried"), "a") as tried:
            tried.write(text + "\\n")
    if "deadly" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    while "endless" in text:
        pass
    return base.parameters(text)

LANGUAGE = replace(base, name="odd", suffixes=(".odd",), parameters=parameters)
"""
FINE = b"def fine(a):\n    return a\n"
MANY = {path[:-3] + SUFFIX: text.encode() for path, text in padded_tree(41, 38_000).items()}  # enough for processes

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A language plug-in, installed where every process finds it; what it was given to choke on is in `tried`."""
    folder = tmp_path / "plugins"
    entry = b"[axon.languages]\nodd = odd_plugin:LANGUAGE\n"
    metadata = b"Metadata-Version: 2.1\nName: odd-plugin\nVersion: 1.0\n"
    write(folder, {"odd_plugin.py": PLUGIN.encode()})
    write(folder, {"odd_plugin-1.0.dist-info/entry_points.txt": entry, "odd_plugin-1.0.dist-info/METADATA": metadata})
    before = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{before}" if before else str(folder))
    return folder


def tried(plugin: Path) -> int:
    """How often the plug-in met the word."""
    path = plugin / "tried"
    return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.mark.parametrize(
    ("word", "why"),
    [("deadly", "the parser's process died on this file"), ("endless", "the parser took longer than 1 seconds")],
)
def test_a_file_that_ends_or_holds_its_worker(root: Path, plugin: Path, word: str, why: str) -> None:
    """The culprit is a File without symbols and one line; it is not tried again before its content changes."""
    culprit = f"culprit{SUFFIX}"
    write(root, MANY | {culprit: f"def f({word}): pass\n".encode(), f"fine{SUFFIX}": FINE})
    limit = {"AXON_PARSE_TIMEOUT_SECONDS": "1" if word == "endless" else "60"}
    first = analyze(root, "--jobs", "2", **limit)
    assert (first.code, "Problems (1)" in first.out) == (0, True)
    assert f"{why}" in first.out
    found = nodes(root)
    assert {f"m{n:03}{SUFFIX}" for n in range(41)} < {node.name for node in found.values()}
    assert f"fine{SUFFIX}::fine" in found
    assert not symbols(root, culprit)
    n_tried = tried(plugin)
    write(root, {f"fine{SUFFIX}": FINE * 2})
    second = analyze(root, "--full", **limit)
    assert (second.code, tried(plugin), why in second.out) == (0, n_tried, True)
    write(root, {culprit: FINE})
    last = analyze(root, **limit)
    assert (last.code, "Problems" in last.out) == (0, False)
    assert symbols(root, culprit) == ["fine"]


KILLED_ONCE = """
import os, signal, sys
from pathlib import Path
from axon.pipeline import run_pipeline
from axon.config import Settings

PARENT = os.getpid()

def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith(sys.argv[2]) and os.getpid() != PARENT:
        try:
            os.close(os.open(sys.argv[3], os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    sys.addaudithook(watch)
    result = run_pipeline(Path(sys.argv[1]), embeddings=False, settings=Settings(jobs=2))
    assert os.path.exists(sys.argv[3])
    print(result.files, len(result.problems))
"""


def test_a_worker_that_somebody_killed(root: Path, plugin: Path, tmp_path: Path) -> None:
    """A death that no file is to blame for costs nothing: its files are read again."""
    write(root, MANY)
    done = run_script(KILLED_ONCE, root, f"m030{SUFFIX}", tmp_path / "killed")
    assert done.stdout.split() == [str(len(MANY)), "0"], done.stderr
    assert "C30" in symbols(root, f"pkg/m030{SUFFIX}")


def test_a_large_file_that_takes_too_long_in_this_process(root: Path) -> None:
    """Few files are parsed without workers: the parser itself looks at the clock, and stops; nor is it tried again."""
    write(root, {"large.py": b"x = [\n" + b"1,\n" * 10_000_000 + b"]\n", "fine.py": FINE})
    limits = {"AXON_PARSE_TIMEOUT_SECONDS": "1", "AXON_MAX_FILE_BYTES": "40000000"}
    for flags in ([], ["--full"]):
        said = analyze(root, *flags, **limits)
        assert (said.code, "Problems (1)" in said.out) == (0, True)
        assert "the parser took longer than 1 seconds on this file; it is not tried again until it changes" in said.out
        assert symbols(root, "fine.py") == ["fine"]
        assert not symbols(root, "large.py")
