"""How rows get into a real Kuzu: the statements that a load issues, and what happens to rows that it refuses."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from axon.errors import LoadError, StorageError
from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.kinds import EdgeKind
from axon.storage.cypher import load, write
from axon.storage.cypher.batch import batch_of_nodes, batches_of_relationships, repeated_nodes
from axon.storage.cypher.copy import Copier
from axon.storage.cypher.engine import EngineBackend
from axon.storage.rows import rejected_node
from tests.storage.samples import call, chain, function, kuzu_store, shop, shop_edges, shop_nodes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EngineBackend]:
    with kuzu_store(tmp_path) as store:
        yield store


def issued(store: EngineBackend, word: str) -> list[str]:
    """A list that fills with the statements, from now on, that start with a word."""
    heard: list[str] = []
    store.statements.listener = lambda text: heard.append(text) if text.startswith(word) else None
    return heard


def test_a_graph_takes_one_copy_a_table(store: EngineBackend) -> None:
    """bulk_load issues one COPY for the nodes and one for each edge kind that has edges."""
    copies = issued(store, "COPY")
    store.bulk_load(shop())
    assert [text.split("(")[0] for text in copies] == ["COPY Symbol", "COPY CONTAINS", "COPY DEFINES", "COPY CALLS"]


def test_two_rows_are_copied(store: EngineBackend) -> None:
    """add_nodes and add_relationships go through COPY from two rows of a table up."""
    copies, nodes = issued(store, "COPY"), shop_nodes()
    store.add_nodes(nodes[:2])
    store.add_relationships([call(nodes[0].id, nodes[1].id, line) for line in (1, 2)])
    assert [text.split("(")[0] for text in copies] == ["COPY Symbol", "COPY CALLS"]


def test_a_single_row_is_created(store: EngineBackend) -> None:
    """One row of a table is stored by a prepared CREATE, without a file."""
    copies, nodes = issued(store, "COPY"), shop_nodes()
    store.add_nodes(nodes[:1])
    store.add_nodes(nodes[1:2])
    store.add_relationships([call(nodes[0].id, nodes[1].id)])
    assert copies == []
    assert (store.counts().nodes, store.counts().relationships) == (2, 1)


def test_the_threshold_is_an_argument(tmp_path: Path) -> None:
    """Batches below `copy_threshold` are stored row by row, in one transaction."""
    with kuzu_store(tmp_path, copy_threshold=12) as store:
        copies = issued(store, "COPY")
        store.add_nodes(shop_nodes())
        assert copies == []
        assert store.counts().nodes == 11


def test_a_stored_key_costs_few_copies(store: EngineBackend) -> None:
    """One node among 10,000 whose key the engine has already costs about 2 log2 n COPYs, and only it is refused."""
    nodes = list(chain(10_000).iter_nodes())
    store.add_nodes([nodes[6_789]])
    store.add_nodes([function("other"), function("another")])
    copies = issued(store, "COPY")
    rejected = Copier(store.statements, store.path.parent).store(batch_of_nodes(nodes))
    assert len(copies) <= 2 * math.log2(len(nodes))
    assert store.counts().nodes == len(nodes) + 2
    assert [row.row["id"] for row in rejected] == [nodes[6_789].id]
    assert "duplicated primary key" in rejected[0].reason


def test_a_graph_that_is_there_costs_no_copy(store: EngineBackend) -> None:
    """Nodes that are stored already are seen before a COPY fails on them: a second load refuses them at once."""
    graph = chain(5_000)
    store.bulk_load(graph)
    copies = issued(store, "COPY Symbol")
    report = store.bulk_load(graph)
    assert copies == []
    assert (report.rejected_counts, report.stored) == ({"Symbol": 5_000}, {"Symbol": 0, "CALLS": 4_999})


def test_a_missing_end_costs_few_copies(store: EngineBackend) -> None:
    """One edge among 10,000 whose end the engine does not find costs about 2 log2 n COPYs, and only it is refused."""
    graph = chain(10_001)
    store.add_nodes(list(graph.iter_nodes()))
    edges = list(graph.iter_relationships())
    edges[1_234] = replace(edges[1_234], target=NodeId("nowhere.py::f"))
    copies = issued(store, "COPY")
    rejected = Copier(store.statements, store.path.parent).store(next(batches_of_relationships(edges)))
    assert len(copies) <= 2 * math.log2(len(edges))
    assert [row.row["target"] for row in rejected] == ["nowhere.py::f"]
    assert store.counts().relationships == len(edges) - 1


def test_a_value_that_does_not_fit_costs_few_copies(store: EngineBackend) -> None:
    """One value among 10,000 that its column refuses costs about 2 log2 n COPYs, and only its row is refused."""
    nodes = list(chain(10_000).iter_nodes())
    nodes[17] = replace(nodes[17], end_byte=2**31)
    copies = issued(store, "COPY")
    report = store.add_nodes(nodes)
    assert len(copies) <= 2 * math.log2(len(nodes))
    assert [row.row["end_byte"] for row in report.rejected] == [2**31]
    assert store.counts().nodes == len(nodes) - 1


def test_every_row_may_be_refused(store: EngineBackend) -> None:
    """A batch of which the engine takes no row is refused row by row, and the store stays usable."""
    nodes = shop_nodes()
    store.add_nodes(nodes)
    rejected = Copier(store.statements, store.path.parent).store(batch_of_nodes(nodes))
    assert {row.row["id"] for row in rejected} == {node.id for node in nodes}
    assert store.add_relationships(shop_edges()).rejected == ()


def test_refused_rows_do_not_undo_their_neighbours(store: EngineBackend) -> None:
    """Rows of one transaction are stored although some of them make the engine undo it."""
    store.add_nodes([function("a"), function("c")])
    batch = batch_of_nodes([function(name) for name in "abcde"])
    rejected = Copier(store.statements, store.path.parent).store(batch)
    assert {row.row["name"] for row in rejected} == {"a", "c"}
    assert {node.name for node in store.nodes()} == set("abcde")


def test_created_nodes_survive_a_copy_that_fails(tmp_path: Path) -> None:
    """Nodes that were created one by one keep their keys when a COPY after them fails, also once it is reopened."""
    with kuzu_store(tmp_path) as store:
        copier = Copier(store.statements, tmp_path)
        for name in "abc":
            copier.store(batch_of_nodes([function(name)]))
        many = [function(f"f{i}") for i in range(500)]
        assert len(copier.store(batch_of_nodes([*many[:250], function("b"), *many[250:]]))) == 1
        assert [store.node(function(name).id) for name in "abc"] == [function(name) for name in "abc"]
    with kuzu_store(tmp_path) as store:
        assert len(Copier(store.statements, tmp_path).store(batch_of_nodes([function("a")]))) == 1
        assert store.counts().nodes == 503


def test_a_number_beyond_64_bits_is_refused(store: EngineBackend) -> None:
    """A value that cannot even be handed to the engine is refused like any other."""
    report = store.add_nodes([function("a"), function("b", start_line=2**70)])
    assert [row.row["name"] for row in report.rejected] == ["b"]
    assert store.counts().nodes == 1


def test_an_edge_of_a_refused_node_is_refused(store: EngineBackend) -> None:
    """In a graph, edges of a node that could not be stored are reported without a COPY that fails."""
    graph, copies = chain(100), issued(store, "COPY CALLS")
    other = replace(function("other"), id=graph.node(50).id)
    store.add_nodes([other])
    report = store.bulk_load(graph)
    assert len(copies) == 1
    assert report.rejected_counts == {"Symbol": 1}
    assert store.counts().relationships == 99


def test_refused_rows_are_written_down(tmp_path: Path, store: EngineBackend) -> None:
    """rejected.jsonl has one JSON object a refused row, over all loads: table, row and reason."""
    store.add_nodes([function("a", summary="\ud800\x00"), function("a", summary="\udfff\n")])
    store.add_relationships([call(function("a").id, NodeId("nowhere.py::f"))])
    lines = [json.loads(line) for line in (tmp_path / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["table"], line["reason"]) for line in lines] == [
        ("Symbol", "an earlier row has the same id"),
        ("CALLS", "there is no node 'nowhere.py::f'"),
    ]
    assert lines[0]["row"]["summary"] == "\udfff\n"
    assert lines[1]["row"]["target"] == "nowhere.py::f"


def test_a_clean_load_writes_no_file(tmp_path: Path, store: EngineBackend) -> None:
    """No rejected.jsonl and no CSV file is left by a load that refuses nothing."""
    store.bulk_load(shop())
    assert not [path.name for path in tmp_path.iterdir() if not path.name.startswith("graph.kuzu")]


def test_a_failed_load_leaves_no_csv_file(tmp_path: Path, store: EngineBackend) -> None:
    """CSV files are gone when COPYs fail, too."""
    store.add_nodes([function("a")])
    store.add_nodes([function("a"), function("b"), function("c", start_line=2**31)])
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith("graph.kuzu")}
    assert left == {"rejected.jsonl"}


def test_a_row_that_vanishes_is_an_error(store: EngineBackend) -> None:
    """A load after which rows are neither stored nor refused raises LoadError with the numbers."""
    with pytest.raises(LoadError, match="3 rows were given, 0 are stored and 0 were refused"):
        load._checked(store.statements, {"Symbol": 3}, list)


def test_a_fault_of_the_store_refuses_no_row(store: EngineBackend) -> None:
    """A COPY that fails because a table is missing raises StorageError instead of refusing every row."""
    store.statements.run("DROP TABLE CALLS")
    edges = next(batches_of_relationships(edge for edge in shop_edges() if edge.kind is EdgeKind.CALLS))
    with pytest.raises(StorageError, match="CALLS cannot be loaded"):
        Copier(store.statements, store.path.parent).store(edges)


@pytest.mark.parametrize("name", ["a'b", 'a"b', "a b", "é", "a[b]", "a*b", "a?b", "{a,b}"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    """COPY finds its file beside the store, whatever the folder is called; `a*b` is not taken for a pattern."""
    try:
        (tmp_path / name).mkdir()
    except OSError:
        pytest.skip("this system refuses the name")
    with kuzu_store(tmp_path / name) as store:
        assert store.bulk_load(shop()).rejected == ()


def test_two_ids_with_one_key_are_not_one_node() -> None:
    """Of two different ids whose keys collide the second is refused, with the other's id as the reason."""
    batch = batch_of_nodes([function("a"), function("b"), function("c")])
    keys = batch.columns[0]
    collided = replace(batch, columns=((keys[0], keys[1], keys[0]), *batch.columns[1:]))
    assert repeated_nodes(collided) == {2: "its key is that of 'shop/cart.py::a'"}


def test_a_refused_row_reads_the_same_from_every_backend() -> None:
    """The report of a row has the names of its table's columns, whether it was a batch's or a value."""
    node = function("a")
    assert batch_of_nodes([node]).rejected(0, "why") == rejected_node(node, "why")


def test_statements_carry_no_values() -> None:
    """CREATE holds parameters and COPY a path: no value of a row is part of a statement."""
    table = batch_of_nodes([function("a")]).table
    assert "id: $id" in write.create_statement(table)
    assert "shop/cart.py" not in write.create_statement(table)


def test_the_graph_of_a_load_is_not_changed(store: EngineBackend) -> None:
    """A CodeGraph can be loaded into two stores: the first load leaves it as it was."""
    graph: CodeGraph = shop()
    store.bulk_load(graph)
    assert list(graph.iter_relationships()) == shop_edges()
