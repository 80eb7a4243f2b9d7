"""The linker's phases, in order, over one assembly.

What flows in: an Assembly. What flows out: the finished CodeGraph. Each phase is a function of its own, so that the
pipeline can time it.
"""

from collections.abc import Callable, Sequence

from axon.graph.build import Assembly
from axon.graph.graph import CodeGraph
from axon.resolution.calls import CallLinker
from axon.resolution.evidence import EdgeRows, SiteRows
from axon.resolution.imports import link_imports
from axon.resolution.names import Names
from axon.resolution.types import link_heritage, link_types


class Linker:
    """One run of resolution: all phases in order, then `graph`."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._names = Names(assembly)
        self._edges = EdgeRows()
        self._sites = SiteRows()

    def phases(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """Name and function of each phase, in the order in which they must run."""
        return (("imports", self.imports), ("heritage", self.heritage), ("types", self.types), ("calls", self.calls))

    def imports(self) -> None:
        """IMPORTS and EXPORTS."""
        link_imports(self._names, self._edges)

    def heritage(self) -> None:
        """Kinds of classes; EXTENDS, IMPLEMENTS and OVERRIDES."""
        link_heritage(self._names, self._edges)

    def types(self) -> None:
        """USES_TYPE and DECORATED_BY."""
        link_types(self._names, self._edges)

    def calls(self) -> None:
        """CALLS and unresolved sites."""
        CallLinker(self._names).link(self._edges, self._sites)

    def graph(self) -> CodeGraph:
        """The whole graph; external symbols that an edge leads to are its last nodes."""
        edges = self._edges.freeze(self._assembly, self._names.externals)
        return CodeGraph(self._assembly.node_columns(), edges, self._sites.freeze())
