"""reindex_files does for the given paths what a run over the whole tree would, and looks at no other."""

from pathlib import Path

from axon.pipeline import reindex_files
from axon.pipeline.report import Mode
from axon.storage.generations import IndexHome
from tests.pipeline.trees import SHOP, contents, fresh_contents, index, of_code, write_tree


def left_out(root: Path) -> dict[str, int]:
    """What the manifest in force says was left out."""
    with IndexHome(root).require_current() as generation:
        return dict(generation.manifest.left_out)


def reindex(root: Path, *paths: str) -> Mode:
    """The mode of a run for these paths."""
    return reindex_files(root, paths, embeddings=False).mode


def test_without_an_index_everything_is_indexed(root: Path) -> None:
    """The first call is a whole run."""
    assert reindex(write_tree(root, SHOP), "shop/cart.py") is Mode.FULL
    assert len(contents(root).nodes) > 20


def test_given_paths_are_edited_added_and_removed(root: Path, tmp_path: Path) -> None:
    """An edited, a new and a deleted file in one call give the rows of a fresh index."""
    index(write_tree(root, SHOP))
    write_tree(
        root, {"shop/money.py": "def total(p):\n    return 7\n", "shop/new.py": "from shop import Cart\n\nX = Cart()\n"}
    )
    (root / "tests/test_cart.py").unlink()
    reindex(root, "shop/money.py", "shop/new.py", "tests/test_cart.py")
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_other_paths_are_not_looked_at(root: Path) -> None:
    """A change that was not named stays unseen, and is found by the next whole run."""
    index(write_tree(root, SHOP))
    write_tree(root, {"shop/money.py": "def total(p):\n    return 7\n", "shop/till/desk.py": "def other(): pass\n"})
    write_tree(root, {"unseen.py": "def unseen(): pass\n"})
    assert reindex(root, "shop/money.py") is Mode.INCREMENTAL
    assert not any("desk.py::other" in row or "unseen" in row for row in contents(root).nodes)
    index(root)
    assert any("desk.py::other" in row for row in contents(root).nodes)
    assert any("unseen" in row for row in contents(root).nodes)


def test_a_path_that_did_not_change_changes_nothing(root: Path) -> None:
    """Named for nothing: the generation stays; so it does for paths that are not, and never were, there."""
    index(write_tree(root, SHOP))
    assert reindex(root, "shop/money.py") is Mode.UNCHANGED
    assert reindex(root, "shop/nothing.py", "no/such/folder/x.py", "shop", "../outside.py") is Mode.UNCHANGED


def test_the_rules_of_the_tree_hold_for_new_paths(root: Path) -> None:
    """Ignored, outside and linked files are not indexed because somebody named them."""
    write_tree(root, SHOP | {".gitignore": "made.py\n"})
    write_tree(root.parent, {"outside.py": "def outside(): pass\n"})
    first = index(root)
    write_tree(root, {"shop/made.py": "def made(): pass\n"})
    (root / "shop/link.py").symlink_to(root / "shop/money.py")
    mode = reindex(root, "shop/made.py", "shop/link.py", "../outside.py", "./shop/cart.py")
    assert mode is Mode.UNCHANGED
    assert len(of_code(contents(root).nodes)) == first.nodes


def test_an_indexed_file_that_becomes_unfit_leaves_the_index(root: Path, tmp_path: Path) -> None:
    """A file replaced by a link or by binary bytes goes, one with too many bytes loses its symbols."""
    index(write_tree(root, SHOP))
    (root / "shop/money.py").unlink()
    (root / "shop/money.py").symlink_to("cart.py")
    write_tree(root, {"shop/cart.py": b"\x00", "tests/test_cart.py": "#" * 3_000_000})
    reindex(root, "shop/money.py", "shop/cart.py", "tests/test_cart.py")
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")
    assert left_out(root) == {"symlink": 1, "binary": 1}


def test_what_was_left_out_and_odd_stays_said(root: Path) -> None:
    """Counts and problems of files that were not named are those of the last run; those of named files are new."""
    odd = {"shop/image.py": b"\x00", "shop/min.py": "x=[" + "1," * 9_000 + "]", "notes.txt": "x", "bad.py": "def (:\n"}
    before = index(write_tree(root, SHOP | odd))
    write_tree(root, {"shop/money.py": "def total(p):\n    return 7\n"})
    after = reindex_files(root, ["shop/money.py"], embeddings=False)
    assert (after.left_out, after.problems) == (before.left_out, before.problems)
    write_tree(root, {"shop/image.py": "def image(): pass\n"})
    after = reindex_files(root, ["shop/image.py"], embeddings=False)
    assert "binary" not in after.left_out
    assert [problem.path for problem in after.problems] == ["shop/min.py", "bad.py"]
    write_tree(root, {"shop/fresh.py": b"\x00"})
    write_tree(root, {"shop/other.py": "def other(): pass\n"})
    after = reindex_files(root, ["shop/fresh.py", "shop/other.py"], embeddings=False)
    assert after.left_out["binary"] == 1
    assert [problem.path for problem in after.problems] == ["shop/fresh.py", "shop/min.py", "bad.py"]
