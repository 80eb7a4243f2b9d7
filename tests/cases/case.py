"""A case: a small tree of files in a Markdown page, and what must be found in it.

What flows in: the text of a page. What flows out: `Case` values, one for each heading that has files below it. The
format is described in README.md beside this file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from axon.model.ids import EXTERNAL_PATH, symbol_id, trigger_id
from axon.model.kinds import EdgeKind, NodeKind, Reason, Rule

_HEADING = re.compile(r"#+ (.+)")
_FENCE = re.compile(r"```\w* path=(\S+)\s*$")
_CARETS = re.compile(r"\s*(#\s*|#?)(\^+)\s+(\S.*)")
_WHOLE_FILE = re.compile(r"\s*#! (.+)")
_EDGE = re.compile(r"(?P<kind>[A-Z_]+) (?P<target>\S+) by (?P<rule>\w+)(?: from (?P<source>\S.*))?$")
_NONE = re.compile(r"no (?P<kind>[A-Z_]+)(?: (?P<target>\S+))?$")
_SITE = re.compile(r"unresolved: (?P<reason>[a-z ]+?)(?: from (?P<source>\S+))?$")
_NODE = re.compile(r"is (?P<kind>\w+)(?: (?P<target>\S+))?$")
_GAP = re.compile(r"gap (?P<today>.+?) because (?P<reason>.+)$")


class CaseError(ValueError):
    """A page that cannot be read as cases; the message says where."""


@dataclass(frozen=True)
class Expectation:
    """What must hold at the characters [start, end) of a line; line 0 is the file as a whole.

    Exactly one of four is asked: an edge (`edge` and `rule`), the absence of edges (`edge` without a rule), an
    unresolved site (`reason`), a definition (`node`). `target` and `source` are ids, '' where any will do.
    """

    path: str
    line: int
    start: int
    end: int
    text: str
    edge: EdgeKind | None = None
    rule: Rule | None = None
    reason: Reason | None = None
    node: NodeKind | None = None
    target: str = ""
    source: str = ""


@dataclass
class Case:
    """One heading's tree: contents by path, in the order written, and everything that is expected of it."""

    name: str
    files: dict[str, str] = field(default_factory=dict)
    expectations: list[Expectation] = field(default_factory=list)


def read_cases(page: str, text: str) -> list[Case]:
    """The cases of a page; a heading without files below it is prose."""
    cases = [Case("")]
    path, lines = "", []
    for number, line in enumerate(text.splitlines(), start=1):
        fence = _FENCE.match(line)
        if path and line.rstrip() == "```":
            cases[-1].files[path] = "".join(f"{line}\n" for line in lines)
            path = ""
        elif path:
            lines.append(line)
        elif fence:
            path, lines = fence.group(1), []
            if path in cases[-1].files:
                raise CaseError(f"{page}:{number}: {path} stands twice under one heading")
        elif heading := _HEADING.match(line):
            cases.append(Case(heading.group(1)))
    if path:
        raise CaseError(f"{page}: the fence of {path} is not closed")
    found = [case for case in cases if case.files]
    for case in found:
        case.expectations = [e for path, content in case.files.items() for e in _expectations(path, content)]
        case.files = {path: _without_expectations(content) for path, content in case.files.items()}
        if not case.expectations:
            raise CaseError(f"{page}: nothing is expected under {case.name!r}")
    return found


def _expectations(path: str, content: str) -> Iterator[Expectation]:
    code = 0  # the line that carets stand under
    for number, line in enumerate(content.splitlines(), start=1):
        carets, whole = _CARETS.match(line), _WHOLE_FILE.match(line)
        if carets:
            hash_counts = carets.group(1) == "#"  # in the first column no caret can stand: '#^^' is three wide
            yield from _read(path, (code, carets.start(2) - hash_counts, carets.end(2)), carets.group(3))
        elif whole:
            yield from _read(path, (0, 0, 0), whole.group(1))
        else:
            code = number


def _without_expectations(content: str) -> str:
    """The code alone: an expectation's line is empty, so that it cannot change how the code around it is read."""
    lines = content.splitlines()
    return "".join("\n" if _CARETS.match(line) or _WHOLE_FILE.match(line) else f"{line}\n" for line in lines)


def _read(path: str, place: tuple[int, int, int], text: str) -> Iterator[Expectation]:
    for part in text.split("; "):
        gap = _GAP.match(part)
        stated = gap.group("today") if gap else part
        found = _one(path, place, stated.strip())
        if found is None:
            raise CaseError(f"{path}:{place[0]}: cannot read {part!r}")
        yield found


def _one(path: str, place: tuple[int, int, int], text: str) -> Expectation | None:
    try:
        if m := _EDGE.match(text):
            ids = {"target": _id(path, m["target"]), "source": _id(path, m["source"])}
            return Expectation(path, *place, text, edge=EdgeKind(m["kind"]), rule=Rule(m["rule"]), **ids)
        if m := _NONE.match(text):
            return Expectation(path, *place, text, edge=EdgeKind(m["kind"]), target=_id(path, m["target"]))
        if m := _SITE.match(text):
            return Expectation(path, *place, text, reason=Reason(m["reason"]), source=_id(path, m["source"]))
        if m := _NODE.match(text):
            return Expectation(path, *place, text, node=NodeKind(m["kind"]), target=_id(path, m["target"]))
    except ValueError as error:
        raise CaseError(f"{path}:{place[0]}: {error}") from error
    return None


def _id(path: str, written: str | None) -> str:
    """`::name` is a symbol of this file, `~os.path` an external one, `!pytest.test` a Trigger; else it is an id."""
    if written is None:
        return ""
    if written.startswith("!"):
        return trigger_id(written[1:])
    if written.startswith("::"):
        return symbol_id(path, written[2:])
    return f"{EXTERNAL_PATH}::{written[1:]}" if written.startswith("~") else written
