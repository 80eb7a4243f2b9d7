"""A search finds what code says, in an order that a reader expects, and says when nothing is good."""

from pathlib import Path

import pytest

from axon.questions.opened import Index, open_index
from axon.questions.search import search
from axon.serve.pieces import search_blocks
from tests.search.trees import FILES, index, write


def names(opened: Index, query: str, **options: object) -> list[str]:
    return [hit.symbol.qualified_name for hit in search(opened, query, **options).hits]  # type: ignore[arg-type]


def test_words_find_what_has_them(opened: Index) -> None:
    """Words of name, signature, docstring and body, in any form of the word."""
    assert names(opened, "exchange currencies", tests="exclude")[0] == "Money.convert"
    assert names(opened, "digests of secrets")[0] == "make_password"
    assert names(opened, "sum of prices")[0] == "ShoppingCart.total_price"


def test_what_is_typed_just_so_comes_first(opened: Index) -> None:
    """A name, a qualified name and a path before anything that has their words."""
    assert search(opened, "make_password").hits[0].match == "name"
    assert search(opened, "Money.is_zero").hits[0].match == "qualified name"
    assert search(opened, "shop/cart.py").hits[0].symbol.id == "shop/cart.py"


TYPED = ["make_pasword", "amke_password", "make_paswrod", "Make_Password_", "ShopingCart", "is_zreo"]


@pytest.mark.parametrize("typed", TYPED)
def test_a_name_with_a_typo_is_found(opened: Index, typed: str) -> None:
    """One or two letters wrong, missing, too many or swapped."""
    hit = search(opened, typed).hits[0]
    assert hit.match == "typo"
    assert hit.symbol.name in {"make_password", "ShoppingCart", "is_zero"}


NEAR = {
    "near.py": (
        "class Header:\n    pass\n\n\nclass Heater:\n    pass\n\n\n"
        "def header():\n    pass\n\n\ndef takeWhile():\n    pass\n"
    ),
    "again.py": (
        "def header():\n    pass\n\n\ndef request():\n    pass\n\n\n"
        "def strict():\n    pass\n\n\ndef __call__():\n    all = 1\n"
    ),
}


def test_of_names_that_are_as_near_each_comes_first_once(tmp_path: Path) -> None:
    """Case decides between the nearest; the second symbol of a name waits for the first of the others."""
    with open_index(index(write(tmp_path, NEAR))) as opened:
        assert names(opened, "headder")[:4] == ["header", "Header", "header", "Heater"]
        assert names(opened, "Headder")[:2] == ["Header", "header"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("takeWlhe", ["takeWhile"]), ("Rqeust", ["request"]), ("stripe", []), ("__all__", ["__call__"])],
)
def test_how_near_is_near_enough(tmp_path: Path, typed: str, meant: list[str]) -> None:
    """A letter lost between two that were swapped, two typos in a name of seven letters, but not in one of six."""
    with open_index(index(write(tmp_path, NEAR))) as opened:
        assert [hit.symbol.name for hit in search(opened, typed).hits if hit.match == "typo"][:1] == meant


def test_a_word_of_the_tree_is_no_misspelt_name(opened: Index) -> None:
    """It is nearly the name of a symbol, and what has the word comes first all the same."""
    assert [hit.match for hit in search(opened, "converted").hits][:2] == ["words", "words"]


def test_a_misspelt_word_is_taken_for_the_nearest(opened: Index) -> None:
    """The answer says so."""
    answer = search(opened, "exchnage rate")
    assert answer.corrected == {"exchnag": ("exchang",)}
    assert answer.hits[0].symbol.name in {"convert", "test_convert"}


def test_tests_are_lower_unless_they_are_meant(opened: Index) -> None:
    """Auto puts them lower, a query about tests does not; exclude leaves them out."""
    assert names(opened, "exchange currency rate")[0] == "Money.convert"
    assert names(opened, "test exchange currency rate")[0] == "test_convert"
    assert "test_convert" not in names(opened, "exchange currency rate", tests="exclude")
    assert "test_convert" in names(opened, "exchange currency rate", tests="include")


def test_filters(opened: Index) -> None:
    """Kind, path and language leave the rest out, and the total counts what is left."""
    assert names(opened, "cart", kinds=["Class"]) == ["ShoppingCart", "CartView"]
    assert names(opened, "cart", paths=["web"], kinds=["Class"]) == ["CartView"]
    assert names(opened, "cart", paths=["*/cart.ts"], kinds=["Class"]) == ["CartView"]
    assert names(opened, "cart", languages=["typescript"], kinds=["Class"]) == ["CartView"]
    assert search(opened, "cart", languages=["typescript"], kinds=["Class"]).total == 1


def test_noise_is_no_answer(opened: Index) -> None:
    """What has too little of the query is not shown, and that is said."""
    answer = search(opened, "quantum chromodynamics lattice gauge currency")
    assert (answer.hits, answer.note[:13]) == ((), "No good match")
    assert search(opened, "zzzzqq").note == "Nothing matches `zzzzqq`."


def test_an_agent_is_told_as_much_as_a_person(opened: Index) -> None:
    """That nothing fits, and which words were taken for others, before the hits."""

    def told(query: str) -> list[str]:
        return [block.text for block in search_blocks(search(opened, query))]

    assert told("zzzzqq") == ["Nothing matches `zzzzqq`."]
    assert told("exchange zebra giraffe") == ["No good match for `exchange zebra giraffe`: nothing has enough of it."]
    assert told("exchnage rate")[1] == "Nothing has `exchnag`; searched for `exchang`."


@pytest.mark.parametrize(
    ("query", "is_answered"),
    [("exchange", True), ("return self", True), ("currency rate zebra", True), ("exchange zebra giraffe", False)],
)
def test_how_much_of_a_query_is_enough(opened: Index, query: str, is_answered: bool) -> None:
    """All of it, however common; most of it; not one word of four."""
    assert bool(search(opened, query).hits) is is_answered


def test_hits_show_lines_of_the_index(opened: Index, shop: Path) -> None:
    """The first line, and the one that the query is about, as they were indexed."""
    hit = search(opened, "scrypt salt").hits[0]
    assert [(line.line, line.text.strip()) for line in hit.lines] == [
        (4, "def make_password(raw, salt):"),
        (6, "return hashlib.scrypt(raw, salt=salt)"),
    ]


def test_an_explanation_adds_up(opened: Index) -> None:
    """The score is the product of what explains it."""
    answer = search(opened, "scrypt salt", explain=True)
    product = 1.0
    for value in answer.hits[0].factors.values():
        product *= value
    assert answer.hits[0].score == pytest.approx(product, rel=1e-2)
    assert answer.terms == {"scrypt": 1.0, "salt": 1.0}


def test_a_nested_function_has_its_own_words(opened: Index) -> None:
    """The words of a function in a function are not those of the outer one."""
    assert names(opened, "bottomless") == ["outer.<locals>.inner_helper"]


def test_an_index_without_postings_still_answers_by_name(tmp_path: Path) -> None:
    """A missing layer is said."""
    import shutil  # noqa: PLC0415

    root = index(write(tmp_path / "tree", FILES))
    with open_index(root) as opened:
        shutil.rmtree(opened.generation.folder / "search")
        answer = search(opened, "make_password")
    assert answer.hits[0].match == "name"
    assert "no postings" in answer.index.warnings[0]
