"""Which decorators stand on which definition, and what the initializers run that they make.

What flows in: linked names. What flows out: reference rows by node row; methods.
"""

from collections.abc import Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION, ReferenceKind
from axon.resolution.call_arguments import argument_of
from axon.resolution.names import Names
from axon.resolution.values import NOTHING, Values, is_external

_DECORATOR: Final = int(ReferenceKind.DECORATOR)
_INITIALIZER: Final = "init"


class Decorators:
    """The decorators of a tree; `by_row` has (file, scope, reference) by node row, the outermost first."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.by_row: dict[int, list[tuple[int, int, int]]] = {}
        for file in range(len(names.scopes)):
            self._add(file)

    def replace(self, file: int) -> None:
        """Take up another version of a file with the same surface; its references have other rows."""
        for row in (self._names.row(file, NO_DEFINITION), *self._names.assembly.rows[file]):
            self.by_row.pop(row, None)
        self._add(file)

    def _add(self, file: int) -> None:
        table = self._names.scopes[file].facts.references
        if _DECORATOR not in table.kind:
            return
        for reference, kind in enumerate(table.kind):
            if kind == _DECORATOR:
                row = self._names.row(file, table.symbol[reference])
                self.by_row.setdefault(row, []).append((file, table.scope[reference], reference))


def run_by_made(names: Names, order: Sequence[int]) -> Values:
    """What instantiating the first class of an MRO runs by an initializer that a decorator makes for one of them."""
    language = names.classes.language_of(order[0])
    for method, decorators in language.library.made_by.items():
        found = names.classes.method(order[0], method)
        if not found:
            continue
        for row in order:
            if is_external(row) or any(names.classes.member(row, name) for name in language.initializers):
                break
            if _has_decorator(names, row, decorators):
                return found
    return NOTHING


def _has_decorator(names: Names, row: int, wanted: frozenset[str]) -> bool:
    """Whether one of some external decorators stands on a definition."""
    file, definition = names.assembly.place(row)
    facts = names.scopes[file].facts
    table = facts.references
    for reference, (kind, symbol) in enumerate(zip(table.kind, table.symbol, strict=True)):
        if kind == _DECORATOR and symbol == definition:
            text, start = facts.strings[table.text[reference]], table.start_byte[reference]
            values = names.dotted(file, table.scope[reference], text, start).values
            if any(is_external(value) and names.externals.name(value) in wanted for value in values):
                # the keyword is only written to say that no initializer is made
                return argument_of(facts, table.argument[reference], _INITIALIZER) < 0
    return False
