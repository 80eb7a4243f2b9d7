"""What the manifests of a tree say of how others use it.

What flows in: a root and the indexed files. What flows out: a `Project`. A manifest that cannot be read says nothing.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from axon.questions.dead_code import Project

_PACKAGE: Final = "package.json"
_LIBRARIES: Final = ("setup.py", "setup.cfg")
_METADATA: Final = "pyproject.toml"
_PROJECT: Final = re.compile(rb"^\[(?:project|tool\.poetry|build-system)\]", re.MULTILINE)
_OFFERS: Final = ("main", "module", "browser", "types", "typings", "exports", "bin", "entry")
_BUILT: Final = re.compile(r"(?:\.d)?\.[cm]?[jt]sx?$")
_OUTPUT: Final = re.compile(r"^(?:dist|lib|build|out|esm|cjs)/")
_SUFFIXES: Final = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_USUAL: Final = ("index", "main", "src/index", "src/main")


def look_at_project(root: Path, paths: Sequence[str]) -> Project:
    """Whether the tree is a library, and its entries: what each package offers, and its usual files."""
    folders = {""}
    for path in paths:
        while (path := path.rpartition("/")[0]) not in folders:
            folders.add(path)
    known = frozenset(paths)
    entries: set[str] = set()
    is_library = _is_packaged(root)
    for folder in sorted(folders):
        manifest = _read(root / folder / _PACKAGE)
        if manifest is None:
            continue
        is_library |= not manifest.get("private") and any(key in manifest for key in _OFFERS)
        for text in (*_USUAL, *(said for key in _OFFERS for said in _strings(manifest.get(key)))):
            entries.update(_files(folder, text, known))
    return Project(is_library, frozenset(entries))


def _is_packaged(root: Path) -> bool:
    if any((root / name).is_file() for name in _LIBRARIES):
        return True
    try:
        return _PROJECT.search((root / _METADATA).read_bytes()) is not None
    except OSError:
        return False


def _read(path: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def _strings(value: object) -> Iterator[str]:
    """All texts of a manifest's value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _files(folder: str, text: str, known: frozenset[str]) -> Iterator[str]:
    """The indexed files that a path of a manifest in `folder` means, or that it is built from."""
    plain = text.removeprefix("./").rstrip("/")
    prefix = f"{folder}/" if folder else ""
    if f"{prefix}{plain}" in known:
        yield f"{prefix}{plain}"
    stem = _BUILT.sub("", plain)
    for place in (stem, _OUTPUT.sub("", stem), f"src/{_OUTPUT.sub('', stem)}", f"{stem}/index"):
        for suffix in _SUFFIXES:
            if f"{prefix}{place}{suffix}" in known:
                yield f"{prefix}{place}{suffix}"
