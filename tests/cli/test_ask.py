"""Questions at the command line: text for a person, JSON for a program, exit codes for a script."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Axon
from tests.cli.shop import write, write_shop

CART = "src/shop/cart.py"


def test_context_shows_reasons_and_places(axon: Axon, shop: Path) -> None:
    """Definition first, then callers and callees, each with its rule, confidence and place."""
    said = axon("context", "Cart.total", "--repo", shop)
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert said.code == 0
    assert lines[0] == f"Method Cart.total {CART}:24-25"
    assert "total(self) -> Money" in lines
    assert f"Cart.add self 0.95 {CART}:21" in lines
    assert f"rounded import 1.00 {CART}:23" in lines
    assert lines[lines.index("Possible callers (1)") + 1] == "rounded.<locals>.inner argument 0.70 src/shop/money.py:8"
    around = axon("context", "Cart.add", "--repo", shop).out
    assert "Unresolved calls of this name, which may be callers (1)" in around
    assert "thing.add  unknown receiver  tests/test_cart.py:11  in test_anything" in around


def test_context_as_json_has_everything(axon: Axon, shop: Path) -> None:
    """One object on one line; bases, members, spans, flags and the index."""
    said = axon("context", "Cart", "--repo", shop, "--json")
    answer = json.loads(said.out)
    assert said.out.count("\n") == 1
    assert answer["definition"]["symbol"]["id"] == f"{CART}::Cart"
    assert answer["definition"]["summary"] == "What somebody wants to buy."
    assert [edge["symbol"]["qualified_name"] for edge in answer["bases"]] == ["Base"]
    assert [member["name"] for member in answer["members"]] == ["__init__", "items", "add", "total"]
    assert answer["callers"][0]["symbol"]["name"] == "test_total"
    assert answer["index"]["generation"] == 1
    assert answer["index"]["embeddings"]["finished"] is True


def test_callers_and_callees(axon: Axon, shop: Path) -> None:
    """Both directions of a call, with what is not resolved."""
    assert f"Cart.add self 0.95 {CART}:21" in " ".join(axon("callers", "Cart.total", "--repo", shop).out.split())
    said = " ".join(axon("callees", "Cart.add", "--repo", shop).out.split())
    assert f"Cart.total self 0.95 {CART}:21" in said
    assert f"builtins.list.append typed 0.95 {CART}:20" in said
    anything = axon("callees", "test_anything", "--repo", shop)
    assert "thing.add  unknown receiver  tests/test_cart.py:11" in anything.out
    assert json.loads(axon("callees", "test_anything", "--repo", shop, "--json").out)["unresolved"]["total"] == 1


def test_no_callers_is_said_only_where_no_call_is_open(axon: Axon, shop: Path) -> None:
    """What is called nowhere has no callers for certain; an unresolved call of the name leaves it open."""
    assert "No callers: no call of its name is unresolved." in axon("callers", "test_total", "--repo", shop).out
    answer = json.loads(axon("callers", "Cart.add", "--repo", shop, "--json").out)
    assert (answer["is_complete"], answer["possible"]["total"]) == (False, 1)
    (site,) = answer["possible"]["sites"]
    assert (site["caller"]["name"], site["reason"], site["site"]["line"]) == ("test_anything", "unknown receiver", 11)


def test_status_has_the_ratio_of_each_language(axon: Axon, shop: Path) -> None:
    """Resolved calls of all calls, in the text and in JSON."""
    (calls,) = json.loads(axon("status", "--repo", shop, "--json").out)["calls"]
    total = calls["resolved"] + calls["uncertain"] + calls["unresolved"]
    said = f"{calls['resolved']:,} of {total:,} resolved ({calls['ratio']:.1%})"
    assert said in " ".join(axon("status", "--repo", shop).out.split())


def test_why_shows_the_chain_of_an_edge(axon: Axon, shop: Path) -> None:
    """Rule and place, the line itself, numbered steps with their places, what was not meant."""
    said = axon("why", "Cart.add", "Cart.total", "--repo", shop)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert "1 edge leads from `Cart.add` to `Cart.total`." in lines
    assert f"CALLS  self 0.95  {CART}:21" in lines
    assert "    return self.total()" in lines
    assert f"  1. `self` is what `Cart.add` is called on: an instance of `Cart`  {CART}:19" in lines
    assert "  Not meant (1 other definition of that name):" in lines


def test_why_as_json_has_the_same(axon: Axon, shop: Path) -> None:
    """One object: edges with steps, or the calls of that name."""
    answer = json.loads(axon("why", "Cart.add", "Cart.total", "--repo", shop, "--json").out)
    (edge,) = answer["edges"]
    assert (edge["kind"], edge["rule"], edge["site"]["line"], len(edge["steps"])) == ("CALLS", "self", 21, 2)
    none = json.loads(axon("why", "Cart.total", "Cart.add", "--repo", shop, "--json").out)
    assert (none["edges"], none["could_be"]) == ([], 0)
    assert "contains no call that is written `add`" in axon("why", "Cart.total", "Cart.add", "--repo", shop).out


def test_why_of_a_symbol_that_nobody_has(axon: Axon, shop: Path) -> None:
    """Exit code 2, one line, and names that look alike."""
    said = axon("why", "Cart.add", "Crat", "--repo", shop)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == ["axon: No symbol `Crat`. Did you mean one of these?", f"  {CART}::Cart"]


def test_search_from_a_folder_inside(axon: Axon, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --repo the repository around the current folder is asked."""
    monkeypatch.chdir(shop / "src" / "shop")
    lines = [CART, "  Cart.add  Method:19  qualified name", "       19      def add(self, item: str) -> Money:"]
    assert axon("search", "Cart.add").out.splitlines() == lines
    assert json.loads(axon("search", "money", "--kind", "class", "--json").out)["hits"][0]["symbol"]["name"] == "Money"
    assert axon("search", "wholly unrelated").out == "Nothing matches `wholly unrelated`.\n"


