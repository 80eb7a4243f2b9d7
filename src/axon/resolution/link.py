"""The linker's phases, in order, over one assembly.

What flows in: an Assembly, and where few files have changed since, the graph before with what its linking left behind.
What flows out: the finished CodeGraph. Each phase is a function of its own, so that the pipeline can time it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from axon.graph.build import Assembly
from axon.graph.graph import CodeGraph
from axon.languages import named
from axon.model.facts import FileFacts
from axon.resolution.calls import CallLinker
from axon.resolution.evidence import EdgeRows, SiteRows
from axon.resolution.imports import link_imports
from axon.resolution.kept import keep_calls, keep_others
from axon.resolution.moved import Moved
from axon.resolution.names import Names
from axon.resolution.record import CallRecord
from axon.resolution.relink import relink
from axon.resolution.scopes import FileScopes
from axon.resolution.surface import surface
from axon.resolution.tables import Tables
from axon.resolution.types import give_kinds, link_heritage, link_types


@dataclass(frozen=True, slots=True)
class Before:
    """The graph before, the record of its calls, and the old facts of the files that have changed, by path."""

    graph: CodeGraph
    record: CallRecord
    changed: Mapping[str, FileFacts]


class Linker:
    """One run of resolution: all phases in order, then `graph` and `record`.

    `n_linked` is the number of files whose calls were linked; `record` is what the next run starts from.
    """

    def __init__(self, assembly: Assembly, before: Before | None = None) -> None:
        self._assembly = assembly
        self._before = before if before is not None and _has_shape(before, assembly) else None
        self._names = Names(assembly, list(self._before.record.numbers.externals) if self._before else None)
        self._moved = _moved(self._before, self._names) if self._before else None
        if self._moved is None:
            self._before = None
        self._files: Collection[int] = range(len(assembly.files)) if self._moved is None else sorted(self._moved)
        self._tables = Tables(self._names)
        self._edges = EdgeRows()
        self._sites = SiteRows()
        self.n_linked = 0
        self.record = CallRecord()

    def phases(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """Name and function of each phase, in the order in which they must run."""
        return (("imports", self.imports), ("heritage", self.heritage), ("types", self.types), ("calls", self.calls))

    def imports(self) -> None:
        """IMPORTS and EXPORTS."""
        link_imports(self._names, self._edges, self._files)

    def heritage(self) -> None:
        """Kinds of classes; EXTENDS, IMPLEMENTS and OVERRIDES."""
        if self._before is None:
            give_kinds(self._names)
        else:  # bases are what they were
            self._assembly.kind[:] = self._before.graph.nodes.kind[: len(self._assembly.kind)].tolist()
        link_heritage(self._names, self._edges, self._files)

    def types(self) -> None:
        """USES_TYPE and DECORATED_BY."""
        link_types(self._names, self._edges, self._files)
        if self._before is not None:
            keep_others(self._before.graph, self._names, self._files, self._edges)

    def calls(self) -> None:
        """CALLS and PASSES, and unresolved sites: of all files, or of those that an edit affects."""
        if self._before is not None and self._moved is not None:
            found = relink(self._tables, self._before.record, self._moved, self._edges, self._sites)
            if found is not None:
                self.n_linked, self.record = len(found.files), found.record
                keep_calls(self._before.graph, self._names, found.files, self._edges, self._sites)
                return
        linker = CallLinker(self._tables)
        linker.link(self._edges, self._sites)
        self.n_linked, self.record = len(self._assembly.files), linker.record()

    def graph(self) -> CodeGraph:
        """The whole graph; external symbols that an edge leads to are its last nodes."""
        edges = self._edges.freeze(self._assembly, self._names.externals)
        return CodeGraph(self._assembly.node_columns(), edges, self._sites.freeze())


def _moved(before: Before, names: Names) -> dict[int, Moved] | None:
    """Where the parts of the files went that have changed; None where more has changed than bodies."""
    found: dict[int, Moved] = {}
    for file, entry in enumerate(names.assembly.files):
        old = before.changed.get(entry.path)
        if old is not None:
            if surface(FileScopes(old, named(entry.language))) != surface(names.scopes[file]):
                return None
            found[file] = Moved(old, entry.facts)
    return found


def _has_shape(before: Before, assembly: Assembly) -> bool:
    """Whether an assembly has the very nodes of the one before; its external ones are not there yet."""
    record = before.record
    if (record.n_files, record.n_rows) != (len(assembly.files), len(assembly.ids)):
        return False
    return before.graph.nodes.ids[: record.n_rows] == assembly.ids
