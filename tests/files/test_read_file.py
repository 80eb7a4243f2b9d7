"""Reading: bytes, digest, and every way in which a listed file can disappoint."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from xxhash import xxh3_128_hexdigest

from axon.files.listing import LeftOut
from axon.files.read import Unread, read_file
from axon.model.source import FileStamp, ListedFile, SourceFile

as_root = hasattr(os, "geteuid") and os.geteuid() == 0
_LISTED = ListedFile("a.toy", "toy", FileStamp(0, 0, 0))


def _unread(root: Path) -> Unread:
    outcome = read_file(root, _LISTED)
    assert isinstance(outcome, Unread)
    assert (outcome.path, outcome.problem.path) == ("a.toy", "a.toy")
    LeftOut(outcome.reason)
    return outcome


@pytest.mark.parametrize("content", [b"", b"x = 1\r\n", b"\xef\xbb\xbfx", b"caf\xe9", b"x" * 3_000_000])
def test_a_file_is_its_bytes_and_their_digest(tmp_path: Path, content: bytes) -> None:
    """Nothing is decoded, translated or cut."""
    (tmp_path / "a.toy").write_bytes(content)
    assert read_file(tmp_path, _LISTED) == SourceFile("a.toy", "toy", content, xxh3_128_hexdigest(content))


def test_a_nul_near_the_beginning_means_binary(tmp_path: Path) -> None:
    """The last byte that is looked at is the 8,192nd."""
    (tmp_path / "a.toy").write_bytes(b"x" * 8191 + b"\0")
    assert _unread(tmp_path).reason == LeftOut.BINARY


def test_a_nul_further_on_is_part_of_the_file(tmp_path: Path) -> None:
    """Parsers cope with a stray NUL."""
    (tmp_path / "a.toy").write_bytes(b"x" * 8192 + b"\0")
    assert isinstance(read_file(tmp_path, _LISTED), SourceFile)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_text_is_told_from_binary(tmp_path: Path, encoding: str) -> None:
    """The Problem says what to do."""
    (tmp_path / "a.toy").write_bytes("x = 1\n".encode(encoding))
    unread = _unread(tmp_path)
    assert unread.reason == LeftOut.WIDE_TEXT
    assert "save it as UTF-8" in unread.problem.what


def test_a_vanished_file_is_missing(tmp_path: Path) -> None:
    """Between the listing and the reading anything can happen."""
    assert _unread(tmp_path).reason == LeftOut.MISSING


@pytest.mark.skipif(as_root, reason="the superuser may read everything")
def test_a_forbidden_file_is_unreadable(tmp_path: Path) -> None:
    """Permission denied is said in these words."""
    (tmp_path / "a.toy").write_bytes(b"x")
    (tmp_path / "a.toy").chmod(0)
    assert "permission denied" in _unread(tmp_path).problem.what


def test_a_folder_in_a_file_s_place_is_unreadable(tmp_path: Path) -> None:
    """It is told by what it is, after it was opened."""
    (tmp_path / "a.toy").mkdir()
    assert _unread(tmp_path).reason == LeftOut.UNREADABLE


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="the system cannot refuse a link")
def test_a_link_in_a_file_s_place_is_not_followed(tmp_path: Path) -> None:
    """A file that is replaced by a link after the listing does not lead out of the root."""
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "a.toy").symlink_to("secret")
    assert _unread(tmp_path).reason == LeftOut.UNREADABLE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFO")
def test_a_fifo_in_a_file_s_place_does_not_block(tmp_path: Path) -> None:
    """Nobody writes to it, and the reader does not wait."""
    os.mkfifo(tmp_path / "a.toy")
    assert _unread(tmp_path).reason == LeftOut.UNREADABLE


def test_reading_imports_little() -> None:
    """Parser workers pay for each import when they start."""
    code = (
        "import sys, axon.files.read; print(sorted({'numpy', 'pathlib', 'subprocess', 'pathspec'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
