"""Python's text functions on any text: no exception, and no cost that grows faster than the text."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axon.languages import python
from axon.model.kinds import NodeKind

FUNCTIONS: dict[str, Callable[[str], object]] = {
    "imports": python.imports,
    "parameters": python.parameters,
    "targets": python.targets,
    "types": python.types,
    "docstring": lambda text: python.docstring(text, 0),
    "module_docstring": python.module_docstring,
    "signature": python.signature,
    "value": python.value,
    "is_alias": python.is_alias,
    "exports": lambda text: python.exports("__all__", text),
    "super_of": python.super_of,
    "classify_function": lambda text: python.classify_function(NodeKind.METHOD, text, [text]),
    "is_private": python.is_private,
    "is_test_path": python.is_test_path,
}
PIECES = ["(", ")", "[", "]", "{", "}", ",", ":", "=", "*", ".", "'", '"', '"""', "#", "\\", "\n", " ", "\t"]
PIECES += ["a", "self", "lambda", "import", "from", "as", "super(", "Literal[", "Annotated[", "__all__", "é", "\x00"]
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
REPEATED = [
    "(",
    ")",
    "[",
    "[a",
    "a[",
    "a.",
    "a ",
    " ",
    ".",
    "'",
    '"',
    '"""',
    "#",
    "\\",
    "\n",
    ",",
    "=",
    ":",
    "*",
    "a=(",
]
REPEATED += [
    "lambda ",
    "lambda:",
    "Literal[",
    "a . ",
    "'a',",
    "super(",
    "\\'",
    "r'",
    "#\n",
    "__all__",
    ".__all__",
    "a, ",
]
SMALL, LARGE, SLACK = 2_000, 16_000, 0.05


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_no_text_raises(name: str, text: str) -> None:
    """Whatever stands where a parameter list, import or annotation should be, a value comes back."""
    FUNCTIONS[name](text)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("head", ["", "(", ' = ["', '"""'])
def test_cost_is_linear(name: str, head: str) -> None:
    """Eight times the text costs at most some thirty times the work, where a quadratic pattern costs sixty-four."""
    for piece in REPEATED:
        assert any(_is_linear(FUNCTIONS[name], head, piece) for _ in range(3)), f"{name} on {head!r} + {piece!r}…"


def _is_linear(function: Callable[[str], object], head: str, piece: str) -> bool:
    """Whether one measurement says so; a collection in the middle of another may say that it is not."""
    small, large = (_seconds(function, head + piece * (n // len(piece))) for n in (SMALL, LARGE))
    return large < 30 * small + SLACK


def _seconds(function: Callable[[str], object], text: str) -> float:
    """CPU time of one call, on a text that no cache knows."""
    clear = getattr(function, "cache_clear", None)
    if clear is not None:
        clear()
    begin = time.process_time()
    function(text)
    return time.process_time() - begin
