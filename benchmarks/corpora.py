"""The trees that are measured: pinned distributions, or any folder.

What flows in: a table of distributions and the folder of their archives. What flows out: a `Corpus`, unpacked. To add
one is to add a line of the table; `npm view NAME@VERSION dist.integrity` says the digest of an npm package.
"""

import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from benchmarks.archives import Archive, Client, archive_of


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is pinned: an archive, and the one folder in it."""

    archive: Archive
    folder: str

    @property
    def name(self) -> str:
        """Without the version."""
        return self.archive.name

    @property
    def corpus(self) -> str:
        """The key of its budgets."""
        return f"{self.archive.name}-{self.archive.version}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """A tree to measure; `name` is the key of its budgets."""

    name: str
    root: Path


def _sdist(name: str, version: str, sha256: str, *, stem: str = "") -> Distribution:
    """A source distribution of Python; `stem` is the name as its archive spells it."""
    folder = f"{stem or name}-{version}"
    return Distribution(Archive(Client.PIP, name, version, f"{folder}.tar.gz", f"sha256:{sha256}"), folder)


def _npm(name: str, version: str, integrity: str) -> Distribution:
    """An npm package that ships its TypeScript sources beside what was compiled from them."""
    return Distribution(Archive(Client.NPM, name, version, f"{name}-{version}.tgz", integrity), "package")


PINNED = (
    _sdist("flask", "3.1.0", "5f873c5184c897c8d9d1b05df1e3d01b14910ce69607a117bd3277098a5836ac"),
    _sdist("django", "5.2", "1a47f7a7a3d43ce64570d350e008d2949abe8c7e21737b351b6a1611277c6d89", stem="Django"),
    _sdist("sympy", "1.13.3", "b27fd2c6530e0ab39e275fc9b683895367e51d5da91baa8d3d64db2565fec4d9"),
    _sdist("sqlalchemy", "2.0.40", "d827099289c64589418ebbcaead0145cd19f4e3e8a93919a0100247af245fa00"),
    _sdist("salt", "3007.1", "b933ac4cb3e4b1118b46dada55c9cc6bdc6f0f94b4c92877aec44b25c6a28c9a"),
    _sdist("transformers", "4.51.3", "e292fcab3990c6defe6328f0f7d2004283ca81a7a07b2de9a46d67fd81ea1409"),
    _sdist("homeassistant", "2024.3.3", "f62f2c9efa330ca82f70441f93d29361fa87c506c3065baf02b5d85559cdbe70"),
    _npm(
        "undici",
        "7.10.0",
        "sha512-u5otvFBOBZvmdjWLVW+5DAc9Nkq8f24g0O9oY7qw2JVIF1VocIFoyz9JFkuVOS2j41AufeO0xnlweJ2RLT8nGw==",
    ),
    _npm(
        "rxjs",
        "7.8.2",
        "sha512-dhKf903U/PQZY6boNNtAGdWbG85WAbjT/1xYoZIC7FAY0yWapOBQVsVrDl58W86//e1VpMNBtRV4MaXfdMySFA==",
    ),
    _npm(
        "effect",
        "3.12.7",
        "sha512-BsDTgSjLbL12g0+vGn5xkOgOVhRSaR3VeHmjcUb0gLvpXACJ9OgmlfeH+/FaAZwM5+omIF3I/j1gC5KJrbK1Aw==",
    ),
    _npm(
        "viem",
        "2.23.2",
        "sha512-NVmW/E0c5crMOtbEAqMF0e3NmvQykFXhLOc/CkLIXOlzHSA6KXVz3CYVmaKqBF8/xtjsjHAGjdJN3Ru1kFJLaA==",
    ),
)


def default_cache() -> Path:
    """Where archives and trees are kept between runs."""
    return platformdirs.user_cache_path("axon-benchmarks", appauthor=False)


def pinned_corpus(distribution: Distribution, cache: Path) -> Corpus:
    """The unpacked tree of a distribution.

    Raises:
        ClientMissingError: the archive is not in the cache, and the client that fetches it is not installed.
        RuntimeError: the client cannot fetch the archive, or the archive is another one than was pinned.
    """
    tree = cache / "trees" / distribution.corpus
    if not tree.is_dir():
        _unpack(archive_of(distribution.archive, cache), distribution.folder, tree)
    return Corpus(distribution.corpus, tree)


def corpus_at(folder: Path) -> Corpus:
    """Any folder, under its own name in lower case."""
    if not folder.is_dir():
        raise RuntimeError(f"No folder at {folder}.")
    return Corpus(folder.resolve().name.lower(), folder.resolve())


def _unpack(archive: Path, folder: str, tree: Path) -> None:
    tree.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tree.parent) as scratch:
        with tarfile.open(archive) as file:
            file.extractall(scratch, filter="data")
        Path(scratch, folder).rename(tree)
