"""The rule packs of a tree: those that come with the program, and files of its own.

What flows in: the root of a tree. What flows out: packs. It does not know what they say.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from axon.errors import ConfigError

if TYPE_CHECKING:
    from axon.languages.pack import Pack  # 30 ms, which a run that finds nothing changed has no use for

PACKS_FOLDER: Final = ".axon-packs"
_SUFFIX: Final = ".toml"


def has_packs(root: Path) -> bool:
    """Whether a tree has packs of its own."""
    return any(_files(root))


def packs_of(root: Path) -> "tuple[Pack, ...]":
    """Our packs with those in the folder `.axon-packs` of a tree, by name.

    Raises:
        ConfigError: one of its files cannot be read, or is no pack.
    """
    from axon.languages.packs import packs_with  # noqa: PLC0415  see above

    texts: dict[str, str] = {}
    for path in _files(root):
        try:
            texts[f"{PACKS_FOLDER}/{path.name}"] = path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path} is not UTF-8: {error.reason}.") from error
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    return packs_with(texts)


def _files(root: Path) -> list[Path]:
    return sorted((root / PACKS_FOLDER).glob(f"*{_SUFFIX}"))


def is_pack(path: str) -> bool:
    """Whether a file of a tree is a pack of its own; the path is relative to the root."""
    folder, _, name = path.rpartition("/")
    return folder == PACKS_FOLDER and name.endswith(_SUFFIX)
