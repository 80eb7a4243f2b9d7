"""What a Kuzu file holds after rows were removed and the file was closed, in both directions of its edges.

The engine keeps what starts, or ends, at nodes that follow each other together; so there are many nodes and few edges.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.kinds import EdgeKind
from axon.model.nodes import GraphNode, GraphRelationship
from axon.storage.backend import StorageBackend
from axon.storage.memory import MemoryBackend
from tests.storage.samples import SMALL, STORE, call, degrees, function, kuzu_store, rows

PART = 1024  # nodes; the engine writes the edges of so many, or of twice as many and so on, together
GROUP = 131_072  # nodes; the edges of so many are all that a fault may reach

NODES = [function(f"f{i}", f"pkg/m{i // 10}.py") for i in range(4 * PART)]
CROWDED = [i for part in range(4) for i in range(part * PART, part * PART + 40)]  # most pairs would have no neighbour

Pairs = list[tuple[int, int]]
PAIRS = st.lists(st.tuples(st.sampled_from(CROWDED), st.sampled_from(CROWDED)), max_size=12)
# The files that go, the edges between those nodes that come again, and from how many rows on a table is copied.
ROUNDS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(sorted({i // 10 for i in CROWDED})), min_size=1, max_size=8),
        PAIRS,
        st.sampled_from((2, 1000)),
    ),
    min_size=1,
    max_size=3,
)


def edges_of(pairs: Iterable[tuple[int, int]], nodes: list[GraphNode] = NODES) -> list[GraphRelationship]:
    """An edge for each pair of rows; those from even rows are calls."""
    kinds = (EdgeKind.CALLS, EdgeKind.EXTENDS)
    return [call(nodes[a].id, nodes[b].id, kind=kinds[a % 2]) for a, b in pairs]


def change(store: StorageBackend, files: set[int], pairs: Pairs) -> None:
    """An update: files go and come again, and bring edges."""
    for number in sorted(files):
        store.remove_nodes_by_file(f"pkg/m{number}.py")
    store.add_nodes([node for node in NODES if int(node.path[5:-3]) in files])
    store.add_relationships(edges_of(pairs))


def stored_degrees(folder: Path) -> tuple[Counter[NodeId], Counter[NodeId]]:
    """Outgoing and incoming edges per node of a closed store, each counted from the side of the node."""
    with STORE(folder / "graph.kuzu", read_only=True, limits=SMALL) as reader:
        outgoing = reader.statements.run("MATCH (n:Symbol)-[e]->() RETURN n.id, count(e)")
        incoming = reader.statements.run("MATCH (n:Symbol)<-[e]-() RETURN n.id, count(e)")
    return Counter(dict(outgoing)), Counter(dict(incoming))


@settings(max_examples=8)
@given(first=PAIRS, rounds=ROUNDS)
def test_updates_lose_no_row(first: Pairs, rounds: list[tuple[set[int], Pairs, int]]) -> None:
    """However often files are removed and added, the closed file has the rows that it should have."""
    graph = CodeGraph.from_rows(NODES, edges_of(first))
    with TemporaryDirectory() as name, MemoryBackend() as expected:
        folder = Path(name)
        expected.bulk_load(graph)
        with kuzu_store(folder) as store:
            store.bulk_load(graph)
        for files, pairs, copy_threshold in rounds:
            change(expected, files, pairs)
            with kuzu_store(folder, copy_threshold=copy_threshold) as store:
                change(store, files, pairs)
            with STORE(folder / "graph.kuzu", read_only=True, limits=SMALL) as reader:
                assert rows(reader) == rows(expected)
            assert stored_degrees(folder) == degrees(expected.relationships())


def test_the_only_edges_of_some_nodes_can_be_removed(tmp_path: Path) -> None:
    """Edges elsewhere in the same table stay, where none is left at the nodes whose edges were removed."""
    kept = edges_of([(0, 1), (2, 3)])
    with kuzu_store(tmp_path) as store:
        store.bulk_load(CodeGraph.from_rows(NODES, [*kept, *edges_of([(2 * PART, 2 * PART + 2)])]))
    with kuzu_store(tmp_path) as store:
        store.remove_nodes([NODES[2 * PART].id])
    with STORE(tmp_path / "graph.kuzu", read_only=True, limits=SMALL) as reader:
        assert Counter(reader.relationships()) == Counter(kept)
    assert stored_degrees(tmp_path) == degrees(kept)


def test_edges_between_groups_of_nodes_can_be_removed(tmp_path: Path) -> None:
    """Sources far from each other, and targets too: each end has its own neighbours that stay."""
    nodes = [function(f"f{i}") for i in range(GROUP + 3 * PART)]
    kept = edges_of([(0, 1), (GROUP, GROUP + 1), (1, GROUP)], nodes)
    gone = edges_of([(2 * PART, GROUP + 2 * PART), (GROUP + 2 * PART, 2 * PART + 1)], nodes)
    with kuzu_store(tmp_path) as store:
        store.bulk_load(CodeGraph.from_rows(nodes, [*kept, *gone]))
    with kuzu_store(tmp_path) as store:
        store.remove_nodes([nodes[GROUP + 2 * PART].id])
    with STORE(tmp_path / "graph.kuzu", read_only=True, limits=SMALL) as reader:
        assert Counter(reader.relationships()) == Counter(kept)
    assert stored_degrees(tmp_path) == degrees(kept)
