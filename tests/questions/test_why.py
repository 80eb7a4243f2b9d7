"""Why there is an edge: the chain that shows it, what was rejected, and why there is none."""

from pathlib import Path

import pytest

from axon.cli.facts import FactsOfIndex
from axon.errors import UnknownSymbolError
from axon.model.explanations import WhyAnswer, WhyEdge
from axon.model.kinds import EdgeKind
from axon.questions.opened import Index, open_index
from axon.questions.why import why
from tests.questions.whole import FILES, MODELS, TILL, index_of

NO_CHAIN = "the chain cannot be shown"


def asked(index: Index, source: str, target: str) -> WhyAnswer:
    return why(index, source, target, FactsOfIndex(index))


def only(answer: WhyAnswer) -> WhyEdge:
    (edge,) = answer.edges
    return edge


def steps(edge: WhyEdge) -> list[tuple[str, str]]:
    return [(step.said, f"{step.site.path}:{step.site.line}") for step in edge.steps]


def test_a_receiver_is_followed_to_its_class(whole: Index) -> None:
    """Assignment, annotated result, import, re-export, class, MRO: each with its place and its line."""
    edge = only(asked(whole, "send", "Base.ship"))
    assert (edge.rule, edge.confidence, edge.site.line, edge.text) == ("typed", 0.95, 12, "return cart.ship()")
    assert steps(edge) == [
        ("`cart` is bound here", f"{TILL}:11"),
        ("`make` is defined in shop/till.py", f"{TILL}:6"),
        ("`make` returns what it is annotated with: `Cart`", f"{TILL}:6"),
        ("`Cart` is imported from `shop`", f"{TILL}:1"),
        ("shop/__init__.py passes `Cart` on from `shop.models`", "shop/__init__.py:1"),
        ("`Cart` is defined in shop/models.py", f"{MODELS}:9"),
        ("the MRO of `Cart` is Cart, Base; `ship` is defined in `Base`", f"{MODELS}:2"),
    ]
    assert edge.steps[0].text == "cart = make()"


def test_other_definitions_of_the_name_are_rejected_with_a_reason(whole: Index) -> None:
    """Not in the MRO, no attribute at all; what another edge of the same place leads to is not among them."""
    edge = only(asked(whole, "send", "Base.ship"))
    assert edge.rejected_total == len(edge.rejected) == 2
    assert {rejected.symbol.qualified_name: rejected.why for rejected in edge.rejected} == {
        "Crate.ship": "`Crate` is not in the MRO of `Cart`",
        "local.<locals>.ship": "it is no attribute of `Cart`",
    }


def test_names_are_followed_through_aliases_and_dotted_modules(whole: Index) -> None:
    """An import under another name; a class as an attribute of a module."""
    assert steps(only(asked(whole, "box", "Crate"))) == [
        ("`Box` is imported from `shop.models` as `Crate`", f"{TILL}:2"),
        ("`Crate` is defined in shop/models.py", f"{MODELS}:26"),
    ]
    said = [said for said, _ in steps(only(asked(whole, "heavy", "Heavy")))]
    assert said[-1] == "`Heavy` is defined in shop/models.py"


def test_stated_exports_are_followed(tmp_path: Path) -> None:
    """A name that a file takes from another and offers under a third, and all names of a file."""
    root = index_of(
        tmp_path,
        {
            "a.js": "export function ship() {}\nexport function pack() {}\n",
            "index.js": "export { ship as send } from './a.js';\nexport * from './a.js';\n",
            "use.js": "import { send, pack } from './index.js';\nexport function go() { send(); pack(); }\n",
        },
    )
    with open_index(root) as index:
        ship, pack = only(asked(index, "go", "ship")), only(asked(index, "go", "pack"))
    assert [step.site.path for step in ship.steps] == ["use.js", "index.js", "a.js"]
    assert ship.steps[1].text == "export { ship as send } from './a.js';"
    assert [step.site.path for step in pack.steps] == ["use.js", "index.js", "a.js"]
    assert pack.steps[1].text == "export * from './a.js';"


def test_the_bare_word_for_the_class_behind(tmp_path: Path) -> None:
    """It runs the next initializer along the MRO."""
    text = "class A { constructor() {} }\nclass B extends A { constructor() { super(); } }\n"
    with open_index(index_of(tmp_path, {"a.js": text})) as index:
        (edge,) = [e for e in asked(index, "B.constructor", "A.constructor").edges if e.rule == "super"]
    assert edge.steps[0].said.endswith("runs the first initializer behind it in its MRO: A")


def test_a_constructor_runs_an_inherited_initializer(whole: Index) -> None:
    """The class by its name, then its initializer along the MRO."""
    said = [said for said, _ in steps(only(asked(whole, "heavy", "Cart.__init__")))]
    assert said[-2:] == [
        "calling the class `Heavy` runs its initializer",
        "the MRO of `Heavy` is Heavy, Cart, Base; `__init__` is defined in `Cart`",
    ]


