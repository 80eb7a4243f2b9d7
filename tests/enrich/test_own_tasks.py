"""A task of one's own: two files beside the repository, run and checked like those of the program."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from axon.cli.main import run
from axon.enrich.budget import Budget
from axon.enrich.groups import Groups
from axon.enrich.model import Artifact, JobKey
from axon.enrich.prompting import Prompts
from axon.enrich.run import enrich_index
from axon.enrich.tasks import Catalogue
from axon.errors import ConfigError, UsageError
from axon.pipeline import run_pipeline
from axon.pipeline.enrich import enrich, opened_for_enrich

RISK = """\
description = "how risky a function is"
over = "functions"
only = ["shop/*"]

[answer]
level = { type = "choice", of = ["low", "high"] }
why = { type = "text", most = 200 }
evidence = { type = "claims" }
tags = { type = "texts", optional = true }
"""
PAY = """\
def pay(cart):
    charge(cart)
    return cart


def charge(cart):
    cart.paid = True
"""


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("own")
    (root / "shop").mkdir()
    (root / "shop/pay.py").write_text(PAY)
    (root / "other.py").write_text("def other():\n    return 1\n")
    run_pipeline(root, embeddings=False)
    return root


@pytest.fixture
def shop(indexed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The repository with the task `risk`, and caches of its own."""
    monkeypatch.setenv("AXON_HOME", str(tmp_path / "home"))
    for old in (indexed / ".axon-tasks").glob("*"):
        old.unlink()
    (indexed / "axon.toml").write_text('[enrich]\nbackend = "simulated"\n')
    write(indexed, "risk.toml", RISK)
    write(indexed, "risk.v1.md", "Judge how risky the function is.\n")
    return indexed


def write(root: Path, name: str, text: str) -> None:
    (root / ".axon-tasks").mkdir(exist_ok=True)
    (root / ".axon-tasks" / name).write_text(text)


def test_two_files_are_a_task(shop: Path) -> None:
    """It is run over what it names, its answers are checked and kept as others are, and a second run asks nothing."""
    result = enrich(shop, ["risk"])
    assert (result.nodes, result.requests) == ({"risk": 2}, 2)
    with opened_for_enrich(shop) as opened:
        kept = opened.store.all("risk")
    assert [k.job.node for k in kept] == ["shop/pay.py::charge", "shop/pay.py::pay"]
    for artifact in kept:
        assert artifact.value["level"] in ("low", "high")
        assert isinstance(artifact.value["evidence"], list)
        assert artifact.value["evidence"], "the simulated model quotes what is there"
    assert enrich(shop, ["risk"]).requests == 0


def test_an_answer_is_held_to_what_the_file_says(shop: Path) -> None:
    """A text that is too long is refused; claims without a quote are dropped and counted; other parts are left out."""
    task, key = opened_task(shop, "risk")
    said: dict[str, Any] = {
        "level": "low",
        "why": "w",
        "noise": 1,
        "evidence": [
            {"text": "It pays.", "quote": "charge(cart)", "line": 9},
            {"text": "It flies.", "quote": "take_off(now)", "line": 1},
        ],
    }
    kept = task.check(key, said)
    assert kept["evidence"] == [{"text": "It pays.", "quote": "charge(cart)", "line": 2}]
    assert (kept["dropped"], "noise" in kept) == (1, False)
    with pytest.raises(Exception, match="200 are the most"):
        task.check(key, {**said, "why": "w" * 201})


def opened_task(root: Path, name: str) -> tuple[Any, JobKey]:
    with opened_for_enrich(root) as opened:
        task = Catalogue.of(root).opened(name, opened.subjects, Groups())
        _ = opened.subjects.text("shop/pay.py::pay")
        key = JobKey(name, "shop/pay.py::pay")
        prompt = task.prompt(key, {JobKey("summary", key.node): Artifact(key, {"summary": "It pays."}, "k", "m")})
        assert "def pay" in prompt.body
        assert "summary: It pays." in prompt.body
        assert prompt.prefix == "Judge how risky the function is."
        return _Frozen(task, opened.subjects.text(key.node)), key


