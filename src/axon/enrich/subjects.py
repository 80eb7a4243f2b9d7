"""The nodes that tasks ask about, as a model may see them.

What flows in: the columns of one index and its sources. What flows out: nodes, their text with secrets masked, what
lies in a folder or a file, what is called. It does not know tasks or models.
"""

import fnmatch
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from math import log1p
from typing import Final

from axon.enrich.secrets import masked
from axon.errors import MissingSourceError
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, NODE_KINDS, EdgeKind, Flag, NodeKind
from axon.model.nodes import GraphNode
from axon.storage.columns import IndexColumns
from axon.storage.sources import Sources

ROOT: Final = "./"
"""The id of the folder that is the repository."""

_LEFT_OUT: Final = Flag.TEST | Flag.GENERATED | Flag.VENDORED
_MOST_LINES: Final = 400  # of one text; the rest is said to be left out


class Subjects:
    """What may be asked about: nothing of tests, of generated and of vendored code, nor what `no_send` names.

    `only` are patterns of paths or kinds of which one must fit, `no_send` patterns of paths that are never sent;
    `paths` are all that are asked about, where not None; `top` leaves so many of each kind.
    """

    def __init__(
        self,
        columns: IndexColumns,
        sources: Sources,
        *,
        only: Sequence[str] = (),
        no_send: Sequence[str] = (),
        paths: frozenset[str] | None = None,
        top: int | None = None,
    ) -> None:
        self._columns, self._sources = columns, sources
        self._only, self._no_send, self._paths, self._top = tuple(only), tuple(no_send), paths, top
        self.missing: dict[str, str] = {}  # path -> why its source cannot be had

    # --- nodes -----------------------------------------------------------------------------------------------------

    @cached_property
    def functions(self) -> list[GraphNode]:
        """Functions and methods, most called first."""
        return self._chosen(CALLABLE_KINDS)

    @cached_property
    def classes(self) -> list[GraphNode]:
        """Classes, most used first."""
        return self._chosen(CLASS_KINDS)

    @cached_property
    def files(self) -> list[GraphNode]:
        """Files, most used first."""
        return self._chosen({NodeKind.FILE})

    @cached_property
    def all_files(self) -> list[GraphNode]:
        """Files, by path, those as well that are not chosen."""
        files = (node for node in self._of_kinds({NodeKind.FILE}) if self._may_be_sent(node))
        return sorted(files, key=lambda node: node.path)

    def node(self, id: str) -> GraphNode | None:
        """The node of that id."""
        row = self._columns.row_of(id)
        return None if row is None else self._columns.node(row)

    def centrality(self, id: str) -> float:
        """How much hangs on a node: 0 to 1, by the logarithm of its incoming edges."""
        row = self._columns.row_of(id)
        n_incoming = 0 if row is None else len(self._columns.incoming(row))
        return min(1.0, log1p(n_incoming) / log1p(10_000))

    def folders(self) -> dict[str, list[str]]:
        """Ids of what lies directly in each folder that holds a file at any depth, sorted; the root included."""
        inside: dict[str, set[str]] = {ROOT: set()}
        for file in self.all_files:
            below: str = file.id
            folder = file.path.rpartition("/")[0]
            while folder:
                inside.setdefault(f"{folder}/", set()).add(below)
                below, folder = f"{folder}/", folder.rpartition("/")[0]
            inside[ROOT].add(below)
        return {folder: sorted(members) for folder, members in sorted(inside.items())}

    # --- texts -----------------------------------------------------------------------------------------------------

    def text(self, id: str) -> str:
        """The source of a node, secrets masked; '' where it has none or cannot be had, which `missing` then says."""
        try:
            return self.source(id)
        except MissingSourceError as error:
            node = self.node(id)
            self.missing[node.path if node else id] = str(error)
            return ""

    def source(self, id: str) -> str:
        """The source of a node, secrets masked; '' where it has none.

        Raises:
            MissingSourceError: the source is not kept as it was indexed, and the file has changed.
        """
        node = self.node(id)
        if node is None or not node.start_line:
            return ""
        end = min(node.end_line, node.start_line + _MOST_LINES - 1)
        lines = self._sources.lines(node.path, node.start_line, end)
        if end < node.end_line:
            lines.append(f"… {node.end_line - end} more lines")
        return masked("\n".join(lines))

    def basis(self, id: str) -> str:
        """The digest of the text of a node, '' where it has none."""
        text = self.text(id)
        return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest() if text else ""

    def signatures(self, id: str, most: int = 30) -> list[str]:
        """What a file or class defines directly, one line each, most used first."""
        rows = self._targets(id, EdgeKind.DEFINES)
        nodes = [self._columns.node(row) for row in rows]
        kept = [node for node in nodes if node.kind in CALLABLE_KINDS | CLASS_KINDS]
        kept.sort(key=lambda node: (-self.centrality(node.id), node.start_line))
        return [masked(f"{node.kind.value} {node.name}{_shown(node)}") for node in kept[:most]]

    def line(self, id: str) -> list[str]:
        """A symbol on one line, with what its authors say of it; nothing where there is none."""
        node = self.node(id)
        return [] if node is None else [f"{node.qualified_name}{node.signature}: {node.summary or 'no docstring'}"]

    def neighbours(self, id: str, kind: EdgeKind, *, incoming: bool = False) -> list[str]:
        """Qualified names at the other end of edges of a kind, sorted."""
        row = self._columns.row_of(id)
        if row is None:
            return []
        edges = self._columns.incoming(row, kind) if incoming else self._columns.outgoing(row, kind)
        end = self._columns.source if incoming else self._columns.target
        return sorted({self._columns.qualified_name_of(end(edge)) for edge in edges})

    def defines(self, name: str) -> bool:
        """Whether the tree or what it uses has something of that name (its last part)."""
        return bool(self._columns.rows_named(name.rpartition(".")[2]))

    def _targets(self, id: str, kind: EdgeKind) -> list[int]:
        row = self._columns.row_of(id)
        return [] if row is None else [self._columns.target(edge) for edge in self._columns.outgoing(row, kind)]

    def _chosen(self, kinds: Collection[NodeKind]) -> list[GraphNode]:
        nodes = [node for node in self._of_kinds(kinds) if self._may_be_asked(node)]
        return sorted(nodes, key=lambda node: (-self.centrality(node.id), node.id))[: self._top]

    def _of_kinds(self, kinds: Collection[NodeKind]) -> Iterator[GraphNode]:
        codes = {NODE_KINDS.index(kind) for kind in kinds}
        for row, code in enumerate(self._columns.numbers("node", "kind")):
            if code in codes:
                yield self._columns.node(row)

    def _may_be_sent(self, node: GraphNode) -> bool:
        return not (node.flags & _LEFT_OUT or self._of_left_out_file(node.path) or self.is_kept_back(node.path))

    def _may_be_asked(self, node: GraphNode) -> bool:
        if not self._may_be_sent(node) or (self._paths is not None and node.path not in self._paths):
            return False
        wanted = self._only
        return not wanted or any(node.kind.value.lower() == w.lower() or _fits(node.path, w) for w in wanted)

    def is_kept_back(self, path: str) -> bool:
        """Whether a path must not leave the machine."""
        return any(_fits(path, pattern) for pattern in self._no_send)

    @cached_property
    def _of_left_out_file(self) -> Callable[[str], bool]:
        left_out = {node.path for node in self._of_kinds({NodeKind.FILE}) if node.flags & _LEFT_OUT}
        return left_out.__contains__


def _fits(path: str, pattern: str) -> bool:
    return fnmatch.fnmatch(path, pattern) or path.startswith(pattern.rstrip("/") + "/")


def _shown(node: GraphNode) -> str:
    summary = f" — {node.summary}" if node.summary else ""
    return f"{node.signature}{summary}"


def listed(lines: Iterable[str]) -> str:
    """Lines as a Markdown list; '(none)' where there is none."""
    return "\n".join(f"- {line}" for line in lines) or "(none)"
