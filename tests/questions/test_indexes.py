"""Status and the list of repositories; opening an index, or being told that there is none."""

import json
import os
from pathlib import Path

import pytest

from axon.errors import NoIndexError
from axon.questions.cypher import cypher
from axon.questions.opened import Index, embedding_progress, open_index, open_queryable
from axon.questions.repositories import register, repositories, unregister
from axon.questions.status import bytes_below, status
from axon.storage.generations import IndexHome
from tests.questions.shop import publish, shop_graph


def test_status_reads_the_manifest(index: Index) -> None:
    """Kinds without a node are left out; reasons are summed over languages, the most frequent first."""
    answer = status(index)
    assert (answer.files, answer.nodes, answer.edges) == (5, {"Class": 2}, {"CALLS": 7})
    assert list(answer.unresolved.items()) == [("unknown receiver", 3), ("dynamic", 1)]
    assert answer.bytes_on_disk > 0
    assert (answer.queryable, len(answer.index.warnings)) == (False, 1)


def test_without_an_index_there_is_no_answer(tmp_path: Path) -> None:
    """The error says what to do."""
    with pytest.raises(NoIndexError, match="Run `axon analyze"):
        open_index(tmp_path)
    with pytest.raises(NoIndexError, match="Run `axon analyze"):
        open_queryable(tmp_path)


def test_a_query_needs_the_graph_database(index: Index) -> None:
    """An index without one says so."""
    with pytest.raises(NoIndexError, match="No graph database"):
        cypher(index, "MATCH (n) RETURN n")


def test_a_graph_database_that_is_behind_says_so(tmp_path: Path) -> None:
    """A query is answered by the newest database there is, with a warning where the index is ahead of it."""
    publish(tmp_path, shop_graph(), with_database=True)
    with open_queryable(tmp_path) as index:
        assert (index.generation.number, index.state().warnings) == (1, ())
    publish(tmp_path, shop_graph())
    with open_queryable(tmp_path) as index:
        assert index.generation.number == 1
        assert index.state().warnings == ("The graph database is that of generation 1, the index is at 2.",)
        ids = cypher(index, "MATCH (s:Symbol) WHERE s.name = 'pay' RETURN s.id").rows
    assert ids == (("src/shop/till.py::pay",),)


def test_the_registry_remembers_and_forgets(tmp_path: Path) -> None:
    """A registered repository is listed with its counts, one without an index with the reason."""
    good, empty = tmp_path / "good", tmp_path / "empty"
    good.mkdir()
    empty.mkdir()
    publish(good, shop_graph())
    for root in (good, empty, good):
        register(root)
    listed = {known.root: known for known in repositories().repositories}
    assert (listed[str(good)].files, listed[str(good)].nodes, listed[str(good)].trouble) == (5, 2, "")
    assert listed[str(empty)].trouble == "no index"
    assert [unregister(root) for root in (good, empty, good)] == [True, True, False]
    assert str(good) not in {known.root for known in repositories().repositories}


def test_what_is_no_registry_entry_is_passed_over(tmp_path: Path) -> None:
    """A foreign file among the entries does not break the list."""
    register(tmp_path)
    folder = Path(os.environ["AXON_HOME"]) / "data" / "repositories"
    (folder / "foreign.json").write_text("[]")
    (folder / "broken.json").write_text("{")
    assert str(tmp_path) in {known.root for known in repositories().repositories}
    unregister(tmp_path)


def test_embeddings_are_read_from_the_newest_state(tmp_path: Path) -> None:
    """Of several models the one that was worked on last counts."""
    home = IndexHome(tmp_path)
    assert embedding_progress(home) == (None, [])
    for moment, (model, done) in enumerate((("old", 1), ("new", 2))):
        state = home.folder / "vectors" / model / "state.json"
        state.parent.mkdir(parents=True)
        state.write_text(json.dumps({"model": model, "dimension": 3, "done": done, "total": 9, "finished": False}))
        os.utime(state, (moment, moment))
    progress, lost = embedding_progress(home)
    assert progress is not None
    assert lost == []
    assert (progress.model, progress.done, progress.total, progress.finished) == ("new", 2, 9, False)
    state.write_text("{}")
    progress, lost = embedding_progress(home)
    assert progress is not None
    assert progress.model == "old"
    assert len(lost) == 1
    assert f"{state}. Run `axon embed" in lost[0]


def test_bytes_below_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Nothing weighs nothing."""
    assert bytes_below(tmp_path / "gone") == 0
