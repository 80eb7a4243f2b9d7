"""The walk in a git work tree: what git lists, and what becomes of it."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from axon.config import Settings
from axon.files.listing import LeftOut, Listing
from axon.files.walk import list_files

Git = Callable[..., str]


def _language_of(path: str) -> str | None:
    return "toy" if path.endswith(".toy") else None


def _listed(root: Path) -> Listing:
    return list_files(root, language_of=_language_of, settings=Settings())


def _paths(root: Path) -> list[str]:
    return [file.path for file in _listed(root).files]


def _write(root: Path, *paths: str, content: str = "x\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)


def test_tracked_and_untracked_files_are_listed_and_ignored_ones_are_not(repository: Path, git: Git) -> None:
    """A tracked file stays although an ignore rule names it, as git has it."""
    _write(repository, "tracked.toy", "forced.toy", "new.toy", "ignored.toy")
    git(repository, "add", "tracked.toy", "forced.toy")
    _write(repository, ".gitignore", content="ignored.toy\nforced.toy\n")
    assert _paths(repository) == ["forced.toy", "new.toy", "tracked.toy"]


def test_the_exclude_file_of_the_repository_counts(repository: Path) -> None:
    """`.git/info/exclude` is one of git's standard sources."""
    _write(repository, "a.toy", "b.toy")
    _write(repository, ".git/info/exclude", content="b.toy\n")
    assert _paths(repository) == ["a.toy"]


def test_a_subfolder_lists_its_own_files_under_rules_from_above(repository: Path) -> None:
    """Paths are relative to the folder that was asked for."""
    _write(repository, "top.toy", "sub/a.toy", "sub/gone.toy")
    _write(repository, ".gitignore", content="gone.toy\n")
    assert _paths(repository / "sub") == ["a.toy"]


def test_strange_names_arrive_unchanged(repository: Path, git: Git) -> None:
    """Blanks, quotes, newlines and bytes that are no UTF-8 survive git's output."""
    names = ["a b.toy", 'q"uote.toy', "é.toy"]
    if os.name != "nt":
        names += ["new\nline.toy", "\udcff.toy"]
    _write(repository, *names)
    git(repository, "add", "-A")
    assert sorted(_paths(repository)) == sorted(names)


def test_a_tracked_file_that_is_gone_is_counted(repository: Path, git: Git) -> None:
    """It is left out without a Problem: a deletion that is not committed is no fault."""
    _write(repository, "a.toy", "gone/b.toy")
    git(repository, "add", "-A")
    (repository / "gone/b.toy").unlink()
    (repository / "gone").rmdir()
    listing = _listed(repository)
    assert [file.path for file in listing.files] == ["a.toy"]
    assert listing.left_out[LeftOut.MISSING].examples == ("gone/b.toy",)
    assert listing.problems == ()


def test_an_unmerged_file_is_listed_once(repository: Path, git: Git) -> None:
    """Git lists each stage of a conflict."""
    _write(repository, "a.toy")
    digest = git(repository, "hash-object", "-w", "a.toy").strip()
    stages = "".join(f"100644 {digest} {stage}\ta.toy\n" for stage in (1, 2, 3))
    (repository / "stages").write_text(stages)
    with (repository / "stages").open() as file:
        subprocess.run(["git", "update-index", "--index-info"], cwd=repository, stdin=file, check=True)
    assert _paths(repository) == ["a.toy"]


def test_other_repositories_are_left_out(repository: Path, tmp_path: Path, git: Git) -> None:
    """A submodule and a clone inside the work tree are counted and not entered."""
    inner = tmp_path / "inner"
    _write(inner, "x.toy")
    git(inner, "init", "-q")
    git(inner, "add", "-A")
    git(inner, "commit", "-qm", "x")
    git(repository, "submodule", "--quiet", "add", str(inner), "module")
    git(repository, "clone", "-q", str(inner), "clone")
    _write(repository, "a.toy")
    listing = _listed(repository)
    assert [file.path for file in listing.files] == ["a.toy"]
    assert listing.left_out[LeftOut.OTHER_REPOSITORY].examples == ("clone/", "module")


def test_axonignore_takes_away_from_what_git_lists(repository: Path, git: Git) -> None:
    """Tracked or not, nested or not, and a whole folder at once."""
    _write(repository, "a.toy", "b.toy", "sub/c.toy", "sub/d.toy", "deep/er/e.toy")
    git(repository, "add", "-A")
    _write(repository, ".axonignore", content="b.toy\n/deep/\n")
    _write(repository, "sub/.axonignore", content="c.toy\n")
    listing = _listed(repository)
    assert [file.path for file in listing.files] == ["a.toy", "sub/d.toy"]
    assert listing.left_out[LeftOut.IGNORED].count == 3


