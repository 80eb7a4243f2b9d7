"""An audit of a small tree, with a real command in a process of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from axon.errors import ExitCode
from tests.cli.conftest import started

SHOP = """\
import functools


class Cart:
    def __init__(self):
        self.items = []

    def __len__(self):
        return len(self.items)

    def add(self, item):
        check(item)
        return self


def check(item):
    return item


def size(cart):
    return len(cart)


def double(x):
    return 2 * x


def total(values):
    return sum(map(double, values))


def by_table(name):
    return {"check": check}[name](1)


def wrapped(function):
    @functools.wraps(function)
    def run(*arguments):
        return function(*arguments)
    return run


def each():
    yield from (check(n) for n in range(2))


@functools.lru_cache
class Shelf:
    cart = Cart()
    keys = sorted([2, 1], key=lambda n: double(n))
"""
RUN = """\
from shop import Cart, by_table, each, size, total

cart = Cart().add(1)
size(cart)
total([1, 2])
by_table("check")
list(each())
"""
COMMAND = f"{sys.executable} main.py"


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the audit says of the tree, as JSON."""
    root = tmp_path_factory.mktemp("audited")
    (root / "shop.py").write_text(SHOP)
    (root / "main.py").write_text(RUN)
    said = started("audit", str(root), "--run", COMMAND, "--json")
    assert said.code == ExitCode.DONE, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def pairs(edges: object) -> set[tuple[str, str, str]]:
    assert isinstance(edges, list)
    return {(e["kind"], e["caller"]["qualified_name"], e["callee"]["qualified_name"]) for e in edges}


def test_edges_that_are_missing_say_why(audited: dict[str, Any]) -> None:
    """What a wrapper calls is handed over; each edge has its place and what the index says of it."""
    assert all(edge["site"]["line"] and edge["why"] for edge in audited["missing"])
    direct = [edge for edge in audited["missing"] if edge["kind"] == "direct"]
    assert direct == []


def test_recall_by_kind(audited: dict[str, Any]) -> None:
    """A call that names its callee is direct, a function that is handed over is called indirectly."""
    rows = {row["kind"]: row for row in audited["rows"]}
    assert list(rows) == ["direct", "indirect", "implicit"]
    assert rows["direct"]["observed"] >= 7
    assert rows["direct"]["recall"] == 1
    assert rows["indirect"]["observed"] >= 2
    assert sum(row["observed"] for row in rows.values()) == audited["observed"]
    assert (audited["exit_code"], audited["unplaced"]) == (0, 0)


def test_nothing_is_contradicted(audited: dict[str, Any]) -> None:
    """Every certain edge at a place that ran was observed."""
    assert audited["contradicted"] == []
    assert audited["decided"] >= 5
    assert audited["precision"] == 1


@pytest.mark.parametrize("name", ["python3.12", "python3.13", "python3.14"])
def test_later_interpreters_tell_the_same(name: str, tmp_path: Path, audited: dict[str, Any]) -> None:
    """Those that have `sys.monitoring` are traced by it."""
    interpreter = shutil.which(name)
    if interpreter is None or subprocess.run([interpreter, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"{name} is not on the PATH")
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "main.py").write_text(RUN)
    said = started("audit", str(tmp_path), "--run", f"{interpreter} main.py", "--json")
    assert said.code == ExitCode.DONE, said.err
    found = json.loads(said.out.splitlines()[-1])
    assert [found[key] for key in ("rows", "decided")] == [audited[key] for key in ("rows", "decided")]


def test_a_share_that_is_too_small_is_a_violation(tmp_path: Path) -> None:
    """Exit code 6, as for every check that finds something; what the place called instead is said."""
    (tmp_path / "shop.py").write_text("def a():\n    ...\n\ndef b():\n    ...\n\ndef go():\n    a()\n")
    (tmp_path / "main.py").write_text("import shop\n\nsetattr(shop, 'a', shop.b)\nshop.go()\n")
    said = started("audit", str(tmp_path), "--run", COMMAND, "--min-precision", "0.9")
    assert said.code == ExitCode.VIOLATIONS, said.err
    assert "Contradicted" in said.out
    assert "it called b" in said.out


def test_a_command_that_runs_nothing_of_the_tree(tmp_path: Path) -> None:
    """One line says so, and what to check."""
    (tmp_path / "shop.py").write_text("def a():\n    ...\n")
    said = started("audit", str(tmp_path), "--run", f"{sys.executable} -c 1")
    assert said.code == ExitCode.FAILED
    assert "Check that the command runs the code of this tree" in said.err


def test_something_to_compare_with_is_needed(tmp_path: Path) -> None:
    """Without an oracle the call itself is wrong."""
    assert started("audit", str(tmp_path)).code == ExitCode.USAGE
