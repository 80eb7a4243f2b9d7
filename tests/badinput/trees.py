"""Good files of every language, what an index has of them, and `axon analyze` as a person runs it."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from axon.languages import all_languages, named
from axon.model.nodes import GraphNode
from axon.parsing.extract import extract
from axon.pipeline.complete import complete_database
from axon.storage.generations import IndexHome
from axon.storage.kuzu import KuzuBackend
from tests.fuzz.inputs import snippets
from tests.parsing.sources import definitions

LANGUAGES = [name for name in all_languages() if snippets(name)]
"""Languages that have cases, whose files serve as good input here."""


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


def good(language: str) -> bytes:
    """A file of the language that parses whole and defines a function."""
    for text in snippets(language):
        facts = extract(language, text)
        if not facts.damage.line and any(kind == "Function" for kind, _ in definitions(facts)):
            return text if text.endswith(b"\n") else text + b"\n"
    raise AssertionError(f"no case of {language} has a whole file with a function")


def suffix(language: str) -> str:
    """The usual end of the language's file names."""
    return named(language).suffixes[0]


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below `root`, which is returned."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return root


def nodes(root: Path) -> dict[str, GraphNode]:
    """Every node of the index in force, by id, out of its database."""
    complete_database(root)
    with IndexHome(root).require_current() as generation:
        assert generation.database is not None
        with KuzuBackend(generation.database, read_only=True) as backend:
            return {node.id: node for node in backend.nodes()}


def symbols(root: Path, path: str) -> list[str]:
    """Qualified names of the symbols that the index has of a file."""
    return sorted(n.qualified_name for n in nodes(root).values() if n.path == path and n.id != path)


def names_in(language: str, content: bytes) -> set[str]:
    """Names that a file defines, read alone."""
    return {name for _, name in definitions(extract(language, content))}


def analyze(root: Path | str, *flags: str, under: Sequence[str] = (), **environment: str) -> Said:
    """`axon analyze` in a process of its own; there is no traceback, however it ends.

    `under` is a command that starts another, such as one that takes privileges away.
    """
    done = subprocess.run(
        [*under, sys.executable, "-m", "axon", "analyze", str(root), "--no-embeddings", *flags],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=300,
    )
    said = Said(done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "replace"))
    assert "Traceback" not in said.err, said.err
    assert said.code >= 0, f"ended by signal {-said.code}"
    return said
