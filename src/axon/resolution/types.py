"""Classes and types: EXTENDS, IMPLEMENTS, OVERRIDES, USES_TYPE and DECORATED_BY edges, and what kind each class is.

What flows in: linked names. What flows out: edges; a class whose MRO leads to an enumeration or a declaration-only base
becomes an Enum or an Interface in the assembly.
"""

from collections.abc import Collection, Iterable
from typing import Final

from axon.graph.build import Assembly
from axon.model.facts import NO_DEFINITION, NO_TEXT, FileFacts, ReferenceKind
from axon.model.kinds import CLASS_CODES, NODE_KINDS, EdgeKind, NodeKind, Rule
from axon.resolution.evidence import EdgeRows, Place
from axon.resolution.names import Names
from axon.resolution.values import INSTANCES, Values, is_external

_CODE: Final = {kind: code for code, kind in enumerate(NODE_KINDS)}
_TYPE_CODES: Final = CLASS_CODES | {_CODE[NodeKind.TYPE_ALIAS]}
_OVERRIDABLE: Final = frozenset({_CODE[NodeKind.METHOD], _CODE[NodeKind.PROPERTY]})


def give_kinds(names: Names) -> None:
    """Give classes the kinds that their bases make them."""
    kinds = {
        row: _class_kind(names, row) for row, kind in enumerate(names.assembly.kind) if kind == _CODE[NodeKind.CLASS]
    }
    for row, kind in kinds.items():
        names.assembly.kind[row] = _CODE[kind]


def link_heritage(names: Names, edges: EdgeRows, files: Collection[int]) -> None:
    """Add EXTENDS, IMPLEMENTS and OVERRIDES edges of some files, whose classes have their kinds."""
    for file in files:
        _link_bases(names, file, edges)
    _add_overrides(names, edges, files)


def _link_bases(names: Names, of_file: int, edges: EdgeRows) -> None:
    stated = names.scopes[of_file].facts.definitions.kind
    for definition, row in enumerate(names.assembly.rows[of_file]):
        if names.assembly.kind[row] not in CLASS_CODES:
            continue
        for file, reference in names.classes.base_references(row):
            found = names.classes.base_values(file, reference)
            place = place_of(names.scopes[file].facts, reference)
            for value in found.values:
                declares = not is_external(value) and names.assembly.kind[value] == _CODE[NodeKind.INTERFACE]
                fulfils = (declares and stated[definition] == _CODE[NodeKind.CLASS]) or names.classes.is_contract(
                    file, reference
                )
                relation = EdgeKind.IMPLEMENTS if fulfils else EdgeKind.EXTENDS
                edges.add(relation, names.rule_of(file, found, value), row, value, place)


def place_of(facts: FileFacts, reference: int) -> Place:
    """Line, column and bytes of a reference row."""
    table = facts.references
    return table.line[reference], table.column[reference], table.start_byte[reference], table.end_byte[reference]


def _class_kind(names: Names, row: int) -> NodeKind:
    language = names.classes.language_of(row)
    order = names.classes.heritage.order(row)
    outside = {names.externals.name(value) for value in order if is_external(value)}
    if outside & language.enum_bases:
        return NodeKind.ENUM
    direct = {names.externals.name(value) for value in names.classes.heritage.bases(row) if is_external(value)}
    return NodeKind.INTERFACE if direct & language.interface_bases else NodeKind.CLASS


def _add_overrides(names: Names, edges: EdgeRows, files: Collection[int]) -> None:
    """One edge from each method or property to the next of its name along the MRO of its class."""
    assembly = names.assembly
    for owner, row in _members(assembly, files):
        if assembly.kind[row] not in _OVERRIDABLE or assembly.kind[owner] not in CLASS_CODES:
            continue
        order = names.classes.heritage.order(owner)
        if len(order) == 1:
            continue
        target = names.classes.overridden(order[1:], assembly.names[row])
        if target is not None and assembly.kind[target] in _OVERRIDABLE:
            line, start = assembly.start_line[row], assembly.start_byte[row]
            edges.add(EdgeKind.OVERRIDES, Rule.MRO, row, target, (line, 0, start, start))


def _members(assembly: Assembly, files: Collection[int]) -> Iterable[tuple[int, int]]:
    """(owner, member) of all that some files define inside of something."""
    if len(files) == len(assembly.files):
        return assembly.defines
    return (
        (assembly.rows[file][owner], assembly.rows[file][d])
        for file in files
        for d, owner in enumerate(assembly.files[file].facts.definitions.owner)
        if owner != NO_DEFINITION
    )


def link_types(names: Names, edges: EdgeRows, files: Iterable[int]) -> None:
    """Add USES_TYPE and DECORATED_BY edges of some files; a name that nothing binds adds none."""
    wanted = {int(ReferenceKind.TYPE): EdgeKind.USES_TYPE, int(ReferenceKind.DECORATOR): EdgeKind.DECORATED_BY}
    for file in files:
        table = names.scopes[file].facts.references
        for reference in range(len(table.kind) - 1, -1, -1):
            kind = table.kind[reference]
            if kind == ReferenceKind.CALL:
                break  # calls come first, and there are most of them
            if kind in wanted:
                _link_use(names, file, reference, wanted[ReferenceKind(kind)], edges)


def _link_use(names: Names, file: int, reference: int, kind: EdgeKind, edges: EdgeRows) -> None:
    facts = names.scopes[file].facts
    table = facts.references
    if table.receiver[reference] != NO_TEXT:
        return
    scope, position = table.scope[reference], table.start_byte[reference]
    found = names.dotted(file, scope, facts.strings[table.text[reference]], position)
    source = names.row(file, table.symbol[reference])
    for value in _types_of(names, file, found.values) if kind is EdgeKind.USES_TYPE else found.values:
        if value < INSTANCES:
            edges.add(kind, names.rule_of(file, found, value), source, value, place_of(facts, reference))


def _types_of(names: Names, file: int, values: Values) -> Values:
    """Of several declarations of one name, those that an annotation can mean."""
    if len(values) < 2 or not names.scopes[file].language.merges_declarations:
        return values
    types = tuple(v for v in values if is_external(v) or (v < INSTANCES and names.assembly.kind[v] in _TYPE_CODES))
    return types or values
