"""An index in SCIP, for the tools that read it: definitions, references, and what implements what.

What flows in: an index. What flows out: blocks of bytes, a document after the other, the same for one graph. References
are those of certain edges, for SCIP has no word for a possible one.
"""

from collections.abc import Iterator
from typing import Final

from axon import __version__
from axon.errors import UsageError
from axon.model.ids import symbol_id
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, CONFIDENCE, EdgeKind, Flag, NodeKind
from axon.model.nodes import GraphNode
from axon.questions.opened import Index
from axon.questions.rows import CERTAIN
from axon.questions.tokens import Place, Text, definition_place, edge_place
from axon.scip.messages import scip_blocks
from axon.scip.model import NO_ROLE, Document, Encoding, Information, Occurrence, Range, Relation, Role
from axon.scip.symbols import Descriptor, Suffix, descriptor_text, symbol_of

MOST: Final = 5_000_000
"""Nodes that an index in SCIP holds unless somebody asks for more."""

_SCHEME: Final = "axon"
_LOCALS: Final = ".<locals>."
_BATCH: Final = 200  # files whose sources are in memory at once
_DEFINED: Final = (
    CLASS_KINDS | CALLABLE_KINDS | {NodeKind.PROPERTY, NodeKind.VARIABLE, NodeKind.TYPE_ALIAS, NodeKind.MODULE}
)
_KINDS: Final = {
    NodeKind.FILE: "File",
    NodeKind.MODULE: "Namespace",
    NodeKind.CLASS: "Class",
    NodeKind.INTERFACE: "Interface",
    NodeKind.ENUM: "Enum",
    NodeKind.FUNCTION: "Function",
    NodeKind.METHOD: "Method",
    NodeKind.PROPERTY: "Property",
    NodeKind.VARIABLE: "Variable",
    NodeKind.TYPE_ALIAS: "TypeAlias",
}
_FLAGGED: Final = (
    (NodeKind.METHOD, Flag.ABSTRACT, "AbstractMethod"),
    (NodeKind.METHOD, Flag.STATIC, "StaticMethod"),
    (NodeKind.PROPERTY, Flag.FIELD, "Field"),
    (NodeKind.VARIABLE, Flag.CONSTANT, "Constant"),
)
_SUFFIXES: Final = (
    (CLASS_KINDS | {NodeKind.TYPE_ALIAS}, Suffix.TYPE),
    (CALLABLE_KINDS, Suffix.METHOD),
    (frozenset({NodeKind.MODULE, NodeKind.FILE, NodeKind.FOLDER}), Suffix.NAMESPACE),
)


def scip(index: Index, *, most: int | None = None) -> Iterator[bytes]:
    """The whole index.

    Raises:
        UsageError: it has more nodes than `most`.
        MissingSourceError: a source as it was indexed is kept no more.
    """
    limit = MOST if most is None else most
    if index.columns.n_nodes > limit:
        n_nodes = index.columns.n_nodes
        raise UsageError(
            f"{n_nodes:,} nodes are more than the {limit:,} that scip holds. Allow more with --most {n_nodes}."
        )
    return _Writer(index).blocks()


