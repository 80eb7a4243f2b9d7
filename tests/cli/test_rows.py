"""The console and the export, at the command line."""

import csv
import json
from pathlib import Path

from tests.cli.conftest import Axon, started

QUERY = "MATCH (a:Symbol)-[r:CALLS]->(b:Symbol) WHERE r.rule = 'self' RETURN a.id AS caller, r.confidence, b"


def test_a_query_as_a_table(axon: Axon, shop: Path) -> None:
    """Aligned columns; a node is shown by its id."""
    said = axon("cypher", QUERY, "--repo", shop)
    assert said.code == 0
    assert [line.split() for line in said.out.splitlines()] == [
        ["caller", "r.confidence", "b"],
        ["src/shop/cart.py::Cart.add", "0.95", "src/shop/cart.py::Cart.total"],
    ]


def test_a_query_as_json_and_csv(axon: Axon, shop: Path) -> None:
    """Both forms have the same rows."""
    answer = json.loads(axon("cypher", QUERY, "--repo", shop, "--json").out)
    assert (answer["columns"], answer["truncated"]) == (["caller", "r.confidence", "b"], False)
    assert answer["rows"][0][2]["signature"] == "(self) -> Money"
    rows = list(csv.reader(axon("cypher", QUERY, "--repo", shop, "--format", "csv").out.splitlines()))
    assert rows[1][:2] == ["src/shop/cart.py::Cart.add", "0.95"]


def test_a_query_that_writes_is_refused(axon: Axon, shop: Path) -> None:
    """Exit code 2, and the reason."""
    said = axon("cypher", "MATCH (n) DELETE n", "--repo", shop)
    assert said.code == 2
    assert "DELETE is not allowed" in said.err


def test_a_query_that_is_wrong_fails(axon: Axon, shop: Path) -> None:
    """Exit code 1, and one line of what the engine says."""
    said = axon("cypher", "MATCH (n:Nothing) RETURN n", "--repo", shop)
    assert said.code == 1
    assert len(said.err.splitlines()) == 1


def test_the_row_limit_is_said(axon: Axon, shop: Path) -> None:
    """What is cut is not passed over in silence."""
    said = axon("cypher", "MATCH (n:Symbol) RETURN n.id", "--limit", "2", "--repo", shop)
    assert len(said.out.splitlines()) == 3
    assert "The first 2 rows; there are more" in said.err


def test_export_to_a_file_and_to_stdout_agree(axon: Axon, shop: Path, tmp_path: Path) -> None:
    """The same bytes, in two processes with two hash seeds."""
    for what in ("nodes", "edges", "unresolved"):
        file = tmp_path / f"{what}.jsonl"
        assert axon("export", shop, "--what", what, "-o", file).code == 0
        lines = file.read_text(encoding="ascii").splitlines()
        assert lines
        assert [json.loads(line) for line in lines]
        for seed in ("1", "2"):
            assert started("export", str(shop), "--what", what, PYTHONHASHSEED=seed).out == file.read_text()


def test_export_into_a_folder_that_is_not_there(axon: Axon, shop: Path, tmp_path: Path) -> None:
    """Exit code 2 and no traceback."""
    said = axon("export", shop, "-o", tmp_path / "gone" / "x.jsonl")
    assert (said.code, len(said.err.splitlines())) == (2, 1)
