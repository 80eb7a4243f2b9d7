"""The map: what matters, within a budget, around a focus."""

import pytest

from axon.errors import UnknownSymbolError
from axon.questions.map import code_map, map_lines
from axon.questions.opened import Index
from axon.questions.text import tokens_of


def test_the_lines_cost_what_is_said_and_no_more_than_the_budget(whole: Index) -> None:
    """For every budget the map says what its lines take, and that is within the budget."""
    sizes = []
    for budget in (1, 10, 25, 60, 2000):
        answer = code_map(whole, tokens=budget)
        text = "".join(line + "\n" for line in map_lines(answer))
        assert answer.tokens == tokens_of(text) <= budget
        assert answer.shown == sum(len(file.symbols) for file in answer.files)
        sizes.append(answer.shown)
    assert sizes == sorted(sizes)
    assert sizes[-1] == answer.total > 0


def test_the_same_graph_gives_the_same_map(whole: Index) -> None:
    """Twice the same index, twice the same lines; tests and local functions are not among them."""
    lines = map_lines(code_map(whole, tokens=300))
    assert lines == map_lines(code_map(whole, tokens=300))


def test_what_much_calls_stands_before_what_little_calls(index: Index) -> None:
    """In a small budget the symbol that is used is shown, and tests are not."""
    shown = {s.symbol.id for file in code_map(index, tokens=60).files for s in file.symbols}
    assert "src/shop/till.py::rounded" in shown or "src/shop/cart.py::Base" in shown
    assert not any(id.startswith("tests/") for id in shown)


def test_a_focus_comes_first(index: Index) -> None:
    """A symbol, a file, or words: what they mean is shown even in a budget for little else."""
    for focus in ("pay", "src/shop/till.py", "till"):
        answer = code_map(index, tokens=30, focus=[focus])
        assert answer.files[0].path == "src/shop/till.py", focus
        assert "src/shop/till.py::pay" in {seed.id for seed in answer.seeds}
    tests = code_map(index, tokens=30, focus=["tests/test_cart.py"])
    assert tests.files[0].path == "tests/test_cart.py"


def test_a_focus_on_nothing_is_an_error(index: Index) -> None:
    """The message names what was asked for."""
    with pytest.raises(UnknownSymbolError, match="zebra"):
        code_map(index, focus=["zebra"])
