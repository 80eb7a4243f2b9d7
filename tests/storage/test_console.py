"""The console answers in plain values, and a query that hangs, crashes or reaches for files ends in an error."""

import subprocess
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from axon.errors import QueryFailedError, QueryRefusedError, StorageError
from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.kinds import EdgeKind, NodeKind, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship
from axon.storage.console_child import plain
from axon.storage.cypher.console import OUT_OF_MEMORY, from_bytes, run_read_only, to_bytes
from tests.storage.samples import ENGINE, STORE

ENDLESS = (
    "MATCH (a:Symbol), (b:Symbol), (c:Symbol), (d:Symbol), (e:Symbol), (f:Symbol) "
    "WHERE a.start_line + b.start_line + c.start_line + d.start_line + e.start_line < f.start_line RETURN count(*)"
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real Kuzu file: 200 functions, one of them with an odd name, and one call."""
    names = [*(f"f{i}" for i in range(200)), "odd\x00\udcff"]
    nodes = [GraphNode(NodeId(f"a.py::{name}"), NodeKind.FUNCTION, name, name, "a.py", "python", 3) for name in names]
    call = GraphRelationship(EdgeKind.CALLS, nodes[0].id, nodes[1].id, Evidence(Rule.IMPORT, 4, 2, 30, 35))
    path = tmp_path_factory.mktemp("console") / "graph.kuzu"
    with STORE(path) as backend:
        backend.initialize()
        backend.bulk_load(CodeGraph.from_rows(nodes, [call]))
    return path


read_only = partial(run_read_only, engine=ENGINE)


def child(
    database: Path, query: str, folder: Path, memory_megabytes: int = 2048
) -> "subprocess.CompletedProcess[bytes]":
    """The child alone, without the guard before it."""
    request = {
        "database": str(database),
        "engine": ENGINE,
        "query": query,
        "parameters": {},
        "row_limit": 5,
        "memory_megabytes": memory_megabytes,
    }
    command = [sys.executable, "-P", "-m", "axon.storage.console_child"]
    return subprocess.run(command, input=to_bytes(request), capture_output=True, cwd=folder, check=False, timeout=60)


def test_a_query_gives_columns_and_rows(database: Path) -> None:
    """Names of columns, rows in order, and no more than there are."""
    result = read_only(database, "MATCH (n:Symbol) WHERE n.name < 'f11' RETURN n.name, n.start_line ORDER BY n.name")
    assert result.columns == ("n.name", "n.start_line")
    assert result.rows == [("f0", 3), ("f1", 3), ("f10", 3), ("f100", 3), *((f"f10{i}", 3) for i in range(1, 10))]
    assert not result.truncated


def test_rows_beyond_the_limit_are_cut_and_said_so(database: Path) -> None:
    """At most `row_limit` rows come back, marked as truncated; exactly that many are not."""
    assert read_only(database, "MATCH (n:Symbol) RETURN n.name", row_limit=7).truncated
    whole = read_only(database, "MATCH (n:Symbol) RETURN n.name LIMIT 7", row_limit=7)
    assert (len(whole.rows), whole.truncated) == (7, False)


def test_parameters_and_odd_strings_make_the_round_trip(database: Path) -> None:
    """NUL and lone surrogates survive as a parameter and as a value."""
    result = read_only(
        database, "MATCH (n:Symbol) WHERE n.name = $name RETURN n.name", parameters={"name": "odd\x00\udcff"}
    )
    assert result.rows == [("odd\x00\udcff",)]


def test_nodes_and_relationships_come_without_internal_ids(database: Path) -> None:
    """They are dictionaries of their label and properties."""
    query = "MATCH (a:Symbol)-[r:CALLS]->(b:Symbol) RETURN b, r"
    ((node, relationship),) = read_only(database, query).rows
    assert isinstance(node, dict)
    assert isinstance(relationship, dict)
    assert (node["_label"], node["id"]) == ("Symbol", "a.py::f1")
    assert (relationship["_label"], relationship["line"], relationship["rule"]) == ("CALLS", 4, "import")
    assert not {"_id", "_src", "_dst"} & (node.keys() | relationship.keys())


def test_a_kind_is_no_table(database: Path) -> None:
    """Whoever asks for a table that there is not is told what the schema has."""
    with pytest.raises(QueryFailedError, match="Nodes are all `Symbol`, with their `kind`"):
        read_only(database, "MATCH (n:Function) RETURN n.id")


def test_values_that_json_lacks_become_text(database: Path) -> None:
    """Dates are ISO 8601, bytes hexadecimal, intervals durations, other types their text."""
    query = (
        "RETURN date('2026-01-02'), timestamp('2026-01-02 03:04:05'), interval('3 days'), blob('\\\\xAA\\\\xBB'), "
        "cast('1.50' AS DECIMAL(5, 2)), uuid('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), map(['k'], [1]), {a: [1, NULL]}"
    )
    (row,) = read_only(database, query).rows
    assert row == (
        "2026-01-02",
        "2026-01-02T03:04:05",
        "P3DT0S",
        "aabb",
        "1.50",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        {"k": 1},
        {"a": [1, None]},
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (2**70, 2**70),
        (float("inf"), "inf"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3), "2026-01-02T03:00:00"),
        (timedelta(days=1, seconds=2, milliseconds=500), "P1DT2.5S"),
        (b"\xaa", "aa"),
        (Decimal("1.50"), "1.50"),
        ({1: (b"\x00",)}, {"1": ["00"]}),
        ({"_id": {"offset": 1}, "_label": "Symbol", "name": "f"}, {"_label": "Symbol", "name": "f"}),
        ({"_id": 1}, {"_id": 1}),
    ],
)
def test_a_value_becomes_plain(value: Any, expected: Any) -> None:
    """Only nodes and relationships lose a key."""
    assert plain(value) == expected


def test_the_guard_comes_first(tmp_path: Path) -> None:
    """A refused query starts nothing: not even a missing file is noticed."""
    with pytest.raises(QueryRefusedError):
        read_only(tmp_path / "missing.kuzu", "MATCH (n) DELETE n")


def test_a_query_that_the_engine_rejects_is_an_error_with_its_words(database: Path) -> None:
    """The engine's message reaches the person."""
    with pytest.raises(QueryFailedError, match="nobody is not in scope"):
        read_only(database, "RETURN nobody")


def test_a_missing_file_is_a_storage_error(tmp_path: Path) -> None:
    """What cannot be opened is no fault of the query."""
    with pytest.raises(StorageError):
        read_only(tmp_path / "missing.kuzu", "RETURN 1")


def test_an_endless_query_is_killed(database: Path) -> None:
    """After the time-out the child is dead and the error says the time."""
    with pytest.raises(QueryFailedError, match=r"took longer than 1\.5 seconds"):
        read_only(database, ENDLESS, timeout_seconds=1.5)


def test_a_greedy_query_is_stopped(database: Path, tmp_path: Path) -> None:
    """A child whose resident memory passes the limit ends itself."""
    done = child(database, ENDLESS, tmp_path, memory_megabytes=1)
    assert done.returncode == OUT_OF_MEMORY
    with pytest.raises(QueryFailedError, match="more than 1 MB of memory"):
        read_only(database, ENDLESS, memory_megabytes=1)


def test_a_crash_is_an_error_and_not_a_hang(database: Path, tmp_path: Path) -> None:
    """A query that kills the engine kills the child only."""
    assert child(database, "CALL READ_CSV_SERIAL('x') RETURN *", tmp_path).returncode != 0


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
@pytest.mark.parametrize(
    "query",
    [
        "LOAD FROM 'secret.csv' (header=false) RETURN *",
        "COPY (MATCH (n:Symbol) RETURN n.id) TO 'out.csv'",
        "CHECKPOINT",
        "ATTACH '{database}' AS other (dbtype kuzu)",
    ],
)
def test_the_child_opens_no_file_whatever_the_guard_missed(database: Path, tmp_path: Path, query: str) -> None:
    """The second layer stands alone: what reads or writes files fails, and leaves nothing."""
    (tmp_path / "secret.csv").write_text("secret\n")
    answer = from_bytes(child(database, query.replace("{database}", str(database)), tmp_path).stdout)
    assert "Too many open files" in answer["refused"] or "read-only database" in answer["refused"]
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]
    assert [path.name for path in database.parent.iterdir()] == ["graph.kuzu"]


def test_modules_of_the_current_folder_are_not_imported(database: Path, tmp_path: Path, monkeypatch) -> None:
    """A repository that holds a `kuzu.py` or an `axon` package cannot smuggle code into the child."""
    for name in ("kuzu.py", "uuid.py", "axon.py"):
        (tmp_path / name).write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert read_only(database, "RETURN 1").rows == [(1,)]


def test_asking_leaves_the_published_folder_as_it_was(database: Path) -> None:
    """Reading puts no log, lock or shadow beside the file."""
    before = (database.stat().st_mtime_ns, [path.name for path in database.parent.iterdir()])
    read_only(database, "MATCH (n:Symbol) RETURN count(*)")
    assert (database.stat().st_mtime_ns, [path.name for path in database.parent.iterdir()]) == before
