"""The frozen graph, read from mapped columns: what hot questions ask.

What flows in: the file that `freeze.write_columns` wrote. What flows out: rows, by id, name, path or adjacency. It
does not know numpy (a fresh process answers before numpy would be imported), Kuzu, or who asks.

Row numbers are those of the CodeGraph that was frozen: canonical order, stable within a generation only.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from zlib import crc32

from axon.errors import StorageError
from axon.model.ids import EXTERNAL_PATH, NodeId
from axon.model.kinds import EDGE_KINDS, NODE_KINDS, REASONS, RULES, EdgeKind, Flag, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship, UnresolvedSite
from axon.storage.arrays import ArrayFile, Numbers

COLUMNS_FILE: Final = "graph.columns"
COLUMNS_VERSION: Final = 1

_KIND_CODES: Final = {kind: code for code, kind in enumerate(EDGE_KINDS)}


def id_base(path: str, qualified_name: str) -> str:
    """The id that most nodes have; columns store only how an id differs from it."""
    return f"{path or EXTERNAL_PATH}::{qualified_name}"


def id_of_form(form: str, path: str, qualified_name: str) -> str:
    """The id that `form` says: `+suffix` to the usual one, `@suffix` to the path, or `=id` itself."""
    if form[0] == "+":
        return id_base(path, qualified_name) + form[1:]
    return path + form[1:] if form[0] == "@" else form[1:]


def text_digest(text: str) -> int:
    """32 bits of `text`, for a first look: a hit is always compared with the text itself."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def name_order(name: str) -> tuple[str, str]:
    """Sort key of the table of names: case ignored first, so that a prefix is one run of it."""
    return name.casefold(), name


class TextTable:
    """Distinct strings, decoded when asked for."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._blob = file.array(f"{name}.blob")
        self._offsets = file.array(f"{name}.offsets")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, code: int) -> str:
        return str(self._blob[self._offsets[code] : self._offsets[code + 1]], "utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return iter(self.all())

    def all(self) -> list[str]:
        """Every string, in order; much quicker than one by one."""
        ends = self._offsets.tolist()
        whole = bytes(self._blob)
        if whole.isascii():
            text = whole.decode("ascii")
            return [text[start:end] for start, end in pairwise(ends)]
        return [whole[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(ends)]


class _Groups:
    """Rows by group number, as offsets and, where rows are not already in group order, a permutation."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._offsets = file.array(f"{name}.offsets")
        self._rows = file.array(f"{name}.rows") if f"{name}.rows" in file else None

    def of(self, group: int) -> list[int]:
        start, end = self._offsets[group], self._offsets[group + 1]
        return list(range(start, end)) if self._rows is None else self._rows[start:end].tolist()


