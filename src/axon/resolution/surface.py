"""What other files can see of a file besides what its slots hold, wherever in the file it is written.

What flows in: the scopes and flows of one file. What flows out: a value; two versions of a file with equal ones differ
in bodies and signatures only, and their definitions have the same rows.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, FileFacts, ReferenceKind
from axon.model.kinds import CALLABLE_CODES, NODE_KINDS, NodeKind
from axon.resolution.call_arguments import decorator_texts
from axon.resolution.mixins import returned_classes
from axon.resolution.reaching import Reaching
from axon.resolution.scopes import IMPORTS, FileScopes

_TOLD = frozenset(int(kind) for kind in (ReferenceKind.DECORATOR, ReferenceKind.BASE, ReferenceKind.CONTRACT))
_NAME, _LITERAL = int(ExpressionKind.NAME), int(ExpressionKind.LITERAL)
_MEMBER = int(ExpressionKind.MEMBER)
_WITHOUT_SECOND = (  # no expression
    *(int(ExpressionKind.FUNCTION), int(ExpressionKind.COMPREHENSION), int(ExpressionKind.DEFINITION)),
    _LITERAL,
)
_NAMING = (_NAME, int(ExpressionKind.CALL), int(ExpressionKind.OPERATION))
_ALIASES = (NODE_KINDS.index(NodeKind.VARIABLE), NODE_KINDS.index(NodeKind.TYPE_ALIAS))

Surface = tuple[object, ...]


def surface(scopes: FileScopes) -> Surface:
    """What others can see of a file, without its places and the signatures of its functions."""
    facts, reaching = scopes.facts, Reaching(scopes)
    outer = outer_scopes(facts)
    starts, order = boundaries(facts)
    return (
        facts.flags,
        _definitions(facts),
        order,
        tuple(references_told(facts)),
        tuple((scope, _bound(scopes, scope)) for scope in outer),
        _blocks(scopes, outer, starts),
        tuple(sorted(scopes.receivers.items())),
        tuple(imported(facts, row) for row in (*scopes.stars, NO_TEXT, *scopes.relays)),
        frozenset(_texts(facts, facts.imports.module)[row] for row, n in enumerate(facts.imports.level) if n == 1),
        (_texts(facts, facts.exports.name), tuple(facts.exports.kind), _texts(facts, facts.exports.local)),
        tuple(values_told(scopes, reaching)),
        tuple(declared_told(scopes, reaching)),
        (tuple(sorted(returned_classes(facts).items())), assigned_told(scopes))
        if scopes.language.library.prototype
        else (),
    )


def assigned_told(scopes: FileScopes) -> frozenset[object]:
    """What a file assigns to anything but the receiver at hand: others may have it.

    It is told by the attribute alone, but of what stands behind instances and objects, which has any attribute.
    """
    facts, receiver, library = scopes.facts, scopes.language.receiver, scopes.language.library
    strings, flows = facts.strings, facts.flows
    named = {target: strings[target].rpartition(".") for target in set(flows.target) if target != NO_TEXT}
    found: set[object] = {name for head, dot, name in named.values() if dot and head != receiver}
    whole = {at for at, (_, dot, name) in named.items() if dot and name in (library.prototype, library.behind)}
    if whole:
        rows = zip(flows.target, flows.value, strict=True)
        found.update((strings[target], structure(facts, value)) for target, value in rows if target in whole)
    return frozenset(found)


def boundaries(facts: FileFacts) -> tuple[list[int], tuple[int, ...]]:
    """Bytes where definitions begin and end, in order, the file's own included; and which definition that is of each.

    An end of definition d is `~d`.
    """
    table = facts.definitions
    found = [(start, 1, d) for d, start in enumerate(table.start_byte)]
    found += [(end, 0, ~d) for d, end in enumerate(table.end_byte)]
    found.sort(key=lambda place: place[:2])  # what begins where another ends lies behind it
    return [0, *(place[0] for place in found), facts.size], tuple(place[2] for place in found)


def structure(facts: FileFacts, row: int) -> Surface:
    """An expression without places and rows, in the order in which it is written; costs as much as it is long."""
    table, strings = facts.expressions, facts.strings
    found: list[object] = []
    waiting = [row]
    while waiting:
        row = waiting.pop()
        if row < 0:
            found.append(None)
            continue
        kind, text, second = table.kind[row], table.text[row], table.second[row]
        said = strings[second] if kind == _LITERAL and second >= 0 else None
        found.append((kind, strings[text] if text >= 0 else None, said))
        waiting += (table.first[row],) if kind in _WITHOUT_SECOND else (second, table.first[row])
    return tuple(found)


def texts_of(facts: FileFacts, row: int) -> Iterator[str]:
    """The texts in an expression; attributes behind a dot."""
    for part in structure(facts, row):
        if isinstance(part, tuple):
            kind, *texts = part
            yield from (f".{text}" if kind == _MEMBER else text for text in texts if isinstance(text, str))


def outer_scopes(facts: FileFacts) -> list[int]:
    """The scopes in which something of other files can be looked up: those that hold definitions."""
    return [NO_DEFINITION, *sorted(set(facts.definitions.owner) - {NO_DEFINITION})]


def _texts(facts: FileFacts, column: Sequence[int]) -> tuple[str | None, ...]:
    return tuple(facts.strings[text] if text >= 0 else None for text in column)


def _definitions(facts: FileFacts) -> Surface:
    table = facts.definitions
    texts = (_texts(facts, column) for column in (table.name, table.value))
    headers = zip(table.kind, _texts(facts, table.signature), _texts(facts, table.returns), strict=True)
    return (
        tuple(header if header[0] not in CALLABLE_CODES else None for header in headers),
        tuple(table.kind),
        tuple(table.owner),
        tuple(table.flags),
        tuple(body > 0 for body in table.body_start),
        *texts,
    )


def signatures(facts: FileFacts) -> list[Surface]:
    """What each definition says of its parameters and of what it gives."""
    table, of_all = facts.parameters, facts.definitions
    texts = (_texts(facts, column) for column in (table.name, table.annotation, table.default))
    taken: list[list[object]] = [[] for _ in of_all.kind]
    for owner, *parameter in zip(table.owner, table.kind, *texts, strict=True):
        taken[owner].append(tuple(parameter))
    headers = (_texts(facts, column) for column in (of_all.signature, of_all.returns))
    return [(*header, tuple(parameters)) for *header, parameters in zip(*headers, taken, strict=True)]


def references_told(facts: FileFacts) -> Iterator[tuple[int, int, Surface]]:
    """Decorators and bases: kind, what they stand on, and what they say."""
    table, strings, texts = facts.references, facts.strings, decorator_texts(facts)
    for row, kind in enumerate(table.kind):
        if kind in _TOLD:
            receiver = strings[table.receiver[row]] if table.receiver[row] != NO_TEXT else None
            text, value = strings[table.text[row]], structure(facts, table.value[row])
            said = tuple(texts.get(table.start_byte[row], ()))
            yield kind, table.symbol[row], (table.scope[row], text, receiver, value, said)


def imported(facts: FileFacts, row: int) -> object:
    """What an import row says."""
    if row == NO_TEXT:
        return None
    table, strings = facts.imports, facts.strings
    name, alias = (strings[text] if text != NO_TEXT else None for text in (table.name[row], table.alias[row]))
    return strings[table.module[row]], table.level[row], name, alias


def _bound(scopes: FileScopes, scope: int) -> object:
    """What the names of a scope are bound to."""
    return {
        name: tuple(imported(scopes.facts, IMPORTS - entry) if entry <= IMPORTS else entry for entry in entries)
        for name, entries in scopes.names(scope).items()
    }


def _blocks(scopes: FileScopes, outer: Sequence[int], starts: Sequence[int]) -> object:
    """What names mean in parts of scopes, each byte counted from what begins or ends before it, as `moved` does it."""

    def placed(byte: int) -> tuple[int, int]:
        index = bisect_right(starts, byte) - 1
        return index, byte - starts[index]

    replaced, blocks = scopes.blocks_of(outer)
    return (
        tuple((at, tuple((placed(end), held) for end, held in parts)) for at, parts in replaced),
        tuple((at, tuple((placed(start), placed(end), held) for start, end, held in parts)) for at, parts in blocks),
    )


def values_told(scopes: FileScopes, reaching: Reaching) -> Iterator[tuple[int, int, Surface]]:
    """What annotations and aliases say of variables and fields: definition, scope, and what is said there."""
    facts = scopes.facts
    table, flows, strings = facts.definitions, facts.flows, facts.strings
    for d, (kind, owner, name) in enumerate(zip(table.kind, table.owner, table.name, strict=True)):
        if scopes.is_value(d):
            at_once = reaching.everywhere(owner, strings[name])
            in_methods = reaching.fields.get((owner, strings[name]), ())
            for flow in (*at_once, *in_methods):
                value, annotation = flows.value[flow], flows.annotation[flow]
                said = strings[annotation] if annotation != NO_TEXT else None
                alias = _alias(facts, value) if kind in _ALIASES and flow in at_once else _name(facts, value)
                yield d, flows.scope[flow], (said, alias)


def declared_told(scopes: FileScopes, reaching: Reaching) -> Iterator[tuple[int, str, str]]:
    """What annotations say of names besides: scope, name and annotation."""
    flows, strings = scopes.facts.flows, scopes.facts.strings
    outer = {NO_DEFINITION, *scopes.facts.definitions.owner}
    declared = sorted((flow, at) for at, flow in reaching.declared.items() if at[0] in outer)
    yield from ((*at, strings[flows.annotation[flow]]) for flow, at in declared)


def _alias(facts: FileFacts, value: int) -> object:
    """What an annotation can mean by the name of a value: an expression of certain kinds."""
    kind = facts.expressions.kind[value] if value >= 0 else -1
    return structure(facts, value) if kind in _NAMING else kind


def _name(facts: FileFacts, value: int) -> object:
    table = facts.expressions
    return facts.strings[table.text[value]] if value >= 0 and table.kind[value] == _NAME else None
