"""The walk outside of git: nested ignore files, links, and what is no file."""

import os
import socket
from pathlib import Path

import pytest

from axon.config import Settings
from axon.errors import UsageError
from axon.files.listing import LeftOut, Listing
from axon.files.walk import list_files, list_folders

as_root = hasattr(os, "geteuid") and os.geteuid() == 0


def _language_of(path: str) -> str | None:
    return "toy" if path.endswith(".toy") else None


def _listed(root: Path, **settings: int) -> Listing:
    return list_files(root, language_of=_language_of, settings=Settings(**settings))


def _paths(root: Path) -> list[str]:
    return [file.path for file in _listed(root).files]


def _write(root: Path, *paths: str, content: str = "x\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)


def test_files_come_in_byte_order_of_their_paths(tmp_path: Path) -> None:
    """A dot sorts before a slash, and non-ASCII names after ASCII ones, whatever the disk's order."""
    _write(tmp_path, "b.toy", "a/z.toy", "a.toy", "é.toy", "B.toy")
    assert _paths(tmp_path) == ["B.toy", "a.toy", "a/z.toy", "b.toy", "é.toy"]


def test_the_stamp_is_what_stat_says(tmp_path: Path) -> None:
    """Size, modification time and inode are those of the file."""
    _write(tmp_path, "a.toy")
    (file,) = _listed(tmp_path).files
    status = (tmp_path / "a.toy").lstat()
    assert (file.stamp.size, file.stamp.mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert file.language == "toy"


def test_a_file_without_a_language_is_counted(tmp_path: Path) -> None:
    """What no language claims is left out with that reason."""
    _write(tmp_path, "a.txt", "b.txt")
    omission = _listed(tmp_path).left_out[LeftOut.NO_LANGUAGE]
    assert (omission.count, omission.examples) == (2, ("a.txt", "b.txt"))


def test_examples_are_few_and_the_first(tmp_path: Path) -> None:
    """The count is complete, and five paths stand for all."""
    _write(tmp_path, *(f"{number:02}.txt" for number in range(30)))
    omission = _listed(tmp_path).left_out[LeftOut.NO_LANGUAGE]
    assert (omission.count, omission.examples) == (30, ("00.txt", "01.txt", "02.txt", "03.txt", "04.txt"))


def test_a_huge_file_is_left_out(tmp_path: Path) -> None:
    """A hundred times the limit itself still passes: such a file is read for its digest."""
    _write(tmp_path, "at.toy", content="x" * 1000)
    _write(tmp_path, "above.toy", content="x" * 1001)
    listing = _listed(tmp_path, max_file_bytes=10)
    assert [file.path for file in listing.files] == ["at.toy"]
    assert listing.left_out[LeftOut.TOO_LARGE].examples == ("above.toy",)


def test_an_ignore_file_holds_for_its_folder_only(tmp_path: Path) -> None:
    """An anchored pattern is anchored where its file lies."""
    _write(tmp_path, "a/gone.toy", "a/b/gone.toy", "gone.toy")
    _write(tmp_path, "a/.gitignore", content="/gone.toy\n")
    assert _paths(tmp_path) == ["a/b/gone.toy", "gone.toy"]


def test_a_deeper_ignore_file_overrides(tmp_path: Path) -> None:
    """A negation deeper down brings back what the root leaves out."""
    _write(tmp_path, "x.toy", "a/x.toy", "a/y.toy")
    _write(tmp_path, ".gitignore", content="x.toy\ny.toy\n")
    _write(tmp_path, "a/.gitignore", content="!x.toy\n")
    assert _paths(tmp_path) == ["a/x.toy"]


def test_nothing_below_an_ignored_folder_comes_back(tmp_path: Path) -> None:
    """An ignored folder is not entered, so that a negation below it is never read."""
    _write(tmp_path, "a/x.toy", "b.toy")
    _write(tmp_path, ".gitignore", content="a/\n!a/x.toy\n")
    _write(tmp_path, "a/.gitignore", content="!x.toy\n")
    listing = _listed(tmp_path)
    assert [file.path for file in listing.files] == ["b.toy"]
    assert listing.left_out[LeftOut.IGNORED].examples == ("a/",)


def test_ignore_files_with_windows_line_ends_and_a_mark_are_read(tmp_path: Path) -> None:
    """A byte order mark and carriage returns are no part of a pattern."""
    _write(tmp_path, "x.toy", "y.toy", "z.toy")
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbfx.toy\r\ny.toy\r\n")
    assert _paths(tmp_path) == ["z.toy"]


def test_a_line_that_is_no_pattern_is_a_problem_and_the_others_hold(tmp_path: Path) -> None:
    """One bad line does not switch an ignore file off."""
    _write(tmp_path, "x.toy", "y.toy")
    _write(tmp_path, ".gitignore", content="!\n[z-a]\n[[a]]\nx.toy\n")
    listing = _listed(tmp_path)
    assert [file.path for file in listing.files] == ["y.toy"]
    assert [p.what for p in listing.problems[:2]] == ["no ignore pattern: '!'", "no ignore pattern: '[z-a]'"]


def test_axonignore_takes_away_on_top(tmp_path: Path) -> None:
    """A nested .axonignore leaves files out, and cannot bring back what .gitignore leaves out."""
    _write(tmp_path, "a/x.toy", "a/y.toy", "a/z.toy")
    _write(tmp_path, ".gitignore", content="x.toy\n")
    _write(tmp_path, "a/.axonignore", content="y.toy\n!x.toy\n")
    assert _paths(tmp_path) == ["a/z.toy"]


@pytest.mark.parametrize("folder", [".git", ".hg", ".axon", "node_modules", "__pycache__"])
def test_folders_of_tools_are_never_entered(tmp_path: Path, folder: str) -> None:
    """Neither at the top nor deeper."""
    _write(tmp_path, f"a/{folder}/x.toy", "a/y.toy")
    assert _paths(tmp_path) == ["a/y.toy"]


def test_virtual_environments_are_never_entered(tmp_path: Path) -> None:
    """A folder with pyvenv.cfg counts as ignored, whatever its name, except the root itself."""
    _write(tmp_path, "pyvenv.cfg", "env/pyvenv.cfg", "env/lib/x.toy", "y.toy")
    listing = _listed(tmp_path)
    assert [file.path for file in listing.files] == ["y.toy"]
    assert listing.left_out[LeftOut.IGNORED].examples == ("env/",)


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link inside the root is counted and its target listed once; one that leads out brings nothing in."""
    _write(tmp_path, "outside/secret.toy", "root/real/x.toy")
    root = tmp_path / "root"
    (root / "alias").symlink_to("real")
    (root / "alias.toy").symlink_to("real/x.toy")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(".")
    listing = _listed(root)
    assert [file.path for file in listing.files] == ["real/x.toy"]
    assert listing.left_out[LeftOut.SYMLINK].count == 4


def test_a_root_that_is_a_link_is_walked(tmp_path: Path) -> None:
    """The caller named it, so its target is the root."""
    _write(tmp_path, "real/x.toy")
    (tmp_path / "link").symlink_to("real")
    assert _paths(tmp_path / "link") == ["x.toy"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFO")
def test_what_is_no_regular_file_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FIFOs and sockets are left out, even where their name is a language's."""
    os.mkfifo(tmp_path / "pipe.toy")
    monkeypatch.chdir(tmp_path)  # the address of a socket is limited to about 100 bytes
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.toy")
        omission = _listed(tmp_path).left_out[LeftOut.NOT_REGULAR]
    assert omission.examples == ("pipe.toy", "socket.toy")


@pytest.mark.skipif(as_root, reason="the superuser may read everything")
def test_an_unreadable_folder_is_a_problem(tmp_path: Path) -> None:
    """The rest of the tree is listed, and the folder is named."""
    _write(tmp_path, "closed/x.toy", "y.toy")
    (tmp_path / "closed").chmod(0)
    listing = _listed(tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert [file.path for file in listing.files] == ["y.toy"]
    assert [problem.path for problem in listing.problems] == ["closed/"]


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_utf_8_is_listed(tmp_path: Path) -> None:
    """Undecodable bytes come as surrogates, from which the name can be made again."""
    with open(os.fsencode(tmp_path) + b"/\xff.toy", "wb"):
        pass
    assert _paths(tmp_path) == ["\udcff.toy"]


def test_deep_folders_are_walked(tmp_path: Path) -> None:
    """Depth costs no recursion."""
    deep = "d/" * 300
    _write(tmp_path, f"{deep}x.toy")
    assert _paths(tmp_path) == [f"{deep}x.toy"]


def test_a_root_that_is_no_folder_is_a_usage_error(tmp_path: Path) -> None:
    """The message names what the caller gave."""
    with pytest.raises(UsageError, match=r"No folder at .*absent"):
        _listed(tmp_path / "absent")


def test_files_that_reading_refuses_move_to_their_reasons(tmp_path: Path) -> None:
    """What turns out unfit when it is read is counted like all else."""
    _write(tmp_path, "a.toy", "b.toy", "c.txt")
    listing = _listed(tmp_path).without({"b.toy": LeftOut.BINARY})
    assert [file.path for file in listing.files] == ["a.toy"]
    assert {reason: omission.count for reason, omission in listing.left_out.items()} == {
        LeftOut.NO_LANGUAGE: 1,
        LeftOut.BINARY: 1,
    }


def test_folders_are_those_in_which_a_listed_file_may_appear(tmp_path: Path) -> None:
    """Empty ones as well; none that is ignored, a link, a tool's, an environment or the index itself."""
    _write(tmp_path, "a/deep/x.toy", "build/x.toy", "node_modules/m/x.toy", "venv/pyvenv.cfg", ".axon/x", ".git/x")
    _write(tmp_path, ".gitignore", content="build/\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert list_folders(tmp_path) == {"", "a", "a/deep", "empty"}
