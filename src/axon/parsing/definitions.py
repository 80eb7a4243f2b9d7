"""Functions, classes and their parameters; the rows that variables, fields and aliases add.

What flows in: a Draft with captures. What flows out: its definition columns, filled, functions and classes first in
source order, so that their rows can serve as scopes.
"""

from itertools import repeat
from operator import attrgetter
from typing import Any

from axon.languages.language import Language
from axon.model.facts import NO_DEFINITION, NO_TEXT, Parameters
from axon.model.kinds import NODE_KINDS, Flag, NodeKind
from axon.parsing.draft import Draft
from axon.parsing.scopes import Owners

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
    items = _items(draft, "function", _FUNCTION)
    items += _items(draft, "class", _CLASS)
    if not items:
        return
    items.sort()
    wholes, names, bodies, kinds = zip(*items, strict=True)
    draft.start = [whole[0] for whole in wholes]
    draft.end = [whole[1] for whole in wholes]
    draft.start_line = [whole[2][0] + 1 for whole in wholes]
    draft.columns = [whole[2][1] for whole in wholes]
    draft.end_line = [whole[3][0] + 1 for whole in wholes]
    draft.kind = list(kinds)
    draft.is_function = [kind == _FUNCTION for kind in kinds]
    draft.body = [body[0] for body in bodies]
    draft.body_columns = [body[1][1] for body in bodies]
    draft.names = draft.text.cut_all(names)
    draft.scopes = Owners(draft.start, draft.body, draft.end)
    draft.owner = draft.scopes.owners.copy()
    draft.n_nested = len(items)
    draft.heads = draft.text.cut_all([(name[1], body[0]) for name, body in zip(names, bodies, strict=True)])
    draft.signature = draft.strings.add_all([draft.language.signature(head) for head in draft.heads])
    draft.summary = _summaries(draft)
    draft.value = [NO_TEXT] * len(items)


def _items(draft: Draft, capture: str, code: int) -> list[tuple[Any, ...]]:
    """((start, end, start point, end point), name span, (body, body point), kind) of each definition of a capture.

    The captures belong to one pattern and nest alike, so the n-th of each, by start, are of one definition.
    """
    nodes = draft.captures.get(capture)
    if not nodes:
        return []
    names = draft.spans(f"{capture}.name")
    bodies = sorted(map(_BODY, draft.captures[f"{capture}.body"]))
    return list(zip(sorted(map(_WHOLE, nodes)), names, bodies, repeat(code, len(nodes)), strict=True))


def _summaries(draft: Draft) -> list[int]:
    text, add, docstring = draft.text, draft.strings.add, draft.language.docstring
    content, openings = text.content, draft.language.docstring_openings
    return [
        add(docstring(text.cut(body, body + _DOCSTRING_BYTES), 0)) if content[body] in openings else NO_TEXT
        for body in draft.body
    ]


def classify(draft: Draft) -> None:
    """Give functions and classes their final kind and flags, once decorators are known."""
    language, is_function, decorators = draft.language, draft.is_function, draft.decorators
    kinds, flags, columns, body_columns = draft.kind, draft.flags, draft.columns, draft.body_columns
    conditional = _CONDITIONAL if language.indentation_is_scope else 0
    known: dict[tuple[Any, ...], tuple[int, int]] = {}
    for row, (name, owner, callable_) in enumerate(zip(draft.names, draft.owner, is_function, strict=False)):
        top = owner < 0
        in_class = not top and not is_function[owner]
        key = (callable_, in_class, name, *decorators[row]) if row in decorators else (callable_, in_class, name)
        found = known.get(key)
        if found is None:
            found = known[key] = _classified(language, key)
        kinds[row], flag = found
        if flag & _EXPORTED and not (top or (in_class and flags[owner] & _EXPORTED)):
            flag -= _EXPORTED
        flags.append(flag | conditional if columns[row] != (0 if top else body_columns[owner]) else flag)
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
    start, end, start_point, end_point = whole
    in_class = owner >= 0 and not draft.is_function[owner]
    flags = _FIELD if in_class and not is_alias else 0
    if (owner < 0 or (in_class and draft.flags[owner] & _EXPORTED)) and not draft.language.is_private(name):
        flags |= _EXPORTED
    draft.flags.append(flags | _CONSTANT if draft.language.is_constant(name) else flags)
    draft.names.append(name)
    draft.kind.append(_ALIAS if is_alias else _PROPERTY if in_class else _VARIABLE)
    draft.owner.append(owner)
    draft.start.append(start)
    draft.end.append(end)
    draft.start_line.append(start_point[0] + 1)
    draft.end_line.append(end_point[0] + 1)
    draft.body.append(0)
    draft.signature.append(NO_TEXT)
    draft.summary.append(NO_TEXT)
    draft.value.append(draft.strings.add(value) if value else NO_TEXT)
