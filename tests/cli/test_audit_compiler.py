"""An audit against the compiler of the tree's own packages, which is installed from a lock."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from axon.errors import ExitCode
from tests.cli.conftest import started

LOCKED = Path(__file__).parents[1] / "audit" / "compiler"
CART = """\
export interface Priced { price(): number }
export class Cart {
  items: Priced[] = [];
  constructor(readonly name: string) {}
  add(item: Priced): this { this.items.push(item); return this; }
  get size(): number { return this.items.length; }
}
export function total(cart: Cart): number { return sum(cart.items.map((item) => item.price())); }
const sum = (values: number[]) => values.reduce((a, b) => plus(a, b), 0);
function plus(a: number, b: number): number { return a + b; }
"""
MAIN = """\
import { Cart, total } from "./cart";
export function go() {
  const cart = new Cart("größe").add({ price: () => 1 });
  return total(cart) + cart.size;
}
const table: Record<string, (cart: Cart) => number> = { total };
export function byTable(name: string) { return table[name](new Cart("x")); }
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small tree with the compiler among its packages."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node and npm are not on the PATH")
    root = tmp_path_factory.mktemp("compiled")
    for file in LOCKED.iterdir():
        shutil.copy(file, root)
    command = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"npm could not install the compiler from its lock: {done.stderr.strip()[-200:]}")
    (root / "cart.ts").write_text(CART, encoding="utf-8")
    (root / "main.ts").write_text(MAIN, encoding="utf-8")
    (root / ".gitignore").write_text("node_modules\n")
    return root


def test_the_calls_that_the_compiler_resolves(tree: Path) -> None:
    """Each is compared with the index: constructors, methods, accessors, what an arrow function calls."""
    said = started("audit", str(tree), "--compiler", "--json")
    assert said.code == ExitCode.DONE, said.err
    found: dict[str, Any] = json.loads(said.out.splitlines()[-1])
    rows = {row["kind"]: row for row in found["rows"]}
    assert rows["direct"]["observed"] >= 6
    assert rows["direct"]["recall"] == 1
    assert rows["implicit"]["observed"] == 1
    assert (found["contradicted"], found["ran"]) == ([], False)
    assert found["decided"] >= 4


def test_a_tree_without_the_compiler(tmp_path: Path) -> None:
    """One line says what to install."""
    (tmp_path / "a.ts").write_text("export function go() {}\n")
    said = started("audit", str(tmp_path), "--compiler")
    assert said.code == ExitCode.FAILED
    assert "npm install" in said.err or "PATH" in said.err


def test_a_tree_without_such_files(tmp_path: Path) -> None:
    """There is nothing to ask of."""
    (tmp_path / "a.py").write_text("def go(): ...\n")
    said = started("audit", str(tmp_path), "--compiler")
    assert said.code == ExitCode.FAILED
    assert "No file" in said.err
