"""The trees that are measured: pinned source distributions, or any folder.

What flows in: a table of distributions and the folder of their archives. What flows out: a `Corpus`, unpacked. An
archive is fetched by pip, by name, version and SHA-256, where it is not there already. To add one is to add a line of
the table.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Distribution:
    """A source distribution: `archive` is its file name, `folder` the one folder in it."""

    name: str
    version: str
    archive: str
    folder: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """A tree to measure; `name` is the key of its budgets."""

    name: str
    root: Path


PINNED = (
    Distribution(
        "flask",
        "3.1.0",
        "flask-3.1.0.tar.gz",
        "flask-3.1.0",
        "5f873c5184c897c8d9d1b05df1e3d01b14910ce69607a117bd3277098a5836ac",
    ),
    Distribution(
        "django",
        "5.2",
        "Django-5.2.tar.gz",
        "Django-5.2",
        "1a47f7a7a3d43ce64570d350e008d2949abe8c7e21737b351b6a1611277c6d89",
    ),
    Distribution(
        "sympy",
        "1.13.3",
        "sympy-1.13.3.tar.gz",
        "sympy-1.13.3",
        "b27fd2c6530e0ab39e275fc9b683895367e51d5da91baa8d3d64db2565fec4d9",
    ),
    Distribution(
        "sqlalchemy",
        "2.0.40",
        "sqlalchemy-2.0.40.tar.gz",
        "sqlalchemy-2.0.40",
        "d827099289c64589418ebbcaead0145cd19f4e3e8a93919a0100247af245fa00",
    ),
    Distribution(
        "salt",
        "3007.1",
        "salt-3007.1.tar.gz",
        "salt-3007.1",
        "b933ac4cb3e4b1118b46dada55c9cc6bdc6f0f94b4c92877aec44b25c6a28c9a",
    ),
    Distribution(
        "transformers",
        "4.51.3",
        "transformers-4.51.3.tar.gz",
        "transformers-4.51.3",
        "e292fcab3990c6defe6328f0f7d2004283ca81a7a07b2de9a46d67fd81ea1409",
    ),
    Distribution(
        "homeassistant",
        "2024.3.3",
        "homeassistant-2024.3.3.tar.gz",
        "homeassistant-2024.3.3",
        "f62f2c9efa330ca82f70441f93d29361fa87c506c3065baf02b5d85559cdbe70",
    ),
)


def default_cache() -> Path:
    """Where archives and trees are kept between runs."""
    return platformdirs.user_cache_path("axon-benchmarks", appauthor=False)


def pinned_corpus(distribution: Distribution, cache: Path) -> Corpus:
    """The unpacked tree of a distribution.

    Raises:
        RuntimeError: pip cannot fetch the archive, or the archive is another one than was pinned.
    """
    cache.mkdir(parents=True, exist_ok=True)
    name = f"{distribution.name}-{distribution.version}"
    tree = cache / "trees" / name
    if not tree.is_dir():
        _unpack(_archive(distribution, cache), distribution.folder, tree)
    return Corpus(name, tree)


def corpus_at(folder: Path) -> Corpus:
    """Any folder, under its own name in lower case."""
    if not folder.is_dir():
        raise RuntimeError(f"No folder at {folder}.")
    return Corpus(folder.resolve().name.lower(), folder.resolve())


def _archive(distribution: Distribution, cache: Path) -> Path:
    archive = cache / distribution.archive
    if not archive.is_file():
        _fetch(distribution, cache)
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != distribution.sha256:
        raise RuntimeError(f"{archive} is another archive than was pinned. Remove it.")
    return archive


def _fetch(distribution: Distribution, cache: Path) -> None:
    pin = f"{distribution.name}=={distribution.version} --hash=sha256:{distribution.sha256}\n"
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text(pin, encoding="utf-8")
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "download", "--no-deps"]
        command += ["--no-binary", ":all:", "--require-hashes", "-r", str(requirements), "-d", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = [path for path in Path(folder).iterdir() if path.name.lower() == distribution.archive.lower()]
        if done.returncode or not found:
            raise RuntimeError(f"pip cannot fetch {pin.split(maxsplit=1)[0]}: {done.stderr.strip()[-400:]}")
        (cache / distribution.archive).write_bytes(found[0].read_bytes())


def _unpack(archive: Path, folder: str, tree: Path) -> None:
    tree.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tree.parent) as scratch:
        with tarfile.open(archive) as file:
            file.extractall(scratch, filter="data")
        Path(scratch, folder).rename(tree)
