"""The graph of a git revision is that of a fresh index of its checkout, byte for byte."""

from pathlib import Path

import pytest

from axon.config import load_settings
from axon.files.git import tree_of
from axon.pipeline.snapshot import snapshots_of
from axon.storage.columns import COLUMNS_FILE
from axon.storage.generations import IndexHome
from axon.storage.manifest import read_indexed_files
from tests.pipeline.test_own_packs import PACK, SHOP
from tests.pipeline.trees import index
from tests.serve.conftest import git

TREE = {
    "shop/app.py": SHOP,
    ".axon-packs/house.toml": PACK,
    ".axonignore": "generated/\n*.min.js\n",
    "generated/made.py": "def made(): ...\n",
    "generated/.axonignore": "!made.py\n",
    "web/.axonignore": "old.js\n[\n",
    "web/old.js": "function old() {}\n",
    "web/lib.min.js": "function lib() {}\n",
    "web/package.json": '{"name": "web", "main": "./start.js", "exports": {"./start": "./start.js"}}\n',
    "web/start.js": "export function start() { return 1 }\n",
    "web/use.ts": 'import { start } from "web/start"\nexport const begun = () => start()\n',
    "node_modules/kept/index.js": "export function kept() {}\n",
    "bundle.js": "var a;" * 20_000,
    "binary.py": "x = 1\0",
    "wide.py": "def wide(): ...\n".encode("utf-16").decode("latin-1"),
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A work tree in which everything is committed, also what tools leave out by themselves."""
    git(tmp_path, "init", "-q")
    for path, text in TREE.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode("latin-1"))
    (tmp_path / "link.py").symlink_to("shop/app.py")
    _commit(tmp_path)
    return tmp_path


def _commit(root: Path) -> None:
    git(root, "add", "-Af")
    git(root, "commit", "-qm", "as it is")


def _columns(root: Path) -> tuple[bytes, set[str]]:
    with IndexHome(root).require_current() as generation:
        files = {file.path for file in read_indexed_files(generation.folder)}
        return (generation.columns / COLUMNS_FILE).read_bytes(), files


def _snapshot(root: Path, revision: str = "HEAD") -> tuple[bytes, set[str]]:
    (folder,) = snapshots_of(root, [tree_of(root, revision)], load_settings(root))
    return (folder / COLUMNS_FILE).read_bytes(), {file.path for file in read_indexed_files(folder)}


def test_a_revision_has_the_graph_of_its_checkout(checkout: Path) -> None:
    """Ignore files, the tree's own packs, manifests, what is bundled, binary or a link: all as on disk."""
    made = _snapshot(checkout)
    index(checkout)
    assert made == _columns(checkout)
    assert made[1] >= {"shop/app.py", "web/start.js", "web/use.ts", "node_modules/kept/index.js", "bundle.js"}
    assert not made[1] & {"generated/made.py", "web/old.js", "web/lib.min.js", "binary.py", "wide.py", "link.py"}


def test_what_an_index_has_of_the_same_content_is_no_other_graph(checkout: Path) -> None:
    """From an index of this very tree, of one that has edits, and of one in which files came and went."""
    index(checkout)
    before = _columns(checkout)
    assert _snapshot(checkout) == before
    (checkout / "web/start.js").write_text("export function start() { return begin() }\nfunction begin() {}\n")
    _commit(checkout)
    index(checkout)
    assert _snapshot(checkout, "HEAD") == _columns(checkout)
    assert _snapshot(checkout, "HEAD~1") == before
    (checkout / "web/start.js").rename(checkout / "web/begun.js")
    _commit(checkout)
    assert _snapshot(checkout, "HEAD~2") == before
    index(checkout)
    assert _snapshot(checkout, "HEAD") == _columns(checkout)
