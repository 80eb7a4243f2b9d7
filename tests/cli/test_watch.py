"""`axon watch`, a real process on a real tree: what it says, how it ends, what others learn of it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from axon.storage.generations import IndexHome
from tests.cli.conftest import started
from tests.cli.shop import write_shop
from tests.cli.watched import LIMIT, watching


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small repository that nobody has indexed."""
    return write_shop(tmp_path / "tree")


def status(root: Path) -> dict[str, object]:
    """What `axon status` says of the index in force."""
    said = started("status", "--repo", str(root), "--json")
    assert said.code == 0, said.err
    state: dict[str, object] = json.loads(said.out)["index"]
    return state


def test_events_are_lines_of_json(tree: Path) -> None:
    """From the start to the end: what changed, what came of it, that all is done."""
    with watching("watch", tree, "--json", "--no-embeddings") as running:
        assert running.event("started") | {"pid": 0} == {
            "event": "started",
            "root": str(tree),
            "pid": 0,
            "sight": "notified",
            "why": "",
        }
        first = running.idle()
        assert (first["mode"], first["published"], first["generation"]) == ("full", True, 1)
        (tree / "src/shop/late.py").write_text("def late():\n    pass\n")
        assert running.event("changed") == {"event": "changed", "n_paths": 1, "paths": ["src/shop/late.py"]}
        second = running.idle()
        assert second["nodes"] > first["nodes"]
        assert set(second["ms"]) >= {"wait", "walk", "parsing", "publish", "total"}
        code, err = running.end(signal.SIGTERM)
        assert running.event("stopped")["message"].startswith("Interrupted")
    assert (code, err) == (130, "")
    assert started("search", "late", "--repo", str(tree)).code == 0


def test_an_interrupt_ends_it_cleanly(tree: Path) -> None:
    """Ctrl-C: exit code 130, one line, and nothing of a draft."""
    with watching("watch", tree, "--no-embeddings") as running:
        assert running.line().startswith("Watching ")
        while "generation 1" not in running.line():
            pass
        code, err = running.end(signal.SIGINT)
    assert code == 130
    assert err == "Interrupted. The index is as the last update left it.\n"
    assert not list(tree.glob(".axon/generations/.draft*"))


