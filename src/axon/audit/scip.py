"""An index of another tool, in SCIP, against ours: definitions, calls, references and what implements what.

What flows in: columns, contents, and a SCIP index. What flows out: an `AuditAnswer`. SCIP says which symbol a place
means, not what is done with it: what is followed by an opening bracket counts as a call, what else names a class or a
function of another file as a reference. Names that have no certain meaning for the other tool count nowhere.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from axon.audit.tally import share, table_of
from axon.model.answers import IndexState, Site
from axon.model.audit import AuditAnswer, AuditDefinition, AuditEdge, AuditRow, CallKind
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, CONFIDENCE, EdgeKind, Flag, NodeKind
from axon.questions.rows import CERTAIN, symbol
from axon.questions.tokens import Place, Text, definition_place
from axon.scip.model import Document, Encoding, Range, Role, ScipIndex
from axon.scip.symbols import LOCAL, Suffix, last_descriptor
from axon.storage.columns import IndexColumns

_CALL: Final = re.compile(rb"\s*(?:\?\.\s*)?(?:<[^(){};=]{0,200}>)?\s*\(")
_RUN: Final = CALLABLE_KINDS | {NodeKind.PROPERTY}
_MEANT: Final = CALLABLE_KINDS | CLASS_KINDS
_ABOVE: Final = (EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS, EdgeKind.OVERRIDES)
_DEFINED: Final = {Suffix.TYPE: "classes and types", Suffix.METHOD: "functions and methods", Suffix.TERM: "values"}
_REFERENCES, _IMPLEMENTATIONS = "references", "implementations"

Contents = Callable[[str], bytes]


@dataclass(slots=True)
class _File:
    """A document of theirs that is a file of ours."""

    path: str
    row: int
    text: Text
    document: Document
    at_start: Mapping[int, list[int]]  # our definitions by the byte at which their names begin
    at_end: Mapping[int, list[int]]  # our certain calls by the byte at which what they name ends
    callables: list[tuple[int, int, int]]  # start, end and row of our functions, by start

    def place(self, range: Range) -> Place:
        encoding = self.document.encoding
        starts = self.text.starts
        ends = []
        for line, character in ((range.start_line, range.start), (range.end_line, range.end)):
            start = starts[line] if line < len(starts) else len(self.text.content)
            ends.append(start + _n_bytes(self.text.line(line), character, encoding))
        return ends[0], ends[1]

    def around(self, at: int) -> int:
        """The innermost function around a byte, else the file."""
        inside = [row for start, end, row in self.callables[: bisect_left(self.callables, (at + 1,))] if at < end]
        return inside[-1] if inside else self.row


@dataclass(slots=True)
class _Found:
    """What was compared so far: pairs of rows, with where the first of each stands, and whether we have it."""

    calls: dict[tuple[int, int], tuple[CallKind, Site, bool]] = field(default_factory=dict)
    references: dict[tuple[str, int], bool] = field(default_factory=dict)
    n_decided: int = 0
    contradicted: list[AuditEdge] = field(default_factory=list)


class ScipComparison:
    """One audit; `contents` gives the content of a file of the tree, as it was indexed."""

    def __init__(self, columns: IndexColumns, contents: Contents) -> None:
        self._columns, self._contents = columns, contents
        self._rows: dict[str, list[int]] = {}  # ours by their symbol, a local one behind its path
        self._defined: dict[str, list[bool]] = {name: [] for name in _DEFINED.values()}
        self._undefined: list[AuditDefinition] = []

    def answer(self, oracle: str, index: ScipIndex, *, prefix: str, state: IndexState) -> AuditAnswer:
        """The whole comparison; `prefix` is where the root of their index lies in the tree, '' or 'a/b/'."""
        files = [f for document in index.documents if (f := self._file(prefix + document.path, document)) is not None]
        for file in files:
            self._take_definitions(file)
        found = _Found()
        for file in files:
            self._take_references(file, found)
        calls = found.calls
        missing = [(pair, said) for pair, said in sorted(calls.items(), key=_by_site) if not said[2]]
        others = [
            *(_row(name, known) for name, known in self._defined.items()),
            _row(_REFERENCES, list(found.references.values())),
            _row(_IMPLEMENTATIONS, list(self._implementations(files))),
        ]
        n_unknown = len(index.documents) - len(files)
        return AuditAnswer(
            oracle=oracle,
            rows=table_of((kind, is_there) for kind, _, is_there in calls.values()),
            observed=len(calls),
            recall=share(len(calls) - len(missing), len(calls)),
            decided=found.n_decided,
            precision=share(found.n_decided - len(found.contradicted), found.n_decided),
            missing=tuple(self._missing(pair, kind, site) for pair, (kind, site, _) in missing),
            contradicted=tuple(found.contradicted),
            unplaced=0,
            seconds=0.0,
            exit_code=0,
            index=state,
            others=tuple(row for row in others if row.observed),
            undefined=tuple(self._undefined),
            notes=(f"{n_unknown:,} documents of it are no files of the index.",) if n_unknown else (),
        )

    # --- their documents ---------------------------------------------------------------------------------------------

    def _file(self, path: str, document: Document) -> _File | None:
        columns = self._columns
        row = columns.row_of(path)
        if row is None:
            return None
        text = Text(self._contents(path))
        at_start: dict[int, list[int]] = defaultdict(list)
        at_end: dict[int, list[int]] = defaultdict(list)
        callables = []
        for own in columns.rows_at_path(path):
            node = columns.node(own)
            if own != row and node.start_line and (place := definition_place(text, node)) is not None:
                at_start[place[0]].append(own)
            if node.kind in CALLABLE_KINDS:
                callables.append((node.start_byte, node.end_byte, own))
            for edge in columns.outgoing(own, EdgeKind.CALLS):
                said = columns.relationship(edge).evidence
                if CONFIDENCE[said.rule] >= CERTAIN:
                    at_end[said.end_byte].append(edge)
        return _File(path, row, text, document, at_start, at_end, sorted(callables))

    def _take_definitions(self, file: _File) -> None:
        for occurrence in file.document.occurrences:
            rows = file.at_start.get(file.place(occurrence.range)[0], [])
            known = self._rows.setdefault(_key(file, occurrence.symbol), [])
            known += [row for row in self._with_overloads(rows) if row not in known]
            if not occurrence.roles & Role.DEFINITION:
                continue  # of several definitions of a name, some tools call one a definition
            last = last_descriptor(occurrence.symbol)
            name = _DEFINED.get(last.suffix) if last is not None else None
            if name is None or last is None:
                continue
            self._defined[name].append(bool(rows))
            if not rows:
                site = Site(file.path, occurrence.range.start_line + 1, occurrence.range.start)
                self._undefined.append(AuditDefinition(name, last.name, site))

    def _with_overloads(self, rows: list[int]) -> list[int]:
        """The declarations of a function's signatures, and its own definition, are one symbol for other tools."""
        columns, found = self._columns, list(rows)
        for row in rows:
            path = columns.node(row).path
            same = [o for o in columns.rows_qualified(columns.qualified_name_of(row)) if columns.node(o).path == path]
            if any(columns.node(other).flags & Flag.OVERLOAD for other in same):
                found += same
        return list(dict.fromkeys(found))

    def _take_references(self, file: _File, found: _Found) -> None:
        at_end: dict[int, set[int]] = defaultdict(set)
        for occurrence in file.document.occurrences:
            start, end = file.place(occurrence.range)
            if occurrence.roles & Role.DEFINITION or start in file.at_start:
                continue
            rows = [row for row in self._rows.get(_key(file, occurrence.symbol), ()) if self._is_meant(row)]
            if not rows:
                continue
            if _CALL.match(file.text.content, end):
                at_end[end].update(rows)
                self._take_call(file, (start, end), rows, found)
            elif (other := next((row for row in rows if self._columns.node(row).path != file.path), None)) is not None:
                key = (file.path, other)
                found.references[key] = found.references.get(key, False) or self._reaches(file, rows)
        for end, theirs in sorted(at_end.items()):
            self._decide(file, end, theirs, found)

    def _is_meant(self, row: int) -> bool:
        return self._columns.node(row).kind in _MEANT

    def _take_call(self, file: _File, place: Place, rows: list[int], found: _Found) -> None:
        columns = self._columns
        edges = file.at_end.get(place[1], [])
        caller = columns.source(edges[0]) if edges else file.around(place[0])
        called = {columns.target(edge) for edge in columns.outgoing(caller, EdgeKind.CALLS)}
        callee = next((row for row in rows if row in called), rows[0])
        line, column = file.text.point(place[0])
        name = file.text.content[slice(*place)].decode("utf-8", "replace")
        kind = CallKind.DIRECT if name == columns.name_of(callee) else CallKind.INDIRECT
        known = found.calls.get((caller, callee))
        if known is None or (kind is CallKind.DIRECT and known[0] is not kind):
            found.calls[caller, callee] = kind, Site(file.path, line + 1, column), callee in called

    def _reaches(self, file: _File, rows: Iterable[int]) -> bool:
        """Whether any edge leads from the file, or from what is in it, to one of these."""
        columns = self._columns
        return any(
            columns.node(columns.source(edge)).path == file.path for row in rows for edge in columns.incoming(row)
        )

    def _decide(self, file: _File, end: int, theirs: set[int], found: _Found) -> None:
        """Compare what a place calls, where both sides know; ours may name what runs besides what is written."""
        columns = self._columns
        edges = [
            edge for edge in file.at_end.get(end, ()) if columns.node(columns.target(edge)).kind in _RUN | CLASS_KINDS
        ]
        if not edges:
            return
        found.n_decided += 1
        if any(self._agrees(columns.target(edge), theirs) for edge in edges):
            return
        edge = edges[0]
        said = columns.relationship(edge).evidence
        caller = symbol(columns, columns.source(edge))
        names = ", ".join(sorted(columns.qualified_name_of(row) for row in theirs))
        site = Site(file.path, said.line, said.column)
        target = symbol(columns, columns.target(edge))
        found.contradicted.append(AuditEdge(said.rule.value, caller, target, site, f"it means {names}"))

    def _agrees(self, target: int, theirs: set[int]) -> bool:
        """Whether it is one of them, overrides one or is overridden by it, or is a member of a class among them."""
        if target in theirs or any(self._leads(target, row) or self._leads(row, target) for row in theirs):
            return True
        owners = (self._columns.source(edge) for edge in self._columns.incoming(target, EdgeKind.DEFINES))
        return any(owner in theirs or any(self._leads(row, owner) for row in theirs) for owner in owners)

    def _leads(self, row: int, above: int) -> bool:
        """Whether `above` is reached by bases or by what is overridden."""
        seen, waiting = {row}, [row]
        while waiting:
            for edge in self._columns.outgoing(waiting.pop(), *_ABOVE):
                target = self._columns.target(edge)
                if target == above:
                    return True
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return False

    def _implementations(self, files: Iterable[_File]) -> Iterator[bool]:
        for file in files:
            for information in file.document.symbols:
                below = self._rows.get(_key(file, information.symbol), ())
                for relation in information.relations:
                    above = self._rows.get(_key(file, relation.symbol), ())
                    if relation.is_implementation and below and above:
                        yield any(self._leads(one, other) for one in below for other in above)

    def _missing(self, pair: tuple[int, int], kind: CallKind, site: Site) -> AuditEdge:
        caller, callee = (symbol(self._columns, row) for row in pair)
        return AuditEdge(kind.value, caller, callee, site, self._why(pair[0], site))

    def _why(self, caller: int, site: Site) -> str:
        for row in self._columns.unresolved_of(caller):
            said = self._columns.unresolved_site(row)
            if said.line == site.line:
                return f"`{said.name}` is unresolved: {said.reason.value}"
        return "no call is known there"


def _key(file: _File, name: str) -> str:
    return f"{file.path}\0{name}" if name.startswith(LOCAL) else name


def _row(name: str, known: list[bool]) -> AuditRow:
    return AuditRow(name, len(known), sum(known), share(sum(known), len(known)))


def _by_site(item: tuple[tuple[int, int], tuple[CallKind, Site, bool]]) -> tuple[str, int, int]:
    site = item[1][1]
    return site.path, site.line, site.column


def _n_bytes(line: bytes, n_characters: int, encoding: Encoding) -> int:
    """Bytes that so many characters take at the beginning of a line; tools that name no encoding count as UTF-16."""
    if encoding is Encoding.UTF8 or line.isascii():
        return n_characters
    text = line.decode("utf-8", "replace")
    if encoding is Encoding.UTF32:
        return len(text[:n_characters].encode())
    return len(text.encode("utf-16-le")[: 2 * n_characters].decode("utf-16-le", "replace").encode())
