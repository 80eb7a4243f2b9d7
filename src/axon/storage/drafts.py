"""A generation that is being built: where its files go, and how it becomes the one in force.

What flows in: files that others write into its folders, and a manifest. What flows out: a published generation. It does
not know what the files mean, nor who reads them.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from axon.errors import StorageError
from axon.storage.durable import replace_text, sync_folder, sync_folder_tree
from axon.storage.manifest import KuzuLayer, Manifest, inventory

COLUMNS_FOLDER: Final = "columns"
KUZU_FOLDER: Final = "kuzu"
KUZU_FILE: Final = "graph.kuzu"
REJECTED_FILE: Final = "rejected.jsonl"
PIN_FILE: Final = "pin"

# What the smallest index takes while it is loaded. Where not even Kuzu's log has room, the engine ends the process.
_LEAST_FREE: Final = 8_000_000


class Draft:
    """A numbered generation that no reader sees before `publish`.

    `folder` takes any file, `columns` those of the frozen graph, `database` is where the Kuzu file is built (outside
    `folder`, because it is published later) and `rejected` where rows that it refused are listed. `leftovers` are
    lines about what dead writers had left.
    """

    def __init__(self, home: Path, generations: Path, number: int, leftovers: tuple[str, ...]) -> None:
        self.number, self.leftovers = number, leftovers
        self.folder = generations / f".draft-{number:06}"
        self.columns = self.folder / COLUMNS_FOLDER
        self._home, self._generations = home, generations
        self._published = generations / f"{number:06}"
        self._kuzu = generations / f".draft-{number:06}.kuzu"
        self.database = self._kuzu / KUZU_FILE
        self.rejected = self._kuzu / REJECTED_FILE

    @classmethod
    def create(cls, home: Path, generations: Path, number: int, leftovers: tuple[str, ...]) -> Self:
        """The draft with its empty folders made.

        Raises:
            StorageError: the disk is all but full.
        """
        free = shutil.disk_usage(generations).free
        if free < _LEAST_FREE:
            raise StorageError(
                f"{home} has {free / 1e6:.1f} MB of room, and an index needs {_LEAST_FREE / 1e6:.0f} MB at least."
                + (" The last index stays." if number > 1 else "")
            )
        draft = cls(home, generations, number, leftovers)
        draft.columns.mkdir(parents=True)
        draft._kuzu.mkdir()
        (draft.folder / PIN_FILE).touch()
        return draft

    def publish(self, manifest: Manifest) -> Path:
        """Put the generation in force and return its folder, which never changes from now on.

        `manifest.files` is filled here. Files reach stable storage first; the rename of `current` is the one step
        that readers see.
        """
        replace(manifest, files=inventory(self.folder)).write(self.folder)
        sync_folder_tree(self.folder)
        self.folder.rename(self._published)
        sync_folder(self._generations)
        replace_text(self._home / "current", f"{self.number:06}\n")
        return self._published

    def publish_kuzu(self, layer: KuzuLayer) -> Path:
        """Put the closed Kuzu file in force, after `publish`, and return its path; `layer.files` is filled here.

        Raises:
            StorageError: a `.wal`, `.shadow` or other file of an open database lies beside it.
        """
        if not self._published.is_dir():
            raise ValueError("publish() comes before publish_kuzu()")
        if beside := sorted(path.name for path in self._kuzu.glob(f"{KUZU_FILE}*") if path != self.database):
            raise StorageError(f"{', '.join(beside)} lies beside {KUZU_FILE}: the database was not closed.")
        replace(layer, files=inventory(self._kuzu)).write(self._kuzu)
        sync_folder_tree(self._kuzu)
        os.rename(self._kuzu, self._published / KUZU_FOLDER)
        sync_folder(self._published)
        replace_text(self._home / "current.kuzu", f"{self.number:06}\n")
        return self._published / KUZU_FOLDER / KUZU_FILE

    def discard(self) -> None:
        """Remove what was not published."""
        for folder in (self.folder, self._kuzu):
            shutil.rmtree(folder, ignore_errors=True)