class _Frozen:
    """The task, which outlives the index that it came from."""

    def __init__(self, task: Any, text: str) -> None:
        task._subjects = _Text(text)
        self.check = task.check


class _Text:
    def __init__(self, text: str) -> None:
        self._text = text

    def source(self, id: str) -> str:
        return self._text

    def neighbours(self, id: str, kind: object) -> list[str]:
        return ["charge"]

    def defines(self, name: str) -> bool:
        return False


def test_it_may_need_others(shop: Path) -> None:
    """What it needs is run before it, and what it says follows from that; a circle is named."""
    write(shop, "pitch.toml", 'over = "files"\nneeds = ["summary"]\n[answer]\ntext = { type = "text" }\n')
    write(shop, "pitch.v1.md", "Sell it.")
    assert enrich(shop, ["pitch"]).nodes == {"pitch": 2, "summary": 4}
    write(shop, "a.toml", 'over = "files"\nneeds = ["b"]\n[answer]\nx = { type = "flag" }\n')
    write(shop, "b.toml", 'over = "files"\nneeds = ["a"]\n[answer]\nx = { type = "number" }\n')
    with pytest.raises(UsageError, match="a, b, a need each other"):
        enrich(shop, ["a"])


@pytest.mark.parametrize("over", ["classes", "files", "communities", "flows", "repository"])
def test_it_may_be_over_anything(shop: Path, over: str) -> None:
    """Whatever there is of it is asked about."""
    write(shop, "note.toml", f'over = "{over}"\n[answer]\nremark = {{ type = "text" }}\n')
    write(shop, "note.v1.md", "Say something.")
    result = enrich(shop, ["note"])
    assert result.is_complete
    assert result.nodes.get("note", 0) >= (over in ("files", "repository"))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.toml", "over = ", "not valid TOML"),
        ("x.toml", 'over = "galaxies"\n[answer]\na = { type = "text" }\n', "`over` must be one of functions"),
        ("x.toml", 'over = "files"\n', "a table .answer. must name"),
        ("x.toml", 'over = "files"\ncolour = 1\n[answer]\na = { type = "text" }\n', "unknown key `colour`"),
        ("x.toml", 'over = "files"\n[answer]\na = { type = "song" }\n', "whose `type` is one of"),
        ("x.toml", 'over = "files"\n[answer]\na = { type = "choice" }\n', "a choice, and nothing else, has `of`"),
        ("x.toml", 'over = "files"\n[answer]\na = { type = "text", most = 0 }\n', "`most` must be a number"),
        ("x.toml", 'over = "files"\nonly = "src"\n[answer]\na = { type = "text" }\n', "`only` must be a list"),
        ("summary.toml", 'over = "files"\n[answer]\na = { type = "text" }\n', "`summary` is a task of the program"),
        ("My Task.toml", 'over = "files"\n[answer]\na = { type = "text" }\n', "is no word"),
    ],
)
def test_a_file_that_is_none_is_named(shop: Path, name: str, text: str, said: str) -> None:
    """The error says which file, which key, and what may stand there."""
    write(shop, name, text)
    with pytest.raises(ConfigError, match=said) as raised:
        Catalogue.of(shop)
    assert name in str(raised.value)


def test_a_task_without_a_prompt_is_told(shop: Path) -> None:
    """The name of the missing file is in the error; a task that nobody knows lists those that there are."""
    (shop / ".axon-tasks/risk.v1.md").unlink()
    with pytest.raises(UsageError, match=r"No prompt risk.v1.md. There is none; .axon-tasks/risk.v1.md would be"):
        enrich(shop, ["risk"])
    with pytest.raises(UsageError, match=r"No task `wisdom`.*verify, risk"):
        enrich(shop, ["wisdom"])


