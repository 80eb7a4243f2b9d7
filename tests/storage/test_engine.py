"""Opening and closing a database file, running statements on it, and its round trip over arbitrary text."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axon.errors import QueryFailedError, StorageError
from axon.model.ids import NodeId
from axon.model.kinds import Rule
from axon.model.nodes import GraphNode
from axon.storage.cypher.engine import EngineBackend
from axon.storage.cypher.store import check_complete
from tests.storage.samples import SMALL, STORE, chain, degrees, function, kuzu_store, rows, shop, shop_edges, shop_nodes

ANY_TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.characters(categories=["Cs"]),
        st.sampled_from('\x00\x1a"\\,\n\r0Ndf'),
    ),
    max_size=20,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EngineBackend]:
    with kuzu_store(tmp_path) as store:
        yield store


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineBackend]:
    with kuzu_store(tmp_path_factory.mktemp("shared")) as store:
        yield store


@settings(max_examples=60)
@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=8, unique=True))
def test_any_text_comes_back(shared: EngineBackend, texts: list[str]) -> None:
    """Whatever str an id, a name and a summary are, the same str is read: from COPY, CREATE and by parameter."""
    nodes = [replace(function("f"), id=NodeId(f"x{text}"), name=text, summary=text) for text in texts]
    shared.add_nodes(nodes)
    by_name = [name for (name,) in shared.statements.run("MATCH (n:Symbol {name: $x}) RETURN n.name", {"x": texts[0]})]
    assert set(shared.nodes()) == set(nodes)
    assert by_name == [texts[0]]
    assert shared.remove_nodes([node.id for node in nodes]) == len(nodes)


def test_a_closed_store_is_one_file(tmp_path: Path) -> None:
    """After close nothing lies beside the file, and it opens read-only with all rows."""
    with kuzu_store(tmp_path) as store:
        store.bulk_load(shop())
    assert [path.name for path in tmp_path.iterdir()] == ["graph.kuzu"]
    with STORE(tmp_path / "graph.kuzu", read_only=True, limits=SMALL) as reader:
        assert rows(reader) == (set(shop_nodes()), Counter(shop_edges()))


def test_a_store_can_be_changed_after_it_was_closed(tmp_path: Path) -> None:
    """A store that is opened again takes removals and additions, and its degrees agree with its edges."""
    with kuzu_store(tmp_path) as store:
        store.bulk_load(chain(200))
    with kuzu_store(tmp_path) as store:
        assert store.remove_nodes_by_file("pkg/m2.py") == 50
        store.add_nodes([function("new")])
    with STORE(tmp_path / "graph.kuzu", read_only=True, limits=SMALL) as reader:
        outgoing = reader.statements.run("MATCH (n:Symbol)-[e]->() RETURN n.id, count(e)")
        incoming = reader.statements.run("MATCH (n:Symbol)<-[e]-() RETURN n.id, count(e)")
        assert (dict(outgoing), dict(incoming)) == degrees(reader.relationships())
        assert (reader.counts().nodes, reader.counts().relationships) == (151, 148)


def test_several_readers_share_a_file(tmp_path: Path) -> None:
    """Two read-only stores can have one file open."""
    with kuzu_store(tmp_path) as store:
        store.bulk_load(shop())
    path = tmp_path / "graph.kuzu"
    with STORE(path, read_only=True, limits=SMALL) as a, STORE(path, read_only=True, limits=SMALL) as b:
        assert a.counts() == b.counts()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    """A read-only store refuses to change."""
    kuzu_store(tmp_path).close()
    with (
        STORE(tmp_path / "graph.kuzu", read_only=True, limits=SMALL) as reader,
        pytest.raises((QueryFailedError, StorageError), match="read-only"),
    ):
        reader.add_nodes([function("a")])


def test_a_missing_file_is_a_typed_error(tmp_path: Path) -> None:
    """Opening what is not there for reading raises StorageError."""
    with pytest.raises(StorageError):
        STORE(tmp_path / "none.kuzu", read_only=True, limits=SMALL)


def test_a_file_of_something_else_is_a_typed_error(tmp_path: Path) -> None:
    """Opening a file that the engine did not write raises StorageError."""
    (tmp_path / "bad.kuzu").write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="not a valid"):
        STORE(tmp_path / "bad.kuzu", read_only=True, limits=SMALL)


def test_an_error_inside_the_block_is_the_one_that_comes_out(tmp_path: Path) -> None:
    """Leaving the block by an exception lets go of the file and hides nothing."""

    def fail_after_loading() -> None:
        with kuzu_store(tmp_path) as store:
            store.bulk_load(shop())
            raise KeyError

    with pytest.raises(KeyError):
        fail_after_loading()
    with kuzu_store(tmp_path) as again:
        assert again.counts().nodes == 11


@pytest.mark.parametrize("ending", [".wal", ".shadow"])
def test_a_log_left_behind_is_an_error(tmp_path: Path, ending: str) -> None:
    """A closed file with a log beside it is not taken for a whole store."""
    kuzu_store(tmp_path).close()
    check_complete(tmp_path / "graph.kuzu")
    (tmp_path / f"graph.kuzu{ending}").write_bytes(b"x")
    with pytest.raises(StorageError, match="left beside it"):
        check_complete(tmp_path / "graph.kuzu")


def test_a_bad_statement_is_a_typed_error(store: EngineBackend) -> None:
    """What the engine does not understand raises QueryFailedError with its message."""
    with pytest.raises(QueryFailedError, match="Table Nope does not exist"):
        store.statements.run("MATCH (n:Nope) RETURN n")


def test_a_statement_holds_no_nul(store: EngineBackend) -> None:
    """NUL and lone surrogates are refused in the text of a statement, before the engine sees them."""
    for text in ("RETURN 'a\x00b'", "RETURN '\ud800'"):
        with pytest.raises(QueryFailedError, match="cannot hold"):
            store.statements.run(text)


def test_one_statement_at_a_time(store: EngineBackend) -> None:
    """Two statements in one text are refused."""
    with pytest.raises(QueryFailedError, match="One statement"):
        store.statements.run("RETURN 1; RETURN 2")


@pytest.mark.parametrize("last", ["MATCH (n:Nope) RETURN n", "CREATE (:Symbol {key: 1, start_line: 3000000000})"])
def test_a_failed_block_changes_nothing(store: EngineBackend, last: str) -> None:
    """When a statement of a transaction fails, those before it are undone and the store can be used."""
    store.add_nodes([function("a")])

    def delete_and_fail() -> None:
        with store.statements.transaction():
            store.statements.run("MATCH (n:Symbol) DELETE n")
            store.statements.run(last)

    with pytest.raises(QueryFailedError):
        delete_and_fail()
    assert [node.name for node in store.nodes()] == ["a"]
    store.add_nodes([function("b")])
    assert store.counts().nodes == 2


def test_a_table_says_what_it_holds(store: EngineBackend) -> None:
    """table() gives names, types and at most `limit` rows, nested texts decoded, and says when rows were left."""
    store.add_nodes([function("a", summary="\x00"), function("b", summary="\x00")])
    query = "MATCH (n:Symbol) RETURN n.name AS name, n.start_line, [n.summary] AS summaries, n ORDER BY name"
    first = store.statements.table(query, limit=1)
    assert first.columns == ("name", "n.start_line", "summaries", "n")
    assert first.types == ("STRING", "INT32", "STRING[]", "NODE")
    assert first.rows[0][:3] == ("a", 1, ["\x00"])
    assert first.rows[0][3]["summary"] == "\x00"
    assert first.truncated
    assert not store.statements.table(query, limit=2).truncated


def test_confidence_compares_as_it_is_written(store: EngineBackend) -> None:
    """An edge of confidence 0.95 is found by `>= 0.95`."""
    edges = [replace(edge, evidence=replace(edge.evidence, rule=Rule.SELF)) for edge in shop_edges()]
    store.add_nodes(shop_nodes())
    store.add_relationships(edges)
    assert store.statements.run("MATCH ()-[r:CALLS]->() WHERE r.confidence >= 0.95 RETURN count(*)") == [(12,)]


def test_flags_can_be_read_in_a_query(store: EngineBackend) -> None:
    """Flags are words, and `exported` is a boolean."""
    store.add_nodes([function("a"), GraphNode(NodeId("x"), function("a").kind, "x", "x", "x.py")])
    query = "MATCH (n:Symbol) WHERE n.exported RETURN n.name, n.flags"
    assert store.statements.run(query) == [("a", "exported async")]


def test_initializing_twice_keeps_the_rows(store: EngineBackend) -> None:
    """initialize on a store that has its tables changes nothing."""
    store.bulk_load(shop())
    store.initialize()
    assert store.counts().nodes == 11