def test_a_symbol_that_nobody_has_is_a_usage_error(axon: Axon, shop: Path) -> None:
    """Exit code 2, one line, and names that look alike."""
    said = axon("context", "Crat", "--repo", shop)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == ["axon: No symbol `Crat`. Did you mean one of these?", f"  {CART}::Cart"]


def test_an_ambiguous_symbol_lists_candidates(axon: Axon, shop: Path) -> None:
    """Exit code 2 and the ids to choose from."""
    said = axon("callers", "total", "--repo", shop)
    assert said.code == 2
    assert said.err.splitlines()[1:] == [f"  {CART}::Base.total", f"  {CART}::Cart.total"]


@pytest.mark.parametrize(
    "arguments",
    [
        *(["status"], ["search", "x"], ["context", "x"], ["callers", "x"], ["callees", "x"], ["export"]),
        ["why", "x", "y"],
        ["cypher", "MATCH (n) RETURN n"],
    ],
)
def test_without_an_index_every_question_says_so(axon: Axon, tmp_path: Path, arguments: list[str]) -> None:
    """Exit code 3, and what to run."""
    said = axon(*arguments, "--repo", tmp_path)
    assert (said.code, said.out) == (3, "")
    assert f"Run `axon analyze {tmp_path}`" in said.err


def test_status_and_answers_say_when_the_tree_has_moved_on(axon: Axon, tmp_path: Path) -> None:
    """A changed, a removed and a new file are counted; the answer itself is that of the index."""
    root = write_shop(tmp_path)
    assert axon("analyze", root, "--no-embeddings", "--quiet").code == 0
    assert json.loads(axon("status", "--repo", root, "--json").out)["index"]["tree"] == {
        "changed": 0,
        "removed": 0,
        "added": 0,
    }
    write(root, "src/shop/money.py", "class Money:\n    pass\n")
    write(root, "src/shop/new.py", "def new(): ...\n")
    (root / "tests/test_cart.py").unlink()
    said = axon("context", "Money.__init__", "--repo", root)
    assert said.code == 0
    assert "The tree has moved on since it was indexed (files: 1 changed, 1 removed)." in said.err
    assert "1 changed, 1 removed, 1 new files since" in axon("status", "--repo", root).out


def test_a_touched_file_is_no_change(axon: Axon, tmp_path: Path) -> None:
    """Another stamp with the same content says nothing."""
    root = write_shop(tmp_path)
    assert axon("analyze", root, "--no-embeddings", "--quiet").code == 0
    write_shop(tmp_path)
    assert axon("search", "Cart", "--repo", root).err == ""


def test_no_symbol_at_all_is_a_usage_error(axon: Axon, shop: Path) -> None:
    """An empty name is not the root folder, which has an id of its own and is shown by it."""
    for command in ("context", "callers", "callees"):
        said = axon(command, " ", "--repo", shop)
        assert (said.code, said.out) == (2, "")
        assert axon(command, "", "--repo", shop).code == 2
    assert axon("context", "./", "--repo", shop).out.startswith("Folder ./")


def test_impact_groups_by_depth_and_says_what_it_may_lack(axon: Axon, shop: Path) -> None:
    """Steps, confidence with the weakest step, tests, and the unresolved calls that may reach it."""
    said = axon("impact", "Base.total", "--repo", shop)
    assert said.code == 0
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[0] == f"Method Base.total {CART}:8"
    assert "1 step away (1)" in lines
    assert f"Cart.total 1.00 overrides `Base.total` mro 1.00 {CART}:24" in lines
    assert any(line.startswith("test_total ") for line in lines[lines.index("Tests that would notice (1)") :])
    answer = json.loads(axon("impact", "Cart.add", "--repo", shop, "--json").out)
    assert answer["possible"]["total"] == 1
    assert answer["groups"][0]["rows"][0]["path"][0]["kind"] == "CALLS"


def test_communities_and_flows(axon: Axon, shop: Path) -> None:
    """A list each, one flow with its steps, and its picture."""
    assert "community" in axon("communities", "--repo", shop).out
    assert "Members" in axon("communities", "Cart", "--repo", shop).out
    assert json.loads(axon("communities", "--repo", shop, "--json").out)["total"] >= 1
    assert axon("flows", "--repo", shop).code == 0
    found = json.loads(axon("flows", "--repo", shop, "--json").out)["flows"]
    name = found[0]["entry"]["id"] if found else "Cart.add"
    said = axon("flow", name, "--repo", shop)
    assert said.code == (0 if found else 1)
