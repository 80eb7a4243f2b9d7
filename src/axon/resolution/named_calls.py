"""Callees that names alone show: by scopes, imports, classes, `self` and `super`.

What flows in: linked names. What flows out: the callees of each call site of a file, or the reason why there is none.
Instantiating a class calls the class and, where the tree defines one, its initializer.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

from axon.languages.language import Language
from axon.model.facts import NO_DEFINITION, NO_TEXT, ReferenceKind
from axon.model.kinds import CALLABLE_CODES, CLASS_CODES, NODE_KINDS, NodeKind, Reason, Rule
from axon.resolution.decorators import run_by_made
from axon.resolution.evidence import REASON_CODE, RULE_CODE
from axon.resolution.names import Names
from axon.resolution.values import INSTANCES, NOTHING, Found, Values, is_external

_CODE: Final = {kind: code for code, kind in enumerate(NODE_KINDS)}
_STORED: Final = frozenset({_CODE[NodeKind.VARIABLE], _CODE[NodeKind.PROPERTY], _CODE[NodeKind.TYPE_ALIAS]})
_DECLARED: Final = frozenset({_CODE[NodeKind.INTERFACE], _CODE[NodeKind.TYPE_ALIAS], _CODE[NodeKind.MODULE]})
_ENUM: Final = _CODE[NodeKind.ENUM]
_UNKNOWN_RECEIVER: Final = REASON_CODE[Reason.UNKNOWN_RECEIVER]
_DYNAMIC: Final = REASON_CODE[Reason.DYNAMIC]
_CALL: Final = int(ReferenceKind.CALL)


Ruled = tuple[tuple[int, int], ...]  # (value, rule code) of each callee
_Written = tuple[int, int, int]  # scope, text and receiver of a call site, as in the facts


class Callees:
    """The callees of an expression; else the code of the reason. `name` is for show. Not changed once it is made."""

    __slots__ = ("name", "reason", "receiver", "targets")

    def __init__(self, targets: Ruled, reason: int, name: str, receiver: str) -> None:
        self.targets, self.reason, self.name, self.receiver = targets, reason, name, receiver


class NamedCalls:
    """Callees that names show, file by file; what calling a value runs is looked up once for the whole tree."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._ruled: dict[tuple[int, Rule], Ruled] = {}

    def of_file(self, file: int) -> list[Callees]:
        """Callees of each call site of a file. Each distinct expression of a scope is resolved once."""
        t = self._names.scopes[file].facts.references
        n = bisect_right(t.kind, _CALL)  # calls come first
        scopes, starts = t.scope[:n], t.start_byte[:n]
        distinct = list(zip(scopes, t.text[:n], t.receiver[:n], strict=True))
        find = _CallSites(self._names, file, self._ruled)
        # Reversed, so that the place kept of each is its first.
        places = dict(zip(reversed(distinct), reversed(starts), strict=True))
        known = {key: find.callees(*key, at) for key, at in places.items()}
        ranged = find.ranged(known)
        if not ranged:
            return [known[key] for key in distinct]
        return [
            find.resolved(*key, at) if key in ranged else known[key] for key, at in zip(distinct, starts, strict=True)
        ]


