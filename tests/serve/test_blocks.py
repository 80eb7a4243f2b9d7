"""Pages of blocks."""

from hypothesis import given
from hypothesis import strategies as st

from axon.serve.blocks import Block, page_of

_BLOCKS = st.lists(
    st.builds(
        Block,
        st.text("ab é\n", min_size=1, max_size=60),
        st.sampled_from(["", "k1", "k2"]),
        st.just("(seen)"),
        st.booleans(),
    ),
    max_size=12,
)


@given(_BLOCKS, st.integers(30, 200))
def test_pages_show_everything_once(blocks: list[Block], n_bytes: int) -> None:
    """Page after page every block comes once, in order, and a page with several blocks is within its budget."""
    at: int | None = 0
    shown = []
    while at is not None:
        page = page_of(blocks, n_bytes, start=at)
        following = len(blocks) if page.following is None else page.following
        assert following > at or page.following is None
        shown += [b.text for b in blocks[at:following] if not b.is_heading]
        if sum(not b.is_heading for b in blocks[at:following]) > 1:
            assert len(page.text.encode()) <= n_bytes
        at = page.following
    assert shown == [b.text for b in blocks if not b.is_heading]


def test_what_was_seen_is_named_only() -> None:
    """A block whose key is known gives way to its stand-in, and its key is not new."""
    blocks = [Block("### A", is_heading=True), Block("long " * 50, "k", "(shown before)"), Block("rest")]
    first = page_of(blocks, 10_000)
    assert first.keys == ("k",)
    again = page_of(blocks, 10_000, seen={"k"})
    assert again.text == "### A\n(shown before)\nrest"
    assert again.keys == ()


def test_a_block_that_fits_no_page_is_cut_at_a_line() -> None:
    """The fence is closed, and the next page begins behind it."""
    source = "```\n" + "\n".join(f"line {n}" for n in range(400)) + "\n```"
    page = page_of([Block(source), Block("next")], 800)
    assert page.text.startswith("```\nline 0")
    assert page.text.endswith("```\n…")
    assert len(page.text.encode()) <= 800
    assert page.following == 1


def test_a_page_amid_a_section_repeats_its_heading() -> None:
    """So that a reader knows what the rows are."""
    blocks = [Block("### A", is_heading=True), *(Block(f"- {n}" + "x" * 40) for n in range(9))]
    page = page_of(blocks, 200)
    assert page.following is not None
    assert page_of(blocks, 200, start=page.following).text.startswith("### A (goes on)")
