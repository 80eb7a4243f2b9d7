"""A file without its zero pages is the same file."""

import os
from pathlib import Path

import pytest

from axon.config import KUZU
from axon.storage.sparse import sparsify
from tests.storage.samples import ENGINE, SMALL, STORE, kuzu_store, rows, shop

PAGE = 4096


@pytest.mark.parametrize(
    "content",
    [
        b"\x01" * PAGE + bytes(40 * PAGE) + b"\x02" * PAGE,
        bytes(600 * PAGE),
        bytes(300 * PAGE) + b"end",
        b"x" + bytes(300 * PAGE + 17),
        b"\x01" * (256 * PAGE) + bytes(256 * PAGE) + b"\x01" * PAGE,
    ],
    ids=["hole between", "nothing but zeros", "odd end", "zeros to an odd end", "a whole block"],
)
def test_what_is_read_stays_the_same(tmp_path: Path, content: bytes) -> None:
    """The bytes and the size are those of before, wherever the zeros lie, and no second file is left."""
    path = tmp_path / "file"
    path.write_bytes(content)
    sparsify(path)
    assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["file"]


def test_zero_pages_are_given_back(tmp_path: Path) -> None:
    """The answer is the number of bytes left out, and the disk has at least that many less."""
    path = tmp_path / "file"
    path.write_bytes(b"\x01" * PAGE * 100 + bytes(PAGE * 100))
    assert sparsify(path) == PAGE * 100
    if hasattr(os, "statvfs"):
        assert path.stat().st_blocks * 512 <= PAGE * 101


def test_a_dense_file_is_not_touched(tmp_path: Path) -> None:
    """A file with less than 64 kB of zero pages is left alone."""
    path = tmp_path / "file"
    path.write_bytes(b"\x01" * PAGE * 10 + bytes(PAGE))
    before = path.stat().st_ino
    assert sparsify(path) == 0
    assert path.stat().st_ino == before


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    """A file that is sparse already is left alone where the system tells."""
    path = tmp_path / "file"
    path.write_bytes(b"\x01" * PAGE + bytes(PAGE * 100))
    sparsify(path)
    if hasattr(path.stat(), "st_blocks"):
        assert sparsify(path) == 0


def test_the_mode_of_the_file_is_kept(tmp_path: Path) -> None:
    """Who may read the file does not change."""
    path = tmp_path / "file"
    path.write_bytes(bytes(PAGE * 100))
    path.chmod(0o600)
    sparsify(path)
    assert path.stat().st_mode & 0o777 == 0o600 or os.name == "nt"


def test_a_database_still_opens(tmp_path: Path) -> None:
    """A sparse store has the rows it had, and can be written again; half of a small Kuzu file is holes."""
    with kuzu_store(tmp_path) as store:
        store.bulk_load(shop())
        before = rows(store)
    assert sparsify(tmp_path / "graph.kuzu") > 0 or ENGINE != KUZU
    with STORE(tmp_path / "graph.kuzu", read_only=True, limits=SMALL) as reader:
        assert rows(reader) == before
    with kuzu_store(tmp_path) as store:
        assert store.remove_nodes_by_file("shop/cart.py") == 4
