"""What a file offers to others, where its language states it.

What flows in: a Draft with all its definitions. What flows out: export rows, and flags on what is offered. A language
with an export list has its rows from `bindings`; one with neither is exported by convention.
"""

from bisect import bisect_right
from typing import Final

from axon.model.facts import NO_DEFINITION, NO_TEXT, ExportKind
from axon.model.kinds import CLASS_CODES, NODE_KINDS, Flag, NodeKind
from axon.parsing.draft import Draft, Span

_NAME: Final = int(ExportKind.NAME)
_EXPORTED: Final = int(Flag.EXPORTED)
_MODULE: Final = NODE_KINDS.index(NodeKind.MODULE)
_KEYWORD_BYTES: Final = 40


def add_export(draft: Draft, target: str, statement: str) -> None:
    """Keep what an export list states, where `target` is one."""
    found = draft.language.exports(target, statement)
    if found is None:
        return
    add = draft.strings.add
    draft.exports.extend((add(name), _NAME, NO_TEXT) for name in found.names)
    draft.exports.extend((add(module), int(ExportKind.ALL_OF), NO_TEXT) for module in found.all_of)
    if not found.known:
        draft.exports.append((add(""), int(ExportKind.UNKNOWN), NO_TEXT))
    elif not found.names and not found.all_of:
        draft.exports.append((add(""), _NAME, NO_TEXT))  # an empty list is a list


def state_exports(draft: Draft) -> None:
    """Add the rows of export statements; what none of them offers loses its flag, and so do its members."""
    if not draft.language.exports_are_explicit:
        return
    declared = _declared(draft)
    found = dict(_written(draft))
    found |= {public: name for name, public in declared.values() if name}
    add = draft.strings.add
    draft.exports = [(add(name), _NAME, NO_TEXT if local == name else add(local)) for name, local in found.items()]
    offered = set(found.values())
    for row, owner in enumerate(draft.owner):
        if not draft.flags[row] & _EXPORTED:
            continue
        if owner != NO_DEFINITION and draft.kind[owner] in CLASS_CODES:
            keeps = draft.flags[owner] & _EXPORTED
        elif owner != NO_DEFINITION:
            keeps = draft.kind[owner] == _MODULE and row in declared
        else:
            keeps = row not in draft.loose and (
                row in declared or (f".{draft.names[row]}" if row in draft.unbound else draft.names[row]) in offered
            )
        if not keeps:
            draft.flags[row] -= _EXPORTED


def _declared(draft: Draft) -> dict[int, tuple[str, str]]:
    """Definition -> (its name, its name for others) of `export` before a declaration; no name inside a namespace."""
    spans = draft.spans("export.declaration")
    default = draft.language.default_export
    starts = [start for start, _ in spans]
    found: dict[int, tuple[str, str]] = {}
    for row, owner in enumerate(draft.owner) if spans else ():
        at = bisect_right(starts, draft.start[row]) - 1
        inside = at >= 0 and draft.first_ends.get(row, draft.end[row]) <= spans[at][1]
        if not inside or row in draft.loose or (owner != NO_DEFINITION and draft.kind[owner] != _MODULE):
            continue
        if owner != NO_DEFINITION and draft.start[owner] >= spans[at][0]:
            continue  # the namespace is exported, not what lies in it
        before = draft.text.cut(max(0, spans[at][0] - _KEYWORD_BYTES), spans[at][0]).rstrip()
        public = default if before.endswith(f" {default}") else draft.names[row]
        found[row] = (draft.names[row], public) if owner == NO_DEFINITION else ("", "")
    return found


def _written(draft: Draft) -> list[tuple[str, str]]:
    """(name for others, own name) of export clauses, default exports and assignments, the first of a name last."""
    language, text = draft.language, draft.text
    found: list[tuple[str, str]] = [(language.default_export, language.default_export)] * bool(
        draft.spans("export.default")
    )
    found.extend((name, name) for name, _, _, _ in draft.aliases)
    for start, end in _assigned(draft):
        found.extend(language.assigned_exports(text.cut(start, text.end_of_statement(end))))
    for start, end in draft.spans("export"):
        found.extend(language.exported_names(text.cut(start, end)))
    return found


def _assigned(draft: Draft) -> list[Span]:
    content = draft.text.content
    return [s for s in draft.spans("export.assigned") if content.startswith((b"module.exports", b"exports."), s[0])]