def test_an_axonignore_that_git_ignores_holds_too(repository: Path) -> None:
    """A private .axonignore need not be committed."""
    _write(repository, "a.toy", "b.toy")
    _write(repository, ".gitignore", content=".axonignore\n")
    _write(repository, ".axonignore", content="b.toy\n")
    assert _paths(repository) == ["a.toy"]


def test_the_index_is_never_listed(repository: Path) -> None:
    """Also where nobody has told git to ignore it."""
    _write(repository, "a.toy", ".axon/x.toy", "sub/.axon/y.toy")
    assert _paths(repository) == ["a.toy"]


def test_links_are_left_out(repository: Path, tmp_path: Path, git: Git) -> None:
    """A tracked link is counted, and its target inside the root is listed under its own path."""
    _write(repository, "real.toy")
    (repository / "alias.toy").symlink_to("real.toy")
    (repository / "out").symlink_to(tmp_path)
    git(repository, "add", "-A")
    listing = _listed(repository)
    assert [file.path for file in listing.files] == ["real.toy"]
    assert listing.left_out[LeftOut.SYMLINK].examples == ("alias.toy", "out")


def test_a_folder_that_became_a_link_leads_nowhere(repository: Path, tmp_path: Path, git: Git) -> None:
    """Git still lists the files it tracked there; they would now come from outside of the root."""
    _write(repository, "sub/deep/a.toy")
    git(repository, "add", "-A")
    (repository / "sub").rename(tmp_path / "elsewhere")
    (repository / "sub").symlink_to(tmp_path / "elsewhere")
    listing = _listed(repository)
    assert listing.files == ()
    assert "sub/deep/a.toy" in listing.left_out[LeftOut.SYMLINK].examples


def test_a_folder_that_the_work_tree_ignores_is_walked(repository: Path) -> None:
    """Whoever asks for an ignored folder by name means it."""
    _write(repository, "build/a.toy")
    _write(repository, ".gitignore", content="build/\n")
    assert _paths(repository / "build") == ["a.toy"]


def test_an_empty_repository_is_empty(repository: Path) -> None:
    """Nothing listed and nothing wrong."""
    listing = _listed(repository)
    assert (listing.files, listing.problems) == ((), ())


def test_without_git_the_ignore_rules_hold(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk takes over, and a Problem says so."""
    _write(repository, "a.toy", "b.toy")
    _write(repository, ".gitignore", content="b.toy\n")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    listing = _listed(repository)
    assert [file.path for file in listing.files] == ["a.toy"]
    assert ["git is not installed" in problem.what for problem in listing.problems] == [True]


def test_a_repository_of_another_owner_is_walked(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git refuses it, its complaint is the Problem, and the files are listed all the same."""
    _write(repository, "a.toy")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    listing = _listed(repository)
    assert [file.path for file in listing.files] == ["a.toy"]
    assert ["dubious ownership" in problem.what for problem in listing.problems] == [True]


def test_a_broken_repository_is_walked(tmp_path: Path) -> None:
    """A .git that leads nowhere is a Problem, not the end."""
    _write(tmp_path, "a.toy")
    _write(tmp_path, ".git", content="gitdir: nowhere\n")
    listing = _listed(tmp_path)
    assert [file.path for file in listing.files] == ["a.toy"]
    assert len(listing.problems) == 1


def test_the_variables_of_a_hook_do_not_mislead(
    repository: Path, tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside a hook git's variables name another repository and index."""
    other = tmp_path / "other"
    _write(other, "x.toy")
    git(other, "init", "-q")
    git(other, "add", "-A")
    _write(repository, "a.toy")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert _paths(repository) == ["a.toy"]


def test_listing_a_repository_does_not_run_its_programs(repository: Path, tmp_path: Path, git: Git) -> None:
    """A file system monitor that the repository names is not started."""
    _write(repository, "a.toy")
    _write(tmp_path, "monitor.sh", content=f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    (tmp_path / "monitor.sh").chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(tmp_path / "monitor.sh"))
    assert _paths(repository) == ["a.toy"]
    assert not (tmp_path / "ran").exists()


def test_the_walk_agrees_with_git_on_nested_rules(tmp_path: Path, git: Git) -> None:
    """Outside of git the same tree under the same ignore files gives the same list."""
    _write(
        tmp_path, "a/keep/x.toy", "a/x.toy", "b/build/x.toy", "b/x.toy", "c d/x.toy", "e/f/g/x.toy", "e/x.toy", "x.toy"
    )
    _write(tmp_path, ".gitignore", content="build/\na/*\n!a/keep\nc\\ d\n**/g\n/x.toy\n")
    _write(tmp_path, "e/.gitignore", content="*\n!*/\n!f/**\n")
    walked = _paths(tmp_path)
    git(tmp_path, "init", "-q")
    assert walked == _paths(tmp_path) != []
