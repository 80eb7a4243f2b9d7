"""The same tree gives the same rows, whatever the seed of the interpreter's hashes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from hashlib import sha256
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.graph.trees import linked
root = Path(sys.argv[1], "src/axon")
files = {p.relative_to(root.parent).as_posix(): p.read_text("utf-8") for p in root.rglob("*.py")}
files["cycle/a.py"] = "from cycle.b import *\\nfrom cycle.b import ghost\\nclass A(B): pass\\nghost(); B(); A()\\n"
files["cycle/b.py"] = "from cycle.a import *\\nfrom cycle.a import ghost\\nclass B(A): pass\\nghost(); A(); B()\\n"
graph = linked(files)
rows = [*graph.iter_nodes(), *graph.iter_relationships(), *graph.iter_unresolved()]
print(len(rows), sha256("\\n".join(map(repr, rows)).encode()).hexdigest())
"""


def test_rows_do_not_depend_on_the_hash_seed() -> None:
    """This project's own graph, with modules in a circle beside it, is the same under three seeds."""
    found = {_digest(seed, ROOT / "src") for seed in ("0", "1", "4242")}
    assert len(found) == 1
    assert int(found.pop().split()[0]) > 5_000


def test_compiled_rows_are_those_of_the_sources(tmp_path: Path) -> None:
    """What is installed compiled, where it is made of these sources, gives the graph that the sources give."""
    code = "import axon.resolution.flow as f, axon.pipeline.run as r; print(f.__file__); print(r.program_stamp())"
    places = [_run(code, path) for path in (tmp_path, ROOT / "src")]
    (file, stamp), (_, stamp_of_sources) = (place.splitlines() for place in places)
    if file.endswith(".py") or stamp != stamp_of_sources:
        pytest.skip("these sources are not installed compiled")
    assert _digest("0", tmp_path) == _digest("0", ROOT / "src")


def _digest(seed: str, path: Path) -> str:
    return _run(SCRIPT, path, PYTHONHASHSEED=seed)


def _run(code: str, path: Path, **environment: str) -> str:
    """What a program prints that finds Axon in a folder, or where it is installed."""
    command = [sys.executable, "-P", "-c", code, str(ROOT)]
    known = {**os.environ, "PYTHONPATH": str(path), **environment}
    return subprocess.run(command, env=known, capture_output=True, check=True, text=True).stdout.strip()
