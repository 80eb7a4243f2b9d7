"""Which decorators stand on which definition, and what the initializers run that they make.

What flows in: linked names. What flows out: reference rows by node row; methods.
"""

from collections.abc import Sequence

from axon.model.facts import ReferenceKind
from axon.resolution.names import Names
from axon.resolution.values import NOTHING, Values, is_external


def decorators_by_row(names: Names) -> dict[int, list[tuple[int, int, int]]]:
    """Node row of a decorated definition -> (file, scope, reference) of its decorators, the outermost first."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    wanted = int(ReferenceKind.DECORATOR)
    for file, scopes in enumerate(names.scopes):
        table = scopes.facts.references
        if wanted not in table.kind:
            continue
        for reference, kind in enumerate(table.kind):
            if kind == wanted:
                row = names.row(file, table.symbol[reference])
                found.setdefault(row, []).append((file, table.scope[reference], reference))
    return found


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
        if kind == ReferenceKind.DECORATOR and symbol == definition:
            text, start = facts.strings[table.text[reference]], table.start_byte[reference]
            values = names.dotted(file, table.scope[reference], text, start).values
            if any(is_external(value) and names.externals.name(value) in wanted for value in values):
                return True
    return False
