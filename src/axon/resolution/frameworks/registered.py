"""The calls of one file that rule packs ask for: where each ends, what it is given in words, and what stands in it.

What flows in: linked names and the facts of a file. What flows out: look-ups by reference row. It does not know rules.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION, ExpressionKind, FlowKind
from axon.resolution.call_arguments import argument_of
from axon.resolution.evaluation import At
from axon.resolution.frameworks.objects import Objects
from axon.resolution.names import Names
from axon.resolution.values import INSTANCES

_ASSIGNED: Final = int(FlowKind.ASSIGNED)
_NAME: Final = int(ExpressionKind.NAME)
_MOST_NAMED: Final = 8
GAP: Final = "\0"


class RegisteredCalls:
    """The Registrations of one file."""

    def __init__(self, names: Names, objects: Objects, file: int) -> None:
        self._names, self._objects, self.file = names, objects, file
        self.facts = names.scopes[file].facts
        table, references = self.facts.registrations, self.facts.references
        self.rows = list(table.call)
        self._ends = dict(zip(table.call, table.end_byte, strict=True))
        self._at_start: dict[int, int] = {}
        for row in self.rows:
            self._at_start.setdefault(references.start_byte[row], row)
        self._texts: dict[tuple[int, str], list[str]] = {}
        literals, strings = self.facts.literals, self.facts.strings
        for call, argument, content in zip(literals.call, literals.argument, literals.content, strict=True):
            self._texts.setdefault((call, strings[argument]), []).append(strings[content])
        self._lists = sorted(self._assignments())

    def _assignments(self) -> Iterator[tuple[int, int, int, str]]:
        """(first byte, last byte, scope, name) of the values that names are bound to."""
        flows, strings = self.facts.flows, self.facts.strings
        for row, kind in enumerate(flows.kind):
            if kind == _ASSIGNED and flows.target[row] >= 0 and flows.position[row] < flows.start_byte[row]:
                yield flows.position[row], flows.start_byte[row], flows.scope[row], strings[flows.target[row]]

    def at(self, start: int) -> int:
        """The call that begins at a byte; -1 for none that is kept."""
        return self._at_start.get(start, -1)

    def of_expression(self, row: int, position: int) -> int:
        """The first call behind a byte that is a CALL expression; -1 for none that is kept."""
        expressions, references = self.facts.expressions, self.facts.references
        wanted = expressions.first[row], expressions.second[row]
        for call in self.rows:
            is_it = (references.value[call], references.argument[call]) == wanted
            if is_it and references.start_byte[call] >= position:
                return call
        return -1

    def around(self, call: int) -> int:
        """The innermost kept call in whose arguments another stands; -1 for none."""
        starts = self.facts.references.start_byte
        start, end = starts[call], self._ends.get(call, starts[call])
        outside = [other for other in self.rows if starts[other] < start and self._ends[other] > end]
        return max(outside, key=starts.__getitem__, default=-1)

    def list_of(self, call: int) -> tuple[int, str] | None:
        """Scope and name of the variable in whose value a call stands."""
        start = self.facts.references.start_byte[call]
        at = bisect_left(self._lists, (start + 1,))
        for first, last, scope, name in reversed(self._lists[max(0, at - _MOST_NAMED) : at]):
            if first <= start < last:
                return scope, name
        return None

    def texts(self, call: int, wanted: Sequence[str]) -> list[str] | None:
        """What an argument says in words, names in it replaced by the texts that they are bound to; None: nothing."""
        for argument in wanted:
            found = self._texts.get((call, argument))
            if found is not None:
                return [self._filled(call, text) for text in found]
        expression = self.expression(call, wanted)
        if expression < 0 or self.facts.expressions.kind[expression] != _NAME:
            return None
        text = self.constant(call, self.facts.strings[self.facts.expressions.text[expression]])
        return None if text is None else [text]

    def tabled(self, call: int) -> list[str]:
        """The names that an argument stands for, one for each row of the table that a loop takes it from."""
        for (its_call, _), found in self._texts.items():
            if its_call == call and all(text.startswith(GAP) and text.endswith(GAP) for text in found):
                return [text.strip(GAP) for text in found]
        return []

    def expression(self, call: int, wanted: Sequence[str]) -> int:
        """The expression of an argument; -1 for none."""
        return argument_of(self.facts, self.facts.references.argument[call], *wanted)

    def _filled(self, call: int, text: str) -> str:
        parts = text.split(GAP)
        for n in range(1, len(parts), 2):
            known = self.constant(call, parts[n])
            parts[n] = f"{{{parts[n].rpartition('.')[2]}}}" if known is None else known
        return "".join(parts)

    def constant(self, call: int, name: str) -> str | None:
        """The text that a name at a call is bound to."""
        references = self.facts.references
        at = (self.file, references.scope[call], references.start_byte[call])
        for value in self._values(at, name):
            if 0 <= value < INSTANCES and not self._names.is_module(value):
                file, definition = self._names.assembly.place(value)
                found = bound(self._names, file, definition)
                if found is not None:
                    return found
        return None

    def _values(self, at: At, name: str) -> Sequence[int]:
        """What a dotted name stands for; one of an instance, such as `settings.PREFIX`, is its class's."""
        found = self._names.dotted(*at[:2], name, at[2]).values
        holder, _, last = name.rpartition(".")
        if found or not holder:
            return found
        for made in self._objects.of_path(at, holder):
            if made.class_row >= 0:
                members = self._names.classes.declared(self._names.classes.heritage.order(made.class_row), last)
                if members:
                    return members
        return ()


def bound(names: Names, file: int, definition: int) -> str | None:
    """The text that a definition of a file or class is bound to."""
    facts = names.scopes[file].facts
    if definition == NO_DEFINITION:
        return None
    owner, name = facts.definitions.owner[definition], facts.definitions.name[definition]
    table = facts.constants
    for scope, its_name, content in zip(table.scope, table.name, table.content, strict=True):
        if scope == owner and its_name == name:
            return facts.strings[content]
    return None
