"""Why shows what runs without being named: class statements, keys, subclasses of operands, what is put in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from axon.cli.facts import FactsOfIndex
from axon.questions.opened import Index, open_index
from axon.questions.why import why
from tests.questions.whole import index_of

FILES = {
    "a.py": """\
class Meta(type):
    def __init__(cls, name, bases, members): ...
    def __call__(cls): ...


class Named:
    def __set_name__(self, owner, name): ...


class Base(metaclass=Meta):
    def __init_subclass__(cls): ...


def statement():
    class Inner(Base):
        field = Named()


def instantiate():
    Base()


class Key:
    def __hash__(self): ...


class Small(Key):
    def __eq__(self, other): ...
    def __init__(self): ...


class Tiny(Small):
    def __eq__(self, other): ...
    def __init__(self): ...


def look_up(key: Key, known: dict[Key, int]):
    return known[key]


def compare(one: Small):
    return one == one


def made(one: Small):
    return type(one)()


class Box:
    def ship(self): ...


class Cart:
    def ship(self): ...


def fill():
    kept = set()
    kept.add(Cart())
    for cart in kept:
        cart.ship()
""",
}


@pytest.fixture(scope="module")
def unnamed_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, indexed."""
    return index_of(tmp_path_factory.mktemp("unnamed"), FILES)


@pytest.fixture
def unnamed(unnamed_root: Path) -> Iterator[Index]:
    """Its index, pinned."""
    with open_index(unnamed_root) as opened:
        yield opened


@pytest.mark.parametrize(
    ("source", "target", "rule", "said"),
    [
        ("statement", "Meta.__init__", "implicit", "makes it with its metaclass `Meta`"),
        ("statement", "Base.__init_subclass__", "implicit", "runs what `Base` behind it does with its subclasses"),
        ("statement", "Named.__set_name__", "implicit", "holds its name"),
        ("instantiate", "Meta.__call__", "constructor", "calling the class `Base`"),
        ("look_up", "Key.__hash__", "implicit", "`[]` runs `Key.__hash__` without naming it"),
        ("compare", "Tiny.__eq__", "override", "`Tiny` defines `__eq__` itself"),
        ("made", "Tiny.__init__", "override", "`Tiny` defines `__init__` itself"),
        ("fill", "Cart.ship", "typed", "`Cart` is put into it here"),
    ],
)
def test_the_chain_says_what_runs_it(unnamed: Index, source: str, target: str, rule: str, said: str) -> None:
    """One edge leads there, by the rule, and a step says why."""
    (edge,) = why(unnamed, source, target, FactsOfIndex(unnamed)).edges
    assert edge.rule == rule
    assert any(said in step.said for step in edge.steps), [step.said for step in edge.steps]
