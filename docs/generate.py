"""Writes docs/schema.md from `axon.model.kinds`.

What flows in: the text of that module, with the one-line meaning beside each enum member. What flows out: Markdown. It
does not import the package, so it works before anything is installed: `python docs/generate.py`.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = ROOT / "src/axon/model/kinds.py"
SCHEMA = ROOT / "docs/schema.md"

PLAIN = "as its name says"
HEAD = """# Schema

Written by `python docs/generate.py` from `src/axon/model/kinds.py`; a house test keeps it up to date. Change a
meaning there, not here.
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One enum member: `name` in code, `value` as users see it, `meaning` the comment beside it."""

    name: str
    value: str
    meaning: str


def members(source: str, enum: str) -> list[Member]:
    """The members of class `enum` in `source`, in order."""
    lines = source.splitlines()
    body = next(n.body for n in ast.parse(source).body if isinstance(n, ast.ClassDef) and n.name == enum)
    return [
        Member(target.id, str(statement.value.value), _comment(lines[statement.lineno - 1], statement.end_col_offset))
        for statement in body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]


def confidences(source: str) -> dict[str, str]:
    """Rule member name -> its number, as the table `CONFIDENCE` says."""
    table = next(
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "CONFIDENCE"
    )
    assert isinstance(table, ast.Dict)
    rows = zip(table.keys, table.values, strict=True)
    return {ast.unparse(key).removeprefix("Rule."): ast.unparse(number) for key, number in rows if key}


def render(source: str) -> str:
    """The whole page, from the text of `kinds.py`."""
    sure = confidences(source)
    sections = [
        HEAD,
        _section("Nodes", "What a node of the graph is.", ("kind", "meaning"), _pairs(members(source, "NodeKind"))),
        _section("Edges", "Read `source KIND target`.", ("kind", "meaning"), _pairs(members(source, "EdgeKind"))),
        _section(
            "Rules",
            "Why an edge is believed: each edge has one rule, the place where it is written and the rule's confidence.",
            ("rule", "confidence", "meaning"),
            [(f"`{m.value}`", sure[m.name], m.meaning) for m in members(source, "Rule")],
        ),
        _section(
            "Reasons",
            "Why a call site could not be resolved. Such a site is kept with its reason, never guessed into an edge.",
            ("reason", "meaning"),
            _pairs(members(source, "Reason")),
        ),
        _section(
            "Flags",
            "Facts about a symbol that are true or absent; the column `flags` is their sum.",
            ("flag", "bit", "meaning"),
            [(f"`{m.name}`", m.value, m.meaning) for m in members(source, "Flag")],
        ),
    ]
    return "\n".join(sections)


def _pairs(rows: list[Member]) -> list[tuple[str, ...]]:
    return [(f"`{m.value}`", m.meaning) for m in rows]


def _section(title: str, lead: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    table = [head, tuple("---" for _ in head), *rows]
    return "\n".join([f"## {title}", "", lead, "", *(f"| {' | '.join(row)} |" for row in table), ""])


def _comment(line: str, end: int | None) -> str:
    return line[end:].partition("#")[2].strip().replace("|", "\\|") or PLAIN


if __name__ == "__main__":
    SCHEMA.write_text(render(KINDS.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    print(f"wrote {SCHEMA.relative_to(ROOT)}")
