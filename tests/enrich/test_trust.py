"""Settings of a repository send nothing anywhere before somebody on this machine has agreed to the address."""

import json
from pathlib import Path

import pytest

from axon.enrich.settings import EnrichSettings
from axon.enrich.trust import agree, is_agreed
from axon.errors import ConfigError, ExitCode
from axon.pipeline import run_pipeline
from axon.pipeline.enrich import enrich
from benchmarks.enrich.server import Api, serving_beside
from tests.cli.conftest import started


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An indexed repository, and a key that it is after."""
    monkeypatch.setenv("AXON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    tree = tmp_path / "shop"
    tree.mkdir()
    (tree / "shop.py").write_text("def pay():\n    return 1\n")
    run_pipeline(tree, embeddings=False)
    return tree


def test_yes_is_not_enough_for_an_address_of_the_repository(root: Path) -> None:
    """Nothing is sent; what is said names the address and how to agree. Once agreed, it holds until that changes."""
    api = Api()
    with serving_beside(api) as url:
        (root / "axon.toml").write_text(f'[enrich]\nbackend = "openai"\nbase_url = "{url}"\n')
        said = started("enrich", "summary", "--yes", "--json", "--repo", str(root))
        assert (said.code, api.requests) == (ExitCode.USAGE, 0)
        assert url in said.err
        assert "--trust" in said.err
        with pytest.raises(ConfigError, match="--trust"):
            enrich(root, ["summary"])
        assert api.requests == 0
        said = started("enrich", "summary", "--yes", "--trust", "--json", "--repo", str(root))
        assert said.code == ExitCode.DONE
        assert json.loads(said.out)["requests"] == api.requests > 0
        assert enrich(root, ["summary"]).requests == 0


def test_another_address_or_another_repository_is_asked_about_anew(root: Path, tmp_path: Path) -> None:
    """An agreement is to one place for one repository."""
    here = EnrichSettings(base_url="http://one.example")
    assert not is_agreed(root, here)
    agree(root, here)
    assert is_agreed(root, here)
    assert is_agreed(root, EnrichSettings())
    assert not is_agreed(root, EnrichSettings(base_url="http://two.example"))
    assert not is_agreed(root, EnrichSettings(base_url="http://one.example", command="sh -c x"))
    assert not is_agreed(tmp_path, here)
