"""Everything around one symbol.

What flows in: an index and what a person typed. What flows out: a `ContextAnswer`. It does not read the source.
"""

from axon.model.answers import ContextAnswer, EdgeAnswer, SymbolRef
from axon.model.ids import file_id
from axon.model.kinds import EdgeKind
from axon.questions.callers import call_targets, possible_callers
from axon.questions.opened import Index
from axon.questions.rows import (
    definition,
    incoming,
    incoming_of_all,
    known,
    outgoing,
    symbol,
    uncertain,
    unresolved_list,
)
from axon.questions.symbols import find_symbol, signature_note
from axon.questions.written import features_of, written_about
from axon.storage.columns import IndexColumns

_BASES = (EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS)


def context(index: Index, text: str) -> ContextAnswer:
    """Definition, callers, callees, imports, types, heritage and members of the symbol that `text` means.

    Raises:
        SymbolError: no symbol, or several, have that name.
    """
    columns = index.columns
    row = find_symbol(columns, text)
    targets = call_targets(columns, row)
    callers = incoming_of_all(columns, targets, EdgeKind.CALLS)
    callees = outgoing(columns, row, EdgeKind.CALLS)
    return ContextAnswer(
        definition=definition(columns, row),
        callers=known(callers),
        uncertain_callers=uncertain(callers),
        passed_by=incoming_of_all(columns, targets, EdgeKind.PASSES),
        callees=known(callees),
        uncertain_callees=uncertain(callees),
        passes=outgoing(columns, row, EdgeKind.PASSES),
        imports=_imports(columns, row),
        types=outgoing(columns, row, EdgeKind.USES_TYPE),
        used_by=incoming(columns, row, EdgeKind.USES_TYPE),
        bases=outgoing(columns, row, *_BASES),
        subclasses=incoming(columns, row, *_BASES),
        overrides=outgoing(columns, row, EdgeKind.OVERRIDES),
        overridden_by=incoming(columns, row, EdgeKind.OVERRIDES),
        members=_members(columns, row),
        decorated_by=outgoing(columns, row, EdgeKind.DECORATED_BY),
        decorates=incoming(columns, row, EdgeKind.DECORATED_BY),
        unresolved=unresolved_list(columns, columns.unresolved_of(row)),
        possible_callers=possible_callers(columns, row),
        index=index.state(*signature_note(columns, row)),
        written=written_about(index, columns.id_of(row)),
        features=features_of(index, columns.id_of(row)),
    )


def _imports(columns: IndexColumns, row: int) -> tuple[EdgeAnswer, ...]:
    path = columns.node(row).path
    file = columns.row_of(file_id(path)) if path else None
    return () if file is None else outgoing(columns, file, EdgeKind.IMPORTS)


def _members(columns: IndexColumns, row: int) -> tuple[SymbolRef, ...]:
    """What a class, function or file defines, or what a folder or module contains."""
    edges = columns.outgoing(row, EdgeKind.DEFINES, EdgeKind.CONTAINS)
    members = [symbol(columns, columns.target(edge)) for edge in edges]
    return tuple(sorted(members, key=lambda member: (member.path, member.line, member.id)))
