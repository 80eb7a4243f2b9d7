"""Trees that were linked before: their graphs come back as they were, and nothing else does."""

from pathlib import Path

import pytest

from axon.pipeline import run_pipeline
from axon.pipeline.verify import verify
from axon.storage.graphs import GraphCache
from tests.pipeline.trees import contents, write_tree

N_FILES = 220  # enough that a graph is kept


def release(number: int) -> dict[str, str]:
    """A package of one release: most of its files differ from those of another one."""
    files = {f"pkg/m{n}.py": f"def f{n}(a={number}):\n    return f{n}(a)\n" for n in range(N_FILES)}
    return files | {
        "pkg/__init__.py": "",
        "pkg/damaged.py": f"def g{number}(:\n",
        "pkg/top.py": f"from . import m{number}\n",
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the caches, and a tree that was switched from a release to another and back."""
    place = tmp_path_factory.mktemp("releases")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AXON_HOME", str(place / "home"))
        for number in (1, 2):
            result = run_pipeline(write_tree(place / "repo", release(number)), embeddings=False)
            assert "calls" in result.phase_timings
    write_tree(place / "repo", release(1))
    return place


@pytest.fixture
def switched(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree, with its caches."""
    monkeypatch.setenv("AXON_HOME", str(place / "home"))
    return place / "repo"


def test_a_release_comes_back_without_linking(switched: Path, tmp_path: Path) -> None:
    """A switch back links nothing; the index is byte for byte, and in what it says, the one of a first run."""
    back = run_pipeline(switched, embeddings=False)
    assert "calls" not in back.phase_timings
    fresh = run_pipeline(write_tree(tmp_path / "repo", release(1)), embeddings=False, full=True)
    assert "calls" in fresh.phase_timings
    assert contents(switched) == contents(tmp_path / "repo")
    assert (back.problems, back.edge_counts, back.unresolved) == (fresh.problems, fresh.edge_counts, fresh.unresolved)
    assert verify(switched).is_right


def test_an_edit_after_a_switch_is_linked_from_what_came_back(switched: Path) -> None:
    """The index that was taken up is one to start from, like any other."""
    run_pipeline(switched, embeddings=False)
    (switched / "pkg/m3.py").write_text("def f3(a=1):\n    return len(f3(a))\n", encoding="utf-8")
    edited = run_pipeline(switched, embeddings=False)
    assert edited.changed_files == 1
    assert verify(switched).is_right


def test_a_damaged_cache_of_graphs_costs_a_linking(switched: Path) -> None:
    """Where the cache is no database, the tree is linked, and the cache is made anew."""
    write_tree(switched, release(2))
    with GraphCache(1 << 30) as cache:
        path = cache.folder / "graphs.sqlite"
    path.write_bytes(b"no database" * 1000)
    result = run_pipeline(switched, embeddings=False)
    assert "calls" in result.phase_timings
    assert verify(switched).is_right
