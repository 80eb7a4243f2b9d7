"""What a name cannot say, its docstring does.

A module says what flows in and out. A public function or class has one sentence, except where another place already
carries it: a method that a class of ours documents under the same name (its protocol), a method of one statement, an
exception that the tree in errors.py draws, a class that is nothing but fields.
"""

import ast
from collections.abc import Sequence

from tests.house.tree import Definition, Function, Module, modules, snippet


def missing(module: Module, documented: frozenset[str] = frozenset()) -> list[str]:
    """The public definitions without a docstring; `documented` are method names whose meaning a protocol states."""
    found = [] if ast.get_docstring(module.tree) else [f"{module.path}: the module has no docstring"]
    for node in _public(module.tree.body):
        if not _speaks(node):
            found.append(module.at(node, f"{node.name} has no docstring"))
        if isinstance(node, ast.ClassDef):
            silent = [m for m in _public(node.body) if not _speaks(m) and m.name not in documented and len(m.body) > 1]
            found += [module.at(method, f"{node.name}.{method.name} has no docstring") for method in silent]
    return found


def documented_methods(tree: ast.Module) -> set[str]:
    """Names of the methods that have a docstring."""
    methods = [m for c in tree.body if isinstance(c, ast.ClassDef) for m in c.body if isinstance(m, Function)]
    return {m.name for m in methods if ast.get_docstring(m)}


def _public(body: Sequence[ast.stmt]) -> list[Definition]:
    return [node for node in body if isinstance(node, Definition) and not node.name.startswith("_")]


def _speaks(node: Definition) -> bool:
    return ast.get_docstring(node) is not None or (isinstance(node, ast.ClassDef) and _is_plain(node))


def _is_plain(node: ast.ClassDef) -> bool:
    is_drawn = node.name.endswith("Error") and len(node.body) == 1
    return is_drawn or all(isinstance(field, ast.AnnAssign) for field in node.body)


def test_public_names_are_explained() -> None:
    """Every module, and every public name that its name alone does not explain, has a docstring."""
    documented = frozenset(name for m in modules() for name in documented_methods(m.tree))
    assert [v for m in modules() for v in missing(m, documented)] == []


def test_the_check_bites() -> None:
    """A silent module, function, class and method are seen; private, trivial and documented ones are not."""
    assert len(missing(snippet("def f(): pass\nclass A: pass\n"))) == 3
    silent = '"""M."""\nclass A:\n    """A."""\n    def go(self):\n        x = 1\n        return x\n'
    assert missing(snippet(silent))
    assert not missing(snippet(silent), frozenset({"go"}))
    assert not missing(snippet('"""M."""\ndef _f(): pass\nclass BadError(ValueError): pass\nclass Row:\n    x: int\n'))
    assert documented_methods(ast.parse('class P:\n    def go(self):\n        """Go."""\n')) == {"go"}
