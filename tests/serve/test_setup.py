"""The files of agents: what is written, and that it goes again."""

import io
import json
import tomllib
from pathlib import Path

import pytest

from axon.cli.main import run
from axon.errors import UsageError
from axon.serve.setup import CLIENTS, change_for

OTHERS = '{\n  "mcpServers": {\n    "other": {\n      "command": "x"\n    }\n  },\n  "theme": "dark"\n}\n'
TOML = '# mine\nmodel = "m"\n\n[mcp_servers.other]\ncommand = "x"  # keep\n'


@pytest.mark.parametrize("name", CLIENTS)
def test_what_is_written_goes_again(name: str, tmp_path: Path) -> None:
    """Written, found as it should be, and undone: the file is as it was before, or gone."""
    root, home = tmp_path / "my shop", tmp_path / "home"
    root.mkdir()
    client = CLIENTS[name]
    change = change_for(client, root, home=home)
    assert "mcp" in change.diff
    change.write()
    text = change.path.read_text()
    settings = tomllib.loads(text) if client.is_toml else json.loads(text)
    (entry,) = settings[client.key].values()
    assert entry["args"][-2:] == ["--repo", str(root)]
    assert change_for(client, root, home=home).diff == ""
    change_for(client, root, home=home, undo=True).write()
    assert not change.path.exists()


@pytest.mark.parametrize(("name", "before"), [("cursor", OTHERS), ("codex", TOML)])
def test_what_others_wrote_stays(name: str, before: str, tmp_path: Path) -> None:
    """Other servers, other settings, comments."""
    client = CLIENTS[name]
    path = client.path(tmp_path, tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text(before)
    change_for(client, tmp_path, home=tmp_path).write()
    assert "other" in path.read_text()
    change_for(client, tmp_path, home=tmp_path, undo=True).write()
    assert path.read_text() == before


def test_a_file_that_is_no_json_is_left_alone(tmp_path: Path) -> None:
    """The message says what to add by hand."""
    (tmp_path / ".mcp.json").write_text("{ // comment\n}")
    with pytest.raises(UsageError, match="by hand"):
        change_for(CLIENTS["claude"], tmp_path, home=tmp_path)


def test_nothing_is_written_without_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who says no, and `--yes`; instructions for agents are not touched."""
    (tmp_path / "AGENTS.md").write_text("mine")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run(["setup", "claude", "--repo", str(tmp_path)]) == 0
    assert not (tmp_path / ".mcp.json").exists()
    assert run(["setup", "claude", "--repo", str(tmp_path), "--yes"]) == 0
    assert run(["setup", "claude", "--repo", str(tmp_path), "--undo", "--yes"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["AGENTS.md"]
