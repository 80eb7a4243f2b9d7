"""The frozen graph gives back what was put in, whatever the strings, and finds it by name, path and adjacency."""

import subprocess
import sys
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axon.errors import DamagedIndexError, StorageError
from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.kinds import EdgeKind, Flag, NodeKind, Reason, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship, UnresolvedSite
from axon.storage.arrays import ArrayFile, array_damage, write_arrays
from axon.storage.columns import COLUMNS_FILE, IndexColumns
from axon.storage.freeze import read_graph, read_made, write_columns

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
INT32 = st.integers(-(2**31), 2**31 - 1)


def symbol(id: str, *, name: str = "", qualified_name: str = "", path: str = "a.py") -> GraphNode:
    name = name or id.rpartition("::")[2].rpartition(".")[2]
    return GraphNode(NodeId(id), NodeKind.FUNCTION, name, qualified_name or id.rpartition("::")[2], path)


def edge(source: str, kind: EdgeKind, target: str, line: int = 1) -> GraphRelationship:
    return GraphRelationship(kind, NodeId(source), NodeId(target), Evidence(Rule.IMPORT, line, 4, 10, 13))


def site(caller: str, name: str) -> UnresolvedSite:
    return UnresolvedSite(NodeId(caller), name, "self.x", Reason.UNKNOWN_RECEIVER, 7, 3)


def frozen(graph: CodeGraph, folder: Path) -> IndexColumns:
    write_columns(graph, folder)
    return IndexColumns.open(folder)


@pytest.fixture
def shop(tmp_path: Path):
    nodes = [
        symbol("a.py::Cart.add"),
        symbol("a.py::Cart.addAll"),
        symbol("a.py::ADD"),
        symbol("b/cart.py::add", path="b/cart.py"),
        symbol("b/cart.py::add#2", name="add", qualified_name="add", path="b/cart.py"),
        symbol("<external>::os.path.join", path=""),
    ]
    edges = [
        edge("a.py::ADD", EdgeKind.CALLS, "a.py::Cart.add"),
        edge("a.py::Cart.addAll", EdgeKind.CALLS, "a.py::Cart.add"),
        edge("a.py::Cart.addAll", EdgeKind.USES_TYPE, "b/cart.py::add"),
        edge("a.py::ADD", EdgeKind.CALLS, "<external>::os.path.join"),
    ]
    sites = [site("a.py::ADD", "add"), site("b/cart.py::add", "flush"), site("a.py::ADD", "flush")]
    with frozen(CodeGraph.from_rows(nodes, edges, sites), tmp_path) as columns:
        yield columns


@st.composite
def graphs(draw: st.DrawFn) -> CodeGraph:
    """Any rows at all, ids of every shape among them."""
    ids = draw(st.lists(ANY_TEXT, unique=True, max_size=6))
    nodes = []
    for id in ids:
        name, path, qualified = draw(ANY_TEXT), draw(ANY_TEXT), draw(ANY_TEXT)
        kind, flags = draw(st.sampled_from(NodeKind)), Flag(draw(st.integers(0, 8191)))
        numbers = [draw(INT32) for _ in range(4)]
        nodes.append(
            GraphNode(
                NodeId(id), kind, name, qualified, path, draw(ANY_TEXT), *numbers, draw(ANY_TEXT), draw(ANY_TEXT), flags
            )
        )
    if not ids:
        return CodeGraph.from_rows([], [])
    end = st.sampled_from(ids).map(NodeId)
    evidence = st.builds(Evidence, st.sampled_from(Rule), INT32, INT32, INT32, INT32)
    edges = draw(st.lists(st.builds(GraphRelationship, st.sampled_from(EdgeKind), end, end, evidence), max_size=8))
    sites = draw(
        st.lists(st.builds(UnresolvedSite, end, ANY_TEXT, ANY_TEXT, st.sampled_from(Reason), INT32, INT32), max_size=5)
    )
    return CodeGraph.from_rows(nodes, edges, sites)


