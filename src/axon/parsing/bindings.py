"""What binds a name besides definitions and parameters: assignments, loops, comprehensions, declarations, imports.

What flows in: a Draft whose functions and classes are known. What flows out: binding and import rows, and variables and
fields added to the draft's definitions. Only a name that a scope really binds hides an outer one.
"""

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

from tree_sitter import Node

from axon.model.facts import NO_DEFINITION, NO_TEXT, BindingKind, Bindings, Imports
from axon.model.kinds import CLASS_CODES, Flag
from axon.parsing.blocks import Blocks, block_rows
from axon.parsing.definitions import add_variable
from axon.parsing.draft import Draft, transposed
from axon.parsing.exports import add_export

_START: Final = attrgetter("start_byte")
_SPAN: Final = attrgetter("start_byte", "end_byte")
_WHOLE: Final = attrgetter("start_byte", "end_byte", "start_point", "end_point")
_LOCAL: Final = int(BindingKind.LOCAL)
_BLOCK: Final = int(BindingKind.BLOCK)
_EXPORTED: Final = int(Flag.EXPORTED)
_STATEMENT_BYTES: Final = 120

_Row = tuple[int, str, int, int, int]  # scope, name, kind, start, end


def bindings(draft: Draft, blocks: Blocks | None) -> Bindings:
    """All binding rows, each once; variables, fields and exports are added to the draft on the way."""
    rows: list[tuple[Any, ...]] = [*_assigned(draft, blocks)]
    if blocks is not None:
        rows += block_rows(draft, blocks)
        rows += _passing_in_blocks(draft, blocks)
        _add_members(draft)
    rows += [(scope, name, _LOCAL, 0, 0) for scope, name in _bound_in_passing(draft)]
    rows += _bound_in_expressions(draft)
    rows += _declared(draft)
    if not rows:
        return Bindings()
    scopes, names, kinds, starts, ends = transposed(list(dict.fromkeys(rows)))
    return Bindings(scopes, draft.strings.add_all(names), kinds, starts, ends)


def _assigned(draft: Draft, blocks: Blocks | None) -> list[_Row]:
    """Rows of what functions and blocks assign; what files and classes assign becomes a definition."""
    nodes = draft.captures.get("target", [])
    if blocks is not None:
        nodes = nodes + draft.captures.get("target.mutable", []) + draft.captures.get("target.hoisted", [])
    if not nodes:
        return []
    nodes.sort(key=_START)
    spans = list(map(_SPAN, nodes))
    texts = draft.text.cut_all(spans)
    scopes = draft.scopes.at_all([start for start, _ in spans])
    is_function, read_targets = [*draft.is_function, False], draft.language.targets  # [-1] is the file
    known = {pair: row for row, pair in enumerate(zip(draft.owner, draft.names, strict=True))}
    again = (*draft.captures.get("target.mutable", ()), *draft.captures.get("target.hoisted", ()))
    mutable = frozenset(map(_START, again))
    draft.imported = imported = _imported_starts(draft) if blocks is not None else frozenset()
    in_block = _blocks_of_targets(draft, blocks) if blocks is not None else {}
    found: list[_Row] = []
    for row, (text, scope) in enumerate(zip(texts, scopes, strict=True)):
        if spans[row][0] in imported:
            continue
        block = in_block.get(spans[row][0]) if in_block else None
        if block is not None:
            found.extend((scope, name, *block) for name in read_targets(text) if "." not in name)
            continue
        if is_function[scope] and text.isidentifier():
            found.append((scope, text, _LOCAL, 0, 0))
            continue
        is_one = text.isidentifier() or (text[:1] == "[" and draft.is_class(scope))
        for name in (text,) if is_one else read_targets(text):
            if "." in name:
                _field(draft, name, scope, nodes[row], known)
            elif is_function[scope]:
                found.append((scope, name, _LOCAL, 0, 0))
            else:
                _variable(draft, name, scope, nodes[row], known, mutable=nodes[row].start_byte in mutable)
    return found


