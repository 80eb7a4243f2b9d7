"""Small graphs and open stores for the tests of storage, which run on the engine that STORAGE_ENGINE names."""

import os
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from axon.config import KUZU
from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId, external_id, file_id, folder_id, module_id, symbol_id
from axon.model.kinds import EdgeKind, Flag, NodeKind, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship
from axon.storage.backend import StorageBackend
from axon.storage.cypher.engine import EngineBackend, Limits
from axon.storage.engines import backend_of

ENGINE = os.environ.get("STORAGE_ENGINE", KUZU)
STORE = backend_of(ENGINE)
SMALL = Limits((64 if ENGINE == KUZU else 512) << 20)  # Ladybug needs more for as many nodes

# What COPY, CSV or UTF-8 have a meaning of their own for.
ODD_TEXTS = [
    *("", "NULL", "null", "\\N", "\r", "\n", "\r\n", "a\r\nb", "a\\nb", '"', '""', '"""', "'", "\\'", "\\", '\\"'),
    *(",", " a ", "\t", "\ufeff", "\ufeffx", "[1,2]", "{a: 1}", "(", "2020-01-01", "1", "-0", "1e5", "true", "nan"),
    *("\x1a", "\x1a0000", "\x1a\x1a", "\x00", "a\x00b", "\x0000", "\ud800", "\udfff\ud800", "a\udc80b"),
    *("\x0b\x0c\x1c\x85\u2028", "\uffff\ufffe", "\U0010ffff", "é", "x" * 70_000, "%s", "%", "'; DROP TABLE Symbol"),
]


def function(name: str, path: str = "shop/cart.py", *, start_line: int = 1, summary: str = "") -> GraphNode:
    """A Function of `path`."""
    return GraphNode(
        symbol_id(path, name),
        NodeKind.FUNCTION,
        name,
        name,
        path,
        "python",
        start_line,
        start_line + 3,
        10,
        90,
        f"def {name}(self, item: str = 'x') -> None",
        summary,
        Flag.EXPORTED | Flag.ASYNC,
    )


def call(source: NodeId, target: NodeId, line: int = 3, kind: EdgeKind = EdgeKind.CALLS) -> GraphRelationship:
    """An edge found by an import."""
    return GraphRelationship(kind, source, target, Evidence(Rule.IMPORT, line, 4, 40, 47))


def contains(source: NodeId, target: NodeId) -> GraphRelationship:
    """An edge that no line states."""
    return GraphRelationship(EdgeKind.CONTAINS, source, target, Evidence(Rule.STRUCTURE))


def shop_nodes() -> list[GraphNode]:
    """A folder that is a module, two files with three functions each, and an external symbol."""
    nodes = [
        GraphNode(folder_id("shop"), NodeKind.FOLDER, "shop", "shop", "shop"),
        GraphNode(module_id("shop"), NodeKind.MODULE, "shop", "shop", "shop"),
        GraphNode(external_id("os.path"), NodeKind.EXTERNAL, "path", "os.path", ""),
    ]
    for path in ("shop/cart.py", "shop/till.py"):
        nodes.append(GraphNode(file_id(path), NodeKind.FILE, path[5:], path[5:-3], path, "python", 1, 40, 0, 999))
        nodes += [function(name, path) for name in ("add", "pay", "close")]
    return nodes


def shop_edges() -> list[GraphRelationship]:
    """Edges inside each file, across both, to the external symbol, and from one function to itself."""
    edges = []
    for path, other in (("shop/cart.py", "shop/till.py"), ("shop/till.py", "shop/cart.py")):
        add, pay, close = (symbol_id(path, name) for name in ("add", "pay", "close"))
        edges += [contains(folder_id("shop"), file_id(path)), contains(module_id("shop"), file_id(path))]
        edges += [call(file_id(path), id, kind=EdgeKind.DEFINES) for id in (add, pay, close)]
        edges += [call(add, pay, 3), call(add, pay, 4), call(add, pay, 4), call(add, symbol_id(other, "pay"))]
        edges += [call(close, close), call(close, external_id("os.path"))]
    return edges


def shop() -> CodeGraph:
    """The graph of `shop_nodes` and `shop_edges`."""
    return CodeGraph.from_rows(shop_nodes(), shop_edges())


def chain(n: int) -> CodeGraph:
    """n functions, each of which calls the next."""
    nodes = [function(f"f{i}", f"pkg/m{i // 50}.py") for i in range(n)]
    return CodeGraph.from_rows(nodes, [call(a.id, b.id) for a, b in pairwise(nodes)])


def kuzu_store(folder: Path, name: str = "graph.kuzu", *, copy_threshold: int = 2) -> EngineBackend:
    """A new Kuzu store with its tables; it appends refused rows to `rejected.jsonl`."""
    store = STORE(folder / name, limits=SMALL, copy_threshold=copy_threshold, rejected_path=folder / "rejected.jsonl")
    store.initialize()
    return store


def rows(store: StorageBackend) -> tuple[set[GraphNode], Counter[GraphRelationship]]:
    """Everything that the store holds, whatever the order."""
    return set(store.nodes()), Counter(store.relationships())


def degrees(edges: Iterable[GraphRelationship]) -> tuple[Counter[NodeId], Counter[NodeId]]:
    """Outgoing and incoming edges per node."""
    edges = list(edges)
    return Counter(edge.source for edge in edges), Counter(edge.target for edge in edges)
