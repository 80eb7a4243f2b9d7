"""Which embedder serves, and why."""

from pathlib import Path

import pytest

from axon.config import Settings
from axon.embeddings.embedder import choose_embedder
from axon.errors import ConfigError, EmbeddingError


def test_auto_without_a_model_is_lexical_and_says_why(tmp_path: Path) -> None:
    """No download is tried."""
    choice = choose_embedder(Settings(), models=tmp_path)
    assert choice.embedder.name == "lexical-1"
    assert choice.reason.startswith("fastembed cannot serve: ")


def test_auto_with_a_model_on_disk_takes_it(model_folder: Path) -> None:
    """A folder that holds a model is on disk."""
    pytest.importorskip("fastembed", reason="the extra is not installed")
    choice = choose_embedder(Settings(embedding_model=str(model_folder)))
    assert choice.embedder.name.startswith("tiny-")
    assert "is on disk" in choice.reason


def test_lexical_by_name_does_not_look_for_a_model(model_folder: Path) -> None:
    """The settings decide."""
    choice = choose_embedder(Settings(embedder="lexical", embedding_model=str(model_folder)))
    assert choice.embedder.name == "lexical-1"


def test_fastembed_by_name_does_not_fall_back(tmp_path: Path) -> None:
    """Whoever asks for a model is told that it is not there."""
    with pytest.raises(EmbeddingError):
        choose_embedder(Settings(embedder="fastembed"), models=tmp_path)


def test_an_unknown_embedder_is_a_config_error() -> None:
    """The message lists the choices."""
    with pytest.raises(ConfigError, match=r"Unknown embedder magic\. Choose auto, lexical or fastembed"):
        choose_embedder(Settings(embedder="magic"))


def test_fastembed_s_own_variable_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that were pulled for other programs are found."""
    pytest.importorskip("fastembed", reason="the extra is not installed")
    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path))
    assert str(tmp_path) in choose_embedder(Settings()).reason
