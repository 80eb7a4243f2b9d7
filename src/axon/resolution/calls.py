"""Call sites to callees: CALLS edges, and the sites that stay unresolved with their reasons.

What flows in: linked names. What flows out: for each call site an edge for each callee it can be shown to have, or a
row that says why there is none. Instantiating a class calls the class and, where the tree defines one, its initializer.
"""

from typing import Final, NamedTuple

from axon.model.facts import NO_DEFINITION, NO_TEXT, ReferenceKind
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, NODE_KINDS, EdgeKind, NodeKind, Reason, Rule
from axon.resolution.evidence import EDGE_CODE, RULE_CODE, EdgeRows, SiteRows
from axon.resolution.names import Found, Names
from axon.resolution.values import INSTANCES, NOTHING, is_external

_CODE: Final = {kind: code for code, kind in enumerate(NODE_KINDS)}
_CALLABLE: Final = frozenset(_CODE[kind] for kind in CALLABLE_KINDS)
_CLASS_CODES: Final = frozenset(_CODE[kind] for kind in CLASS_KINDS)
_STORED: Final = frozenset({_CODE[NodeKind.VARIABLE], _CODE[NodeKind.PROPERTY], _CODE[NodeKind.TYPE_ALIAS]})
_CALLS: Final = EDGE_CODE[EdgeKind.CALLS]
_CALL: Final = int(ReferenceKind.CALL)


class _Callees(NamedTuple):
    """(value, rule code) of each callee of an expression; where there is none, `reason`. `name` is for show."""

    targets: tuple[tuple[int, int], ...]
    reason: Reason
    name: str
    receiver: str


def link_calls(names: Names, edges: EdgeRows, sites: SiteRows) -> None:
    """Add the CALLS edges and unresolved sites of every file."""
    for file in range(len(names.assembly.files)):
        _link_file(names, file, edges, sites)


def _link_file(names: Names, file: int, edges: EdgeRows, sites: SiteRows) -> None:
    facts = names.scopes[file].facts
    t, strings = facts.references, facts.strings
    known: dict[tuple[int, int, int], _Callees] = {}
    own_ranges = names.scopes[file].has_ranges
    append = edges.rows.append  # there are more call sites than all else: no call, no enum member per site
    rows = [*names.assembly.rows[file], names.assembly.file_row + file]  # [-1] is the file
    for kind, scope, text, receiver, start, end, line, column in zip(
        t.kind, t.scope, t.text, t.receiver, t.start_byte, t.end_byte, t.line, t.column, strict=True
    ):
        if kind != _CALL:
            break  # calls come first
        key = (scope, text, receiver)
        callees = known.get(key)
        if callees is None or (own_ranges and names.scopes[file].is_ranged(callees.name, callees.receiver)):
            before = None if receiver == NO_TEXT else strings[receiver]
            callees = known[key] = _callees(names, file, (scope, start), strings[text], before)
        caller = rows[scope]
        for value, rule in callees.targets:
            append((_CALLS, caller, value, line, column, start, end, rule))
        if not callees.targets:
            sites.add(caller, callees.name, callees.receiver, callees.reason, (line, column, start, end))


def _callees(names: Names, file: int, at: tuple[int, int], text: str, receiver: str | None) -> _Callees:
    """The callees of an expression at (scope, byte): a dotted name, or `text` as an attribute of `receiver`."""
    scope, position = at
    if receiver is None:
        found = names.dotted(file, scope, text, position)
        before, _, name = text.rpartition(".")
    else:
        found = _of_expression(names, file, scope, text, receiver)
        before, name = receiver, text
    targets: dict[tuple[int, Rule], None] = {}
    for value in found.values:
        targets.update(dict.fromkeys(_called(names, value, found.rule)))
    reason = _reason(names, found) if found.values else found.reason
    return _Callees(tuple((value, RULE_CODE[rule]) for value, rule in targets), reason, name, before)


def _of_expression(names: Names, file: int, scope: int, name: str, receiver: str) -> Found:
    """What an attribute of an expression that is no dotted name stands for; only `super()` is known."""
    scopes = names.scopes[file]
    if not name:
        return Found(NOTHING, Rule.LEXICAL, Reason.DYNAMIC)
    if not scopes.language.is_super(receiver):
        return Found(NOTHING, Rule.LEXICAL, Reason.UNKNOWN_RECEIVER)
    holder = scopes.enclosing_class(scope)
    if holder == NO_DEFINITION:
        return Found(NOTHING, Rule.SUPER, Reason.UNKNOWN_RECEIVER)
    order = names.heritage.order(names.assembly.rows[file][holder])
    values = names.member(order[1:], name, scopes.language, first=order[0])
    rule = Rule.INHERITED if values and is_external(values[0]) else Rule.SUPER
    return Found(values, rule, Reason.UNKNOWN_BASE if names.has_unknown_base(order) else Reason.MISSING_MEMBER)


def _called(names: Names, value: int, rule: Rule) -> list[tuple[int, Rule]]:
    """What calling a value runs."""
    if is_external(value):
        return [(value, rule)]
    if value >= INSTANCES:
        order = names.heritage.order(value - INSTANCES)
        return [(v, Rule.SELF) for v in names.defined(order, "__call__")]
    kind = names.assembly.kind[value]
    if kind in _CLASS_CODES:
        return [(value, rule), *((v, Rule.CONSTRUCTOR) for v in _initializer(names, value))]
    return [(value, rule)] if kind in _CALLABLE else []


def _initializer(names: Names, row: int) -> tuple[int, ...]:
    """The initializer that the tree defines for a class, its own or inherited."""
    order = names.heritage.order(row)
    for name in names.language_of(row).initializers:
        found = names.defined(order, name)
        if found:
            return found
    return ()


def _reason(names: Names, found: Found) -> Reason:
    """Why what was found cannot be called by name."""
    stored = any(0 <= v < INSTANCES and names.assembly.kind[v] in _STORED for v in found.values)
    return Reason.STORED_VALUE if stored else Reason.DYNAMIC
