"""Which call outside the tree made the object that a name stands for.

What flows in: linked names and the flows of files. What flows out: the dotted name of what made it, and the call where
that stands. It looks where type flow does not: an object that was handed a function of the tree is that object still.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExpressionKind, FileFacts, FlowKind, ReferenceKind
from axon.model.kinds import CALLABLE_CODES, CLASS_CODES, NODE_KINDS, EdgeKind, NodeKind
from axon.resolution.call_arguments import argument_of
from axon.resolution.decorators import Decorators
from axon.resolution.evaluation import At
from axon.resolution.evidence import EDGE_CODE, Table
from axon.resolution.frameworks.consulted import Consulted
from axon.resolution.names import Names
from axon.resolution.reaching import Reachings
from axon.resolution.slots import NOWHERE
from axon.resolution.values import INSTANCES, is_external

_K = ExpressionKind
_NAME, _MEMBER, _CALL, _EITHER = int(_K.NAME), int(_K.MEMBER), int(_K.CALL), int(_K.EITHER)
_AWAIT, _ENTERED = int(_K.AWAIT), int(_K.ENTERED)
_WRAPPING: Final = frozenset({_AWAIT, _ENTERED})
_RETURNED: Final = int(FlowKind.RETURNED)
_STORES: Final = frozenset(NODE_KINDS.index(kind) for kind in (NodeKind.VARIABLE, NodeKind.PROPERTY))
_FILE: Final = NODE_KINDS.index(NodeKind.FILE)
_DEEPEST: Final = 12
_MOST_CALLERS: Final = 16
_STORED, _RETURNS, _PASSES = range(3)  # what is kept


class Made(NamedTuple):
    """An object by the dotted name of what made it, and the CALL expression where that is written; -1: not known.

    `class_row` is the class of the tree of which it is an instance, -1 for none; then the name is that of an external
    base, '' where there is none.
    """

    name: str
    at: At = (-1, NO_DEFINITION, 0)
    call: int = -1
    class_row: int = -1


class Objects:
    """The objects of a tree that come from outside."""

    def __init__(self, names: Names, table: Callable[[], Table], reachings: Reachings) -> None:
        """`table` gives the edges of the tree, where somebody asks for callers."""
        self._names, self._table = names, table
        self.consulted = Consulted()
        self._own = NOWHERE  # the file in which something is asked: that one is looked into is not noted
        self._calls: dict[int, int] = {}
        self._reaching_of = reachings.of
        self._known: dict[tuple[int, ...], tuple[Made, ...]] = {}  # what was found at which depth

    @cached_property
    def _decorators(self) -> dict[int, list[tuple[int, int, int]]]:
        return Decorators(self._names).by_row

    def of_path(self, at: At, text: str, depth: int = 0) -> tuple[Made, ...]:
        """What made the object that a dotted name stands for at a place."""
        if depth > _DEEPEST:
            return ()
        if not depth:
            self._own = at[0]
        head, *rest = text.split(".")
        found = list(self._local(at, head, depth))
        if not found:
            found, rest = self._named(at, text, depth)
        return _distinct(_member(made, rest) for made in found)

    def of_expression(self, at: At, row: int, depth: int = 0) -> tuple[Made, ...]:
        """What made the object that an expression stands for at a place."""
        if row < 0 or depth > _DEEPEST:
            return ()
        if not depth:
            self._own = at[0]
        facts = self._facts(at[0])
        table = facts.expressions
        kind, first = table.kind[row], table.first[row]
        if kind == _NAME:
            return self.of_path(at, facts.strings[table.text[row]], depth + 1)
        if kind == _MEMBER:
            name = facts.strings[table.text[row]]
            return _distinct(_member(made, [name]) for made in self.of_expression(at, first, depth + 1))
        if kind in _WRAPPING:
            return self.of_expression(at, first, depth + 1)
        if kind == _EITHER:
            both = (self.of_expression(at, part, depth + 1) for part in (first, table.second[row]))
            return _distinct(made for part in both for made in part)
        return self._of_call(at, row, depth) if kind == _CALL else ()

    def _of_call(self, at: At, row: int, depth: int) -> tuple[Made, ...]:
        facts = self._facts(at[0])
        callee = facts.expressions.first[row]
        if callee < 0:
            return ()
        if facts.expressions.kind[callee] != _NAME:
            return tuple(Made(made.name, at, row) for made in self.of_expression(at, callee, depth + 1))
        text = facts.strings[facts.expressions.text[callee]]
        found: list[Made] = []
        for value in self._names.dotted(*at[:2], text, at[2]).values:
            if is_external(value):
                found.append(Made(self._names.externals.name(value), at, row))
            elif self._names.classes.is_class(value):
                found += [base._replace(at=at, call=row) for base in self._instance(value)]
            elif self._names.is_callable(value):
                found += self._kept((_RETURNS, value, depth), self._returned(value, depth))
        return _distinct(found) or tuple(Made(made.name, at, row) for made in self.of_path(at, text, depth + 1))

    def _instance(self, row: int) -> Iterator[Made]:
        """An instance of a class of the tree, under each of its external bases."""
        bases = [made._replace(class_row=row) for made in self._bases(row)]
        yield from bases or [Made("", class_row=row)]

    def _bases(self, row: int) -> Iterator[Made]:
        """The external classes below which a class of the tree is."""
        for base in self._names.classes.heritage.order(row):
            if is_external(base):
                yield Made(self._names.externals.name(base))

    def _returned(self, row: int, depth: int) -> Iterator[Made]:
        """What a function of the tree returns."""
        file, definition = self._names.assembly.place(row)
        facts, is_told = self._facts(file), False
        flows = facts.flows
        for flow in self._reaching_of(file).leaving.get(definition, ()):
            if flows.kind[flow] == _RETURNED:
                at = (file, definition, flows.position[flow])
                for made in self.of_expression(at, flows.value[flow], depth + 1):
                    is_told = True
                    yield made
        if not is_told:
            yield from self._annotated(file, facts.definitions.owner[definition], facts.definitions.returns[definition])

    def _local(self, at: At, name: str, depth: int) -> Iterator[Made]:
        """What a name of a function around a place was bound to."""
        file, scope, position = at
        reaching, owner = self._reaching_of(file), self._facts(file).definitions.owner
        is_inner = False
        while scope != NO_DEFINITION and not reaching.binds(scope, name):
            scope, is_inner = owner[scope], True
        if scope == NO_DEFINITION:
            return
        rows = reaching.everywhere(scope, name) if is_inner else reaching.versions(scope, name, position)[0]
        yield from self._assigned(file, rows, depth)
        parameter = reaching.parameters.get((scope, name))
        if parameter is not None:
            annotated = list(self._annotated(file, scope, self._facts(file).parameters.annotation[parameter]))
            passed = self._kept((_PASSES, file, parameter, depth), self._passed(file, scope, parameter, depth))
            types = {made.name for made in annotated}  # of what is passed that which is known to be made as annotated
            yield from [made for made in passed if made.call >= 0 and made.name in types] or annotated or passed

    def _passed(self, file: int, definition: int, parameter: int, depth: int) -> Iterator[Made]:
        """What callers pass for a parameter."""
        names, assembly = self._names, self._names.assembly
        table, receivers = self._facts(file).parameters, names.scopes[file].receivers
        own = [row for row, owner in enumerate(table.owner) if owner == definition]
        is_shifted = definition in receivers and names.scopes[file].language.receiver_is_parameter
        place = own.index(parameter) - is_shifted
        name = self._facts(file).strings[table.name[parameter]]
        for source, start, end in self._callers_of(names.row(file, definition))[:_MOST_CALLERS]:
            caller = assembly.place(source)[0]
            references = self._facts(caller).references
            reference = self._call_at(caller, start, end)
            if reference >= 0:
                value = argument_of(self._facts(caller), references.argument[reference], name, str(place))
                yield from self.of_expression((caller, references.scope[reference], start), value, depth + 1)

    def _call_at(self, file: int, start: int, end: int) -> int:
        """The call whose callee is at these bytes; -1 for none. Several may begin at one byte."""
        references, n_calls = self._facts(file).references, self._n_calls(file)
        at = bisect_left(references.start_byte, start, 0, n_calls)
        while at < n_calls and references.start_byte[at] == start:
            if references.end_byte[at] == end:
                return at
            at += 1
        return -1

    def _n_calls(self, file: int) -> int:
        """The number of calls of a file, which come first among its references."""
        known = self._calls.get(file)
        if known is None:
            known = self._calls[file] = bisect_left(self._facts(file).references.kind, int(ReferenceKind.CALL) + 1)
        return known

    def _callers_of(self, row: int) -> list[tuple[int, ...]]:
        """(caller, first byte, last byte) of the calls of a function of the tree, in order."""
        self.consulted.asked.add(row)
        targets, table = self._calls_by_target
        first, last = np.searchsorted(targets, (row, row + 1)).tolist()
        return sorted(map(tuple, table[first:last].tolist()))

    @cached_property
    def _calls_by_target(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Callees in order; caller and bytes of the call of each."""
        table = self._table()
        rows = table[(table[:, 0] == EDGE_CODE[EdgeKind.CALLS]) & (table[:, 2] >= 0)]
        order = np.argsort(rows[:, 2], kind="stable")
        return rows[order, 2], rows[order][:, [1, 5, 6]]

    def _assigned(self, file: int, rows: Sequence[int], depth: int) -> Iterator[Made]:
        flows = self._facts(file).flows
        for row in rows:
            at = (file, flows.scope[row], flows.position[row])
            found = self.of_expression(at, flows.value[row], depth + 1)
            yield from found or self._annotated(file, flows.scope[row], flows.annotation[row])

    def _annotated(self, file: int, scope: int, annotation: int) -> Iterator[Made]:
        """The external class that an annotation names."""
        if annotation == NO_TEXT:
            return
        facts = self._facts(file)
        for _, name in self._names.scopes[file].language.types(facts.strings[annotation]):
            for value in self._names.dotted(file, scope, name, facts.size).values:
                if is_external(value):
                    yield Made(self._names.externals.name(value))
                elif self._names.classes.is_class(value):
                    yield from self._instance(value)

    def _named(self, at: At, text: str, depth: int) -> tuple[list[Made], list[str]]:
        """What the longest part of a dotted name that names alone resolve stands for, and the parts behind it."""
        parts = text.split(".")
        for n in range(len(parts), 0, -1):
            values = self._names.dotted(at[0], at[1], ".".join(parts[:n]), at[2]).values
            found = [made for value in values for made in self._of_value(value, depth)]
            if found:
                return found, parts[n:]
        return [], []

    def _of_value(self, value: int, depth: int) -> Iterator[Made]:
        if is_external(value):
            yield Made(self._names.externals.name(value))
        elif 0 <= value < INSTANCES:
            kind = self._names.assembly.kind[value]
            if kind in _STORES:
                yield from self._kept((_STORED, value, depth), self._bound(value, depth))
            elif kind in CALLABLE_CODES:
                yield from self._decorated(value, depth)
            elif kind in CLASS_CODES:
                yield from self._bases(value)
            elif kind == _FILE and depth < _DEEPEST:
                offered = self._names.offers.in_place_of(value)
                for one in offered:
                    yield from self._of_value(one, depth + 1)
                if not offered:
                    yield from self._whole(value, depth)

    def _whole(self, row: int, depth: int) -> Iterator[Made]:
        """What a file offers in place of a module, where that is no definition: `module.exports = Router()`."""
        file = row - self._names.assembly.file_row
        facts, words = self._facts(file), self._names.scopes[file].language.whole_targets
        targets = {text for text, word in enumerate(facts.strings) if word in words} if words else set()
        rows = [flow for flow, target in enumerate(facts.flows.target) if target in targets] if targets else []
        yield from self._assigned(file, rows, depth)

    def _kept(self, key: tuple[int, ...], found: Iterator[Made]) -> tuple[Made, ...]:
        """What was found before under the same key, or is found now: many ask for the same few objects."""
        known = self._known.get(key)
        if known is None:
            own, self._own = self._own, NOWHERE  # others who ask are told the same
            known = self._known[key] = _distinct(found)
            self._own = own
        return known

    def _bound(self, row: int, depth: int) -> Iterator[Made]:
        """What a variable or field was bound to."""
        file, definition = self._names.assembly.place(row)
        table, name = self._facts(file).definitions, self._names.assembly.names[row]
        reaching, owner = self._reaching_of(file), table.owner[definition]
        rows = (*reaching.everywhere(owner, name), *reaching.fields.get((owner, name), ()))
        yield from self._assigned(file, rows, depth)
        declared = reaching.declared.get((owner, name))
        if declared is not None:
            yield from self._annotated(file, owner, self._facts(file).flows.annotation[declared])

    def _decorated(self, row: int, depth: int) -> Iterator[Made]:
        """What the outermost decorator of a function made of it."""
        for file, scope, reference in self._decorators.get(row, ()):
            table = self._facts(file).references
            found = self.of_expression((file, scope, table.start_byte[reference]), table.value[reference], depth + 1)
            if found:
                yield from found
                return

    def _facts(self, file: int) -> FileFacts:
        if file != self._own:
            self.consulted.read.add(file)
        return self._names.scopes[file].facts


def _member(made: Made, rest: Sequence[str]) -> Made:
    """What attributes behind an object are."""
    return Made(".".join((made.name, *rest)), made.at, made.call) if rest else made


def named(found: Iterable[Made]) -> Iterator[Made]:
    """Those that something outside the tree made."""
    return (made for made in found if made.name and not made.name.startswith("."))


def _distinct(found: Iterable[Made]) -> tuple[Made, ...]:
    return tuple(dict.fromkeys(found))