class _CallSites:
    """Callees of one file's call sites; an expression is resolved once for all scopes in which it means the same."""

    def __init__(self, names: Names, file: int, ruled: dict[tuple[int, Rule], Ruled]) -> None:
        self._names, self._file, self._ruled = names, file, ruled
        self._scopes = names.scopes[file]
        self._strings = self._scopes.facts.strings
        self._known: dict[tuple[int, int, int], Callees] = {}
        self._heads: dict[tuple[int, int], str] = {}
        self._receiving: dict[tuple[int, str], int] = {}
        self._values: dict[tuple[int, str], Found] = {}  # of heads that mean the same in all of a scope

    def callees(self, scope: int, text: int, receiver: int, position: int) -> Callees:
        """The callees at a byte; `text` and `receiver` as in the facts."""
        head = self._heads.get((text, receiver))
        if head is None:
            head = self._heads[text, receiver] = self._head(text, receiver)
        key = (self._sample(scope, head) if head else NO_DEFINITION, text, receiver)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self.resolved(scope, text, receiver, position)
        return known

    def ranged(self, known: Mapping[_Written, Callees]) -> frozenset[_Written]:
        """Of written callees those whose name may hold in a part of its scope only: then the byte decides."""
        if not self._scopes.has_ranges:
            return frozenset()
        is_ranged = self._scopes.is_ranged
        return frozenset(key for key, callees in known.items() if is_ranged(callees.name, callees.receiver))

    def resolved(self, scope: int, text: int, receiver: int, position: int) -> Callees:
        """The same, of this very place."""
        before = None if receiver == NO_TEXT else self._strings[receiver]
        if before is not None and not self._head(text, receiver):
            name = self._strings[text]
            return Callees((), _UNKNOWN_RECEIVER if name else _DYNAMIC, name, before)
        return self._callees((scope, position), self._strings[text], before)

    def _head(self, text: int, receiver: int) -> str:
        """The name that makes an expression depend on its scope; '' for one that means the same in all of the file."""
        if receiver == NO_TEXT and self._scopes.language.receiver:
            first = self._strings[text].partition(".")[0]
            if self._scopes.language.super_of(first) is not None:
                return first
        if receiver != NO_TEXT:
            is_super = self._scopes.language.super_of(self._strings[receiver]) is not None
            return self._strings[receiver] if is_super else ""
        head = self._strings[text].partition(".")[0]
        return head if head in self._scopes.local_names else ""

    def _sample(self, scope: int, head: str) -> int:
        """A scope in which `head` means the same: where it is a method's receiver, one for the whole class."""
        sample = self._receiving.get((scope, head))
        if sample is None:
            method = self._scopes.receiving_method(scope, head)
            sample = scope if method == NO_DEFINITION else self._scopes.kin_of(method)
            self._receiving[scope, head] = sample
        return sample

    def _callees(self, at: tuple[int, int], text: str, receiver: str | None) -> Callees:
        """The callees of an expression at (scope, byte): a dotted name, or `text` as an attribute of `receiver`."""
        names, file, language = self._names, self._file, self._scopes.language
        before, _, name = text.rpartition(".") if receiver is None else (receiver, "", text)
        if receiver is None and language.super_of(text) is not None:
            found = _of_super_constructor(names, file, at[0])
        elif receiver is None and language.super_of(before) is None:
            found = self._dotted(at, text)
        else:
            found = _of_expression(names, file, at, name, before)
        if len(found.values) == 1:
            return Callees(self._run(found.values[0], found.rule), REASON_CODE[_reason(names, found)], name, before)
        targets: dict[tuple[int, int], None] = {}
        for value in _with_code(names, language, found.values):
            targets.update(dict.fromkeys(self._run(value, names.rule_of(file, found, value))))
        reason = _reason(names, found) if found.values else found.reason
        return Callees(tuple(targets), REASON_CODE[reason], name, before)

    def _dotted(self, at: tuple[int, int], text: str) -> Found:
        """What a dotted name stands for; its head is looked up once for all names that begin with it."""
        scope, position = at
        head = text.partition(".")[0]
        if self._scopes.is_ranged(head, ""):
            return self._names.dotted(self._file, scope, text, position)
        key = (self._sample(scope, head), head)
        known = self._values.get(key)
        if known is None:
            known = self._values[key] = self._names.name(self._file, scope, head, position)
        return self._names.behind(known, text)

    def _run(self, value: int, rule: Rule) -> Ruled:
        """What calling a value runs that was found by a rule."""
        known = self._ruled.get((value, rule))
        if known is None:
            called = dict.fromkeys(_called(self._names, value, rule))
            known = self._ruled[value, rule] = tuple((run, RULE_CODE[by]) for run, by in called)
        return known


