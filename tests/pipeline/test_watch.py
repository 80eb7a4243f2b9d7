"""An index that follows its tree: every change of a real tree comes into it, and nothing else wakes it."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from axon.config import Settings, load_settings
from axon.errors import WatchError
from axon.pipeline.events import Changed, Embeddings, Failed, Idle, Note, Sight, Started, Updated
from axon.pipeline.report import Mode
from axon.pipeline.watch import WatchOptions
from axon.storage.generations import IndexHome
from axon.storage.watcher import watcher_of
from tests.pipeline.trees import SHOP, contents, fresh_contents, index, write_tree
from tests.pipeline.watched import QUIET, Script, Scripted

MONEY = "def total(prices):\n    return 7\n"


def is_there(root: Path, name: str) -> bool:
    """Whether a symbol of that name is in the index in force."""
    return any(f"'{name}'" in row for row in contents(root).nodes)


def test_the_first_update_brings_the_index_up_to_date(root: Path) -> None:
    """Without an index everything is indexed; with one that is true, nothing; the watcher is known meanwhile."""

    def script(watched: Scripted) -> Script:
        yield Idle
        assert watcher_of(root / ".axon") is not None

    write_tree(root, SHOP)
    events = Scripted(root, script).run()
    assert [type(event) for event in events] == [Started, Changed, Updated, Idle]
    assert isinstance(events[0], Started)
    assert (events[0].sight, events[0].why) == (Sight.NOTIFIED, "")
    assert Scripted(root, script).run()[2].result.mode is Mode.UNCHANGED  # type: ignore[union-attr]
    assert watcher_of(root / ".axon") is None


@pytest.mark.parametrize("poll", [False, True])
def test_changes_of_all_kinds_come_into_the_index(root: Path, tmp_path: Path, poll: bool) -> None:
    """Edited, new, removed and renamed files and folders, told by the system or polled: the rows of a fresh index."""

    def script(watched: Scripted) -> Script:
        yield Idle
        write_tree(root, {"shop/money.py": MONEY})
        yield Idle
        assert (watched.last_change.n_paths, watched.last_change.paths) == (1, ("shop/money.py",))
        write_tree(root, {"fresh/deep/er/one.py": "def one(): pass\n"})
        yield Idle
        write_tree(root, {"fresh/deep/er/two.py": "def two(): pass\n"})
        yield Idle
        (root / "shop/till").rename(root / "shop/desk")
        yield Idle
        (root / "tests/test_cart.py").unlink()
        shutil.rmtree(root / "fresh/deep")
        yield Idle
        write_tree(root, {"fresh/deep/three.py": "def three(): pass\n"})
        yield Idle
        assert contents(root) == fresh_contents(root, tmp_path / "fresh")
        assert is_there(root, "three")

    write_tree(root, SHOP)
    watched = Scripted(root, script, replace(QUIET, poll=poll))
    watched.run()
    assert not watched.failures()


def test_what_is_not_indexed_wakes_nobody(root: Path) -> None:
    """The index itself, ignored files and folders, files without a language: no update begins for them."""

    def script(watched: Scripted) -> Script:
        yield Idle
        before = watched.n_updates()
        write_tree(
            root,
            {
                ".axon/x.py": "x = 1\n",
                "build/made.py": "def made(): pass\n",
                "made.py": "def made(): pass\n",
                "notes.txt": "notes\n",
                "node_modules/m/index.py": "def m(): pass\n",
            },
        )
        (root / "shop/money.py").chmod(0o600)
        write_tree(root, {"shop/last.py": "def last(): pass\n"})
        while not is_there(root, "last"):
            yield Idle
        write_tree(root, {"made.py": "def made_again(): pass\n", "shop/money.py": MONEY})
        yield Idle
        assert watched.last_change.paths == ("shop/money.py",)
        assert watched.n_updates() - before <= 3

    write_tree(root, SHOP | {".gitignore": "build/\nmade.py\n", "build/first.py": "x = 1\n"})
    Scripted(root, script).run()
    assert not is_there(root, "made")


def test_a_rule_that_changes_leads_to_another_choice(root: Path, tmp_path: Path) -> None:
    """Files that a rule leaves out go, and come again with the rule's end; a setting is heeded, and so is its end."""

    def script(watched: Scripted) -> Script:
        yield Idle
        for rules in (".gitignore", "shop/.axonignore"):
            write_tree(root, {rules: "money.py\n"})
            yield Idle
            assert not is_there(root, "RATE")
            (root / rules).unlink()
            yield Idle
            assert is_there(root, "RATE")
        write_tree(root, {"axon.toml": "max_file_bytes = 60\n"})
        yield Idle
        assert not is_there(root, "Cart")
        (root / "axon.toml").unlink()
        yield Idle
        assert contents(root) == fresh_contents(root, tmp_path / "fresh")

    Scripted(write_tree(root, SHOP), script).run()


def test_a_manifest_that_changes_changes_what_an_import_means(root: Path, tmp_path: Path) -> None:
    """The imports of a tree are as the manifest of now has them."""

    def script(watched: Scripted) -> Script:
        yield Idle
        write_tree(root, {"tsconfig.json": '{"compilerOptions": {"paths": {"@x/*": ["./src/*"]}}}'})
        yield Idle
        assert contents(root) == fresh_contents(root, tmp_path / "fresh")

    tree = {
        "src/a.ts": "export function a() { return 1 }\n",
        "b.ts": "import { a } from '@x/a'\nexport const b = () => a()\n",
        "tsconfig.json": '{"compilerOptions": {}}',
    }
    Scripted(write_tree(root, tree), script).run()


