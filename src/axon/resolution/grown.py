"""What an edit changes that other files can see, where it is more than bodies and signatures.

What flows in: two versions of a file. What flows out: where its definitions went, and what its names may stand for now
that they did not before. It looks at one file; who reads what is said, `waking` knows. Where an edit changes what no
name tells (bases of a class that was there, what a star brings), nothing is said, and everything is linked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from axon.graph.build import qualified_names
from axon.model.facts import NO_DEFINITION, NO_TEXT, ExportKind, FileFacts, ReferenceKind
from axon.model.kinds import CALLABLE_CODES, CLASS_CODES
from axon.resolution.call_arguments import decorator_texts
from axon.resolution.moved import NOT_FOUND
from axon.resolution.reaching import Reaching
from axon.resolution.scopes import IMPORTS, FileScopes
from axon.resolution.surface import declared_told, imported, outer_scopes, references_told, values_told

_DECORATOR = int(ReferenceKind.DECORATOR)
_GONE = -10  # below it: scopes of before that are not there any more


@dataclass(slots=True)
class Growth:
    """What differs between two versions of a file.

    `definitions` has the row now of each definition of the old version, NOT_FOUND where it is gone. `names` may mean
    something else where they are looked up in the file, `attributes` in a class of it. `members` are, by owner, names
    of what came, went or is said otherwise there, and `fields` the owners where others than functions are among them;
    owners are definitions of the new version, as are `said`, what is said otherwise, and `fresh`, classes that are
    new. `lost` are members of classes that are gone, `inner` names that functions bind otherwise.
    """

    definitions: Sequence[int]
    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    members: dict[int, set[str]] = field(default_factory=dict)
    fields: set[int] = field(default_factory=set)
    said: list[int] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    inner: set[str] = field(default_factory=set)


def growth(old: FileScopes, new: FileScopes) -> Growth | None:
    """What differs; None where names do not tell all of it."""
    before, after = old.facts, new.facts
    if before.flags != after.flags or new.language.exports_are_explicit or new.language.blocks_bind:
        return None
    definitions = _matched(before, after)
    if definitions is None:
        return None
    found = Growth(definitions)
    if not _compare_imports(old, new, found) or not _compare_definitions(old, new, found):
        return None
    _compare_names(old, new, found)
    _compare_exports(old, new, found)
    _compare_declared(old, new, found)
    found.names |= _said_by_decorators(before) ^ _said_by_decorators(after)
    return found


def _said_by_decorators(facts: FileFacts) -> set[str]:
    """What decorators say in words, such as the name under which a fixture is asked for."""
    return {content for said in decorator_texts(facts).values() for _, content in said}


def _matched(old: FileFacts, new: FileFacts) -> list[int] | None:
    """The definition now of each that was there, by qualified name and kind; None where their order is another."""
    now = {at: d for d, at in enumerate(_named(new))}
    found = [now.get(at, NOT_FOUND) for at in _named(old)]
    starts_old, starts_new = old.definitions.start_byte, new.definitions.start_byte
    order = sorted((d for d, row in enumerate(found) if row != NOT_FOUND), key=starts_old.__getitem__)
    places = [starts_new[found[d]] for d in order]
    return found if places == sorted(places) else None


def _named(facts: FileFacts) -> list[tuple[str, int, int]]:
    """Qualified name, kind and which of those it is, of each definition."""
    table = facts.definitions
    seen: dict[tuple[str, int], int] = {}
    found = []
    for name, kind in zip(qualified_names(facts, range(len(table.kind))), table.kind, strict=True):
        seen[name, kind] = n = seen.get((name, kind), 0) + 1
        found.append((name, kind, n))
    return found


def _compare_imports(old: FileScopes, new: FileScopes, found: Growth) -> bool:
    """What modules bring as a whole is the same; says which modules of a package are imported otherwise."""
    whole = [[imported(s.facts, row) for row in (*s.stars, NO_TEXT, *s.relays)] for s in (old, new)]
    found.names |= _own_modules(old.facts) ^ _own_modules(new.facts)
    return whole[0] == whole[1]


def _own_modules(facts: FileFacts) -> set[str]:
    table, strings = facts.imports, facts.strings
    return {strings[m].partition(".")[0] for m, level in zip(table.module, table.level, strict=True) if level == 1}


def _compare_definitions(old: FileScopes, new: FileScopes, found: Growth) -> bool:
    """Say which definitions came, went, or are said otherwise; False where a class has other bases."""
    was, now = _told(old), _told(new)
    kept = set(found.definitions) - {NOT_FOUND}
    table = new.facts.definitions
    for d, row in enumerate(found.definitions):
        is_class = row != NOT_FOUND and table.kind[row] in CLASS_CODES
        if row == NOT_FOUND:
            owner = old.facts.definitions.owner[d]
            _add(old.facts, d, found.definitions[owner] if owner != NO_DEFINITION else NO_DEFINITION, found)
            if owner != NO_DEFINITION and found.definitions[owner] == NOT_FOUND:
                found.lost.add(old.facts.strings[old.facts.definitions.name[d]])
        elif is_class and was[d].head != now[row].head:
            return False
        elif was[d].rest != now[row].rest:
            _add(new.facts, row, table.owner[row], found)
            found.said.append(row)
    for row in range(len(table.kind)):
        if row not in kept:
            _add(new.facts, row, table.owner[row], found)
            if table.kind[row] in CLASS_CODES:
                found.fresh.append(row)
    return True


def _add(facts: FileFacts, definition: int, owner: int, found: Growth) -> None:
    """Say that a definition is not what it was; `owner` is the new version's, NOT_FOUND where that is gone."""
    table, name = facts.definitions, facts.strings[facts.definitions.name[definition]]
    if table.owner[definition] == NO_DEFINITION:
        found.names.add(name)
    elif table.kind[table.owner[definition]] in CLASS_CODES:
        found.attributes.add(name)  # of what functions hold, nobody outside knows the name
    if owner >= 0:
        found.members.setdefault(owner, set()).add(name)
        if facts.definitions.kind[definition] not in CALLABLE_CODES:
            found.fields.add(owner)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a definition besides its body and, of a function, its signature: `head` is that of a class."""

    head: object
    rest: object


def _told(scopes: FileScopes) -> list[_Told]:
    facts = scopes.facts
    table, texts = facts.definitions, [*facts.strings, ""]
    bases: list[list[object]] = [[] for _ in table.kind]
    others: list[list[object]] = [[] for _ in table.kind]
    for kind, symbol, said in references_told(facts):
        if symbol != NO_DEFINITION:
            (others if kind == _DECORATOR else bases)[symbol].append((kind, said[1:]))
    for definition, _, said in values_told(scopes, Reaching(scopes)):
        others[definition].append(said)
    return [
        _Told(
            (texts[table.signature[d]], tuple(bases[d])),
            (
                table.flags[d],
                texts[table.value[d]],
                table.body_start[d] > 0,
                scopes.receivers.get(d),
                tuple(others[d]),
                (texts[table.signature[d]], tuple(bases[d])) if table.kind[d] not in CALLABLE_CODES else (),
            ),
        )
        for d in range(len(table.kind))
    ]


def _compare_names(old: FileScopes, new: FileScopes, found: Growth) -> None:
    """Say which names the file and its classes bind otherwise."""
    now_of = {NO_DEFINITION: NO_DEFINITION} | {d: row for d, row in enumerate(found.definitions) if row != NOT_FOUND}
    before = {now_of.get(scope, _GONE - scope): scope for scope in outer_scopes(old.facts)}
    after = {scope: scope for scope in outer_scopes(new.facts)}
    rows = range(len(new.facts.definitions.kind))
    for scope in before.keys() | after.keys():
        was = _bound(old, before[scope], found.definitions) if scope in before else {}
        now = _bound(new, after[scope], rows) if scope in after else {}
        names = {name for name, _ in was.items() ^ now.items()}
        if scope == NO_DEFINITION:
            found.names |= names
        else:
            is_class = new.is_class[scope] if scope in after else old.is_class[before[scope]]
            (found.attributes if is_class else found.inner).update(names)


def _bound(scopes: FileScopes, scope: int, definitions: Sequence[int]) -> Mapping[str, object]:
    return {
        name: tuple(
            imported(scopes.facts, IMPORTS - entry)
            if entry <= IMPORTS
            else definitions[entry]
            if entry >= 0
            else (entry,)
            for entry in entries
        )
        for name, entries in scopes.names(scope).items()
    }


def _compare_exports(old: FileScopes, new: FileScopes, found: Growth) -> None:
    was, now = (frozenset(_exports(scopes.facts)) for scopes in (old, new))
    if was == now:
        return
    found.names |= {name for name, _ in was ^ now}
    if bool(was) != bool(now) or any(kind == ExportKind.ALL_OF for _, kind in was ^ now):
        found.names |= old.names(NO_DEFINITION).keys() | new.names(NO_DEFINITION).keys()


def _exports(facts: FileFacts) -> Iterator[tuple[str, int]]:
    yield from ((facts.strings[name], kind) for name, kind in zip(facts.exports.name, facts.exports.kind, strict=True))


def _compare_declared(old: FileScopes, new: FileScopes, found: Growth) -> None:
    """Say which names are annotated otherwise, or mean something in parts of a scope only: their places count."""
    was, now = (Counter((n, text) for _, n, text in declared_told(s, Reaching(s))) for s in (old, new))
    found.names |= {name for name, _ in (was - now) + (now - was)}
    for scopes in (old, new):
        found.names |= scopes.names_of_blocks(outer_scopes(scopes.facts))
