"""The main job at the command line: what is printed, when, and how it ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from axon.errors import StorageError
from axon.pipeline import embed, run_pipeline
from axon.progress import SilentProgress
from axon.storage.generations import IndexHome
from tests.cli.conftest import Axon, started
from tests.cli.shop import write, write_shop


def test_the_result_is_printed_and_progress_goes_to_stderr(tmp_path: Path) -> None:
    """A table on stdout, a line for each phase on stderr, embeddings last."""
    root = write_shop(tmp_path)
    said = started("analyze", str(root), "--timings")
    assert said.code == 0
    assert said.out.startswith(f"Ready to query: {root}, generation 1, all files")
    assert "storage load" in said.out
    assert "parsing … " in said.err
    assert said.err.splitlines()[-1].startswith("embeddings finished: ")
    assert max(map(len, said.out.splitlines()[1:])) <= 80


def test_json_is_complete(axon: Axon, tmp_path: Path) -> None:
    """Counts, timings by phase and mode, on one line."""
    root = write_shop(tmp_path)
    said = axon("analyze", root, "--json", "--no-embeddings", "--quiet")
    result = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert (result["mode"], result["files"], result["embeddings"]) == ("full", 4, 0)
    assert result["phase_timings"]["parsing"] > 0
    assert json.loads(axon("analyze", root, "--json", "--no-embeddings").out)["mode"] == "unchanged"
    write(root, "src/shop/new.py", "def new(): ...\n")
    assert json.loads(axon("analyze", root, "--json", "--no-embeddings").out)["files"] == 5


def test_waiting_for_embeddings_counts_them(axon: Axon, tmp_path: Path) -> None:
    """With --wait-embeddings the result has them."""
    result = json.loads(axon("analyze", write_shop(tmp_path), "--json", "--wait-embeddings").out)
    assert result["embeddings"] > 0
    assert result["embeddings_pending"] is False


@pytest.mark.parametrize("flags", [[], ["--wait-embeddings"]])
def test_embeddings_that_fail_leave_the_result(axon: Axon, tmp_path: Path, flags: list[str]) -> None:
    """The graph is complete: the result is printed, the log says what failed, and the exit code is 4."""
    root = write_shop(tmp_path)
    (root / "axon.toml").write_text('embedder = "fastembed"\nembedding_model = "no/model"\n')
    said = axon("analyze", root, "--json", *flags)
    assert said.code == 4
    assert json.loads(said.out)["embeddings"] == 0
    assert "embeddings failed: " in said.err
    assert "no/model" in said.err or "fastembed is not installed" in said.err
    assert axon("search", "Cart", "--repo", root).code == 0


def test_an_interrupt_while_embeddings_are_awaited_ends_at_once(
    axon: Axon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --wait-embeddings as well: the pool's threads are not waited for."""
    root = write_shop(tmp_path)

    def interrupted(future: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(embed, "wait_for", interrupted)
    monkeypatch.setattr(os, "_exit", sys.exit)
    with pytest.raises(SystemExit) as ended:
        axon("analyze", root, "--wait-embeddings")
    assert ended.value.code == 130
    assert "The graph is complete" in capsys.readouterr().err


def test_a_tree_without_symbols_is_a_failure(axon: Axon, tmp_path: Path) -> None:
    """Source files and not one symbol: exit code 1, one line."""
    write(tmp_path, "empty.py", "# nothing\n")
    said = axon("analyze", tmp_path, "--quiet", "--no-embeddings")
    assert (said.code, said.out, len(said.err.splitlines())) == (1, "", 1)
    assert "No symbol in the 1 source file of " in said.err


@pytest.mark.parametrize(("n_long", "n_good", "code"), [(5, 14, 4), (5, 15, 0), (4, 1, 0)])
def test_many_files_without_symbols_are_an_index_in_part(
    axon: Axon, tmp_path: Path, n_long: int, n_good: int, code: int
) -> None:
    """More than a quarter of the files, five at least, gave nothing: exit code 4 and a line that says how many."""
    for number in range(n_long):
        write(tmp_path, f"long{number}.py", f"x = [{'1, ' * 2_000}]\n")
    for number in range(n_good):
        write(tmp_path, f"good{number}.py", "def good(): ...\n")
    line = f"The index is done in part: {n_long} source files gave no symbol"
    for how in ("all files", "nothing changed"):
        said = axon("analyze", tmp_path, "--no-embeddings")
        assert (said.code, line in said.err) == (code, code == 4)
        assert how in said.out
        assert axon("search", "good", "--repo", tmp_path).code == 0


def test_another_writer_is_busy(axon: Axon, tmp_path: Path) -> None:
    """With --no-wait a second writer fails at once, with exit code 5."""
    root = write_shop(tmp_path)
    with IndexHome(root).writer_lock():
        assert axon("analyze", root, "--no-wait", "--quiet").code == 5
        assert axon("clean", root, "--yes").code in (3, 5)


def test_bad_settings_are_usage_errors(axon: Axon, tmp_path: Path) -> None:
    """A wrong key in the file, and flags that contradict each other."""
    root = write_shop(tmp_path)
    assert axon("analyze", root, "--no-embeddings", "--wait-embeddings").code == 2
    (root / "axon.toml").write_text("job = 2\n")
    said = axon("analyze", root)
    assert said.code == 2
    assert "Did you mean jobs?" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently there")
def test_an_interrupt_while_embeddings_run_keeps_the_graph(tmp_path: Path) -> None:
    """The result is out, Ctrl-C ends the process with 130, and the index answers."""
    root = write_shop(tmp_path)
    for n in range(300):
        names = "\n".join(f"def function_{n}_{m}(one, two): return one + two" for m in range(30))
        write(root, f"src/shop/many_{n}.py", names)
    command = [sys.executable, "-m", "axon", "analyze", str(root), "--json", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        result = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()
        assert process.wait(timeout=60) == 130
    assert "The graph is complete" in said
    assert result["embeddings_pending"] is True
    assert started("search", "function_7_7", "--repo", str(root)).code == 0


def test_list_knows_what_was_analyzed_and_clean_forgets_it(axon: Axon, tmp_path: Path) -> None:
    """The index and the registry entry go together; nothing else goes."""
    root = write_shop(tmp_path)
    assert axon("analyze", root, "--no-embeddings", "--quiet").code == 0
    assert str(root) in {known["root"] for known in json.loads(axon("list", "--json").out)["repositories"]}
    assert axon("list").code == 0
    assert axon("clean", root).code == 2, "without a terminal nobody can say yes"
    assert axon("clean", root, "--yes").code == 0
    assert sorted(path.name for path in root.iterdir()) == ["src", "tests"]
    assert str(root) not in axon("list", "--json").out
    assert axon("clean", root, "--yes").code == 3


def test_a_repository_is_known_by_its_name(axon: Axon, tmp_path: Path) -> None:
    """--repo takes the name that list shows; several of one name are listed, and a folder comes before a name."""
    (tmp_path / "one/shop").mkdir(parents=True)
    (tmp_path / "two/shop").mkdir(parents=True)
    first = write_shop(tmp_path / "one/shop")
    assert axon("analyze", first, "--no-embeddings", "--quiet").code == 0
    assert json.loads(axon("status", "--repo", first.name, "--json").out)["index"]["root"] == str(first)
    second = write_shop(tmp_path / "two/shop")
    assert axon("analyze", second, "--no-embeddings", "--quiet").code == 0
    several = axon("status", "--repo", first.name)
    assert (several.code, str(first) in several.err, str(second) in several.err) == (2, True, True)
    unknown = axon("status", "--repo", "nobody")
    assert (unknown.code, "No folder at nobody" in unknown.err) == (2, True)
    assert axon("clean", first, "--yes").code == axon("clean", second, "--yes").code == 0


def test_clean_leaves_what_is_not_ours(axon: Axon, tmp_path: Path) -> None:
    """A folder .axon that somebody else made stays, and so does what a link points to."""
    other = tmp_path / "other" / ".axon"
    other.mkdir(parents=True)
    (other / "precious").touch()
    assert axon("clean", other.parent, "--yes").code == 2
    link = tmp_path / "link"
    link.mkdir()
    (link / ".axon").symlink_to(other)
    assert axon("clean", link, "--yes").code == 3
    assert (other / "precious").exists()


def test_doctor_looks_at_everything(axon: Axon, shop: Path) -> None:
    """Every check is fine on a good index; a damaged one is found."""
    said = axon("doctor", "--repo", shop, "--json")
    checks = {check["name"]: check for check in json.loads(said.out)["checks"]}
    assert (said.code, [name for name, check in checks.items() if not check["fine"]]) == (0, [])
    assert {"kuzu", "embedder", "caches", "index", "database"} <= set(checks)


def test_doctor_finds_damage(axon: Axon, tmp_path: Path) -> None:
    """One byte of a published file that is not as it was written is a failed check."""
    root = write_shop(tmp_path)
    assert axon("analyze", root, "--no-embeddings", "--quiet").code == 0
    columns = next((root / ".axon" / "generations").glob("*/columns/*"))
    content = bytearray(columns.read_bytes())
    content[-1] ^= 1
    columns.write_bytes(content)
    said = axon("doctor", "--repo", root)
    assert said.code == 1
    assert "has changed" in said.out


def test_doctor_finds_nothing_wrong_with_an_update(axon: Axon, tmp_path: Path) -> None:
    """The graph database follows an update when it is asked for; that is no damage."""
    root = write_shop(tmp_path)
    assert axon("analyze", root, "--no-embeddings", "--quiet").code == 0
    (root / "more.py").write_text("def more():\n    return 1\n")
    assert axon("analyze", root, "--no-embeddings", "--quiet").code == 0
    said = axon("doctor", "--repo", root)
    assert (said.code, "FAIL" in said.out) == (0, False)
    assert "axon cypher" in said.out


def test_clean_ends_embeddings_for_good(axon: Axon, tmp_path: Path) -> None:
    """A worker that outlives its index says so and puts nothing back."""
    root = write_shop(tmp_path)
    reached, release = Event(), Event()

    class Held(SilentProgress):
        def started(self, phase: str, total: int) -> None:
            if phase == "embeddings":
                reached.set()
                assert release.wait(60)

    future = run_pipeline(root, progress=Held()).embedding_future
    assert future is not None
    assert reached.wait(60)
    assert axon("clean", root, "--yes").code == 0
    release.set()
    with pytest.raises(StorageError, match="was removed"):
        future.result(timeout=60)
    assert not (root / ".axon").exists()
