"""Trees of real files, and everything that an index holds of them, read back through its own readers."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axon.pipeline import PipelineResult, run_pipeline
from axon.pipeline.complete import complete_database
from axon.storage.columns import COLUMNS_FILE, IndexColumns
from axon.storage.generations import IndexHome
from axon.storage.kuzu import KuzuBackend

Tree = Mapping[str, str | bytes]

SHOP: Tree = {
    "shop/__init__.py": "from .cart import Cart\n__all__ = ['Cart']\n",
    "shop/cart.py": (
        '"""Carts."""\nimport os\nfrom .money import total\n\n\nclass Base:\n    """What holds things."""\n\n'
        "    def size(self) -> int:\n        return 0\n\n\nclass Cart(Base):\n    limit = 3\n\n"
        "    def size(self) -> int:\n        return total([1]) + self.limit\n\n"
        "    def where(self) -> str:\n        return os.getcwd()\n"
    ),
    "shop/money.py": "RATE = 2\n\n\ndef total(prices):\n    return sum(prices) * RATE\n",
    "shop/till/__init__.py": "",
    "shop/till/desk.py": (
        "from shop import Cart\nfrom shop.money import total\n\n\ndef pay(cart: Cart, gate):\n"
        "    gate.open()\n    return total([cart.size()])\n\n\ndef main():\n    return pay(Cart(), None)\n"
    ),
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_size():\n    assert Cart().size() == 5\n",
}


@dataclass(frozen=True)
class Contents:
    """Rows as sorted lines, unresolved sites in order, and the bytes of the columns."""

    nodes: list[str]
    relationships: list[str]
    unresolved: list[str]
    columns: bytes


def write_tree(root: Path, tree: Tree) -> Path:
    """Write the files of `tree` below `root`, which is returned."""
    for path, content in tree.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def padded_tree(n_files: int, n_bytes: int) -> dict[str, str]:
    """A package of many files of that size, each of which calls the one before it."""
    comment = "# " + "x" * 76 + "\n"
    padding = comment * (n_bytes // len(comment))
    tree = {"pkg/__init__.py": ""}
    for i in range(n_files):
        before = f"from pkg.m{i - 1:03} import f{i - 1}, C{i - 1}\n\n\n" if i else "f, C = len, object\n\n\n"
        base, callee = (f"C{i - 1}", f"f{i - 1}") if i else ("object", "len")
        body = f"class C{i}({base}):\n    def go(self, x):\n        return {callee}(x)\n\n\n"
        tree[f"pkg/m{i:03}.py"] = f"{before}{body}def f{i}(x):\n    return C{i}().go(x) or x.lost()\n{padding}"
    return tree


def contents(root: Path) -> Contents:
    """Everything that the index in force holds; its database is made where it is not there yet."""
    complete_database(root)
    home = IndexHome(root)
    with home.require_current() as generation:
        assert generation.warnings == ()
        assert generation.database is not None
        with KuzuBackend(generation.database, read_only=True) as backend:
            nodes, relationships = sorted(map(repr, backend.nodes())), sorted(map(repr, backend.relationships()))
        with IndexColumns.open(generation.columns) as columns:
            unresolved = [repr(columns.unresolved_site(row)) for row in range(columns.n_unresolved)]
        return Contents(nodes, relationships, unresolved, (generation.columns / COLUMNS_FILE).read_bytes())


_LABELS = re.compile(r"kind=<(NodeKind\.(COMMUNITY|FLOW)|EdgeKind\.(MEMBER_OF|STEP_IN_FLOW|TESTS|COUPLED_WITH)):")


def of_code(rows: Iterable[str]) -> list[str]:
    """Rows of `contents` that are no labels: those that a result counts."""
    return [row for row in rows if not _LABELS.search(row)]


def fresh_contents(root: Path, elsewhere: Path) -> Contents:
    """What an index of a copy of the tree holds that was made with empty caches; `elsewhere` is emptied first."""
    shutil.rmtree(elsewhere, ignore_errors=True)
    copy = elsewhere / root.name
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".axon"), symlinks=True)
    before = os.environ["AXON_HOME"]
    os.environ["AXON_HOME"] = str(elsewhere / "home")
    try:
        run_pipeline(copy, embeddings=False)
    finally:
        os.environ["AXON_HOME"] = before
    return contents(copy)


def index(root: Path) -> PipelineResult:
    """Index without embeddings."""
    return run_pipeline(root, embeddings=False)


def run_script(text: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, however it ends."""
    return subprocess.run(
        [sys.executable, "-c", text, *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON that a program printed last."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
