"""Why shows calls that no receiver shows: mixed in, accessors, functions that are passed, what is handed over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from axon.cli.facts import FactsOfIndex
from axon.questions.opened import Index, open_index
from axon.questions.why import why
from tests.questions.whole import index_of

FILES = {
    "a.py": """\
import unittest


class Leaf:
    @property
    def end_place(self): ...


class Number(Leaf):
    @property
    def end_place(self): ...


def unknown(node):
    return node.end_place


def known(node: Leaf):
    return node.end_place


def one(): ...
def two(): ...
def three(): ...
def four(): ...


def call_it(function):
    function()


KEPT = []


def keep(function):
    KEPT.append(function)


keep(one)
keep(two)
keep(three)
keep(four)


def run():
    KEPT[0]()


call_it(one)
call_it(two)
call_it(three)
call_it(four)


class Mixed:
    def go(self):
        self.base()
        self.assertEqual(1, 2)


class Base:
    def base(self): ...


class Joint(Mixed, Base, unittest.TestCase): ...
""",
    "test_a.py": """\
import pytest

from a import Number


class Cart:
    def pay(self): ...


@pytest.fixture(params=[Number])
def cart(request):
    request.param()
    yield Cart()


@pytest.mark.parametrize("kind", [Number])
def test_all(cart, kind):
    cart.pay()
    kind().end_place
""",
}


@pytest.fixture(scope="module")
def possible_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, indexed."""
    return index_of(tmp_path_factory.mktemp("possible"), FILES)


@pytest.fixture
def possible(possible_root: Path) -> Iterator[Index]:
    """Its index, pinned."""
    with open_index(possible_root) as opened:
        yield opened


@pytest.mark.parametrize(
    ("source", "target", "rule", "said"),
    [
        (
            "unknown",
            "Number.end_place",
            "override",
            "nothing is known of the receiver, and only one hierarchy of the tree has an attribute called `end_place`",
        ),
        ("known", "Number.end_place", "override", "`Number` defines `end_place` itself"),
        ("call_it", "four", "argument", "it is one of the functions that callers pass: `four`, here"),
        ("run", "four", "argument", "it is one of the functions that callers pass: `four`, here"),
        ("Mixed.go", "Base.base", "family", "the first of it that defines `base` is `Base`"),
        (
            "Mixed.go",
            "unittest.TestCase.assertEqual",
            "inherited",
            "`Mixed` does not define `assertEqual`; `Joint`, which mixes it in, inherits it from outside the tree",
        ),
        ("test_all", "Cart.pay", "typed", "`cart` is what the framework hands over under that name"),
        ("test_all", "Number.end_place", "implicit", "this decorator lists what it is handed"),
        ("test_a.py::cart", "Number", "typed", "`request` is a parameter of `cart`"),
    ],
)
def test_the_chain_says_what_makes_it_possible(possible: Index, source: str, target: str, rule: str, said: str) -> None:
    """One edge leads there, by the rule, and a step says why."""
    (edge,) = why(possible, source, target, FactsOfIndex(possible)).edges
    assert edge.rule == rule
    assert said in [step.said for step in edge.steps]
