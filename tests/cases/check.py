"""Whether a case holds: its files are extracted and linked, and each expectation is looked for.

What flows in: a Case. What flows out: failures as text, each with the line and what was found there.
"""

from dataclasses import dataclass

from axon.graph.graph import CodeGraph
from axon.model.ids import path_of
from axon.model.kinds import EdgeKind
from axon.model.nodes import GraphRelationship, UnresolvedSite
from tests.cases.case import Case, Expectation
from tests.graph.trees import linked

_OF_PACKS = (EdgeKind.TRIGGERED_BY, EdgeKind.HANDLED_BY, EdgeKind.INJECTED_WITH)


def failures(case: Case) -> list[str]:
    """What does not hold, and what was found on an expectation's line without being expected."""
    found = _Found(case, linked(case.files))
    failed = [found.report(e, e.text) for e in case.expectations if not found.holds(e)]
    return failed + found.unaccounted()


@dataclass
class _Found:
    """A linked case, asked by place."""

    case: Case
    graph: CodeGraph

    def __post_init__(self) -> None:
        self.lines = {path: ["", *content.splitlines()] for path, content in self.case.files.items()}
        self.edges = [e for e in self.graph.iter_relationships() if e.kind not in (EdgeKind.CONTAINS, EdgeKind.DEFINES)]
        self.sites = list(self.graph.iter_unresolved())

    def holds(self, e: Expectation) -> bool:
        """Whether one expectation is met."""
        if e.node is not None:
            return self._defines(e)
        if e.reason is not None:
            return any(self._is_site(e, site) for site in self.sites)
        edges = [edge for edge in self._edges_at(e) if e.target in ("", edge.target)]
        if e.rule is None:
            return not edges
        return any(edge.evidence.rule is e.rule and e.source in ("", edge.source) for edge in edges)

    def unaccounted(self) -> list[str]:
        """Calls of a line with an expectation, and exports of a file with one, that no expectation names."""
        places = {(e.path, e.line) for e in self.case.expectations if e.line and e.edge not in _OF_PACKS}
        listing = {e.path for e in self.case.expectations if e.edge is EdgeKind.EXPORTS}
        failed = [
            f"{self._at(path_of(edge.source), edge.evidence.line)}\n    not expected: {_edge_text(edge)}"
            for edge in self.edges
            if (edge.kind is EdgeKind.CALLS and (path_of(edge.source), edge.evidence.line) in places)
            or (edge.kind is EdgeKind.EXPORTS and path_of(edge.source) in listing)
            if not any(e.edge is edge.kind and e.target == edge.target and self._is_at(e, edge) for e in self._rules())
        ]
        failed += [
            f"{self._at(path_of(site.caller), site.line)}\n    not expected: {_site_text(site)}"
            for site in self.sites
            if (path_of(site.caller), site.line) in places
            if not any(e.reason is site.reason and self._is_site(e, site) for e in self.case.expectations)
        ]
        return failed

    def report(self, e: Expectation, text: str) -> str:
        """A failed expectation with its line and what that line has."""
        marks = f"\n    {' ' * e.start}{'^' * (e.end - e.start)}" if e.line else ""
        there = [_edge_text(edge) for edge in self.edges if self._is_on_line(e, edge)]
        there += [_site_text(site) for site in self.sites if (path_of(site.caller), site.line) == (e.path, e.line)]
        there += [
            f"is {node.kind} {node.id}"
            for node in self.graph.iter_nodes()
            if e.node and node.path == e.path and node.start_line == e.line
        ]
        found = "\n    ".join(["", *there]) if there else " nothing"
        return f"{self._at(e.path, e.line)}{marks} expected: {text}\n  found:{found}"

    def _rules(self) -> list[Expectation]:
        return [e for e in self.case.expectations if e.rule is not None]

    def _at(self, path: str, line: int) -> str:
        return f"{self.case.name}: {path}:{line}\n    {self.lines[path][line]}"

    def _defines(self, e: Expectation) -> bool:
        name = self.lines[e.path][e.line][e.start : e.end]
        return any(
            node.kind is e.node and node.name == name and e.target in ("", node.id)
            for node in self.graph.iter_nodes()
            if node.path == e.path and node.start_line == e.line
        )

    def _edges_at(self, e: Expectation) -> list[GraphRelationship]:
        return [edge for edge in self.edges if edge.kind is e.edge and self._is_at(e, edge)]

    def _is_at(self, e: Expectation, edge: GraphRelationship) -> bool:
        """Whether an edge stands where carets do: its whole span, its statement for an import, else its line."""
        if not self._is_on_line(e, edge):
            return False
        evidence = edge.evidence
        if not e.line or evidence.start_byte == evidence.end_byte:
            return True
        start, end = self._bytes(e, e.start), self._bytes(e, e.end)
        if edge.kind is EdgeKind.IMPORTS:
            return evidence.column <= start
        length = min(evidence.end_byte - evidence.start_byte, self._bytes(e, None) - evidence.column)
        return (evidence.column, evidence.column + length) == (start, end)

    def _is_on_line(self, e: Expectation, edge: GraphRelationship) -> bool:
        return (path_of(edge.source), edge.evidence.line) == (e.path, e.line)

    def _is_site(self, e: Expectation, site: UnresolvedSite) -> bool:
        same_place = (path_of(site.caller), site.line, site.column) == (e.path, e.line, self._bytes(e, e.start))
        return same_place and site.reason is e.reason and e.source in ("", site.caller)

    def _bytes(self, e: Expectation, end: int | None) -> int:
        """Width in bytes of an expectation's line up to a character; carets may begin at a decorator's sign."""
        line = self.lines[e.path][e.line]
        return len(line[: end + 1 if end == e.start and line[end : end + 1] == "@" else end].encode())


def _edge_text(edge: GraphRelationship) -> str:
    place = f"{edge.evidence.line}:{edge.evidence.column}"
    return f"{edge.kind} {edge.target} by {edge.evidence.rule} from {edge.source} at {place}"


def _site_text(site: UnresolvedSite) -> str:
    return f"unresolved: {site.reason} {site.receiver}|{site.name} from {site.caller} at {site.line}:{site.column}"
