"""Readings of facts about values, written so that a row is one short line of text."""

from axon.model.facts import NO_TEXT, BranchKind, ExpressionKind, FileFacts, FlowKind, ReferenceKind
from axon.parsing.extract import extract

_NO_ROW = -1


def read(source: str) -> FileFacts:
    """The facts of a source in Python."""
    return extract("python", source.encode())


def text(facts: FileFacts, index: int) -> str:
    """A text, '' if there is none."""
    return "" if index == NO_TEXT else facts.strings[index]


def value(facts: FileFacts, row: int) -> str:
    """An expression as a formula: names as they are, literals as #type, any other as KIND(text; first; second)."""
    if row == _NO_ROW:
        return "?"
    table = facts.expressions
    kind, word = ExpressionKind(table.kind[row]), text(facts, table.text[row])
    if kind is ExpressionKind.NAME:
        return word
    if kind is ExpressionKind.LITERAL:
        return f"#{word}"
    first, second = table.first[row], table.second[row]
    if kind in (ExpressionKind.ARGUMENT, ExpressionKind.ELEMENT):
        more = f", {value(facts, second)}" if second != _NO_ROW else ""
        return f"{word}={value(facts, first)}{more}" if word else f"{value(facts, first)}{more}"
    if kind in (ExpressionKind.FUNCTION, ExpressionKind.COMPREHENSION):
        return f"{kind.name}({word}; {value(facts, first)}; @{second})"
    parts = [word, *(value(facts, part) for part in (first, second) if part != _NO_ROW)]
    return f"{kind.name}({'; '.join(part for part in parts if part)})"


def flows(source: str, kind: FlowKind = FlowKind.ASSIGNED) -> list[str]:
    """`target = value` of each flow of a kind, `target[key]` and `target: annotation` where it has them."""
    facts = read(source)
    table = facts.flows
    found = []
    for row, code in enumerate(table.kind):
        if code == kind:
            key, annotation = text(facts, table.key[row]), text(facts, table.annotation[row])
            left = text(facts, table.target[row]) + (f"[{key}]" if key else "")
            left += f": {annotation}" if annotation else ""
            found.append(f"{left} = {value(facts, table.value[row])}")
    return found


def spans(source: str, kind: FlowKind = FlowKind.ASSIGNED) -> list[tuple[str, str, str]]:
    """(target, what lies at the position, what lies from `start_byte` to `end_byte`) of each flow of a kind."""
    facts, content = read(source), source.encode()
    table = facts.flows
    found = []
    for row, code in enumerate(table.kind):
        if code == kind:
            at, start, end = table.position[row], table.start_byte[row], table.end_byte[row]
            held = content[start : end or None].decode()
            found.append((text(facts, table.target[row]), content[at : at + 1].decode(), held))
    return found


def assigned(expression: str) -> str:
    """The value of an expression, as a formula."""
    return flows(f"x = {expression}\n")[-1].partition(" = ")[2]


def references(source: str, kind: ReferenceKind) -> list[str]:
    """`text value argument` of each reference of a kind."""
    facts = read(source)
    table = facts.references
    return [
        f"{text(facts, table.text[row])} {value(facts, table.value[row])} {value(facts, table.argument[row])}"
        for row, code in enumerate(table.kind)
        if code == kind
    ]


def branches(source: str) -> list[tuple[str, str, int, int]]:
    """(kind, text, beginning of the statement, leaves) of each branch."""
    facts, content = read(source), source.encode()
    table = facts.branches
    columns = (table.kind, table.start_byte, table.end_byte, table.statement, table.leaves)
    return [
        (BranchKind(kind).name, content[start:end].decode(), statement, leaves)
        for kind, start, end, statement, leaves in zip(*columns, strict=True)
    ]
