"""Python: which file of a tree an import means.

What flows in: the paths of all files. What flows out: answers to `find` and `submodule`, paths relative to the root. It
reads no file and knows no installed package.

A *source root* is a folder that stands on `sys.path` when the code runs: the root of the tree, every folder without
`__init__.py` that holds a package, and (for its own files only) the folder of a plain script.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from axon.languages.project import folders_of

_PACKAGE_FILES: Final = ("__init__.py", "__init__.pyi")
_SUFFIXES: Final = (".py", ".pyi", ".pyw")
_NO_MANIFESTS: Final[Mapping[str, bytes]] = {}


def is_package_path(path: str) -> bool:
    """Whether a file holds the body of a package."""
    return path.rpartition("/")[2] in _PACKAGE_FILES


class PythonModules:
    """The modules of one tree; see `languages.language.ModuleFinder`."""

    def __init__(self, paths: Sequence[str], manifests: Mapping[str, bytes] = _NO_MANIFESTS) -> None:
        self._files = frozenset(paths)
        self._folders = folders_of(paths)
        self._packages = frozenset(p.rpartition("/")[0] for p in paths if is_package_path(p))
        self._roots = self._source_roots()
        self._find_absolute = cache(self._search_roots)

    def find(self, importer: str, module: str, level: int) -> str | None:
        """Path of the file, or of the folder of a namespace package, that an import in `importer` names."""
        if level:
            return self._relative(importer, module, level)
        return self._find_absolute(self._own_root(importer), module)

    def submodule(self, path: str, name: str) -> str | None:
        """Path of module `name` in the package at `path` (its body or its folder)."""
        if path in self._files:
            if not is_package_path(path):
                return None
            path = path.rpartition("/")[0]
        return self._at(f"{path}/{name}" if path else name)

    def outside(self, importer: str, module: str, level: int) -> str:
        """Dotted name of a module outside the tree; of a relative one that leaves it as written."""
        if level > importer.count("/") + 1:
            return "." * level + module
        if not level:
            return module
        folder = importer
        for _ in range(level):
            folder = folder.rpartition("/")[0]
        return ".".join(filter(None, (folder.replace("/", "."), module)))

    def ambient(self, importer: str) -> Mapping[str, str]:
        """None: what is not imported is a builtin."""
        return {}

    def _relative(self, importer: str, module: str, level: int) -> str | None:
        folder = importer.rpartition("/")[0]
        for _ in range(level - 1):
            if not folder:
                return None
            folder = folder.rpartition("/")[0]
        if not module:
            return self._at(folder)
        tail = module.replace(".", "/")
        return self._at(f"{folder}/{tail}" if folder else tail)

    def _search_roots(self, own_root: str, module: str) -> str | None:
        tail = module.replace(".", "/")
        head = module.partition(".")[0]
        standard = head in sys.stdlib_module_names
        found = self._in_root(own_root, tail)
        if found is not None and not (standard and found in self._folders):
            return found
        if standard:
            return None
        return next((found for root in self._roots if (found := self._in_root(root, tail)) is not None), None)

    def _in_root(self, root: str, tail: str) -> str | None:
        return self._at(f"{root}/{tail}" if root else tail)

    def _at(self, stem: str) -> str | None:
        """The module whose path without suffix is `stem`: a package before a file before a namespace folder."""
        if stem in self._packages:
            inside = f"{stem}/" if stem else ""
            return next(inside + name for name in _PACKAGE_FILES if inside + name in self._files)
        for suffix in _SUFFIXES:
            if stem + suffix in self._files:
                return stem + suffix
        return stem if stem in self._folders else None

    def _own_root(self, importer: str) -> str:
        folder = importer.rpartition("/")[0]
        while folder in self._packages and folder:
            folder = folder.rpartition("/")[0]
        return folder

    def _source_roots(self) -> tuple[str, ...]:
        """Roots in order of search: the tree's own first, then shallow before deep, then by name."""
        tops = {p.rpartition("/")[0] for p in self._packages if p and p.rpartition("/")[0] not in self._packages}
        return tuple(sorted(tops | {""} | ({"src", "lib"} & self._folders), key=lambda r: (r.count("/"), bool(r), r)))
