"""Who calls a symbol.

What flows in: an index and what a person typed. What flows out: a `CallersAnswer`, which also lists the calls that
could not be resolved and may mean the symbol. It does not guess which of them do.
"""

from typing import Final

from axon.model.answers import CallersAnswer, UnresolvedList
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, NodeKind, Rule
from axon.questions.opened import Index
from axon.questions.rows import incoming_of_all, known, symbol, uncertain, unresolved_list
from axon.questions.symbols import find_symbol
from axon.storage.columns import IndexColumns

_CALLED: Final = CALLABLE_KINDS | CLASS_KINDS | {NodeKind.PROPERTY, NodeKind.VARIABLE, NodeKind.TYPE_ALIAS}


def callers(index: Index, text: str, *, limit: int | None = None) -> CallersAnswer:
    """All resolved call sites of the symbol that `text` means, and all or `limit` unresolved ones of its name.

    Raises:
        SymbolError: no symbol, or several, have that name.
    """
    columns = index.columns
    row = find_symbol(columns, text)
    targets = call_targets(columns, row)
    found = incoming_of_all(columns, targets, EdgeKind.CALLS)
    passed_by = incoming_of_all(columns, targets, EdgeKind.PASSES)
    possible, doubtful = possible_callers(columns, row, limit=limit), uncertain(found)
    is_complete = not (doubtful or passed_by or possible.total)
    return CallersAnswer(symbol(columns, row), known(found), doubtful, passed_by, possible, is_complete, index.state())


def call_targets(columns: IndexColumns, row: int) -> list[int]:
    """The node itself and, for a class, its own initializer: a method of it that instantiating some class runs."""
    if columns.node(row).kind not in CLASS_KINDS:
        return [row]
    members = [columns.target(edge) for edge in columns.outgoing(row, EdgeKind.DEFINES)]
    return [row, *(member for member in members if _is_initializer(columns, member))]


def possible_callers(columns: IndexColumns, row: int, *, limit: int | None = None) -> UnresolvedList:
    """Unresolved call sites of the node's name; none for what cannot be called by name, such as a file."""
    names = called_names(columns, row) if columns.node(row).kind in _CALLED else ()
    sites = [site for name in names for site in columns.unresolved_named(name)]
    return unresolved_list(columns, sites, limit)


def called_names(columns: IndexColumns, row: int) -> tuple[str, ...]:
    """The names under which a node is called: its own and, for an initializer, that of its class."""
    name = columns.name_of(row)
    if columns.node(row).kind is not NodeKind.METHOD or not _is_initializer(columns, row):
        return (name,)
    owners = (columns.source(edge) for edge in columns.incoming(row, EdgeKind.DEFINES))
    return (name, *(columns.name_of(owner) for owner in owners))


def _is_initializer(columns: IndexColumns, row: int) -> bool:
    edges = columns.incoming(row, EdgeKind.CALLS)
    return any(columns.relationship(edge).evidence.rule is Rule.CONSTRUCTOR for edge in edges)
