"""A generation that is being built: where its files go, and how it becomes the one in force.

What flows in: files that others write into its folders, and a manifest. What flows out: a published generation. It does
not know what the files mean, nor who reads them.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

from axon.errors import StorageError
from axon.storage.durable import replace_text, sync_folder, sync_folder_tree
from axon.storage.manifest import KuzuLayer, Manifest, inventory

COLUMNS_FOLDER: Final = "columns"
KUZU_FOLDER: Final = "kuzu"
KUZU_FILE: Final = "graph.kuzu"
REJECTED_FILE: Final = "rejected.jsonl"
LABELS_FILE: Final = "labels.columns"
PIN_FILE: Final = "pin"
CURRENT: Final = "current"
CURRENT_KUZU: Final = "current.kuzu"

# What the smallest index takes while it is loaded. Where not even Kuzu's log has room, the engine ends the process.
_LEAST_FREE: Final = 8_000_000


class DatabaseDraft:
    """The Kuzu file of one generation while it is built: outside the folder that readers see, because it arrives later.

    `database` is where it is built, `rejected` where rows that it refused are listed; `published` is the folder of the
    generation once that is in force.
    """

    def __init__(self, home: Path, generations: Path, number: int) -> None:
        self.number = number
        self._home = home
        self.published = generations / f"{number:06}"
        self._kuzu = generations / f".draft-{number:06}.kuzu"
        self.database = self._kuzu / KUZU_FILE
        self.rejected = self._kuzu / REJECTED_FILE

    def create_folders(self) -> None:
        """Make the empty folder.

        Raises:
            StorageError: the disk is all but full.
        """
        self.check_room()
        self._kuzu.mkdir()

    def check_room(self) -> None:
        """Look whether the smallest database can be loaded, right before one is.

        Raises:
            StorageError: the disk is all but full.
        """
        free = shutil.disk_usage(self._kuzu.parent).free
        if free < _LEAST_FREE:
            raise StorageError(
                f"{self._home} has {free / 1e6:.1f} MB of room, and an index needs {_LEAST_FREE / 1e6:.0f} MB at least."
                + (" The last index stays." if self.number > 1 else "")
            )

    def empty_database(self) -> None:
        """Remove whatever was built at `database` so far."""
        for path in self._kuzu.iterdir():
            path.unlink()

    def publish_kuzu(self, layer: KuzuLayer) -> Path:
        """Put the closed Kuzu file in force, after its generation, and return its path; `layer.files` is filled here.

        Raises:
            StorageError: a `.wal`, `.shadow` or other file of an open database lies beside it.
        """
        if not self.published.is_dir():
            raise ValueError("publish() comes before publish_kuzu()")
        if beside := sorted(path.name for path in self._kuzu.glob(f"{KUZU_FILE}*") if path != self.database):
            raise StorageError(f"{', '.join(beside)} lies beside {KUZU_FILE}: the database was not closed.")
        replace(layer, files=inventory(self._kuzu)).write(self._kuzu)
        sync_folder_tree(self._kuzu)
        os.rename(self._kuzu, self.published / KUZU_FOLDER)
        sync_folder(self.published)
        point_at_database(self._home, self.number)
        return self.published / KUZU_FOLDER / KUZU_FILE

    def discard(self) -> None:
        """Remove what was not published."""
        shutil.rmtree(self._kuzu, ignore_errors=True)


class Draft(DatabaseDraft):
    """A numbered generation that no reader sees before `publish`, with its Kuzu file, which is published after it.

    `folder` takes any file, `columns` those of the frozen graph.
    """

    def __init__(self, home: Path, generations: Path, number: int) -> None:
        super().__init__(home, generations, number)
        self.folder = generations / f".draft-{number:06}"
        self.columns = self.folder / COLUMNS_FOLDER

    def create_folders(self) -> None:
        """Make the empty folders.

        Raises:
            StorageError: the disk is all but full.
        """
        super().create_folders()
        self.columns.mkdir(parents=True)
        (self.folder / PIN_FILE).touch()

    def publish(self, manifest: Manifest) -> Path:
        """Put the generation in force and return its folder, which never changes from now on.

        `manifest.files` is filled here. Files reach stable storage first; the rename of `current` is the one step
        that readers see.
        """
        replace(manifest, files=inventory(self.folder)).write(self.folder)
        sync_folder_tree(self.folder)
        self.folder.rename(self.published)
        sync_folder(self.published.parent)
        replace_text(self._home / CURRENT, f"{self.number:06}\n")
        return self.published

    def discard(self) -> None:
        """Remove what was not published."""
        shutil.rmtree(self.folder, ignore_errors=True)
        super().discard()


def point_at_database(home: Path, number: int) -> None:
    """Put the Kuzu file in force that lies in the generation of this number."""
    replace_text(home / CURRENT_KUZU, f"{number:06}\n")
