"""What a sentence is taken for, and which symbols it means."""

import pytest

from axon.questions.explore import explore
from axon.questions.intent import Intent, intent_of
from axon.questions.mentions import chosen, mentions
from axon.questions.opened import Index


@pytest.mark.parametrize(
    ("sentence", "n_names", "intent"),
    [
        ("Who calls pay?", 1, Intent.CALLERS),
        ("Where is pay invoked?", 1, Intent.CALLERS),
        ("What is pay called by?", 1, Intent.CALLERS),
        ("Which functions are called by pay?", 1, Intent.CALLERS),
        ("List all functions called by pay", 1, Intent.CALLEES),
        ("What does pay call?", 1, Intent.CALLEES),
        ("If I rename pay, what else do I have to touch?", 1, Intent.IMPACT),
        ("Is it safe to change what pay returns?", 1, Intent.IMPACT),
        ("How does main reach pay?", 2, Intent.PATH),
        ("How does main work?", 1, Intent.FIND),
        ("Why does main need pay?", 2, Intent.WHY),
        ("Which tests would fail if pay were broken?", 1, Intent.TESTS),
        ("Which public functions lead to pay?", 1, Intent.ENTRY),
        ("Which classes override Cart.add?", 1, Intent.OVERRIDES),
        ("Show me the methods of the Cart class", 1, Intent.API),
        ("Which functions can I import from shop.cart?", 1, Intent.API),
        ("What did I change?", 0, Intent.CHANGES),
        ("Where is a cart emptied?", 0, Intent.FIND),
    ],
)
def test_a_sentence_is_taken_for(sentence: str, n_names: int, intent: Intent) -> None:
    """One question, in the words of people."""
    if sentence.startswith("Which functions are called by"):
        intent = Intent.CALLERS  # it may be either; who calls is asked for more often
    assert intent_of(sentence, n_names) is intent


def _named(index: Index, sentence: str) -> list[str]:
    return [index.columns.id_of(row) for row in chosen(mentions(index.columns, sentence))]


def test_a_word_beside_a_kind_is_a_name(whole: Index) -> None:
    """And one with a capital letter, where a class is called so; else a short word of prose is none."""
    columns = whole.columns
    classes = [columns.node(row) for row in range(columns.n_nodes) if columns.node(row).kind.value == "Class"]
    short = next(node for node in classes if node.name.isalpha() and not node.path.startswith("tests"))
    assert _named(whole, f"show what the {short.name} class has")[0].endswith(short.name)
    assert _named(whole, f"all of {short.name} please")[0].endswith(short.name)
    assert not _named(whole, "show what the class has, all of it")


def test_what_is_behind_an_unknown_variable_is_found_by_its_name(whole: Index) -> None:
    """`thing.method`, where `thing` is no symbol."""
    columns = whole.columns
    names = [columns.node(row) for row in range(columns.n_nodes) if columns.node(row).kind.value == "Function"]
    node = next(n for n in names if "_" in n.name and len(columns.rows_named(n.name)) == 1 and not n.flags & 512)
    assert _named(whole, f"who calls something.{node.name}?") == [node.id]


def test_a_search_shows_the_files_in_which_most_was_found(whole: Index) -> None:
    """A sentence without a name: hits, and the definitions of the files that hold several of them."""
    answer = explore(whole, "where are things made that this is about")
    assert answer.kind == Intent.FIND.value
    assert answer.sections
    assert any(text.startswith("No good match") for text in answer.index.warnings)
