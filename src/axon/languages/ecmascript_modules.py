"""JavaScript and TypeScript: which file of a tree an import means, as Node and the TypeScript compiler decide.

What flows in: the paths of all files, and the contents of their manifests. What flows out: answers to `find`, paths
relative to the root. It reads no disk and knows no installed package: what a workspace does not hold is outside.

Sources are indexed and built files mostly are not: where a package names a built file that the tree does not have, the
source beside it is meant (`dist/index.js` is `src/index.ts`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cache
from typing import Any, Final

from axon.languages.ecmascript import is_test_path
from axon.languages.ecmascript_ambient import ambient_names
from axon.languages.ecmascript_manifests import MANIFESTS, Manifests, Package, joined, parent

__all__ = ["MANIFESTS", "EcmascriptModules"]

_TYPED: Final = (".ts", ".tsx", ".mts", ".cts", ".d.ts", ".d.mts", ".d.cts")
_UNTYPED: Final = (".js", ".jsx", ".mjs", ".cjs")
_WRITTEN: Final = {  # what stands for a suffix as written, in order
    ".js": (".ts", ".tsx", ".d.ts"),
    ".jsx": (".tsx", ".ts", ".d.ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
_BUILT: Final = re.compile(
    r"(?:^|/)(?:dist|lib|build|out|es|esm|cjs|umd)(?:/(?:esm|cjs|es|types|src|node|browser|umd))*(?=/)"
)
_CONDITIONS: Final = ("source", "development", "types", "import", "module", "node", "require", "browser", "default")
_ENTRIES: Final = ("source", "types", "typings", "module", "main")
_MOST_DEPTH: Final = 8
_DECLARES: Final = re.compile(r"\.d\.[cm]?ts$")


class _Sees(IntEnum):
    """Which files an importer means where a tree has both what runs and a declaration of it."""

    WHAT_RUNS = 0
    ANYTHING = 1
    TYPES = 2


class EcmascriptModules:
    """The modules of one tree; see `languages.language.ModuleFinder`."""

    def __init__(self, paths: Sequence[str], manifests: Mapping[str, bytes]) -> None:
        self._files = frozenset(paths)
        names = {"package.json", "jsconfig.json", "pnpm-workspace.yaml", "lerna.json"}
        of_ours = {
            p: c for p, c in manifests.items() if (n := p.rpartition("/")[2]) in names or n.startswith("tsconfig")
        }
        self._manifests = Manifests(of_ours)
        self._find = cache(self._search)
        self._ambient = cache(
            lambda folder, is_test: ambient_names(self._manifests.packages_around(folder), is_test=is_test)
        )

    def find(self, importer: str, module: str, level: int) -> str | None:
        """Path of the file that an import in `importer` names."""
        if importer.endswith((".ts", ".tsx", ".mts", ".cts")):
            return self._find(parent(importer), _Sees.TYPES, module)
        found = self._find(parent(importer), _Sees.WHAT_RUNS, module)
        return found or self._find(parent(importer), _Sees.ANYTHING, module)

    def submodule(self, path: str, name: str) -> str | None:
        """None: a module's members are what it exports, never files beside it."""
        return None

    def outside(self, importer: str, module: str, level: int) -> str:
        """A package as written; a relative path from the tree's root."""
        if module.startswith("."):
            return joined(parent(importer), module)
        return module.removeprefix("node:")

    def ambient(self, importer: str) -> Mapping[str, str]:
        """What a test runner puts into every file of a package that lists one, and into tests."""
        return self._ambient(parent(importer), is_test_path(importer))

    def _search(self, folder: str, sees: _Sees, module: str) -> str | None:
        module = module.partition("?")[0]
        if not module or module.startswith(("/", "node:")):
            return None
        if module.startswith("."):
            is_folder = module.endswith(("/", ".")) and not module.endswith(".js")
            found = self._at(joined(folder, module), sees, only_folder=is_folder)
            return found or self._beside(folder, sees, joined(folder, module), only_folder=is_folder)
        if module.startswith("#"):
            found = self._imported(folder, sees, module)
            if found is not None:
                return found
        return self._mapped(folder, sees, module) or self._package(folder, sees, module)

    # --- a path ---

    def _at(self, path: str, sees: _Sees, *, only_folder: bool = False, depth: int = 0) -> str | None:
        """The file that a path without or with suffix means: itself, its source, or the entry of a folder."""
        if path.startswith(".."):
            return None
        found = None if only_folder else self._file(path, sees)
        if found is not None:
            return found
        package = self._manifests.packages.get(path)
        if package is not None and depth < _MOST_DEPTH:
            for entry in _ENTRIES:
                written = package.data.get(entry)
                found = self._at(joined(path, written), sees, depth=depth + 1) if isinstance(written, str) else None
                if found is not None:
                    return found
        return self._file(f"{path}/index" if path else "index", sees)

    def _beside(self, folder: str, sees: _Sees, path: str, *, only_folder: bool) -> str | None:
        """The file that a relative path means in another of the folders that count as one."""
        roots = self._manifests.mapped(folder).roots
        around = sorted((r for r in roots if not r or path.startswith(f"{r}/")), key=len)
        if not around:
            return None
        rest = path[len(around[-1]) :].lstrip("/")
        found = (self._at(joined(root, rest), sees, only_folder=only_folder) for root in roots if root != around[-1])
        return next((other for other in found if other is not None), None)

    def _file(self, path: str, sees: _Sees) -> str | None:
        dot = path.rfind(".")
        suffix = path[dot:] if dot > path.rfind("/") else ""
        own = [path] if suffix in _UNTYPED or suffix in _TYPED else []
        sources = [path[:dot] + other for other in _WRITTEN.get(suffix, ())]
        is_typed = sees is _Sees.TYPES
        added = [path + other for other in ((*_TYPED, *_UNTYPED) if is_typed else (*_UNTYPED, *_TYPED))]
        candidates = (*sources, *own, *added) if is_typed else (*own, *sources, *added)
        only_runs = sees is _Sees.WHAT_RUNS
        return next((c for c in candidates if c in self._files and not (only_runs and _DECLARES.search(c))), None)

    # --- what configurations map ---

    def _mapped(self, folder: str, sees: _Sees, module: str) -> str | None:
        mapped = self._manifests.mapped(folder)
        for pattern, targets in mapped.paths:
            star = _matched(pattern, module)
            if star is not None:
                found = (self._at(target.replace("*", star, 1), sees) for target in targets)
                return next((path for path in found if path is not None), None)
        return None if mapped.base is None else self._at(joined(mapped.base, module), sees)

    # --- packages of the tree ---

    def _package(self, folder: str, sees: _Sees, module: str) -> str | None:
        name = "/".join(module.split("/")[: 2 if module.startswith("@") else 1])
        own = self._manifests.package_around(folder)
        package = own if own is not None and own.name == name else self._manifests.linked.get(name)
        if package is None:
            return None
        rest = module[len(name) :].lstrip("/")
        exported = package.data.get("exports")
        targets = [] if exported is None else [*_exported(exported, f"./{rest}" if rest else ".")]
        for target in (*targets, *_versioned(package.data.get("typesVersions"), rest or "index")):
            found = self._source_of(package, target, sees)
            if found is not None:
                return found
        if rest:
            return self._source_of(package, rest, sees)
        for entry in _ENTRIES:
            written = package.data.get(entry)
            found = self._source_of(package, written, sees) if isinstance(written, str) else None
            if found is not None:
                return found
        return self._at(joined(package.folder, "src/index"), sees) or self._at(joined(package.folder, "index"), sees)

    def _source_of(self, package: Package, target: str, sees: _Sees) -> str | None:
        """The file that a path in a package means, else the source it was built from."""
        found = self._at(joined(package.folder, target), sees)
        if found is not None or not _BUILT.search(target):
            return found
        inner = target.removeprefix("./")
        for folder in ("src/exports", "src", ""):
            written = _BUILT.sub(folder, inner, count=1).lstrip("/")
            stem = re.sub(r"\.d\.[cm]?ts$|\.[cm]?[jt]sx?$", "", written)
            for candidate in dict.fromkeys((stem, re.sub(r"\.(?:esm|cjs|umd|min|development|production)$", "", stem))):
                found = self._at(joined(package.folder, candidate), sees)
                if found is not None:
                    return found
        return None

    def _imported(self, folder: str, sees: _Sees, module: str) -> str | None:
        """What `imports` of the package around a folder maps `#name` to."""
        package = self._manifests.package_around(folder)
        mapped = package.data.get("imports") if package is not None else None
        if package is None or not isinstance(mapped, dict):
            return None
        found = (self._source_of(package, target, sees) for target in _exported(mapped, module))
        return next((path for path in found if path is not None), None)


