"""Facts by content digest, so that a file with known content is never parsed again, in any branch or repository.

What flows in: keys and encoded facts. What flows out: the same bytes, or nothing.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Final

import zstandard
from xxhash import xxh3_64_hexdigest, xxh3_128

from axon.cache import BlobCache
from axon.languages import named

_SOURCES: Final = ("axon.parsing", "axon.languages", "axon.languages.packs", "axon.model")
_LEVEL: Final = 1  # level 3 saves 8 % of 5 MB on Django and costs three times as much


@cache
def extractor_stamp(language: str) -> str:
    """16 hexadecimal digits that change with what facts depend on besides the file: the extraction, the grammar."""
    digest = xxh3_128(source_digest(_SOURCES))
    module = named(language).grammar.partition(":")[0]
    for distribution in ("tree-sitter", module.replace("_", "-")):
        with suppress(PackageNotFoundError):  # a grammar that comes with a plug-in changes with the plug-in's own key
            digest.update(version(distribution).encode())
    return xxh3_64_hexdigest(digest.digest())


def source_digest(packages: Iterable[str]) -> bytes:
    """16 bytes that change with any file that lies directly in one of the packages; its compiled form is no other."""
    digest = xxh3_128()
    for package in packages:
        for entry in sorted(files(package).iterdir(), key=lambda entry: entry.name):
            if entry.is_file() and not entry.name.endswith(tuple(EXTENSION_SUFFIXES)):
                digest.update(entry.read_bytes())
    return digest.digest()


def fact_key(language: str, digest: str) -> str:
    """The key of one content in one language."""
    return f"{digest}-{language}-{extractor_stamp(language)}"


def pack(encoded: bytes) -> bytes:
    """Encoded facts as they are kept and sent between processes."""
    return _compressor().compress(encoded)


def unpack(packed: bytes) -> bytes:
    """What `pack` was given; zstandard.ZstdError on damaged bytes."""
    return _decompressor().decompress(packed)


@cache
def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)


@cache
def _decompressor() -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor()


class FactCache(BlobCache):
    """The cache of facts in one folder."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        super().__init__(folder, "facts", limit_bytes)
