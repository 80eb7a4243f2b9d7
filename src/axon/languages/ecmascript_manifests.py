"""What package.json, tsconfig.json, jsconfig.json and pnpm-workspace.yaml say of modules.

What flows in: contents of such files by path. What flows out: packages, workspace folders, and the paths that a
compiler configuration maps. What is damaged says nothing. It knows no source file.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cached_property
from posixpath import normpath
from typing import Any, Final

MANIFESTS: Final = ("package.json", "tsconfig*.json", "jsconfig.json", "pnpm-workspace.yaml", "lerna.json")
_USUAL: Final = ("tsconfig.json", "jsconfig.json")
_SOURCE_NAME: Final = re.compile(r"\.(?:[cm]?[jt]sx?|json)$")
_MOST_EXTENDS: Final = 12
_TOKEN = re.compile(r'("(?:\\.|[^"\\])*"?)|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?|,(?=\s*[\]}])', re.DOTALL)


def read_json(content: bytes) -> dict[str, Any]:
    """An object of JSON that may hold comments and commas before a closing bracket; {} for anything else."""
    text = content.decode("utf-8-sig", "replace")
    for candidate in (text, _without_commas(_without_comments(text))):
        try:
            found = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else {}
    return {}


def _without_comments(text: str) -> str:
    return _TOKEN.sub(lambda m: m.group(1) or (" " if m.group()[0] == "/" else m.group()), text)


def _without_commas(text: str) -> str:
    return _TOKEN.sub(lambda m: m.group(1) or "", text)


_LIST_ITEM = re.compile(r"\s*-\s*(?:\"([^\"]*)\"|'([^']*)'|([^#\s][^#]*?))\s*(?:#.*)?$")


def workspace_packages(content: bytes) -> list[str]:
    """The patterns of the list `packages:` in a pnpm-workspace.yaml, block or flow style."""
    found: list[str] = []
    inside = False
    for line in content.decode("utf-8-sig", "replace").splitlines():
        if re.match(r"packages\s*:", line):
            flow = re.search(r"\[([^\]]*)\]", line)
            found.extend(part.strip(" \"'") for part in (flow.group(1).split(",") if flow else ()) if part.strip())
            inside = flow is None
        elif inside:
            item = _LIST_ITEM.match(line)
            if item:
                found.append(next(group for group in item.groups() if group is not None))
            elif line.strip() and not line.lstrip().startswith("#"):
                inside = False
    return found


def joined(folder: str, path: str) -> str:
    """A path as written in a folder, relative to the tree's root; one that leaves the tree begins with `..`."""
    found = normpath(f"{folder}/{path}" if folder else path)
    return "" if found == "." else found


def parent(path: str) -> str:
    """The folder of a path; '' is the root."""
    return path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Package:
    """One package.json."""

    folder: str
    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a compiler configuration maps: patterns with one `*` at most to paths, and the folder of bare paths.

    `roots` are folders that count as one, so that a relative path may lead from one of them into another.
    """

    paths: Sequence[tuple[str, tuple[str, ...]]] = ()  # longest prefix first
    base: str | None = None
    roots: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it maps anything."""
        return bool(self.paths or self.roots) or self.base is not None

    def over(self, inherited: "Mapped") -> "Mapped":
        """What this states, and what it leaves open as `inherited` has it."""
        base = inherited.base if self.base is None else self.base
        return Mapped(self.paths or inherited.paths, base, self.roots or inherited.roots)


