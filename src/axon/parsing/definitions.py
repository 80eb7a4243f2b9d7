"""Functions, classes and their parameters; the rows that variables, fields and aliases add.

What flows in: a Draft with captures. What flows out: its definition columns, filled, functions and classes first in
source order, so that their rows can serve as scopes.
"""

from operator import attrgetter, itemgetter
from typing import Any

from axon.languages.language import Language
from axon.model.facts import NO_DEFINITION, NO_TEXT, Parameters
from axon.model.kinds import NODE_KINDS, Flag, NodeKind
from axon.parsing.draft import Draft
from axon.parsing.scopes import Owners, nesting

_WHOLE = attrgetter("start_byte", "end_byte", "start_point", "end_point")
_BODY = attrgetter("start_byte", "start_point")
_CODE = {kind: code for code, kind in enumerate(NODE_KINDS)}
_CLASS, _FUNCTION = _CODE[NodeKind.CLASS], _CODE[NodeKind.FUNCTION]
# Plain integers: an operation on an enum member costs twenty times one on an int, and these loops see every symbol.
_EXPORTED, _CONDITIONAL, _ASYNC = int(Flag.EXPORTED), int(Flag.CONDITIONAL), int(Flag.ASYNC)
_FIELD, _CONSTANT, _GENERATOR = int(Flag.FIELD), int(Flag.CONSTANT), int(Flag.GENERATOR)
_VARIABLE, _PROPERTY, _ALIAS = _CODE[NodeKind.VARIABLE], _CODE[NodeKind.PROPERTY], _CODE[NodeKind.TYPE_ALIAS]
_DOCSTRING_BYTES = 4_400


def add_functions_and_classes(draft: Draft) -> None:
    """Fill the rows of functions and classes, their owners and scopes."""
    items = _items(draft, "function", _FUNCTION) + _items(draft, "class", _CLASS)
    if not items:
        return
    items.sort(key=itemgetter(0))
    starts, ends, points, last_points, kinds, names, bodies = zip(*items, strict=True)
    draft.start, draft.end, draft.kind = list(starts), list(ends), list(kinds)
    draft.start_line = [row + 1 for row, _ in points]
    draft.columns = [column for _, column in points]
    draft.end_line = [row + 1 for row, _ in last_points]
    draft.is_function = [kind == _FUNCTION for kind in kinds]
    draft.body = [start for start, _ in bodies]
    draft.body_columns = [column for _, (_, column) in bodies]
    draft.names = draft.text.cut_all(names)
    draft.owner = nesting(list(zip(starts, ends, strict=True)))
    draft.scopes = Owners(list(zip(draft.body, ends, strict=True)), draft.owner)
    draft.n_nested = len(items)
    draft.heads = draft.text.cut_all([(name[1], body) for name, body in zip(names, draft.body, strict=True)])
    draft.signature = draft.strings.add_all([draft.language.signature(head) for head in draft.heads])
    draft.summary = _summaries(draft)
    draft.value = [NO_TEXT] * len(items)


def _items(draft: Draft, capture: str, code: int) -> list[tuple[Any, ...]]:
    """(start, end, start point, end point, kind, name span, (body, body point)) of each definition of a capture.

    The captures belong to one pattern and nest alike, so the n-th of each, by start, are of one definition.
    """
    nodes = draft.captures.get(capture)
    if not nodes:
        return []
    wholes, names = sorted(map(_WHOLE, nodes)), draft.spans(f"{capture}.name")
    bodies = sorted(map(_BODY, draft.captures[f"{capture}.body"]))
    return [(*whole, code, name, body) for whole, name, body in zip(wholes, names, bodies, strict=True)]


def _summaries(draft: Draft) -> list[int]:
    text, add, docstring = draft.text, draft.strings.add, draft.language.docstring
    content, openings = text.content, draft.language.docstring_openings
    return [
        add(docstring(text.cut(body, body + _DOCSTRING_BYTES), 0)) if content[body] in openings else NO_TEXT
        for body in draft.body
    ]


