"""The graph database is made with the first index, and brought up to date when somebody needs it."""

from pathlib import Path

import pytest

from axon.errors import BusyError, NoIndexError
from axon.pipeline import PipelineResult, database, run_pipeline
from axon.pipeline.complete import complete_database
from axon.pipeline.report import Mode
from axon.questions.opened import open_queryable
from axon.storage.generations import IndexHome
from tests.pipeline.trees import SHOP, contents, fresh_contents, index, write_tree
from tests.trees import home, root

__all__ = ["home", "root"]

EDIT = {"shop/money.py": "def total(prices):\n    return 7\n"}
CAUGHT_UP = "The graph database lagged behind; it was brought up to generation 2."


def deferred(root: Path) -> PipelineResult:
    """Index as the command does, which leaves the database for later."""
    return run_pipeline(root, embeddings=False, defer_database=True)


def database_number(root: Path) -> int | None:
    return IndexHome(root).database_number()


def test_an_update_leaves_the_database_for_later(root: Path) -> None:
    """Columns are in force, the database stays, and its answers say that they are older."""
    deferred(write_tree(root, SHOP))
    assert database_number(root) == 1
    write_tree(root, EDIT)
    assert (deferred(root).mode, database_number(root)) == (Mode.INCREMENTAL, 1)
    assert deferred(root).notes == ()
    with open_queryable(root) as opened:
        assert opened.generation.number == 1
        assert "generation 1, the index is at 2" in opened.generation.warnings[0]


@pytest.mark.parametrize("least_nodes", [0, 1000], ids=["updated", "loaded whole"])
def test_a_database_that_lags_is_brought_up(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least_nodes: int
) -> None:
    """On demand, from the columns alone, in a line; a second time nothing is done."""
    monkeypatch.setattr(database, "_LEAST_NODES", least_nodes)
    index(write_tree(root, SHOP))
    write_tree(root, EDIT)
    deferred(root)
    (root / "shop/money.py").unlink()
    assert complete_database(root) == CAUGHT_UP
    assert (database_number(root), complete_database(root)) == (2, "")
    write_tree(root, EDIT)
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")


def test_a_run_that_is_not_deferred_brings_it_up(root: Path) -> None:
    """Although nothing has changed."""
    index(write_tree(root, SHOP))
    write_tree(root, EDIT)
    deferred(root)
    result = index(root)
    assert (result.mode, result.generation, result.notes) == (Mode.UNCHANGED, 2, (CAUGHT_UP,))
    assert index(root).notes == ()


def test_a_database_that_was_never_made_is(root: Path) -> None:
    """A first run whose writer died before its database was in force is completed by the next one, deferred or not."""
    deferred(write_tree(root, SHOP))
    (root / ".axon/current.kuzu").unlink()
    assert deferred(root).notes == ("The graph database lagged behind; it was brought up to generation 1.",)
    assert database_number(root) == 1


def test_a_writer_at_work_is_not_waited_for(root: Path) -> None:
    """Whoever asks meanwhile gets the answers of the last database."""
    index(write_tree(root, SHOP))
    write_tree(root, EDIT)
    deferred(root)
    with IndexHome(root).writer_lock(), pytest.raises(BusyError):
        complete_database(root)


def test_without_an_index(root: Path) -> None:
    """There is nothing to bring up."""
    with pytest.raises(NoIndexError):
        complete_database(root)
