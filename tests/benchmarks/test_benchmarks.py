"""The benchmarks run, on a tree so small that they take seconds, and judge by their table of ceilings."""

import base64
import hashlib
import json
import shutil
import sys
import tarfile
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.archives import Archive, Client, ClientMissingError, archive_of
from benchmarks.budgets import load_budgets, verdicts
from benchmarks.corpora import PINNED, Corpus, Distribution, corpus_at, pinned_corpus
from benchmarks.measure import Measurement, edit
from benchmarks.phases import PhaseCost
from benchmarks.processes import CommandFailedError, run
from benchmarks.report import Report
from benchmarks.units import measure_units

METRICS = {
    "extraction_ratio": 1.5,
    "ready_ratio": 1.0,
    "wall_seconds": 9.5,
    "cpu_seconds": 12.0,
    "peak_megabytes": 500.0,
    "index_megabytes": 80.0,
}
ALL = METRICS | dict.fromkeys(
    (
        "raw_parse_seconds",
        "extraction_seconds",
        "cpu_ratio",
        "ready_seconds",
        "index_apparent_megabytes",
        "unchanged_seconds",
        "edited_seconds",
    ),
    1.0,
)
ROWS = {"nodes": 10, "edges": 9, "unresolved": 0, "rejected": 0}


def measured(corpus: str) -> Measurement:
    """Figures that nobody measured."""
    costs = {"storage_load": PhaseCost(1.5, 1.2, 300_000_000)}
    return Measurement(corpus, 3, 1_000_000, ALL, {"walk": 0.1, "storage_load": 1.4}, ROWS, costs, {"walk": 3})


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Three small files."""
    folder = tmp_path / "Tiny"
    folder.mkdir()
    for i in range(3):
        (folder / f"m{i}.py").write_text(f"import os\n\n\ndef f{i}(x):\n    return os.getcwd() or f{i}(x)\n" * (i + 1))
    return folder


def test_a_run_measures_everything(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One round over a folder prints the page, writes all figures, and leaves the folder alone."""
    assert main(["--corpus", str(tree), "--rounds", "1", "--json", str(tmp_path / "figures.json")]) == 0
    assert sorted(path.name for path in tree.iterdir()) == ["m0.py", "m1.py", "m2.py"]
    page = capsys.readouterr().out
    assert "## tiny" in page
    assert "| storage_load |" in page
    said = json.loads((tmp_path / "figures.json").read_text())
    (result,) = said["results"]
    assert (result["files"], result["rows"]["files"], result["rows"]["rejected"]) == (3, 3, 0)
    assert result["rows"]["nodes"] > result["rows"]["files"]
    assert result["metrics"].keys() == ALL.keys()
    assert all(value > 0 for name, value in result["metrics"].items() if name != "cpu_seconds")
    assert {"commit", "processor", "python", "kuzu"} <= said["machine"].keys()
    assert result["phase_rows"].keys() == result["phases"].keys()
    assert sum(cost["cpu"] for cost in result["costs"].values()) <= 2 * sum(
        cost["wall"] for cost in result["costs"].values()
    )


def test_units_are_those_of_what_would_be_indexed(tree: Path) -> None:
    """Files that are left out count neither as files nor as bytes."""
    (tree / "notes.txt").write_text("no language")
    (tree / "image.py").write_bytes(b"\0")
    units = measure_units(tree, rounds=1)
    assert (units.files, units.bytes) == (3, sum((tree / f"m{i}.py").stat().st_size for i in range(3)))


def test_a_process_is_measured_with_its_children() -> None:
    """CPU and memory of a child's child count."""
    inner = "x = bytearray(60_000_000)\nfor i in range(0, len(x), 999): x[i] = 1\nprint(sum(x[::9]))"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}], check=True)"
    outcome = run([sys.executable, "-c", outer], environment={})
    assert outcome.first_line.strip().isdigit()
    assert outcome.peak > 60_000_000
    assert 0 < outcome.ready <= outcome.wall


def test_a_process_can_be_ended_when_it_is_ready() -> None:
    """What happens after the first line is not waited for; a failure is an error with its last words."""
    endless = "print('ready', flush=True)\nimport threading; threading.Event().wait()"
    assert run([sys.executable, "-c", endless], environment={}, until_ready=True).first_line == "ready\n"
    with pytest.raises(RuntimeError, match="last words"):
        run([sys.executable, "-c", "raise SystemExit('last words')"], environment={})


