"""What binds a name besides definitions and parameters: assignments, loops, comprehensions, declarations, imports.

What flows in: a Draft whose functions and classes are known. What flows out: binding and import rows, and variables and
fields added to the draft's definitions. Only a name that a scope really binds hides an outer one.
"""

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from tree_sitter import Node

from axon.model.facts import NO_DEFINITION, NO_TEXT, BindingKind, Bindings, ExportKind, Imports
from axon.parsing.definitions import add_variable
from axon.parsing.draft import Draft, transposed

_START = attrgetter("start_byte")
_SPAN = attrgetter("start_byte", "end_byte")
_WHOLE = attrgetter("start_byte", "end_byte", "start_point", "end_point")
_LOCAL = int(BindingKind.LOCAL)
_STATEMENT_BYTES = 120

_Row = tuple[int, str, int, int, int]  # scope, name, kind, start, end


def bindings(draft: Draft) -> Bindings:
    """All binding rows, each once; variables, fields and exports are added to the draft on the way."""
    rows: list[tuple[Any, ...]] = [(scope, name, _LOCAL, 0, 0) for scope, name in _assigned(draft)]
    rows += [(scope, name, _LOCAL, 0, 0) for scope, name in _bound_in_passing(draft)]
    rows += _bound_in_expressions(draft)
    rows += _declared(draft)
    if not rows:
        return Bindings()
    scopes, names, kinds, starts, ends = transposed(list(dict.fromkeys(rows)))
    return Bindings(scopes, draft.strings.add_all(names), kinds, starts, ends)


def _assigned(draft: Draft) -> list[tuple[int, str]]:
    """(scope, name) of what functions assign; what files and classes assign becomes a definition."""
    nodes = draft.captures.get("target")
    if not nodes:
        return []
    nodes.sort(key=_START)
    spans = list(map(_SPAN, nodes))
    texts = draft.text.cut_all(spans)
    scopes = draft.scopes.at_all([start for start, _ in spans])
    is_function, read_targets = [*draft.is_function, False], draft.language.targets  # [-1] is the file
    known = {pair: row for row, pair in enumerate(zip(draft.owner, draft.names, strict=True))}
    found: list[tuple[int, str]] = []
    for row, (text, scope) in enumerate(zip(texts, scopes, strict=True)):
        if is_function[scope] and text.isidentifier():
            found.append((scope, text))
            continue
        for name in (text,) if text.isidentifier() else read_targets(text):
            if "." in name:
                _field(draft, name, scope, nodes[row], known)
            elif is_function[scope]:
                found.append((scope, name))
            else:
                _variable(draft, name, scope, nodes[row], known)
    return found


def _variable(draft: Draft, name: str, scope: int, target: Node, known: dict[tuple[int, str], int]) -> None:
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
    if name_end < whole[1] <= name_end + _STATEMENT_BYTES:
        behind = draft.text.cut(name_end, whole[1])
        is_alias, value = draft.language.is_alias(behind), draft.language.value(behind)
    add_variable(draft, name, whole, scope, is_alias=is_alias, value=value)


def _field(draft: Draft, text: str, scope: int, target: Node, known: dict[tuple[int, str], int]) -> None:
    """`self.x = …` in a method defines a field of its class, the first time."""
    receiver, _, name = text.partition(".")
    if scope == NO_DEFINITION or draft.receivers.get(scope) != receiver:
        return
    owner = draft.owner[scope]
    if owner == NO_DEFINITION or draft.is_function[owner] or (owner, name) in known or target.parent is None:
        return
    known[owner, name] = len(draft.names)
    add_variable(draft, name, _WHOLE(target.parent), owner)


def add_export(draft: Draft, target: str, statement: str) -> None:
    """Keep what an export list states, where `target` is one."""
    found = draft.language.exports(target, statement)
    if found is None:
        return
    add = draft.strings.add
    draft.exports.extend((add(name), int(ExportKind.NAME)) for name in found.names)
    draft.exports.extend((add(module), int(ExportKind.ALL_OF)) for module in found.all_of)
    if not found.known:
        draft.exports.append((add(""), int(ExportKind.UNKNOWN)))
    elif not found.names and not found.all_of:
        draft.exports.append((add(""), int(ExportKind.NAME)))  # an empty list is a list


def _bound_in_passing(draft: Draft) -> list[tuple[int, str]]:
    """(scope, name) bound by loops, `with`, `except`, patterns, augmented assignments and assignment expressions."""
    found: list[tuple[int, str]] = []
    for capture, read in (
        ("target.local", draft.language.targets),
        ("target.pattern", _pattern_names),
        ("target.augmented", draft.language.targets),
    ):
        spans = draft.spans(capture)
        scopes = draft.scopes.at_all([start for start, _ in spans])
        for text, scope, (_, end) in zip(draft.text.cut_all(spans), scopes, spans, strict=True):
            found.extend((scope, name) for name in read(text) if "." not in name)
            if capture == "target.augmented" and scope == NO_DEFINITION:
                add_export(draft, text, draft.text.cut(end, draft.text.end_of_statement(end)))
    return found


def _pattern_names(text: str) -> Sequence[str]:
    """A name alone in a pattern is bound; a dotted one is compared with, and `_` is neither."""
    return () if "." in text or text == "_" else (text,)


def _bound_in_expressions(draft: Draft) -> list[_Row]:
    """Names that hold only inside a comprehension or a lambda."""
    rows: list[_Row] = []
    scopes = draft.spans("scope")
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
    places = draft.places("import")
    if not places:
        return Imports()
    scopes = draft.scopes.at_all([place[0] for place in places])
    texts = draft.text.cut_all([place[:2] for place in places])
    add, rows = draft.strings.add, []
    for (start, end, (line, column)), scope, text in zip(places, scopes, texts, strict=True):
        for module, level, name, alias in draft.language.imports(text):
            at = add(name) if name else NO_TEXT
            rows.append((scope, add(module), level, at, add(alias) if alias else NO_TEXT, start, end, line + 1, column))
    return Imports(*transposed(rows))
