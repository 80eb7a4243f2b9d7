"""An index that was brought up to date is, row for row, the one that a first run makes of the same tree.

EDIT_SCRIPTS and EDIT_STEPS set the number of scripts and the steps in each, for long runs.
"""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from axon.pipeline import database, reindex_files, run_pipeline
from axon.pipeline.report import Mode
from axon.storage.generations import IndexHome
from axon.storage.manifest import Manifest
from axon.storage.schema import SCHEMA_VERSION
from tests.pipeline.edits import Files, Step, first_trees, steps
from tests.pipeline.trees import SHOP, contents, fresh_contents, index, padded_tree, write_tree

SCRIPTS = int(os.environ.get("EDIT_SCRIPTS", "5"))
STEPS = int(os.environ.get("EDIT_STEPS", "4"))


@pytest.fixture(autouse=True)
def updated_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of a small graph is brought up to date as well, where a new one would be quicker."""
    monkeypatch.setattr(database, "_LEAST_NODES", 0)


def sync(root: Path, files: Files) -> list[str]:
    """Make the tree on disk be `files`; the paths that were written or removed."""
    texts = {path: source.text() for path, source in files.items()}
    there = {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*.py")}
    for path in there.keys() - texts.keys():
        (root / path).unlink()
    write_tree(root, {path: text for path, text in texts.items() if there.get(path) != text})
    return sorted(path for path in there.keys() | texts.keys() if there.get(path) != texts.get(path))


# A failing script is short and readable as it is; to shrink it would take minutes.
@settings(
    max_examples=SCRIPTS,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=first_trees, script=st.lists(steps, min_size=STEPS, max_size=STEPS), named=st.booleans())
def test_an_updated_index_equals_a_fresh_one(tmp_path: Path, first: Files, script: list[Step], named: bool) -> None:
    """After every edit, found by looking or named, all rows and sites are those of a new index."""
    base = Path(tempfile.mkdtemp(dir=tmp_path))
    root, files = base / "repo", dict(first)
    root.mkdir()
    sync(root, files)
    index(root)
    past: list[Files] = []
    for step in script:
        past.append(dict(files))
        step.apply(files)
        changed = sync(root, files)
        result = reindex_files(root, changed, embeddings=False) if named else index(root)
        assert result.mode is (Mode.INCREMENTAL if len(changed) == 1 else result.mode)
        assert result.notes == ()
        assert contents(root) == fresh_contents(root, base / "fresh")
    sync(root, past[0])
    index(root)
    assert contents(root) == fresh_contents(root, base / "fresh")
    shutil.rmtree(base)


EDITS = {
    "the body of a function": {"shop/money.py": "RATE = 2\n\n\ndef total(prices):\n    return RATE\n"},
    "a signature": {"shop/money.py": "RATE = 2\n\n\ndef total(prices, rate=1):\n    return sum(prices) * RATE\n"},
    "a name that others import": {"shop/money.py": "def summed(prices):\n    return 0\n"},
    "a base class": {"shop/cart.py": "class Cart(dict):\n    pass\n"},
    "a re-export": {"shop/__init__.py": "from .till.desk import main as Cart\n"},
    "an import inside a package": {"shop/till/__init__.py": "from .desk import *\n"},
    "the same import twice": {"shop/till/__init__.py": "import os\nimport os\n\n\nos.getcwd(); os.getcwd()\n"},
    "a new package": {"shop/till/drawer/__init__.py": "from shop import Cart\n\n\nclass Big(Cart):\n    pass\n"},
    "a new folder without a package": {"tools/run.py": "import shop.cart\n\nshop.cart.Cart().size()\n"},
    "a file that hides a folder": {"shop/till.py": "def pay(): return 1\n"},
    "nothing but white space": {"shop/money.py": "\n\n\n"},
    "odd text": {"shop/money.py": 'def total(prices="\\x00,\\"\'\\n é 😀"):\n    """Ünïcode, "quoted"."""\n'},
    "a language's odd name": {"shop/mö ney's.py": "def total(prices):\n    return 0\n"},
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_each_kind_of_edit_and_its_revert(root: Path, tmp_path: Path, edit: dict[str, str]) -> None:
    """An edit is an update of a copy of the last store that gives the rows of a new one; so is taking it back."""
    index(write_tree(root, SHOP))
    first = contents(root)
    write_tree(root, edit)
    result = index(root)
    assert (result.mode, result.notes) == (Mode.INCREMENTAL, ())
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")
    for path in edit:
        (root / path).unlink()
    write_tree(root, {path: SHOP[path] for path in edit if path in SHOP})
    assert index(root).mode is Mode.INCREMENTAL
    assert contents(root) == first


@pytest.mark.parametrize("path", SHOP)
def test_a_deleted_file_leaves_no_row(root: Path, tmp_path: Path, path: str) -> None:
    """Its nodes, all edges from and to them, folders and packages that held nothing else, and unused externals go."""
    index(write_tree(root, SHOP))
    (root / path).unlink()
    result = index(root)
    assert (result.mode, result.changed_files, result.notes) == (Mode.INCREMENTAL, 1, ())
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_many_updates_in_a_row(root: Path, tmp_path: Path) -> None:
    """A database that is updated again and again stays equal, and is loaded whole when it has grown too much."""
    index(write_tree(root, SHOP))
    removed = []
    for turn in range(4):
        write_tree(root, {"shop/cart.py": str(SHOP["shop/cart.py"]).replace("limit = 3", f"limit = {turn}\n#")})
        write_tree(root, {"shop/money.py": f"def total(prices):\n    return {turn}\n" + "#\n" * turn})
        for path in ("shop/cart.py", "shop/money.py"):
            assert reindex_files(root, [path], embeddings=False).mode is Mode.INCREMENTAL
            with IndexHome(root).require_current() as generation:
                removed.append(generation.kuzu_layer().removed_rows)
    assert removed[0] > 0
    assert 0 in removed
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_another_program_makes_everything_anew(root: Path, tmp_path: Path, home: Path) -> None:
    """An index that another version of the code made is not taken as a start."""
    index(write_tree(root, SHOP))
    (manifest,) = root.glob(".axon/generations/*/manifest.json")
    known = Manifest.read(manifest.parent, schema_version=SCHEMA_VERSION)
    replace(known, program="0" * 16 + known.program[16:]).write(manifest.parent)
    result = index(root)
    assert (result.mode, result.generation) == (Mode.FULL, 2)
    assert run_pipeline(root, embeddings=False).mode is Mode.UNCHANGED
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_a_large_file_that_is_edited_again_and_again(root: Path, tmp_path: Path) -> None:
    """Hundreds of rows go and come each time, and the rows of all other files stay."""
    calls = "".join(f"def f{n}():\n    return f{n - 1}()\n\n\n" for n in range(1, 300))
    tree = padded_tree(500, 100) | {"pkg/large.py": f"from pkg.m001 import f1 as f0\n\n\n{calls}"}
    index(write_tree(root, tree))
    for number in range(2):
        with (root / "pkg/large.py").open("a") as file:
            file.write(f"def added{number}():\n    return f{number + 1}()\n\n\n")
        assert index(root).mode is Mode.INCREMENTAL
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")
