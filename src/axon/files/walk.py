"""Which files of a tree are indexed.

What flows in: a root folder, who speaks which language, and the settings. What flows out: a `Listing`. It does not
read source files and does not know any language.

In a git work tree the files are those that git lists. Elsewhere, and where git fails, the tree is walked under the
rules of nested .gitignore files. On top of either, nested .axonignore files take paths away; they cannot bring back
what git or a .gitignore leaves out. Ignore files above the root count only as far as git itself applies them.

What counts as ignored: a folder that is not entered counts once, in a walk; a file counts if a language claims it.
What git ignores is not counted, for git does not list it.
"""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from axon.config import Settings
from axon.errors import Problem, UsageError
from axon.files import git
from axon.files.ignore import Rules
from axon.files.listing import Gathering, LeftOut, Listing
from axon.files.locate import INDEX_FOLDER
from axon.model.source import FileStamp, ListedFile

LanguageOf = Callable[[str], str | None]
"""From a path to the name of the language that claims it, or None."""

NEVER_ENTERED: Final = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__"})
_ENVIRONMENT_MARK: Final = "pyvenv.cfg"
OWN_IGNORE: Final = ".axonignore"
_GIT_IGNORE: Final = ".gitignore"
_WINDOWS_JUNCTION: Final = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT
UNREAD_FACTOR: Final = 100  # files up to 200 MB are read, at about 1 GB/s, for their digest
_NO_RULES: Final = Rules()


def _none(path: str) -> bool:
    return False


def list_files(
    root: Path, *, language_of: LanguageOf, settings: Settings, is_manifest: Callable[[str], bool] = _none
) -> Listing:
    """The files below `root` that some language claims, in byte order of their paths, and all that is left out.

    Symlinks are never followed: what they point to counts under its own path, if it lies in the root. A folder that
    cannot be read is a Problem.

    Raises:
        UsageError: `root` is no folder.
    """
    top = Path(os.path.realpath(root))
    if not top.is_dir():
        raise UsageError(f"No folder at {root}. Check the path.")
    tree = _Tree(str(top), language_of, settings, is_manifest)
    paths = _paths_from_git(top)
    if isinstance(paths, list):
        _choose(tree, paths)
    else:
        tree.found.problems.extend([paths] if paths else [])
        for _ in _walk(tree):
            pass
    return tree.found.listing()


def list_folders(root: Path) -> frozenset[str]:
    """Folders below `root` in which a file may appear that is listed: '' for `root` itself, 'a', 'a/b'.

    A folder that git leaves out by rules from above `root` is among them all the same.
    """
    tree = _Tree(os.path.realpath(root), lambda path: None, Settings(), _none)
    return frozenset(prefix.removesuffix("/") for prefix in _walk(tree))


def _paths_from_git(top: Path) -> list[str] | Problem | None:
    """None where there is no work tree, or one that ignores this very folder: whoever asks for it means it."""
    if git.work_tree_of(top) is None:
        return None
    paths = git.listed_paths(top)
    return None if paths == [] and git.ignores_folder(top) else paths


@dataclass(frozen=True, slots=True)
class _Tree:
    """The tree that is listed, and what was found in it so far."""

    root: str
    language_of: LanguageOf
    settings: Settings
    is_manifest: Callable[[str], bool]
    found: Gathering = field(default_factory=Gathering)

    def add(self, path: str, status: os.stat_result, language: str) -> None:
        if status.st_size > UNREAD_FACTOR * self.settings.max_file_bytes:
            self.found.leave_out(path, LeftOut.TOO_LARGE)
            return
        stamp = FileStamp(status.st_size, status.st_mtime_ns, status.st_ino)
        self.found.files.append(ListedFile(path, language, stamp))

    def keep_manifest(self, path: str) -> None:
        """Note a manifest that is a regular file of ordinary size; it is left out of the sources all the same."""
        try:
            status = os.lstat(f"{self.root}/{path}")
        except OSError:  # gone again: what it said holds no more
            return
        if stat.S_ISREG(status.st_mode) and status.st_size <= self.settings.max_file_bytes:
            stamp = FileStamp(status.st_size, status.st_mtime_ns, status.st_ino)
            self.found.manifests.append(ListedFile(path, "", stamp))

    def refuse(self, path: str, error: OSError, what: str) -> None:
        self.found.leave_out(path, LeftOut.UNREADABLE)
        self.found.report(path, f"{what}: {error.strerror or error}", "nothing of it")

    def rules(self, rules: Rules, prefix: str, name: str) -> Rules:
        """`rules` and those of the ignore file `name` in the folder `prefix`, which is a regular file."""
        path = prefix + name
        try:
            with open(f"{self.root}/{path}", "rb") as file:
                content = file.read()
        except OSError as error:
            self.found.report(path, f"the ignore file cannot be read: {error.strerror or error}", "none of its rules")
            return rules
        extended, rejected = rules.with_file(prefix, content)
        for line in rejected:
            self.found.report(path, f"no ignore pattern: {line!r}", "the other lines of the file")
        return extended


# --- elsewhere than in a work tree -----------------------------------------------------------------------------------


def _walk(tree: _Tree) -> Iterator[str]:
    """Take the files of each folder that counts; yields the folder's prefix."""
    pending = [("", _NO_RULES, _NO_RULES)]
    while pending:
        prefix, ignored, taken = pending.pop()
        try:
            with os.scandir(f"{tree.root}/{prefix}") as scan:
                entries = {entry.name: entry for entry in scan}
        except OSError as error:
            tree.refuse(prefix, error, "the folder cannot be listed")
            continue
        if prefix and _ENVIRONMENT_MARK in entries:
            tree.found.leave_out(prefix, LeftOut.IGNORED)
            continue
        if _is_ignore_file(entries.get(_GIT_IGNORE)):
            ignored = tree.rules(ignored, prefix, _GIT_IGNORE)
        if _is_ignore_file(entries.get(OWN_IGNORE)):
            taken = tree.rules(taken, prefix, OWN_IGNORE)
        chains = tuple(rules for rules in (ignored, taken) if rules.specs)
        pending.extend((folder, ignored, taken) for folder in _sort_out(tree, prefix, entries, chains))
        yield prefix