def test_ceilings_are_judged() -> None:
    """A broken ceiling is one row of the page and of the figures; a tree without ceilings has none."""
    found = {verdict.name: verdict.kept for verdict in verdicts(measured("django-5.2"), load_budgets())}
    assert found == {
        "extraction_ratio": True,
        "ready_ratio": True,
        "wall_seconds": False,
        "cpu_seconds": True,
        "peak_megabytes": True,
        "index_megabytes": True,
        "storage_load_seconds": True,
    }
    report = Report({"python": "3"}, [(measured("django-5.2"), verdicts(measured("django-5.2"), load_budgets()))])
    assert not report.kept
    assert report.as_markdown().count("**broken**") == 1
    assert "| storage_load |  | 1.400 s | 1.40 × | 1.200 s | 300 MB | 1.5 s | kept |" in report.as_markdown()
    assert "| walk | 3 | 0.100 s | 0.10 × |  |  | |  |" in report.as_markdown()
    assert verdicts(measured("tiny"), load_budgets()) == []


def test_every_ceiling_names_a_figure_of_a_pinned_tree() -> None:
    """The table of ceilings has no tree and no figure that is not measured; one tree is a checkout, not a package."""
    budgets = load_budgets()
    assert budgets.keys() - {"every"} <= {d.corpus for d in PINNED} | {"prisma"}
    for corpus in budgets.keys() - {"every"}:
        assert verdicts(measured(corpus), budgets)


@pytest.mark.parametrize(("client", "prefix"), [(Client.PIP, "sha256:"), (Client.NPM, "sha512-")])
def test_an_archive_is_checked_and_unpacked(tree: Path, tmp_path: Path, client: Client, prefix: str) -> None:
    """The archive in the cache is used if its digest is the pinned one, and refused otherwise."""
    cache = tmp_path / "cache"
    cache.mkdir()
    with tarfile.open(cache / "tiny-1.tar.gz", "w:gz") as archive:
        archive.add(tree, "tiny-1")
    content = (cache / "tiny-1.tar.gz").read_bytes()
    said = {
        Client.PIP: hashlib.sha256(content).hexdigest(),
        Client.NPM: base64.b64encode(hashlib.sha512(content).digest()).decode(),
    }[client]
    corpus = pinned_corpus(Distribution(Archive(client, "tiny", "1", "tiny-1.tar.gz", prefix + said), "tiny-1"), cache)
    assert corpus.name == "tiny-1"
    assert (corpus.root / "m2.py").read_bytes() == (tree / "m2.py").read_bytes()
    with pytest.raises(RuntimeError, match="pinned"):
        archive_of(Archive(client, "tiny", "2", "tiny-1.tar.gz", prefix + "0" * 64), cache)
    with pytest.raises(RuntimeError, match="No folder"):
        corpus_at(tmp_path / "nothing")


def test_a_tree_whose_client_is_missing_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without npm one line says which tree is left out, and the run goes on; what is in the cache needs no client."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClientMissingError, match="npm is not installed"):
        archive_of(Archive(Client.NPM, "tiny", "1", "tiny-1.tgz", "sha512-x"), tmp_path)
    assert main(["--only", "viem", "--cache", str(tmp_path / "cache"), "--previous", str(_no_results(tmp_path))]) == 0
    said = capsys.readouterr()
    assert "skipped viem-2.23.2: npm is not installed" in said.err
    assert "## viem" not in said.out


def test_a_tree_whose_run_fails_is_named(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A crash on one tree costs its own figures only; the page and the exit code say so."""

    def figures(corpus: Corpus, *, rounds: int) -> Measurement:
        if corpus.name == "tiny":
            raise CommandFailedError(f"the command failed in round {rounds}")
        return measured(corpus.name)

    monkeypatch.setattr("benchmarks.__main__.measure", figures)
    (tmp_path / "other").mkdir()
    assert main(["--corpus", str(tree), "--corpus", str(tmp_path / "other"), "--rounds", "1"]) == 1
    said = capsys.readouterr()
    assert "## other" in said.out
    assert "Not measured, for the run failed: tiny." in said.out
    assert "failed in round 1" in said.err


def _no_results(folder: Path) -> Path:
    path = folder / "earlier.json"
    path.write_text(json.dumps({"machine": {"commit": "0", "date": "then"}, "results": []}))
    return path


@pytest.mark.parametrize("suffix", [".py", ".js", ".ts", ".tsx"])
def test_an_edit_is_in_the_language_of_most_files(tmp_path: Path, suffix: str) -> None:
    """Of three files the middle one gets a function, in its own language; other languages and declarations do not."""
    for i in range(3):
        (tmp_path / f"m{i}{suffix}").write_text("x = 1\n" * (i + 1))
    for name in ("a.d.ts", "b.d.ts", "c.d.ts", "d.d.ts"):
        (tmp_path / name).write_text("declare const x: number\n")
    (tmp_path / ("z.js" if suffix == ".py" else "z.py")).write_text("x = 1\n" * 9)
    edited = edit(tmp_path)
    assert edited.name == f"m1{suffix}"
    before = measure_units(tmp_path, rounds=1).files
    assert ("def " if suffix == ".py" else "function ") in edited.read_text()
    assert before == 8
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    with pytest.raises(RuntimeError, match="No file"):
        edit(tmp_path)
