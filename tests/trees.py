"""Fixtures of whole runs: caches of their own, so that nothing is known before, and a tree without files."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty AXON_HOME."""
    folder = tmp_path / "axon-home"
    monkeypatch.setenv("AXON_HOME", str(folder))
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The root of a tree without files."""
    folder = tmp_path / "repo"
    folder.mkdir()
    return folder
