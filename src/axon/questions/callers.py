"""Who calls a symbol.

What flows in: an index and what a person typed. What flows out: a `CallersAnswer`, which also lists the calls that
could not be resolved and may mean the symbol. It does not guess which of them do.
"""

from typing import Final

from axon.model.answers import CallersAnswer, UnresolvedList
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, NodeKind, Rule
from axon.questions.opened import Index
from axon.questions.rows import LISTED_SITES, incoming_of_all, symbol, unresolved_list
from axon.questions.symbols import find_symbol
from axon.storage.columns import IndexColumns

_CALLED: Final = CALLABLE_KINDS | CLASS_KINDS | {NodeKind.PROPERTY, NodeKind.VARIABLE, NodeKind.TYPE_ALIAS}


def callers(index: Index, text: str, *, limit: int = LISTED_SITES) -> CallersAnswer:
    """All resolved call sites of the symbol that `text` means, and the first `limit` unresolved ones of its name.

    Raises:
        SymbolError: no symbol, or several, have that name.
    """
    columns = index.columns
    row = find_symbol(columns, text)
    found = incoming_of_all(columns, call_targets(columns, row), EdgeKind.CALLS)
    return CallersAnswer(symbol(columns, row), found, possible_callers(columns, row, limit=limit), index.state())


def call_targets(columns: IndexColumns, row: int) -> list[int]:
    """The node itself and, for a class, its own initializer: a method of it that instantiating some class runs."""
    if columns.node(row).kind not in CLASS_KINDS:
        return [row]
    members = [columns.target(edge) for edge in columns.outgoing(row, EdgeKind.DEFINES)]
    return [row, *(member for member in members if _is_initializer(columns, member))]


def possible_callers(columns: IndexColumns, row: int, *, limit: int = LISTED_SITES) -> UnresolvedList:
    """Unresolved call sites of the node's name; none for what cannot be called by name, such as a file."""
    node = columns.node(row)
    sites = columns.unresolved_named(node.name) if node.kind in _CALLED else []
    return unresolved_list(columns, sites, limit)


def _is_initializer(columns: IndexColumns, row: int) -> bool:
    edges = columns.incoming(row, EdgeKind.CALLS)
    return any(columns.relationship(edge).evidence.rule is Rule.CONSTRUCTOR for edge in edges)
