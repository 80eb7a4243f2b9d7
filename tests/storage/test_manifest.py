"""The manifest comes back as it was written, and says clearly what it cannot read."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from axon.errors import DamagedIndexError, Problem, UnknownVersionError
from axon.model.source import FileStamp
from axon.storage.manifest import (
    FILES_FILE,
    MANIFEST_FILE,
    IndexedFile,
    KuzuLayer,
    Manifest,
    StoredFile,
    changed_bytes,
    inventory,
    missing_bytes,
    read_indexed_files,
    write_indexed_files,
)

ODD_PATH = "caf\u00e9/line\u2028\n\udcff\ud800.py"

FULL = Manifest(
    axon_version="1.2",
    schema_version=3,
    created=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
    nodes={"File": 2, "Class": 5},
    edges={"CALLS": 9},
    n_files=2,
    layers=("columns", "kuzu"),
    problems=(Problem(ODD_PATH, 3, "syntax error", "the rest of the file"),),
    left_out={"binary": 4},
    unresolved={"python": {"dynamic": 2}},
    files={"columns/graph.columns": StoredFile(12, "ab" * 16)},
)


def test_a_manifest_comes_back(tmp_path: Path) -> None:
    """Every field survives, a path with lone surrogates included."""
    FULL.write(tmp_path)
    assert Manifest.read(tmp_path, schema_version=3) == FULL


@pytest.mark.parametrize("name", ["format_version", "schema_version"])
def test_an_unknown_version_says_what_to_do(tmp_path: Path, name: str) -> None:
    """A manifest of another version is refused with the command that mends it."""
    replace(FULL, **{name: 99}).write(tmp_path)
    with pytest.raises(UnknownVersionError, match=r"version 99.*axon analyze --full"):
        Manifest.read(tmp_path, schema_version=3)
    (tmp_path / MANIFEST_FILE).write_text(json.dumps({name: 99}))  # as one that had no digest of itself yet
    with pytest.raises(UnknownVersionError):
        Manifest.read(tmp_path, schema_version=3)


def test_a_flipped_byte_is_damage(tmp_path: Path) -> None:
    """Wherever it stands, and whatever it makes of the text: another figure, another version, no JSON."""
    FULL.write(tmp_path)
    path = tmp_path / MANIFEST_FILE
    good = path.read_bytes()
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(DamagedIndexError):
            Manifest.read(tmp_path, schema_version=3)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"format_version": 1, "schema_version": 3}', b'{"format_version": 1, "s']
)
def test_what_is_no_manifest_is_damage(tmp_path: Path, content: bytes) -> None:
    """A truncated or foreign manifest is a damaged index."""
    (tmp_path / MANIFEST_FILE).write_bytes(content)
    with pytest.raises((DamagedIndexError, UnknownVersionError)):
        Manifest.read(tmp_path, schema_version=3)


def test_a_missing_manifest_is_damage(tmp_path: Path) -> None:
    """A folder without a manifest is a damaged index."""
    with pytest.raises(DamagedIndexError, match="cannot be read"):
        Manifest.read(tmp_path, schema_version=3)


def test_a_kuzu_layer_comes_back(tmp_path: Path) -> None:
    """Rows per table, rejected rows and files survive."""
    layer = KuzuLayer({"Symbol": 7, "CALLS": 9}, 2, 5, {"graph.kuzu": StoredFile(5, "cd" * 16)}, "ladybug")
    layer.write(tmp_path)
    assert KuzuLayer.read(tmp_path) == layer


def test_a_missing_kuzu_layer_is_damage(tmp_path: Path) -> None:
    """A folder without layer.json has no usable Kuzu file."""
    with pytest.raises(DamagedIndexError):
        KuzuLayer.read(tmp_path)


def test_the_inventory_lists_every_file_but_the_manifest(tmp_path: Path) -> None:
    """Files of sub-folders are listed by relative path, with their size."""
    (tmp_path / "columns").mkdir()
    (tmp_path / "columns/x").write_bytes(b"abc")
    FULL.write(tmp_path)
    listed = inventory(tmp_path)
    assert {name: stored.size for name, stored in listed.items()} == {"columns/x": 3}


def test_sizes_are_checked_without_reading(tmp_path: Path) -> None:
    """A truncated and a missing file are told apart, a line each."""
    (tmp_path / "x").write_bytes(b"abc")
    files = inventory(tmp_path) | {"y": StoredFile(1, "")}
    (tmp_path / "x").write_bytes(b"ab")
    assert missing_bytes(tmp_path, files) == [
        "x has 2 bytes instead of 3",
        "y cannot be read: No such file or directory",
    ]


def test_a_flipped_byte_is_seen_by_the_digest(tmp_path: Path) -> None:
    """`changed_bytes` reads every byte."""
    (tmp_path / "x").write_bytes(b"abc")
    files = inventory(tmp_path)
    assert changed_bytes(tmp_path, files) == []
    (tmp_path / "x").write_bytes(b"abd")
    assert missing_bytes(tmp_path, files) == []
    assert changed_bytes(tmp_path, files) == ["x has changed"]


def test_indexed_files_come_back_in_order(tmp_path: Path) -> None:
    """Paths of any characters and stamps beyond 32 bits survive."""
    files = [
        IndexedFile(ODD_PATH, "python", FileStamp(2**40, 2**62, 2**63), "ab" * 16),
        IndexedFile("a.py", "", FileStamp(0, 0, 0), ""),
    ]
    write_indexed_files(tmp_path, files)
    assert read_indexed_files(tmp_path) == files


def test_no_indexed_files_come_back_as_none(tmp_path: Path) -> None:
    """An empty table is a table."""
    write_indexed_files(tmp_path, [])
    assert read_indexed_files(tmp_path) == []


@pytest.mark.parametrize("content", [None, b"", b"zstd?"])
def test_a_damaged_table_of_files_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    """Missing, empty or foreign bytes are a damaged index."""
    if content is not None:
        (tmp_path / FILES_FILE).write_bytes(content)
    with pytest.raises(DamagedIndexError):
        read_indexed_files(tmp_path)


def test_a_flipped_bit_of_the_table_of_files_is_never_read_as_another_table(tmp_path: Path) -> None:
    """Whichever byte is hit, the table is damaged or still the same."""
    files = [IndexedFile(f"src/m{i}.py", "python", FileStamp(i, 2**60 + i, i), f"{i:032x}") for i in range(9)]
    write_indexed_files(tmp_path, files)
    whole = (tmp_path / FILES_FILE).read_bytes()
    for at in range(len(whole)):
        (tmp_path / FILES_FILE).write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        try:
            assert read_indexed_files(tmp_path) == files
        except DamagedIndexError:
            continue
