"""Which file of which agent names the server, and how it names it.

What flows in: a client's name and a repository. What flows out: the file, its text as it is and as it would be. It
never looks at AGENTS.md or CLAUDE.md.
"""

import difflib
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from axon.errors import UsageError

SERVER: Final = "axon"


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it is (None: there is none) and as it would be (None: there would be none)."""

    path: Path
    before: str | None
    after: str | None

    @property
    def diff(self) -> str:
        """Unified, '' where nothing changes."""
        old, new = (text.splitlines(keepends=True) if text else [] for text in (self.before, self.after))
        return "".join(difflib.unified_diff(old, new, str(self.path), str(self.path), n=2))

    def write(self) -> None:
        """Make it so.

        Raises:
            UsageError: the file cannot be written.
        """
        try:
            if self.after is None:
                self.path.unlink(missing_ok=True)
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(self.after, "utf-8")
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror}.") from error


@dataclass(frozen=True, slots=True)
class Client:
    """An agent: where its file is, and the key below which servers stand; `more` is what its entries say besides."""

    name: str
    path: Callable[[Path, Path], Path]
    key: str
    more: Mapping[str, str]
    is_toml: bool = False


CLIENTS: Final = {
    client.name: client
    for client in (
        Client("claude", lambda root, home: root / ".mcp.json", "mcpServers", {"type": "stdio"}),
        Client("cursor", lambda root, home: root / ".cursor/mcp.json", "mcpServers", {}),
        Client("vscode", lambda root, home: root / ".vscode/mcp.json", "servers", {"type": "stdio"}),
        Client("codex", lambda root, home: home / ".codex/config.toml", "mcp_servers", {}, is_toml=True),
        Client("gemini", lambda root, home: root / ".gemini/settings.json", "mcpServers", {}),
        Client("windsurf", lambda root, home: home / ".codeium/windsurf/mcp_config.json", "mcpServers", {}),
        Client("zed", lambda root, home: root / ".zed/settings.json", "context_servers", {"source": "custom"}),
    )
}
"""The agents that are known, with the file in which each reads its servers: the repository's, where it has one."""


def change_for(client: Client, root: Path, *, home: Path, undo: bool = False) -> Change:
    """What would be written so that `client` knows the server of `root`, or with `undo` does not any more.

    Raises:
        UsageError: the file is not as the client writes it.
    """
    path = client.path(root, home)
    before = _read(path)
    name = SERVER if path.is_relative_to(root) else f"{SERVER}-{_slug(root.name)}"
    entry = {**client.more, "command": sys.executable, "args": ["-P", "-m", "axon", "mcp", "--repo", str(root)]}
    edit = _toml if client.is_toml else _json
    return Change(path, before, edit(path, before, (client.key, name), None if undo else entry))


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def _json(path: Path, before: str | None, keys: tuple[str, str], entry: Mapping[str, Any] | None) -> str | None:
    key, name = keys
    try:
        settings = json.loads(before) if before and before.strip() else {}
    except ValueError as error:
        raise UsageError(f"{path} is no plain JSON ({error}). Add the server by hand: {json.dumps(entry)}") from error
    servers = settings.get(key, {}) if isinstance(settings, dict) else None
    if not isinstance(servers, dict):
        raise UsageError(f"{path}: `{key}` is no table of servers.")
    if servers.get(name) == entry:
        return before
    others = {other: value for other, value in servers.items() if other != name}
    servers = {**others, **({name: dict(entry)} if entry is not None else {})}
    settings = {**settings, key: servers} if servers else {k: v for k, v in settings.items() if k != key}
    return json.dumps(settings, indent=2, ensure_ascii=False) + "\n" if settings else None


def _toml(path: Path, before: str | None, keys: tuple[str, str], entry: Mapping[str, Any] | None) -> str | None:
    """The table of the server is written or taken away; whatever else the file holds, comments too, stays as it is."""
    header = f"[{keys[0]}.{keys[1]}]"
    lines = (before or "").splitlines(keepends=True)
    kept: list[str] = []
    is_ours = False
    for line in lines:
        if line.lstrip().startswith("["):
            is_ours = line.strip() == header or line.strip().startswith(f"[{keys[0]}.{keys[1]}.")
        if not is_ours:
            kept.append(line)
    text = "".join(kept).rstrip("\n")
    if entry is not None:
        table = "\n".join([header, *(f"{key} = {json.dumps(value)}" for key, value in entry.items())])
        text = f"{text}\n\n{table}" if text else table
    return f"{text}\n" if text else None


def _slug(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-") or "repository"
