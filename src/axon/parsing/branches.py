"""Parts of scopes that do not run once and in order.

What flows in: the Writing of a file, its parameters and imports. What flows out: rows of Branches, for those scopes
only that bind some name more than once: elsewhere the order does not matter.
"""

from collections import Counter
from operator import attrgetter
from typing import Final

from tree_sitter import Node

from axon.model.facts import NO_TEXT, Branches, BranchKind, FlowKind, Imports, Parameters
from axon.parsing.draft import transposed
from axon.parsing.flows import Writing
from axon.parsing.scopes import Owners
from axon.parsing.values import inner

_SPAN: Final = attrgetter("start_byte", "end_byte")
_ASSIGNED: Final = int(FlowKind.ASSIGNED)
_CAPTURES: Final = (
    ("choice.arm", int(BranchKind.ARM)),
    ("choice.else", int(BranchKind.ELSE)),
    ("case", int(BranchKind.ARM)),
    ("loop.body", int(BranchKind.LOOP)),
    ("loop.body.while", int(BranchKind.LOOP)),
    ("maybe", int(BranchKind.MAYBE)),
)
_DEEPEST: Final = 10
_NAME_BITS: Final = 32  # a scope and the text of a name are one number: a pair costs three times as much


def branches(writing: Writing, parameters: Parameters, imports: Imports) -> Branches:
    """All rows, in source order."""
    draft = writing.draft
    captured = [(name, code, draft.captures[name]) for name, code in _CAPTURES if name in draft.captures]
    wanted = _rebinding(writing, parameters, imports) if captured else set()
    if not wanted:
        return Branches()
    statements = sorted(span for name in ("choice", "match") for span in draft.spans(name))
    starts = [start for start, _ in statements]
    around = Owners(starts, starts, [end for _, end in statements])
    leaving, choices = writing.values.syntax.leaving, writing.values.syntax.choices
    rows = []
    for capture, code, nodes in captured:
        for node in nodes:
            start, end = _SPAN(node)
            if draft.scopes.at(start) not in wanted:
                continue
            holder = around.at(start - 1) if capture in ("choice.arm", "choice.else", "case") else NO_TEXT
            statement = statements[holder][0] if holder != NO_TEXT else start
            kind = int(BranchKind.ELSE) if capture == "case" and _takes_anything(writing, node) else code
            rows.append((kind, start, end, statement, int(leaves(node, leaving, choices))))
    return Branches(*transposed(sorted(rows, key=lambda row: (row[1], -row[2]))))


def _takes_anything(writing: Writing, body: Node) -> bool:
    """Whether the pattern of a case's body matches whatever comes."""
    case = body.parent
    pattern = inner(case) if case is not None else None
    if case is None or pattern is None or case.child_by_field_name("guard") is not None:
        return False
    return writing.draft.text.cut(*_SPAN(pattern)) == writing.values.syntax.anything


def _rebinding(writing: Writing, parameters: Parameters, imports: Imports) -> set[int]:
    """The scopes that bind a name more than once."""
    draft = writing.draft
    bound = [row[1] << _NAME_BITS | row[2] + 1 for row in writing.rows if row[0] == _ASSIGNED]
    for scope, name in zip(parameters.owner, parameters.name, strict=True):
        bound.append(scope << _NAME_BITS | name + 1)
    for scope, name, alias in zip(imports.scope, imports.name, imports.alias, strict=True):
        bound.append(scope << _NAME_BITS | (alias if alias != NO_TEXT else name) + 1)
    n = draft.n_nested
    for scope, name in zip(draft.owner[:n], draft.strings.add_all(draft.names[:n]), strict=True):
        bound.append(scope << _NAME_BITS | name + 1)
    if len(set(bound)) == len(bound):
        return set()
    return {pair >> _NAME_BITS for pair, times in Counter(bound).items() if times > 1}


def leaves(block: Node, leaving: frozenset[str], choices: frozenset[str], depth: int = 0) -> bool:
    """Whether the end of a block is never reached: its last statement leaves, or all arms of it do."""
    if block.type in leaving:
        return True
    last = next((child for child in reversed(block.named_children) if not child.is_extra), None)
    if last is None or depth > _DEEPEST:
        return False
    kind = last.type
    if kind in leaving:
        return True
    if kind not in choices:
        return False
    return _all_leave(last, leaving, choices, depth)


def _all_leave(statement: Node, leaving: frozenset[str], choices: frozenset[str], depth: int) -> bool:
    first, arms = statement.child_by_field_name("consequence"), statement.children_by_field_name("alternative")
    bodies = [arm.child_by_field_name("consequence") or arm.child_by_field_name("body") for arm in arms]
    if not arms or arms[-1].child_by_field_name("body") is None:
        return False
    return all(body is not None and leaves(body, leaving, choices, depth + 1) for body in (first, *bodies))
