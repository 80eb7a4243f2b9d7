"""Contracts, kept and broken."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from axon.cli.main import run
from axon.config import load_settings
from axon.errors import ConfigError
from axon.model.contracts import CheckAnswer
from axon.pipeline import run_pipeline
from axon.pipeline.snapshot import snapshot_of_tree
from axon.questions.check import check
from axon.questions.contracts import contracts_of
from axon.questions.snapshot import Snapshot
from axon.serve.checking import check_tree, contracts_at, freeze
from tests.serve.conftest import FIRST, write

ROOT = Path(__file__).parents[2]
UP = "from shop.till import pay\n\n\ndef sell(cart):\n    if cart and pay:\n        return pay(cart)\n    return None\n"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that breaks some contracts, with an index."""
    root = tmp_path_factory.mktemp("check")
    write(
        root, FIRST | {"shop/cart.py": "from shop import till\nimport os.path\n" + FIRST["shop/cart.py"], "desk.py": UP}
    )
    run_pipeline(root, embeddings=False)
    return root


def _checked(root: Path, toml: str) -> CheckAnswer:
    (root / "axon.toml").write_text(toml)
    return check_tree(root, contracts_at(root))


def _contract(kind: str, rest: str) -> str:
    return f"[[check.contracts]]\nname = 'it'\ntype = '{kind}'\n{rest}\n"


BROKEN = {
    ("layers", "layers = ['desk.py', 'shop/till.py', 'shop/cart.py']"): ("shop/cart.py", 1, "lies above it"),
    ("layers", "layers = ['desk.py | shop/till.py']"): ("desk.py", 1, "lies beside it"),
    ("forbidden", "from = ['shop/*.py']\nto = ['os']"): ("shop/cart.py", 2, "which is forbidden"),
    ("forbidden", "from = ['desk.py']\nto = ['shop/till.py']\nkinds = ['CALLS']"): ("desk.py", 6, "CALLS"),
    ("acyclic", ""): ("shop/cart.py", 1, "import each other"),
    ("ceiling", "metric = 'complexity'\nmost = 2"): ("desk.py", 4, "has complexity 3, above 2"),
    ("ceiling", "metric = 'fan_in'\nmost = 2\npaths = ['shop/till.py']"): ("shop/till.py", 4, "has fan_in 3, above 2"),
    ("ceiling", "metric = 'parameters'\nmost = 2\npaths = ['shop']"): ("shop/cart.py", 4, "has parameters 3"),
    ("cypher", "query = \"MATCH (s:Symbol) WHERE s.name = 'sell' AND s.kind = 'Function' RETURN s.id AS id\""): (
        "desk.py",
        4,
        "desk.py::sell",
    ),
}
KEPT = [
    ("layers", "layers = ['desk.py', 'shop']"),
    ("layers", "layers = ['shop/till.py', 'shop/cart.py']\nallowed = ['shop/cart.py -> shop/till.py']"),
    ("forbidden", "from = ['shop']\nto = ['desk.py']"),
    ("acyclic", "known = [['shop']]"),
    ("ceiling", "metric = 'lines'\nmost = 60"),
    ("ceiling", "metric = 'complexity'\nmost = 2\nallowed = ['desk.py::sell']"),
    ("cypher", "query = \"MATCH (s:Symbol) WHERE s.name = 'zebra' RETURN s.id AS id\""),
]


@pytest.mark.parametrize(("kind", "rest"), BROKEN)
def test_a_broken_contract_names_the_place(tree: Path, kind: str, rest: str) -> None:
    """File, line and why, of the first violation."""
    found = _checked(tree, _contract(kind, rest)).violations
    path, line, why = BROKEN[kind, rest]
    assert (found[0].path, found[0].line) == (path, line)
    assert why in found[0].said


@pytest.mark.parametrize(("kind", "rest"), KEPT)
def test_a_contract_that_is_kept_has_no_violation(tree: Path, kind: str, rest: str) -> None:
    """Whether nothing breaks it, or what does is allowed."""
    answer = _checked(tree, _contract(kind, rest))
    assert answer.violations == ()
    assert [kept.violations for kept in answer.contracts] == [0]


