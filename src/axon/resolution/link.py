"""The linker's phases, in order, over one assembly.

What flows in: what a linking starts from. What flows out: the finished CodeGraph, and before that what of it is
settled. Each phase is a function of its own, so that the pipeline can time it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from axon.graph.graph import CodeGraph
from axon.languages.pack import Pack
from axon.languages.stubs import StubModule
from axon.model.audit import Observation
from axon.resolution.calls import CallLinker
from axon.resolution.carried import Carried
from axon.resolution.evidence import EdgeRows, SiteRows
from axon.resolution.frameworks.link import find_the_same, link_frameworks
from axon.resolution.frameworks.unaffected import Edited
from axon.resolution.imports import link_imports
from axon.resolution.kept import Fresh, Splice
from axon.resolution.library_types import LibraryTypes
from axon.resolution.observed import link_observed
from axon.resolution.record import CallRecord
from axon.resolution.relink import Grown, relink
from axon.resolution.start import Kept, Start
from axon.resolution.types import give_kinds, link_heritage, link_types

CALLS: Final = "calls"
"""The longest phase: what those before it found is settled when it begins."""


class Linker:
    """One run of resolution: all phases in order, then `graph`, `record` and `keep`.

    `record` is what the next run starts from.
    """

    def __init__(
        self,
        begun: Start,
        packs: Sequence[Pack] = (),
        observed: Sequence[Observation] = (),
        stubs: Mapping[str, StubModule] | None = None,
    ) -> None:
        """`stubs` say what modules outside the tree declare; those that the names know already where not given."""
        self._observed = observed
        self._start, self._tables, self._names = begun, begun.tables, begun.tables.names
        self._names.packs = packs
        if stubs is not None and stubs is not self._names.externals.types.modules:
            self._names.externals.types = LibraryTypes(stubs)
        self._assembly = self._names.assembly
        self._n_rows = len(self._assembly.ids)
        self._carried = (
            None if begun.growths is None or begun.graph is None else Carried(begun.graph, begun.rows, self._names)
        )
        is_whole = begun.moved is None or self._carried is not None
        self._files: Collection[int] = range(len(self._assembly.files)) if is_whole else sorted(begun.moved or ())
        self._edges = EdgeRows()
        self._sites = SiteRows()
        self._linked: Collection[int] = range(len(self._assembly.files))  # files whose calls are linked
        self._splice: Splice | None = None
        self.record = CallRecord()

    def phases(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """Name and function of each phase, in the order in which they must run."""
        return (
            ("imports", self.imports),
            ("heritage", self.heritage),
            ("types", self.types),
            (CALLS, self.calls),
            ("frameworks", self.frameworks),
        )

    def imports(self) -> None:
        """IMPORTS and EXPORTS."""
        link_imports(self._names, self._edges, self._files)

    def heritage(self) -> None:
        """Kinds of classes; EXTENDS, IMPLEMENTS and OVERRIDES."""
        if self._start.graph is None or self._carried is not None:
            give_kinds(self._names)
        else:  # bases are what they were
            self._assembly.kind[:] = self._start.graph.nodes.kind[: self._n_rows].tolist()
        link_heritage(self._names, self._edges, self._files)

    def types(self) -> None:
        """USES_TYPE and DECORATED_BY."""
        link_types(self._names, self._edges, self._files)

    def calls(self) -> None:
        """CALLS and PASSES, and unresolved sites: of all files, or of those that an edit affects."""
        if not self._relinked():
            linker = CallLinker(self._tables)
            linker.link(self._edges, self._sites)
            self.record = linker.record()

    def _relinked(self) -> bool:
        """Link the files that an edit affects, where the linking before tells which."""
        begun, carried = self._start, self._carried
        if begun.graph is None or begun.record is None or begun.moved is None:
            return False
        if carried is None or begun.growths is None:
            files = relink(self._tables, begun.record, begun.moved, self._edges, self._sites)
        elif carried.holds_heritage(self._edges):
            n_edges, grown = len(self._edges.rows), Grown(begun.growths, begun.rows)
            files = relink(self._tables, begun.record, begun.moved, self._edges, self._sites, grown)
            if files is not None and not carried.add(files, self._edges, self._sites):
                del self._edges.rows[n_edges:], self._sites.rows[:]
                files = None
        else:
            files = None
        if files is None:
            return False
        self._linked, self.record = files, begun.record
        return True

    @property
    def n_linked(self) -> int:
        """The number of files whose calls were linked."""
        return len(self._linked)

    @property
    def has_asked_packs(self) -> bool:
        """Whether rule packs were asked; else what they found before was taken over."""
        return self._splice is None or not self._splice.keeps_frameworks

    def frameworks(self) -> None:
        """Triggers and what they run, by rule packs, of the whole tree or as they were; and what audits saw."""
        if self._start.graph is not None and self._carried is None:
            found = Fresh(self._files, self._linked, self._edges, self._sites)
            self._splice = Splice(self._start.graph, self._names, self._n_rows, found)
            self._edges.kept = self._splice.table
            if self._finds_the_same(self._start.graph, self._splice):
                self._splice.keep_frameworks()
        if self.has_asked_packs:
            self.record.consulted = link_frameworks(
                self._names, self._edges, self._tables.written, self._tables.providers, self._tables.reachings
            )
        self._tables.reachings.forget()
        link_observed(self._names, self._edges, self._observed)

    def _finds_the_same(self, before: CodeGraph, splice: Splice) -> bool:
        """Whether rule packs would find what they found before."""
        consulted, moved = self.record.consulted, self._start.moved
        if consulted is None or moved is None or not splice.may_keep_frameworks():
            return False
        rows, outside = self._edges.fresh().copy(), (splice.outside_before(), splice.outside())
        edited = Edited(before, self._names, moved, self._linked, rows, splice.files, self._edges.table, outside)
        return find_the_same(self._names, self._tables.written, self._tables.reachings, consulted, edited)

    def settled(self) -> CodeGraph:
        """What no later phase will change, once heritage is linked: nodes, and edges of the kinds that are complete.

        The nodes are the first of the whole graph's, and its edges are among the whole graph's. A kind that leads to
        external symbols is left out, for those are no nodes yet, and to load a kind twice costs more than it saves; so
        are all that are found, where some are taken over from the graph before.
        """
        found = self._edges if self._start.graph is None or self._carried is not None else EdgeRows()
        return CodeGraph(self._assembly.node_columns(), found.settled(self._assembly), SiteRows().freeze())

    def graph(self) -> CodeGraph:
        """The whole graph; external symbols that an edge leads to are its last nodes."""
        if self._splice is not None:
            return self._splice.graph()
        edges = self._edges.freeze(self._assembly, self._names.externals)
        return CodeGraph(self._assembly.node_columns(), edges, self._sites.freeze())

    def keep(self, graph: CodeGraph) -> Kept:
        """What `start_again` takes, when this linker has given its graph and is done."""
        self._assembly.cut(self._n_rows)
        return Kept(self._tables, graph, self.record)