def _imported_starts(draft: Draft) -> frozenset[int]:
    """Bytes where what looks like an import begins and is one: there a name is bound to a module, not assigned."""
    read, spans = draft.language.imports, draft.spans("import")
    return frozenset(start for start, end in spans if read(draft.text.cut(start, end)))


def _blocks_of_targets(draft: Draft, blocks: Blocks) -> dict[int, tuple[int, int, int]]:
    """(kind, start, end) of each target's block, by the byte where the target begins."""
    found: dict[int, tuple[int, int, int]] = {}
    for capture, around in (
        ("target", blocks.around),
        ("target.mutable", blocks.around),
        ("target.hoisted", blocks.function_around),
    ):
        starts = [start for start, _ in draft.spans(capture)]
        for start, scope in zip(starts, draft.scopes.at_all(starts), strict=True):
            span = around(start, scope)
            if span is not None:
                found[start] = (_BLOCK, *span)
    return found


def _variable(
    draft: Draft, name: str, scope: int, target: Node, known: dict[tuple[int, str], int], *, mutable: bool
) -> None:
    """A name bound in the file's or a class's body: the first time, it is a definition."""
    statement, name_end = target.parent, target.end_byte
    if statement is None:
        return
    whole = _WHOLE(statement)
    if scope == NO_DEFINITION and name.startswith("_"):
        add_export(draft, name, draft.text.cut(name_end, whole[1]))
    if (scope, name) in known:
        draft.value[known[scope, name]] = NO_TEXT  # bound twice: no single value
        return
    known[scope, name] = len(draft.names)
    is_alias, value = False, ""
    is_whole = target.end_byte - target.start_byte == len(name.encode())  # else it is a part of what is assigned
    is_single = is_whole and (not draft.language.receiver or (scope == NO_DEFINITION and not mutable))
    if is_single and name_end < whole[1] <= name_end + _STATEMENT_BYTES:
        behind = draft.text.cut(name_end, whole[1])
        is_alias, value = draft.language.is_alias(behind), draft.language.value(behind)
    add_variable(draft, name, whole, scope, is_alias=is_alias, value=value)
    if scope != NO_DEFINITION and draft.language.modifiers is not None and draft.kind[scope] in CLASS_CODES:
        said = draft.language.modifiers(draft.text.cut(whole[0], target.start_byte), "")
        draft.flags[-1] |= int(said.flags)
        if said.is_private:
            draft.flags[-1] &= ~_EXPORTED


def _field(draft: Draft, text: str, scope: int, target: Node, known: dict[tuple[int, str], int]) -> None:
    """`self.x = …` in a method defines a field of its class, the first time."""
    receiver, _, name = text.partition(".")
    if scope == NO_DEFINITION or (draft.language.receiver or draft.receivers.get(scope)) != receiver:
        return
    owner = draft.owner[scope]
    if (
        owner == NO_DEFINITION
        or draft.kind[owner] not in CLASS_CODES
        or (owner, name) in known
        or target.parent is None
    ):
        return
    known[owner, name] = len(draft.names)
    add_variable(draft, name, _WHOLE(target.parent), owner)


def _bound_in_passing(draft: Draft) -> list[tuple[int, str]]:
    """(scope, name) bound by loops, `with`, `except`, patterns, augmented assignments and assignment expressions."""
    found: list[tuple[int, str]] = []
    locals_: tuple[tuple[str, Any], ...] = (("target.local", draft.language.targets),)
    for capture, read in (
        *(locals_ if not draft.language.receiver else ()),
        ("target.pattern", _pattern_names),
        ("target.augmented", draft.language.targets),
    ):
        spans = draft.spans(capture)
        if not spans:
            continue
        scopes = draft.scopes.at_all([start for start, _ in spans])
        for text, scope, (_, end) in zip(draft.text.cut_all(spans), scopes, spans, strict=True):
            found.extend((scope, name) for name in read(text) if "." not in name)
            if capture == "target.augmented" and scope == NO_DEFINITION:
                add_export(draft, text, draft.text.cut(end, draft.text.end_of_statement(end)))
    return found


