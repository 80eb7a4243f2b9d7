"""`__all__` tells the truth: each name is there, once, and meant to be used."""

import ast
import importlib

import pytest

from tests.house.tree import modules


def untrue(names: list[str], found: set[str]) -> list[str]:
    """The names of an `__all__` that are missing from the module, doubled or private."""
    wrong = {n for n in names if n not in found or names.count(n) > 1}
    return sorted(wrong | {n for n in names if n.startswith("_") and not n.startswith("__")})


def _exports(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__all__" for node in ast.walk(tree))


def _dotted(path: str) -> str:
    return ".".join(["axon", *path.removesuffix(".py").split("/")]).removesuffix(".__init__")


@pytest.mark.parametrize("name", [_dotted(m.path) for m in modules() if _exports(m.tree)])
def test_exported_names_exist(name: str) -> None:
    """Every name of `__all__` can be had from its module, those that are loaded late included."""
    module = importlib.import_module(name)
    exported = list(module.__all__)
    assert untrue(exported, {n for n in exported if hasattr(module, n)}) == []


def test_the_check_bites() -> None:
    """A missing, a doubled and a private name are seen; a dunder that exists is not."""
    assert untrue(["gone", "twice", "twice", "_own", "__version__"], {"twice", "_own", "__version__"}) == [
        "_own",
        "gone",
        "twice",
    ]
