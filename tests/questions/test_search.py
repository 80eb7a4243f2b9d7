"""Search finds symbols by name, prefix and path, in an order that a reader expects and that never changes."""

import pytest

from axon.questions.opened import Index
from axon.questions.search import search
from tests.questions.shop import CART, ODD, TESTS, TILL


def hits(index: Index, query: str, **options: object) -> list[tuple[str, str]]:
    answer = search(index, query, **options)  # type: ignore[arg-type]
    return [(hit.symbol.id, hit.match) for hit in answer.hits]


def test_exact_names_go_before_prefixes_and_paths(index: Index) -> None:
    """Exact, then exact but for case, then prefix, then path."""
    assert hits(index, "Cart") == [
        (f"{CART}::Cart", "name"),
        (f"{TESTS}::Cart_helper", "prefix"),
        (CART, "prefix"),
        (TESTS, "path"),
    ]
    assert hits(index, "cart")[0] == (f"{CART}::Cart", "name, case ignored")
    assert (TESTS, "path") in hits(index, "cart")


def test_ids_qualified_names_and_their_endings(index: Index) -> None:
    """A longer name finds one symbol."""
    assert hits(index, f"{CART}::Cart.add") == [(f"{CART}::Cart.add", "id")]
    assert hits(index, "Cart.add") == [(f"{CART}::Cart.add", "qualified name")]
    assert hits(index, "shop.cart.Cart.add") == [(f"{CART}::Cart.add", "qualified suffix")]


def test_exported_goes_first_then_what_is_referred_to(index: Index) -> None:
    """Of equal names the exported one, then the one with more references."""
    assert [id for id, _ in hits(index, "add")] == [f"{CART}::Cart.add", f"{TILL}::pay.<locals>.add"]
    assert [id for id, _ in hits(index, "total")] == [f"{CART}::Cart.total", f"{CART}::Base.total"]


def test_limit_and_kind(index: Index) -> None:
    """The total counts what the limit cuts; a kind leaves others out."""
    answer = search(index, "c", limit=1)
    assert (len(answer.hits), answer.total > 1) == (1, True)
    assert hits(index, "cart", kinds=["Class"]) == [(f"{CART}::Cart", "name, case ignored")]


@pytest.mark.parametrize("query", ["", "  ", ".", "::", "no such thing"])
def test_nothing_is_found_for_nothing(index: Index, query: str) -> None:
    """An empty or odd query is no error."""
    assert [id for id, match in hits(index, query) if match != "path"] == []


def test_a_path_that_is_no_text(index: Index) -> None:
    """A file whose name is not UTF-8 is found by it."""
    assert hits(index, "\udcff") == [(ODD, "prefix")]
