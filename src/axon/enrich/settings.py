"""How enrich goes about it: `[enrich]` in `axon.toml`, or `[tool.axon.enrich]` in `pyproject.toml`, or flags.

What flows in: a table of plain values. What flows out: `EnrichSettings`, checked. A key of an API is no setting: it
comes from the environment or the keyring.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from axon.errors import ConfigError

BACKEND_VARIABLE: Final = "AXON_LLM_PROVIDER"

_PARALLEL: Final = {"cli": 4}
_PARALLEL_HTTP: Final = 8
_MODELS: Final = {"anthropic": "claude-haiku-4-5", "openai": "gpt-4o-mini", "cli": "default", "simulated": "simulated"}


@dataclass(frozen=True, slots=True)
class EnrichSettings:
    """What a user may set; the field names are the keys."""

    backend: str = ""
    """'anthropic', 'openai', 'cli' or 'simulated'; '' takes the API whose key is set, else a program."""
    model: str = ""
    """The model's name; '' takes a small one of the provider."""
    base_url: str = ""
    """Where the API is, if not at its maker's."""
    command: str = ""
    """What `cli` runs, as an argv template: `{model}` is replaced."""
    parallel: int = 0
    """Requests at once; 0 takes 4 for cli and 8 for an API, 1 is sequential."""
    parallel_summaries: bool = True
    parallel_sheets: bool = True
    overlap_stages: bool = True
    """A question runs as soon as what it depends on is there, not when everything below is."""
    batch_embeddings: bool = True
    """Texts are embedded in requests of as many as the provider takes, not one by one."""
    cache_prefixes: bool = True
    """The first request of each prefix goes alone where the provider can cache it."""
    embedding_model: str = ""
    """The model of the provider by which what was written, and queries, are embedded; '' embeds on this machine."""
    batch_leaves: bool = False
    """Questions that depend on nothing go in batches, at half the price, and are answered within a day."""
    max_output_tokens: int = 2048
    timeout_seconds: int = 120
    requests_per_minute: int = 0
    input_tokens_per_minute: int = 0
    output_tokens_per_minute: int = 0
    requests_per_day: int = 0
    no_send: tuple[str, ...] = ()
    """Patterns of paths whose text never leaves the machine."""

    def with_flags(self, flags: Mapping[str, Any]) -> "EnrichSettings":
        """The same with the flags that were given, those that are None were not."""
        return replace(self, **{name: value for name, value in flags.items() if value is not None})

    def parallel_for(self, provider: str) -> int:
        """Requests at once."""
        return self.parallel or _PARALLEL.get(provider, _PARALLEL_HTTP)

    def model_for(self, provider: str) -> str:
        """The model's name."""
        return self.model or _MODELS[provider]


def settings_from(source: str, table: Mapping[str, object], environ: Mapping[str, str] = os.environ) -> EnrichSettings:
    """The settings of a table; AXON_LLM_PROVIDER goes before its backend.

    Raises:
        ConfigError: a key is unknown, or its value has the wrong type.
    """
    kinds = {field.name: type(field.default) for field in fields(EnrichSettings)}
    values: dict[str, Any] = {}
    for name, value in table.items():
        kind = kinds.get(name)
        if kind is None:
            raise ConfigError(f"Unknown setting {name} in {source}. The settings are {', '.join(kinds)}.")
        if kind is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
            values[name] = tuple(value)
        elif type(value) is kind:
            values[name] = value
        else:
            raise ConfigError(f"{name} in {source} must be a {_NAMES[kind]}, not {value!r}.")
    if wanted := environ.get(BACKEND_VARIABLE):
        values["backend"] = wanted
    return EnrichSettings(**values)


_NAMES: Final[Mapping[type, str]] = {str: "text", int: "whole number", bool: "true or false", tuple: "list of texts"}
