"""The search layer made beside the linker: the same as one made here, and no death is in its way."""

from pathlib import Path

import pytest

from axon.config import Settings
from axon.pipeline import postings, run_pipeline
from axon.pipeline.report import PipelineResult
from axon.questions.opened import open_index
from axon.search.process import LayerProcess, LayerTask
from axon.storage.freeze import read_graph
from tests.search.trees import FILES, write


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree for whose postings a process is begun all the same."""
    monkeypatch.setattr(postings, "LEAST_BYTES", 0)
    return write(tmp_path / "tree", FILES)


def index(root: Path, jobs: int) -> PipelineResult:
    return run_pipeline(root, embeddings=False, full=True, settings=Settings(jobs=jobs))


def layer(root: Path) -> dict[str, bytes]:
    """The files of the search layer, without the number of the generation in their names."""
    with open_index(root) as opened:
        files = sorted((opened.generation.folder / "search").iterdir())
    return {path.name.partition("-")[2] or path.name: path.read_bytes() for path in files if path.suffix == ".segment"}


def test_a_process_makes_the_layer_that_is_made_here(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte; and nothing of what it was handed stays in the generation."""
    begun: list[LayerTask] = []
    start = LayerProcess.__init__
    monkeypatch.setattr(LayerProcess, "__init__", lambda self, task: (begun.append(task), start(self, task))[1])
    assert index(tree, jobs=2).notes == ()
    beside = layer(tree)
    assert len(begun) == 1
    with open_index(tree) as opened:
        assert not list(opened.generation.folder.glob("*.task"))
    index(tree, jobs=1)
    assert len(begun) == 1
    assert layer(tree) == beside != {}


def test_a_process_that_dies_is_told_and_its_layer_made_here(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the system is out of memory."""
    start = LayerProcess.__init__

    def killed(self: LayerProcess, task: LayerTask) -> None:
        start(self, task)
        self._process.kill()

    monkeypatch.setattr(LayerProcess, "__init__", killed)
    assert [note for note in index(tree, jobs=2).notes if "exit code" in note and "made again" in note]
    hurt = layer(tree)
    assert index(tree, jobs=1).notes == ()
    assert layer(tree) == hurt


def test_closing_ends_the_process_and_removes_what_it_was_handed(tree: Path, tmp_path: Path) -> None:
    """A run that fails meanwhile leaves nothing running."""
    index(tree, jobs=1)
    with open_index(tree) as opened:
        nodes = read_graph(opened.columns).nodes
    process = LayerProcess(LayerTask(tmp_path / "layer", nodes, tree, {}, 1))
    process.close()
    process.close()
    assert process._process.returncode is not None
    assert not list(tmp_path.glob("*.task"))
