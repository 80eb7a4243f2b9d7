"""The models that lie in the user's folder.

What flows in: that folder, or one to take a model from. What flows out: what is there. It uses no network.

    models/imported/<name>/          a model that was taken from a folder
    models/models--<owner>--<name>/  a model that was pulled, as fastembed keeps it
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.embeddings.fastembed import IMPORTED, FastembedEmbedder, load_fastembed
from axon.errors import UsageError

_PULLED: Final = re.compile(r"models--(.+?)--(.+)")
_NAME: Final = re.compile(r"[\w.-]+")
_LEXICAL: Final = "lexical"


@dataclass(frozen=True, slots=True)
class Model:
    """One model; `size` in bytes, 0 where nothing lies on disk."""

    name: str
    size: int
    source: str


def models_here(models: Path) -> list[Model]:
    """What can serve without a download, the embedder that needs no model first."""
    found = [Model(_LEXICAL, 0, "built in")]
    if (models / IMPORTED).is_dir():
        found += [Model(f.name, _size(f), "imported") for f in sorted((models / IMPORTED).iterdir()) if f.is_dir()]
    if models.is_dir():
        for folder in sorted(models.iterdir()):
            if match := _PULLED.fullmatch(folder.name):
                found.append(Model(f"{match[1]}/{match[2]}", _size(folder), "pulled"))
    return found


def import_model(folder: Path, models: Path, name: str | None = None) -> tuple[str, FastembedEmbedder]:
    """Copy a model into the user's folder, once it has shown that it works; its name, and the embedder.

    Raises:
        UsageError: the name is no name of a folder, or is taken.
        EmbeddingError: the folder lacks a file, or the model does not work.
    """
    called = name or folder.resolve().name
    target = models / IMPORTED / called
    if not _NAME.fullmatch(called) or called in {".", ".."}:
        raise UsageError(f"{called!r} cannot be the name of a model. Give another with --name.")
    if target.exists():
        raise UsageError(f"A model {called} is there already, in {target}. Give another name with --name.")
    embedder = load_fastembed(str(folder), models)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{called}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(folder, unfinished)
    unfinished.rename(target)
    return called, embedder


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
