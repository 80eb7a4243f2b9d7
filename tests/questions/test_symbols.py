"""What a person types means one symbol, or the error says which ones it may mean."""

import pytest

from axon.errors import AmbiguousSymbolError, UnknownSymbolError
from axon.questions.opened import Index
from axon.questions.symbols import find_symbol
from tests.questions.shop import CART, TILL


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (f"{CART}::Cart.add", f"{CART}::Cart.add"),
        ("Cart.add", f"{CART}::Cart.add"),
        ("cart.py::Cart.add", f"{CART}::Cart.add"),
        ("shop/cart.py::add", f"{CART}::Cart.add"),
        ("shop.cart.Cart.add", f"{CART}::Cart.add"),
        ("src.shop.till.pay", f"{TILL}::pay"),
        ("pay", f"{TILL}::pay"),
        ("<locals>.add", f"{TILL}::pay.<locals>.add"),
        ("cart.py", CART),
        (CART, CART),
        ("len", "<external>::builtins.len"),
        ("builtins.len", "<external>::builtins.len"),
    ],
)
def test_a_symbol_is_found_by(index: Index, text: str, id: str) -> None:
    """An id, a qualified name, a path with a name, a dotted and a bare name."""
    assert index.columns.id_of(find_symbol(index.columns, text)) == id


def test_a_module_goes_before_its_folder(index: Index) -> None:
    """The name of a package means the package."""
    assert index.columns.id_of(find_symbol(index.columns, "shop")) == "src/shop::"


def test_an_implementation_goes_before_its_declared_signatures(index: Index) -> None:
    """Of several definitions of one name in one file the one that runs is meant; the id names each."""
    assert index.columns.id_of(find_symbol(index.columns, "load")) == f"{CART}::load#2"
    assert index.columns.id_of(find_symbol(index.columns, f"{CART}::load")) == f"{CART}::load"


def test_an_ambiguous_name_lists_what_it_may_mean(index: Index) -> None:
    """Two methods of one name are both named, sorted."""
    with pytest.raises(AmbiguousSymbolError, match="fits 2 symbols") as raised:
        find_symbol(index.columns, "total")
    assert raised.value.candidates == (f"{CART}::Base.total", f"{CART}::Cart.total")


def test_an_unknown_name_lists_names_that_look_alike(index: Index) -> None:
    """A slip of the finger is answered with the right name."""
    with pytest.raises(UnknownSymbolError, match="Did you mean") as raised:
        find_symbol(index.columns, "Cart.roundde")
    assert raised.value.candidates == (f"{TILL}::rounded",)


def test_a_near_name_in_the_class_that_was_named_comes_first(index: Index) -> None:
    """Two classes have a method that is meant; the one of the other class is listed behind."""
    for owner, other in (("Cart", "Base"), ("Base", "Cart")):
        with pytest.raises(UnknownSymbolError) as raised:
            find_symbol(index.columns, f"{owner}.totall")
        assert raised.value.candidates[:2] == (f"{CART}::{owner}.total", f"{CART}::{other}.total")


@pytest.mark.parametrize("text", ["", ".", "::", "zzzzzzzz", "a::b::c", "\udcff"])
def test_nonsense_is_an_unknown_symbol(index: Index, text: str) -> None:
    """No text breaks the search for a symbol."""
    with pytest.raises(UnknownSymbolError):
        find_symbol(index.columns, text)


def test_a_path_that_is_no_file_is_told_as_such(index: Index) -> None:
    """With files whose names are near, or where to look for what was left out."""
    with pytest.raises(UnknownSymbolError, match=r"No file `src/shop/card\.py` in the index\. Did you mean") as near:
        find_symbol(index.columns, "src/shop/card.py")
    assert near.value.candidates[0] == CART
    with pytest.raises(UnknownSymbolError, match=r"No file `zebra\.py` in the index\. `axon status` says"):
        find_symbol(index.columns, "zebra.py")
    with pytest.raises(UnknownSymbolError, match=r"No symbol `Cart\.zebra`"):
        find_symbol(index.columns, "Cart.zebra")
