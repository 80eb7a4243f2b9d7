"""What an index is: versions, counts, digests, what is ready and what is missing.

What flows in: facts that the pipeline collected and the files of a finished generation. What flows out: manifest.json
and files.jsonl.zst beside it, read back and checked. It does not know where generations lie or how vectors are doing.

What lists the digests of other files begins with its own: the digest of all that follows it.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any, Final, Self

import xxhash
import zstandard

from axon.config import KUZU
from axon.errors import DamagedIndexError, Problem, UnknownVersionError
from axon.model.kinds import EdgeKind
from axon.model.source import FileStamp

FORMAT_VERSION: Final = 3
"""Version of the generation's layout; raise it when a file of it is renamed or means something else."""

MANIFEST_FILE: Final = "manifest.json"
_LABEL_TABLES: Final = (EdgeKind.MEMBER_OF.value, EdgeKind.STEP_IN_FLOW.value, EdgeKind.TESTS.value)
LAYER_FILE: Final = "layer.json"
FILES_FILE: Final = "files.jsonl.zst"

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a generation: its size in bytes and the xxh3_128 of its content in hexadecimal."""

    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """One source file as it was indexed: what a later run compares to see whether it changed.

    `digest` is 32 hexadecimal digits, xxh3_128 of the content.
    """

    path: str
    language: str
    stamp: FileStamp
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Facts about one generation.

    `nodes` and `edges` count per kind, `left_out` files per reason, `unresolved` call sites per language and reason.
    `program` is a digest of the code that made the graph: another one may make another graph of the same tree.
    `artifacts` is a digest of what had been written about the tree, '' for nothing. `layers` names what the generation
    holds ('columns', 'kuzu', …). `files` lists every file of the folder by its relative path with `/`, but for the
    manifest itself; `publish` fills it. `created` is aware.
    """

    axon_version: str
    schema_version: int
    created: datetime
    nodes: Mapping[str, int] = field(default_factory=dict)
    edges: Mapping[str, int] = field(default_factory=dict)
    n_files: int = 0
    layers: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    unresolved: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    program: str = ""
    artifacts: str = ""
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    def write(self, folder: Path) -> None:
        """Write manifest.json into `folder`."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        values["created"] = self.created.isoformat()
        values["problems"] = [asdict(problem) for problem in self.problems]
        values["files"] = {path: [stored.size, stored.digest] for path, stored in sorted(self.files.items())}
        _write_signed(folder / MANIFEST_FILE, values)

    @classmethod
    def read(cls, folder: Path, *, schema_version: int) -> Self:
        """Read the manifest that lies in `folder`.

        Raises:
            UnknownVersionError: the format, or the schema, is not this program's.
            DamagedIndexError: the file is missing or is no manifest.
        """
        values = _parsed(folder / MANIFEST_FILE)
        is_signed = values.pop("digest", None) is not None
        _check_version(folder, "format", values.get("format_version"), FORMAT_VERSION)
        _check_version(folder, "schema", values.get("schema_version"), schema_version)
        _check_signed(folder / MANIFEST_FILE, is_signed)
        try:
            values["created"] = datetime.fromisoformat(values["created"])
            values["problems"] = tuple(Problem(**problem) for problem in values["problems"])
            values["layers"] = tuple(values["layers"])
            values["files"] = {path: StoredFile(*stored) for path, stored in values["files"].items()}
            return cls(**values)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DamagedIndexError(f"{folder / MANIFEST_FILE} is no manifest: {error}") from error


@dataclass(frozen=True, slots=True)
class KuzuLayer:
    """Facts about the database of a generation, which is ready later than the rest: `rows` per table, `engine` by name.

    `removed_rows` counts what updates deleted since the file was loaded whole: the engine does not reuse that space.
    """

    rows: Mapping[str, int]
    rejected_rows: int = 0
    removed_rows: int = 0
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    engine: str = KUZU

    @property
    def holds_labels(self) -> bool:
        """Whether communities, flows or tests are among its rows: then they lie beside the columns as well."""
        return any(self.rows.get(table) for table in _LABEL_TABLES)

    def write(self, folder: Path) -> None:
        """Write layer.json into `folder`."""
        files = {path: [stored.size, stored.digest] for path, stored in sorted(self.files.items())}
        values = {
            "rows": dict(self.rows),
            "rejected_rows": self.rejected_rows,
            "removed_rows": self.removed_rows,
            "engine": self.engine,
            "files": files,
        }
        _write_signed(folder / LAYER_FILE, values)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the layer.json that lies in `folder`.

        Raises:
            DamagedIndexError: the file is missing or is no such thing.
        """
        values = _parsed(folder / LAYER_FILE)
        _check_signed(folder / LAYER_FILE, "digest" in values)
        try:
            files = {path: StoredFile(*stored) for path, stored in values["files"].items()}
            return cls(values["rows"], values["rejected_rows"], values["removed_rows"], files, values["engine"])
        except (KeyError, TypeError, AttributeError) as error:
            raise DamagedIndexError(f"{folder / LAYER_FILE} cannot be read: {error}") from error


