"""IMPORTS and EXPORTS edges.

What flows in: linked names. What flows out: an edge from each file to each module that its imports name, and to each
symbol that it offers.
"""

from collections.abc import Iterable

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExportKind
from axon.model.kinds import CLASS_KINDS, NODE_KINDS, EdgeKind, Flag, NodeKind, Rule
from axon.resolution.evidence import EdgeRows
from axon.resolution.names import Names
from axon.resolution.scopes import IMPORTS
from axon.resolution.values import Values, is_external

_FILE = NODE_KINDS.index(NodeKind.FILE)
_PACKAGE = int(Flag.PACKAGE)
_SYMBOLS = frozenset(
    NODE_KINDS.index(kind) for kind in (*CLASS_KINDS, NodeKind.FUNCTION, NodeKind.VARIABLE, NodeKind.TYPE_ALIAS)
)


def link_imports(names: Names, edges: EdgeRows, files: Iterable[int]) -> None:
    """Add IMPORTS and EXPORTS edges of some files."""
    for file in files:
        _add_imports(names, file, edges)
        _add_exports(names, file, edges)


def _add_imports(names: Names, file: int, edges: EdgeRows) -> None:
    """One edge for each module that a statement names; `from package import module` names that module."""
    facts = names.scopes[file].facts
    imports = facts.imports
    source = names.assembly.file_row + file
    for row, (line, column, start, end) in enumerate(
        zip(imports.line, imports.column, imports.start_byte, imports.end_byte, strict=True)
    ):
        for target in _imported_modules(names, file, row):
            if target != source:
                edges.add(EdgeKind.IMPORTS, Rule.IMPORT, source, target, (line, column, start, end))


def _imported_modules(names: Names, file: int, row: int) -> Values:
    facts = names.scopes[file].facts
    module = names.module(file, row)
    if is_external(module) or facts.imports.name[row] == NO_TEXT:
        return (module,)
    found = names.imported(file, row) if facts.strings[facts.imports.name[row]] != "*" else ()
    modules = tuple(value for value in found if names.is_module(value))
    return modules or ((module,) if names.assembly.kind[module] == _FILE else tuple(v for v in found if is_external(v)))


def _add_exports(names: Names, file: int, edges: EdgeRows) -> None:
    source = names.assembly.file_row + file
    for name in _exported_names(names, file):
        for value in names.module_member(file, name):
            if not is_external(value) and names.assembly.kind[value] in _SYMBOLS:
                own = names.assembly.paths[value] == names.assembly.paths[source]
                edges.add(EdgeKind.EXPORTS, Rule.LEXICAL if own else Rule.IMPORT, source, value)


def _exported_names(names: Names, file: int) -> list[str]:
    """Names that other files may import: the export list, else what the language's convention makes public."""
    scopes = names.scopes[file]
    facts, language = scopes.facts, scopes.language
    listed = names.export_list(file)
    if listed is not None:
        return list(listed)
    readable = [
        facts.strings[text]
        for text, kind in zip(facts.exports.name, facts.exports.kind, strict=True)
        if kind == ExportKind.NAME
    ]
    if readable:
        return readable
    is_package = names.assembly.flags[names.assembly.file_row + file] & _PACKAGE
    bound = scopes.names(NO_DEFINITION).items()
    return [
        name
        for name, entries in bound
        if not language.is_private(name) and (entries[0] >= 0 or (is_package and entries[0] <= IMPORTS))
    ]
