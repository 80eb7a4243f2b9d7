"""Method resolution orders, against those of the interpreter that runs the tests."""

from hypothesis import given
from hypothesis import strategies as st

from axon.resolution.heritage import Heritage
from axon.resolution.values import EXTERNALS

HIERARCHIES = st.lists(st.lists(st.integers(0, 7), max_size=3, unique=True), min_size=1, max_size=8).map(
    lambda drawn: [[base for base in bases if base < row] for row, bases in enumerate(drawn)]
)


def orders(bases: list[list[int]]) -> list[tuple[int, ...]]:
    """The order of each class."""
    heritage = Heritage(lambda row: bases[row])
    return [heritage.order(row) for row in range(len(bases))]


@given(bases=HIERARCHIES)
def test_orders_are_those_of_the_interpreter(bases: list[list[int]]) -> None:
    """Wherever the interpreter accepts a hierarchy, each order is the one it computes."""
    classes: list[type] = []
    for row, numbers in enumerate(bases):
        try:
            classes.append(type(f"C{row}", tuple(classes[n] for n in numbers), {}))
        except TypeError:
            return
    for made, order in zip(classes, orders(bases), strict=True):
        assert [classes[row] for row in order] == [c for c in made.__mro__ if c is not object]


@given(bases=st.lists(st.lists(st.integers(0, 5), max_size=3), min_size=6, max_size=6))
def test_any_hierarchy_has_an_order(bases: list[list[int]]) -> None:
    """Cycles, contradictions and repeated bases included: the class first, and no class twice."""
    for row, order in enumerate(orders(bases)):
        assert order[0] == row
        assert len(set(order)) == len(order)


def test_a_deep_hierarchy() -> None:
    """Hundreds of classes, each on the one before, have orders."""
    bases: list[list[int]] = [[], *([row] for row in range(400))]
    assert len(orders(bases)[-1]) == 401


def test_external_bases_stand_where_they_fall() -> None:
    """A base outside the tree is a member of the order, without bases of its own."""
    heritage = Heritage(lambda row: {0: [1, EXTERNALS], 1: [EXTERNALS]}[row])
    assert heritage.order(0) == (0, 1, EXTERNALS)
    assert heritage.bases(EXTERNALS) == ()
