"""Names that hold in a part of their function only: in a block, or in a function that has no name of its own.

What flows in: a Draft whose functions and classes are known. What flows out: the block around a byte, and binding rows.
A language without such blocks has no capture of them, and nothing here costs it anything.
"""

from collections.abc import Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION, UNNAMED, BindingKind
from axon.parsing.draft import Draft, Span
from axon.parsing.scopes import Owners

_BLOCK: Final = int(BindingKind.BLOCK)
_UNBOUND: Final = int(BindingKind.UNBOUND)
_LOCAL: Final = int(BindingKind.LOCAL)
_PARAMETER: Final = int(BindingKind.PARAMETER)

Row = tuple[int, str, int, int, int]  # scope, name, kind, start, end


def unnamed(place: int) -> str:
    """What stands for the name of a parameter that is a pattern: its place, as no name is written."""
    return f"{UNNAMED}{place}"


class Blocks:
    """The blocks of one file; a definition's own body is none of them."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        n = draft.n_nested
        self._wholes = Owners(draft.start[:n], draft.start[:n], draft.end[:n])
        plain, functions = set(draft.spans("block")), set(draft.spans("block.function"))
        self._functions = _Nest(sorted(functions, key=_outer_first))
        kept = {span for span in functions if not self._is_own(span)}
        self._kept_functions = _Nest(sorted(kept, key=_outer_first))
        inner = {span for span in plain if not self._is_body(span)} | kept
        self._all = _Nest(sorted(inner, key=_outer_first))
        self._kept = kept

    def around(self, position: int, scope: int) -> Span | None:
        """The innermost block that holds a byte inside the scope it belongs to; None outside blocks."""
        return self._inside(self._all.at(position), scope)

    def function_around(self, position: int, scope: int) -> Span | None:
        """The same of functions without a name, which bound what a plain block does not."""
        return self._inside(self._kept_functions.at(position), scope)

    def parameters_of(self, position: int) -> Span | None:
        """The function without a name whose parameter list holds a byte; None where the function is a definition."""
        span = self._functions.at(position)
        return span if span in self._kept else None

    def owner_of(self, span: Span) -> int:
        """The definition that a function's node belongs to; NO_DEFINITION for a function without a name."""
        return self._wholes.at(span[0]) if self._is_own(span) else NO_DEFINITION

    def _is_own(self, span: Span) -> bool:
        """Whether a function's node is a definition's: its body lies in it. One that is the body is another's."""
        row = self._wholes.at(span[0])
        return row != NO_DEFINITION and span[0] < self._draft.body[row] < span[1]

    def _is_body(self, span: Span) -> bool:
        row = self._wholes.at(span[0])
        return row != NO_DEFINITION and span[0] == self._draft.body[row]

    def _inside(self, span: Span | None, scope: int) -> Span | None:
        return span if span and (scope == NO_DEFINITION or span[0] >= self._draft.body[scope]) else None


class _Nest:
    """Spans that nest properly, asked for the innermost at a byte."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        starts = [start for start, _ in spans]
        self._owners = Owners(starts, starts, [end for _, end in spans])

    def at(self, position: int) -> Span | None:
        row = self._owners.at(position) if self._spans else NO_DEFINITION
        return None if row == NO_DEFINITION else self._spans[row]


def _outer_first(span: Span) -> tuple[int, int]:
    return span[0], -span[1]


def find_blocks(draft: Draft) -> Blocks | None:
    """The file's blocks; None where its language bounds no name by blocks."""
    return Blocks(draft) if draft.language.blocks_bind else None


def block_rows(draft: Draft, blocks: Blocks) -> list[Row]:
    """Binding rows of definitions in blocks, of parameters of functions without a name, and of receivers."""
    rows = _definitions(draft, blocks)
    for start, end in draft.spans("block.parameters"):
        span = blocks.parameters_of(start)
        if span:
            scope = draft.scopes.at(start)
            rows.extend((scope, name, _PARAMETER, *span) for name in parameter_names(draft, draft.text.cut(start, end)))
            rows.extend((scope, name, _PARAMETER, *span) for name in _note_patterns(draft, scope, start, end))
    return rows + _receivers(draft, blocks)


def _note_patterns(draft: Draft, scope: int, start: int, end: int) -> list[str]:
    """Keep the patterns among the parameters of a function without a name; what each parameter is known by."""
    text = draft.text.cut(start, end)
    if draft.language.parts is None or not ("{" in text or "[" in text):
        return []
    found = []
    for place, parameter in enumerate(draft.language.parameters(text if text.startswith("(") else f"({text})")):
        if parameter.name[:1] in ("{", "["):
            draft.patterns.append((scope, place, parameter.name, end))
            found.append(unnamed(place))
    return found


def parameter_names(draft: Draft, text: str) -> list[str]:
    """Every name that a parameter list binds, patterns taken apart."""
    found = draft.language.parameters(text if text.startswith("(") else f"({text})")
    return [name for parameter in found for name in draft.language.targets(parameter.name)]


def _definitions(draft: Draft, blocks: Blocks) -> list[Row]:
    rows: list[Row] = []
    inner = {start for start, _ in draft.spans("inner")}
    for row in range(draft.n_nested):
        owner, start = draft.owner[row], draft.start[row]
        if owner != NO_DEFINITION and draft.holds_members[owner]:
            continue
        if row in draft.loose:  # known by name in itself at most; no use of a name can begin where it begins
            end = draft.end[row] if start in inner else start + 1
            rows.append((owner, draft.names[row], _BLOCK, start, end))
            continue
        if row in draft.unbound:
            rows.append((owner, draft.names[row], _UNBOUND, start, draft.end[row]))
            if row in draft.self_named:
                rows.append((owner, draft.names[row], _BLOCK, start, draft.end[row]))
            continue
        span = blocks.around(start, owner)
        if span:
            rows.append((owner, draft.names[row], _BLOCK, *span))
    return rows


def _receivers(draft: Draft, blocks: Blocks) -> list[Row]:
    """A function that no class holds has a receiver of its own, which is not that of the method around it."""
    word, rows = draft.language.receiver, []
    for start, end in draft.spans("block.receiver"):
        owner = blocks.owner_of((start, end))
        if owner == NO_DEFINITION:
            rows.append((draft.scopes.at(start), word, _BLOCK, start, end))
        elif not draft.is_class(draft.owner[owner]) or owner in draft.loose:
            rows.append((owner, word, _LOCAL, 0, 0))
    return rows
