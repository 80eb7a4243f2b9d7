"""What a symbol calls.

What flows in: an index and what a person typed. What flows out: a `CalleesAnswer`. It does not follow calls further
than one step.
"""

from axon.model.answers import CalleesAnswer
from axon.model.kinds import EdgeKind
from axon.questions.opened import Index
from axon.questions.rows import known, outgoing, symbol, uncertain, unresolved_list
from axon.questions.symbols import find_symbol, signature_note


def callees(index: Index, text: str, *, limit: int | None = None) -> CalleesAnswer:
    """All resolved calls in the symbol that `text` means, and all or `limit` unresolved ones.

    Raises:
        SymbolError: no symbol, or several, have that name.
    """
    columns = index.columns
    row = find_symbol(columns, text)
    unresolved = unresolved_list(columns, columns.unresolved_of(row), limit)
    found, passes = outgoing(columns, row, EdgeKind.CALLS), outgoing(columns, row, EdgeKind.PASSES)
    return CalleesAnswer(
        symbol(columns, row),
        known(found),
        uncertain(found),
        passes,
        unresolved,
        index.state(*signature_note(columns, row)),
    )