class _Writer:
    def __init__(self, index: Index) -> None:
        self._index, self._columns = index, index.columns
        self._symbols: dict[int, str] = {}
        self._external: dict[int, None] = {}

    def blocks(self) -> Iterator[bytes]:
        yield from scip_blocks(self._index.root.as_uri(), (_SCHEME, __version__), self._documents(), self._externals())

    def _documents(self) -> Iterator[Document]:
        paths = sorted(file.path for file in self._index.indexed_files())
        for start in range(0, len(paths), _BATCH):
            some = paths[start : start + _BATCH]
            contents = self._index.sources.find(some)
            for path in some:
                content = contents[path] if path in contents else self._index.sources.of(path)
                if (document := self._document(path, Text(content))) is not None:
                    yield document

    def _document(self, path: str, text: Text) -> Document | None:
        file = self._columns.row_of(path)
        if file is None:
            return None
        occurrences = [Occurrence(Range(0, 0, 0, 0), self._symbol(file), Role.DEFINITION)]
        symbols = [self._information(file)]
        for row in self._columns.rows_at_path(path):
            node = self._columns.node(row)
            if row != file and node.kind in _DEFINED and (place := definition_place(text, node)) is not None:
                whole = _range(text, (node.start_byte, node.end_byte))
                occurrences.append(Occurrence(_range(text, place), self._symbol(row), self._roles(node), whole))
                symbols.append(self._information(row))
            occurrences += self._references(row, text)
        distinct = sorted(dict.fromkeys(occurrences), key=lambda o: (o.range, o.symbol, o.roles))
        symbols.sort(key=lambda information: information.symbol)
        return Document(_utf8(path), self._columns.node(file).language, Encoding.UTF8, distinct, symbols)

    def _roles(self, node: GraphNode) -> Role:
        return Role.DEFINITION | (Role.TEST if node.flags & Flag.TEST else NO_ROLE)

    def _references(self, row: int, text: Text) -> Iterator[Occurrence]:
        for edge in self._columns.outgoing(row):
            said = self._columns.relationship(edge)
            if CONFIDENCE[said.evidence.rule] < CERTAIN:
                continue
            target = self._columns.target(edge)
            node = self._columns.node(target)
            place = (
                edge_place(text, said.kind, said.evidence, node) if node.kind in _KINDS or _is_outside(node) else None
            )
            if place is not None:
                role = Role.IMPORT if said.kind is EdgeKind.IMPORTS else Role.READ
                yield Occurrence(_range(text, place), self._symbol(target), role)

    def _information(self, row: int) -> Information:
        node = self._columns.node(row)
        relations = [
            Relation(self._symbol(self._columns.target(edge)), is_reference=is_method, is_implementation=True)
            for is_method, kinds in ((False, (EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS)), (True, (EdgeKind.OVERRIDES,)))
            for edge in self._columns.outgoing(row, *kinds)
        ]
        relations = sorted(dict.fromkeys(relations), key=lambda relation: relation.symbol)
        kind = next((name for k, flag, name in _FLAGGED if node.kind is k and node.flags & flag), _KINDS[node.kind])
        said = (_utf8(node.summary),) if node.summary else ()
        return Information(self._symbol(row), kind, _utf8(node.name), said, _utf8(node.signature), relations)

    def _externals(self) -> Iterator[Information]:
        for row in sorted(self._external, key=self._symbol):
            yield Information(self._symbol(row), name=_utf8(self._columns.node(row).name))

    def _symbol(self, row: int) -> str:
        known = self._symbols.get(row)
        if known is None:
            node = self._columns.node(row)
            if _is_outside(node):
                self._external[row] = None
                known = _external_symbol(node)
            else:
                known = self._own_symbol(row, node)
            self._symbols[row] = known
        return known

    def _own_symbol(self, row: int, node: GraphNode) -> str:
        """The symbol of what holds a definition, and the definition's own descriptor; of a file those of its path."""
        if node.kind not in _DEFINED or not node.start_line:
            *folders, name = node.path.split("/")
            steps = [Descriptor(_utf8(step), Suffix.NAMESPACE) for step in (*folders, name)]
            return symbol_of(_SCHEME, "", "", steps)
        holders = [self._columns.source(edge) for edge in self._columns.incoming(row, EdgeKind.DEFINES)]
        holder = holders[0] if holders else self._columns.row_of(node.path)
        assert holder is not None, "a definition lies in a file of the index"
        return self._symbol(holder) + descriptor_text(_descriptor(node))


def _descriptor(node: GraphNode) -> Descriptor:
    """The last step of a definition's symbol; several of one name are told apart by their number."""
    suffix = next((suffix for kinds, suffix in _SUFFIXES if node.kind in kinds), Suffix.TERM)
    number = node.id.removeprefix(symbol_id(node.path, node.qualified_name)).removeprefix("#")
    name = _utf8(node.name)
    if not number:
        return Descriptor(name, suffix)
    return (
        Descriptor(name, suffix, int(number) - 1) if suffix is Suffix.METHOD else Descriptor(f"{name}#{number}", suffix)
    )


def _external_symbol(node: GraphNode) -> str:
    """By its dotted name: the first part is the package, as far as its name tells."""
    package, _, rest = _utf8(node.qualified_name).partition(".")
    steps = (rest or package).split(".")
    descriptors = [*(Descriptor(step, Suffix.NAMESPACE) for step in steps[:-1]), Descriptor(steps[-1], Suffix.TERM)]
    return symbol_of(_SCHEME, package, "", [d for d in descriptors if d.name])


def _is_outside(node: GraphNode) -> bool:
    return node.kind is NodeKind.EXTERNAL


def _range(text: Text, place: Place) -> Range:
    return Range(*text.point(place[0]), *text.point(place[1]))


def _utf8(text: str) -> str:
    """Lone surrogates, of which a file name may have some, as a backslash and their number."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
