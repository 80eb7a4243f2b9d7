"""One run, from files to an index: counts, phases, modes, problems."""

import os
from pathlib import Path

import pytest

from axon.config import Settings
from axon.errors import ConfigError, NoSymbolsError, UsageError
from axon.pipeline import run_pipeline
from axon.pipeline.report import Mode, peak_memory_bytes, worker_memory_bytes
from axon.pipeline.run import Run
from axon.pipeline.scan import scan
from axon.progress import SilentProgress
from axon.storage.generations import IndexHome
from tests.pipeline.trees import SHOP, contents, index, of_code, write_tree

LINKED = ["walk", "parsing", "structure", "imports", "heritage", "types", "calls", "frameworks", "freeze"]
STORED = ["columns", "search", "publish", "communities", "processes", "dead_code", "coupling", "storage_load"]


def test_a_run_counts_what_the_index_holds(root: Path) -> None:
    """Counts of the result are those of the rows that can be read back."""
    result = index(write_tree(root, SHOP))
    held = contents(root)
    assert (result.mode, result.files, result.changed_files, result.rejected) == (Mode.FULL, 6, 6, 0)
    assert result.nodes == sum(result.node_counts.values()) == len(of_code(held.nodes))
    assert result.edges == sum(result.edge_counts.values()) == len(of_code(held.relationships))
    assert result.unresolved == len(held.unresolved) > 0
    assert {"File": 6, "Class": 2, "Method": 3, "Function": 4}.items() <= result.node_counts.items()
    assert {"EXTENDS": 1, "OVERRIDES": 1}.items() <= result.edge_counts.items()
    assert result.problems == result.notes == ()
    assert result.peak_memory_bytes == 0 or result.peak_memory_bytes > 10_000_000


def test_phases_are_timed_in_their_order(root: Path) -> None:
    """The keys of phase_timings are the phases, in the order in which they ran."""
    result = index(write_tree(root, SHOP))
    assert list(result.phase_timings) == LINKED + STORED
    assert all(seconds >= 0 for seconds in result.phase_timings.values())
    assert list(index(root).phase_timings) == ["walk", "parsing"]


def test_the_result_is_plain_data_as_json(root: Path) -> None:
    """as_json has every field but the future."""
    said = index(write_tree(root, SHOP)).as_json()
    assert said["mode"] == "full"
    assert said["embeddings_pending"] is False
    assert said["root"] == str(root)


def test_a_second_run_finds_nothing_changed(root: Path) -> None:
    """A run over the same tree keeps the generation, and says the same."""
    first = index(write_tree(root, SHOP))
    second = index(root)
    assert (second.mode, second.generation, second.changed_files) == (Mode.UNCHANGED, first.generation, 0)
    assert (second.nodes, second.edges, second.unresolved) == (first.nodes, first.edges, first.unresolved)
    assert second.node_counts == first.node_counts
    assert second.left_out == first.left_out


def test_an_edit_is_stored_incrementally(root: Path) -> None:
    """One changed file among few is an update of a copy of the last store; --full is not."""
    index(write_tree(root, SHOP))
    write_tree(root, {"shop/money.py": "def total(prices):\n    return 1\n\n\ndef tax():\n    return total([])\n"})
    result = index(root)
    assert (result.mode, result.generation, result.changed_files) == (Mode.INCREMENTAL, 2, 1)
    assert any("shop/money.py::tax" in row for row in contents(root).nodes)
    assert run_pipeline(root, embeddings=False, full=True).mode is Mode.FULL


def test_a_file_edited_within_the_same_tick_is_seen(root: Path) -> None:
    """A file as young as the index is read again, though its size and times are the old ones."""
    path = write_tree(root, SHOP) / "shop/money.py"
    index(root)
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"RATE = 2", b"RATF = 2"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert index(root).changed_files == 1


