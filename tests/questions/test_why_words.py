"""What an explanation says is what the evaluator did: annotations, decorators, MROs, and what was rejected."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from axon.cli.facts import FactsOfIndex
from axon.model.explanations import WhyAnswer, WhyEdge
from axon.questions.callers import callers
from axon.questions.opened import Index, open_index
from axon.questions.why import why
from tests.questions.whole import index_of

FILES = {
    "base.py": """\
from typing import overload, Any
from functools import wraps


class Command:
    def invoke(self):
        return 1

    def name_of(self):
        return 2


class Middle(Command):
    def invoke(self):
        return super().invoke()


class Group(Middle):
    def command(self):
        return 3

    def invoke(self):
        return super().invoke()


class Last(Group):
    def invoke(self):
        return 4


@overload
def pick(x: int) -> Command: ...
@overload
def pick(x: str) -> Group: ...
def pick(x: Any) -> Any:
    return x


def keep(f):
    def wrapper():
        return f()

    return wrapper
""",
    "use.py": """\
from base import Command, Group, Last, Middle, keep, pick


def known(c: Command):
    return c.command()


def middle(m: Middle):
    return m.invoke()


def chosen():
    return pick("a").command()


def either(flag) -> "Missing | None":
    return Group()


def loose():
    return either(1).command()


@keep
def kept():
    return 5


def runs():
    return kept()


def run(action):
    return action()


def job():
    return 6


def action():
    return 7


def starts():
    return run(job)


def spread(*words: str, **named: dict[
    str,
    int,
]):
    return named.get("a"), words.count("b")
""",
    "other.py": "def job():\n    return 8\n",
    "tests/test_it.py": """\
from base import Middle


class Mine(Middle):
    def invoke(self):
        return 9
""",
}


@pytest.fixture(scope="module")
def tree_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, indexed by a whole run."""
    return index_of(tmp_path_factory.mktemp("words"), FILES)


@pytest.fixture
def tree(tree_root: Path) -> Iterator[Index]:
    """Its index."""
    with open_index(tree_root) as opened:
        yield opened


def asked(index: Index, source: str, target: str) -> WhyAnswer:
    return why(index, source, target, FactsOfIndex(index))


def only(index: Index, source: str, target: str) -> WhyEdge:
    (edge,) = [edge for edge in asked(index, source, target).edges if edge.kind == "CALLS"]
    return edge


def said(edge: WhyEdge) -> list[str]:
    return [step.said for step in edge.steps]


def rejected(edge: WhyEdge) -> dict[str, str]:
    return {f"{r.symbol.path}::{r.symbol.qualified_name}": r.why for r in edge.rejected}


def test_an_annotation_that_does_not_give_the_value_is_not_taken(tree: Index) -> None:
    """The signature that does, or the `return` that does."""
    edge = only(tree, "chosen", "Group.command")
    (step,) = [step for step in edge.steps if "annotated" in step.said]
    assert (step.said, step.text) == (
        "`pick` returns what it is annotated with: `Group`",
        "def pick(x: str) -> Group: ...",
    )
    assert "`either` returns this" in said(only(tree, "loose", "Group.command"))


def test_super_looks_behind_the_class(tree: Index) -> None:
    """The caller's own method is not rejected by the MRO."""
    found = rejected(only(tree, "Group.invoke", "Middle.invoke"))
    assert found["base.py::Command.invoke"] == "in the MRO of `Group` `Middle.invoke` comes before it"
    assert found["base.py::Last.invoke"] == "`Last` is not in the MRO of `Group`"
    assert found["base.py::Group.invoke"] == "`super()` looks behind `Group`"


def test_what_the_receivers_class_has_comes_first(tree: Index) -> None:
    """Of a possible call the definition above is rejected by the one that is shown, not by the one below."""
    edge = only(tree, "middle", "Last.invoke")
    assert edge.rule == "override"
    found = rejected(edge)
    assert found["base.py::Command.invoke"] == "in the MRO of `Middle` `Middle.invoke` comes before it"
    assert found["tests/test_it.py::Mine.invoke"] == "`Mine` is below `Middle`, but it is in a test of another file"
    assert any("whose MRO up to `Middle` is Last, Group, Middle" in text for text in said(edge))


def test_signatures_and_other_names_are_not_rejected(tree: Index) -> None:
    """Declared signatures of the same function; names that the call does not write."""
    assert rejected(only(tree, "chosen", "pick")) == {}
    edge = only(tree, "run", "use.py::job")
    assert (edge.rule, edge.rejected, edge.rejected_total) == ("argument", (), 0)


def test_a_site_is_called_by_its_type(tree: Index) -> None:
    """Of what takes further arguments, with the annotation on one line."""
    texts = [*said(only(tree, "spread", "builtins.dict.get")), *said(only(tree, "spread", "builtins.tuple.count"))]
    assert not [text for text in texts if "`?`" in text or "\n" in text], texts


def test_a_decorator_is_named_with_what_it_returns(tree: Index) -> None:
    """The line of the decorator, then its `return`."""
    edge = only(tree, "runs", "wrapper")
    texts = [(step.said, step.text) for step in edge.steps]
    assert ("`kept` is decorated with `keep`", "@keep") in texts
    assert ("`keep` returns this", "return wrapper") in texts


def test_a_member_that_only_a_subclass_has(tree: Index) -> None:
    """The receiver's way, then that its class lacks it."""
    edge = only(tree, "known", "Group.command")
    assert edge.rule == "family"
    texts = said(edge)
    assert texts[0] == "`c` is a parameter of `known`, annotated with `Command`"
    assert "`Command` does not define `command`; a subclass, `Group`, has it" in texts
    assert not [text for text in texts if "nothing is known" in text]


def test_callers_of_what_is_overridden_may_call_it(tree: Index) -> None:
    """No possible call is drawn into the tests of another file; the answer says that there may be one."""
    answer = callers(tree, "Mine.invoke")
    assert (answer.callers, answer.uncertain, answer.is_complete) == ((), (), False)
    note = "`Mine.invoke` may have more callers: it overrides `Middle.invoke`, which has callers that may mean it."
    assert note in answer.index.warnings
    text = asked(tree, "middle", "Mine.invoke").said
    assert text.endswith("`Mine.invoke` overrides `Middle.invoke`, to which one leads and which it could stand for.")


def test_a_signature_names_its_implementation(tree: Index) -> None:
    """An exact id may mean a declaration that nothing calls."""
    rows = tree.columns.rows_qualified("pick")
    first, *_, last = sorted((tree.columns.node(row) for row in rows), key=lambda node: node.start_line)
    note = f"`{first.id}` declares one signature; the implementation is `{last.id}`."
    assert note in callers(tree, first.id).index.warnings
    assert callers(tree, last.id).index.warnings == ()