@dataclass
class Manifests:
    """All manifests of one tree, read when they are first asked for."""

    contents: Mapping[str, bytes]
    _mapped: dict[str, Mapped] = field(default_factory=dict)
    _stated: dict[str, tuple[Mapping[str, Any], Mapped]] = field(default_factory=dict)

    @cached_property
    def packages(self) -> dict[str, Package]:
        """Every package by its folder."""
        found = {}
        for path in sorted(self.contents):
            if path.rpartition("/")[2] == "package.json":
                data = read_json(self.contents[path])
                name = data.get("name")
                found[parent(path)] = Package(parent(path), name if isinstance(name, str) else "", data)
        return found

    @cached_property
    def linked(self) -> dict[str, Package]:
        """Packages by name that the tree's workspaces make importable; of two with one name the first by path."""
        keep, drop = self._workspace_patterns()
        found: dict[str, Package] = {}
        for folder, package in sorted(self.packages.items()):
            is_member = any(p.match(folder) for p in keep) and not any(p.match(folder) for p in drop)
            if package.name and is_member:
                found.setdefault(package.name, package)
        return found

    def _workspace_patterns(self) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
        keep: list[re.Pattern[str]] = []
        drop: list[re.Pattern[str]] = []
        for folder, pattern in self._written_patterns():
            negated = pattern.startswith("!")
            path = joined(folder, pattern.removeprefix("!").rstrip("/"))
            (drop if negated else keep).append(_glob(path))
        return keep, drop

    def _written_patterns(self) -> Iterator[tuple[str, str]]:
        for folder, package in self.packages.items():
            listed = package.data.get("workspaces")
            listed = listed.get("packages") if isinstance(listed, dict) else listed
            yield from ((folder, p) for p in listed or () if isinstance(p, str)) if isinstance(listed, list) else ()
        for path in sorted(self.contents):
            name = path.rpartition("/")[2]
            if name == "pnpm-workspace.yaml":
                yield from ((parent(path), pattern) for pattern in workspace_packages(self.contents[path]))
            elif name == "lerna.json":
                listed = read_json(self.contents[path]).get("packages")
                yield from ((parent(path), p) for p in listed if isinstance(p, str)) if isinstance(listed, list) else ()

    def package_around(self, folder: str) -> Package | None:
        """The nearest package.json at or above a folder."""
        while True:
            if folder in self.packages:
                return self.packages[folder]
            if not folder:
                return None
            folder = parent(folder)

    def packages_around(self, folder: str) -> Iterator[Package]:
        """Every package.json at or above a folder, the nearest first."""
        package = self.package_around(folder)
        while package is not None:
            yield package
            package = self.package_around(parent(package.folder)) if package.folder else None

    def mapped(self, folder: str) -> Mapped:
        """What the configuration that holds for the files of a folder maps.

        It is the nearest one of the usual name, else one that it refers to, else one that lies elsewhere or has another
        name and states that it covers the folder.
        """
        if folder not in self._mapped:
            self._mapped[folder] = self._holding(folder)
        return self._mapped[folder]

    def _holding(self, folder: str) -> Mapped:
        nearest = self._nearest(folder)
        if nearest is not None:
            data, found = self._mapping(nearest, 0)
            if found:
                return found
            for path in self._referred(parent(nearest), data):
                found = self._mapping(path, 0)[1]
                if found and any(_holds(covered, folder) for covered in (parent(path), *self._covered.get(path, ()))):
                    return found
        return self._elsewhere(folder, "" if nearest is None else parent(nearest))

    def _nearest(self, folder: str) -> str | None:
        """Path of the configuration of the usual name in a folder or above."""
        while True:
            names = (f"{folder}/{name}" if folder else name for name in _USUAL)
            path = next((name for name in names if name in self.contents), None)
            if path is not None or not folder:
                return path
            folder = parent(folder)

    def _referred(self, folder: str, data: Mapping[str, Any]) -> Iterator[str]:
        listed = data.get("references")
        for reference in listed if isinstance(listed, list) else ():
            other = reference.get("path") if isinstance(reference, dict) else None
            target = self._config(joined(folder, other)) if isinstance(other, str) else None
            if target is not None:
                yield target

    def _elsewhere(self, folder: str, within: str) -> Mapped:
        """What a configuration maps that covers a folder at least as closely as all of `within`."""
        while _holds(within, folder):
            for path in self._covering.get(folder, ()):
                found = self._mapping(path, 0)[1]
                if found:
                    return found
            if not folder:
                break
            folder = parent(folder)
        return Mapped()

    @cached_property
    def _covering(self) -> dict[str, list[str]]:
        """Configurations by each folder that they cover, in order of path."""
        found: dict[str, list[str]] = {}
        for path, folders in self._covered.items():
            for folder in folders:
                found.setdefault(folder, []).append(path)
        return found

    @cached_property
    def _covered(self) -> dict[str, tuple[str, ...]]:
        """Folders that each configuration states to cover; where it is silent and of an unusual name, its own."""
        found: dict[str, tuple[str, ...]] = {}
        for path in sorted(self.contents):
            name = path.rpartition("/")[2]
            if name.startswith("tsconfig") or name in _USUAL:
                data = read_json(self.contents[path])
                stated = [data.get("include"), data.get("files")]
                written = [p for some in stated if isinstance(some, list) for p in some if isinstance(p, str)]
                folders = dict.fromkeys(joined(parent(path), _fixed_part(p)) for p in written)
                found[path] = tuple(folders) or (() if name in _USUAL else (parent(path),))
        return found

    def _mapping(self, path: str, depth: int) -> tuple[Mapping[str, Any], Mapped]:
        """A configuration's data, and what it maps with what it extends."""
        if not depth and path in self._stated:
            return self._stated[path]
        data = read_json(self.contents[path])
        found = data, self._with_inherited(path, data, depth)
        if not depth:
            self._stated[path] = found
        return found

    def _with_inherited(self, path: str, data: Mapping[str, Any], depth: int) -> Mapped:
        inherited = Mapped()
        extended = data.get("extends")
        for other in [extended] if isinstance(extended, str) else extended if isinstance(extended, list) else ():
            target = self._extended(parent(path), other) if isinstance(other, str) and depth < _MOST_EXTENDS else None
            if target is not None:
                inherited = self._mapping(target, depth + 1)[1].over(inherited)
        options = data.get("compilerOptions")
        own = _options(parent(path), options, inherited.base) if isinstance(options, dict) else Mapped()
        return own.over(inherited)

    def _extended(self, folder: str, written: str) -> str | None:
        if written.startswith("."):
            return self._config(joined(folder, written))
        for name, package in self.linked.items():
            if written == name or written.startswith(f"{name}/"):
                return self._config(joined(package.folder, written[len(name) + 1 :] or "tsconfig.json"))
        return None

    def _config(self, path: str) -> str | None:
        candidates = (path, f"{path}.json", f"{path}/tsconfig.json" if path else "tsconfig.json")
        return next((c for c in candidates if c in self.contents), None)


