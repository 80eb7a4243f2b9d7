"""Generations: one rename publishes, readers never see less than a whole index, and dead writers leave no harm."""

import errno
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from axon.errors import BusyError, DamagedIndexError, NoIndexError, StorageError, UnknownVersionError
from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.kinds import NodeKind
from axon.model.nodes import GraphNode
from axon.storage.cypher.console import run_read_only
from axon.storage.drafts import Draft
from axon.storage.generations import IndexHome
from axon.storage.locks import SHARED_LOCKS, lock_byte, try_lock
from axon.storage.manifest import KuzuLayer, Manifest
from axon.storage.schema import SCHEMA_VERSION
from tests.storage.samples import ENGINE, STORE

MANIFEST = Manifest("1.0", SCHEMA_VERSION, datetime(2026, 1, 2, tzinfo=UTC), layers=("columns",))

WRITER = """
import sys
from pathlib import Path
from axon.storage.generations import IndexHome
home = IndexHome(Path(sys.argv[1]))
with home.writer_lock():
    draft = home.begin()
    (draft.columns / "graph.columns").write_bytes(b"half")
    print("built", flush=True)
    sys.stdin.read()
"""

READER = """
import sys
from pathlib import Path
from axon.storage.generations import IndexHome
with IndexHome(Path(sys.argv[1])).current() as generation:
    print("pinned", flush=True)
    sys.stdin.read()
    print((generation.columns / "graph.columns").read_text(), flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> IndexHome:
    return IndexHome(tmp_path / "shop")


def build(draft: Draft, text: str = "columns", kuzu: str = "") -> None:
    (draft.columns / "graph.columns").write_text(text)
    if kuzu:
        draft.database.write_text(kuzu)


def published(home: IndexHome, text: str = "columns", kuzu: str = "") -> int:
    with home.writer_lock():
        draft = home.begin()
        build(draft, text, kuzu)
        draft.publish(MANIFEST)
        if kuzu:
            draft.publish_kuzu(KuzuLayer({"Symbol": 1}))
        return draft.number


def text_in_force(home: IndexHome) -> str:
    with home.require_current() as generation:
        return (generation.columns / "graph.columns").read_text()


def process_at(script: str, home: IndexHome, word: str) -> "subprocess.Popen[str]":
    """A process that ran `script` up to the point where it said `word` and now waits for its stdin."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"{word}\n"
    return process


