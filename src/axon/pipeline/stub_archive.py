"""The stubs that a wheel brings along, read when it was built, so that nobody's first index has to read them.

What flows in: keys and blobs, or a key. What flows out: a zip file beside this module, or a blob. A key says of which
version of the stubs and of the extraction a blob is, so that one which does not fit is not found; sources have no
archive.
"""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

ARCHIVE: Final = "stubs.zip"


def archived(key: str) -> bytes | None:
    """The blob of a key; None where the archive has none, is damaged or is not there."""
    archive = _archive()
    try:
        return archive.read(key) if archive is not None else None
    except (KeyError, BadZipFile):
        return None


@cache
def _archive() -> ZipFile | None:
    try:
        return ZipFile(BytesIO(Path(__file__).with_name(ARCHIVE).read_bytes()))
    except (OSError, BadZipFile):
        return None


def write_archive(path: Path, blobs: Iterable[tuple[str, bytes]]) -> None:
    """Write an archive of (key, blob); the same blobs give the same bytes."""
    with ZipFile(path, "w") as archive:
        for key, blob in blobs:
            archive.writestr(ZipInfo(key), blob)
