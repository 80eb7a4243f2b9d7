"""A small graph, written by hand, and an index of it on disk."""

from datetime import UTC, datetime
from pathlib import Path

from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId, external_id, file_id, folder_id, module_id, symbol_id
from axon.model.kinds import EdgeKind, Flag, NodeKind, Reason, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship, UnresolvedSite
from axon.storage.freeze import write_columns
from axon.storage.generations import IndexHome
from axon.storage.kuzu import KuzuBackend
from axon.storage.manifest import KuzuLayer, Manifest, write_indexed_files
from axon.storage.schema import SCHEMA_VERSION

CART, TILL, INIT, TESTS = "src/shop/cart.py", "src/shop/till.py", "src/shop/__init__.py", "tests/test_cart.py"
ODD = "src/shop/\udcff.py"


def node(path: str, name: str, kind: NodeKind, line: int, flags: Flag = Flag.EXPORTED, *, nth: int = 1) -> GraphNode:
    """A symbol of two lines; `name` is the qualified name."""
    last = name.rpartition(".")[2]
    span = (line, line + 1, line * 10, line * 10 + 9)
    return GraphNode(symbol_id(path, name, nth), kind, last, name, path, "toy", *span, f"({last})", "Says.", flags)


def file(path: str, flags: Flag = Flag(0)) -> GraphNode:
    """A File of 40 lines."""
    return GraphNode(
        file_id(path), NodeKind.FILE, path.rpartition("/")[2], path, path, "toy", 1, 40, 0, 400, flags=flags
    )


def edge(source: str, kind: EdgeKind, target: str, line: int = 0, rule: Rule = Rule.IMPORT) -> GraphRelationship:
    """An edge written at `line`, or nowhere."""
    evidence = Evidence(rule, line, 4, line * 10, line * 10 + 5) if line else Evidence(Rule.STRUCTURE)
    return GraphRelationship(kind, NodeId(source), NodeId(target), evidence)


def shop_graph() -> CodeGraph:
    """A base class and its subclass, a decorator, a test, a folder, an external symbol, calls that nobody resolved."""
    k = NodeKind
    nodes = [
        GraphNode(folder_id("src/shop"), k.FOLDER, "shop", "src/shop", "src/shop"),
        GraphNode(module_id("src/shop"), k.MODULE, "shop", "shop", "src/shop"),
        file(INIT, Flag.PACKAGE),
        file(CART),
        file(TILL),
        file(TESTS, Flag.TEST),
        file(ODD),
        node(CART, "Base", k.CLASS, 3),
        node(CART, "Base.total", k.METHOD, 5),
        node(CART, "Cart", k.CLASS, 10),
        node(CART, "Cart.__init__", k.METHOD, 11),
        node(CART, "Cart.add", k.METHOD, 14),
        node(CART, "Cart.total", k.METHOD, 18, Flag.EXPORTED | Flag.ASYNC | Flag.GENERATOR),
        node(CART, "load", k.FUNCTION, 30, Flag.OVERLOAD),
        node(CART, "load", k.FUNCTION, 33, nth=2),
        node(TILL, "pay", k.FUNCTION, 2),
        node(TILL, "pay.<locals>.add", k.FUNCTION, 4, Flag(0)),
        node(TILL, "rounded", k.FUNCTION, 9),
        node(TESTS, "test_cart", k.FUNCTION, 3, Flag.TEST),
        node(TESTS, "Cart_helper", k.FUNCTION, 8, Flag.TEST | Flag.EXPORTED),
        GraphNode(external_id("builtins.len"), k.EXTERNAL, "len", "builtins.len", ""),
    ]
    return CodeGraph.from_rows(nodes, _edges(), _sites())


def _edges() -> list[GraphRelationship]:
    e = EdgeKind
    cart, base, pay = f"{CART}::Cart", f"{CART}::Base", f"{TILL}::pay"
    return [
        edge("src/shop/", e.CONTAINS, CART),
        edge(CART, e.DEFINES, base),
        edge(CART, e.DEFINES, cart),
        *[edge(cart, e.DEFINES, f"{cart}.{name}") for name in ("__init__", "add", "total")],
        edge(base, e.DEFINES, f"{base}.total"),
        edge(cart, e.EXTENDS, base, 10, Rule.LEXICAL),
        edge(f"{cart}.total", e.OVERRIDES, f"{base}.total", 18, Rule.MRO),
        edge(f"{cart}.total", e.DECORATED_BY, f"{TILL}::rounded", 17),
        edge(f"{cart}.add", e.CALLS, f"{cart}.total", 15, Rule.SELF),
        edge(f"{cart}.add", e.CALLS, "<external>::builtins.len", 16, Rule.BUILTIN),
        edge(f"{cart}.add", e.USES_TYPE, base, 14, Rule.LEXICAL),
        edge(f"{TESTS}::test_cart", e.CALLS, cart, 4),
        edge(f"{TESTS}::test_cart", e.CALLS, f"{cart}.__init__", 4, Rule.CONSTRUCTOR),
        edge(pay, e.CALLS, f"{cart}.__init__", 6, Rule.SUPER),
        edge(TILL, e.CALLS, cart, 39),
        edge(CART, e.IMPORTS, TILL, 1),
    ]


def _sites() -> list[UnresolvedSite]:
    test, pay = NodeId(f"{TESTS}::test_cart"), NodeId(f"{TILL}::pay")
    return [
        UnresolvedSite(test, "total", "cart", Reason.UNKNOWN_RECEIVER, 6, 4),
        UnresolvedSite(pay, "add", "x", Reason.UNKNOWN_RECEIVER, 7, 2),
        UnresolvedSite(pay, "add", "y", Reason.UNKNOWN_RECEIVER, 3, 2),
        UnresolvedSite(pay, "", "", Reason.DYNAMIC, 8, 0),
    ]


def publish(root: Path, graph: CodeGraph, *, with_database: bool = False) -> None:
    """Put an index of `graph` in force in `root`."""
    home = IndexHome(root)
    with home.writer_lock():
        draft = home.begin()
        write_columns(graph, draft.columns)
        write_indexed_files(draft.folder, [])
        manifest = Manifest(
            "0.0.1",
            SCHEMA_VERSION,
            datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
            nodes={"Class": 2, "Enum": 0},
            edges={"CALLS": 7},
            n_files=5,
            left_out={"binary": 1},
            unresolved={"toy": {"dynamic": 1, "unknown receiver": 3}},
        )
        draft.publish(manifest)
        if with_database:
            with KuzuBackend(draft.database) as store:
                store.initialize()
                report = store.bulk_load(graph)
            draft.publish_kuzu(KuzuLayer(report.stored, len(report.rejected)))
