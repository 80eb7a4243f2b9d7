"""Packages of a tree's own environment say what they give, where they are typed; another set of packages links anew."""

from pathlib import Path

import pytest

from axon.pipeline.report import Mode
from tests.pipeline.trees import contents, index, write_tree

PACKAGES = ".venv/lib/python3.11/site-packages"
TREE = {
    "a.py": "import boxes, crates, plain\nclass Own:\n    def close(self): pass\n"
    "def run():\n    boxes.make().lid.close()\n    crates.make().upper()\n    boxes.Box().unknown()\n"
    "    plain.make().close()\n",
    ".venv/pyvenv.cfg": "",
    f"{PACKAGES}/boxes-1.0.dist-info/METADATA": "",
    f"{PACKAGES}/boxes/py.typed": "",
    f"{PACKAGES}/boxes/__init__.py": "from ._core import Box as Box, make as make\n",
    f"{PACKAGES}/boxes/_core.py": "class Lid:\n    def close(self): pass\nclass Box:\n    def __init__(self):\n"
    "        self.lid: Lid = Lid()\ndef make() -> Box: ...\n",
    f"{PACKAGES}/crates-stubs/__init__.pyi": "def make() -> str: ...\n",
    f"{PACKAGES}/plain/__init__.py": "def make() -> str: ...\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An indexed tree with an environment."""
    root = tmp_path / "repo"
    write_tree(root, TREE)
    index(root)
    return root


def _external(root: Path) -> set[str]:
    """The external symbols that the index leads to."""
    rows = contents(root)
    return {name for name in str(rows).replace("'", '"').split('"') if name.startswith("<external>::")}


def test_typed_packages_and_packages_of_stubs_say_what_they_give(root: Path) -> None:
    """Sources that are typed, packages of stubs; a member that a source does not declare stays one of its class."""
    found = _external(root)
    assert {"<external>::boxes._core.Lid.close", "<external>::builtins.str.upper"} <= found
    assert "<external>::boxes.Box.unknown" in found
    assert not any("plain" in name and "str" in name for name in found)


def test_other_packages_link_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An untouched environment gives no new index; another version does, and so does leaving it out."""
    assert index(root).mode is Mode.UNCHANGED
    (root / PACKAGES / "boxes-1.0.dist-info").rename(root / PACKAGES / "boxes-1.1.dist-info")
    assert index(root).mode is not Mode.UNCHANGED
    monkeypatch.setenv("AXON_ENVIRONMENT", "none")
    assert index(root).mode is not Mode.UNCHANGED
    assert "<external>::boxes._core.Lid.close" not in _external(root)