def classify(draft: Draft) -> None:
    """Give functions and classes their final kind and flags, once decorators are known."""
    language, is_function, flags = draft.language, draft.is_function, draft.flags
    known: dict[tuple[Any, ...], tuple[int, int]] = {}
    for row, (name, owner) in enumerate(zip(draft.names, draft.owner, strict=True)):
        column = 0 if owner == NO_DEFINITION else draft.body_columns[owner]
        flag = _CONDITIONAL if language.indentation_is_scope and draft.columns[row] != column else 0
        in_class = owner != NO_DEFINITION and not is_function[owner]
        key = (is_function[row], in_class, name, *draft.decorators.get(row, ()))
        if key not in known:
            known[key] = _classified(language, key)
        draft.kind[row], more = known[key]
        if more & _EXPORTED and not (owner == NO_DEFINITION or (in_class and flags[owner] & _EXPORTED)):
            more -= _EXPORTED
        flags.append(flag | more)
    _add_rare_flags(draft)


def _classified(language: Language, key: tuple[Any, ...]) -> tuple[int, int]:
    is_function, in_class, name, *decorators = key
    flags = 0 if language.is_private(name) else _EXPORTED
    if not is_function:
        return _CLASS, flags
    found = language.classify_function(NodeKind.METHOD if in_class else NodeKind.FUNCTION, name, decorators)
    return _CODE[found.kind], flags | int(found.flags)


def _add_rare_flags(draft: Draft) -> None:
    if b"async" in draft.text.content:
        for row, start in enumerate(draft.start):
            if draft.is_function[row] and draft.text.content.startswith(b"async", start):
                draft.flags[row] |= _ASYNC
    for row in set(draft.scopes.at_all([start for start, _ in draft.spans("yield")])) - {NO_DEFINITION}:
        draft.flags[row] |= _GENERATOR


def add_parameters(draft: Draft) -> Parameters:
    """Rows of all parameters; the first parameter of each function is kept as its possible receiver."""
    owners: list[int] = []
    columns: tuple[list[int], ...] = ([], [], [], [])
    known: dict[str, tuple[str, list[tuple[int, ...]]]] = {}
    for row, head in enumerate(draft.heads):
        if not draft.is_function[row]:
            continue
        if head not in known:
            known[head] = _read_parameters(draft, head)
        first, read = known[head]
        if first:
            draft.receivers[row] = first
            owners.extend([row] * len(read[0]))
            for column, values in zip(columns, read, strict=True):
                column.extend(values)
    return Parameters(owners, *columns)


def _read_parameters(draft: Draft, head: str) -> tuple[str, list[tuple[int, ...]]]:
    """Name of the first parameter ('' if there is none) and the four columns of all."""
    found, add = draft.language.parameters(head), draft.strings.add
    if not found:
        return "", []
    rows = [
        (add(p.name), add(p.annotation) if p.annotation else NO_TEXT, add(p.default) if p.default else NO_TEXT, p.kind)
        for p in found
    ]
    return found[0].name, list(zip(*rows, strict=True))


def add_aliases(draft: Draft) -> None:
    """Type aliases that have a statement of their own."""
    places = sorted(map(_WHOLE, draft.captures.get("alias", ())))
    for whole, (start, end) in zip(places, draft.spans("alias.name"), strict=True):
        names = draft.language.types(draft.text.cut(start, end))
        if names:
            add_variable(draft, names[0][1], whole, draft.scopes.at(start), is_alias=True)


def add_variable(
    draft: Draft, name: str, whole: tuple[Any, ...], owner: int, *, is_alias: bool = False, value: str = ""
) -> None:
    """Append a variable, field or alias; `whole` is (start, end, start point, end point) of its statement."""
    start, end, (start_row, _), (end_row, _) = whole
    in_class = owner != NO_DEFINITION and not draft.is_function[owner]
    flags = 0 if draft.language.is_private(name) else _EXPORTED
    if not (owner == NO_DEFINITION or (in_class and draft.flags[owner] & _EXPORTED)):
        flags = 0
    flags |= _FIELD if in_class and not is_alias else 0
    draft.flags.append(flags | (_CONSTANT if draft.language.is_constant(name) else 0))
    draft.names.append(name)
    draft.kind.append(_ALIAS if is_alias else _PROPERTY if in_class else _VARIABLE)
    draft.owner.append(owner)
    draft.start.append(start)
    draft.end.append(end)
    draft.start_line.append(start_row + 1)
    draft.end_line.append(end_row + 1)
    draft.body.append(0)
    draft.signature.append(NO_TEXT)
    draft.summary.append(NO_TEXT)
    draft.value.append(draft.strings.add(value) if value else NO_TEXT)
