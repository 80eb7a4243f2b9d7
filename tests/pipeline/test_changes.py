"""From changed paths to what an update must look at: files, or the whole tree, or nothing."""

import subprocess
from pathlib import Path

import pytest

from axon.config import Settings
from axon.files.watch import Batch
from axon.pipeline.changes import Pending, TreeView
from tests.pipeline.trees import SHOP, write_tree


@pytest.fixture
def view(root: Path) -> TreeView:
    """What is known of the shop, some rules and a manifest."""
    write_tree(root, SHOP | {".gitignore": "made/\n", "tsconfig.json": "{}", "shop/a.ts": "export const a = 1\n"})
    known = TreeView(root)
    known.look(Settings())
    known.list_folders()
    return known


def sorted_into(view: TreeView, *paths: str, moved: bool = False) -> Pending:
    """What these changed paths come to."""
    return view.sort(Batch(frozenset(paths), frozenset(paths) if moved else frozenset()))


@pytest.mark.parametrize("path", ["shop/cart.py", "shop/new.py", "elsewhere/new.py"])
def test_sources_are_looked_at_themselves(view: TreeView, path: str) -> None:
    """Known ones and those that a language claims."""
    assert sorted_into(view, path) == Pending({path})


@pytest.mark.parametrize(
    "path", ["notes.txt", "shop/image.png", ".axon/current", ".axon/x.py", "node_modules/m.ts", "a/.git/x.py", ""]
)
def test_other_paths_are_no_matter_of_the_index(view: TreeView, path: str) -> None:
    """What no language claims, the index's own files, folders of tools."""
    assert not sorted_into(view, path)


@pytest.mark.parametrize("path", [".gitignore", "shop/.axonignore", "axon.toml", "pyproject.toml", "tsconfig.json"])
def test_rules_settings_and_manifests_concern_the_whole_tree(view: TreeView, path: str) -> None:
    """So does a batch that does not name all."""
    assert sorted_into(view, path).whole
    assert view.sort(Batch(frozenset(), is_whole=False)).whole


def test_settings_count_in_the_root_only(view: TreeView) -> None:
    """A file of that name elsewhere says nothing to this program."""
    assert not sorted_into(view, "shop/pyproject.toml")


def test_folders_that_come_and_go(view: TreeView) -> None:
    """A new one may have to be watched; one that went, or came again under its name, concerns the whole tree."""
    write_tree(view.root, {"fresh/a.txt": "", "made/a.txt": ""})
    (view.root / "link").symlink_to(view.root / "shop")
    assert sorted_into(view, "fresh") == Pending(new_folders={"fresh"})
    assert not sorted_into(view, "link")
    assert not sorted_into(view, "shop")
    assert sorted_into(view, "shop", moved=True) == Pending(rearm=True)
    (view.root / "tests/test_cart.py").unlink()
    (view.root / "tests").rmdir()
    assert sorted_into(view, "tests", moved=True) == Pending(whole=True)
    view.look(Settings())
    assert view.list_folders()
    assert view.folders == {"", "fresh", "shop", "shop/till"}
    assert not view.list_folders()


def test_what_the_rules_leave_out_is_asked_for_once(view: TreeView) -> None:
    """A stranger wakes nobody until the tree is listed again."""
    view.estrange(["made/x.py"])
    assert not sorted_into(view, "made/x.py")
    view.look(Settings())
    assert sorted_into(view, "made/x.py")


def test_a_look_finds_what_nobody_told(view: TreeView) -> None:
    """Changed, new and gone files; one that is stamped is known; one that a rule hides concerns the whole tree."""
    write_tree(view.root, {"shop/money.py": "x = 1\n", "shop/new.py": "x = 1\n"})
    (view.root / "shop/cart.py").unlink()
    assert view.look(Settings()) == Pending({"shop/money.py", "shop/new.py", "shop/cart.py"})
    write_tree(view.root, {"shop/money.py": "x = 22\n"})
    (view.root / "shop/new.py").unlink()
    view.stamp(["shop/money.py", "shop/new.py"])
    assert not view.look(Settings())
    write_tree(view.root, {".gitignore": "till/\n"})
    assert view.look(Settings()) == Pending({"shop/till/__init__.py", "shop/till/desk.py"}, whole=True)


def test_the_state_of_git_counts(root: Path) -> None:
    """Its index and its own excludes decide what it lists; its other files do not."""
    write_tree(root, SHOP)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    view = TreeView(root)
    view.look(Settings())
    view.list_folders()
    assert {".git", ".git/info"} <= view.folders
    assert sorted_into(view, ".git/index") == Pending(rules=True)
    assert sorted_into(view, ".git/info/exclude") == Pending(rules=True)
    assert not sorted_into(view, ".git/HEAD", ".git/index.lock")


def test_many_files_are_a_burst_and_the_whole_tree_is_no_haste() -> None:
    """The size of what is pending decides how long one waits for more."""
    pending = Pending({"a"})
    assert pending.size == 1
    pending.add(Pending({"a", "b"}))
    assert pending.size == 2
    pending.add(Pending(rules=True))
    assert pending.size > 10
