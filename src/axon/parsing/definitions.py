"""Functions, classes and their parameters; the rows that variables, fields and aliases add.

What flows in: a Draft with captures. What flows out: its definition columns, filled, functions and classes first in
source order, so that their rows can serve as scopes.
"""

from collections.abc import Callable, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, Final

from axon.languages.language import Language, Modifiers, Parameter
from axon.model.facts import NO_DEFINITION, NO_TEXT, Parameters
from axon.model.kinds import CLASS_CODES, NODE_KINDS, Flag, NodeKind
from axon.parsing.draft import Draft, Span
from axon.parsing.overloads import fold_overloads, joined_parameters, joined_signature
from axon.parsing.scopes import Owners

_WHOLE: Final = attrgetter("start_byte", "end_byte", "start_point", "end_point")
_BODY: Final = attrgetter("start_byte", "start_point")
_CODE: Final = {kind: code for code, kind in enumerate(NODE_KINDS)}
_CLASS: Final = _CODE[NodeKind.CLASS]
_FUNCTION: Final = _CODE[NodeKind.FUNCTION]
_SIGNATURE: Final = "signature"
_LOOSE: Final = "loose"
_INNER: Final = "inner"
_HELD: Final = "held"
_NESTED = (  # capture and kind of everything that has a scope of its own, or could have
    ("function", _FUNCTION),
    ("class", _CLASS),
    (_SIGNATURE, _FUNCTION),
    ("interface", _CODE[NodeKind.INTERFACE]),
    ("enum", _CODE[NodeKind.ENUM]),
    ("module", _CODE[NodeKind.MODULE]),
    ("object", _CODE[NodeKind.VARIABLE]),
)
# Plain integers: an operation on an enum member costs twenty times one on an int, and these loops see every symbol.
_EXPORTED: Final = int(Flag.EXPORTED)
_CONDITIONAL: Final = int(Flag.CONDITIONAL)
_ASYNC: Final = int(Flag.ASYNC)
_ACCESSOR: Final = int(Flag.ACCESSOR)
_ABSTRACT: Final = int(Flag.ABSTRACT)
_FIELD: Final = int(Flag.FIELD)
_STATIC: Final = int(Flag.STATIC)
_CONSTANT: Final = int(Flag.CONSTANT)
_GENERATOR: Final = int(Flag.GENERATOR)
_VARIABLE: Final = _CODE[NodeKind.VARIABLE]
_PROPERTY: Final = _CODE[NodeKind.PROPERTY]
_ALIAS: Final = _CODE[NodeKind.TYPE_ALIAS]
_DOCSTRING_BYTES: Final = 4_400
_LOOSE_HOLDERS: Final = (_FUNCTION, _CLASS)


def add_functions_and_classes(draft: Draft) -> None:
    """Fill the rows of functions and classes, their owners and scopes."""
    items = [item for capture, code in _NESTED for item in _items(draft, capture, code)]
    items += _held_items(draft, items)
    loose = _loose_items(draft, items)
    items += loose
    if not items:
        return
    items.sort(key=_outer_first)
    items, overloads = fold_overloads(draft, items, _FUNCTION)
    wholes, names, bodies, kinds = zip(*items, strict=True)
    draft.start = [whole[0] for whole in wholes]
    draft.end = [whole[1] for whole in wholes]
    draft.start_line = [whole[2][0] + 1 for whole in wholes]
    draft.columns = [whole[2][1] for whole in wholes]
    draft.end_line = [whole[3][0] + 1 for whole in wholes]
    draft.kind = list(kinds)
    draft.is_function = [kind == _FUNCTION for kind in kinds]
    draft.holds_members = [kind in CLASS_CODES or kind == _VARIABLE for kind in kinds]
    draft.body = [body[0] for body in bodies]
    draft.body_columns = [body[1][1] for body in bodies]
    draft.names = draft.text.cut_all(names)
    draft.name_at = [name[0] for name in names]
    draft.name_starts = set(draft.name_at)
    loose_starts = {item[0][0] for item in loose}
    draft.loose = {row for row, start in enumerate(draft.start) if start in loose_starts} if loose else set()
    draft.scopes = Owners(draft.start, draft.body, draft.end)
    draft.owner = draft.scopes.owners.copy()
    draft.scopes.pass_over([row for row, kind in enumerate(kinds) if kind == _VARIABLE])  # an object runs nothing
    draft.n_nested = len(items)
    if draft.language.plain_name is not None:
        _tidy_names(draft, draft.language.plain_name)
    draft.heads = draft.text.cut_all([(name[1], body[0]) for name, body in zip(names, bodies, strict=True)])
    draft.signature = draft.strings.add_all([draft.language.signature(head) for head in draft.heads])
    if overloads:
        _read_overloads(draft, overloads)
    draft.summary = _summaries(draft)
    if draft.language.modifiers is not None:
        before = draft.text.cut_all([(whole[0], name[0]) for whole, name in zip(wholes, names, strict=True)])
        draft.modifiers = list(map(draft.language.modifiers, before, draft.heads))
    draft.value = [NO_TEXT] * len(items)