@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_every_row_comes_back(graph: CodeGraph, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nodes, edges and unresolved sites survive with any strings, lone surrogates, NUL and newlines included."""
    with frozen(graph, tmp_path_factory.mktemp("columns")) as columns:
        thawed = read_graph(columns)
    assert list(thawed.iter_nodes()) == list(graph.iter_nodes())
    assert list(thawed.iter_relationships()) == list(graph.iter_relationships())
    assert list(thawed.iter_unresolved()) == list(graph.iter_unresolved())


@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_what_is_read_is_written_again(graph: CodeGraph, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also where what the columns were made of is read as well, and nothing of it is made again."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    with frozen(graph, first) as columns:
        again = read_graph(columns)
        made = read_made(columns, again)
    write_columns(again, second, made)
    assert (second / COLUMNS_FILE).read_bytes() == (first / COLUMNS_FILE).read_bytes()


@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_every_index_agrees_with_a_scan(graph: CodeGraph, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Look-ups by id, name, qualified name and path, and both adjacencies, give what a loop over all rows gives."""
    nodes, edges = list(graph.iter_nodes()), list(graph.iter_relationships())
    sites = list(graph.iter_unresolved())
    with frozen(graph, tmp_path_factory.mktemp("columns")) as columns:
        for row, node in enumerate(nodes):
            assert columns.row_of(node.id) == row
            assert columns.rows_named(node.name) == [i for i, n in enumerate(nodes) if n.name == node.name]
            same = [i for i, n in enumerate(nodes) if n.qualified_name == node.qualified_name]
            assert sorted(columns.rows_qualified(node.qualified_name)) == same
            assert columns.rows_at_path(node.path) == [i for i, n in enumerate(nodes) if n.path == node.path]
            assert columns.outgoing(row) == [i for i, e in enumerate(edges) if e.source == node.id]
            assert columns.incoming(row) == [i for i, e in enumerate(edges) if e.target == node.id]
            assert columns.unresolved_of(row) == [i for i, s in enumerate(sites) if s.caller == node.id]
            prefix = node.name[:2].casefold()
            expected = [i for i, n in enumerate(nodes) if n.name.casefold().startswith(prefix)]
            assert sorted(columns.rows_with_prefix(prefix, 100)) == expected
        for wanted in sites:
            assert columns.unresolved_named(wanted.name) == [i for i, s in enumerate(sites) if s.name == wanted.name]


def test_an_empty_graph_has_no_rows(tmp_path: Path) -> None:
    """A graph without nodes can be written, opened and asked."""
    with frozen(CodeGraph.from_rows([], []), tmp_path) as columns:
        assert (columns.n_nodes, columns.n_edges, columns.n_unresolved) == (0, 0, 0)
        assert columns.row_of("a.py") is None
        assert columns.rows_named("add") == columns.rows_at_path("a.py") == columns.rows_with_prefix("", 9) == []


def test_a_name_is_found_exactly(shop: IndexColumns) -> None:
    """Exact look-up tells case apart and does not find what only starts so."""
    assert [shop.id_of(row) for row in shop.rows_named("add")] == [
        "a.py::Cart.add",
        "b/cart.py::add",
        "b/cart.py::add#2",
    ]
    assert shop.rows_named("addA") == []


def test_a_prefix_ignores_case_and_stops_at_the_limit(shop: IndexColumns) -> None:
    """Names that start so come in folded order, at most `limit` of them."""
    assert [shop.name_of(row) for row in shop.rows_with_prefix("aDd", 10)] == ["ADD", "add", "add", "add", "addAll"]
    assert len(shop.rows_with_prefix("a", 2)) == 2


def test_a_qualified_name_is_found(shop: IndexColumns) -> None:
    """A dotted name finds its node, an unknown one nothing."""
    assert [shop.id_of(row) for row in shop.rows_qualified("Cart.add")] == ["a.py::Cart.add"]
    assert shop.rows_qualified("Cart") == []


def test_paths_are_found_by_fragment(shop: IndexColumns) -> None:
    """A fragment of a path, in any case, finds the path; externals have none."""
    assert shop.paths_matching("CART") == ["b/cart.py"]
    assert shop.paths_matching("") == ["a.py", "b/cart.py"]


def test_edges_are_filtered_by_kind(shop: IndexColumns) -> None:
    """Adjacency gives all kinds, or those asked for."""
    caller = shop.row_of("a.py::Cart.addAll")
    callee = shop.row_of("a.py::Cart.add")
    assert caller is not None
    assert callee is not None
    assert [shop.edge_kind(row) for row in shop.outgoing(caller)] == [EdgeKind.CALLS, EdgeKind.USES_TYPE]
    assert [shop.target(row) for row in shop.outgoing(caller, EdgeKind.CALLS)] == [callee]
    assert [shop.source(row) for row in shop.incoming(callee, EdgeKind.CALLS, EdgeKind.IMPORTS)] == [2, 1]


def test_unresolved_sites_are_found_by_name_and_caller(shop: IndexColumns) -> None:
    """A name that only unresolved sites have is in the same index."""
    assert [shop.unresolved_site(row).caller for row in shop.unresolved_named("flush")] == [
        "b/cart.py::add",
        "a.py::ADD",
    ]
    caller = shop.row_of("a.py::ADD")
    assert caller is not None
    assert [shop.unresolved_site(row).name for row in shop.unresolved_of(caller)] == ["add", "flush"]


def test_reading_needs_no_numpy(shop: IndexColumns, tmp_path: Path) -> None:
    """A fresh process looks a name up without importing numpy."""
    script = (
        "import sys; from pathlib import Path; from axon.storage.columns import IndexColumns\n"
        "with IndexColumns.open(Path(sys.argv[1])) as columns: print(len(columns.rows_named('add')))\n"
        "assert 'numpy' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "3\n"


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:-1], lambda whole: whole[:30], lambda _: b"", lambda w: b"x" + w]
)
def test_a_damaged_file_is_not_opened(shop: IndexColumns, tmp_path: Path, damage) -> None:
    """Truncation and foreign bytes are errors at opening, never wrong rows."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / COLUMNS_FILE).write_bytes(damage((tmp_path / COLUMNS_FILE).read_bytes()))
    with pytest.raises(DamagedIndexError):
        IndexColumns.open(broken)


def test_a_missing_file_is_an_error_of_its_own(tmp_path: Path) -> None:
    """A folder without columns is a damaged index."""
    with pytest.raises(DamagedIndexError, match="cannot be read"):
        IndexColumns.open(tmp_path)


def test_columns_of_another_format_say_what_to_do(tmp_path: Path) -> None:
    """An unknown version is refused with the command that mends it."""
    write_arrays(tmp_path / COLUMNS_FILE, {}, {"version": 999})
    with pytest.raises(StorageError, match="axon analyze --full"):
        IndexColumns.open(tmp_path)


def test_a_flipped_byte_is_seen_by_the_digest(shop: IndexColumns, tmp_path: Path) -> None:
    """`is_whole` reads all bytes and notices one that changed."""
    path = tmp_path / COLUMNS_FILE
    flipped = bytearray(path.read_bytes())
    flipped[-1] ^= 1
    copy = tmp_path / "copy"
    copy.write_bytes(flipped)
    with ArrayFile(path) as good, ArrayFile(copy) as bad:
        assert good.is_whole()
        assert not bad.is_whole()


def test_a_byte_of_any_place_is_told(tmp_path: Path) -> None:
    """Directory and numbers alike: a file of arrays with a flipped byte does not open, or is not whole."""
    path = tmp_path / "some.arrays"
    write_arrays(path, {"one": array("i", range(50)), "two": array("H", [1, 2])}, {"version": 1, "name": "x"})
    good = path.read_bytes()
    assert array_damage(path) == []
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert array_damage(path), at
