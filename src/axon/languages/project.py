"""What manifests say of how others use a tree.

What flows in: contents of manifests and paths of files. What flows out: a `Project`. A manifest that cannot be read
says nothing.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from axon.model.project import Project

_PACKAGE: Final = "package.json"
_METADATA: Final = "pyproject.toml"
MANIFESTS: Final = (_PACKAGE, _METADATA, "setup.py", "setup.cfg")
"""Names of the files whose contents `project_of` wants, in whatever folder."""

_PROJECT: Final = re.compile(rb"^\[(?:project|tool\.poetry|build-system)\]", re.MULTILINE)
# `name = pkg.module:object`, in a table of scripts or of entry points, or in a text of `setup.py`:
# https://packaging.python.org/en/latest/specifications/entry-points/
_SCRIPT: Final = re.compile(r"[\w.\-]+[\"']?\s*[=:]\s*[\"']?([A-Za-z_][\w.]*)\s*:\s*([A-Za-z_][\w.]*)")
_OFFERS: Final = ("main", "module", "browser", "types", "typings", "exports", "bin", "entry")
_BUILT: Final = re.compile(r"(?:\.d)?\.[cm]?[jt]sx?$")
_OUTPUT: Final = re.compile(r"^(?:dist|lib|build|out|esm|cjs)/")
_SUFFIXES: Final = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_ANY: Final = "*"  # of a pattern of subpaths: https://nodejs.org/api/packages.html#subpath-patterns
_USUAL: Final = ("index", "main", "src/index", "src/main")


def folders_of(paths: Sequence[str]) -> frozenset[str]:
    """Every folder that holds a source file, at any depth; the root is ''."""
    folders = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(folders)


def project_of(manifests: Mapping[str, bytes], paths: Sequence[str]) -> Project:
    """Whether the tree is a library, and its entries: what each package offers, and its usual files."""
    known, by_stem = frozenset(paths), _by_stem(paths)
    entries: set[str] = set()
    is_library = any(_is_packaged(path, content) for path, content in manifests.items())
    for path, content in sorted(manifests.items()):
        folder, _, name = path.rpartition("/")
        manifest = _read(content) if name == _PACKAGE else None
        if manifest is None:
            continue
        is_library |= not manifest.get("private") and any(key in manifest for key in _OFFERS)
        for text in (*_USUAL, *(said for key in _OFFERS for said in _strings(manifest.get(key)))):
            entries.update(_files(folder, text, known, by_stem))
    scripts = (name for path, content in manifests.items() for name in _scripts(path, content))
    return Project(is_library, frozenset(entries), frozenset(scripts))


def _scripts(path: str, content: bytes) -> Iterator[str]:
    """The dotted names of what a manifest has installed as a command or as a plug-in."""
    if path.rpartition("/")[2] != _PACKAGE:
        for found in _SCRIPT.finditer(content.decode("utf-8", "replace")):
            yield f"{found[1]}.{found[2]}"


def _is_packaged(path: str, content: bytes) -> bool:
    """Whether a manifest at the root says that the tree is installed as a package."""
    if path == _METADATA:
        return _PROJECT.search(content) is not None
    return path in MANIFESTS and path != _PACKAGE


def _read(content: bytes) -> dict[str, Any] | None:
    try:
        manifest = json.loads(content)
    except ValueError:
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


def _files(folder: str, text: str, known: frozenset[str], by_stem: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The indexed files that a path of a manifest in `folder` means, or that it is built from."""
    plain = text.removeprefix("./").rstrip("/")
    prefix = f"{folder}/" if folder else ""
    if _ANY in plain:
        inner = _OUTPUT.sub("", plain)
        for pattern in (plain, inner, f"src/{inner}") if inner != plain else (plain,):
            yield from _fitting(f"{prefix}{pattern}", known)
    if f"{prefix}{plain}" in known:
        yield f"{prefix}{plain}"
    stem = _BUILT.sub("", plain)
    inner = _OUTPUT.sub("", stem)
    places = (
        f"{prefix}{place}{suffix}" for place in (stem, inner, f"src/{inner}", f"{stem}/index") for suffix in _SUFFIXES
    )
    found = [path for path in places if path in known]
    if not found and inner != stem:  # bundlers write what lies in folders side by side
        found = [path for path in by_stem.get(inner, ()) if path.startswith(f"{prefix}src/")]
    yield from found


def _fitting(pattern: str, known: frozenset[str]) -> Iterator[str]:
    """The files that a pattern of subpaths means, or that they are built from."""
    before, _, behind = pattern.partition(_ANY)
    ending = behind.rpartition(_ANY)[2]
    built = _BUILT.search(ending)
    endings = (ending, *(f"{ending[: built.start()]}{suffix}" for suffix in _SUFFIXES)) if built else (ending,)
    return (path for path in known if path.startswith(before) and path.endswith(endings))


def _by_stem(paths: Sequence[str]) -> dict[str, list[str]]:
    """Paths by all that their endings may be called: `a/b/c.ts` by `c`, `b/c` and `a/b/c`."""
    found: dict[str, list[str]] = {}
    for path in paths:
        if path.endswith(_SUFFIXES):
            parts = _BUILT.sub("", path).split("/")
            for at in range(len(parts)):
                found.setdefault("/".join(parts[at:]), []).append(path)
    return found
