"""All repositories that were indexed on this machine.

What flows in: roots, from whoever indexed or removed one. What flows out: a `ListAnswer`. The registry is a folder
with one small file per repository, so that two runs at once cannot lose each other's entry; it is a list of names and
not the truth: whether an index is there is looked up every time.
"""

import json
import os
from pathlib import Path
from typing import Final

import xxhash

from axon.config import data_home
from axon.errors import NoIndexError, StorageError, UsageError
from axon.model.answers import ListAnswer, RepositoryAnswer
from axon.storage.durable import replace_text
from axon.storage.generations import INDEX_FOLDER, IndexHome

_FOLDER: Final = "repositories"


def register(root: Path) -> None:
    """Remember that there is an index in `root`; a second time does nothing.

    Raises:
        StorageError: the data folder cannot be written.
    """
    entry = _entry(root)
    if entry.exists():
        return
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        replace_text(entry, json.dumps({"root": str(root)}) + "\n")
    except OSError as error:
        raise StorageError(f"{entry} cannot be written: {error.strerror}.") from error


def unregister(root: Path) -> bool:
    """Forget `root`; whether it was known."""
    entry = _entry(root)
    if not entry.exists():
        return False
    entry.unlink(missing_ok=True)
    return True


def repositories() -> ListAnswer:
    """Every registered repository, with what its index holds or why it cannot be opened."""
    return ListAnswer(tuple(_described(root) for root in sorted(_roots())))


def root_named(name: str) -> Path | None:
    """The registered repository whose folder has that name and an index; None where there is none.

    Raises:
        UsageError: there are several.
    """
    found = sorted(root for root in _roots() if root.name == name and (root / INDEX_FOLDER).is_dir())
    if len(found) > 1:
        raise UsageError(f"Several repositories are called {name}: {', '.join(map(str, found))}. Give the path of one.")
    return found[0] if found else None


def _entry(root: Path) -> Path:
    return data_home() / _FOLDER / f"{xxhash.xxh3_64_hexdigest(os.fsencode(root))}.json"


def _roots() -> list[Path]:
    return [root for path in (data_home() / _FOLDER).glob("*.json") if (root := _root_in(path)) is not None]


def _root_in(entry: Path) -> Path | None:
    """None for a file that somebody else put there, or that was just removed."""
    try:
        return Path(json.loads(entry.read_bytes())["root"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _described(root: Path) -> RepositoryAnswer:
    try:
        generation = IndexHome(root).require_current()
    except NoIndexError:
        return _without_index(root, "no index")
    except StorageError as error:
        return _without_index(root, str(error))
    with generation:
        m = generation.manifest
        totals = sum(m.nodes.values()), sum(m.edges.values())
        return RepositoryAnswer(str(root), generation.number, m.created.isoformat(), m.n_files, *totals)


def _without_index(root: Path, trouble: str) -> RepositoryAnswer:
    return RepositoryAnswer(str(root), 0, "", 0, 0, 0, trouble)
