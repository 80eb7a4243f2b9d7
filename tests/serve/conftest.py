"""A small git repository with two revisions and a work tree that has moved on."""

import subprocess
from pathlib import Path

import pytest

FIRST = {
    "shop/__init__.py": "from shop.cart import total\n",
    "shop/cart.py": """\
class Cart:
    def add(self, item, count=1):
        return self.items.append((item, count))

    def drop(self, item):
        return None


def total(cart, tax):
    return rounded(sum(cart.items)) + tax


def rounded(amount):
    return round(amount, 2)
""",
    "shop/till.py": """\
from shop.cart import total


def pay(cart):
    return total(cart, 1)


def receipt(cart):
    return pay(cart)
""",
    "tests/test_till.py": """\
from shop.till import pay


def test_pay():
    assert pay([]) == 1
""",
}

SECOND = FIRST | {
    "shop/cart.py": FIRST["shop/cart.py"]
    .replace("count=1", "count")
    .replace(
        "    def drop(self, item):\n        return None\n", "    def clear(self):\n        return total(self, 0)\n"
    )
    .replace("\n\ndef rounded(amount):\n    return round(amount, 2)\n", "")
    .replace("def total", "from shop.numbers import rounded\n\n\ndef total"),
    "shop/numbers.py": "def rounded(amount):\n    return round(amount, 2)\n",
}


def git(root: Path, *words: str) -> None:
    """One git command that must succeed."""
    subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)


def write(root: Path, files: dict[str, str]) -> None:
    """These files, and no other source."""
    for path in root.rglob("*.py"):
        path.unlink()
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8")


def commit(root: Path, files: dict[str, str], tag: str) -> None:
    """A revision of its own."""
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-qm", tag)
    git(root, "tag", tag)


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Revisions `one` and `two`; the work tree is as `two`."""
    root = tmp_path_factory.mktemp("history")
    git(root, "init", "-q")
    commit(root, FIRST, "one")
    commit(root, SECOND, "two")
    return root
