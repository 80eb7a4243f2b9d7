"""`verify` finds whatever an index has otherwise than a rebuild, and nothing else."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from axon.config import Settings, cache_home
from axon.errors import NoIndexError, StorageError
from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.kinds import EdgeKind
from axon.parsing.cache import FactCache, fact_key
from axon.pipeline import comparison
from axon.pipeline.verdict import Verification
from axon.pipeline.verify import verify
from axon.storage.arrays import ArrayFile, write_arrays
from axon.storage.columns import COLUMNS_FILE
from axon.storage.kuzu import KuzuBackend
from axon.storage.manifest import read_indexed_files
from tests.pipeline.faulty import change_database, freeze_again, sign
from tests.pipeline.trees import SHOP, index, write_tree
from tests.storage.samples import call, function

EDIT = {"shop/money.py": "def total(p):\n    return 7\n\n\ndef tax():\n    return total([])\n"}


@pytest.fixture
def folder(root: Path) -> Path:
    """The generation of an indexed tree."""
    index(write_tree(root, SHOP))
    return root / ".axon/generations/000001"


def check_right(found: Verification) -> None:
    """No difference, no damage, nothing left out."""
    assert (found.is_right, found.is_complete, found.differences, found.damage, found.notes) == (True, True, (), (), ())


def test_an_index_is_what_its_files_say(root: Path) -> None:
    """After a whole run and after updates; facts from the cache and from the sources lead to one digest."""
    index(write_tree(root, SHOP))
    first = verify(root)
    check_right(first)
    assert {count.what for count in first.rows} == {"nodes", "edges", "unresolved"}
    assert all(count.in_columns == count.in_rebuild for count in first.rows)
    write_tree(root, EDIT)
    index(root)
    updated = verify(root)
    again = verify(root, from_source=True)
    for found in (updated, again):
        check_right(found)
        assert not found.moved
    assert updated.digest == again.digest != first.digest
    write_tree(root, {path: SHOP[path] for path in EDIT})
    index(root)
    assert verify(root).digest == first.digest


def test_labels_that_are_gone_are_damage(root: Path, folder: Path) -> None:
    """The database has them, so they must be there: it is said, and the next run writes a right index."""
    (folder / "labels.columns").unlink()
    assert verify(root).damage == ("labels.columns is missing",)
    assert any("labels.columns is missing" in note for note in index(root).notes)
    check_right(verify(root))


def test_a_row_of_the_columns_is_wrong(root: Path, folder: Path) -> None:
    """A symbol that ends elsewhere: named with both values, and the database is not blamed."""

    def longer(graph: CodeGraph) -> CodeGraph:
        graph.nodes.end_line[graph.row_of["shop/money.py::total"]] += 1
        return graph

    freeze_again(folder, longer)
    found = verify(root)
    assert (found.is_right, found.n_differences, found.damage) == (False, 2, ())
    (difference,) = found.differences
    assert (difference.layer, difference.kind, difference.name) == ("columns", "Function", "shop/money.py::total")
    assert (difference.in_index, difference.in_rebuild) == ({"end_line": 6}, {"end_line": 5})


def test_unresolved_sites_are_lost(root: Path, folder: Path) -> None:
    """Sites are a part of the graph."""
    freeze_again(folder, lambda graph: replace(graph, unresolved=CodeGraph.from_rows([], []).unresolved))
    found = verify(root)
    assert {(d.what, d.in_index) for d in found.differences} == {("unresolved", None)}
    assert "gate.open in shop/till/desk.py::pay" in {d.name for d in found.differences}


def test_a_row_of_the_database_is_gone(root: Path, folder: Path) -> None:
    """The node and its edges are missing there, and only there."""
    change_database(folder, lambda backend: backend.remove_nodes([NodeId("shop/money.py::total")]))
    found = verify(root)
    assert {difference.layer for difference in found.differences} == {"database"}
    assert all(difference.in_index is None for difference in found.differences)
    assert "shop/till/desk.py::pay -> shop/money.py::total" in {difference.name for difference in found.differences}
    functions = next(count for count in found.rows if count.kind == "Function")
    assert functions.in_database == functions.in_columns - 1


def test_a_confidence_is_wrong(root: Path, folder: Path) -> None:
    """What only the database stores is compared as well."""
    statement = "MATCH (:Symbol)-[r:OVERRIDES]->(:Symbol) SET r.confidence = 0.5"
    change_database(folder, lambda backend: backend.statements.run(statement))
    (difference,) = verify(root).differences
    assert (difference.in_index, difference.in_rebuild) == ({"confidence": 0.5}, {"confidence": 1.0})


def test_look_up_tables_are_wrong(root: Path, folder: Path) -> None:
    """Rows that are right and cannot be found are damage."""
    path = folder / "columns" / COLUMNS_FILE
    with ArrayFile(path) as file:
        arrays = {name: bytearray(file.array(name)) for name in file._entries}
        views = {name: memoryview(arrays[name]).cast(file._entries[name][0]) for name in arrays}
        views["by_id.rows"][0] = views["by_id.rows"][1]
        write_arrays(path, views, file.meta)
    sign(folder)
    found = verify(root)
    assert not found.is_right
    assert found.n_differences == 0
    assert COLUMNS_FILE in found.damage[0]


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("name", ["columns/graph.columns", "kuzu/graph.kuzu", "files.jsonl.zst", "kuzu/layer.json"])
def test_a_file_is_not_as_it_was_written(root: Path, folder: Path, name: str, quick: bool) -> None:
    """A flipped byte is named, and nothing of such an index is opened."""
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (folder / name).write_bytes(content)
    found = verify(root, quick=quick)
    assert (found.is_right, found.rows) == (False, ())
    assert Path(name).name in found.damage[0]


def test_no_generation_is_whole(root: Path, folder: Path) -> None:
    """That is what was asked, and no failure to answer."""
    (folder / "manifest.json").write_bytes(b"")
    for quick in (True, False):
        found = verify(root, quick=quick)
        assert (found.is_right, len(found.damage)) == (False, 1)


def test_files_that_moved_on_are_no_difference(root: Path, folder: Path) -> None:
    """The index is compared with the files that it was made of, and says which are others by now."""
    write_tree(root, {**EDIT, "shop/new.py": "x = 1\n", "shop/binary.py": b"\0"})
    (root / "shop/till/desk.py").unlink()
    for from_source in (False, True):
        found = verify(root, from_source=from_source)
        assert found.is_right
        assert found.moved.changed == ("shop/money.py",)
        assert found.moved.removed == ("shop/till/desk.py",)
        assert found.moved.added == ("shop/new.py",)
        assert len(found.notes) == from_source


def test_a_change_behind_the_same_stamp_is_seen(root: Path, folder: Path) -> None:
    """Size, time and inode as before, another content."""
    path = root / "shop/money.py"
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"RATE = 2", b"RATE = 3"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert verify(root).moved.changed == ("shop/money.py",)


def test_facts_that_nobody_has_any_more(root: Path, folder: Path) -> None:
    """An edited file and an emptied cache: there is nothing to compare with, and that is said."""
    write_tree(root, EDIT)
    shutil.rmtree(cache_home() / "facts")
    with pytest.raises(StorageError, match=r"shop/money\.py.*axon analyze"):
        verify(root)
    index(root)
    check_right(verify(root))


def test_cached_facts_can_be_wrong(root: Path, folder: Path) -> None:
    """What the cache has of a file decides, but not with `from_source`."""
    files = {file.path: fact_key(file.language, file.digest) for file in read_indexed_files(folder)}
    with FactCache(cache_home() / "facts", Settings().cache_bytes) as cache:
        known = cache.get(list(files.values()))
        cache.put([(files["shop/money.py"], known[files["shop/cart.py"]])])
    assert not verify(root).is_right
    check_right(verify(root, from_source=True))


def test_another_program_made_the_index(root: Path, folder: Path) -> None:
    """Other settings may make another graph: no difference is claimed."""
    with pytest.raises(StorageError, match="axon analyze"):
        verify(root, settings=Settings(max_file_bytes=100))


def test_there_is_no_index(root: Path) -> None:
    """A tree that was never indexed."""
    with pytest.raises(NoIndexError):
        verify(root)


def test_the_database_is_not_there_yet(root: Path, folder: Path) -> None:
    """The columns are compared, and what is missing is said."""
    shutil.rmtree(folder / "kuzu")
    found = verify(root)
    assert (found.is_right, found.is_complete) == (True, False)
    assert all(count.in_database is None for count in found.rows)


def test_edges_that_one_direction_has_lost(tmp_path: Path) -> None:
    """Rows that the engine finds from their ends, and not from their starts: a plain deletion does that to it."""
    dice = Random(1)
    nodes = [function(f"f{number}", f"m{number // 10}.py") for number in range(1400)]
    edges = [call(dice.choice(nodes).id, dice.choice(nodes).id, kind=EdgeKind.DECORATED_BY) for _ in range(6)]
    path = tmp_path / "graph.kuzu"
    with KuzuBackend(path) as backend:
        backend.initialize()
        backend.bulk_load(CodeGraph.from_rows(nodes, edges))
        assert comparison._wrong_in_degrees(backend) == ()
    with KuzuBackend(path) as backend:
        backend.statements.run("MATCH (a:Symbol {id: $id})-[r:DECORATED_BY]->() DELETE r", {"id": edges[0].source})
    with KuzuBackend(path, read_only=True) as backend:
        (line,) = comparison._wrong_in_degrees(backend)
    assert line == "DECORATED_BY: 0 rows of the database by their starts, 5 by their ends"