def test_a_frozen_api_may_grow_and_not_shrink(tmp_path: Path) -> None:
    """A new parameter that is optional and a new function are no breach; a lost one and a required one are."""
    write(tmp_path, FIRST)
    (tmp_path / "axon.toml").write_text(_contract("api", "paths = ['shop']\nlock = 'api.lock'"))
    with pytest.raises(ConfigError, match="--freeze"):
        check_tree(tmp_path, contracts_at(tmp_path))
    assert freeze(tmp_path, contracts_at(tmp_path)) == [("api.lock", 7)]
    grown = FIRST["shop/till.py"].replace("pay(cart)", "pay(cart, tip=0)", 1) + "\n\ndef refund():\n    pass\n"
    (tmp_path / "shop/till.py").write_text(grown)
    assert check_tree(tmp_path, contracts_at(tmp_path)).violations == ()
    shrunk = grown.replace("tip=0", "tip").replace("def receipt", "def bill")
    (tmp_path / "shop/till.py").write_text(shrunk)
    said = [v.said for v in check_tree(tmp_path, contracts_at(tmp_path)).violations]
    assert len(said) == 2
    assert "`shop/till.py::receipt` of the public API: is gone" in said
    assert any("parameter `tip` is new and required" in text for text in said)


@contextmanager
def _stale(tree: Path) -> Iterator[None]:
    path = tree / "desk.py"
    path.write_text(UP + "\n")
    yield
    path.write_text(UP)


def test_the_tree_counts_where_the_index_is_behind(tree: Path) -> None:
    """What is checked is the tree as it is now; a rule that needs the database says what to do."""
    with _stale(tree):
        answer = _checked(tree, _contract("layers", "layers = ['shop/till.py', 'desk.py']"))
        assert answer.index is None
        assert len(answer.violations) == 1
        with pytest.raises(ConfigError, match="axon analyze"):
            _checked(tree, _contract("cypher", "query = 'MATCH (s:Symbol) RETURN s.id AS id'"))


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"contract": []}, "contract"),
        ({"contracts": [{"name": "a", "type": "zebra"}]}, "layers, forbidden"),
        ({"contracts": [{"name": "a", "type": "forbidden", "from": ["a"]}]}, "`to`"),
        ({"contracts": [{"name": "a"}]}, "one of layers"),
        ({"contracts": [{"name": "a", "type": "acyclic", "pathes": []}]}, "pathes"),
        ({"contracts": [{"name": "a", "type": "acyclic"}, {"name": "a", "type": "acyclic"}]}, "one name"),
        ({"contracts": [{"name": "a", "type": "ceiling", "metric": "x", "most": 1}]}, "complexity"),
        ({"contracts": [{"name": "a", "type": "ceiling", "metric": "lines", "most": True}]}, "whole number"),
        ({"contracts": [{"name": "a", "type": "forbidden", "from": ["a"], "to": ["b"], "kinds": ["X"]}]}, "IMPORTS"),
        ({"contracts": [{"name": "a", "type": "layers", "layers": ["a"], "allowed": ["b"]}]}, "->"),
    ],
)
def test_a_contract_that_is_wrong_names_the_key(table: dict[str, object], word: str) -> None:
    """And what it must be."""
    with pytest.raises(ConfigError, match=word):
        contracts_of(table)


def test_the_command_exits_with_6_and_writes_sarif(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Red and green, in every format."""
    (tree / "axon.toml").write_text(_contract("acyclic", ""))
    for format in ("text", "markdown", "json", "sarif"):
        assert run(["check", "--repo", str(tree), "--format", format]) == 6
        out = capsys.readouterr().out
        assert "import each other" in out
        if format == "sarif":
            (result,) = json.loads(out)["runs"][0]["results"]
            assert result["ruleId"] == "it"
            place = result["locations"][0]["physicalLocation"]
            assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("shop/cart.py", 1)
    (tree / "axon.toml").write_text(_contract("acyclic", "known = [['shop']]"))
    assert run(["check", "--repo", str(tree)]) == 0
    (tree / "axon.toml").unlink()
    assert run(["check", "--repo", str(tree)]) == 2


def test_axon_keeps_its_own_contracts(tmp_path: Path) -> None:
    """This project checks itself, by the file that its users write as well."""
    tree, folder = tmp_path / "tree", tmp_path / "graph"
    shutil.copytree(ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__"))
    folder.mkdir()
    snapshot_of_tree(tree, load_settings(tree), folder)
    with Snapshot(folder, tree) as graph:
        answer = check(graph, contracts_at(ROOT), locks={})
    assert [v.said for v in answer.violations] == []
    assert len(answer.contracts) >= 6
