"""What a claim needs to be kept: a quote that is there, names that exist, edges that agree; and what never leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axon.enrich.citations import Evidence, checked_claims, locate
from axon.enrich.hierarchy import ELSEWHERE, ROOTS, hierarchy_of
from axon.enrich.model import Value
from axon.enrich.secrets import MASK, masked
from axon.enrich.task import fence
from axon.model.artifacts import State

SOURCE = """\
def pay(cart, money):
    if not cart.items:
        raise EmptyCart("nothing to pay")
    total = sum(item.price for item in cart.items)
    return charge(money,
                  total)
"""


def claim(text: str, quote: str, line: int = 1) -> Value:
    return {"text": text, "quote": quote, "line": line}


@pytest.mark.parametrize(
    ("quote", "line", "at", "state"),
    [
        ("if not cart.items:", 2, 2, State.VALID),
        ("if not cart.items:", 9, 2, State.MOVED),
        ("return   charge(money,\n total)", 5, 5, State.VALID),
        ("raise EmptyCart('nothing to pay')", 3, 3, State.VALID),
        ("total = sum(price for item in cart.items)", 4, 4, State.VALID),
        ("return refund(everything, at_once=True)", 5, 5, State.STALE),
        ("", 1, 1, State.STALE),
    ],
)
def test_a_quote_is_looked_for(quote: str, line: int, at: int, state: State) -> None:
    """As it is, with white space folded, and by three quarters of it; the line moves to where it is."""
    found = locate(quote, line, SOURCE)
    assert (found.line, found.state) == (at, state)


def test_claims_without_evidence_are_dropped_and_counted() -> None:
    """No quote in the source, an identifier that is nowhere, a call or an exception that the graph and source lack."""
    given_claims = [
        claim("The cart must not be empty.", "if not cart.items:", 7),
        claim("It calls `charge`.", "return charge(money,", 5),
        claim("It raises `EmptyCart`.", 'raise EmptyCart("nothing to pay")', 3),
        claim("It calls `refund`.", "return charge(money,", 5),
        claim("It raises `ValueError`.", 'raise EmptyCart("nothing to pay")', 3),
        claim("It reads `items` of the cart.", "total = sum(", 4),
        claim("It reads `VAT_RATE`.", "total = sum(", 4),
        claim("It keeps `ledger` in order.", "total = sum(", 4),
        claim("It is fast.", "for speed, we cache", 4),
        "not even a claim",
    ]
    kept, dropped = checked_claims(
        list(given_claims), Evidence(SOURCE, ("bank.charge",), lambda name: name != "ledger")
    )
    assert [(c["text"], c["line"]) for c in kept] == [
        ("The cart must not be empty.", 2),
        ("It raises `EmptyCart`.", 3),
        ("It reads `items` of the cart.", 4),
        ("It calls `charge`.", 5),
    ]
    assert dropped == 6


def test_evidence_is_looked_at_again_without_a_model() -> None:
    """After an edit above, claims have moved; after one of the line itself they are stale."""
    kept, _ = checked_claims([claim("No empty carts.", "if not cart.items:", 2)], Evidence(SOURCE))
    (one,) = kept

    def state_in(source: str) -> State:
        return locate(str(one["quote"]), int(str(one["line"])), source).state

    assert state_in(SOURCE) is State.VALID
    assert state_in(f"# a remark\n{SOURCE}") is State.MOVED
    assert state_in(SOURCE.replace("if not cart.items:", "if total > 0 and ready:")) is State.STALE


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "a1" * 18,
        "sk-ant-" + "x" * 30,
        "xoxb-123456789012-abcdef",
        "AIza" + "B" * 35,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijklmnop",
    ],
)
def test_keys_are_masked(secret: str) -> None:
    """Whatever stands around them."""
    text = f"client = connect(\n    token={secret!r},\n)"
    assert secret not in masked(text)
    assert masked(text).count("\n") == 2


def test_passwords_and_private_keys_are_masked() -> None:
    """What is assigned to a telling name, what stands in a URL, and blocks of several lines, which stay as many."""
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----"
    text = f'DB_PASSWORD = "hunter2!x"\nurl = "postgres://me:hunter2@db/x"\n{key}\napi_key: "0123456789"\n'
    hidden = masked(text)
    assert not any(word in hidden for word in ("hunter2", "MIIEow", "0123456789"))
    assert hidden.count("\n") == text.count("\n")
    assert masked("password = get_password()  # " + MASK) == "password = get_password()  # " + MASK


@given(st.text(max_size=200))
def test_data_cannot_end_its_fence(text: str) -> None:
    """The mark is made of the digest of what it encloses, so that no text holds its own."""
    fenced = fence(text)
    tag = fenced.partition(">")[0].removeprefix("<")
    assert fenced.count(f"</{tag}>") == 1
    assert fenced == f"<{tag}>\n{text}\n</{tag}>"


NAMES = st.sampled_from(["billing", "carts", "search", "login", "mail", *ROOTS[:2]])


@given(
    feature=st.dictionaries(st.sampled_from([f"c{i}" for i in range(8)]), NAMES),
    broader=st.dictionaries(NAMES, NAMES),
    same=st.dictionaries(NAMES, NAMES),
)
def test_any_answers_make_a_tree(feature: dict[str, str], broader: dict[str, str], same: dict[str, str]) -> None:
    """Every feature has one parent and ends below a root, whatever was said, in whatever order it was said."""
    tree = hierarchy_of(feature, broader, same)
    backwards = hierarchy_of(*(dict(reversed(list(said.items()))) for said in (feature, broader, same)))
    assert (tree.parent, tree.feature) == (backwards.parent, backwards.feature)
    assert set(tree.feature) == set(feature)
    for name in {*tree.parent, *tree.feature.values()}:
        way = [name]
        while tree.parent[way[-1]]:
            way.append(tree.parent[way[-1]])
            assert len(way) == len(set(way)), "a circle"
        assert way[-1] in ROOTS


def test_names_that_mean_the_same_become_one() -> None:
    """Their parts come together, and what leads back to itself goes elsewhere."""
    tree = hierarchy_of(
        {"a": "carts", "b": "basket", "c": "loop"},
        {"carts": "shopping", "basket": "shop", "shopping": "domain", "shop": "domain", "loop": "ring", "ring": "loop"},
        {"basket": "carts", "shop": "shopping"},
    )
    assert tree.feature == {"a": "carts", "b": "carts", "c": "loop"}
    assert (tree.parent["carts"], tree.parent["shopping"], tree.parent["loop"]) == ("shopping", "domain", ELSEWHERE)