def test_a_newer_prompt_of_ones_own_is_taken(shop: Path) -> None:
    """Prompts of the program have versions as well; another one asks everything again."""
    assert enrich(shop, ["summary"]).requests == 4
    write(shop, "summary.v2.md", "Summarise in verse.")
    assert Prompts.of(shop).versions("summary") == [1, 2]
    assert enrich(shop, ["summary"]).requests == 4
    assert json.dumps(Prompts.of(shop).text("summary")) == '"Summarise in verse."'


def test_a_part_of_the_tree_may_be_asked_about(shop: Path) -> None:
    """The chosen files and the folders above them; of the rest what is known is shown, and nothing is asked."""
    write(shop, "note.txt", "")
    with opened_for_enrich(shop, only=["shop/*"]) as opened:
        result = enrich_index(opened.ask(["summary"], Budget()), opened.store)
    assert (result.requests, result.is_complete) == (2, True), (
        "the file and its folder; too little of the root is known"
    )
    whole = enrich(shop, ["summary"])
    assert (whole.requests, whole.hits) == (2, 2)
    with opened_for_enrich(shop, changed=frozenset({"other.py"})) as opened:
        again = enrich_index(opened.ask(["summary"], Budget()), opened.store)
    assert (again.requests, again.hits, again.is_complete) == (0, 4, True), "the root has the same prompt as before"
    with opened_for_enrich(shop, changed=frozenset()) as opened:
        assert enrich_index(opened.ask(["summary", "risk"], Budget()), opened.store).nodes == {}
    with opened_for_enrich(shop, top=1) as opened:
        assert enrich_index(opened.ask(["risk"], Budget()), opened.store).nodes == {"risk": 1}


def test_a_source_that_is_no_more_is_a_failure(shop: Path) -> None:
    """A file that changed since it was indexed, of which nothing was kept, is not asked about as if it were empty."""
    shutil.rmtree(Path(os.environ["AXON_HOME"]), ignore_errors=True)
    before = (shop / "shop/pay.py").read_text()
    (shop / "shop/pay.py").write_text(f"{before}\n\ndef refund():\n    pass\n")
    try:
        result = enrich(shop, ["risk", "summary"])
    finally:
        (shop / "shop/pay.py").write_text(before)
        run_pipeline(shop, embeddings=False)
    assert set(result.failures) == {
        "risk of shop/pay.py::charge",
        "risk of shop/pay.py::pay",
        "summary of shop/pay.py",
    }
    assert all("Run `axon analyze" in reason for reason in result.failures.values())
    assert result.nodes == {"summary": 1}, "what does not depend on it"


def test_two_versions_of_a_prompt_are_compared(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the same nodes, with their cost and evidence; nothing is kept as an artifact."""
    write(shop, "contracts.v2.md", "State contracts, and nothing else.")
    words = ["enrich", "eval", "contracts", "--a", "v1", "--b", "v2", "--repo", str(shop), "--json"]
    assert run(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["nodes"], found["a"]["answered"], found["b"]["answered"]) == (3, 3, 3)
    assert (found["a"]["requests"], found["b"]["requests"]) == (3, 3)
    assert found["a"]["claims"] + found["a"]["dropped"] == 30, "two claims of each of five sorts"
    assert found["a"]["cost"] > found["b"]["cost"], "the shorter prompt"
    with opened_for_enrich(shop) as opened:
        assert opened.store.all("contracts") == []
    assert run(words[:-1]) == 0
    shown = capsys.readouterr().out
    assert "contracts: v1 and v2 on 3 nodes" in shown
    assert "claims with evidence" in shown
    for wrong, said in (
        (["--a", "v1", "--b", "v9"], "No prompt contracts.v9.md"),
        (["--a", "x", "--b", "v1"], "no version"),
    ):
        assert run(["enrich", "eval", *wrong, "--repo", str(shop)]) == 2
        assert said in capsys.readouterr().err
    assert run(["enrich", "eval", "outline", "--a", "1", "--b", "1", "--repo", str(shop)]) == 2
    assert "stands alone" in capsys.readouterr().err
