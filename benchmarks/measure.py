"""All figures of one tree, in one run.

What flows in: a corpus. What flows out: a `Measurement`. Axon runs as its users run it, as a command in a fresh process
over a copy of the tree, with empty caches where the figure is said to be cold.
"""

import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpora import Corpus
from benchmarks.processes import Outcome, run
from benchmarks.units import Units

_AXON = [sys.executable, "-c", "import sys; from axon.cli.main import main; sys.exit(main())"]
_EDIT = "\n\ndef added_by_the_benchmark(value):\n    return value\n"


@dataclass(frozen=True, slots=True)
class Measurement:
    """Figures of one corpus: `metrics` by name (the suffix is the unit), `phases` in wall seconds of the cold run that
    is the median, `rows` of its index."""

    corpus: str
    files: int
    bytes: int
    metrics: Mapping[str, float]
    phases: Mapping[str, float]
    rows: Mapping[str, int]


def measure(corpus: Corpus, *, rounds: int = 3) -> Measurement:
    """Measure a corpus; cold runs with and without embeddings alternate, `rounds` of each."""
    with tempfile.TemporaryDirectory(prefix="axon-benchmark-") as folder:
        tree = Path(folder, "tree")
        shutil.copytree(corpus.root, tree, symlinks=True, ignore=shutil.ignore_patterns(".axon", ".git"))
        units = _units(tree)
        ready, cold = [], []
        for _ in range(rounds):
            ready.append(analyze_cold(tree, embeddings=True).ready)
            cold.append(analyze_cold(tree))
        size = _sizes(tree / ".axon")
        unchanged = _analyze(tree, "--no-embeddings")
        _edit(tree)
        edited = _analyze(tree, "--no-embeddings")
    result = json.loads(sorted(cold, key=lambda outcome: outcome.wall)[len(cold) // 2].first_line)
    return Measurement(
        corpus.name,
        units.files,
        units.bytes,
        _metrics(units, cold, ready) | size | {"unchanged_seconds": unchanged.wall, "edited_seconds": edited.wall},
        {phase: float(seconds) for phase, seconds in result["phase_timings"].items()},
        {name: int(result[name]) for name in ("files", "nodes", "edges", "unresolved", "rejected")},
    )


def analyze_cold(tree: Path, *, embeddings: bool = False) -> Outcome:
    """Index a tree with empty caches; with embeddings, only until the result is printed."""
    for folder in (tree / ".axon", _home_of(tree)):
        shutil.rmtree(folder, ignore_errors=True)
    return _analyze(tree, until_ready=True) if embeddings else _analyze(tree, "--no-embeddings")


def _metrics(units: Units, cold: list[Outcome], ready: list[float]) -> dict[str, float]:
    wall, cpu = (statistics.median(getattr(outcome, name) for outcome in cold) for name in ("wall", "cpu"))
    return {
        "raw_parse_seconds": units.raw_parse,
        "extraction_seconds": units.extraction,
        "extraction_ratio": units.extraction / units.raw_parse,
        "wall_seconds": wall,
        "cpu_seconds": cpu,
        "cpu_ratio": cpu / units.raw_parse,
        "peak_megabytes": max(outcome.peak for outcome in cold) / 1e6,
        "ready_seconds": statistics.median(ready),
        "ready_ratio": statistics.median(ready) / statistics.median(outcome.ready for outcome in cold),
    }


def _units(tree: Path) -> Units:
    outcome = run([sys.executable, "-m", "benchmarks.units", str(tree)], environment={})
    return Units(**json.loads(outcome.first_line))


def _analyze(tree: Path, *flags: str, until_ready: bool = False) -> Outcome:
    environment: dict[str, Any] = {"AXON_HOME": str(_home_of(tree))}
    return run([*_AXON, "analyze", str(tree), "--json", *flags], environment=environment, until_ready=until_ready)


def _home_of(tree: Path) -> Path:
    return tree.parent / "home"


def _sizes(folder: Path) -> dict[str, float]:
    """Of all files in the folder: bytes as `ls` says them, and bytes on disk as `du` does."""
    statuses = [path.stat() for path in folder.rglob("*") if path.is_file()]
    apparent = sum(status.st_size for status in statuses)
    allocated = sum(getattr(status, "st_blocks", (status.st_size + 511) // 512) * 512 for status in statuses)
    return {"index_megabytes": allocated / 1e6, "index_apparent_megabytes": apparent / 1e6}


def _edit(tree: Path) -> None:
    """A new function at the end of the file of median size."""
    files = sorted((path for path in tree.rglob("*.py") if path.is_file()), key=lambda p: (p.stat().st_size, str(p)))
    with files[len(files) // 2].open("a", encoding="utf-8") as file:
        file.write(_EDIT)