def killed(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def test_without_an_index_there_is_none(home: IndexHome) -> None:
    """A repository that nobody analyzed has no generation, and the error says which command makes one."""
    assert home.current() is None
    assert home.current_kuzu() is None
    with pytest.raises(NoIndexError, match=r"No index in .*shop\. Run `axon analyze .*shop`\."):
        home.require_current()


def test_a_published_draft_is_in_force(home: IndexHome) -> None:
    """After publish, readers get the manifest and the files of the draft."""
    number = published(home, "one")
    with home.require_current() as generation:
        assert (generation.number, generation.warnings) == (number, ())
        assert generation.manifest.created == MANIFEST.created
        assert generation.manifest.files["columns/graph.columns"].size == 3
        assert (generation.columns / "graph.columns").read_text() == "one"


def test_a_draft_is_invisible(home: IndexHome) -> None:
    """While a draft is built and after it was discarded, readers see the generation before it."""
    published(home, "one")
    with home.writer_lock():
        draft = home.begin()
        build(draft, "two")
        assert text_in_force(home) == "one"
        draft.discard()
    assert text_in_force(home) == "one"


def test_a_folder_in_place_that_current_does_not_name_is_not_published(home: IndexHome) -> None:
    """Death between the rename of the folder and that of `current` leaves the old generation in force."""
    published(home, "one")
    with home.writer_lock():
        draft = home.begin()
        build(draft, "two")
        draft.folder.rename(draft.folder.with_name(f"{draft.number:06}"))
    assert text_in_force(home) == "one"
    with home.writer_lock():
        assert home.recover() == ("Removed what a writer that died had built of generation 2.",)
    assert text_in_force(home) == "one"


def test_a_killed_writer_leaves_the_old_generation_and_the_next_one_cleans_up(home: IndexHome) -> None:
    """SIGKILL between building and publishing: readers see the old index, the next writer cleans up and says so."""
    published(home, "one")
    killed(process_at(WRITER, home, "built"))
    assert text_in_force(home) == "one"
    with home.writer_lock():
        assert home.recover() == ("Removed what a writer that died had built of generation 2.",)
        assert home.begin().number == 3
    assert not list(home.folder.glob("generations/.draft-000002*"))


def test_a_number_is_never_used_twice(home: IndexHome) -> None:
    """A discarded draft takes its number with it."""
    with home.writer_lock():
        first = home.begin()
        first.discard()
        second = home.begin()
        assert second.number > first.number


def test_a_draft_needs_the_writer_lock(home: IndexHome) -> None:
    """A caller that does not hold the lock is told so."""
    with pytest.raises(ValueError, match="writer lock"):
        home.begin()


def test_a_second_writer_is_told_who_is_at_work(home: IndexHome) -> None:
    """While another process writes, the lock is refused with its process id; when it died, the lock is free."""
    process = process_at(WRITER, home, "built")
    with pytest.raises(BusyError, match=f"Process {process.pid} is writing"), home.writer_lock():
        pass
    killed(process)
    with home.writer_lock():
        pass


def test_a_waiting_writer_gets_the_lock_when_the_other_is_done(home: IndexHome) -> None:
    """`wait=True` blocks until the other process gives the lock back."""
    process = process_at(WRITER, home, "built")
    assert process.stdin is not None
    process.stdin.close()
    with home.writer_lock(wait=True):
        assert process.wait() == 0
    assert process.stdout is not None
    process.stdout.close()


def test_a_waiting_writer_says_for_whom(home: IndexHome) -> None:
    """One line, once, before it blocks."""
    process = process_at(WRITER, home, "built")
    said: list[str] = []

    def told(line: str) -> None:
        said.append(line)
        assert process.stdin is not None
        process.stdin.close()

    with home.writer_lock(wait=True, on_wait=told):
        assert process.wait() == 0
    (line,) = said
    began = datetime.fromtimestamp((home.folder / "writer.lock").stat().st_mtime).astimezone()
    assert line == f"Process {process.pid} is writing the index of {home.root}, since {began:%H:%M:%S}. Waiting for it."
    assert process.stdout is not None
    process.stdout.close()


def test_the_index_hides_from_git(home: IndexHome) -> None:
    """The folder brings its own .gitignore."""
    published(home)
    assert (home.folder / ".gitignore").read_text() == "*\n"


def test_a_folder_that_cannot_be_made_is_an_error_in_one_line(tmp_path: Path) -> None:
    """A root that is a file gives a StorageError, not a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"), IndexHome(tmp_path / "file").writer_lock():
        pass


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "columns/graph.columns").write_text("sh"),
        lambda folder: (folder / "columns/graph.columns").unlink(),
        lambda folder: (folder / "manifest.json").write_text("{"),
        lambda folder: (folder / "manifest.json").unlink(),
    ],
)
def test_a_damaged_generation_gives_way_to_the_one_before(home: IndexHome, damage: Callable[[Path], object]) -> None:
    """Truncated, missing or unreadable files: the previous generation answers, and a warning says why."""
    published(home, "one")
    newest = published(home, "two")
    damage(home.folder / f"generations/{newest:06}")
    with home.require_current() as generation:
        assert generation.number == newest - 1
        assert generation.warnings[0].startswith(f"Generation {newest} cannot be used: ")
        assert generation.warnings[-1].startswith(f"Answers come from generation {newest - 1}; run `axon analyze")


def test_an_unreadable_pointer_falls_back_to_the_newest_good_one(home: IndexHome) -> None:
    """A `current` that a power cut emptied costs a warning, not the index, and the next writer keeps it."""
    newest = published(home, "one")
    (home.folder / "current").write_bytes(b"")
    with home.require_current() as generation:
        assert generation.number == newest
        assert generation.warnings
    with home.writer_lock():
        assert home.recover() == ()
    assert text_in_force(home) == "one"


def test_no_good_generation_is_an_error(home: IndexHome) -> None:
    """When nothing whole is left, the error names the damage and the command."""
    newest = published(home)
    (home.folder / f"generations/{newest:06}/columns/graph.columns").unlink()
    with pytest.raises(DamagedIndexError, match=r"graph\.columns cannot be read.*axon analyze --full"):
        home.current()


def test_another_version_is_an_error_and_not_an_older_answer(home: IndexHome) -> None:
    """An index of another schema is not silently replaced by an older generation."""
    published(home)
    with home.writer_lock():
        draft = home.begin()
        draft.publish(Manifest("9.0", SCHEMA_VERSION + 1, MANIFEST.created))
    with pytest.raises(UnknownVersionError, match="axon analyze --full"):
        home.current()


def test_the_kuzu_file_follows_the_columns(home: IndexHome) -> None:
    """Columns are in force before the Kuzu file is, and `current_kuzu` names the newest that has one."""
    published(home, "one", kuzu="graph one")
    with home.writer_lock():
        draft = home.begin()
        build(draft, "two", kuzu="graph two")
        draft.publish(MANIFEST)
        assert text_in_force(home) == "two"
        with home.require_current() as columns, home.current_kuzu() as kuzu:
            assert (columns.database, kuzu.number) == (None, 1)
        path = draft.publish_kuzu(KuzuLayer({"Symbol": 7}, rejected_rows=1))
    with home.current_kuzu() as kuzu:
        assert kuzu.number == 2
        assert kuzu.database == path
        assert kuzu.kuzu_layer().rows == {"Symbol": 7}
        assert path.read_text() == "graph two"


def test_a_real_kuzu_file_is_published_and_asked(home: IndexHome) -> None:
    """A database that was built in the draft answers from the folder into which publishing moved it."""
    node = GraphNode(NodeId("a.py::f"), NodeKind.FUNCTION, "f", "f", "a.py")
    with home.writer_lock():
        draft = home.begin()
        draft.publish(MANIFEST)
        with STORE(draft.database) as backend:
            backend.initialize()
            backend.bulk_load(CodeGraph.from_rows([node], []))
        draft.publish_kuzu(KuzuLayer({"Symbol": 1}))
    with home.current_kuzu() as generation:
        assert run_read_only(generation.database, "MATCH (n:Symbol) RETURN n.id", engine=ENGINE).rows == [("a.py::f",)]


@pytest.mark.parametrize("suffix", [".wal", ".shadow"])
def test_an_open_kuzu_file_is_not_published(home: IndexHome, suffix: str) -> None:
    """A write-ahead log or shadow beside the Kuzu file is refused, because it would be replayed or lost."""
    with home.writer_lock():
        draft = home.begin()
        build(draft, kuzu="graph")
        draft.publish(MANIFEST)
        draft.database.with_name(f"graph.kuzu{suffix}").write_text("")
        with pytest.raises(StorageError, match="was not closed"):
            draft.publish_kuzu(KuzuLayer({}))
    assert home.current_kuzu() is None


def test_a_truncated_kuzu_file_gives_way_to_the_one_before(home: IndexHome) -> None:
    """Kuzu opens a 0-byte file as an empty database: the size check notices first."""
    published(home, "one", kuzu="graph one")
    newest = published(home, "two", kuzu="graph two")
    (home.folder / f"generations/{newest:06}/kuzu/graph.kuzu").write_text("")
    with home.current_kuzu() as kuzu:
        assert kuzu.number == newest - 1
        assert "0 bytes instead of 9" in kuzu.warnings[0]


def test_columns_are_published_before_kuzu(home: IndexHome) -> None:
    """The other order is a bad call."""
    with home.writer_lock(), pytest.raises(ValueError, match="comes before"):
        home.begin().publish_kuzu(KuzuLayer({}))


def test_old_generations_are_collected(home: IndexHome) -> None:
    """What is in force stays, a generation that `current.kuzu` names whatever its age; then the newest."""
    published(home, "one", kuzu="graph")
    for text in ("two", "three", "four"):
        published(home, text)
    with home.writer_lock():
        assert home.collect(keep=3).removed == (2,)
        assert home.collect(keep=2).removed == (3,)
    with home.current_kuzu() as kuzu:
        assert kuzu.number == 1
    assert text_in_force(home) == "four"


def test_the_databases_before_the_one_in_force_are_collected(home: IndexHome) -> None:
    """The generation before stays with its columns, and loses the Kuzu file that can be made again from them."""
    published(home, "one", kuzu="graph one")
    with home.current_kuzu() as held:
        published(home, "two", kuzu="graph two")
        with home.writer_lock():
            assert home.collect().removed == ()
        assert held.database.read_text() == "graph one"
    with home.writer_lock():
        home.collect()
    assert not (home.folder / "generations/000001/kuzu").exists()
    assert (home.folder / "generations/000001/columns/graph.columns").read_text() == "one"


@pytest.mark.skipif(not SHARED_LOCKS, reason="open files hold a folder there")
def test_a_pinned_generation_is_kept_until_its_reader_is_gone(home: IndexHome) -> None:
    """A reader in another process keeps its generation, alive or not collected before it died."""
    for text in ("one", "two", "three"):
        published(home, text)
    with home.writer_lock():
        assert home.collect(keep=3).removed == ()
    (home.folder / "current").write_text("000001\n")
    reader = process_at(READER, home, "pinned")
    (home.folder / "current").write_text("000003\n")
    with home.writer_lock():
        collected = home.collect(keep=1)
        assert (collected.removed, collected.held) == ((2,), (1,))
        assert reader.communicate("")[0] == "one\n"
        assert home.collect(keep=1).removed == (1,)


@pytest.mark.skipif(not SHARED_LOCKS, reason="POSIX branch")
def test_readers_share_a_lock_and_writers_do_not(tmp_path: Path) -> None:
    """Two shared holders, no exclusive one beside them."""
    path = tmp_path / "lock"
    path.touch()
    with path.open("rb+") as first, path.open("rb+") as second, path.open("rb+") as third:
        assert try_lock(first.fileno(), shared=True)
        assert try_lock(second.fileno(), shared=True)
        assert not try_lock(third.fileno())


@pytest.mark.parametrize("code", [errno.EACCES, errno.EDEADLK])
def test_the_windows_branch_reads_contention_as_not_locked(tmp_path: Path, code: int) -> None:
    """`msvcrt.locking` says by errno that another holds the byte; anything else is an error."""

    def refuse(descriptor: int, mode: int, size: int) -> None:
        raise OSError(code, "held")

    def fail(descriptor: int, mode: int, size: int) -> None:
        raise OSError(errno.EBADF, "bad")

    with (tmp_path / "lock").open("wb") as file:
        assert not lock_byte(refuse, file.fileno(), wait=False)
        with pytest.raises(OSError, match="bad"):
            lock_byte(fail, file.fileno(), wait=False)


def test_the_windows_branch_locks_one_byte_behind_the_content(tmp_path: Path) -> None:
    """One byte far behind the content is locked, and the file's position stays."""
    seen = []
    with (tmp_path / "lock").open("wb") as file:
        file.write(b"pid")
        file.flush()
        assert lock_byte(lambda fd, mode, size: seen.append((mode, size)), file.fileno(), wait=True)
        assert file.tell() == 3
    assert seen == [(1, 1)]
