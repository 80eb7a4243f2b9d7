"""Slots come to one least fixed point, whatever the order in which they are asked for."""

from hypothesis import given, settings
from hypothesis import strategies as st

from axon.resolution.slots import MOST_DEFINITIONS, MOST_VALUES, Slots, joined
from axon.resolution.values import INSTANCES, MANY, Values

SLOTS = 12

graphs = st.lists(
    st.tuples(
        st.frozensets(st.integers(0, 30).map(lambda v: v if v % 3 else INSTANCES + v), max_size=4),  # of its own
        st.lists(st.integers(0, SLOTS - 1), max_size=3),  # slots that it reads
        st.integers(0, 3),  # what it adds to each value that it reads
    ),
    min_size=SLOTS,
    max_size=SLOTS,
)


def shifted(value: int, shift: int) -> int:
    first = INSTANCES if value >= INSTANCES else 0
    return value if value == MANY else first + (value - first + shift) % 40


def compute(graph: list[tuple[frozenset[int], list[int], int]], values: dict[int, Values], slot: int) -> Values:
    own, reads, shift = graph[slot]
    read = [v for other in reads for v in values[other]]
    return joined((*own, *(shifted(v, shift) for v in read)))


def least(graph: list[tuple[frozenset[int], list[int], int]]) -> dict[int, Values]:
    """The fixed point by rounds over all slots, from nothing."""
    values: dict[int, Values] = dict.fromkeys(range(SLOTS), ())
    while True:
        after = {slot: compute(graph, values, slot) for slot in range(SLOTS)}
        if after == values:
            return values
        values = after


@settings(max_examples=300, deadline=None)
@given(graphs, st.permutations(range(SLOTS)))
def test_any_order_of_reading_gives_the_least_fixed_point(
    graph: list[tuple[frozenset[int], list[int], int]], order: list[int]
) -> None:
    """Reading on demand ends where rounds over everything end."""

    def on_demand(slot: int) -> Values:
        own, reads, shift = graph[slot]
        read = [v for other in reads for v in slots.read(other)]
        return joined((*own, *(shifted(v, shift) for v in read)))

    slots = Slots(on_demand, lambda key: 0)
    for slot in order:
        slots.read(slot)
    slots.settle()
    expected = least(graph)
    assert {slot: slots.read(slot) for slot in order} == expected


def test_a_set_that_grows_too_large_is_many() -> None:
    """One value more than fits, and nothing is said any more; what joins it says nothing either."""
    few, many = (range(INSTANCES, INSTANCES + n) for n in (MOST_VALUES, MOST_VALUES + 1))
    assert (joined(few), joined(many)) == (tuple(few), (MANY,))
    assert joined(range(MOST_DEFINITIONS)) == tuple(range(MOST_DEFINITIONS))
    assert joined(range(MOST_DEFINITIONS + 1)) == (MANY,)
    assert joined((*range(MOST_VALUES), INSTANCES)) == (MANY,)
    assert joined((3, MANY)) == (MANY,)


def test_a_long_chain_costs_its_length() -> None:
    """Deeper than slots may nest, each slot of a chain is computed a bounded number of times."""

    def link(key: int) -> Values:
        return slots.read(key - 1) if key else (7,)

    work = {}
    for length in (500, 1000):
        slots = Slots(link, lambda key: 0)
        slots.read(length)
        slots.settle()
        assert slots.read(length) == (7,)
        work[length] = slots.computed
    assert work[1000] <= 2.1 * work[500]


def test_what_shrinks_takes_along_what_only_it_kept_alive() -> None:
    """Two slots that read each other hold nothing of a third any more, once that holds nothing."""
    held = {2: (5,)}
    reads = {0: (1, 2), 1: (0,), 2: ()}

    def read(key: int) -> Values:
        if key == 2:
            slots.keep_open()
        return joined((*held.get(key, ()), *(v for other in reads[key] for v in slots.read(other))))

    slots = Slots(read, lambda key: key)
    slots.read(0)
    slots.settle()
    slots.begin_round()
    held[2] = ()
    slots.forget(2)
    slots.close()
    assert [slots.history(key) for key in range(3)] == [(0, ((5,), ()))] * 3
    assert slots.read_by[1] == {0}


def test_what_a_ring_shifts_on_comes_to_an_end() -> None:
    """Two slots that each make of a value of the other one a new value, with nothing left that began it."""
    asked = 0

    def read(key: int) -> Values:
        nonlocal asked
        asked += key == 0
        other = slots.read(1 - key)
        return joined((*((0, 1) if asked == 1 else ()), *(v if v == MANY else v + 1 for v in other)))

    slots = Slots(read, lambda key: 0)
    slots.read(0)
    slots.settle()
    assert slots.computed < 100
