"""Trees in which not everything is a file that can be read: what can be is indexed, and the rest is said."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.badinput.trees import LANGUAGES, analyze, good, nodes, suffix, symbols, write

END = suffix(LANGUAGES[0])
TEXT = good(LANGUAGES[0])

needs_links = pytest.mark.skipif(os.name == "nt", reason="links and FIFOs are others there")


@pytest.fixture
def unprivileged(root: Path) -> Iterator[list[str]]:
    """What starts a command that permissions bind: nothing, or where this user is above them, what takes that away."""
    command: list[str] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        drop = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={drop}", f"--inh-caps={drop}"]
        if shutil.which("setpriv") is None or subprocess.run([*command, "true"], check=False).returncode:
            pytest.skip("permissions bind nobody here, and setpriv cannot take that privilege away")
    write(root, {f"good{END}": TEXT, f"secret{END}": TEXT, f"closed/a{END}": TEXT})
    yield command
    root.chmod(0o755)
    (root / "closed").chmod(0o755)


def test_an_empty_repository(root: Path) -> None:
    """Nothing to index is no failure, and is said in a line."""
    said = analyze(root)
    assert said.code == 0
    assert "No source file" in said.err
    assert {str(node.kind) for node in nodes(root).values()} == {"Folder"}


def test_an_empty_work_tree(root: Path) -> None:
    """Nor is a repository without a commit."""
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    said = analyze(root)
    assert (said.code, "No source file" in said.err) == (0, True)


@pytest.mark.parametrize("name", ["missing", f"file{END}", "broken", "file/below", "\udcff", "a" * 300])
def test_a_path_that_is_no_folder(root: Path, name: str) -> None:
    """Exit code 2 and one line that names the path; nothing is written."""
    write(root, {f"file{END}": TEXT, "file": b""})
    (root / "broken").symlink_to("nowhere")
    before = sorted(root.iterdir())
    said = analyze(root / name)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "No folder at" in said.err
    assert sorted(root.iterdir()) == before


@needs_links
def test_links_in_circles(root: Path) -> None:
    """Links to themselves, to each other and to the folder above are counted and not followed."""
    write(root, {f"good{END}": TEXT, f"deep/er/a{END}": TEXT})
    for name, target in {
        f"self{END}": f"self{END}",
        f"one{END}": f"two{END}",
        f"two{END}": f"one{END}",
        "up": ".",
        "deep/er/top": "../..",
    }.items():
        (root / name).symlink_to(target)
    for _ in range(2):
        said = analyze(root)
        assert (said.code, "symlink 5" in said.out) == (0, True)
        subprocess.run(["git", "init", "-q", str(root)], check=True)  # the second round is that of a work tree
    assert {node.path for node in nodes(root).values() if node.kind == "File"} == {f"good{END}", f"deep/er/a{END}"}


@needs_links
def test_a_root_that_is_reached_by_a_circle(root: Path) -> None:
    """A link to itself is no folder."""
    (root / "circle").symlink_to("circle")
    said = analyze(root / "circle")
    assert (said.code, "No folder at" in said.err) == (2, True)


@needs_links
@pytest.mark.parametrize("versioned", [False, True], ids=["folder", "work tree"])
def test_a_fifo_is_not_waited_for(root: Path, versioned: bool) -> None:
    """A FIFO with a source file's name, and one in the place of an ignore file."""
    write(root, {f"good{END}": TEXT, f"sub/a{END}": TEXT})
    if versioned:
        subprocess.run(["git", "init", "-q", str(root)], check=True)
        (root / f"pipe{END}").write_bytes(TEXT)
        subprocess.run(["git", "-C", str(root), "add", "."], check=True)
        (root / f"pipe{END}").unlink()
    os.mkfifo(root / f"pipe{END}")
    os.mkfifo(root / "sub/.axonignore")
    said = analyze(root)
    assert said.code == 0
    assert "not a regular file" in said.out
    assert symbols(root, f"good{END}") == symbols(root, f"sub/a{END}") != []


def test_submodules_are_said_to_be_left_out(root: Path, tmp_path: Path) -> None:
    """A submodule, and a clone that nobody tracks, are other repositories; everything around them is indexed."""
    other = write(tmp_path / "other", {f"inner{END}": TEXT})
    git = ["git", "-c", "protocol.file.allow=always", "-C"]
    for folder in (other, write(root, {f"good{END}": TEXT})):
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
        subprocess.run([*git, str(folder), "add", "."], check=True)
        subprocess.run([*git, str(folder), "commit", "-qm", "first"], check=True)
    subprocess.run([*git, str(root), "submodule", "--quiet", "add", str(other), "library"], check=True)
    subprocess.run(["git", "clone", "-q", str(other), str(root / "clone")], check=True)
    said = analyze(root)
    assert (said.code, "other repository 2" in said.out) == (0, True)
    assert {node.path for node in nodes(root).values() if node.kind == "File"} == {f"good{END}"}


@needs_links
def test_no_permission_for_a_file_and_a_folder(root: Path, unprivileged: list[str]) -> None:
    """Each is one line that says why; the rest is indexed."""
    (root / f"secret{END}").chmod(0)
    (root / "closed").chmod(0)
    said = analyze(root, under=unprivileged)
    assert said.code == 0
    assert "unreadable 2" in said.out
    listed = said.out.split("Problems (2)\n")[1].lower().splitlines()
    assert all("permission denied" in line for line in listed)
    assert symbols(root, f"good{END}")
    assert not symbols(root, f"secret{END}")


@needs_links
@pytest.mark.parametrize("below", ["", "closed/deeper"])
def test_no_permission_for_the_root(root: Path, unprivileged: list[str], below: str) -> None:
    """A root that cannot be entered, or not even looked at, is a failure with a line that names it."""
    (root / "closed/deeper").mkdir()
    (root / "closed").chmod(0)
    root.chmod(0 if not below else 0o755)
    said = analyze(root / below, under=unprivileged)
    assert said.code in {1, 2}
    assert str(root) in said.err.splitlines()[-1]
    assert "Unexpected" not in said.err


@needs_links
def test_no_permission_to_write_the_index(root: Path, unprivileged: list[str]) -> None:
    """A tree that may be read only: one line that names the folder, exit code 1."""
    root.chmod(0o555)
    said = analyze(root, under=unprivileged)
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert ".axon cannot be written" in said.err


@needs_links
def test_no_permission_for_the_caches(root: Path, unprivileged: list[str], home: Path) -> None:
    """Without a place for caches and the registry the index is made, and what is missing is said."""
    home.mkdir(mode=0o555)
    said = analyze(root, under=unprivileged)
    assert said.code == 0
    assert "cache of facts" in said.out
    assert "axon list" in said.err
    assert symbols(root, f"good{END}")
