"""What linking left behind for the next run, as one compressed file of a generation.

What flows in: bytes. What flows out: the same. It does not know what they mean.
"""

from pathlib import Path
from typing import Final

import zstandard

from axon.errors import DamagedIndexError
from axon.storage.durable import replace_file

LINKAGE_FILE: Final = "linkage.zst"


def write_linkage(folder: Path, data: bytes) -> None:
    """Put linkage.zst into the folder of a generation, a draft or a published one that has none."""
    put_linkage(folder, zstandard.ZstdCompressor(level=1, write_checksum=True).compress(data))


def put_linkage(folder: Path, packed: bytes) -> None:
    """The same, of data that is packed already."""
    temporary = folder / f".{LINKAGE_FILE}.new"
    temporary.write_bytes(packed)
    replace_file(temporary, folder / LINKAGE_FILE)


def read_linkage(folder: Path) -> bytes:
    """What was written into the folder of a generation.

    Raises:
        DamagedIndexError: the file is missing or damaged.
    """
    path = folder / LINKAGE_FILE
    try:
        return zstandard.ZstdDecompressor().decompress(path.read_bytes())
    except (OSError, zstandard.ZstdError) as error:
        raise DamagedIndexError(f"{path} cannot be read: {error}") from error
