"""The lane over what was written: it brings up what code does not say, without a model, and says how much it counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from axon.pipeline.verify import verify
from axon.questions.opened import Index, open_index
from axon.questions.search import search
from axon.search.summaries import SUMMARIES_FILE, WEIGHT
from axon.storage.generations import IndexHome
from tests.pipeline.trees import SHOP, index, write_tree
from tests.pipeline.written import MONEY, PAY, keep, written_shop


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose contract and summaries use words that its code does not have."""
    root = written_shop(tmp_path_factory.mktemp("told") / "shop")
    quote = {"quote": "gate.open()", "line": 2}
    keep(root, ("contracts", PAY, {"side_effects": [{"text": "Unlocks the turnstile for the customer.", **quote}]}))
    keep(root, ("summary", "shop/cart.py", {"summary": "Trolleys and what fits into a cart."}))
    keep(root, ("summary", "shop/till/", {"summary": "Takes money for merchandise."}))
    index(root)
    return root


@pytest.fixture
def shop(tree: Path) -> Iterator[Index]:
    with open_index(tree) as opened:
        yield opened


def test_what_only_a_text_says_is_found(shop: Index) -> None:
    """Words that no code has lead to the function, whose contract has them; the lane and its share are shown."""
    (hit, *_) = search(shop, "turnstile customer", explain=True).hits
    assert (hit.symbol.id, hit.match) == (PAY, "summary")
    assert hit.factors["+ summary"] == hit.score > 0
    assert [h.symbol.id for h in search(shop, "merchandise").hits] == ["shop/till/"]


def test_a_text_lifts_what_words_have_found(shop: Index) -> None:
    """At most by its weight times the best score of words."""
    plain = {h.symbol.id: h for h in search(shop, "cart size fits", explain=True).hits}
    hit = plain["shop/cart.py"]
    assert hit.match == "words"
    assert 0 < hit.factors["+ summary"] <= WEIGHT * max(h.score for h in plain.values())
    assert "+ summary" not in plain["shop/cart.py::Cart"].factors


def test_filters_hold_for_what_texts_bring_up(shop: Index) -> None:
    """Kinds and paths that are not wanted are not found by what was written about them either."""
    assert not search(shop, "turnstile customer", kinds=["Class"]).hits
    assert not search(shop, "turnstile customer", paths=["shop/cart.py"]).hits


def test_what_is_stale_is_not_searched(tree: Path, tmp_path: Path) -> None:
    """After an edit the old summary leads nowhere; the index stays that of a first run."""
    root = written_shop(tmp_path / "shop")
    keep(root, ("summary", MONEY, {"summary": "Arithmetic of coins."}))
    index(root)
    with open_index(root) as opened:
        assert [hit.symbol.id for hit in search(opened, "arithmetic coins").hits][:1] == [MONEY]
    write_tree(root, {MONEY: str(SHOP[MONEY]).replace("RATE = 2", "RATE = 3")})
    index(root)
    with open_index(root) as opened:
        assert not search(opened, "arithmetic coins").hits
    assert verify(root).is_right


def test_without_anything_written_there_is_no_lane(tmp_path: Path) -> None:
    """No file, no factor, and the same hits."""
    root = write_tree(tmp_path / "plain", SHOP)
    index(root)
    with IndexHome(root).require_current() as generation:
        assert not (generation.folder / SUMMARIES_FILE).exists()
    with open_index(root) as opened:
        assert opened.summaries is None
        assert all("+ summary" not in hit.factors for hit in search(opened, "cart size", explain=True).hits)