def _passing_in_blocks(draft: Draft, blocks: Blocks) -> list[_Row]:
    """What the head of a loop or a `catch` binds holds in its block."""
    rows: list[_Row] = []
    for start, end in draft.spans("target.local"):
        scope = draft.scopes.at(start)
        span = blocks.around(start, scope)
        if span is not None:
            names = draft.language.targets(draft.text.cut(start, end))
            rows.extend((scope, name, _BLOCK, *span) for name in names if "." not in name)
    return rows


def _add_members(draft: Draft) -> None:
    """Names that a declaration lists, such as an enumeration's: the name is all there is of them."""
    for node in sorted(draft.captures.get("member", ()), key=_START):
        name = draft.language.targets(draft.text.cut(*_SPAN(node)))
        if name:
            add_variable(draft, name[0], _WHOLE(node), draft.scopes.at(node.start_byte))


def _pattern_names(text: str) -> Sequence[str]:
    """A name alone in a pattern is bound; a dotted one is compared with, and `_` is neither."""
    return () if "." in text or text == "_" else (text,)


def _bound_in_expressions(draft: Draft) -> list[_Row]:
    """Names that hold only inside a comprehension or a lambda."""
    rows: list[_Row] = []
    scopes = draft.spans("scope")
    if not scopes:
        return rows
    starts = [start for start, _ in scopes]
    for capture, read in (
        ("scope.target", draft.language.targets),
        ("scope.parameters", _parameter_names(draft)),
        ("scope.types", lambda text: _parameter_names(draft)(text[1:-1])),
    ):
        for start, end in draft.spans(capture):
            around = bisect_right(starts, start) - 1
            while around >= 0 and scopes[around][1] < end:
                around -= 1
            if around >= 0:
                names = read(draft.text.cut(start, end))
                rows.extend(
                    (draft.scopes.at(start), name, _LOCAL, *scopes[around]) for name in names if "." not in name
                )
    return rows


def _parameter_names(draft: Draft) -> Any:
    return lambda text: [parameter.name for parameter in draft.language.parameters(f"({text})")]


def _declared(draft: Draft) -> list[_Row]:
    rows: list[_Row] = []
    for capture, kind in (("rebind.global", BindingKind.GLOBAL), ("rebind.nonlocal", BindingKind.NONLOCAL)):
        for start, end in draft.spans(capture):
            names = draft.text.cut(start, end).partition(" ")[2]
            rows.extend((draft.scopes.at(start), name.strip(), int(kind), 0, 0) for name in names.split(","))
    return rows


def imports(draft: Draft) -> Imports:
    """One row for each name that an import binds, in source order."""
    rows = _of_types(draft)
    places = draft.places("import")
    if not places:
        return Imports(*transposed(rows))
    scopes = draft.scopes.at_all([place[0] for place in places])
    texts = draft.text.cut_all([place[:2] for place in places])
    add, last_end = draft.strings.add, 0
    for (start, end, (line, column)), scope, text in zip(places, scopes, texts, strict=True):
        if end <= last_end:
            continue  # the call inside a statement that was read already
        found = draft.language.imports(text)
        last_end = end if found else last_end
        for module, level, name, alias in found:
            at = add(name) if name else NO_TEXT
            rows.append((scope, add(module), level, at, add(alias) if alias else NO_TEXT, start, end, line + 1, column))
    return Imports(*transposed(rows))


def _of_types(draft: Draft) -> list[tuple[Any, ...]]:
    """A row for each module that a type in a comment names, bound to the name by which such uses of it are known."""
    content, add, rows = draft.text.content, draft.strings.add, list[tuple[Any, ...]]()
    known = set[str]()
    for comment in draft.comments.values():
        for module, alias, offset in draft.language.type_modules(content[comment.start : comment.end]):
            if module not in known:
                known.add(module)
                start = comment.start + offset
                line, column = content.count(b"\n", 0, start) + 1, start - content.rfind(b"\n", 0, start) - 1
                rows.append((NO_DEFINITION, add(module), 0, NO_TEXT, add(alias), start, comment.end, line, column))
    return rows
