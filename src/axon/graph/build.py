"""Facts of all files into nodes and the edges that structure alone gives.

What flows in: paths, languages and facts, sorted by path. What flows out: an Assembly, whose node rows are final but
for external symbols, which resolution appends. It resolves no name.

Rows stand in canonical order: folders, modules and files by path, then each file's symbols by position.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from axon.graph.graph import EdgeColumns, NodeColumns
from axon.model.facts import NO_DEFINITION, FileFacts
from axon.model.ids import file_id, folder_id, module_id, symbol_id
from axon.model.kinds import CALLABLE_KINDS, EDGE_KINDS, NODE_KINDS, RULES, EdgeKind, Flag, NodeKind, Rule

_CODE: Final = {kind: code for code, kind in enumerate(NODE_KINDS)}
_WITH_LOCALS: Final = frozenset(_CODE[kind] for kind in (*CALLABLE_KINDS, NodeKind.PROPERTY))
_CONTAINS, _DEFINES = EDGE_KINDS.index(EdgeKind.CONTAINS), EDGE_KINDS.index(EdgeKind.DEFINES)
_STRUCTURE = RULES.index(Rule.STRUCTURE)
_TEST = int(Flag.TEST)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of the tree: its path, its language's name, its facts, and what the path alone says of it."""

    path: str
    language: str
    facts: FileFacts
    flags: Flag = Flag(0)


@dataclass(slots=True)
class Assembly:
    """The graph under construction. `rows[i][d]` is the node row of definition d of file i, whose own row is
    `file_row + i`; `folder_rows` has the rows of folders by path ('' is the root). Lists are node columns."""

    files: list[FileEntry]
    manifests: Mapping[str, bytes] = field(default_factory=dict)  # by path: what decides which file an import means
    file_row: int = 0
    folder_rows: dict[str, int] = field(default_factory=dict)
    rows: list[list[int]] = field(default_factory=list)
    first_rows: list[int] = field(default_factory=list)  # row of each file's first symbol
    orders: list[list[int]] = field(default_factory=list)  # definitions of each file in the order of their rows
    symbol_files: list[int] = field(default_factory=list)  # file of each symbol, in the order of their rows
    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    qualified_names: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    start_line: list[int] = field(default_factory=list)
    end_line: list[int] = field(default_factory=list)
    start_byte: list[int] = field(default_factory=list)
    end_byte: list[int] = field(default_factory=list)
    contains: list[tuple[int, int]] = field(default_factory=list)
    defines: list[tuple[int, int]] = field(default_factory=list)

    def add_place(self, kind: NodeKind, id: str, name: str, qualified_name: str, path: str = "") -> int:
        """Append a node without a span; its row."""
        self.ids.append(id)
        self.names.append(name)
        self.qualified_names.append(qualified_name)
        self.paths.append(path)
        self.languages.append("")
        self.signatures.append("")
        self.summaries.append("")
        self.kind.append(_CODE[kind])
        self.flags.append(0)
        for column in (self.start_line, self.end_line, self.start_byte, self.end_byte):
            column.append(0)
        return len(self.ids) - 1

    def place(self, row: int) -> tuple[int, int]:
        """File and definition of the node row of a symbol, or of a file (NO_DEFINITION)."""
        if row < self.file_row + len(self.files):
            return row - self.file_row, NO_DEFINITION
        file = self.symbol_files[row - self.file_row - len(self.files)]
        return file, self.orders[file][row - self.first_rows[file]]

    def cut(self, n_rows: int) -> None:
        """Take away what was appended behind the first rows: external symbols."""
        texts = (
            self.ids,
            self.names,
            self.qualified_names,
            self.paths,
            self.languages,
            self.signatures,
            self.summaries,
        )
        numbers = (self.kind, self.flags, self.start_line, self.end_line, self.start_byte, self.end_byte)
        for column in (*texts, *numbers):
            del column[n_rows:]

    def replace(self, index: int, entry: FileEntry) -> None:
        """Take up another version of a file that has the same definitions, in the same order."""
        self.files[index] = entry
        table, texts = entry.facts.definitions, [*entry.facts.strings, ""]
        for d, row in enumerate(self.rows[index]):
            self.start_line[row], self.end_line[row] = table.start_line[d], table.end_line[d]
            self.start_byte[row], self.end_byte[row] = table.start_byte[d], table.end_byte[d]
            self.summaries[row], self.signatures[row] = texts[table.summary[d]], texts[table.signature[d]]
        self.set_file(self.file_row + index, entry.facts)

    def set_file(self, row: int, facts: FileFacts) -> None:
        """Give the row of a file what its facts say of it as a whole."""
        self.summaries[row] = facts.summary
        self.start_line[row] = 1 if facts.n_lines else 0
        self.end_line[row], self.end_byte[row] = facts.n_lines, facts.size

    def node_columns(self) -> NodeColumns:
        """The nodes so far as frozen columns."""
        return NodeColumns(
            list(self.ids),
            list(self.names),
            list(self.qualified_names),
            list(self.paths),
            list(self.languages),
            list(self.signatures),
            list(self.summaries),
            np.array(self.kind, np.uint8),
            np.array(self.flags, np.uint16),
            np.array(self.start_line, np.int32),
            np.array(self.end_line, np.int32),
            np.array(self.start_byte, np.int32),
            np.array(self.end_byte, np.int32),
        )

    def structure_edges(self) -> EdgeColumns:
        """CONTAINS and DEFINES, without a place in any file."""
        pairs = np.array(self.contains + self.defines, np.int32).reshape(-1, 2)
        kinds = np.full(len(pairs), _CONTAINS, np.uint8)
        kinds[len(self.contains) :] = _DEFINES
        nowhere = np.zeros(len(pairs), np.int32)
        rules = np.full(len(pairs), _STRUCTURE, np.uint8)
        return EdgeColumns(kinds, rules, pairs[:, 0], pairs[:, 1], nowhere, nowhere, nowhere, nowhere)