def _matched(pattern: str, text: str) -> str | None:
    """What stands for the `*` of a pattern, '' if it has none; None where it does not match."""
    before, star, behind = pattern.partition("*")
    if not star:
        return "" if text == pattern else None
    fits = text.startswith(before) and text.endswith(behind) and len(text) >= len(before) + len(behind)
    return text[len(before) : len(text) - len(behind)] if fits else None


def _exported(exports: Any, subpath: str) -> Iterator[str]:
    """Paths that `exports` or `imports` of a package gives a subpath, under any condition, in order of preference."""
    if not isinstance(exports, dict) or not any(str(key)[:1] in ".#" for key in exports):
        exports = {".": exports}
    if subpath in exports:
        yield from _targets(exports[subpath], "", 0)
        return
    for pattern in sorted((k for k in exports if "*" in k), key=lambda k: -len(k.partition("*")[0])):
        star = _matched(pattern, subpath)
        if star is not None:
            yield from _targets(exports[pattern], star, 0)
            return


def _versioned(versions: Any, subpath: str) -> Iterator[str]:
    """Paths that `typesVersions` of a package gives a subpath, for any version of the compiler, as they stand."""
    for mapping in versions.values() if isinstance(versions, dict) else ():
        for pattern, targets in mapping.items() if isinstance(mapping, dict) else ():
            star = _matched(pattern, subpath)
            if star is not None:
                yield from _targets(targets, star, 0)


def _targets(value: Any, star: str, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value.replace("*", star)
    elif isinstance(value, list) and depth < _MOST_DEPTH:
        for item in value:
            yield from _targets(item, star, depth + 1)
    elif isinstance(value, dict) and depth < _MOST_DEPTH:
        known = [value[name] for name in _CONDITIONS if name in value]
        others = [item for name, item in value.items() if name not in _CONDITIONS]
        for item in (*others, *known):
            yield from _targets(item, star, depth + 1)
