"""The manifests of a tree, read for what they say of how others use it.

What flows in: a root and the indexed files. What flows out: a `Project`. What a manifest means, `languages` knows.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from axon.languages.project import MANIFESTS, folders_of, project_of
from axon.model.project import Project


def look_at_project(root: Path, paths: Sequence[str]) -> Project:
    """Whether the tree is a library, and the files that others begin with."""
    return project_of(dict(_manifests(root, paths)), paths)


def _manifests(root: Path, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The manifests that lie in a folder of an indexed file or above one; what cannot be read is left out."""
    for folder in sorted(folders_of(paths)):
        for name in MANIFESTS:
            path = f"{folder}/{name}" if folder else name
            try:
                yield path, (root / path).read_bytes()
            except OSError:
                continue
