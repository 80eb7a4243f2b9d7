"""Small files, short functions."""

import ast

from tests.house.tree import Function, Module, modules, snippet

FILE_LINES = 400
FUNCTION_LINES = 60
LONG_FILES: dict[str, str] = {}  # path: reason; data tables only
LONG_FUNCTIONS: dict[str, str] = {}  # path::name: reason, with the figure of the benchmark that pays for it


def long_files(module: Module) -> list[str]:
    """The module, when it has more lines than a reader takes in."""
    lines = len(module.text.splitlines())
    return [f"{module.path}: {lines} lines"] if lines > FILE_LINES and module.path not in LONG_FILES else []


def long_functions(module: Module) -> list[str]:
    """The functions that are longer than a screen."""
    return [
        module.at(node, f"{node.name} has {length} lines")
        for node in ast.walk(module.tree)
        if isinstance(node, Function)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
        and f"{module.path}::{node.name}" not in LONG_FUNCTIONS
    ]


def test_files_are_small() -> None:
    """No module has more than 400 lines."""
    assert [v for m in modules() for v in long_files(m)] == []


def test_functions_are_short() -> None:
    """No function has more than 60 lines."""
    assert [v for m in modules() for v in long_functions(m)] == []


def test_the_checks_bite() -> None:
    """One line too many is seen, in a file and in a function; the last allowed line is not."""
    body = "def f():\n" + "    pass\n"
    assert long_files(snippet("x = 1\n" * (FILE_LINES + 1)))
    assert not long_files(snippet("x = 1\n" * FILE_LINES))
    assert long_functions(snippet(body + "    pass\n" * (FUNCTION_LINES - 1)))
    assert not long_functions(snippet(body + "    pass\n" * (FUNCTION_LINES - 2)))