def _write_signed(path: Path, values: Mapping[str, Any]) -> None:
    """Write a JSON object whose first member is the digest of the rest of the file."""
    text = json.dumps(values, ensure_ascii=False, indent=1).removeprefix("{")
    rest = text.encode("utf-8", "surrogatepass") + b"\n"
    path.write_bytes(_signature(rest) + rest)


def _signature(rest: bytes) -> bytes:
    return b'{\n "digest": "%s",' % xxhash.xxh3_128_hexdigest(rest).encode()


def _parsed(path: Path) -> dict[str, Any]:
    """The object in a file whose digest, if it begins with one, is right: a flipped byte is not another version."""
    try:
        content = path.read_bytes()
        values = json.loads(content.decode("utf-8", "surrogatepass"))
    except OSError as error:
        raise DamagedIndexError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise DamagedIndexError(f"{path} is no JSON: {error}") from error
    if not isinstance(values, dict):
        raise DamagedIndexError(f"{path} is no manifest.")
    rest = content[len(_signature(b"")) :]
    _check_signed(path, "digest" not in values or content == _signature(rest) + rest)
    return values


def _check_signed(path: Path, is_signed: bool) -> None:
    if not is_signed:
        raise DamagedIndexError(f"{path} is not as it was written.")


def _check_version(folder: Path, what: str, found: object, known: int) -> None:
    if found != known:
        raise UnknownVersionError(
            f"The index in {folder} has {what} version {found}, this Axon reads {known}. Run `axon analyze --full`."
        )


def inventory(folder: Path) -> dict[str, StoredFile]:
    """Size and digest of every file below `folder`, but for what lists them, by relative path with `/`."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    relative = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: _stored(path) for name, path in relative.items() if name not in (MANIFEST_FILE, LAYER_FILE)}


def missing_bytes(folder: Path, files: Mapping[str, StoredFile]) -> list[str]:
    """What the listed files lack on disk, a line each; sizes only, so it costs a stat a file."""
    lines = []
    for name, stored in files.items():
        try:
            size = os.stat(folder / name).st_size
        except OSError as error:
            lines.append(f"{name} cannot be read: {error.strerror}")
            continue
        if size != stored.size:
            lines.append(f"{name} has {size} bytes instead of {stored.size}")
    return lines


def changed_bytes(folder: Path, files: Mapping[str, StoredFile]) -> list[str]:
    """As `missing_bytes`, but reads every byte and compares digests."""
    lines = missing_bytes(folder, files)
    if lines:
        return lines
    return [f"{name} has changed" for name, stored in files.items() if _stored(folder / name) != stored]


def write_indexed_files(folder: Path, files: Iterable[IndexedFile]) -> None:
    """Write files.jsonl.zst into `folder`: one JSON list a line, in the order given."""
    quoted = encode_basestring  # the encoder of `json`, which is made anew for every call of that
    lines = "".join(
        f"[{quoted(f.path)},{quoted(f.language)},{f.stamp.size},{f.stamp.mtime_ns},{f.stamp.inode},{quoted(f.digest)}]\n"
        for f in files
    )
    content = lines.encode("utf-8", "surrogatepass")
    (folder / FILES_FILE).write_bytes(zstandard.ZstdCompressor(level=3, write_checksum=True).compress(content))


def read_indexed_files(folder: Path) -> list[IndexedFile]:
    """The source files that the generation in `folder` was made of, in the order written.

    Raises:
        DamagedIndexError: the file is missing or damaged.
    """
    path = folder / FILES_FILE
    try:
        content = zstandard.ZstdDecompressor().decompress(path.read_bytes())
        lines = content.decode("utf-8", "surrogatepass").split("\n")[:-1]
        return [_indexed_file(*json.loads(line)) for line in lines]
    except (OSError, zstandard.ZstdError, ValueError, TypeError) as error:
        raise DamagedIndexError(f"{path} cannot be read: {error}") from error


def _indexed_file(path: str, language: str, size: int, mtime_ns: int, inode: int, digest: str) -> IndexedFile:  # noqa: PLR0917
    return IndexedFile(path, language, FileStamp(size, mtime_ns, inode), digest)


def _stored(path: Path) -> StoredFile:
    hasher, size = xxhash.xxh3_128(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
            size += len(chunk)
    return StoredFile(size, hasher.hexdigest())
