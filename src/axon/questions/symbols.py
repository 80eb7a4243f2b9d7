"""Which symbol a person or an agent means.

What flows in: what was typed: an id, `Class.method`, `path::name`, a bare or a dotted name. What flows out: one row of
the index, or an error that lists what may have been meant. It does not know which question asks.
"""

import difflib
from collections.abc import Iterable
from typing import Final

from axon.errors import AmbiguousSymbolError, UnknownSymbolError
from axon.model.ids import file_id
from axon.model.kinds import Flag, NodeKind
from axon.storage.columns import IndexColumns

LISTED_CANDIDATES: Final = 10
"""Ids that an error lists."""

_PATH_MARK: Final = "::"
_NEAR_NAMES: Final = 5
_NEAR_LENGTH: Final = 3
_NEAR_RATIO: Final = 0.7
_PLACES: Final = {NodeKind.MODULE: 1, NodeKind.FILE: 1, NodeKind.FOLDER: 2, NodeKind.EXTERNAL: 3}


def find_symbol(columns: IndexColumns, text: str) -> int:
    """Row of the symbol that `text` means; a symbol of the tree goes before a file, a folder and an external one.

    Raises:
        AmbiguousSymbolError: several symbols have that name.
        UnknownSymbolError: no symbol has that name.
    """
    if not text.strip():
        raise UnknownSymbolError("No symbol was named. Try `axon search`.")
    row = columns.row_of(text)
    if row is not None:
        return row
    rows = candidates(columns, text)
    if rows:
        return _only(columns, text, rows)
    raise _unknown(columns, text)


def candidates(columns: IndexColumns, text: str) -> list[int]:
    """Rows that `text` fits: as a path with a name, else a qualified name, else a name, else the end of one."""
    return _at_path(columns, text) or columns.rows_qualified(text) or columns.rows_named(text) or _ending(columns, text)


def dotted_name(columns: IndexColumns, row: int) -> str:
    """The name of a node as its file's place and its qualified name make it: `pkg.mod.Class.method`."""
    node = columns.node(row)
    file = columns.row_of(file_id(node.path)) if node.path else None
    if file is None or node.kind is NodeKind.FILE:
        return node.qualified_name
    stem = node.path.rpartition(".")[0] or node.path
    if columns.node(file).flags & Flag.PACKAGE:
        stem = stem.rpartition("/")[0]
    return f"{stem.replace('/', '.')}.{node.qualified_name}"


def signature_note(columns: IndexColumns, row: int) -> list[str]:
    """A note that names the implementation, where the node is a declaration of one signature of a function."""
    node = columns.node(row)
    if not node.flags & Flag.OVERLOAD:
        return []
    others = [other for other in columns.rows_qualified(node.qualified_name) if columns.node(other).path == node.path]
    other = _implementation(columns, others)
    if other == row or columns.node(other).flags & Flag.OVERLOAD:
        return []
    return [f"`{node.id}` declares one signature; the implementation is `{columns.id_of(other)}`."]


def _at_path(columns: IndexColumns, text: str) -> list[int]:
    """`path::name`, where the path may leave out leading folders and the name leading owners."""
    path, mark, name = text.rpartition(_PATH_MARK)
    if not mark:
        return []
    rows = _with_qualified_ending(columns, name)
    return [row for row in rows if f"/{columns.node(row).path}".endswith(f"/{path}")]


def _ending(columns: IndexColumns, text: str) -> list[int]:
    """`Inner.method` for `Outer.Inner.method`, and `pkg.mod.Class.method` with or without leading packages."""
    if "." not in text:
        return []
    named = columns.rows_named(text.rpartition(".")[2])
    return [row for row in named if f".{dotted_name(columns, row)}".endswith(f".{text}")]


def _with_qualified_ending(columns: IndexColumns, name: str) -> list[int]:
    exact = columns.rows_qualified(name)
    if exact:
        return exact
    named = columns.rows_named(name.rpartition(".")[2])
    return [row for row in named if f".{columns.qualified_name_of(row)}".endswith(f".{name}")]


def _only(columns: IndexColumns, text: str, rows: list[int]) -> int:
    ranks = {row: _PLACES.get(columns.node(row).kind, 0) for row in rows}
    best = [row for row in rows if ranks[row] == min(ranks.values())]
    by_name: dict[tuple[str, str], list[int]] = {}
    for row in best:
        node = columns.node(row)
        by_name.setdefault((node.path, node.qualified_name), []).append(row)
    if len(by_name) == 1:
        return _implementation(columns, best)
    ids = sorted(columns.id_of(row) for row in best)
    listed = ids[:LISTED_CANDIDATES]
    more = f", the first {len(listed)} below" if len(ids) > len(listed) else ""
    raise AmbiguousSymbolError(f"`{text}` fits {len(ids)} symbols{more}. Say which by its id.", listed)


def _implementation(columns: IndexColumns, rows: list[int]) -> int:
    """Of several definitions under one name, the first that is more than a declared signature."""
    return next((row for row in rows if not columns.node(row).flags & Flag.OVERLOAD), rows[0])


def _unknown(columns: IndexColumns, text: str) -> UnknownSymbolError:
    if _PATH_MARK not in text and (paths := _paths_like(columns, text)) is not None:
        hint = "Did you mean one of these?" if paths else "`axon status` says what was left out."
        return UnknownSymbolError(f"No file `{text}` in the index. {hint}", paths)
    owner, _, last = text.rpartition(_PATH_MARK)[2].rpartition(".")
    rows = [row for name in _near_names(columns, last) for row in columns.rows_named(name)]
    if owner:  # of many methods whose names are near, those of the class that was named come first
        rows.sort(key=lambda row: not f".{columns.qualified_name_of(row).rpartition('.')[0]}".endswith(f".{owner}"))
    ids = [columns.id_of(row) for row in rows]
    hint = "Did you mean one of these?" if ids else "Try `axon search`."
    return UnknownSymbolError(f"No symbol `{text}`. {hint}", ids[:LISTED_CANDIDATES])


def _paths_like(columns: IndexColumns, text: str) -> list[str] | None:
    """Paths of files whose names are near the one that was typed; None where it is no path by its form."""
    ending = text.rpartition(".")[2]
    paths = [path for path in columns.paths_matching(f".{ending}") if path.endswith(f".{ending}")] if ending else []
    if "/" not in text and ("." not in text or not paths):
        return None
    by_name: dict[str, list[str]] = {}
    for path in paths:
        by_name.setdefault(path.rpartition("/")[2], []).append(path)
    near = difflib.get_close_matches(text.rpartition("/")[2], sorted(by_name), n=_NEAR_NAMES, cutoff=_NEAR_RATIO)
    return [path for name in near for path in sorted(by_name[name])][:LISTED_CANDIDATES]


def _near_names(columns: IndexColumns, name: str) -> list[str]:
    """Names that look alike; only those of about the same length with an end in common are compared."""
    folded = name.casefold()
    if not folded:
        return []
    likely: dict[str, list[str]] = {}
    for other in _distinct(columns.texts("node", "name")):
        plain = other.casefold()
        if abs(len(plain) - len(folded)) <= _NEAR_LENGTH and plain and _shares_an_end(plain, folded):
            likely.setdefault(plain, []).append(other)
    near = difflib.get_close_matches(folded, sorted(likely), n=_NEAR_NAMES, cutoff=_NEAR_RATIO)
    return [other for plain in near for other in sorted(likely[plain])]


def _shares_an_end(name: str, other: str) -> bool:
    return name[0] == other[0] or name[-1] == other[-1]


def _distinct(names: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(names)
