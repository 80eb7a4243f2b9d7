"""Rows of call edges and unresolved sites, from what each tier has found.

What flows in: the callees of each site by names and by flow. What flows out: CALLS rows, each callee once by the surest
rule that shows it, and the sites without a callee with their reasons.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from axon.model.facts import NO_DEFINITION, ExpressionKind, Ints
from axon.model.kinds import EdgeKind, Reason, Rule
from axon.resolution.arguments import Arguments
from axon.resolution.evidence import EDGE_CODE, REASON_CODE, RULE_CODE, EdgeRows, SiteRows
from axon.resolution.named_calls import Callees, Ruled
from axon.resolution.possible import PossibleCalls
from axon.resolution.typed_calls import Typed
from axon.resolution.values import UNKNOWN, Values

_CALLS: Final = EDGE_CODE[EdgeKind.CALLS]
_SELF, _ARGUMENT = RULE_CODE[Rule.SELF], RULE_CODE[Rule.ARGUMENT]
_INHERITED: Final = RULE_CODE[Rule.INHERITED]
_MISSING, _STORED = REASON_CODE[Reason.MISSING_MEMBER], REASON_CODE[Reason.STORED_VALUE]
_BELOW: Final = (_MISSING, _STORED)  # what a class lacks, or only holds a place for, those below it may have
_NO_KINDS: Ints = ()
_NAME, _CALL = int(ExpressionKind.NAME), int(ExpressionKind.CALL)

Key = tuple[int, int, int]  # scope, expression, byte


class CallRows:
    """Writes the rows of call sites, file by file."""

    def __init__(self, possible: PossibleCalls, arguments: Arguments, edges: EdgeRows, sites: SiteRows) -> None:
        self._flow, self._possible, self._arguments = arguments.flow, possible, arguments
        self._names = arguments.flow.names
        self._edges, self._sites = edges, sites
        self._class_attribute, self._kinds = "", _NO_KINDS  # of the file at hand
        self.first: Mapping[tuple[int, Key], Values] = {}  # what was shown before arguments were asked

    def write(
        self, file: int, named: Sequence[Callees], keys: Sequence[Key | None], found: Mapping[Key, Typed]
    ) -> None:
        """Add the rows of one file."""
        scopes, assembly = self._names.scopes[file], self._names.assembly
        t = scopes.facts.references
        rows = [*assembly.rows[file], assembly.file_row + file]  # [-1] is the file
        edges, sites = self._edges.rows, self._sites.rows
        self._class_attribute = scopes.language.library.class_attribute
        self._kinds = scopes.facts.expressions.kind
        for row, (callees, key) in enumerate(zip(named, keys, strict=True)):
            typed = found[key] if key is not None else None
            targets = self._targets(file, t.scope[row], callees, key, typed)
            caller, line, column = rows[t.scope[row]], t.line[row], t.column[row]
            start, end = t.start_byte[row], t.end_byte[row]
            for value, rule in targets:
                edges.extend((_CALLS, caller, value, line, column, start, end, rule))
            if not targets:
                is_lacking = typed is not None and bool(typed.lacking) and not typed.is_open
                reason = _MISSING if is_lacking else callees.reason
                sites.append((caller, callees.name, callees.receiver, reason, line, column))

    def _targets(self, file: int, scope: int, callees: Callees, key: Key | None, typed: Typed | None) -> Ruled:
        """The callees of a site, each by the first rule that shows it."""
        targets = callees.targets
        if key is not None and typed is not None:
            targets = self._with_typed(file, callees, key, typed)
            if not targets and typed.is_open and callees.reason != _STORED:
                targets = self._possible.of_family(file, callees)
        if any(rule == _SELF for _, rule in targets) or (not targets and callees.reason in _BELOW):
            targets = _with_possible(targets, self._possible.below_receiver(file, scope, callees))
        if not targets and "." in callees.receiver:
            targets = self._possible.below_fields(file, scope, callees)
        if self._is_class_of_instance(callees, key):
            called = [value for value, _ in targets]
            return _with_possible(targets, self._possible.initializers_below(file, called))
        return targets

    def _is_class_of_instance(self, callees: Callees, key: Key | None) -> bool:
        """Whether what is called may be a subclass of the class that it is shown to be: `cls()`, `type(self)()`."""
        if not callees.receiver and any(rule == _SELF for _, rule in callees.targets):
            return True
        if callees.name and callees.name == self._class_attribute:
            return True
        return key is not None and self._kinds[key[1]] == _CALL

    def _with_typed(self, file: int, callees: Callees, key: Key, typed: Typed) -> Ruled:
        """Callees that names show, then those that flow shows; what only arguments show is told apart."""
        before = self.first.get((file, key))
        found = dict(callees.targets)
        if is_inherited(callees.targets) and any(value >= 0 for value, _, _ in typed.targets):
            found.clear()
        for value, rule, _ in typed.targets:
            found.setdefault(value, rule if before is None or value in before else _ARGUMENT)
        many = (self._arguments.callbacks(*parameter) for parameter in typed.callbacks)
        for value in chain(self._callbacks(file, key), *many):
            for target, _, _ in self._possible.calls.targets((value, UNKNOWN)):
                found.setdefault(target, _ARGUMENT)
        scope, expression, position = key
        for value, rule in self._possible.below_types((file, scope, position), expression, typed, callees.name):
            found.setdefault(value, rule)
        return tuple(found.items())

    def _callbacks(self, file: int, key: Key) -> Iterable[int]:
        """Where a function calls its parameter: all functions that callers pass, or that it decorates."""
        facts = self._names.scopes[file].facts
        table, owner = facts.expressions, facts.definitions.owner
        scope, expression, _ = key
        if table.kind[expression] != _NAME:
            return ()
        name = facts.strings[table.text[expression]]
        while scope != NO_DEFINITION:
            parameter = self._flow.reaching(file).parameters.get((scope, name))
            if parameter is not None:
                return self._arguments.callbacks(file, parameter)
            scope = owner[scope]
        return ()


def is_inherited(targets: Ruled) -> bool:
    """Whether all that names show is what a base outside the tree may have."""
    return bool(targets) and all(rule == _INHERITED for _, rule in targets)


def _with_possible(targets: Ruled, possible: Ruled) -> Ruled:
    """The callees of a site and those that it may have besides."""
    return tuple({**dict(possible), **dict(targets)}.items()) if possible else targets
