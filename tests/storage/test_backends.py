"""What every backend does: one suite, run on each of them, Kuzu in a temporary folder."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from axon.errors import StorageError
from axon.graph.graph import CodeGraph, EdgeColumns
from axon.model.ids import NodeId, external_id, folder_id, module_id, symbol_id
from axon.model.kinds import EDGE_KINDS, NODE_KINDS, RULES, Flag
from axon.model.nodes import Evidence, GraphNode, GraphRelationship
from axon.storage.backend import Begun, StorageBackend
from axon.storage.memory import MemoryBackend
from tests.storage.samples import (
    ODD_TEXTS,
    call,
    chain,
    degrees,
    function,
    kuzu_store,
    rows,
    shop,
    shop_edges,
    shop_nodes,
)

ABSENT = NodeId("shop/cart.py::absent")


@pytest.fixture(params=["memory", "kuzu"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StorageBackend]:
    with MemoryBackend() if request.param == "memory" else kuzu_store(tmp_path) as store:
        yield store


def test_a_loaded_graph_comes_back_row_for_row(store: StorageBackend) -> None:
    """bulk_load stores every node and every edge, several of one kind between the same ends included."""
    report = store.bulk_load(shop())
    assert rows(store) == (set(shop_nodes()), Counter(shop_edges()))
    assert report.stored == {"Symbol": 11, "CONTAINS": 4, "DEFINES": 6, "CALLS": 12}
    assert report.rejected == ()


@pytest.mark.parametrize("n_nodes", [0, 4, 11])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_load_is_completed(store: StorageBackend, n_nodes: int, step: int) -> None:
    """A load of the first nodes and of some edges between them, completed, is that of the whole graph."""
    nodes, edges = shop_nodes(), [*shop_edges(), shop_edges()[-1]]
    known = {node.id for node in nodes[:n_nodes]}
    some = [edge for edge in edges if {edge.source, edge.target} <= known][::step]
    part = CodeGraph.from_rows(nodes[:n_nodes], some)
    report = store.bulk_load(CodeGraph.from_rows(nodes, edges), Begun(part, store.bulk_load(part)))
    assert rows(store) == (set(nodes), Counter(edges))
    assert {table: n for table, n in report.stored.items() if n} == {
        "Symbol": 11,
        "CONTAINS": 4,
        "DEFINES": 6,
        "CALLS": 13,
    }
    assert report.rejected == ()


def test_a_completed_load_reports_all_that_it_refused(store: StorageBackend) -> None:
    """Rows that the first part of a load refused are in the report of the whole, and edges to them are not kept."""
    broken = replace(function("add"), end_byte=2**31 - 1, start_line=1)
    twin = replace(broken, summary="the second")
    part = CodeGraph.from_rows([broken, twin], [])
    whole = CodeGraph.from_rows([broken, twin, function("pay")], [call(twin.id, function("pay").id)])
    report = store.bulk_load(whole, Begun(part, store.bulk_load(part)))
    assert (report.stored, report.rejected_counts) == ({"Symbol": 2, "CALLS": 1}, {"Symbol": 1})


def test_every_kind_rule_and_flag_comes_back(store: StorageBackend) -> None:
    """Kinds of nodes and edges, rules and single flags are stored so that the same member comes back."""
    nodes = [replace(function(kind.name), kind=kind) for kind in NODE_KINDS]
    nodes += [replace(function(flag.name or ""), flags=flag) for flag in Flag]
    ends = nodes[0].id, nodes[1].id
    edges = [GraphRelationship(kind, *ends, Evidence(rule, 1, 2, 3, 4)) for kind in EDGE_KINDS for rule in RULES]
    store.bulk_load(CodeGraph.from_rows(nodes, edges))
    assert rows(store) == (set(nodes), Counter(edges))


def test_batches_add_up_to_the_same_rows(store: StorageBackend) -> None:
    """add_nodes and add_relationships give what bulk_load gives."""
    store.add_nodes(shop_nodes()[:4])
    store.add_nodes(shop_nodes()[4:])
    report = store.add_relationships(shop_edges())
    assert rows(store) == (set(shop_nodes()), Counter(shop_edges()))
    assert report.stored == {"CONTAINS": 4, "DEFINES": 6, "CALLS": 12}


def test_nothing_is_a_fine_load(store: StorageBackend) -> None:
    """Empty graphs and empty lists are stored without a complaint."""
    store.bulk_load(CodeGraph.from_rows([], []))
    store.add_nodes([])
    store.add_relationships([])
    assert store.remove_nodes([]) == 0
    assert store.counts().nodes == store.counts().relationships == 0


def test_counts_are_per_table(store: StorageBackend) -> None:
    """counts() names every table, the empty ones with 0."""
    store.bulk_load(shop())
    counts = store.counts()
    assert set(counts.tables) == {"Symbol", *(kind.value for kind in EDGE_KINDS)}
    assert (counts.nodes, counts.relationships) == (11, 22)
    assert (counts.tables["CALLS"], counts.tables["EXTENDS"]) == (12, 0)


def test_a_node_is_found_by_its_id(store: StorageBackend) -> None:
    """node() gives the node of an id, and None for an id that is not stored."""
    store.bulk_load(shop())
    assert store.node(symbol_id("shop/cart.py", "add")) == function("add")
    assert store.node(ABSENT) is None


def test_every_text_comes_back(store: StorageBackend) -> None:
    """Whatever means something to CSV, to COPY or to UTF-8 is stored as it is, in every text of a node."""
    nodes = [
        GraphNode(NodeId(f"{i}{text}"), NODE_KINDS[0], text, text, text, text, 0, 0, 0, 0, text, text)
        for i, text in enumerate(ODD_TEXTS)
    ]
    edges = [call(node.id, nodes[0].id) for node in nodes]
    store.bulk_load(CodeGraph.from_rows(nodes, edges))
    assert set(store.nodes()) == set(nodes)
    assert Counter(store.relationships()) == Counter(edges)
    assert all(store.node(node.id) == node for node in nodes)


def test_a_single_row_keeps_every_text(store: StorageBackend) -> None:
    """A row that is stored alone keeps what a row of a batch keeps."""
    nodes = [function(f"f{i}", summary=text) for i, text in enumerate(ODD_TEXTS)]
    for node in nodes:
        store.add_nodes([node])
    assert set(store.nodes()) == set(nodes)


def test_a_repeated_id_is_refused_once(store: StorageBackend) -> None:
    """Of two nodes with one id the first is stored, the second is reported, and edges to the id are kept."""
    twin = function("add", summary="the second")
    edges = [call(twin.id, twin.id)]
    report = store.bulk_load(CodeGraph.from_rows([function("add"), twin, function("pay")], edges))
    assert set(store.nodes()) == {function("add"), function("pay")}
    assert (report.stored, report.rejected_counts) == ({"Symbol": 2, "CALLS": 1}, {"Symbol": 1})
    assert report.rejected[0].row["summary"] == "the second"


def test_a_node_that_is_there_is_refused(store: StorageBackend) -> None:
    """A node whose id the store holds already is reported and the others of its batch are stored."""
    store.add_nodes([function("add")])
    report = store.add_nodes([function("pay"), function("add", summary="new"), function("close")])
    assert set(store.nodes()) == {function("add"), function("pay"), function("close")}
    assert [row.row["id"] for row in report.rejected] == [symbol_id("shop/cart.py", "add")]


def test_an_edge_with_a_missing_end_is_refused(store: StorageBackend) -> None:
    """Edges to or from a node that is not stored are reported with the ids of their ends."""
    store.bulk_load(shop())
    add, pay = symbol_id("shop/cart.py", "add"), symbol_id("shop/cart.py", "pay")
    report = store.add_relationships([call(add, ABSENT), call(add, pay), call(ABSENT, pay)])
    assert (report.stored, report.rejected_counts) == ({"CALLS": 1}, {"CALLS": 2})
    assert [(row.row["source"], row.row["target"]) for row in report.rejected] == [(add, ABSENT), (ABSENT, pay)]
    assert store.counts().tables["CALLS"] == 13


def test_an_edge_of_a_graph_that_ends_outside_is_refused(store: StorageBackend) -> None:
    """An edge of a graph whose row numbers are no rows of its nodes is reported, and never stored with another end."""
    graph = chain(3)
    e = graph.edges
    ends = np.array([1, -1], np.int32), np.array([3, 1], np.int32)
    broken = EdgeColumns(e.kind, e.rule, *ends, e.line, e.column, e.start_byte, e.end_byte)
    report = store.bulk_load(CodeGraph(graph.nodes, broken, graph.unresolved))
    assert (report.stored, report.rejected_counts) == ({"Symbol": 3, "CALLS": 0}, {"CALLS": 2})
    assert report.rejected[0].row["target"] == "row 3"
    assert store.counts().relationships == 0


def test_a_number_that_does_not_fit_is_refused(store: StorageBackend) -> None:
    """A line beyond INT32 is reported, whether in a node or in an edge, and the other rows are stored."""
    nodes = store.add_nodes([function("add"), function("pay", start_line=2**31), function("close")])
    add, close = symbol_id("shop/cart.py", "add"), symbol_id("shop/cart.py", "close")
    edges = store.add_relationships([call(add, close, 2**31), call(add, close)])
    assert (nodes.rejected_counts, edges.rejected_counts) == ({"Symbol": 1}, {"CALLS": 1})
    assert (store.counts().nodes, store.counts().relationships) == (2, 1)


def test_a_removed_node_takes_its_edges_along(store: StorageBackend) -> None:
    """remove_nodes removes edges in both directions, a loop included, and counts only what was stored."""
    store.bulk_load(shop())
    gone = {symbol_id("shop/cart.py", "close"), symbol_id("shop/till.py", "pay")}
    assert store.remove_nodes([*gone, *gone, ABSENT]) == 2
    left = [edge for edge in shop_edges() if not {edge.source, edge.target} & gone]
    assert rows(store) == ({node for node in shop_nodes() if node.id not in gone}, Counter(left))


def test_nodes_outside_files_can_be_removed(store: StorageBackend) -> None:
    """A Folder, a Module and an External are removed by id like any other node."""
    store.bulk_load(shop())
    gone = {folder_id("shop"), module_id("shop"), external_id("os.path")}
    assert store.remove_nodes(gone) == 3
    left = [edge for edge in shop_edges() if not {edge.source, edge.target} & gone]
    assert rows(store) == ({node for node in shop_nodes() if node.id not in gone}, Counter(left))


def test_a_removed_file_leaves_no_edge_behind(store: StorageBackend) -> None:
    """remove_nodes_by_file removes the file, its symbols and their edges from and to everywhere."""
    store.bulk_load(shop())
    assert store.remove_nodes_by_file("shop/cart.py") == 4
    kept = {node.id for node in shop_nodes() if node.path != "shop/cart.py"}
    left = [edge for edge in shop_edges() if {edge.source, edge.target} <= kept]
    assert {node.id for node in store.nodes()} == kept
    assert Counter(store.relationships()) == Counter(left)
    assert store.counts().relationships == len(left)


def test_a_file_that_is_not_there_removes_nothing(store: StorageBackend) -> None:
    """remove_nodes_by_file of an unknown path answers 0."""
    store.bulk_load(shop())
    assert store.remove_nodes_by_file("shop/other.py") == 0
    assert store.counts().nodes == 11


def test_no_path_is_not_a_file(store: StorageBackend) -> None:
    """remove_nodes_by_file refuses '', which would remove all External nodes."""
    with pytest.raises(ValueError, match="path of no file"):
        store.remove_nodes_by_file("")


def test_a_file_can_be_removed_and_added_again(store: StorageBackend) -> None:
    """Removing files and adding them again gives the rows, counts and degrees of a fresh load."""
    graph = chain(200)
    store.bulk_load(graph)
    for path in ("pkg/m1.py", "pkg/m3.py"):
        nodes = [node for node in graph.iter_nodes() if node.path == path]
        ids = {node.id for node in nodes}
        before = Counter(store.relationships())
        assert store.remove_nodes_by_file(path) == len(nodes)
        store.add_nodes(nodes)
        lost = [edge for edge in graph.iter_relationships() if {edge.source, edge.target} & ids]
        store.add_relationships(lost)
        assert Counter(store.relationships()) == before
    assert rows(store) == (set(graph.iter_nodes()), Counter(graph.iter_relationships()))
    assert degrees(store.relationships()) == degrees(graph.iter_relationships())
    assert (store.counts().nodes, store.counts().relationships) == (200, 199)


def test_closing_twice_is_fine(store: StorageBackend) -> None:
    """A second close does nothing."""
    store.bulk_load(shop())
    store.close()
    store.close()


def test_embeddings_are_kept_by_model_and_node(store: StorageBackend) -> None:
    """A node has one vector per model, the newest; another model's are apart, and the graph is not touched."""
    ids = [node.id for node in shop_nodes()[:3]]
    store.bulk_load(shop())
    before = store.counts()
    store.store_embeddings("small", ids, [1, 2, 3], np.eye(3, 4, dtype=np.float32))
    store.store_embeddings("small", ids[:1], [9], np.ones((1, 4), np.float32))
    store.store_embeddings("large", ids[:2], [1, 2], np.eye(2, 8, dtype=np.float32))
    assert (store.count_embeddings("small"), store.count_embeddings("large")) == (3, 2)
    assert store.counts() == before


def test_dimensions_of_one_model_never_mix(store: StorageBackend) -> None:
    """Vectors of another length are refused, and what was there stays."""
    store.store_embeddings("small", ["a"], [1], np.ones((1, 4), np.float32))
    with pytest.raises(StorageError, match="dimension 4"):
        store.store_embeddings("small", ["b"], [2], np.ones((1, 5), np.float32))
    with pytest.raises(ValueError, match="2 ids"):
        store.store_embeddings("small", ["b", "c"], [2], np.ones((1, 4), np.float32))
    assert store.count_embeddings("small") == 1