def _with_code(names: Names, language: Language, values: Values) -> Values:
    """Of several declarations of one name, those that can run; an interface beside a class or function cannot."""
    if not language.merges_declarations:
        return values
    runs = tuple(v for v in values if is_external(v) or v >= INSTANCES or names.assembly.kind[v] not in _DECLARED)
    return runs or values


def _of_super_constructor(names: Names, file: int, scope: int) -> Found:
    """What the bare word for the class behind runs: the next initializer, else the class that it would be in."""
    holder = names.scopes[file].enclosing_class(scope)
    if holder == NO_DEFINITION:
        return Found(NOTHING, Rule.SUPER, Reason.UNKNOWN_RECEIVER)
    order = names.classes.heritage.order(names.assembly.rows[file][holder])
    reason = Reason.UNKNOWN_BASE if names.classes.has_unknown_base(order) else Reason.MISSING_MEMBER
    for name in names.scopes[file].language.initializers:
        values = names.classes.declared(order[1:], name)
        if values:
            return Found(values, Rule.SUPER, reason)
    return Found(order[1:2] if not names.classes.has_unknown_base(order) else NOTHING, Rule.SUPER, reason)


def _of_expression(names: Names, file: int, at: tuple[int, int], name: str, receiver: str) -> Found:
    """What an attribute of an expression that is no dotted name stands for; only `super()` is known."""
    scopes, (scope, position) = names.scopes[file], at
    behind, holder = scopes.language.super_of(receiver), scopes.enclosing_class(scope)
    if behind is None or holder == NO_DEFINITION:
        return Found(NOTHING, Rule.SUPER, Reason.UNKNOWN_RECEIVER)
    order = names.classes.heritage.order(names.assembly.rows[file][holder])
    if behind:
        named = names.dotted(file, scope, behind, position).values
        if len(named) != 1 or is_external(named[0]) or named[0] not in order:
            return Found(NOTHING, Rule.SUPER, Reason.UNKNOWN_RECEIVER)
        order = order[order.index(named[0]) :]
    values, rule = names.classes.declared(order[1:], name), Rule.SUPER
    if not values:
        values, rule = names.classes.outside(order[1:], name, first=order[0]), Rule.INHERITED
    return Found(values, rule, Reason.UNKNOWN_BASE if names.classes.has_unknown_base(order) else Reason.MISSING_MEMBER)


def _called(names: Names, value: int, rule: Rule) -> list[tuple[int, Rule]]:
    """What calling a value runs."""
    if is_external(value):
        return [(value, rule)]
    if value >= INSTANCES:
        called = names.classes.language_of(value - INSTANCES).library.call_method
        return [(v, Rule.SELF) for v in names.classes.method(value - INSTANCES, called)]
    kind = names.assembly.kind[value]
    if kind in CLASS_CODES:
        return [(value, rule), *((v, Rule.CONSTRUCTOR) for v in initializers(names, value))]
    return [(value, rule)] if kind in CALLABLE_CODES else []


def initializers(names: Names, row: int) -> list[int]:
    """What the tree defines of the methods that instantiation runs, own or inherited; calling an Enum makes nothing.

    Of a metaclass of the tree that is what calling its instances, the classes, runs.
    """
    if names.assembly.kind[row] == _ENUM:
        return []
    order = names.classes.heritage.order(row)
    language = names.classes.language_of(row)
    written = [value for name in language.initializers for value in names.classes.method(row, name)]
    called = [
        v for own in names.classes.metaclass(row) for v in names.classes.method(own, language.library.call_method)
    ]
    return [*called, *(run_by_made(names, order) or written)]


def _reason(names: Names, found: Found) -> Reason:
    """Why what was found cannot be called by name."""
    stored = any(0 <= v < INSTANCES and names.assembly.kind[v] in _STORED for v in found.values)
    return Reason.STORED_VALUE if stored else Reason.DYNAMIC
