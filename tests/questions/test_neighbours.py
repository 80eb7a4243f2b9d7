"""Callers, callees and context tell what the graph holds, with reasons and places, and what it cannot tell."""

from axon.model.answers import EdgeAnswer, TreeChange
from axon.questions.callees import callees
from axon.questions.callers import callers
from axon.questions.context import context
from axon.questions.opened import Index
from tests.questions.shop import CART, TESTS, TILL


def said(edges: tuple[EdgeAnswer, ...]) -> list[tuple[str, str, float, str, int]]:
    return [(e.symbol.id, e.rule, e.confidence, e.site.path, e.site.line) for e in edges]


def test_callers_of_a_class_include_those_of_its_initializer(index: Index) -> None:
    """One site that instantiates the class counts once; a direct call of the initializer counts as well."""
    answer = callers(index, "Cart")
    assert said(answer.callers) == [
        (f"{TILL}::pay", "super", 0.95, TILL, 6),
        (TILL, "import", 1.0, TILL, 39),
        (f"{TESTS}::test_cart", "import", 1.0, TESTS, 4),
    ]


def test_callers_count_unresolved_calls_of_the_name(index: Index) -> None:
    """What could not be resolved is listed up to the limit, and counted in full."""
    answer = callers(index, "Cart.add", limit=1)
    assert answer.callers == ()
    assert (answer.possible.total, len(answer.possible.sites)) == (2, 1)
    site = answer.possible.sites[0]
    assert (site.caller.id, site.name, site.receiver, site.reason) == (f"{TILL}::pay", "add", "x", "unknown receiver")


def test_callees_have_reasons_and_places(index: Index) -> None:
    """Calls of the tree and of the outside, by place; unresolved ones apart."""
    assert said(callees(index, "Cart.add").callees) == [
        (f"{CART}::Cart.total", "self", 0.95, CART, 15),
        ("<external>::builtins.len", "builtin", 1.0, CART, 16),
    ]
    assert [site.name for site in callees(index, "pay").unresolved.sites] == ["add", "add", ""]


def test_context_has_every_neighbour(index: Index) -> None:
    """A method: what it overrides, what decorates it, who calls it, what its file imports."""
    answer = context(index, "Cart.total")
    assert said(answer.callers) == [(f"{CART}::Cart.add", "self", 0.95, CART, 15)]
    assert said(answer.overrides) == [(f"{CART}::Base.total", "mro", 1.0, CART, 18)]
    assert said(answer.decorated_by) == [(f"{TILL}::rounded", "import", 1.0, CART, 17)]
    assert said(answer.imports) == [(TILL, "import", 1.0, CART, 1)]
    assert answer.possible_callers.total == 1
    assert (answer.definition.exported, answer.definition.flags) == (True, ("async", "generator"))
    assert (answer.definition.start_byte, answer.definition.end_byte, answer.definition.end_line) == (180, 189, 19)


def test_context_of_a_class_has_members_bases_and_subclasses(index: Index) -> None:
    """A class: heritage both ways, members in source order, uses as a type."""
    assert [m.name for m in context(index, "Cart").members] == ["__init__", "add", "total"]
    assert said(context(index, "Cart").bases) == [(f"{CART}::Base", "lexical", 1.0, CART, 10)]
    base = context(index, "Base")
    assert said(base.subclasses) == [(f"{CART}::Cart", "lexical", 1.0, CART, 10)]
    assert said(base.used_by) == [(f"{CART}::Cart.add", "lexical", 1.0, CART, 14)]
    assert [e.symbol.id for e in context(index, "Base.total").overridden_by] == [f"{CART}::Cart.total"]
    assert [e.symbol.id for e in context(index, "rounded").decorates] == [f"{CART}::Cart.total"]


def test_context_of_what_has_no_file(index: Index) -> None:
    """An external symbol has callers and no imports."""
    answer = context(index, "builtins.len")
    assert [e.symbol.id for e in answer.callers] == [f"{CART}::Cart.add"]
    assert answer.imports == ()


def test_answers_say_which_index_they_come_from(index: Index) -> None:
    """Generation, age of the tree, embeddings."""
    index.tree = TreeChange(changed=2, removed=0)
    state = callers(index, "pay").index
    assert (state.generation, state.created, state.embeddings) == (1, "2026-01-02T03:04:00+00:00", None)
    assert state.tree is not None
    assert state.tree.moved_on
