"""Who answers: one module for each way to reach a model, and the table of them.

What flows in: a name and settings. What flows out: a `Provider`, imported when it is chosen. To add one is to add a
module and its line here.
"""

import os
import shutil
from collections.abc import Mapping
from importlib import import_module
from typing import Final, cast

from axon.enrich.failures import EnrichError
from axon.enrich.keys import HOW, key_of
from axon.enrich.model import Provider

ANTHROPIC: Final = "anthropic"
OPENAI: Final = "openai"
CLI: Final = "cli"
SIMULATED: Final = "simulated"
PROVIDERS: Final = (ANTHROPIC, OPENAI, CLI, SIMULATED)
KEY_VARIABLES: Final = {ANTHROPIC: "ANTHROPIC_API_KEY", OPENAI: "OPENAI_API_KEY"}
"""Names by which the environment or the keyring holds a key; a key is never read from a file of the repository."""
KNOWN_COMMANDS: Final = {"claude": "claude -p --output-format json", "llm": "llm"}
"""Programs that answer a prompt on their standard input, and how they are called."""


def choose_provider(wanted: str, *, command: str = "", environ: Mapping[str, str] = os.environ) -> str:
    """The name of the provider that serves: the one that is wanted, else that whose key is set, else a program.

    Raises:
        EnrichError: there is none, or no provider has that name.
    """
    if wanted and wanted not in PROVIDERS:
        raise EnrichError(f"Unknown provider {wanted}. Choose {', '.join(PROVIDERS)}.")
    if wanted:
        return wanted
    for name, variable in KEY_VARIABLES.items():
        if key_of(variable, environ):
            return name
    if command or any(map(shutil.which, KNOWN_COMMANDS)):
        return CLI
    raise EnrichError(
        f"No language model to ask. Set {' or '.join(KEY_VARIABLES.values())} ({HOW}), or `command` in "
        "[tool.axon.enrich], or choose another --backend."
    )


def open_provider(name: str, settings: Mapping[str, str]) -> Provider:
    """The provider of that name.

    `settings` may hold `base_url`, `api_key`, `command` and `seed`.

    Raises:
        EnrichError: something that it needs is not there.
    """
    module = import_module(f"axon.enrich.providers.{name}")
    return cast("Provider", module.open_provider(settings))
