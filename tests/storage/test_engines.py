"""Which engine holds the database: chosen by a setting, said by the generation, one at a time in a process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from axon.config import KUZU
from axon.errors import ConfigError, StorageError
from axon.storage.engines import LADYBUG, backend_of
from tests.house.tree import ROOT
from tests.storage.samples import ENGINE

if ENGINE == LADYBUG:
    pytest.skip("the suite runs on the other engine already", allow_module_level=True)

# Those of the suite that open a database.
PARTS = ("backends", "console", "engine", "guard", "loading", "removal", "tally")
SUITE = [f"tests/storage/test_{part}.py" for part in PARTS]
OTHER = {**os.environ, "STORAGE_ENGINE": LADYBUG}


def axon(folder: Path, *arguments: str, engine: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "AXON_ENGINE": engine}
    command = [sys.executable, "-P", "-m", "axon", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_suite_passes_on_the_other_engine() -> None:
    """Every claim of the storage tests holds there too; in a process of its own, for two engines crash one."""
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", *SUITE]
    environment = {name: value for name, value in OTHER.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


def test_an_unknown_engine_is_named() -> None:
    """The message lists those that there are."""
    with pytest.raises(ConfigError, match="Unknown engine neo"):
        backend_of("neo")


def test_a_process_has_one_engine() -> None:
    """Asking for the second one is an error, not a crash."""
    backend_of(KUZU)
    with pytest.raises(StorageError, match="uses kuzu and cannot load ladybug"):
        backend_of(LADYBUG)


def test_an_index_can_change_its_engine(tmp_path: Path) -> None:
    """The setting leads to a new index; it is asked and verified with the engine that it has, whatever is set."""
    (tmp_path / "shop.py").write_text("def add():\n    return pay()\n\n\ndef pay():\n    return 1\n")
    assert axon(tmp_path, "analyze", "--no-embeddings", engine=KUZU).returncode == 0
    assert axon(tmp_path, "analyze", "--no-embeddings", engine=LADYBUG).returncode == 0
    layers = sorted(tmp_path.glob(".axon/generations/*/kuzu/layer.json"))
    assert [json.loads(layer.read_text())["engine"] for layer in layers][-1] == LADYBUG
    query = "MATCH (a:Symbol)-[:CALLS]->(b:Symbol) RETURN a.name, b.name"
    asked = axon(tmp_path, "cypher", query, "--format", "json", engine=KUZU)
    assert json.loads(asked.stdout)["rows"] == [["add", "pay"]]
    verified = axon(tmp_path, "verify", engine=LADYBUG)
    assert verified.returncode == 0, verified.stderr
    again = axon(tmp_path, "analyze", "--no-embeddings", "--json", engine=LADYBUG)
    assert json.loads(again.stdout)["mode"] == "unchanged"
