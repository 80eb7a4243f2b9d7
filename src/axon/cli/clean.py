"""The command that removes an index.

What flows in: a folder, and a yes. What flows out: nothing of Axon's is left there, nor in the registry. Caches that
repositories share stay.
"""

import os
import sys
from pathlib import Path

import click

from axon.cli.options import root_of
from axon.cli.render import megabytes, say, short_path
from axon.errors import NoIndexError, StorageError, UsageError
from axon.files.locate import real_path
from axon.questions.repositories import unregister
from axon.questions.status import bytes_below
from axon.storage.durable import remove_folder
from axon.storage.generations import IndexHome
from axon.storage.locks import SHARED_LOCKS


@click.command("clean")
@click.argument("path", type=click.Path(path_type=Path, readable=False), required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
def clean_command(path: Path | None, yes: bool) -> None:
    """Remove the index of the repository around PATH, and forget the repository.

    PATH may be a repository that is gone. Nothing but the folder .axon is removed.
    """
    root = real_path(path) if path is not None and not os.path.exists(path) else root_of(path)
    home = IndexHome(root)
    if not home.folder.is_dir() or home.folder.is_symlink():
        _forget(root)
        return
    _check_is_index(home)
    size = bytes_below(home.folder)
    if not yes:
        _ask(home, size)
    _remove(home)
    unregister(root)
    say(f"Removed {short_path(home.folder)}, {megabytes(size)}.")


def _forget(root: Path) -> None:
    if not unregister(root):
        raise NoIndexError(f"No index in {root}. There is nothing to remove.")
    say(f"Forgot {short_path(root)}; there was no index.")


def _check_is_index(home: IndexHome) -> None:
    """A folder of that name that somebody else made stays."""
    if not (home.folder / "generations").is_dir() and not (home.folder / "writer.lock").exists():
        raise UsageError(f"{home.folder} is no index of Axon's. Remove it by hand if it is yours.")


def _ask(home: IndexHome, size: int) -> None:
    if not sys.stdin.isatty():
        raise UsageError("Say --yes to remove the index without being asked.")
    click.confirm(f"Remove {home.folder}, {megabytes(size)}?", abort=True, err=True)


def _remove(home: IndexHome) -> None:
    with home.writer_lock():
        removed = SHARED_LOCKS and remove_folder(home.folder)
    # Where locks are not shared the open lock file itself keeps the folder: it goes once the lock is given back.
    if not removed and not remove_folder(home.folder):
        raise StorageError(f"{home.folder} is in use by another process. Try again when it is done.")
