"""Tests to run, metrics, history and the report, on a repository with git."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from axon.pipeline import run_pipeline
from tests.cli.conftest import Axon
from tests.cli.shop import write_shop


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop as a repository with one commit, indexed, and one line edited since."""
    root = write_shop(tmp_path_factory.mktemp("kept"))
    person = ("-c", "user.name=Ada", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", *person, *arguments], cwd=root, check=True, capture_output=True)
    cart = root / "src/shop/cart.py"
    cart.write_text(cart.read_text().replace("return Money(len(self.items))", "return Money(1 + len(self.items))"))
    run_pipeline(root, embeddings=False)
    return root


def test_tests_of_a_symbol_and_of_a_change(axon: Axon, kept: Path) -> None:
    """The method on the changed line, the test that reaches it, and nothing else."""
    answer = json.loads(axon("tests", "--diff", "HEAD", "--repo", kept, "--json").out)
    assert [one["qualified_name"] for one in answer["changed"]] == ["Cart.total"]
    assert "test_total" in [row["symbol"]["name"] for row in answer["tests"]["rows"]]
    assert answer["untested"] == []
    said = axon("tests", "Base.total", "--repo", kept)
    assert "Tests to run" in said.out
    assert not said.out.startswith("\n")
    assert axon("tests", "--repo", kept).code == 2
    assert axon("tests", "--diff", "nonsense", "--repo", kept).code == 2


def test_what_no_test_reaches_is_the_risk(axon: Axon, kept: Path) -> None:
    answer = json.loads(axon("tests", "rounded", "--repo", kept, "--json").out)
    names = [one["qualified_name"] for one in answer["untested"]]
    assert names == ([] if answer["tests"]["total"] else ["rounded"])


def test_metrics(axon: Axon, kept: Path) -> None:
    """A table, and numbers as JSON."""
    assert "Most complex functions" in axon("metrics", "--repo", kept).out
    answer = json.loads(axon("metrics", "Cart", "--repo", kept, "--json").out)
    assert {one["symbol"]["qualified_name"] for one in answer["symbols"]} == {"Cart.__init__", "Cart.add", "Cart.total"}
    assert all(one["cyclomatic"] == 1 for one in answer["symbols"])


def test_coupling_says_what_git_knows(axon: Axon, kept: Path, shop: Path) -> None:
    """With one commit nothing changes together; without git a sentence says so."""
    answer = json.loads(axon("coupling", "src/shop/cart.py", "--blame", "--repo", kept, "--json").out)
    assert answer["commits"] == 1
    ((author, share),) = answer["files"][0]["owners"]
    assert share == 1.0
    assert answer["blame"][0][0] == author
    said = axon("coupling", "--repo", shop).out
    assert "There is no history" in said
    assert ".." not in said
    refused = axon("tests", "--diff", "HEAD", "--repo", shop)
    assert (refused.code, "no git work tree" in refused.err) == (2, True)


def test_the_report_needs_nothing_but_itself(axon: Axon, kept: Path, tmp_path: Path) -> None:
    """No script, no address; every part; the same headings as Markdown."""
    page, twin = tmp_path / "r.html", tmp_path / "r.md"
    assert axon("report", "-o", page, "--repo", kept).code == 0
    assert axon("report", "--markdown", "-o", twin, "--repo", kept).code == 0
    html = page.read_text()
    assert "<script" not in html
    assert not re.search(r"(?:src|href)=|url\(|https?:", html)
    headings = re.findall(r"<h2>(.*?)</h2>", html)
    assert headings == re.findall(r"^## (.*)$", twin.read_text(), re.MULTILINE)
    assert {"Communities", "Hot spots", "Not used", "Change together", "Import cycles", "Resolution"} <= set(headings)
    assert json.loads(axon("report", "--repo", kept, "--json").out)["name"] == kept.name
    assert axon("report", "-o", tmp_path / "no" / "r.html", "--repo", kept).code == 1