def _sort_out(tree: _Tree, prefix: str, entries: dict[str, os.DirEntry[str]], chains: tuple[Rules, ...]) -> list[str]:
    """Take the files of one folder, and return the folders in it that are to be entered."""
    folders: list[str] = []
    for name, entry in entries.items():
        path = prefix + name
        if entry.is_symlink():
            tree.found.leave_out(path, LeftOut.SYMLINK)
        elif entry.is_file(follow_symlinks=False):
            _take(tree, path, entry, chains)
        elif not entry.is_dir(follow_symlinks=False):
            tree.found.leave_out(path, LeftOut.NOT_REGULAR)
        elif _is_junction(entry):
            tree.found.leave_out(path, LeftOut.SYMLINK)
        elif name == INDEX_FOLDER:
            continue  # our own, so not left out of anything; counting it would make a second run differ from the first
        elif name in NEVER_ENTERED or any(rules.ignores(f"{path}/") for rules in chains):
            tree.found.leave_out(f"{path}/", LeftOut.IGNORED)
        else:
            folders.append(f"{path}/")
    return folders


def _take(tree: _Tree, path: str, entry: os.DirEntry[str], chains: tuple[Rules, ...]) -> None:
    language = tree.language_of(path)
    if language is None:
        tree.found.leave_out(path, LeftOut.NO_LANGUAGE)
        if tree.is_manifest(path) and not any(rules.ignores(path) for rules in chains):
            tree.keep_manifest(path)
        return
    if any(rules.ignores(path) for rules in chains):
        tree.found.leave_out(path, LeftOut.IGNORED)
        return
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        tree.found.leave_out(path, LeftOut.MISSING)
    except OSError as error:
        tree.refuse(path, error, "the file cannot be looked at")
    else:
        tree.add(path, status, language)


def _is_ignore_file(entry: os.DirEntry[str] | None) -> bool:
    return entry is not None and entry.is_file(follow_symlinks=False)


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """A junction leads elsewhere like a symlink and does not call itself one; only Windows has them."""
    if os.name != "nt":
        return False
    status = entry.stat(follow_symlinks=False)
    return getattr(status, "st_reparse_tag", 0) == _WINDOWS_JUNCTION


# --- in a work tree --------------------------------------------------------------------------------------------------


def _choose(tree: _Tree, paths: list[str]) -> None:
    folders: dict[str, Rules | LeftOut] = {}
    for path in paths:
        parent = path[: path.rstrip("/").rfind("/") + 1]
        verdict = folders.get(parent) or _verdict(tree, folders, parent)
        if isinstance(verdict, LeftOut):
            tree.found.leave_out(path, verdict)
        elif path.endswith("/"):
            tree.found.leave_out(path, LeftOut.OTHER_REPOSITORY)
        else:
            _look_at(tree, path, verdict)


def _verdict(tree: _Tree, folders: dict[str, Rules | LeftOut], folder: str) -> Rules | LeftOut:
    """The rules that hold in `folder`, or why nothing in it counts; fills in its parents, from the top."""
    verdict: Rules | LeftOut = _NO_RULES
    end = 0
    while True:
        prefix = folder[:end]
        if prefix not in folders:
            folders[prefix] = _enter(tree, prefix, verdict)
        verdict = folders[prefix]
        if end == len(folder):
            return verdict
        end = folder.index("/", end) + 1


def _enter(tree: _Tree, prefix: str, above: Rules | LeftOut) -> Rules | LeftOut:
    if isinstance(above, LeftOut):
        return above
    try:
        status = os.lstat(f"{tree.root}/{prefix}".rstrip("/"))
    except OSError:
        return LeftOut.MISSING
    if stat.S_ISLNK(status.st_mode):
        return LeftOut.SYMLINK
    if prefix.endswith(f"{INDEX_FOLDER}/") or (above.specs and above.ignores(prefix)):
        return LeftOut.IGNORED
    return tree.rules(above, prefix, OWN_IGNORE) if _is_regular(f"{tree.root}/{prefix}{OWN_IGNORE}") else above


def _look_at(tree: _Tree, path: str, rules: Rules) -> None:
    try:
        status = os.lstat(f"{tree.root}/{path}")
    except (FileNotFoundError, NotADirectoryError):
        tree.found.leave_out(path, LeftOut.MISSING)
        return
    except OSError as error:
        tree.refuse(path, error, "the file cannot be looked at")
        return
    language = tree.language_of(path)
    reason = _unfit(status.st_mode) or (None if language else LeftOut.NO_LANGUAGE)
    if reason is None and rules.specs and rules.ignores(path):
        reason = LeftOut.IGNORED
    if reason:
        tree.found.leave_out(path, reason)
        if reason is LeftOut.NO_LANGUAGE and tree.is_manifest(path) and not (rules.specs and rules.ignores(path)):
            tree.keep_manifest(path)
    elif language:
        tree.add(path, status, language)


def _unfit(mode: int) -> LeftOut | None:
    """A folder among the files that git lists is a submodule."""
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISLNK(mode):
        return LeftOut.SYMLINK
    return LeftOut.OTHER_REPOSITORY if stat.S_ISDIR(mode) else LeftOut.NOT_REGULAR


def _is_regular(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False
