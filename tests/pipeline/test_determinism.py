"""The same bytes give the same index, however many processes parse and whatever seeds hashes."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.pipeline.trees import contents, last_line, padded_tree, run_script, write_tree

INDEX = """
import json, sys
from multiprocessing import process
from pathlib import Path
from axon.config import Settings
from axon.pipeline import run_pipeline

if __name__ == "__main__":
    result = run_pipeline(Path(sys.argv[1]), settings=Settings(jobs=int(sys.argv[2])), embeddings=False)
    had_workers = next(process._process_counter) > 1
    print(json.dumps([result.mode, result.nodes, result.problems, had_workers]))
"""
N_FILES, N_BYTES = 60, 30_000  # above what one process would parse alone


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that one process indexed."""
    return write_tree(tmp_path_factory.mktemp("alone") / "repo", padded_tree(N_FILES, N_BYTES))


def digest(root: Path) -> list[str]:
    """Digests of sorted rows, of sites, and of the file of columns."""
    held = contents(root)
    parts = [json.dumps([held.nodes, held.relationships]).encode(), json.dumps(held.unresolved).encode(), held.columns]
    return [hashlib.sha256(part).hexdigest() for part in parts]


@pytest.mark.parametrize(("jobs", "seed"), [(1, "1"), (2, "1"), (4, "0")])
def test_workers_and_hash_seeds_change_nothing(alone: Path, tmp_path: Path, jobs: int, seed: str) -> None:
    """1, 2 and 4 workers and two hash seeds give the same rows and, byte for byte, the same columns."""
    if not (alone / ".axon").exists():
        last_line(run_script(INDEX, alone, 1, PYTHONHASHSEED="0", AXON_HOME=str(tmp_path / "alone")))
    root = write_tree(tmp_path / "repo", padded_tree(N_FILES, N_BYTES))
    mode, n_nodes, problems, had_workers = last_line(run_script(INDEX, root, jobs, PYTHONHASHSEED=seed))
    assert (mode, problems, had_workers) == ("full", [], jobs > 1)
    assert n_nodes > 3 * N_FILES
    assert digest(root) == digest(alone)
