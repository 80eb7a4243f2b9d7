"""Indexes with a fault of content: their manifests list the files as they are, so that only a rebuild shows it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from axon.graph.graph import CodeGraph
from axon.storage.columns import IndexColumns
from axon.storage.drafts import KUZU_FILE
from axon.storage.freeze import read_graph, write_columns
from axon.storage.kuzu import KuzuBackend
from axon.storage.manifest import KuzuLayer, Manifest, inventory
from axon.storage.schema import SCHEMA_VERSION


def sign(folder: Path) -> None:
    """Make the manifests of a generation list the files as they are now: the fault is then one of content."""
    manifest = Manifest.read(folder, schema_version=SCHEMA_VERSION)
    files = {name: file for name, file in inventory(folder).items() if not name.startswith("kuzu/")}
    replace(manifest, files=files).write(folder)
    replace(KuzuLayer.read(folder / "kuzu"), files=inventory(folder / "kuzu")).write(folder / "kuzu")


def freeze_again(folder: Path, change: Callable[[CodeGraph], CodeGraph]) -> None:
    """Replace the columns by those of another graph."""
    with IndexColumns.open(folder / "columns") as columns:
        graph = read_graph(columns)
    write_columns(change(graph), folder / "columns")
    sign(folder)


def change_database(folder: Path, change: Callable[[KuzuBackend], object]) -> None:
    """Do something to the rows of the database."""
    with KuzuBackend(folder / "kuzu" / KUZU_FILE) as backend:
        change(backend)
    sign(folder)
