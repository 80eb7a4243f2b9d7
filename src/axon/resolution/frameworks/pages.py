"""Routes by the places of files, as frameworks with a folder of pages have them.

What flows in: rule packs and the linked tree. What flows out: Route nodes with their handlers.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from axon.languages.pack import Pack, Page, compiled_names, compiled_paths
from axon.resolution.evidence import Place
from axon.resolution.frameworks.entries import offered
from axon.resolution.frameworks.nodes import FrameworkRows, RouteNode, Trigger
from axon.resolution.frameworks.paths import in_braces
from axon.resolution.names import Names

_SOURCES: Final = "src"  # a folder that may stand between the root and the folder of pages
_DEFAULT: Final = "default"
_FIRST: Final[Place] = (1, 0, 0, 0)  # of what another file defines


def add_pages(names: Names, packs: Sequence[Pack], rows: FrameworkRows) -> None:
    """Add the routes of a tree that file conventions make."""
    files = names.assembly.files
    for pack in packs:
        for page in pack.pages:
            beside = compiled_paths(tuple(f"**/{glob}" for glob in page.beside))
            roots = {entry.path.rpartition("/")[0] for entry in files if beside.fullmatch(entry.path)}
            for file, entry in enumerate(files):
                if entry.language in pack.languages and compiled_paths(page.files).fullmatch(entry.path):
                    url = _url(entry.path, page, roots)
                    for route, row, own in _handled(names, file, pack, page, url) if url is not None else ():
                        is_here = names.assembly.place(row)[0] == file
                        rows.add_route(route, Trigger(pack.name, "route"), own if is_here else _FIRST, [row])
                        rows.add_entry(row, Trigger(pack.name, "route"), own)


def _handled(names: Names, file: int, pack: Pack, page: Page, url: str) -> Iterator[tuple[RouteNode, int, Place]]:
    """Each route of a file with what answers it and where that stands."""
    assembly = names.assembly
    for name in page.exports:
        for row in offered(names, file, name):
            start = assembly.start_byte[row]
            own: Place = (assembly.start_line[row], 0, start, start)
            for method in page.default if name == _DEFAULT else (name,):
                yield RouteNode(file, method, in_braces(url, pack.syntax), url), row, own


def _url(path: str, page: Page, roots: set[str]) -> str | None:
    """The URL path, with its parameters as they are written; None where the file makes no route."""
    parts = _below(path, page, roots)
    if parts is None:
        return None
    last = parts[-1].partition(".")[0] if not parts[-1].startswith("[") else parts[-1].rpartition(".")[0]
    never, drop = compiled_names(page.never), compiled_names(page.drop)
    stem = parts[-1].rpartition(".")[0]
    if any(never.fullmatch(part) for part in (*parts[:-1], last, stem)):
        return None
    parts = [*parts[:-1], *([] if last in page.names else [last])]
    return "/" + "/".join(part for part in parts if not drop.fullmatch(part))


def _below(path: str, page: Page, roots: set[str]) -> list[str] | None:
    """The parts of a path behind the folder of pages."""
    parts = path.split("/")
    starts: Iterator[int] = (n for n in range(len(parts), -1, -1) if "/".join(parts[:n]) in roots)
    start = next(starts, None) if roots else 0
    if start is None:
        return None
    for n, part in enumerate(parts[start:-1], start):
        if part in page.below and (not roots or parts[start:n] in ([], [_SOURCES])):
            return parts[n + 1 :]
    return None