def test_files_that_were_read_again_and_are_the_same_are_not_read_a_third_time(root: Path) -> None:
    """Whatever their stamps: a file was touched, all are older than the run that found it so, and it says that."""
    write_tree(root, SHOP)
    index(root)
    path, before = root / "shop/money.py", (root / "shop/money.py").stat()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns - 10_000_000_000))
    for other in root.rglob("*.py"):
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns - 10_000_000_000))
    assert [len(files_to_read(root)), index(root).mode] == [len(list(root.rglob("*.py"))), Mode.UNCHANGED]
    assert files_to_read(root) == []
    path.write_bytes(path.read_bytes().replace(b"RATE = 2", b"RATF = 2"))
    assert files_to_read(root) == ["shop/money.py"]
    assert index(root).changed_files == 1
    (root / ".axon/checked").write_text('["1 x", "yesterday", {"a": [1]}]')
    assert index(root).mode is Mode.UNCHANGED


def files_to_read(root: Path) -> list[str]:
    """What the next run would read."""
    run = Run(root, Settings(), SilentProgress(), IndexHome(root))
    run.open_previous(ignore=False)
    assert run.previous is not None
    with run.previous:
        return [file.path for file in scan(run, None).to_read]


def test_an_index_is_as_old_as_the_first_look_at_the_tree(root: Path) -> None:
    """`created` is before the files were read: a file that changes during the run is not older than the index."""
    began: list[int] = []

    class Watch:
        """Notes when the parser begins."""

        def started(self, phase: str, total: int) -> None:
            probe = root.parent / "probe"
            probe.touch()
            began.append(probe.stat().st_mtime_ns)

        def advanced(self, phase: str, steps: int = 1) -> None: ...
        def finished(self, phase: str) -> None: ...
        def message(self, text: str) -> None: ...

    run_pipeline(write_tree(root, SHOP), embeddings=False, progress=Watch())
    with IndexHome(root).require_current() as generation:
        assert generation.manifest.created.timestamp() * 1e9 <= began[0] + 20_000_000  # a tick of the file system


def test_files_are_left_out_under_their_reasons(root: Path) -> None:
    """What is not indexed is counted by reason; what cannot be used is a problem; everything else is kept."""
    write_tree(root, SHOP)
    write_tree(
        root,
        {
            "README.md": "# Shop\n",
            ".gitignore": "/build/\n",
            "build/made.py": "x = 1\n",
            "shop/large.py": b"#" * 3_000_000,
            "shop/image.py": b"\x00\x01",
            "shop/wide.py": "x = 1\n".encode("utf-16"),
            "shop/min.py": f"x = [{'1,' * 20_000}]\n",
            "shop/broken.py": "def fine():\n    return 1\n\n\ndef (((\n",
        },
    )
    (root / "link.py").symlink_to("shop/cart.py")
    result = index(root)
    assert result.left_out == {
        "ignored": 1,
        "no language": 2,
        "symlink": 1,
        "binary": 1,
        "UTF-16 or UTF-32": 1,
    }
    assert [problem.path for problem in result.problems] == [
        "shop/image.py",
        "shop/large.py",
        "shop/min.py",
        "shop/wide.py",
        "shop/broken.py",
    ]
    assert result.problems[-1].line == 5
    assert result.files == 9
    assert any("shop/broken.py::fine" in row for row in contents(root).nodes)
    assert index(root).problems == result.problems


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions bind nobody here")
def test_an_unreadable_file_is_a_problem(root: Path) -> None:
    """A file that the system refuses is left out with a problem."""
    (write_tree(root, SHOP) / "shop/money.py").chmod(0)
    result = index(root)
    assert result.left_out["unreadable"] == 1
    assert [problem.path for problem in result.problems] == ["shop/money.py"]


