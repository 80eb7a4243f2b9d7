"""The rule packs of a tree: those that come with the program, and files of its own.

What flows in: the root of a tree. What flows out: packs. It does not know what they say.
"""

from pathlib import Path
from typing import Final

from axon.errors import ConfigError
from axon.languages.pack import Pack
from axon.languages.packs import packs_with

PACKS_FOLDER: Final = ".axon-packs"
_SUFFIX: Final = ".toml"


def packs_of(root: Path) -> tuple[Pack, ...]:
    """Our packs with those in the folder `.axon-packs` of a tree, by name.

    Raises:
        ConfigError: one of its files cannot be read, or is no pack.
    """
    texts: dict[str, str] = {}
    for path in sorted((root / PACKS_FOLDER).glob(f"*{_SUFFIX}")):
        try:
            texts[f"{PACKS_FOLDER}/{path.name}"] = path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path} is not UTF-8: {error.reason}.") from error
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    return packs_with(texts)


def is_pack(path: str) -> bool:
    """Whether a file of a tree is a pack of its own; the path is relative to the root."""
    folder, _, name = path.rpartition("/")
    return folder == PACKS_FOLDER and name.endswith(_SUFFIX)
