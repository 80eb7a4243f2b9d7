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
