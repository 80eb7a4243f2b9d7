"""Archives that are pinned by name, version and digest, fetched by the ordinary client of their kind.

What flows in: an `Archive` and the folder where archives are kept. What flows out: the path of the archive, whose
digest is the pinned one. Where it comes from is the client's own configuration; no host is named here.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Client(Enum):
    """What fetches an archive."""

    PIP = "pip"
    NPM = "npm"


class ClientMissingError(RuntimeError):
    """The client that would fetch an archive is not installed."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A published archive; `digest` is as the client writes it: `sha256:` in hexadecimal, `sha512-` in base 64."""

    client: Client
    name: str
    version: str
    file_name: str
    digest: str


def archive_of(archive: Archive, cache: Path) -> Path:
    """The archive in the cache, fetched if it is not there yet.

    Raises:
        ClientMissingError: it must be fetched, and its client is not installed.
        RuntimeError: it cannot be fetched, or is another one than was pinned.
    """
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / archive.file_name
    if not path.is_file():
        _fetch(archive, cache)
    if digest_of(path, archive.client) != archive.digest:
        raise RuntimeError(f"{path} is another archive than was pinned. Remove it.")
    return path


def digest_of(path: Path, client: Client) -> str:
    """The digest of a file as the client writes it."""
    with path.open("rb") as file:
        if client is Client.PIP:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        return f"sha512-{base64.b64encode(hashlib.file_digest(file, 'sha512').digest()).decode('ascii')}"


def _fetch(archive: Archive, cache: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = _pip(archive, folder) if archive.client is Client.PIP else _npm(archive, folder)
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        found = [path for path in Path(folder).iterdir() if path.name.lower() == archive.file_name.lower()]
        if done.returncode or not found:
            words = done.stderr.strip()[-400:]
            raise RuntimeError(f"{archive.client.value} cannot fetch {archive.name} {archive.version}: {words}")
        shutil.copyfile(found[0], cache / archive.file_name)


def _pip(archive: Archive, folder: str) -> list[str]:
    requirements = Path(folder, "requirements.txt")
    requirements.write_text(f"{archive.name}=={archive.version} --hash={archive.digest}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "download", "--no-deps"]
    return [*command, "--no-binary", ":all:", "--require-hashes", "-r", str(requirements), "-d", folder]


def _npm(archive: Archive, folder: str) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise ClientMissingError(f"npm is not installed, which fetches {archive.name} {archive.version}")
    return [npm, "pack", f"{archive.name}@{archive.version}", "--ignore-scripts", "--pack-destination", folder]
