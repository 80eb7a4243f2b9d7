"""Broad handlers stand in few places: each hides whatever nobody thought of."""

import ast

from tests.house.tree import Module, calls, modules, snippet

BROAD = frozenset({"Exception", "BaseException"})
ALLOWED = {
    "pipeline/watch.py": "one update of a watcher: its failure is logged and told, and the next update may succeed",
    "cli/main.py": "the last handler of the process: an unexpected error becomes one line, a log entry and exit code 1",
}


def broad_excepts(module: Module) -> list[str]:
    """Handlers, and calls of `suppress`, that swallow everything; to clean up and pass the error on is allowed."""
    if module.path in ALLOWED:
        return []
    handlers = [n for n in ast.walk(module.tree) if isinstance(n, ast.ExceptHandler) and _swallows(n)]
    suppressed = [
        call
        for call, name in calls(module.tree)
        if name.rpartition(".")[2] == "suppress" and any(_is_broad(argument) for argument in call.args)
    ]
    return [module.at(node, "swallows everything") for node in [*handlers, *suppressed]]


def _swallows(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return _is_broad(handler.type) and not (isinstance(last, ast.Raise) and last.exc is None)


def _is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_is_broad(one) for one in caught.elts)
    return caught is None or ast.unparse(caught).rpartition(".")[2] in BROAD


def test_only_the_listed_places_catch_everything() -> None:
    """Broad handlers occur only where the list gives a reason."""
    assert [v for m in modules() for v in broad_excepts(m)] == []


def test_the_list_has_no_dead_lines() -> None:
    """Each listed place exists and does catch everything: a line that is not needed goes."""
    needed = {m.path for m in modules() if broad_excepts(Module("", m.text, m.tree))}
    assert set(ALLOWED) - needed == set()


def test_the_check_bites() -> None:
    """Bare, plain, in a tuple, by `suppress`: all are seen; a narrow handler and an allowed place are not."""
    tail = "    pass\n"
    for caught in ("", " Exception", " BaseException as error", " (OSError, Exception)", " builtins.Exception"):
        text = f"try:\n{tail}except{caught}:\n{tail}"
        assert broad_excepts(snippet(text)), caught
        assert not broad_excepts(snippet(text, "cli/main.py"))
    assert broad_excepts(snippet("with contextlib.suppress(Exception):\n    f()\n"))
    assert not broad_excepts(snippet("try:\n    f()\nexcept BaseException:\n    undo()\n    raise\n"))
    assert not broad_excepts(snippet("try:\n    f()\nexcept (OSError, ValueError):\n    pass\n"))