def test_a_burst_is_one_update(root: Path) -> None:
    """A hundred files that are written one after the other."""

    def script(watched: Scripted) -> Script:
        yield Idle
        write_tree(root, {f"shop/m{number}.py": f"def f{number}(): pass\n" for number in range(100)})
        yield Idle
        assert is_there(root, "f99")

    watched = Scripted(write_tree(root, SHOP), script)
    watched.run()
    assert watched.n_updates() == 2


def test_a_failed_update_is_told_and_watching_goes_on(root: Path) -> None:
    """A setting that is wrong fails every update, once in words; when it is mended all that came meanwhile is there."""

    def script(watched: Scripted) -> Script:
        yield Idle
        write_tree(root, {"axon.toml": "jobs = 'many'\n"})
        yield Failed
        assert "jobs" in watched.failures()[0].message
        write_tree(root, {"shop/late.py": "def late(): pass\n"})
        (root / "axon.toml").unlink()
        yield Idle
        assert is_there(root, "late")

    watched = Scripted(write_tree(root, SHOP), script)
    watched.run()
    assert len(watched.failures()) == 1


def test_a_tree_without_symbols_is_watched_until_it_has_some(root: Path) -> None:
    """The first update fails, in words, and the one after the first symbol does not."""

    def script(watched: Scripted) -> Script:
        yield Failed
        write_tree(root, {"a.py": "def first(): pass\n"})
        yield Idle
        assert is_there(root, "first")

    write_tree(root, {"a.py": "1\n"})
    assert Scripted(root, script).run()


@pytest.mark.parametrize("how", ["removed", "moved"])
def test_without_its_root_the_watcher_ends(root: Path, tmp_path: Path, how: str) -> None:
    """It says so, and makes no folder in its place."""

    def script(watched: Scripted) -> Script:
        yield Idle
        if how == "removed":
            shutil.rmtree(root)
        else:
            root.rename(tmp_path / "elsewhere")
        yield Stopping

    class Stopping(Idle):
        """An event that never comes."""

    write_tree(root, SHOP)
    with pytest.raises(WatchError, match="was removed or moved"):
        Scripted(root, script).run()
    assert not root.exists()


def test_a_writer_at_work_is_waited_for(root: Path) -> None:
    """The update says for whom it waits, and comes when that one has ended."""
    writing, free = threading.Event(), threading.Event()

    def write() -> None:
        with IndexHome(root).writer_lock():
            writing.set()
            free.wait(60)

    def script(watched: Scripted) -> Script:
        yield Idle
        thread = threading.Thread(target=write)
        thread.start()
        writing.wait(60)
        write_tree(root, {"shop/late.py": "def late(): pass\n"})
        yield Note
        assert not is_there(root, "late")
        free.set()
        yield Idle
        thread.join()
        assert is_there(root, "late")

    events = Scripted(write_tree(root, SHOP), script).run()
    assert any(isinstance(event, Note) and "Waiting for it" in event.message for event in events)


def test_embeddings_follow_when_nothing_changes(root: Path) -> None:
    """The symbols are embedded when the tree is quiet, and after an edit those that changed."""

    def script(watched: Scripted) -> Script:
        yield Embeddings
        write_tree(root, {"shop/money.py": MONEY.replace("total", "summed")})
        yield Embeddings

    events = Scripted(write_tree(root, SHOP), script, WatchOptions(settings=lexical)).run()
    first, second = [event for event in events if isinstance(event, Embeddings)]
    assert first.embedded > second.embedded > 0
    assert not first.error


def lexical(root: Path) -> Settings:
    """Settings that need no model."""
    return load_settings(root, flags={"embedder": "lexical"})


def edits(random: Random) -> Iterator[dict[str, str | None]]:
    """Random changes of a tree, one after the other: contents by path, None for a file or folder that goes."""
    places = ["a.py", "b.py", "p/c.py", "p/q/d.py", "p/q/e.py", "r/f.py"]
    for number in range(60):
        path = random.choice(places)
        kind = random.random()
        if kind < 0.7:
            yield {path: f"def f{number}():\n    return g{random.randrange(60)}()\n"}
        elif kind < 0.9:
            yield {path: None}
        else:
            yield {path.rpartition("/")[0] or path: None}


@pytest.mark.parametrize("seed", range(3))
def test_no_change_is_lost_while_updates_run(root: Path, tmp_path: Path, seed: int) -> None:
    """Another thread changes the tree all the time; in the end the index is that of the tree, row for row."""
    pause, random = threading.Event(), Random(seed)

    def change() -> None:
        for edit in edits(random):
            for path, text in edit.items():
                if text is not None:
                    write_tree(root, {path: text})
                elif (root / path).is_dir():
                    shutil.rmtree(root / path)
                else:
                    (root / path).unlink(missing_ok=True)
            pause.wait(random.choice((0, 0, 0.001, 0.02, 0.2)))
        write_tree(root, {"last.py": "def last(): pass\n"})

    def script(watched: Scripted) -> Script:
        yield Changed
        thread = threading.Thread(target=change)
        thread.start()
        yield Idle
        while thread.is_alive() or not is_there(root, "last"):
            yield Idle
        thread.join()

    write_tree(root, SHOP)
    index(root)
    watched = Scripted(root, script)
    watched.run()
    assert not watched.failures()
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")