def assemble(files: Sequence[FileEntry], manifests: Mapping[str, bytes] | None = None) -> Assembly:
    """All nodes but the external ones, and what contains and defines what. `files` must be sorted by path."""
    assembly = Assembly(list(files), manifests or {})
    _add_folders(assembly)
    _add_modules(assembly)
    _add_files(assembly)
    for index in range(len(files)):
        _add_symbols(assembly, index)
    return assembly


def parent_of(path: str) -> str:
    """The folder of a path; '' is the root."""
    return path.rpartition("/")[0]


def _add_folders(assembly: Assembly) -> None:
    folders = {""}
    for entry in assembly.files:
        folder = parent_of(entry.path)
        while folder not in folders:
            folders.add(folder)
            folder = parent_of(folder)
    for folder in sorted(folders):
        row = assembly.add_place(NodeKind.FOLDER, folder_id(folder), folder.rpartition("/")[2], folder, folder)
        assembly.folder_rows[folder] = row
        if folder:
            assembly.contains.append((assembly.folder_rows[parent_of(folder)], row))


def _add_modules(assembly: Assembly) -> None:
    """A module for each folder with a package body; it contains its files and the packages in it."""
    packages = sorted({parent_of(entry.path) for entry in assembly.files if entry.flags & Flag.PACKAGE})
    rows: dict[str, int] = {}
    for folder in packages:
        parent = parent_of(folder)
        name = folder.rpartition("/")[2]
        inside = rows.get(parent) if folder else None
        dotted = f"{assembly.qualified_names[inside]}.{name}" if inside is not None else name
        rows[folder] = assembly.add_place(NodeKind.MODULE, module_id(folder), name, dotted, folder)
        if inside is not None:
            assembly.contains.append((inside, rows[folder]))
    first_file = len(assembly.ids)
    for index, entry in enumerate(assembly.files):
        module = rows.get(parent_of(entry.path))
        if module is not None:
            assembly.contains.append((module, first_file + index))


def _add_files(assembly: Assembly) -> None:
    assembly.file_row = len(assembly.ids)
    for entry in assembly.files:
        row = assembly.add_place(
            NodeKind.FILE, file_id(entry.path), entry.path.rpartition("/")[2], entry.path, entry.path
        )
        assembly.languages[row] = entry.language
        assembly.set_file(row, entry.facts)
        assembly.flags[row] = int(entry.flags)
        assembly.contains.append((assembly.folder_rows[parent_of(entry.path)], row))


def _add_symbols(assembly: Assembly, index: int) -> None:
    """Append the symbols of one file in order of position; fill its `rows`."""
    entry = assembly.files[index]
    table, strings = entry.facts.definitions, entry.facts.strings
    n = len(table.kind)
    starts, ends = table.start_byte, table.end_byte
    order = definition_order(entry.facts)
    base = len(assembly.ids)
    rows = [0] * n
    for rank, d in enumerate(order):
        rows[d] = base + rank
    assembly.rows.append(rows)
    assembly.first_rows.append(base)
    assembly.orders.append(order)
    assembly.symbol_files.extend([index] * n)
    names = [strings[table.name[d]] for d in order]
    qualified = qualified_names(entry.facts, order)
    test = assembly.flags[assembly.file_row + index] & _TEST
    file_row = assembly.file_row + index
    assembly.ids.extend(_symbol_ids(entry.path, qualified))
    assembly.names.extend(names)
    assembly.qualified_names.extend(qualified)
    assembly.paths.extend([entry.path] * n)
    assembly.languages.extend([entry.language] * n)
    texts = [*strings, ""]  # NO_TEXT is -1
    assembly.signatures.extend([texts[table.signature[d]] for d in order])
    assembly.summaries.extend([texts[table.summary[d]] for d in order])
    assembly.kind.extend([table.kind[d] for d in order])
    assembly.flags.extend([table.flags[d] | test for d in order])
    assembly.start_line.extend([table.start_line[d] for d in order])
    assembly.end_line.extend([table.end_line[d] for d in order])
    assembly.start_byte.extend([starts[d] for d in order])
    assembly.end_byte.extend([ends[d] for d in order])
    owners = [table.owner[d] for d in order]
    assembly.defines.extend(
        [(rows[o] if o != NO_DEFINITION else file_row, base + rank) for rank, o in enumerate(owners)]
    )


def definition_order(facts: FileFacts) -> list[int]:
    """The definitions of a file in the order of their rows."""
    starts, ends = facts.definitions.start_byte, facts.definitions.end_byte
    return sorted(range(len(starts)), key=lambda d: (starts[d], -ends[d], d))


def qualified_names(facts: FileFacts, order: Sequence[int]) -> list[str]:
    """`Class.method` and `f.<locals>.g`, in the given order; an owner's is made before what it owns."""
    table, strings = facts.definitions, facts.strings
    made: dict[int, str] = {}
    for d in range(len(table.kind)):
        owner, name = table.owner[d], strings[table.name[d]]
        if owner == NO_DEFINITION:
            made[d] = name
        else:
            made[d] = f"{made[owner]}.<locals>.{name}" if table.kind[owner] in _WITH_LOCALS else f"{made[owner]}.{name}"
    return [made[d] for d in order]


def _symbol_ids(path: str, qualified_names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    ids: list[str] = []
    for name in qualified_names:
        occurrence = seen[name] = seen.get(name, 0) + 1
        ids.append(symbol_id(path, name, occurrence))
    return ids
