"""Sources as they were indexed: whatever the tree has become, never another content, and what is gone is said."""

import shutil
from pathlib import Path

import pytest

from axon.cache import BlobCache
from axon.config import cache_home
from axon.errors import MissingSourceError
from axon.pipeline import run_pipeline
from axon.questions.opened import open_index
from axon.storage import sources
from axon.storage.sources import SourceCache, source_folder

TEXT = "def one():\r\n    return 'ä'\n\ndef two():\n    return one()\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An indexed tree of two files, with caches of its own."""
    monkeypatch.setenv("AXON_HOME", str(tmp_path / "home"))
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.py").write_bytes(TEXT.encode())
    (tree / "b.py").write_bytes(b"def three():\n    return '\xff'\n")
    run_pipeline(tree, embeddings=False)
    return tree


def test_lines_are_those_of_the_index(root: Path) -> None:
    """An edit, and even the end of the file, do not change what an open index shows."""
    with open_index(root) as index:
        (root / "a.py").write_text("nothing of that\n")
        assert index.sources.of("a.py") == TEXT.encode()
        assert index.sources.lines("a.py", 1, 2) == ["def one():", "    return 'ä'"]
        (root / "a.py").unlink()
        assert index.sources.lines("a.py", 4, 99) == ["def two():", "    return one()", ""]


def test_lines_that_hold_some_bytes(root: Path) -> None:
    """Whole lines, however the bytes begin and end in them, up to the limit; the same as by number."""
    start, end = TEXT.encode().index(b"two"), TEXT.encode().index(b"one()\n") + 3
    with open_index(root) as index:
        assert index.sources.lines_within("a.py", start, end, 9) == index.sources.lines("a.py", 4, 5)
        assert index.sources.lines_within("a.py", 0, 1, 9) == ["def one():"]
        assert index.sources.lines_within("a.py", 0, len(TEXT.encode()), 2) == index.sources.lines("a.py", 1, 2)


def test_sources_that_are_kept_are_bounded(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were asked for last stay in memory, and what was forgotten is read again."""
    monkeypatch.setattr(sources, "_KEPT_BYTES", len(TEXT.encode()))
    with open_index(root) as index:
        assert [index.sources.of(path)[:3] for path in ("a.py", "b.py", "a.py", "b.py")] == [b"def"] * 4
        assert list(index.sources._kept) == ["b.py"]
        index.sources.keep(["a.py", "b.py"])
        assert sorted(index.sources._kept) == ["a.py", "b.py"]


def test_what_is_no_utf8_is_marked(root: Path) -> None:
    """Bytes that are no text become U+FFFD in lines and stay what they are in contents."""
    with open_index(root) as index:
        assert index.sources.lines("b.py", 2, 2) == ["    return '\ufffd'"]
        assert b"\xff" in index.sources.of("b.py")


def test_without_the_cache_the_tree_serves(root: Path) -> None:
    """A cache that was removed costs nothing while the files are what was indexed; then it is said, by name."""
    shutil.rmtree(cache_home())
    (root / "b.py").write_text("changed = 1\n")
    with open_index(root) as index:
        assert index.sources.of("a.py") == TEXT.encode()
        assert index.sources.missing(["a.py", "b.py"]) == ["b.py"]
        with pytest.raises(MissingSourceError, match=r"b\.py as it was indexed is kept no more"):
            index.sources.lines("b.py", 1, 1)


def test_a_file_that_was_not_indexed_is_not_shown(root: Path) -> None:
    """What lies in the tree beside the index is none of its sources."""
    (root / "secret.txt").write_text("hidden")
    with open_index(root) as index, pytest.raises(MissingSourceError, match=r"secret\.txt is no file of the index"):
        index.sources.of("secret.txt")


def test_equal_content_is_kept_once_and_updates_add_what_changed(root: Path) -> None:
    """The cache has a row for each content; an update adds that of the edited file."""
    before = _digests(root)
    (root / "a.py").write_text("def one():\n    return 2\n")
    run_pipeline(root, embeddings=False)
    after = _digests(root)
    with SourceCache(source_folder()) as cache:
        assert cache.known([*before, *after]) == set(before) | set(after)
    assert len(set(before) | set(after)) == 3


def test_the_cache_is_for_its_user_alone(root: Path) -> None:
    """Others of the machine cannot list it."""
    assert source_folder().stat().st_mode & 0o077 == 0


def test_a_cache_stays_below_its_limit(tmp_path: Path) -> None:
    """The oldest blobs go, the newest stay."""
    with BlobCache(tmp_path, "blobs", 400_000) as cache:
        for n in range(40):
            cache.put([(str(n), bytes(40_000))])
        assert "39" in cache.known(["39"])
        assert len(cache.known([str(n) for n in range(40)])) < 20


def _digests(root: Path) -> list[str]:
    with open_index(root) as index:
        return [file.digest for file in index.indexed_files()]
