"""What all commands that ask have in common: where the repository is, how to open its index, how to print JSON.

What flows in: options. What flows out: an open index that knows how its tree has moved on; JSON on stdout. It does not
know any question.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from axon.cli.render import note
from axon.errors import StorageError, UsageError
from axon.files.locate import find_root, real_path

if TYPE_CHECKING:
    from axon.questions.opened import Index

_Command = TypeVar("_Command", bound=Callable[..., Any])


def repo_option(command: _Command) -> _Command:
    """`--repo PATH`, or the name of a repository that was indexed."""
    option = click.option(
        "--repo",
        metavar="PATH|NAME",
        type=click.Path(path_type=Path, readable=False),
        default=None,
        help="Repository, by folder or by the name that `axon list` shows; default: around the current folder.",
    )
    return option(command)


def json_option(command: _Command) -> _Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")(command)


def limit_option(default: int, what: str) -> Callable[[_Command], _Command]:
    """`--limit N`."""
    return click.option(
        "--limit", type=click.IntRange(min=0), default=default, show_default=True, help=f"{what} at most."
    )


def root_of(repo: Path | None) -> Path:
    """The root of the repository around `repo`, or of that name, or around the current folder.

    A folder comes before a name: `--repo shop` in a folder that holds `shop` means that one.

    Raises:
        UsageError: there is nothing at `repo`, and no repository, or several, of that name.
    """
    if repo is None or len(repo.parts) != 1 or os.path.lexists(repo):
        return find_root(repo or Path())
    from axon.questions.repositories import root_named  # noqa: PLC0415  only where there is no such folder

    return root_named(repo.name) or find_root(repo)


def chosen_root(path: Path | None) -> Path:
    """A folder that is named is meant as it is; else the repository around the current one.

    Raises:
        UsageError: there is no such folder.
    """
    if path is None:
        return find_root(Path())
    root = real_path(path)
    if not os.path.isdir(root):
        raise UsageError(f"No folder at {path}. Check the path.")
    return root


def register_root(root: Path) -> None:
    """Have `axon list` show the repository."""
    from axon.questions.repositories import register  # noqa: PLC0415  start-up is lazy

    try:
        register(root)
    except StorageError as error:
        note(f"{error} `axon list` will not show this repository.")


@contextmanager
def opened(repo: Path | None, *, list_tree: bool = False) -> "Iterator[Index]":
    """The index of the repository, which knows how the tree has moved on; new files are seen with `list_tree` only."""
    from axon.questions.opened import open_index  # noqa: PLC0415  start-up is lazy
    from axon.serve.tree import look_at_tree  # noqa: PLC0415  start-up is lazy

    with open_index(root_of(repo)) as index:
        index.tree = look_at_tree(index.root, index.indexed_files(), list_tree=list_tree)
        yield index


def print_json(answer: Any) -> None:
    """One answer, a dataclass or plain data, as ASCII JSON on one line."""
    plain = answer if isinstance(answer, dict) else asdict(answer)
    click.echo(json.dumps(plain, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return str(value)
