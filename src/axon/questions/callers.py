"""Who calls a symbol.

What flows in: an index and what a person typed. What flows out: a `CallersAnswer`, which also lists the calls that
could not be resolved and may mean the symbol. It does not guess which of them do.
"""

from typing import Final

from axon.model.answers import CallersAnswer, UnresolvedList
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, NodeKind, Rule
from axon.questions.opened import Index
from axon.questions.rows import incoming_of_all, known, symbol, uncertain, unresolved_list
from axon.questions.symbols import find_symbol, signature_note
from axon.storage.columns import IndexColumns

_CALLED: Final = CALLABLE_KINDS | CLASS_KINDS | {NodeKind.PROPERTY, NodeKind.VARIABLE, NodeKind.TYPE_ALIAS}

EXACT: Final = frozenset({Rule.SUPER, Rule.CONSTRUCTOR, Rule.MEMBER, Rule.IMPORT, Rule.LEXICAL})
"""Rules of calls that mean one definition whatever overrides it."""


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
    above = called_above(columns, row)
    is_complete = not (doubtful or passed_by or possible.total or above)
    state = index.state(*signature_note(columns, row), *above)
    return CallersAnswer(symbol(columns, row), known(found), doubtful, passed_by, possible, is_complete, state)


def overridden(columns: IndexColumns, row: int) -> list[int]:
    """The definitions that a method overrides, the nearest first."""
    found: dict[int, None] = {}
    waiting = [row]
    while waiting:
        above = [columns.target(edge) for edge in columns.outgoing(waiting.pop(0), EdgeKind.OVERRIDES)]
        waiting.extend(target for target in above if target not in found and target != row)
        found.update((target, None) for target in above if target != row)
    return list(found)


def called_above(columns: IndexColumns, row: int) -> list[str]:
    """A note that names the nearest definition that a method overrides and that has callers, which may mean the method.

    A possible call is drawn to few definitions and to none in the tests of other files, so that its absence shows
    nothing. A call that is drawn to the method as well is told by its own edge.
    """
    own = {_place(columns, edge) for edge in columns.incoming(row, EdgeKind.CALLS)}
    names = called_names(columns, row)
    for above in overridden(columns, row):
        edges = columns.incoming(above, EdgeKind.CALLS) if columns.name_of(above) in names else ()
        is_open = any(columns.rule(edge) not in EXACT and _place(columns, edge) not in own for edge in edges)
        if is_open:
            said = f"it overrides `{columns.qualified_name_of(above)}`, which has callers that may mean it"
            return [f"`{columns.qualified_name_of(row)}` may have more callers: {said}."]
    return []


def _place(columns: IndexColumns, edge: int) -> tuple[int, int, int]:
    evidence = columns.evidence(edge)
    return columns.source(edge), evidence.start_byte, evidence.end_byte


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
    return any(columns.rule(edge) is Rule.CONSTRUCTOR for edge in edges)
