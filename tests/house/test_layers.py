"""A package is placed before it exists, and a third-party name is declared before it is imported."""

import ast
import configparser
import re
import sys
import tomllib
from collections.abc import Iterable

from tests.house.tree import ROOT, SRC, Module, modules, snippet

IMPORT_NAMES = {
    "graspologic-native": "graspologic_native",
    "protobuf": "google",
    "pystemmer": "Stemmer",
    "tree-sitter": "tree_sitter",
    "tree-sitter-javascript": "tree_sitter_javascript",
    "tree-sitter-python": "tree_sitter_python",
    "tree-sitter-typescript": "tree_sitter_typescript",
}

COMPANIONS = {"loguru": "fastembed logs through it; its one owner silences it"}


def placed(ini: str) -> set[str]:
    """The names that the layers contract places, planned ones in parentheses included."""
    parser = configparser.ConfigParser()
    parser.read_string(ini)
    return set(re.findall(r"\w+", parser["importlinter:contract:layers"]["layers"]))


def unplaced(packages: Iterable[str], ini: str) -> list[str]:
    """The packages that the layers contract does not know."""
    return sorted(set(packages) - placed(ini))


def undeclared(module: Module, declared: set[str]) -> list[str]:
    """Imports of a module that is neither ours, nor the standard library's, nor a declared dependency's."""
    known = declared | sys.stdlib_module_names | {"axon"}
    return [module.at(node, f"imports {name}") for node, name in _imports(module) if name not in known]


def _imports(module: Module) -> list[tuple[ast.AST, str]]:
    found: list[tuple[ast.AST, str]] = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name.partition(".")[0]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node, "." if node.level else (node.module or "").partition(".")[0]))
    return found


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [*project["dependencies"], *(r for extra in project["optional-dependencies"].values() for r in extra)]
    names = [match[0].lower() for r in required if (match := re.match(r"[\w.-]+", r))]
    return {IMPORT_NAMES.get(name, name) for name in names} | COMPANIONS.keys()


def _packages() -> set[str]:
    return {m.package for m in modules()} - {"__init__", "__main__"}


def test_every_package_is_placed() -> None:
    """The layers contract knows every package and module directly below axon."""
    assert unplaced(_packages(), (ROOT / "importlinter.ini").read_text(encoding="utf-8")) == []


def test_every_package_is_on_the_map() -> None:
    """ARCHITECTURE.md names every package."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert [p for p in sorted(_packages()) if (SRC / p).is_dir() and f"{p}/" not in page] == []


def test_every_import_is_declared() -> None:
    """src imports the standard library, itself and what pyproject.toml names; relative imports are not used."""
    assert [v for m in modules() for v in undeclared(m, _declared())] == []


def test_the_checks_bite() -> None:
    """A package nobody placed, an undeclared library and a relative import are seen."""
    ini = "[importlinter:contract:layers]\nlayers =\n    cli\n    (serve) | model\n"
    assert unplaced(["cli", "serve", "model", "utils"], ini) == ["utils"]
    assert undeclared(snippet("import igraph"), {"kuzu"})
    assert undeclared(snippet("from . import x"), {"kuzu"})
    assert not undeclared(snippet("import os, kuzu\nfrom axon.model import ids"), {"kuzu"})