def test_a_file_that_vanishes_during_the_run_is_a_problem(root: Path) -> None:
    """A file that was listed and is gone when it is read costs itself only."""
    write_tree(root, SHOP)

    class Remover:
        """Takes a file away between the walk and the parser."""

        def started(self, phase: str, total: int) -> None:
            if not total:  # the files are known when their number is
                return
            (root / "shop/money.py").unlink()
            (root / "shop/till/desk.py").unlink()
            (root / "shop/till/desk.py").mkdir()

        def advanced(self, phase: str, steps: int = 1) -> None: ...
        def finished(self, phase: str) -> None: ...
        def message(self, text: str) -> None: ...

    result = run_pipeline(root, embeddings=False, progress=Remover())
    assert result.left_out == {"missing": 1, "unreadable": 1}
    assert [problem.path for problem in result.problems] == ["shop/money.py", "shop/till/desk.py"]
    assert result.files == 4


def test_a_tree_without_symbols_is_a_failure(root: Path) -> None:
    """Source files that hold no symbol at all are an error; the last index stays in force."""
    index(write_tree(root, SHOP))
    for path in SHOP:
        (root / path).write_text("print(1)\n")
    with pytest.raises(NoSymbolsError, match="6 source files"):
        index(root)
    assert len(contents(root).nodes) > 20


def test_a_tree_without_source_files_has_an_empty_index(root: Path) -> None:
    """An empty repository is indexed, and a first file is found later."""
    assert (index(root).files, index(root).mode) == (0, Mode.UNCHANGED)
    write_tree(root, SHOP)
    assert index(root).files == 6
    for path in SHOP:
        (root / path).unlink()
    assert index(root).files == 0


def test_a_path_that_is_no_folder_is_a_usage_error(root: Path) -> None:
    """The message names the path."""
    with pytest.raises(UsageError, match="nothing-here"):
        index(root / "nothing-here")


def test_the_settings_file_of_the_tree_holds(root: Path) -> None:
    """axon.toml in the root is read; a wrong key is an error; explicit settings win."""
    write_tree(root, SHOP | {"axon.toml": "max_file_bytes = 100\n"})
    assert sum("max_file_bytes, which is 100" in problem.what for problem in index(root).problems) == 2
    assert run_pipeline(root, embeddings=False, settings=Settings()).problems == ()
    write_tree(root, {"axon.toml": "max_file_byte = 100\n"})
    with pytest.raises(ConfigError, match="max_file_bytes"):
        index(root)


def test_a_changed_limit_is_obeyed_by_the_next_run(root: Path) -> None:
    """Files that did not change are judged again when a setting that decides about them did."""
    write_tree(root, SHOP | {"shop/wide_lines.py": "def wide(): return '" + "x" * 5_000 + "'\n"})
    first = index(root)
    assert [p.path for p in first.problems] == ["shop/wide_lines.py"]
    generous = run_pipeline(root, embeddings=False, settings=Settings(max_mean_line_bytes=10_000))
    assert generous.problems == ()
    assert generous.nodes == first.nodes + 1
    assert index(root).nodes == first.nodes


def test_unknown_memory_is_zero() -> None:
    """Where the system does not say, the peak is 0."""
    assert peak_memory_bytes(2, platform="win32") == worker_memory_bytes(2, platform="win32") == 0
    assert peak_memory_bytes(5, platform="linux") == peak_memory_bytes(platform="linux") + 5 > 5


def test_what_is_left_out_of_an_index_that_holds_still_is_counted_anew(root: Path) -> None:
    """A new file that cannot be indexed changes no graph; the result has it with its Problem, and the old ones too."""
    write_tree(root, {**SHOP, "shop/torn.py": "def f(:\n    x = = 3\n\n\ndef g(): ...\n"})
    first = index(root)
    (root / "shop" / "data.py").write_bytes(b"a\0b")
    second = index(root)
    assert (second.mode, second.left_out.get("binary")) == (Mode.UNCHANGED, 1)
    assert [problem.path for problem in first.problems] == ["shop/torn.py"]
    assert [problem.path for problem in second.problems] == ["shop/data.py", "shop/torn.py"]