def _read_overloads(draft: Draft, overloads: dict[int, list[Span]]) -> None:
    """What the declarations of each set of overloads say together."""
    for row, start in enumerate(draft.start):
        spans = overloads.get(start)
        if spans is not None and draft.is_function[row]:
            heads = draft.overloads[row] = draft.text.cut_all(spans)
            draft.first_ends[row] = spans[0][1]
            draft.heads[row] = heads[-1]
            text = joined_signature(draft.language, heads, has_body=_has_body(draft, row))
            draft.signature[row] = draft.strings.add(text)


def _has_body(draft: Draft, row: int) -> bool:
    return draft.body[row] != draft.end[row]


def _held_items(draft: Draft, items: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Objects that named objects hold and that hold functions themselves, with these functions."""
    held = _items(draft, _HELD, _VARIABLE) if _HELD in draft.captures else []
    if not held:
        return []
    around = sorted([*items, *held], key=_outer_first)
    starts, bodies, ends = zip(*((item[0][0], item[2][0], item[0][1]) for item in around), strict=True)
    owners, is_held = Owners(starts, bodies, ends), {item[0] for item in held}
    known: set[int] = set()  # named objects, and those in them
    for i, item in enumerate(around):
        if item[3] == _VARIABLE and (item[0] not in is_held or owners.owners[i] in known):
            known.add(i)
    found = [around[i] for i in sorted(known) if around[i][0] in is_held]
    whole = {item[0] for item in found}
    functions = ((item, owners.at(item[0][0])) for item in (_items(draft, _LOOSE, _FUNCTION) if found else ()))
    return [*found, *(item for item, at in functions if at != NO_DEFINITION and around[at][0] in whole)]


def _loose_items(draft: Draft, items: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Functions in values that have no name, but for those that a named object holds somewhere inside.

    A function that is named for itself alone is one of them, unless what it is assigned to names it.
    """
    found = _items(draft, _LOOSE, _FUNCTION)
    bodies = {item[2][0] for item in (*items, *found)}
    found += [item for item in _items(draft, _INNER, _FUNCTION) if item[2][0] not in bodies]
    if not found:
        return []
    known = {item[0][0] for item in items}
    around = sorted(items, key=_outer_first)
    owners = Owners(
        *([item[0][0] for item in around], [item[2][0] for item in around], [item[0][1] for item in around])
    )
    holders = [owners.at(item[0][0]) for item in found]
    return [
        item
        for item, holder in zip(found, holders, strict=True)
        if item[0][0] not in known and (holder == NO_DEFINITION or around[holder][3] in _LOOSE_HOLDERS)
    ]


def _items(draft: Draft, capture: str, code: int) -> list[tuple[Any, ...]]:
    """((start, end, start point, end point), name span, (body, body point), kind) of each definition of a capture.

    The captures belong to one pattern and mostly nest alike: then the n-th of each, by start, are of one definition.
    """
    nodes = draft.captures.get(capture)
    if not nodes:
        return []
    wholes, names = sorted(map(_WHOLE, nodes)), draft.spans(f"{capture}.name")
    if capture == _SIGNATURE:
        bodies = [(whole[1], whole[3]) for whole in wholes]
    else:
        bodies = sorted(map(_BODY, draft.captures[f"{capture}.body"]))
    if len(names) != len(set(names)):  # two patterns, or one at several children, gave the same node
        wholes, names, bodies = sorted(set(wholes)), sorted(set(names)), sorted(set(bodies))
    if not all(name[1] <= body[0] <= whole[1] for whole, name, body in zip(wholes, names, bodies, strict=True)):
        names = _aligned(wholes, names, [(whole[0], whole[0]) for whole in wholes])
        bodies = _aligned(wholes, bodies, [(whole[1], whole[3]) for whole in wholes])
    return list(zip(wholes, names, bodies, repeat(code, len(wholes)), strict=True))


def _aligned(
    wholes: list[tuple[Any, ...]], parts: list[tuple[Any, ...]], missing: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Names or bodies in the order of their definitions: each belongs to the innermost one around it.

    A definition inside a parameter's default value has its body before that of the function around it. In damaged
    code a part can be empty and lie inside none: then it is what `missing` says.
    """
    order = sorted(range(len(wholes)), key=lambda row: (wholes[row][0], -wholes[row][1]))
    starts = [wholes[row][0] for row in order]
    around = Owners(starts, starts, [wholes[row][1] for row in order])
    found = {order[at]: part for part in parts if (at := around.at(part[0])) != NO_DEFINITION}
    return [found.get(row, missing[row]) for row in range(len(wholes))]


def _outer_first(item: tuple[Any, ...]) -> tuple[int, int]:
    return item[0][0], -item[0][1]


def _tidy_names(draft: Draft, plain: Callable[[str], str]) -> None:
    """Names without quotes; what is assigned to `a.b` is called b, and known by that name to the holder of `a` only."""
    for row, written in enumerate(draft.names):
        left, dot, name = written.rpartition(".")
        if not dot or written[0] in "[\"'":
            draft.names[row] = plain(written)
            continue
        draft.names[row] = plain(name)
        if written in draft.language.whole_targets:
            _name_by_itself(draft, row)
        holder = draft.owner[row] if left == draft.language.receiver else NO_DEFINITION
        if draft.is_class(holder):
            draft.of_class.add(row)  # in a static block, where the receiver is the class
        elif holder != NO_DEFINITION and draft.is_function[holder] and draft.is_class(draft.owner[holder]):
            draft.owner[row] = draft.owner[holder]
        else:
            draft.unbound.add(row)


def _name_by_itself(draft: Draft, row: int) -> None:
    """What a file offers in place of a module is called as it calls itself, and known to itself by that name."""
    offered = draft.language.assigned_exports(draft.text.cut(draft.start[row], draft.body[row]))
    for _, name in offered:
        if name[:1] == "." and name[1:] != draft.names[row]:
            draft.names[row] = name[1:]
            draft.self_named.add(row)


def _summaries(draft: Draft) -> list[int]:
    if not draft.language.docstring_openings:
        return [comment_text(draft, start) for start in draft.start]
    text, add, docstring = draft.text, draft.strings.add, draft.language.docstring
    content, openings = text.content, draft.language.docstring_openings
    size = len(content)  # a broken body may begin behind the last byte
    return [
        add(docstring(text.cut(body, body + _DOCSTRING_BYTES), 0))
        if body < size and content[body] in openings
        else NO_TEXT
        for body in draft.body
    ]


def comment_text(draft: Draft, start: int) -> int:
    """Text index of the first line of the comment on what starts at a byte; NO_TEXT if there is none."""
    found = draft.language.comment_before(draft.text.content, start)
    return draft.strings.add(found) if found else NO_TEXT


def classify(draft: Draft) -> None:
    """Give functions and classes their final kind and flags, once decorators are known."""
    language, is_function, decorators = draft.language, draft.is_function, draft.decorators
    kinds, flags, columns, body_columns = draft.kind, draft.flags, draft.columns, draft.body_columns
    conditional = _CONDITIONAL if language.indentation_is_scope else 0
    known: dict[tuple[Any, ...], tuple[int, int]] = {}
    for row, (name, owner, callable_) in enumerate(zip(draft.names, draft.owner, is_function, strict=False)):
        top = owner < 0
        in_class = not top and draft.kind[owner] in CLASS_CODES and row not in draft.loose
        key = (callable_, in_class, name, *decorators[row]) if row in decorators else (callable_, in_class, name)
        found = known.get(key)
        if found is None:
            found = known[key] = _classified(language, key)
        code, flag = found
        if callable_ or kinds[row] == _CLASS:
            kinds[row] = code
        if flag & _EXPORTED and not (top or (in_class and flags[owner] & _EXPORTED)):
            flag -= _EXPORTED
        flags.append(flag | conditional if columns[row] != (0 if top else body_columns[owner]) else flag)
    for row, found in enumerate(draft.modifiers):
        _modify(draft, row, found)
    for row in draft.of_class:
        draft.flags[row] |= _STATIC
    _add_rare_flags(draft)


def _modify(draft: Draft, row: int, found: Modifiers) -> None:
    """What the words around a name add; a signature without a body is a promise."""
    flags, owner = int(found.flags), draft.owner[row]
    in_class = owner != NO_DEFINITION and draft.kind[owner] in CLASS_CODES
    if flags & _ACCESSOR and owner != NO_DEFINITION and draft.holds_members[owner] and draft.is_function[row]:
        draft.kind[row] = _PROPERTY
    if draft.is_function[row] and draft.body[row] == draft.end[row]:
        flags |= _ABSTRACT if in_class else 0
    draft.flags[row] |= flags
    if found.is_private:
        draft.flags[row] &= ~_EXPORTED


def _classified(language: Language, key: tuple[Any, ...]) -> tuple[int, int]:
    is_function, in_class, name, *decorators = key
    flags = 0 if language.is_private(name) else _EXPORTED
    if not is_function:
        return _CLASS, flags
    found = language.classify_function(NodeKind.METHOD if in_class else NodeKind.FUNCTION, name, decorators)
    return _CODE[found.kind], flags | int(found.flags)


def _add_rare_flags(draft: Draft) -> None:
    if b"async" in draft.text.content and not draft.modifiers:
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
        heads = draft.overloads.get(row)
        if heads is not None:
            found = joined_parameters(draft.language, heads, has_body=_has_body(draft, row))
            first, read = _parameter_columns(draft, found)
        elif draft.name_at[row] in draft.comments:
            comment, written = draft.comments[draft.name_at[row]], draft.language.parameters(head)
            first, read = _parameter_columns(draft, _with_types(written, comment.parameters))
        else:
            if head not in known:
                known[head] = _parameter_columns(draft, draft.language.parameters(head))
            first, read = known[head]
        if first:
            draft.receivers[row] = first
            if "{" in head or "[" in head:
                _note_patterns(draft, row, head)
            owners.extend([row] * len(read[0]))
            for column, values in zip(columns, read, strict=True):
                column.extend(values)
    return Parameters(owners, *columns)


def _with_types(written: Sequence[Parameter], said: Sequence[tuple[str, str]]) -> Sequence[Parameter]:
    """Parameters with the types that a comment says of their names; of a pattern by its place."""
    types, names = dict(said), [name for name, _ in said]
    found: list[Parameter] = []
    for place, parameter in enumerate(written):
        is_pattern = parameter.name[:1] in ("{", "[") and place < len(names)
        type_ = types.get(names[place] if is_pattern else parameter.name, "")
        found.append(parameter._replace(annotation=parameter.annotation or type_))
    return found


def _note_patterns(draft: Draft, row: int, head: str) -> None:
    if draft.language.parts is not None:
        for place, parameter in enumerate(draft.language.parameters(head)):
            if parameter.name[:1] in ("{", "["):
                draft.patterns.append((row, place, parameter.name, draft.body[row]))


def _parameter_columns(draft: Draft, found: Sequence[Parameter]) -> tuple[str, list[tuple[int, ...]]]:
    """Name of the first parameter ('' if there is none) and the four columns of all."""
    add = draft.strings.add
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
    content = draft.text.content
    known = {name for name, owner in zip(draft.names, draft.owner, strict=True) if owner == NO_DEFINITION}
    for comment in draft.comments.values():  # for the whole file, unless what is defined there has the name
        start, end = comment.start, comment.end
        first, last = content.count(b"\n", 0, start), content.count(b"\n", 0, end)
        whole = (start, end, (first, start - content.rfind(b"\n", 0, start) - 1), (last, 0))
        for name, type_ in comment.aliases:
            if name not in known:
                known.add(name)
                draft.aliases.append((name, type_, start, end))
                add_variable(draft, name, whole, NO_DEFINITION, is_alias=True)


def add_variable(
    draft: Draft, name: str, whole: tuple[Any, ...], owner: int, *, is_alias: bool = False, value: str = ""
) -> None:
    """Append a variable, field or alias; `whole` is (start, end, start point, end point) of its statement."""
    start, end, start_point, end_point = whole
    in_class = owner >= 0 and draft.kind[owner] in CLASS_CODES
    flags = _FIELD if in_class and not is_alias else 0
    if (
        owner < 0 or (draft.flags[owner] & _EXPORTED and not draft.is_function[owner])
    ) and not draft.language.is_private(name):
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
    draft.summary.append(NO_TEXT if draft.language.docstring_openings else comment_text(draft, start))
    draft.value.append(draft.strings.add(value) if value else NO_TEXT)