class _Digests:
    """Rows by the digest of a text."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._digests = file.array(f"{name}.digests")
        self._rows = file.array(f"{name}.rows")

    def candidates(self, text: str) -> Iterator[int]:
        digest = text_digest(text)
        at = bisect_left(self._digests, digest)
        while at < len(self._digests) and self._digests[at] == digest:
            yield self._rows[at]
            at += 1


class IndexColumns:
    """The graph of one generation, frozen; close it, or use it as a context manager.

    Opening takes about a millisecond and reads nothing but a directory; a row costs some microseconds.
    """

    def __init__(self, file: ArrayFile) -> None:
        self._file = file
        counts = file.meta["counts"]
        self.n_nodes, self.n_edges, self.n_unresolved = int(counts[0]), int(counts[1]), int(counts[2])
        self._names, self._paths = TextTable(file, "name"), TextTable(file, "path")
        self._qualified, self._ids = TextTable(file, "qualified"), TextTable(file, "id")
        self._languages, self._receivers = TextTable(file, "language"), TextTable(file, "receiver")
        self._signatures, self._summaries = TextTable(file, "signature"), TextTable(file, "summary")
        self._node = {key: file.array(f"node.{key}") for key in file.meta["node"]}
        self._edge = {key: file.array(f"edge.{key}") for key in file.meta["edge"]}
        self._site = {key: file.array(f"site.{key}") for key in file.meta["site"]}
        self._kinds, self._sources, self._targets = self._edge["kind"], self._edge["source"], self._edge["target"]
        self._by_id, self._by_qualified = _Digests(file, "by_id"), _Digests(file, "by_qualified")
        self._by_name, self._by_path = _Groups(file, "by_name"), _Groups(file, "by_path")
        self._out, self._in = _Groups(file, "out"), _Groups(file, "in")
        self._sites_by_name, self._sites_by_caller = _Groups(file, "sites_by_name"), _Groups(file, "sites_by_caller")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Map the columns that lie in `folder`.

        Raises:
            DamagedIndexError: the file is missing, truncated or unreadable.
            StorageError: another version of Axon wrote it.
        """
        file = ArrayFile(folder / COLUMNS_FILE)
        version = file.meta.get("version")
        if version != COLUMNS_VERSION:
            file.close()
            raise StorageError(f"{folder} has columns of format {version}. Run `axon analyze --full`.")
        return cls(file)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def node(self, row: int) -> GraphNode:
        """The node at `row`, as a value."""
        n = self._node
        start_line, start_byte = n["start_line"][row], n["start_byte"][row]
        return GraphNode(
            self.id_of(row),
            NODE_KINDS[n["kind"][row]],
            self._names[n["name"][row]],
            self.qualified_name_of(row),
            self._paths[n["path"][row]],
            self._languages[n["language"][row]],
            start_line,
            start_line + n["lines"][row],
            start_byte,
            start_byte + n["bytes"][row],
            self._signatures[n["signature"][row]],
            self._summaries[n["summary"][row]],
            Flag(n["flags"][row]),
        )

    def relationship(self, row: int) -> GraphRelationship:
        """The edge at `row`, as a value."""
        source, target = self.id_of(self._sources[row]), self.id_of(self._targets[row])
        return GraphRelationship(self.edge_kind(row), source, target, self.evidence(row))

    def evidence(self, edge_row: int) -> Evidence:
        """Why the edge is believed, without the cost of the ids of its ends."""
        e = self._edge
        start = e["start_byte"][edge_row]
        rule = self.rule(edge_row)
        return Evidence(rule, e["line"][edge_row], e["column"][edge_row], start, start + e["bytes"][edge_row])

    def rule(self, edge_row: int) -> Rule:
        """The rule by which the edge was found."""
        return RULES[self._edge["rule"][edge_row]]

    def unresolved_site(self, row: int) -> UnresolvedSite:
        """The unresolved site at `row`, as a value."""
        u = self._site
        caller, reason = self.id_of(u["caller"][row]), REASONS[u["reason"][row]]
        name, receiver = self._names[u["name"][row]], self._receivers[u["receiver"][row]]
        return UnresolvedSite(caller, name, receiver, reason, u["line"][row], u["column"][row])

    def id_of(self, row: int) -> NodeId:
        """The id of the node at `row`, without the cost of the whole node."""
        n = self._node
        return NodeId(id_of_form(self._ids[n["id"][row]], self._paths[n["path"][row]], self.qualified_name_of(row)))

    def path_of(self, row: int) -> str:
        """The path of the node at `row`."""
        return self._paths[self._node["path"][row]]

    def name_of(self, row: int) -> str:
        """The name of the node at `row`."""
        return self._names[self._node["name"][row]]

    def qualified_name_of(self, row: int) -> str:
        """The qualified name of the node at `row`."""
        form = self._qualified[self._node["qualified"][row]]
        return form[1:] + self._names[self._node["name"][row]] if form[0] == "+" else form[1:]

    def source(self, edge_row: int) -> int:
        """Row of the node at which the edge starts."""
        return self._sources[edge_row]

    def target(self, edge_row: int) -> int:
        """Row of the node at which the edge ends."""
        return self._targets[edge_row]

    def edge_kind(self, edge_row: int) -> EdgeKind:
        return EDGE_KINDS[self._kinds[edge_row]]

    def row_of(self, id: str) -> int | None:
        """Row of the node with this id."""
        return next((row for row in self._by_id.candidates(id) if self.id_of(row) == id), None)

    def rows_named(self, name: str) -> list[int]:
        """Nodes of exactly this name, ascending."""
        code = self._name_code(name)
        return [] if code is None else self._by_name.of(code)

    def rows_qualified(self, qualified_name: str) -> list[int]:
        """Nodes of exactly this qualified name, ascending."""
        candidates = self._by_qualified.candidates(qualified_name)
        return [row for row in candidates if self.qualified_name_of(row) == qualified_name]

    def names(self) -> list[str]:
        """Every distinct name of a node or of an unresolved site, case ignored in their order."""
        return self._names.all()

    @cached_property
    def folded_names(self) -> list[str]:
        """The names of `names`, case ignored, in the same order."""
        return [name.casefold() for name in self._names]

    def name_at(self, place: int) -> str:
        """The name at a place of `names`."""
        return self._names[place]

    def rows_with_prefix(self, prefix: str, limit: int) -> list[int]:
        """At most `limit` nodes whose name starts so, case ignored; by folded name, then name, then row."""
        folded = prefix.casefold()
        rows: list[int] = []
        for code in range(bisect_left(self._names, (folded, ""), key=name_order), len(self._names)):
            if len(rows) >= limit or not self._names[code].casefold().startswith(folded):
                break
            rows += self._by_name.of(code)
        return rows[:limit]

    def rows_at_path(self, path: str) -> list[int]:
        """All nodes whose `path` is exactly this, ascending."""
        code = bisect_left(self._paths, path)
        return self._by_path.of(code) if code < len(self._paths) and self._paths[code] == path else []

    def paths_matching(self, fragment: str) -> list[str]:
        """Paths of files and folders that contain `fragment`, case ignored, sorted; linear in the number of paths."""
        folded = fragment.casefold()
        paths, texts, together = self._folded_paths
        if folded not in together:  # as nearly always where somebody asks in words: 1 ms sooner on Django
            return []
        return [path for path, text in zip(paths, texts, strict=True) if folded in text]

    @cached_property
    def _folded_paths(self) -> tuple[list[str], list[str], str]:
        """Every path that is not empty, what each is with case ignored, and all of these in one text."""
        paths = [path for path in self._paths if path]
        texts = [path.casefold() for path in paths]
        return paths, texts, "\n".join(texts)

    def outgoing(self, row: int, *kinds: EdgeKind) -> list[int]:
        """Edge rows that start at node `row`, of these kinds or of all, ascending."""
        return self._of_kinds(self._out.of(row), kinds)

    def incoming(self, row: int, *kinds: EdgeKind) -> list[int]:
        """Edge rows that end at node `row`, of these kinds or of all, ascending."""
        return self._of_kinds(self._in.of(row), kinds)

    def unresolved_named(self, name: str) -> list[int]:
        """Unresolved sites that call this name, ascending."""
        code = self._name_code(name)
        return [] if code is None else self._sites_by_name.of(code)

    def unresolved_of(self, row: int) -> list[int]:
        """Unresolved sites inside node `row`, ascending."""
        return self._sites_by_caller.of(row)

    def numbers(self, group: str, key: str) -> Numbers:
        """A whole column of 'node', 'edge' or 'site' as it is stored; valid until `close`."""
        return {"node": self._node, "edge": self._edge, "site": self._site}[group][key]

    def array(self, name: str) -> "Numbers | None":
        """The numbers of one array of the file; None where it has none of that name."""
        return self._file.array(name) if name in self._file else None

    def table(self, key: str) -> list[str]:
        """The distinct texts of a column, in order."""
        return TextTable(self._file, key).all()

    def texts(self, group: str, key: str) -> list[str]:
        """A whole column of strings, in row order."""
        table = list(TextTable(self._file, key))
        return [table[code] for code in self.numbers(group, key)]

    def _of_kinds(self, edge_rows: list[int], kinds: Iterable[EdgeKind]) -> list[int]:
        codes = {_KIND_CODES[kind] for kind in kinds}
        return [row for row in edge_rows if self._kinds[row] in codes] if codes else edge_rows

    def _name_code(self, name: str) -> int | None:
        code = bisect_left(self._names, name_order(name), key=name_order)
        return code if code < len(self._names) and self._names[code] == name else None