@pytest.mark.parametrize(
    ("source", "target", "rule", "said"),
    [
        ("open_it", "Crate.unpack_all", "family", "`Crate.unpack_all` is its only definition"),
        ("run", f"{TILL}::job", "argument", "`start` passes `job` for it here"),
        ("measure", "Cart.__len__", "implicit", "runs `Cart.__len__` without naming it"),
        ("measure", "Cart.total", "implicit", "runs `Cart.total` without naming it"),
        ("Heavy.ship", "Base.ship", "super", "`super()` in `Heavy` looks behind it in its MRO"),
        ("Base.ship", "Base.weigh", "self", "`self` is what `Base.ship` is called on: an instance of `Base`"),
        ("local", "local.<locals>.ship", "lexical", "`ship` is defined in shop/till.py"),
        (
            "send",
            "Heavy.ship",
            "override",
            "the receiver may be an instance of `Heavy`, whose MRO is Heavy, Cart, Base",
        ),
        ("start", f"{TILL}::job", "lexical", "`job` is an argument of this call, which may call it later"),
        ("Heavy", "Cart", "lexical", "`Cart` is defined in shop/models.py"),
        (TILL, MODELS, "import", "`shop.models`, as shop/till.py writes it, is shop/models.py"),
        (f"{MODELS}::Heavy.ship", f"{MODELS}::Base.ship", "mro", "the first that defines `ship` is `Base`"),
    ],
)
def test_each_rule_has_its_own_words(whole: Index, source: str, target: str, rule: str, said: str) -> None:
    """What makes the rule believable is said in one of the steps."""
    edges = [edge for edge in asked(whole, source, target).edges if edge.rule == rule]
    assert edges
    assert any(said in step.said for edge in edges for step in edge.steps), [steps(edge) for edge in edges]


def test_every_edge_of_the_tree_has_a_chain(whole: Index) -> None:
    """Whatever the rule: no edge that somebody wrote is left without a step at a place."""
    columns = whole.columns
    structure = (EdgeKind.CONTAINS, EdgeKind.DEFINES, EdgeKind.EXPORTS)
    pairs = {
        (columns.id_of(columns.source(row)), columns.id_of(columns.target(row)))
        for row in range(columns.n_edges)
        if columns.edge_kind(row) not in structure
    }
    for source, target in sorted(pairs):
        for edge in asked(whole, source, target).edges:
            assert edge.steps[0].site.line, (source, target, edge)
            assert not edge.steps[0].said.startswith(NO_CHAIN), (source, target, edge)


def test_no_edge_because_nothing_is_written(whole: Index) -> None:
    """The caller contains no call of that name."""
    answer = asked(whole, "make", "unused")
    assert (answer.edges, answer.named_sites, answer.could_be) == ((), (), 0)
    assert answer.said == "No edge leads from `make` to `unused`: `make` contains no call that is written `unused`."


def test_no_edge_because_the_call_leads_elsewhere(whole: Index) -> None:
    """Each call of the name, and what it leads to."""
    answer = asked(whole, "send", "Crate.ship")
    (site,) = answer.named_sites
    assert {edge.symbol.qualified_name for edge in site.leads_to} == {"Base.ship", "Heavy.ship"}
    assert (site.written, site.text, answer.could_be) == ("cart.ship", "return cart.ship()", 0)
    assert answer.said.endswith("every call in it that is written `ship` leads elsewhere.")


def test_no_edge_but_an_unresolved_call_could_be(whole: Index) -> None:
    """The unresolved call is counted, with the reason why nobody knows."""
    answer = asked(whole, "guess", "Crate.ship")
    (site,) = answer.named_sites
    assert (site.leads_to, site.reason, answer.could_be) == ((), "unknown receiver", 1)
    assert answer.said.endswith("but 1 unresolved site named `ship` in it could be `Crate.ship`.")


def test_a_name_that_nobody_has(whole: Index) -> None:
    """The error of every question, for either end."""
    for pair in (("nothing_at_all", "send"), ("send", "nothing_at_all")):
        with pytest.raises(UnknownSymbolError):
            asked(whole, *pair)


def test_a_file_that_has_changed_is_said(tmp_path: Path) -> None:
    """The chain is that of what was indexed; the lines are those of now, and the answer says so."""
    root = index_of(tmp_path, FILES)
    (root / TILL).write_text("# new\n" + FILES[TILL], encoding="utf-8")
    with open_index(root) as index:
        answer = asked(index, "send", "Base.ship")
    assert len(only(answer).steps) == 7
    assert any(warning.startswith(f"{TILL} has changed since it was indexed") for warning in answer.index.warnings)


def test_facts_that_the_cache_has_lost_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the cache the files are parsed, and the answer is the same."""
    root = index_of(tmp_path / "tree", FILES)
    with open_index(root) as index:
        before = asked(index, "send", "Base.ship")
        monkeypatch.setenv("AXON_HOME", str(tmp_path / "other-home"))
        assert asked(index, "send", "Base.ship") == before
