"""When changes are over: soon for one file, later in a burst, and at last even if they never cease."""

from hypothesis import given
from hypothesis import strategies as st

from axon.files.debounce import LEAST_QUIET, MOST_QUIET, PATIENCE, Window

MOMENTS = st.lists(st.tuples(st.floats(0, 3), st.integers(1, 40)), min_size=1, max_size=60)


def test_one_file_is_acted_on_soon() -> None:
    """A window that nothing opened is never due; one file keeps it open for 50 ms, and so does the same file again."""
    window = Window()
    assert window.due is None
    window.add(10.0, 1)
    assert window.due == 10.0 + LEAST_QUIET
    window.add(10.04, 1)
    assert window.due == 10.04 + LEAST_QUIET


def test_a_burst_is_one_update() -> None:
    """Many files keep it open for half a second after the last of them."""
    window = Window()
    for number in range(1, 31):
        window.add(number * 0.01, number)
    assert window.due == 0.3 + MOST_QUIET


def test_after_closing_it_begins_anew() -> None:
    """Nothing of the last run of changes is left."""
    window = Window()
    window.add(1.0, 30)
    window.close()
    assert window.due is None
    window.add(20.0, 1)
    assert (window.began, window.due) == (20.0, 20.0 + LEAST_QUIET)


@given(MOMENTS)
def test_it_is_due_after_the_last_change_and_never_too_late(gaps: list[tuple[float, int]]) -> None:
    """However changes come, it closes 50 to 500 ms after the last one, or when patience has ended."""
    window, now, size = Window(), 100.0, 0
    for gap, more in gaps:
        now, size = now + gap, size + more
        window.add(now, size)
    due = window.due
    assert due is not None
    assert due <= window.began + PATIENCE
    assert due == window.began + PATIENCE or LEAST_QUIET - 1e-9 <= due - now <= MOST_QUIET + 1e-9
