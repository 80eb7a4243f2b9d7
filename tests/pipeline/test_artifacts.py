"""What was written about a tree, in every generation of its index: nodes, edges, states, and stores that are broken."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from axon.enrich.model import JobKey, Value
from axon.enrich.store import ArtifactStore
from axon.model.artifacts import EXTRACTIVE, Review, State, Written
from axon.pipeline.artifacts import STORE_PATH
from axon.pipeline.complete import complete_database
from axon.pipeline.report import Mode, PipelineResult
from axon.pipeline.verify import verify
from axon.storage.artifacts import ARTIFACTS_FILE, read_artifacts, write_artifacts
from axon.storage.generations import IndexHome
from tests.pipeline.faulty import sign
from tests.pipeline.trees import SHOP, contents, index, write_tree
from tests.pipeline.written import MONEY, PAY, keep, written_shop


@pytest.fixture
def shop(root: Path) -> Path:
    """A tree of which things were written about, none of it loaded yet."""
    return written_shop(root)


def written(root: Path) -> dict[tuple[str, str], Written]:
    with IndexHome(root).require_current() as generation:
        return {(one.task, one.node): one for one in read_artifacts(generation.folder)}


def check_right(root: Path) -> None:
    complete_database(root)
    found = verify(root)
    assert (found.is_right, found.is_complete, found.damage) == (True, True, ())


def test_artifacts_are_nodes_and_edges_of_the_next_generation(shop: Path) -> None:
    """Of the kinds of the schema, through the same load; the code is what it was, and a third run finds nothing new."""
    before = contents(shop)
    result = index(shop)
    assert (result.generation, result.changed_files) == (2, 0)
    after = contents(shop)
    assert after.columns == before.columns
    added = [row for row in after.nodes if row not in set(before.nodes)]
    assert sum("NodeKind.CONTRACT" in row for row in added) == 1
    assert sum("NodeKind.FEATURE" in row for row in added) == 2
    assert any("preconditions: The gate opens. raises: Whatever the gate raises" in row for row in added)
    assert any("domain / paying" in row and "Taking money." in row for row in added)
    edges = [row for row in after.relationships if row not in set(before.relationships)]
    assert sum("EdgeKind.PART_OF_FEATURE" in row for row in edges) == 3
    (described,) = (row for row in edges if "<artifact>::contracts/" in row)
    assert f"target='{PAY}'" in described
    assert "line=6" in described
    check_right(shop)
    assert index(shop).mode is Mode.UNCHANGED


def test_what_no_model_wrote_about_is_told_by_its_authors(shop: Path) -> None:
    """Files and folders without a summary get an extractive one, which is marked, and never lags behind."""
    index(shop)
    told = written(shop)["summary", "shop/cart.py"]
    assert (told.model, told.text) == (EXTRACTIVE, "Carts.")
    (shop / "shop/cart.py").write_text('"""Baskets."""\n\n\nclass Basket:\n    """A basket."""\n')
    index(shop)
    assert written(shop)["summary", "shop/cart.py"].text == "Baskets."
    check_right(shop)


def test_evidence_is_looked_at_again(shop: Path) -> None:
    """Below a new line a quote has moved, without it a contract is stale and no node; so is what cites nothing."""
    index(shop)
    assert {one.state for one in written(shop).values()} == {State.VALID}
    desk = shop / "shop/till/desk.py"
    desk.write_text(desk.read_text().replace("    gate.open()\n", "    wait = 1\n    gate.open()\n"))
    index(shop)
    moved = written(shop)["contracts", PAY]
    assert (moved.state, [c.found for c in moved.claims]) == (State.MOVED, [3, 3])
    assert any("Flag.MOVED" in row for row in contents(shop).nodes)
    desk.write_text(desk.read_text().replace("gate.open()", "gate.shut(wait, at_once=True)"))
    (shop / MONEY).write_text("RATE = 3\n\n\ndef total(prices):\n    return 0\n")
    index(shop)
    found = written(shop)
    assert found["contracts", PAY].state is State.STALE
    assert found["summary", MONEY].state is State.STALE
    assert found["summary", "shop/"].state is State.STALE, "less than four fifths of its parts stand"
    assert not [row for row in contents(shop).nodes if "NodeKind.CONTRACT" in row]
    check_right(shop)


def edit_body(root: Path) -> None:
    write_tree(root, {"shop/till/desk.py": str(SHOP["shop/till/desk.py"]).replace("gate.open()", "1\n    gate.open()")})


def move_file(root: Path) -> None:
    (root / MONEY).rename(root / "shop/gold.py")


def remove_function(root: Path) -> None:
    write_tree(root, {"shop/till/desk.py": "def main():\n    return 1\n"})


def reject(root: Path) -> None:
    with ArtifactStore(root / ".axon") as store:
        store.review(JobKey("contracts", PAY), Review.REJECTED, who="ann")


def accept(root: Path) -> None:
    with ArtifactStore(root / ".axon") as store:
        store.review(JobKey("contracts", PAY), Review.ACCEPTED, who="ann")


@pytest.mark.parametrize("change", [edit_body, move_file, remove_function, reject, accept])
def test_an_update_loads_what_a_first_run_does(shop: Path, tmp_path: Path, change: Callable[[Path], None]) -> None:
    """Whatever changes, the tree or what people say: the same artifacts, nodes and edges as in a fresh index."""
    index(shop)
    change(shop)
    index(shop)
    fresh = tmp_path / "fresh" / shop.name
    shutil.copytree(shop, fresh, ignore=shutil.ignore_patterns("generations", "current*", "last"))
    index(fresh)
    assert written(shop) == written(fresh)
    assert contents(shop) == contents(fresh)
    check_right(shop)


def test_what_a_person_accepted_is_surer(shop: Path) -> None:
    """The rule of its edge says so; what somebody rejected is not loaded at all."""
    accept(shop)
    index(shop)
    assert any("Rule.REVIEWED" in row and "EdgeKind.DESCRIBES" in row for row in contents(shop).relationships)
    reject(shop)
    index(shop)
    assert ("contracts", PAY) not in written(shop)


def test_a_second_look_drops_and_repairs_claims(shop: Path) -> None:
    """Verdicts count for the claims that they are about, in whatever order a contract has them."""
    verdicts: Value = {
        "verdicts": [
            {"number": 1, "verdict": "dropped", "text": "", "claim": "The gate opens."},
            {"number": 2, "verdict": "repaired", "text": "GateError.", "claim": "Whatever the gate raises."},
            {"number": 3, "verdict": "dropped", "text": "", "claim": "Something else."},
        ]
    }
    keep(shop, ("verify", PAY, verdicts))
    index(shop)
    assert [(c.sort, c.text) for c in written(shop)["contracts", PAY].claims] == [("raises", "GateError.")]


def damage(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)


def rejuvenate(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()


@pytest.mark.parametrize(("broken", "says"), [(damage, "cannot be read"), (rejuvenate, "later Axon")])
def test_a_store_that_cannot_be_read_is_a_problem(shop: Path, broken: Callable[[Path], None], says: str) -> None:
    """The index is made without it, says so, and stays right; nothing of the store is touched."""
    index(shop)
    broken(shop / STORE_PATH)
    before = (shop / STORE_PATH).read_bytes()
    same = index(shop)
    assert (same.mode, [says in problem.what for problem in same.problems]) == (Mode.UNCHANGED, [True])
    edit_body(shop)
    result = index(shop)
    (problem,) = result.problems
    assert (problem.path, says in problem.what) == (STORE_PATH, True)
    assert written(shop) == {}
    assert (shop / STORE_PATH).read_bytes() == before
    check_right(shop)


def test_a_store_that_somebody_holds_is_a_problem(shop: Path) -> None:
    """A program that lets nobody read costs a line; when it lets go the next run loads all of it."""
    holder = sqlite3.connect(shop / STORE_PATH, isolation_level=None)
    holder.execute("PRAGMA journal_mode = DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    held: PipelineResult = index(shop)
    assert [problem.path for problem in held.problems] == [STORE_PATH]
    holder.execute("ROLLBACK")
    holder.close()
    assert not index(shop).problems
    assert written(shop)["contracts", PAY].state is State.VALID


def test_a_store_that_is_gone_takes_its_artifacts_along(shop: Path) -> None:
    """A tree without a store has an index without a file of artifacts."""
    index(shop)
    (shop / STORE_PATH).unlink()
    index(shop)
    with IndexHome(shop).require_current() as generation:
        assert not (generation.folder / ARTIFACTS_FILE).exists()
        assert generation.manifest.artifacts == ""
    check_right(shop)


def test_verify_finds_other_evidence(shop: Path) -> None:
    """A file of artifacts that says what a first run does not find is told of, by name."""
    index(shop)
    with IndexHome(shop).require_current() as generation:
        folder = generation.folder
    rows = read_artifacts(folder)
    write_artifacts(folder, [replace(one, state=State.STALE) if one.node == PAY else one for one in rows])
    sign(folder)
    found = verify(shop)
    assert not found.is_right
    assert any(f"contracts of {PAY}" in line for line in found.damage)
