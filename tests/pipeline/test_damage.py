"""A damaged index is never opened blindly: the previous one or a new one answers, with a note."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from axon.pipeline import run_pipeline
from axon.pipeline.report import Mode
from axon.storage.generations import IndexHome
from axon.storage.manifest import Manifest
from axon.storage.schema import SCHEMA_VERSION
from tests.pipeline.trees import SHOP, contents, fresh_contents, index, write_tree

EDIT = {"shop/money.py": "def total(p):\n    return 7\n"}
COLUMNS, KUZU, FILES = "columns/graph.columns", "kuzu/graph.kuzu", "files.jsonl.zst"


def cut(path: Path) -> None:
    """Half of the file is gone."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zero(path: Path) -> None:
    """As many bytes, all of them zero."""
    path.write_bytes(bytes(path.stat().st_size))


def flip(path: Path) -> None:
    """One byte in the middle is another."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def remove(path: Path) -> None:
    """The file is gone."""
    path.unlink()


def two_generations(root: Path) -> Path:
    """Index a tree, and again after an edit; the folder of the second generation."""
    index(write_tree(root, SHOP))
    write_tree(root, {"shop/till/__init__.py": "import json\n"})
    index(root)
    return root / ".axon/generations/000002"


def check_recovery(root: Path, elsewhere: Path) -> None:
    """The next run says that it writes the index anew, and does; the one after that finds nothing to do."""
    result = index(root)
    assert result.mode is Mode.FULL
    assert result.notes
    assert contents(root) == fresh_contents(root, elsewhere)
    assert (index(root).mode, index(root).notes) == (Mode.UNCHANGED, ())


@pytest.mark.parametrize("name", [COLUMNS, KUZU, FILES, "manifest.json"])
@pytest.mark.parametrize("damage", [cut, zero, flip, remove], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("edit", [{}, EDIT], ids=["unchanged tree", "edited tree"])
def test_a_damaged_file_leads_to_a_new_index(
    root: Path, tmp_path: Path, name: str, damage: Callable[[Path], None], edit: dict[str, str]
) -> None:
    """Whatever happened to a file of the current generation, the next run notices and makes it good."""
    damage(two_generations(root) / name)
    write_tree(root, edit)
    check_recovery(root, tmp_path / "fresh")


def test_readers_get_the_previous_generation(root: Path) -> None:
    """Before anybody repairs it: the generation before, with a warning that says what to run."""
    folder = two_generations(root)
    cut(folder / COLUMNS)
    with IndexHome(root).require_current() as generation:
        assert generation.number == 1
        assert any("axon analyze" in warning for warning in generation.warnings)


def test_a_pointer_that_cannot_be_read(root: Path, tmp_path: Path) -> None:
    """An empty `current` costs a whole run."""
    two_generations(root)
    (root / ".axon/current").write_bytes(b"")
    check_recovery(root, tmp_path / "fresh")


def test_no_generation_is_left(root: Path, tmp_path: Path) -> None:
    """All generations damaged: everything is indexed anew, with the line that says why."""
    two_generations(root)
    for folder in (root / ".axon/generations").iterdir():
        zero(folder / "manifest.json")
    check_recovery(root, tmp_path / "fresh")


def test_an_index_of_another_format_is_made_anew(root: Path, tmp_path: Path) -> None:
    """A later version's index is replaced, and said to be."""
    folder = two_generations(root)
    replace(Manifest.read(folder, schema_version=SCHEMA_VERSION), format_version=99).write(folder)
    check_recovery(root, tmp_path / "fresh")


def test_full_needs_nothing_of_the_last_index(root: Path, tmp_path: Path) -> None:
    """--full works over any rubble."""
    folder = two_generations(root)
    for path in (folder / COLUMNS, folder / KUZU, folder / "manifest.json", root / ".axon/last"):
        zero(path)
    assert run_pipeline(root, embeddings=False, full=True).mode is Mode.FULL
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")
