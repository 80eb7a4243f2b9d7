"""Whether a person has agreed to where the settings of a repository send its text, and the key with it.

What flows in: a repository and its settings. What flows out: yes, or an error that says how to agree. An agreement is
an empty file in the user's own folder, named by a digest of the repository, the address and the program, so that a
repository whose settings change is asked about anew; nothing inside of a repository can give it.
"""

import hashlib
from pathlib import Path

from axon.config import data_home
from axon.enrich.settings import EnrichSettings
from axon.errors import ConfigError


def named_place(settings: EnrichSettings) -> str:
    """The program or address that settings name, as a person reads it; '' where they name none."""
    return settings.command or settings.base_url


def is_agreed(root: Path, settings: EnrichSettings) -> bool:
    """Whether nothing is to be agreed to, or somebody has."""
    return not named_place(settings) or _record(root, settings).exists()


def agree(root: Path, settings: EnrichSettings) -> None:
    """Remember that the person at this machine has agreed."""
    if named_place(settings):
        record = _record(root, settings)
        record.parent.mkdir(parents=True, exist_ok=True)
        record.touch()


def require_agreement(root: Path, settings: EnrichSettings) -> None:
    """Go on only where that is so.

    Raises:
        ConfigError: nobody on this machine has agreed yet.
    """
    if not is_agreed(root, settings):
        raise ConfigError(
            f"The settings of {root} send its text, and your key, to {named_place(settings)}. "
            "If that is what you want, say `axon enrich --trust` once."
        )


def _record(root: Path, settings: EnrichSettings) -> Path:
    said = "\0".join((str(root.resolve()), settings.base_url, settings.command))
    return data_home() / "agreed" / hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()
