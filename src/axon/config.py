"""Settings, and where Axon keeps its data.

What flows in: `axon.toml` or the `[tool.axon]` table of `pyproject.toml` in the root, the `AXON_*` environment, and
the flags of the caller, each stronger than the one before. What flows out: one frozen `Settings` and a few folders.
It does not know what any setting is used for.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from axon.errors import ConfigError

HOME_VARIABLE: Final = "AXON_HOME"
"""Environment variable that gathers all of Axon's data, caches included, under one folder."""

KUZU: Final = "kuzu"
"""The engine that comes with Axon."""

_PREFIX: Final = "AXON_"
_NEAR: Final = 0.75
_TABLES: Final = frozenset({"check", "enrich"})  # tables that other modules read
_Value = str | int


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set; the field names are the keys of the file, `AXON_` + upper case those of the environment."""

    jobs: int = 0
    """Worker processes; 0 means one per core."""
    max_file_bytes: int = 2_000_000
    """From a larger file nothing is extracted."""
    max_mean_line_bytes: int = 500
    """A file whose mean line is longer is generated or minified, and nothing is extracted from it."""
    parse_timeout_seconds: int = 60
    """What the parser may take for one task of at most some megabytes; 0 means as long as it likes."""
    embedder: str = "auto"
    """'auto', 'lexical' or 'fastembed'."""
    embedding_model: str = "BAAI/bge-small-en-v1.5"
    """A model that fastembed knows, or a folder that holds an ONNX model and its tokenizer."""
    engine: str = KUZU
    """Which engine holds the graph database: 'kuzu' or 'ladybug'; another one leads to a new index."""
    environment: str = "auto"
    """Whose installed packages say what they give: 'auto' (the virtual environment `.venv`, `venv` or `env` in the
    root), 'none', or the folder of one."""
    cache_bytes: int = 2_000_000_000
    """Limit of each cache that is shared between repositories, on disk."""


def load_settings(
    root: Path, *, environ: Mapping[str, str] = os.environ, flags: Mapping[str, _Value | None] | None = None
) -> Settings:
    """The settings in force for the repository at `root`; a flag that is None was not given.

    An unknown variable of the environment is an error where it is nearly a setting's name; any other belongs to some
    other program that shares the prefix.

    Raises:
        ConfigError: a key is unknown, a value has the wrong type or is out of range, or the file is no TOML.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    _check_names("the command line", given)
    values = _from_file(root) | _from_environment(environ)
    values |= {name: _checked("the command line", name, value) for name, value in given.items()}
    return Settings(**values)


def cache_home(environ: Mapping[str, str] = os.environ) -> Path:
    """Folder of what may be deleted at any time; it need not exist yet."""
    if home := environ.get(HOME_VARIABLE):
        return Path(home) / "cache"
    import platformdirs  # noqa: PLC0415  start-up is lazy

    return platformdirs.user_cache_path("axon", appauthor=False)


def data_home(environ: Mapping[str, str] = os.environ) -> Path:
    """Folder of what is kept: the registry of repositories and the models; it need not exist yet."""
    if home := environ.get(HOME_VARIABLE):
        return Path(home) / "data"
    import platformdirs  # noqa: PLC0415  start-up is lazy

    return platformdirs.user_data_path("axon", appauthor=False)


def models_home(environ: Mapping[str, str] = os.environ) -> Path:
    """Folder of the embedding models that were pulled; it need not exist yet."""
    return data_home(environ) / "models"


def table_of(root: Path, name: str) -> tuple[str, dict[str, Any]]:
    """The settings of one part of the program that stand in a table of their own, and where they stand.

    Raises:
        ConfigError: the file is no TOML, or what has that name is no table.
    """
    source, settings = _table(root)
    table = settings.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"`{name}` in {source} is no table. Write [{name}] and one `key = value` a line below it.")
    return f"[{name}] in {source}" if source else "", table


def _from_file(root: Path) -> dict[str, Any]:
    source, table = _table(root)
    own = {name: value for name, value in table.items() if name not in _TABLES}
    _check_names(source, own)
    return {name: _checked(source, name, value) for name, value in own.items()}


def _table(root: Path) -> tuple[str, dict[str, Any]]:
    own = root / "axon.toml"
    if own.is_file():
        return str(own), _read_toml(own)
    shared = root / "pyproject.toml"
    if not shared.is_file():
        return "", {}
    tool = _read_toml(shared).get("tool", {})
    table = tool.get("axon", {}) if isinstance(tool, dict) else {}
    source = f"[tool.axon] in {shared}"
    if not isinstance(table, dict):
        raise ConfigError(f"{source} is not a table. Write `[tool.axon]` and one `key = value` a line below it.")
    return source, table


def _read_toml(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  start-up is lazy

    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(_PREFIX) or variable == HOME_VARIABLE:
            continue
        name = variable.removeprefix(_PREFIX).lower()
        if name in _KINDS:
            values[name] = _checked("the environment", variable, _parsed(variable, text, _KINDS[name]))
        elif near := _nearest(name):
            raise ConfigError(f"Unknown setting {variable} in the environment. Did you mean {_PREFIX}{near.upper()}?")
    return values


def _parsed(variable: str, text: str, kind: type) -> _Value:
    if kind is str:
        return text
    try:
        return int(text)
    except ValueError as error:
        raise ConfigError(f"{variable} in the environment must be a whole number, not {text!r}.") from error


def _check_names(source: str, table: Mapping[str, object]) -> None:
    for name in table:
        if name not in _KINDS:
            near = _nearest(name)
            hint = f"Did you mean {near}?" if near else f"The settings are {', '.join(_KINDS)}."
            raise ConfigError(f"Unknown setting {name} in {source}. {hint}")


def _checked(source: str, name: str, value: object) -> _Value:
    kind = _KINDS[name.removeprefix(_PREFIX).lower()]
    if kind is str:
        if not isinstance(value, str) or not value:
            raise ConfigError(f"{name} in {source} must be a text, not {value!r}.")
        return value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConfigError(f"{name} in {source} must be a whole number of 0 or more, not {value!r}.")
    return value


def _nearest(name: str) -> str:
    import difflib  # noqa: PLC0415  start-up is lazy

    return next(iter(difflib.get_close_matches(name.lower(), _KINDS, n=1, cutoff=_NEAR)), "")


_KINDS: Final[dict[str, type]] = {field.name: type(field.default) for field in fields(Settings)}