KILLED_AFTER_TWO = """
import os, signal, sys
from pathlib import Path
from axon.pipeline.events import Updated
from axon.pipeline.watch import TreeWatcher, WatchOptions

root, seen = Path(sys.argv[1]), []

def tell(event):
    if isinstance(event, Updated):
        seen.append(event)
        (root / "src/shop/late.py").write_text("def late():\\n    return 1\\n")
    if len(seen) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

TreeWatcher(root, tell, WatchOptions(embeddings=False)).run()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL here")
def test_a_watcher_that_is_killed_before_it_has_written_what_linking_left(tree: Path) -> None:
    """It does that in an idle second: without it the next process links everything, says so, and loses nothing."""
    died = subprocess.run([sys.executable, "-c", KILLED_AFTER_TWO, str(tree)], timeout=LIMIT, check=False)
    assert died.returncode == -signal.SIGKILL
    assert not (tree / ".axon/generations/000002/linkage.zst").exists()
    late = tree / "src/shop/late.py"
    late.write_text("def late():\n    return len('')\n")
    said = started("analyze", str(tree), "--no-embeddings")
    assert (said.code, "linkage.zst cannot be read" in said.err, "linked anew" in said.err) == (0, True, True), said.err
    assert started("verify", str(tree)).code == 0
    late.write_text("def late():\n    return str('')\n")
    said = started("analyze", str(tree), "--no-embeddings")
    assert (said.code, "linked anew" in said.err) == (0, False)


def test_others_learn_who_watches_while_it_lives(tree: Path) -> None:
    """Status names the process; a second watcher is refused with the exit code for busy; a killed one is forgotten."""
    with watching("watch", tree, "--json", "--no-embeddings") as running:
        running.idle()
        assert status(tree)["watcher"] == running.process.pid
        text = started("status", "--repo", str(tree)).out
        assert f"by process {running.process.pid}" in text
        said = started("watch", str(tree))
        assert (said.code, said.out) == (5, "")
        assert said.err == f"axon: Process {running.process.pid} watches {tree} already.\n"
        running.process.kill()
        running.process.wait()
        assert status(tree)["watcher"] is None
    assert "  watched        no\n" in started("status", "--repo", str(tree)).out


def test_a_command_runs_after_each_update_and_not_without_one(tree: Path) -> None:
    """It reads the event, its output and exit code are told, and one that takes too long is ended with its children."""
    script = tree / "hook.sh"
    script.write_text("cat >> seen.jsonl; echo heard; exit 3\n")
    with watching(
        "watch", tree, "--json", "--no-embeddings", "--exec", "sh hook.sh", "--exec-timeout", "0.5"
    ) as running:
        hooked = running.event("hook")
        assert (hooked["exit_code"], hooked["output"], hooked["error"]) == (3, "heard\n", "")
        script.write_text("sleep 600 & wait\n")
        (tree / "src/shop/late.py").write_text("def late():\n    pass\n")
        hooked = running.event("hook")
        assert hooked["exit_code"] is None
        assert hooked["error"] == "it took longer than 0.5 seconds and was ended"
        assert running.end()[0] == 130
    seen = [json.loads(line) for line in (tree / "seen.jsonl").read_text().splitlines()]
    assert [(event["event"], event["generation"]) for event in seen] == [("updated", 1)]


def test_a_command_under_way_ends_with_the_watcher(tree: Path) -> None:
    """Nobody waits for it."""
    with watching("watch", tree, "--json", "--no-embeddings", "--exec", "touch begun; sleep 600") as running:
        running.idle()
        while not (tree / "begun").exists():
            assert running.process.poll() is None
        assert running.end()[0] == 130


def test_a_failed_update_is_said_and_watching_goes_on(tree: Path) -> None:
    """A wrong setting that comes and goes."""
    with watching("watch", tree, "--json", "--no-embeddings") as running:
        running.idle()
        (tree / "axon.toml").write_text("jobs = -1\n")
        failed = running.event("failed")
        assert "jobs" in failed["message"]
        assert failed["retry_seconds"] > 0
        (tree / "axon.toml").unlink()
        running.idle()
        assert running.end()[0] == 130


def test_a_root_that_is_gone_ends_it_in_words(tree: Path) -> None:
    """Exit code 1, one line."""
    with watching("watch", tree, "--json", "--no-embeddings") as running:
        running.idle()
        tree.rename(tree.with_name("moved"))
        code, err = running.end(0)
    assert code == 1
    assert err == f"axon: {tree} was removed or moved. There is nothing left to watch.\n"


def test_a_writer_at_work_is_waited_for_and_named(tree: Path) -> None:
    """Not in silence: the note says whom it waits for."""
    with IndexHome(tree).writer_lock(), watching("watch", tree, "--json", "--no-embeddings") as running:
        assert "Waiting for it" in running.event("note")["message"]
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(LIMIT) == 130


def test_analyze_goes_on_to_watch(tree: Path) -> None:
    """Its result first, then the events; flags that wait for an end are refused."""
    with watching("analyze", tree, "--watch", "--json") as running:
        running.event("started")
        running.event("changed")
        result = json.loads(running.line())
        assert (result["generation"], result["mode"]) == (1, "full")
        running.event("idle")
        (tree / "src/shop/late.py").write_text("def late():\n    pass\n")
        assert running.idle()["generation"] == 2
        assert running.event("embeddings")["embedded"] > 0
        assert running.end()[0] == 130
    assert started("analyze", str(tree), "--watch", "--no-wait").code == 2
    assert str(tree) in started("list").out


def test_polling_says_why(tree: Path) -> None:
    """It is asked for, or the file system is another machine's; either way changes come."""
    with watching("watch", tree, "--json", "--no-embeddings", "--poll") as running:
        event = running.event("started")
        assert (event["sight"], event["why"]) == ("polled", "It was asked for.")
        running.idle()
        (tree / "src/shop/late.py").write_text("def late():\n    pass\n")
        assert running.idle()["published"]
        assert running.end()[0] == 130
