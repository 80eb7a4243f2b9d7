"""What an audit saw is a part of every later index, for as long as the files are what they were."""

import json
import sys
from pathlib import Path

import pytest

from axon.errors import ExitCode
from axon.model.kinds import EdgeKind, Rule
from axon.pipeline.analyze import run_pipeline
from axon.pipeline.verify import verify
from axon.questions.opened import open_index
from axon.storage.generations import OBSERVATIONS, IndexHome
from axon.storage.observations import read_observations
from tests.cli.conftest import started

SHOP = """\
def check(item):
    return item


def save(item):
    return item


def by_name(name):
    return globals()[name](1)
"""
MAIN = "from shop import by_name\n\nfor _ in range(3):\n    by_name('check')\n"
OTHER = "def other():\n    return 1\n"
COMMAND = f"{sys.executable} main.py"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree whose audit was merged."""
    for name, text in (("shop.py", SHOP), ("main.py", MAIN), ("other.py", OTHER)):
        (tmp_path / name).write_text(text)
    said = started("audit", str(tmp_path), "--run", COMMAND, "--merge", "--json")
    assert said.code == ExitCode.DONE, said.err
    found = json.loads(said.out.splitlines()[-1])
    assert [edge["callee"]["name"] for edge in found["missing"]] == ["check"]
    return tmp_path


def _observed(root: Path) -> set[tuple[str, str]]:
    with open_index(root) as index:
        columns = index.columns
        rows = (columns.row_of(path) for path in ("shop.py::by_name", "main.py"))
        edges = [edge for row in rows if row is not None for edge in columns.outgoing(row, EdgeKind.CALLS)]
        return {
            (columns.node(columns.source(edge)).id, columns.node(columns.target(edge)).id)
            for edge in edges
            if columns.relationship(edge).evidence.rule is Rule.OBSERVED
        }


SEEN = {("shop.py::by_name", "shop.py::check")}


def test_what_was_seen_is_an_edge_with_its_count(tree: Path) -> None:
    """The index has what it lacked, and `verify` builds the same."""
    assert _observed(tree) == SEEN
    counts = {(c.caller, c.callee): c.count for c in read_observations(IndexHome(tree).folder / OBSERVATIONS).calls}
    assert counts["shop.py::by_name", "shop.py::check"] == 3
    assert verify(tree).is_right
    said = started("why", "by_name", "check", "--repo", str(tree))
    assert "an audit saw this call 3 times" in said.out


def test_edits_elsewhere_keep_it_and_an_edit_there_drops_it(tree: Path) -> None:
    """An update is the same as a build from nothing."""
    (tree / "other.py").write_text(OTHER.replace("1", "2"))
    run_pipeline(tree, embeddings=False)
    assert _observed(tree) == SEEN
    assert verify(tree).is_right
    (tree / "other.py").write_text("import shop\n\n\nclass More:\n    def other(self):\n        return shop.save(1)\n")
    run_pipeline(tree, embeddings=False)
    assert _observed(tree) == SEEN
    assert verify(tree).is_right
    (tree / "shop.py").write_text(SHOP.replace("return item", "return (item)"))
    run_pipeline(tree, embeddings=False)
    assert _observed(tree) == set()
    assert verify(tree).is_right
    (tree / "shop.py").write_text(SHOP)
    run_pipeline(tree, embeddings=False, full=True)
    assert _observed(tree) == SEEN


def test_a_damaged_file_is_said(tree: Path) -> None:
    """One line names it and what to do."""
    (IndexHome(tree).folder / OBSERVATIONS).write_text("{")
    said = started("analyze", str(tree), "--no-embeddings")
    assert said.code == ExitCode.FAILED
    assert "observations.json" in said.err
    assert "Remove it" in said.err


def test_a_scip_index_cannot_be_merged(tmp_path: Path) -> None:
    """It says what places mean, not what calls what."""
    (tmp_path / "index.scip").write_bytes(b"")
    said = started("audit", str(tmp_path), "--scip", str(tmp_path / "index.scip"), "--merge")
    assert said.code == ExitCode.USAGE
