"""From changed paths to what an update must look at.

What flows in: paths in which something changed, whatever they are. What flows out: the files of the index among them,
or that the whole tree must be looked at, because a rule or a folder changed. It reads no file.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from axon.config import Settings
from axon.files.locate import INDEX_FOLDER
from axon.files.walk import NEVER_ENTERED, list_files, list_folders
from axon.files.watch import Batch, Stamps, differing
from axon.languages import is_manifest, of
from axon.model.source import FileStamp
from axon.pipeline.packs import is_pack

_GIT: Final = ".git"
_GIT_STATE: Final = frozenset({f"{_GIT}/index", f"{_GIT}/info/exclude", _GIT})
"""What decides, besides the ignore files, what git lists."""

_RULES: Final = frozenset({".gitignore", ".axonignore", "pyvenv.cfg"})
_LARGE: Final = 100
_SETTINGS: Final = frozenset({"axon.toml", "pyproject.toml"})


@dataclass(slots=True)
class Pending:
    """Changes that no update has taken up yet.

    `paths` are files to look at; `whole` says that the tree must be looked at instead, `rules` that what git lists may
    be another, `rearm` that the watcher has ended. `new_folders` have come and may have to be watched.
    """

    paths: set[str] = field(default_factory=set)
    new_folders: set[str] = field(default_factory=set)
    whole: bool = False
    rules: bool = False
    rearm: bool = False

    def __bool__(self) -> bool:
        return bool(self.paths) or self.needs_look

    @property
    def needs_look(self) -> bool:
        """Whether the paths do not say it all."""
        return self.whole or self.rules or self.rearm or bool(self.new_folders)

    @property
    def size(self) -> int:
        """How large a burst this is, in files; what concerns the whole tree is not urgent."""
        return len(self.paths) + _LARGE * self.needs_look

    def add(self, other: "Pending") -> None:
        """Take up these changes as well."""
        self.paths |= other.paths
        self.new_folders |= other.new_folders
        self.whole |= other.whole
        self.rules |= other.rules
        self.rearm |= other.rearm


class TreeView:
    """What is known of a tree between two looks at it: the stamps of its files, and its folders.

    `stamps` holds manifests besides the sources; a path in it that was changed is stamped again by `stamp`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stamps: dict[str, FileStamp] = {}
        self.folders: frozenset[str] = frozenset()
        self._strangers: set[str] = set()

    def look(self, settings: Settings) -> "Pending":
        """List the whole tree; returns what differs from what was known.

        A file that is there and is listed no more is a matter of the rules: then an update must look at the whole tree.
        """
        before, self.stamps = self.stamps, dict(stamps_of(self.root, settings))
        self._strangers.clear()
        paths = differing(before, self.stamps)
        whole = any(is_manifest(path) or self._is_left_out(path) for path in paths)
        return Pending(set(paths), whole=whole)

    def list_folders(self) -> bool:
        """List the folders that count; whether there are others than before."""
        before = self.folders
        self.folders = _folders(self.root, self.stamps)
        return not self.folders <= before

    def _is_left_out(self, path: str) -> bool:
        return path not in self.stamps and os.path.lexists(self.root / path)

    def stamp(self, paths: Collection[str]) -> None:
        """Look at these files alone; those that are gone are forgotten."""
        for path in paths:
            stamp = _stamp(self.root / path)
            if stamp is None:
                self.stamps.pop(path, None)
            else:
                self.stamps[path] = stamp

    def estrange(self, paths: Collection[str]) -> None:
        """Say that the rules of the tree leave these paths out: their changes count no more, until `look`."""
        self._strangers.update(paths)

    def sort(self, batch: Batch) -> Pending:
        """What an update must look at, of what changed."""
        pending = Pending(whole=not batch.is_whole, rearm=batch.must_rearm)
        for path in batch.paths:
            pending.add(self._sorted(path, moved=path in batch.moved))
        return pending

    def _sorted(self, path: str, *, moved: bool) -> Pending:
        if path in self.stamps or is_pack(path):
            return Pending(whole=True) if is_manifest(path) or is_pack(path) else Pending({path})
        name = path.rpartition("/")[2]
        if path in _GIT_STATE:
            return Pending(rules=True)
        if path in self._strangers or self._is_foreign(path):
            return Pending()
        if name in _RULES or path in _SETTINGS or is_manifest(path):
            return Pending(whole=True)
        if path in self.folders or not of(path):
            return self._of_folder(path, moved=moved)
        return Pending({path})

    def _of_folder(self, path: str, *, moved: bool) -> Pending:
        """A folder that came or went; anything else is no matter of the index.

        One that went and came again has the same name, and nobody watches it.
        """
        if path in self.folders:
            is_here = os.path.isdir(self.root / path)
            return Pending(whole=not is_here, rearm=is_here and moved and path != "")
        is_folder = os.path.isdir(self.root / path) and not os.path.islink(self.root / path)
        return Pending(new_folders={path} if is_folder else set())

    def _is_foreign(self, path: str) -> bool:
        """Whether it lies where no file is indexed: in the index itself, or in a folder of a tool."""
        *parents, name = path.split("/")
        if INDEX_FOLDER in parents or name == INDEX_FOLDER:
            return True
        return not NEVER_ENTERED.isdisjoint([*parents, name]) and "/".join(parents) not in self.folders


def stamps_of(root: Path, settings: Settings) -> Stamps:
    """The stamps of all files of the tree that are listed, manifests included."""
    listing = list_files(root, language_of=of, settings=settings, is_manifest=is_manifest)
    return {listed.path: listed.stamp for listed in (*listing.files, *listing.manifests)}


def _folders(root: Path, files: Collection[str]) -> frozenset[str]:
    """Folders in which files may appear; those of files that git tracks though a rule ignores them; git's own state."""
    own = {folder for folder in (_GIT, f"{_GIT}/info") if (root / folder).is_dir()}
    return list_folders(root) | {path.rpartition("/")[0] for path in files} | own


def _stamp(path: Path) -> FileStamp | None:
    try:
        status = path.lstat()
    except (OSError, ValueError):
        return None
    return FileStamp(status.st_size, status.st_mtime_ns, status.st_ino)
