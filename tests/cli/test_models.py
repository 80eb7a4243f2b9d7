"""Models are listed and taken from folders without a network."""

from pathlib import Path

import pytest

from axon.config import Settings, models_home
from axon.embeddings.embedder import choose_embedder
from tests.cli.conftest import Axon
from tests.embeddings.conftest import write_model


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny model in a folder; the user's folder is empty."""
    monkeypatch.setenv("AXON_HOME", str(tmp_path / "home"))
    folder = tmp_path / "tiny"
    folder.mkdir()
    write_model(folder, seed=3)
    return folder


def test_a_model_is_imported_and_serves(axon: Axon, model: Path) -> None:
    """It is copied, listed, and chosen by its name."""
    said = axon("models", "import", str(model), "--name", "house-model")
    assert (said.code, said.out.splitlines()[0].endswith("16 dimensions.")) == (0, True)
    assert "house-model" in axon("models", "list").out
    chosen = choose_embedder(Settings(embedder="fastembed", embedding_model="house-model"), models=models_home())
    assert chosen.embedder.dimension == 16


def test_a_name_that_is_taken_or_odd_is_refused(axon: Axon, model: Path) -> None:
    """Nothing is overwritten, and nothing lands outside of the folder."""
    assert axon("models", "import", str(model)).code == 0
    assert "is there already" in axon("models", "import", str(model)).err
    assert axon("models", "import", str(model), "--name", "../up").code == 2


def test_a_folder_without_a_model_is_refused(axon: Axon, tmp_path: Path) -> None:
    """The message says what is missing."""
    said = axon("models", "import", str(tmp_path))
    assert (said.code, "lacks tokenizer.json" in said.err) == (1, True)
