"""Does the code keep the contracts of its project?

What flows in: a graph, contracts, the public API as it was frozen, and, where there is a graph database, a way to query
it. What flows out: a `CheckAnswer`, each violation with its place. It reads no settings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

import numpy as np

from axon.analyses.complexity import complexity_of
from axon.analyses.cycles import cycles_of
from axon.analyses.signatures import break_of, parameters_of
from axon.errors import ConfigError
from axon.model.answers import CypherAnswer, IndexState
from axon.model.contracts import (
    Acyclic,
    Ceiling,
    CheckAnswer,
    Contract,
    Forbidden,
    Kept,
    Layers,
    PublicApi,
    Rows,
    Violation,
)
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, Flag, NodeKind
from axon.model.nodes import GraphNode
from axon.questions.snapshot import ReadableGraph

Query = Callable[[str], CypherAnswer]
"""Runs a read-only query on the graph database."""

Locks = Mapping[str, Mapping[str, str]]
"""The signatures of a public API by id, for each lock file that there is."""

_API: Final = CALLABLE_KINDS | CLASS_KINDS | {NodeKind.VARIABLE, NodeKind.TYPE_ALIAS, NodeKind.PROPERTY}


def check(
    graph: ReadableGraph,
    contracts: Sequence[Contract],
    *,
    locks: Locks,
    query: Query | None = None,
    state: IndexState | None = None,
) -> CheckAnswer:
    """Every violation of every contract, in the order of the contracts, then by place.

    Raises:
        ConfigError: an API contract has no lock file yet, or a Cypher contract has no database.
    """
    checking = _Checking(graph, locks, query)
    found = [(contract, _ordered(checking.violations(contract))) for contract in contracts]
    return CheckAnswer(
        tuple(Kept(contract.name, _KINDS[type(contract)], len(violations)) for contract, violations in found),
        tuple(violation for _, violations in found for violation in violations),
        (),
        state,
    )


def public_api(graph: ReadableGraph, contract: PublicApi) -> dict[str, str]:
    """What the files of a contract export, by id, with its signature on one line: what a lock file holds."""
    columns = graph.columns
    found = {}
    for row in range(columns.n_nodes):
        node = columns.node(row)
        if node.kind in _API and _is_public(node) and _matches(node.path, contract.paths):
            found[node.id] = " ".join(node.signature.split())
    return dict(sorted(found.items()))


def _is_public(node: GraphNode) -> bool:
    return bool(node.flags & Flag.EXPORTED) and not node.flags & Flag.TEST


class _Checking:
    """One graph against contracts."""

    def __init__(self, graph: ReadableGraph, locks: Locks, query: Query | None) -> None:
        self._graph, self._columns, self._view = graph, graph.columns, graph.view
        self._locks, self._query = locks, query

    def violations(self, contract: Contract) -> Iterable[Violation]:
        match contract:
            case Layers():
                return self._layers(contract)
            case Forbidden():
                return self._forbidden(contract)
            case Acyclic():
                return self._acyclic(contract)
            case PublicApi():
                return self._api(contract)
            case Ceiling():
                return self._ceiling(contract)
            case Rows():
                return self._rows(contract)

    def _layers(self, contract: Layers) -> Iterator[Violation]:
        places = [(level, at, group) for level, layer in enumerate(contract.layers) for at, group in enumerate(layer)]
        home = {
            path: (level, at) for path in set(self._view.paths) for level, at, group in places if _matches(path, group)
        }
        for edge, source, target in self._edges(contract.kinds, contract.allowed):
            above, below = home.get(source.path), home.get(target.path)
            if above is None or below is None or above == below or above[0] < below[0]:
                continue
            why = "lies above it" if above[0] > below[0] else "lies beside it"
            yield self._edge(contract, edge, source, target, f"which {why}")

    def _forbidden(self, contract: Forbidden) -> Iterator[Violation]:
        for edge, source, target in self._edges(contract.kinds, contract.allowed):
            if _matches(source.path, contract.sources) and _is_target(target, contract.targets):
                yield self._edge(contract, edge, source, target, "which is forbidden")

    def _edges(
        self, kinds: Sequence[str], allowed: Sequence[tuple[str, str]]
    ) -> Iterator[tuple[int, GraphNode, GraphNode]]:
        """Edges between different files, but for those that are allowed."""
        rows = np.flatnonzero(self._view.edges_of(*(EdgeKind(kind) for kind in kinds)))
        for edge in rows.tolist():
            source = self._columns.node(self._columns.source(edge))
            target = self._columns.node(self._columns.target(edge))
            if source.path == target.path:
                continue
            if any(_matches(source.path, (a,)) and _is_target(target, (b,)) for a, b in allowed):
                continue
            yield edge, source, target

    def _edge(self, contract: Contract, edge: int, source: GraphNode, target: GraphNode, why: str) -> Violation:
        verb = self._columns.edge_kind(edge).value
        line = self._columns.evidence(edge).line
        said = f"`{source.id}` {verb} `{target.id}`, {why}"
        key = f"{source.id} {verb} {target.id}"
        return Violation(contract.name, _KINDS[type(contract)], said, source.path, line, line, key)

    def _acyclic(self, contract: Acyclic) -> Iterator[Violation]:
        is_file = self._view.is_kind(NodeKind.FILE)
        rows = np.flatnonzero(self._view.edges_of(EdgeKind.IMPORTS) & is_file[self._view.target]).tolist()
        places = {(int(self._view.source[row]), int(self._view.target[row])): row for row in reversed(rows)}
        wanted = {pair for pair in places if all(self._is_in(row, contract.paths) for row in pair)}
        for cycle in cycles_of(sorted(wanted)):
            paths = [self._view.paths[row] for row in cycle]
            if any(all(_matches(path, group) for path in paths) for group in contract.known):
                continue
            inside = set(cycle)
            edge = next(places[pair] for pair in sorted(wanted) if pair[0] in inside and pair[1] in inside)
            line = self._columns.evidence(edge).line
            path = self._view.paths[int(self._view.source[edge])]
            said = f"{len(paths)} files import each other in a circle: {', '.join(paths[:8])}"
            yield Violation(contract.name, "acyclic", said, path, line, line, " ".join(paths))

    def _is_in(self, row: int, paths: Sequence[str]) -> bool:
        return not paths or _matches(self._view.paths[row], paths)

    def _api(self, contract: PublicApi) -> Iterator[Violation]:
        frozen = self._locks.get(contract.lock)
        if frozen is None:
            raise ConfigError(f"The contract {contract.name!r} has no {contract.lock} yet. Run `axon check --freeze`.")
        now = public_api(self._graph, contract)
        for id, was in frozen.items():
            row = self._columns.row_of(id)
            node = None if row is None else self._columns.node(row)
            why = "is gone" if id not in now else break_of(was, now[id])
            if why:
                path, line = (
                    (node.path, node.start_line) if node is not None else (_path_of(id, self._columns.row_of), 0)
                )
                said = f"`{id}` of the public API: {why}" + (f" (`{was}` before)" if id in now else "")
                yield Violation(contract.name, "api", said, path, line, line, id)

    def _ceiling(self, contract: Ceiling) -> Iterator[Violation]:
        is_callable = np.flatnonzero(self._view.is_kind(*CALLABLE_KINDS)).tolist()
        measure = _MEASURES[contract.metric]
        for row in is_callable:
            node = self._columns.node(row)
            if not self._is_in(row, contract.paths) or _matches(node.id, contract.allowed):
                continue
            number = measure(self._graph, row, node)
            if number > contract.most:
                said = f"`{node.id}` has {contract.metric} {number}, above {contract.most}"
                span = node.start_line, node.end_line
                yield Violation(contract.name, "ceiling", said, node.path, *span, node.id)

    def _rows(self, contract: Rows) -> Iterator[Violation]:
        if self._query is None:
            raise ConfigError(
                f"The contract {contract.name!r} needs the graph database of an index that is up to date. "
                "Run `axon analyze`."
            )
        answer = self._query(contract.query)
        at = answer.columns.index("id") if "id" in answer.columns else None
        for row in answer.rows:
            found = self._columns.row_of(str(row[at])) if at is not None else None
            node = None if found is None else self._columns.node(found)
            said = ", ".join(f"{name} {value}" for name, value in zip(answer.columns, row, strict=True))
            path, line, end = (node.path, node.start_line, node.end_line) if node is not None else ("", 0, 0)
            yield Violation(contract.name, "cypher", said, path, line, end, said)


def _complexity(graph: ReadableGraph, row: int, node: GraphNode) -> int:
    return complexity_of("\n".join(graph.sources.lines(node.path, node.start_line, node.end_line)))


def _fan_in(graph: ReadableGraph, row: int, node: GraphNode) -> int:
    return len({graph.columns.source(edge) for edge in graph.columns.incoming(row, EdgeKind.CALLS)})


def _fan_out(graph: ReadableGraph, row: int, node: GraphNode) -> int:
    return len({graph.columns.target(edge) for edge in graph.columns.outgoing(row, EdgeKind.CALLS)})


def _lines(graph: ReadableGraph, row: int, node: GraphNode) -> int:
    return node.end_line - node.start_line + 1


def _parameters(graph: ReadableGraph, row: int, node: GraphNode) -> int:
    return len(parameters_of(node.signature) or ())


_MEASURES: Final[dict[str, Callable[[ReadableGraph, int, GraphNode], int]]] = {
    "complexity": _complexity,
    "fan_in": _fan_in,
    "fan_out": _fan_out,
    "lines": _lines,
    "parameters": _parameters,
}
_KINDS: Final[dict[type, str]] = {
    Layers: "layers",
    Forbidden: "forbidden",
    Acyclic: "acyclic",
    PublicApi: "api",
    Ceiling: "ceiling",
    Rows: "cypher",
}


def _ordered(violations: Iterable[Violation]) -> list[Violation]:
    """By place; of several edges between the same ends the first place counts."""
    by_key: dict[str, Violation] = {}
    for violation in sorted(violations, key=lambda v: (v.path, v.line, v.said)):
        by_key.setdefault(violation.key, violation)
    return list(by_key.values())


def _matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path is one of these, lies below one, or fits one as a shell pattern."""
    return any(
        path == pattern or path.startswith(f"{pattern.rstrip('/')}/") or fnmatchcase(path, pattern)
        for pattern in patterns
    )


def _is_target(node: GraphNode, patterns: Iterable[str]) -> bool:
    """By its file, or where it has none, by its name: `os.path` for all that lies in it."""
    if node.path:
        return _matches(node.path, patterns)
    name = node.qualified_name
    return any(name == p or name.startswith(f"{p}.") or fnmatchcase(name, p) for p in patterns)


def _path_of(id: str, row_of: Callable[[str], int | None]) -> str:
    """The file of an id, where there still is one."""
    path = id.partition("::")[0]
    return path if row_of(path) is not None else ""
