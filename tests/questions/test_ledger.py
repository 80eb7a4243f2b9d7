"""Nothing that could be a call is hidden: possible callers, values handed over, unresolved sites."""

from axon.questions.callees import callees
from axon.questions.callers import callers
from axon.questions.context import context
from axon.questions.opened import Index
from axon.questions.status import status
from tests.questions.whole import TILL


def test_every_unresolved_site_of_a_name_is_listed(whole: Index) -> None:
    """Whatever is unresolved under a name stands in the list of everything that can be called by that name."""
    columns = whole.columns
    names = {columns.unresolved_site(row).name for row in range(columns.n_unresolved)}
    assert "ship" in names
    for name in names:
        places = {(s.caller, s.line, s.column) for s in map(columns.unresolved_site, columns.unresolved_named(name))}
        for row in columns.rows_named(name):
            if columns.node(row).kind not in ("File", "Folder", "Module", "External"):
                answer = callers(whole, columns.id_of(row))
                assert places <= {(s.caller.id, s.site.line, s.site.column) for s in answer.possible.sites}
                assert not answer.is_complete


def test_possible_callers_stand_apart(whole: Index) -> None:
    """An override is no caller that is known; the best evidence comes first."""
    answer = callers(whole, "Heavy.ship")
    assert [(e.symbol.name, e.rule) for e in answer.callers] == [("heavy", "typed")]
    assert ("send", "override") in [(e.symbol.name, e.rule) for e in answer.uncertain]
    sure = [e.confidence for e in answer.uncertain]
    assert sure == sorted(sure, reverse=True)
    around = context(whole, "Heavy.ship")
    assert (around.callers, around.uncertain_callers) == (answer.callers, answer.uncertain)
    assert around.possible_callers == answer.possible


def test_who_hands_a_function_over_is_shown(whole: Index) -> None:
    """As a value it may be called by somebody else, so that its callers are not all there is."""
    answer = callers(whole, f"{TILL}::job")
    assert [(e.symbol.name, e.rule) for e in answer.passed_by] == [("start", "lexical")]
    assert [(e.symbol.name, e.rule) for e in answer.uncertain] == [("run", "argument")]
    assert not answer.is_complete
    assert [e.symbol.name for e in callees(whole, "start").passes] == ["job"]
    assert [e.symbol.name for e in context(whole, "start").passes] == ["job"]
    assert [e.symbol.name for e in context(whole, f"{TILL}::job").passed_by] == ["start"]


def test_no_callers_is_certain_only_where_nothing_is_open(whole: Index) -> None:
    """A function of a name that no unresolved call writes is known to have none."""
    answer = callers(whole, "unused")
    assert (answer.callers, answer.uncertain, answer.possible.total, answer.is_complete) == ((), (), 0, True)
    assert not callers(whole, "Crate.ship").is_complete


def test_implicit_calls_are_callers_with_their_rule(whole: Index) -> None:
    """`len(x)` and an attribute that runs code."""
    assert [(e.symbol.name, e.rule) for e in callers(whole, "Cart.__len__").callers] == [("measure", "implicit")]
    assert [(e.symbol.name, e.rule) for e in context(whole, "Cart.total").callers] == [("measure", "implicit")]


def test_status_counts_the_calls_of_each_language(whole: Index) -> None:
    """Sites that lead somewhere, those with possible callees only, and those that are open."""
    (known,) = status(whole).calls
    columns = whole.columns
    assert known.unresolved == columns.n_unresolved
    assert known.resolved > known.unresolved > 0
    assert known.ratio == known.resolved / (known.resolved + known.uncertain + known.unresolved)
