"""Where a repository begins."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from axon.errors import UsageError
from axon.files.locate import find_root

Git = Callable[..., str]


def test_an_index_above_is_the_root(repository: Path) -> None:
    """The nearest folder that was indexed counts, below the top of the work tree or above it."""
    (repository / "a" / ".axon" / "generations").mkdir(parents=True)
    (repository / "a" / "b").mkdir()
    assert find_root(repository / "a" / "b") == repository / "a"


def test_a_folder_of_that_name_without_an_index_is_none(tmp_path: Path) -> None:
    """AXON_HOME may be called so: the user's whole home is no repository because of it."""
    (tmp_path / ".axon" / "cache").mkdir(parents=True)
    (tmp_path / "project").mkdir()
    assert find_root(tmp_path / "project") == tmp_path / "project"


def test_without_an_index_the_work_tree_is_the_root(repository: Path) -> None:
    """The folder that holds .git, from anywhere below it."""
    (repository / "a" / "b").mkdir(parents=True)
    assert find_root(repository / "a" / "b") == repository


def test_a_linked_work_tree_is_a_root(repository: Path, tmp_path: Path, git: Git) -> None:
    """There .git is a file."""
    git(repository, "commit", "-q", "--allow-empty", "-m", "x")
    git(repository, "worktree", "add", "-q", str(tmp_path / "linked"))
    assert find_root(tmp_path / "linked") == tmp_path / "linked"


def test_elsewhere_the_folder_is_the_root(tmp_path: Path) -> None:
    """A plain folder stands for itself."""
    assert find_root(tmp_path) == tmp_path


def test_a_file_stands_for_its_folder(tmp_path: Path) -> None:
    """A path to a file is as good as its folder."""
    (tmp_path / "a.toy").touch()
    assert find_root(tmp_path / "a.toy") == tmp_path


def test_a_path_to_nothing_is_a_usage_error(tmp_path: Path) -> None:
    """The message names the path."""
    with pytest.raises(UsageError, match=r"No folder at .*absent"):
        find_root(tmp_path / "absent")


@pytest.mark.skipif(sys.platform == "win32", reason="a current folder cannot be removed there")
def test_a_current_folder_that_was_removed_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system no longer knows where we are; the message says so."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(UsageError, match="was removed"):
        find_root(Path())


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need rights there")
def test_a_loop_of_symlinks_is_a_usage_error(tmp_path: Path) -> None:
    """It leads to nothing."""
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match="No folder at"):
        find_root(tmp_path / "loop")
