"""What git says of the past: commits, renames, what changed, owners; and what it says where it cannot."""

import os
import subprocess
from pathlib import Path

import pytest

from axon.analyses.coupling import coupled_files, file_numbers
from axon.errors import UsageError
from axon.files.diff import changed_lines
from axon.files.history import blame, read_history
from axon.files.owners import read_owners

DAY = 86_400
NOW = 1_700_000_000


def git(root: Path, *arguments: str, at: int = NOW, who: str = "Ada") -> None:
    names = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _person(who, at)}
    command = ["git", "-c", "commit.gpgsign=false", *arguments]
    subprocess.run(command, cwd=root, check=True, capture_output=True, env=os.environ | names)


def _person(who: str, at: int) -> list[tuple[str, str]]:
    return [("NAME", who), ("EMAIL", f"{who}@example.org"), ("DATE", f"{at} +0000")]


def commit(root: Path, files: dict[str, str], *, at: int = NOW, who: str = "Ada") -> None:
    for path, text in files.items():
        (root / path).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x", at=at, who=who)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def test_files_that_change_together_across_a_rename(repo: Path) -> None:
    """The old name counts as the new one; what is older than a year before HEAD does not count."""
    text = "".join(f"line {n}\n" for n in range(20))
    commit(repo, {"old.py": text, "b.py": "0\n"}, at=NOW - 500 * DAY)
    commit(repo, {"old.py": text + "1\n", "b.py": "1\n"}, at=NOW - 40 * DAY)
    commit(repo, {"old.py": text + "2\n", "b.py": "2\n"}, at=NOW - 30 * DAY, who="Bob")
    git(repo, "mv", "old.py", "new.py")
    commit(repo, {}, at=NOW - 20 * DAY)
    commit(repo, {"new.py": text + "3\n", "b.py": "3\n"}, at=NOW)
    history = read_history(repo)
    assert (len(history.commits), history.note) == (4, "")
    (pair,) = coupled_files(history, ["new.py", "b.py"])
    assert (pair.path, pair.other, pair.support, pair.strength) == ("b.py", "new.py", 3, 0.75)
    numbers = {one.path: one for one in file_numbers(history, ["new.py", "b.py"])}
    assert numbers["new.py"].commits == 4
    assert dict(numbers["b.py"].authors) == {"Ada": 4, "Bob": 2}
    assert numbers["b.py"].bus_factor == 1
    assert blame(repo, "b.py") == {"Ada": 1}


def test_a_commit_of_very_many_files_says_nothing(repo: Path) -> None:
    for number in range(4):
        commit(repo, {f"f{n}.py": f"{number}\n" for n in range(40)}, at=NOW + number)
    assert coupled_files(read_history(repo), ["f1.py", "f2.py"]) == []


def test_no_git_and_a_shallow_clone_are_said(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A note, not a failure."""
    commit(repo, {"a.py": "1\n"})
    commit(repo, {"a.py": "2\n"}, at=NOW + 1)
    clone = tmp_path_factory.mktemp("clone") / "c"
    git(repo, "clone", "-q", "--depth", "1", repo.as_uri(), str(clone))
    assert "shallow" in read_history(clone).note
    nowhere = tmp_path_factory.mktemp("nowhere")
    assert "no history" in read_history(nowhere).note


def test_changed_lines(repo: Path) -> None:
    """Ranges of the work tree, files that git does not know yet, and a revision that is none."""
    commit(repo, {"a.py": "1\n2\n3\n4\n"})
    (repo / "a.py").write_text("1\nx\ny\n3\n4\n")
    (repo / "new.py").write_text("1\n")
    found = changed_lines(repo, "HEAD")
    assert found["a.py"] == [(2, 3)]
    assert set(found) == {"a.py", "new.py"}
    for base in ("nonsense", "--output=x"):
        with pytest.raises(UsageError):
            changed_lines(repo, base)
    assert not (repo / "x").exists()


def test_the_last_pattern_of_codeowners_counts(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("# who\n* @all\n/src/ @core @more\n*.md @docs # prose\n")
    owners = read_owners(tmp_path)
    assert owners("a.py") == ("@all",)
    assert owners("src/a.py") == ("@core", "@more")
    assert owners("src/a.md") == ("@docs",)
    assert read_owners(tmp_path / "src")("a.py") == ()
