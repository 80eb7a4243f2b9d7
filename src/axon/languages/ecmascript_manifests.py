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
    """What a compiler configuration maps: patterns with one `*` at most to paths, and the folder of bare paths."""

    paths: Sequence[tuple[str, tuple[str, ...]]] = ()  # longest prefix first
    base: str | None = None


@dataclass
class Manifests:
    """All manifests of one tree, read when they are first asked for."""

    contents: Mapping[str, bytes]
    _mapped: dict[str, Mapped] = field(default_factory=dict)

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

    def mapped(self, folder: str) -> Mapped:
        """What the configuration nearest to a folder maps."""
        if folder not in self._mapped:
            self._mapped[folder] = self._nearest_mapped(folder)
        return self._mapped[folder]

    def _nearest_mapped(self, folder: str) -> Mapped:
        names = (f"{folder}/{name}" if folder else name for name in ("tsconfig.json", "jsconfig.json"))
        path = next((name for name in names if name in self.contents), None)
        if path is not None:
            return self._read_mapped(path)
        return self.mapped(parent(folder)) if folder else Mapped()

    def _read_mapped(self, path: str) -> Mapped:
        data, found = self._mapping(path, 0)
        if not found.paths and found.base is None:
            listed = data.get("references")
            for reference in listed if isinstance(listed, list) else ():
                other = reference.get("path") if isinstance(reference, dict) else None
                target = self._config(joined(parent(path), other)) if isinstance(other, str) else None
                if target is not None and parent(target) == parent(path) and target != path:
                    _, more = self._mapping(target, 0)
                    if more.paths or more.base is not None:
                        return more
        return found

    def _mapping(self, path: str, depth: int) -> tuple[Mapping[str, Any], Mapped]:
        """A configuration's data, and what it maps with what it extends."""
        data = read_json(self.contents[path])
        inherited = Mapped()
        extended = data.get("extends")
        for other in [extended] if isinstance(extended, str) else extended if isinstance(extended, list) else ():
            target = self._extended(parent(path), other) if isinstance(other, str) and depth < _MOST_EXTENDS else None
            if target is not None:
                _, more = self._mapping(target, depth + 1)
                inherited = Mapped(more.paths or inherited.paths, inherited.base if more.base is None else more.base)
        options = data.get("compilerOptions")
        if not isinstance(options, dict):
            return data, inherited
        folder, base = parent(path), inherited.base
        if isinstance(options.get("baseUrl"), str):
            base = joined(folder, options["baseUrl"].replace("${configDir}", "."))
        paths = options.get("paths")
        if not isinstance(paths, dict):
            return data, Mapped(inherited.paths, base)
        own = base if base is not None else folder
        return data, Mapped(tuple(_patterns(own, paths)), base)

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


def _patterns(folder: str, paths: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for pattern, targets in paths.items():
        listed = [t for t in targets if isinstance(t, str)] if isinstance(targets, list) else []
        found.append((pattern, tuple(joined(folder, t.replace("${configDir}", ".")) for t in listed)))
    return sorted(found, key=lambda row: (row[0].count("*"), -len(row[0].partition("*")[0])))


def _glob(path: str) -> re.Pattern[str]:
    """`packages/*` holds for one folder level, `packages/**` for any."""
    parts = [".*" if part == "**" else translate(part)[4:-3].replace(".*", "[^/]*") for part in path.split("/")]
    text = "/".join(parts).replace("/.*", "(?:/.*)?")
    return re.compile(rf"(?:{text})\Z")
