"""Why there is an edge from one symbol to another, or why there is none.

What flows in: an index, what a person typed, and the tree as it was indexed: facts and a way to read its files. What
flows out: a `WhyAnswer`. Edges and unresolved sites are those of the index; the chain of each is found by evaluating
its place again. It reads no file itself.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Final, Protocol

from axon.graph.build import Assembly
from axon.interpreter import deep_recursion
from axon.model.answers import EdgeAnswer, Site
from axon.model.explanations import ChainStep, NamedSite, RejectedSymbol, WhyAnswer, WhyEdge
from axon.model.facts import NO_TEXT, ReferenceKind
from axon.model.kinds import (
    CALLABLE_KINDS,
    CLASS_CODES,
    CLASS_KINDS,
    CONFIDENCE,
    NODE_KINDS,
    EdgeKind,
    Flag,
    NodeKind,
    Rule,
)
from axon.model.nodes import GraphRelationship
from axon.questions.callers import EXACT, called_names, overridden
from axon.questions.opened import Index
from axon.questions.rows import edge_answer, symbol
from axon.questions.symbols import find_symbol, signature_note
from axon.resolution.explain import Explainer, Packs
from axon.resolution.explain_arguments import CallerSite
from axon.resolution.explain_names import Step
from axon.resolution.explain_rejected import are_kin, why_not
from axon.resolution.explain_sites import Edge
from axon.resolution.flow import MOST_FRAMES
from axon.resolution.library_types import LibraryTypes
from axon.resolution.names import Names
from axon.resolution.types import give_kinds
from axon.storage.generations import OBSERVATIONS, IndexHome
from axon.storage.observations import read_observations

LISTED_REJECTED: Final = 8
"""Other definitions of a name that an edge lists."""

_KINDS: Final = (
    *(EdgeKind.CALLS, EdgeKind.PASSES, EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS, EdgeKind.IMPORTS),
    *(EdgeKind.USES_TYPE, EdgeKind.DECORATED_BY, EdgeKind.OVERRIDES),
)
_CALLED: Final = CALLABLE_KINDS | CLASS_KINDS
_EXTERNAL: Final = NODE_KINDS.index(NodeKind.EXTERNAL)
_SAMPLED: Final = 97  # every so manieth row is compared: files that differ shift all rows behind them
_CALL: Final = int(ReferenceKind.CALL)
_HELD: Final = frozenset({Rule.TYPED, Rule.FLOW, Rule.ARGUMENT, Rule.OVERRIDE})  # show what any name holds
_NOT_PASSING: Final = frozenset({Rule.OVERRIDE, Rule.IMPLICIT})


class IndexedTree(Protocol):
    """The files that an index was made of."""

    @property
    def changed(self) -> frozenset[str]:
        """Paths of the files that have another content now, or none."""

    @property
    def packs(self) -> Packs:
        """The rule packs of the tree."""

    def assemble(self) -> Assembly:
        """The facts of all files, assembled."""

    def library_types(self, assembly: Assembly) -> LibraryTypes:
        """What stubs say of the modules that the tree imports."""

    def read(self, path: str) -> bytes | None:
        """The content of a file as it is now; None where it cannot be read."""


def why(index: Index, source: str, target: str, tree: IndexedTree) -> WhyAnswer:
    """The edges from the symbol that `source` means to that of `target`, each with its chain; else why there is none.

    Cost: the facts of the whole tree are loaded, about 0.5 ms a file.

    Raises:
        SymbolError: no symbol, or several, have one of the names.
    """
    columns = index.columns
    question = _Question(index, find_symbol(columns, source), find_symbol(columns, target), tree)
    with deep_recursion(MOST_FRAMES):
        edges = question.edges()
        sites = () if edges else question.named_sites()
    could_be = sum(not site.leads_to for site in sites)
    return WhyAnswer(
        symbol(columns, question.source),
        symbol(columns, question.target),
        question.said(edges, sites),
        edges,
        sites,
        could_be,
        index.state(*question.warnings(), *signature_note(columns, question.target)),
    )


@dataclass
class _Question:
    """One pair of symbols, by their rows in the index."""

    index: Index
    source: int
    target: int
    tree: IndexedTree
    _shown_paths: set[str] = field(default_factory=set)
    _lines: dict[str, list[bytes]] = field(default_factory=dict)

    @cached_property
    def _assembly(self) -> Assembly:
        return self.tree.assemble()

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {id: row for row, id in enumerate(self._assembly.ids)}

    @cached_property
    def _explainer(self) -> Explainer:
        names = Names(self._assembly)
        names.packs = self.tree.packs
        names.externals.types = self.tree.library_types(self._assembly)
        if not self._take_kinds():
            give_kinds(names)
        return Explainer(names, self._callers)

    def _take_kinds(self) -> bool:
        """Take from the index which classes are enumerations and interfaces; False where its rows are others.

        They are the same rows, external symbols left out, where the facts of every file are those that were indexed.
        """
        columns, ids, kind = self.index.columns, self._assembly.ids, self._assembly.kind
        stored = columns.numbers("node", "kind")
        if len(ids) > len(stored) or any(code != _EXTERNAL for code in stored[len(ids) :]):
            return False
        if any(ids[row] != columns.id_of(row) for row in range(0, len(ids), _SAMPLED)):
            return False
        for row, code in enumerate(stored[: len(ids)]):
            if code in CLASS_CODES:
                kind[row] = code
        return True

    def _callers(self, function: int) -> list[CallerSite]:
        """The call sites of a function, as the index has them."""
        columns = self.index.columns
        row = columns.row_of(self._assembly.ids[function])
        found = []
        for edge in columns.incoming(row, EdgeKind.CALLS) if row is not None else ():
            known = columns.relationship(edge)
            caller, rule = self._rows.get(known.source), known.evidence.rule
            if caller is not None and rule not in _NOT_PASSING:
                found.append(CallerSite(caller, known.evidence.start_byte, rule is Rule.MEMBER))
        return found

    # --- edges ---------------------------------------------------------------------------------------------------

    def edges(self) -> tuple[WhyEdge, ...]:
        """Every edge of the kinds that somebody wrote, by kind and place."""
        columns = self.index.columns
        rows = [e for e in columns.outgoing(self.source, *_KINDS) if columns.target(e) == self.target]
        return tuple(self._explained(columns.relationship(row)) for row in rows)

    def _seen(self, edge: GraphRelationship) -> ChainStep:
        """How often an audit saw a call."""
        line = edge.evidence.line
        calls = read_observations(IndexHome(self.index.root).folder / OBSERVATIONS).calls
        count = sum(c.count for c in calls if (c.caller, c.callee, c.line) == (edge.source, edge.target, line))
        path = self.index.columns.node(self.source).path
        site = Site(path, line, edge.evidence.column)
        times = "once" if count == 1 else f"{count:,} times"
        return ChainStep(f"an audit saw this call {times}", site, self._text(path, line))

    def _explained(self, edge: GraphRelationship) -> WhyEdge:
        evidence, path = edge.evidence, self.index.columns.node(self.source).path
        known, total = self._edge(edge), 0
        steps: list[ChainStep] = []
        rejected: list[RejectedSymbol] = []
        if evidence.rule is Rule.OBSERVED:
            steps = [self._seen(edge)]
        elif known is not None:
            found = self._explainer.steps(known, self._others(edge))
            steps = [self._step(step) for step in found]
            if edge.kind is EdgeKind.CALLS and edge.evidence.rule is not Rule.IMPLICIT:
                rejected, total = self._rejected(edge, known)
        if not steps:
            steps = [ChainStep("the chain cannot be shown from the facts at hand", Site(path, 0, 0), "")]
        rule = evidence.rule
        site = Site(path, evidence.line, evidence.column)
        text = self._text(path, evidence.line)
        return WhyEdge(edge.kind.value, rule.value, CONFIDENCE[rule], site, text, tuple(steps), tuple(rejected), total)

    def _edge(self, edge: GraphRelationship) -> Edge | None:
        """An edge of the index in the rows of the assembly; None where the facts have not its ends."""
        source, target = self._rows.get(edge.source), self._rows.get(edge.target)
        columns = self.index.columns
        outside = columns.row_of(edge.target) if target is None else None
        if outside is not None and columns.node(outside).kind is NodeKind.EXTERNAL:
            target = self._explainer.names.externals.value(columns.qualified_name_of(outside))
        if source is None or target is None:
            return None
        e = edge.evidence
        return Edge(edge.kind, e.rule, source, target, e.start_byte, e.end_byte)

    def _others(self, edge: GraphRelationship) -> list[Edge]:
        """The other edges that are written at the same place, in the rows of the assembly."""
        return [known for other in self._same_place(edge) if (known := self._edge(other)) is not None]

    def _same_place(self, edge: GraphRelationship) -> list[GraphRelationship]:
        columns = self.index.columns
        found = [columns.relationship(row) for row in columns.outgoing(self.source, edge.kind)]
        place = edge.evidence.start_byte, edge.evidence.end_byte
        return [o for o in found if (o.evidence.start_byte, o.evidence.end_byte) == place and o.target != edge.target]

    def _rejected(self, edge: GraphRelationship, known: Edge) -> tuple[list[RejectedSymbol], int]:
        """The first other definitions of the name that is called, those of the same file before others."""
        columns = self.index.columns
        names = called_names(columns, self.target)  # an initializer is called by the name of its class as well
        written, _ = self._explainer.sites.receivers(known)
        if known.rule in _HELD and written not in names:
            return [], 0  # what is written is another name, which holds the target
        meant = {edge.target, *(other.target for other in self._same_place(edge))}
        rows = [
            row
            for row in columns.rows_named(written if written in names else names[-1])
            if columns.node(row).kind in _CALLED and columns.id_of(row) not in meant and not self._is_signature(row)
        ]
        language = columns.node(self.source).language
        rows = [row for row in rows if are_kin(language, columns.node(row).language)]
        own = columns.node(self.source).path
        rows.sort(key=lambda row: (columns.node(row).path != own, columns.id_of(row)))
        listed = [row for row in rows if columns.id_of(row) in self._rows][:LISTED_REJECTED]
        reasons = why_not(self._explainer, known, [self._rows[columns.id_of(row)] for row in listed])
        return [RejectedSymbol(symbol(columns, row), why) for row, why in zip(listed, reasons, strict=True)], len(rows)

    def _is_signature(self, row: int) -> bool:
        """Whether a definition declares one signature of a function, or shares the name of a target that does."""
        node, target = self.index.columns.node(row), self.index.columns.node(self.target)
        is_same = (node.path, node.qualified_name) == (target.path, target.qualified_name)
        return bool(node.flags & Flag.OVERLOAD) or (is_same and bool(target.flags & Flag.OVERLOAD))

    # --- no edge -------------------------------------------------------------------------------------------------

    def named_sites(self) -> tuple[NamedSite, ...]:
        """The calls in the source that write the target's name, in the order of the file."""
        columns = self.index.columns
        row = self._rows.get(columns.id_of(self.source))
        if row is None or row < self._assembly.file_row:
            return ()
        file, definition = self._assembly.place(row)
        facts, names = self._assembly.files[file].facts, called_names(columns, self.target)
        table, found = facts.references, []
        for reference, (kind, scope, text) in enumerate(zip(table.kind, table.scope, table.text, strict=True)):
            if kind != _CALL:
                break  # calls come first
            written = facts.strings[text] if text != NO_TEXT else ""
            if scope == definition and written.rpartition(".")[2] in names:
                receiver = table.receiver[reference]
                before = f"{facts.strings[receiver]}." if receiver != NO_TEXT else ""
                place = Site(columns.node(self.source).path, table.line[reference], table.column[reference])
                found.append(self._named_site(before + written, place))
        return tuple(found)

    def _named_site(self, written: str, place: Site) -> NamedSite:
        columns = self.index.columns
        leads: list[EdgeAnswer] = []
        for edge in columns.outgoing(self.source, EdgeKind.CALLS):
            answer = edge_answer(columns, edge, columns.target(edge))
            if answer.site == place and answer.rule != Rule.IMPLICIT:
                leads.append(answer)
        sites = [columns.unresolved_site(row) for row in columns.unresolved_of(self.source)]
        reasons = [site.reason.value for site in sites if (site.line, site.column) == (place.line, place.column)]
        return NamedSite(written, place, self._text(place.path, place.line), tuple(leads), "".join(reasons[:1]))

    def said(self, edges: Sequence[WhyEdge], sites: Sequence[NamedSite]) -> str:
        """The answer in a sentence."""
        columns = self.index.columns
        source, target = columns.qualified_name_of(self.source), columns.qualified_name_of(self.target)
        if edges:
            counted = "1 edge leads" if len(edges) == 1 else f"{len(edges):,} edges lead"
            return f"{counted} from `{source}` to `{target}`."
        name = called_names(columns, self.target)[-1]
        none = f"No edge leads from `{source}` to `{target}`"
        if not sites:
            return f"{none}: `{source}` contains no call that is written `{name}`."
        open_sites = sum(not site.leads_to for site in sites)
        if not open_sites:
            return f"{none}: every call in it that is written `{name}` leads elsewhere{self._overridden(sites)}."
        counted = "1 unresolved site" if open_sites == 1 else f"{open_sites:,} unresolved sites"
        return f"{none}, but {counted} named `{name}` in it could be `{target}`."

    def _overridden(self, sites: Sequence[NamedSite]) -> str:
        """Where a call leads to what the target overrides, which instances of the target's class may be called on."""
        columns = self.index.columns
        above = {columns.id_of(row) for row in overridden(columns, self.target)}
        met = [leads.symbol for site in sites for leads in site.leads_to if leads.rule not in EXACT]
        found = next((symbol for symbol in met if symbol.id in above), None)
        if found is None:
            return ""
        said = f"`{columns.qualified_name_of(self.target)}` overrides `{found.qualified_name}`, to which one leads"
        return f", but {said} and which it could stand for"

    # --- source --------------------------------------------------------------------------------------------------

    def _step(self, step: Step) -> ChainStep:
        if step.file < 0:
            return ChainStep(step.said, Site("", 0, 0), "")
        path = self._assembly.files[step.file].path
        starts = self._line_starts(path)
        line = bisect_right(starts, step.position)
        column = step.position - starts[line - 1] if line else 0
        return ChainStep(step.said, Site(path, line, column), self._text(path, line))

    def _line_starts(self, path: str) -> list[int]:
        """The first byte of each line."""
        lengths = [len(line) + 1 for line in self._source(path)]
        return list(accumulate(lengths[:-1], initial=0)) if lengths else []

    def _source(self, path: str) -> list[bytes]:
        """The lines of a file as it is now; none where it cannot be read."""
        if path not in self._lines:
            self._shown_paths.add(path)
            content = self.tree.read(path)
            self._lines[path] = content.split(b"\n") if content is not None else []
        return self._lines[path]

    def _text(self, path: str, line: int) -> str:
        lines = self._source(path) if path and line else []
        return lines[line - 1].decode("utf-8", "backslashreplace").strip() if 0 < line <= len(lines) else ""

    def warnings(self) -> list[str]:
        """What to say of files that were shown and are no longer what was indexed."""
        moved = sorted(self._shown_paths & self.tree.changed)
        said = "has changed since it was indexed: the lines shown are those of the file as it is now"
        return [f"{path} {said}." for path in moved]