def _options(folder: str, options: Mapping[str, Any], inherited_base: str | None) -> Mapped:
    """What the options of one configuration map; paths are relative to the base, else to the folder."""
    base = options.get("baseUrl")
    base = _placed(folder, base) if isinstance(base, str) else inherited_base
    paths, roots = options.get("paths"), options.get("rootDirs")
    return Mapped(
        tuple(_patterns(folder if base is None else base, paths)) if isinstance(paths, dict) else (),
        base,
        tuple(_placed(folder, root) for root in roots if isinstance(root, str)) if isinstance(roots, list) else (),
    )


def _placed(folder: str, path: str) -> str:
    return joined(folder, path.replace("${configDir}", "."))


def _fixed_part(pattern: str) -> str:
    """The folder of a pattern: what stands before its first wildcard; of a file that is named, the folder it is in."""
    parts = pattern.split("/")
    wild = next((at for at, part in enumerate(parts) if "*" in part or "?" in part), None)
    if wild is not None:
        return "/".join(parts[:wild]) or "."
    return "/".join(parts[:-1]) or "." if _SOURCE_NAME.search(parts[-1]) else pattern


def _holds(folder: str, path: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def _patterns(folder: str, paths: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for pattern, targets in paths.items():
        listed = [t for t in targets if isinstance(t, str)] if isinstance(targets, list) else []
        found.append((pattern, tuple(_placed(folder, t) for t in listed)))
    return sorted(found, key=lambda row: (row[0].count("*"), -len(row[0].partition("*")[0])))


def _glob(path: str) -> re.Pattern[str]:
    """`packages/*` holds for one folder level, `packages/**` for any."""
    parts = [".*" if part == "**" else translate(part)[4:-3].replace(".*", "[^/]*") for part in path.split("/")]
    text = "/".join(parts).replace("/.*", "(?:/.*)?")
    return re.compile(rf"(?:{text})\Z")
