"""Vector shards: appended while others read, newest first, never mixed, and damage costs one shard."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from axon.errors import DamagedIndexError, StorageError
from axon.storage.embedding_state import EmbeddingState, embedding_states, read_state
from axon.storage.vectors import VectorStore, id_digest, text_digest

APPENDER = """
import sys
from pathlib import Path
from axon.storage.vectors import VectorStore, text_digest
store = VectorStore(Path(sys.argv[1]), "bge")
for i in range(5):
    node = f"{sys.argv[2]}.py::f{i}"
    store.append([node], [text_digest(node)], [[1.0, i]])
"""


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    return VectorStore(tmp_path, "BAAI/bge-small")


def append(store: VectorStore, *pairs: tuple[str, str], value: float = 1.0, dimension: int = 4) -> None:
    ids, texts = zip(*pairs, strict=True)
    matrix = np.full((len(pairs), dimension), value, np.float32)
    store.append(ids, [text_digest(text) for text in texts], matrix)


def test_nothing_is_stored_at_first(store: VectorStore) -> None:
    """A store without shards is empty, and reading it creates nothing."""
    ids, texts, matrix = store.load()
    assert (len(ids), len(texts), matrix.shape) == (0, 0, (0, 0))
    assert (store.count(), store.dimension, store.known(), read_state(store.folder)) == (0, None, set(), None)
    assert not store.folder.exists()


def test_vectors_come_back_by_digest(store: VectorStore) -> None:
    """Ids and texts are known by digest, vectors are float16 rows beside them; lone surrogates are ids, too."""
    append(store, ("a.py::\udcff", "one"), value=0.5)
    append(store, ("b.py::g", "two"), value=0.25)
    ids, texts, matrix = store.load()
    row = ids.tolist().index(id_digest("a.py::\udcff"))
    assert texts[row] == text_digest("one")
    assert matrix.dtype == np.float16
    assert matrix[row].tolist() == [0.5] * 4
    assert (store.count(), store.dimension) == (2, 4)
    assert ids.tolist() == sorted(ids.tolist())


def test_the_newest_vector_of_a_node_wins(store: VectorStore) -> None:
    """A node whose text changed has one vector, and only its new text is known."""
    append(store, ("a.py::f", "old"), ("a.py::g", "same"), value=1)
    append(store, ("a.py::f", "new"), value=2)
    ids, _, matrix = store.load()
    assert matrix[ids.tolist().index(id_digest("a.py::f"))].tolist() == [2.0] * 4
    assert store.known() == {
        (id_digest("a.py::f"), text_digest("new")),
        (id_digest("a.py::g"), text_digest("same")),
    }


def test_dimensions_are_never_mixed(store: VectorStore) -> None:
    """A vector of another dimension is refused with what to do, and nothing is written."""
    append(store, ("a.py::f", "x"), dimension=4)
    with pytest.raises(StorageError, match="dimension 4, BAAI/bge-small now gives 3"):
        append(store, ("a.py::g", "y"), dimension=3)
    assert store.count() == 1


def test_unequal_lengths_are_a_bad_call(store: VectorStore) -> None:
    """Ids, digests and rows come in equal number."""
    with pytest.raises(ValueError, match="1 ids, 2 digests"):
        store.append(["a"], [1, 2], np.zeros((1, 3)))


def test_an_empty_batch_writes_no_shard(store: VectorStore) -> None:
    """Appending nothing leaves nothing behind."""
    store.append([], [], np.zeros((0, 3)))
    assert not store.folder.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[:20],
        lambda whole: whole[:-1],
        lambda whole: bytes(len(whole)),
        lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]),
    ],
)
def test_a_damaged_shard_is_left_out_and_reported(store: VectorStore, damage) -> None:
    """Truncated, torn or flipped: the other shards are kept, the nodes of this one count as not embedded."""
    append(store, ("a.py::f", "one"))
    append(store, ("a.py::g", "two"))
    shard = store.folder / "000001.shard"
    shard.write_bytes(damage(shard.read_bytes()))
    assert store.known() == {(id_digest("a.py::g"), text_digest("two"))}
    assert [problem.what for problem in store.problems()] == [f"the vectors in {shard} are damaged"]
    append(store, ("a.py::f", "one"))
    assert store.count() == 2
    assert (store.folder / "000003.shard").exists()


def test_an_unfinished_shard_is_not_seen(store: VectorStore) -> None:
    """What a killed appender left under its temporary name is no shard, and the next one writes over it."""
    append(store, ("a.py::f", "one"))
    (store.folder / "000002.new").write_bytes(b"half")
    assert (store.count(), store.problems()) == (1, [])
    append(store, ("a.py::g", "two"))
    assert store.count() == 2


def test_models_do_not_share_a_folder(tmp_path: Path) -> None:
    """Names that differ only in odd characters or in case have folders of their own."""
    folders = {VectorStore(tmp_path, model).folder.name.casefold() for model in ("a/b", "a-b", "A-b", "a\\b", "..")}
    assert len(folders) == 5


def test_two_processes_append_without_loss(tmp_path: Path) -> None:
    """Appenders take turns: no shard is written over."""
    command = [sys.executable, "-c", APPENDER, str(tmp_path)]
    processes = [subprocess.Popen([*command, name]) for name in ("a", "b")]
    assert [process.wait() for process in processes] == [0, 0]
    store = VectorStore(tmp_path, "bge")
    assert store.count() == 10
    assert store.problems() == []


def test_a_removed_index_is_not_put_back(tmp_path: Path) -> None:
    """A worker that outlives the index fails, instead of making a part of it anew."""
    store = VectorStore(tmp_path / ".axon" / "vectors", "m")
    with pytest.raises(StorageError, match="was removed"):
        append(store, ("a", "text"))
    with pytest.raises(StorageError, match="was removed"):
        store.save_state(EmbeddingState("m", 4, 0, 1, False))
    assert not (tmp_path / ".axon").exists()


def test_the_state_comes_back(store: VectorStore) -> None:
    """How far the worker is survives; a torn file is an error and not a fresh start."""
    assert read_state(store.folder) is None
    state = EmbeddingState("BAAI/bge-small", 384, 3, 10, finished=False)
    store.save_state(state)
    assert read_state(store.folder) == state
    for torn in ("{", "[]", "{}", '{"model": "m", "dimension": 4, "done": "x", "total": 3, "finished": true}'):
        (store.folder / "state.json").write_text(torn)
        with pytest.raises(DamagedIndexError, match=r"state\.json"):
            read_state(store.folder)
        assert embedding_states(store.folder.parent) == ([], [store.folder / "state.json"])


def test_damaged_shards_are_dropped(store: VectorStore) -> None:
    """Those alone; then nothing is damaged any more, and the nodes of that shard are not known."""
    append(store, ("a.py::f", "one"))
    append(store, ("a.py::g", "two"))
    shard = store.folder / "000001.shard"
    shard.write_bytes(shard.read_bytes()[:-1])
    assert store.drop_damaged() == [shard]
    assert (store.damaged(), store.count()) == ([], 1)
