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
from typing import Any, Final

from axon.config import Settings
from axon.files.walk import list_files
from axon.languages import of
from axon.model.source import ListedFile
from benchmarks.corpora import Corpus
from benchmarks.phases import PhaseCost, phase_command, phase_costs
from benchmarks.processes import Outcome, run
from benchmarks.units import Units

_AXON = [sys.executable, "-c", "import sys; from axon.cli.main import main; sys.exit(main())"]
_EDITS: Final = {
    "python": "\n\ndef added_by_the_benchmark(value):\n    return value\n",
    **dict.fromkeys(
        ("javascript", "typescript", "tsx"), "\nfunction addedByTheBenchmark(value) {\n  return value;\n}\n"
    ),
}
_PHASE_EDGES: Final = {
    "imports": ("IMPORTS", "EXPORTS"),
    "heritage": ("EXTENDS", "IMPLEMENTS", "OVERRIDES"),
    "types": ("USES_TYPE", "DECORATED_BY"),
    "calls": ("CALLS",),
    "frameworks": ("TRIGGERED_BY", "HANDLED_BY", "INJECTED_WITH"),
}


@dataclass(frozen=True, slots=True)
class Measurement:
    """Figures of one corpus: `metrics` by name (the suffix is the unit), `phases` in wall seconds of the cold run that
    is the median, `rows` of its index; `costs` and `phase_rows`, by phase, are of one more cold run and of what each
    phase hands on."""

    corpus: str
    files: int
    bytes: int
    metrics: Mapping[str, float]
    phases: Mapping[str, float]
    rows: Mapping[str, int]
    costs: Mapping[str, PhaseCost]
    phase_rows: Mapping[str, int]


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
        _, costs = phases_cold(tree)
        size = _sizes(tree / ".axon")
        unchanged = _analyze_again(tree)
        edit(tree)
        edited = _analyze_again(tree)
    result = json.loads(sorted(cold, key=lambda outcome: outcome.wall)[len(cold) // 2].first_line)
    return Measurement(
        corpus.name,
        units.files,
        units.bytes,
        _metrics(units, cold, ready) | size | {"unchanged_seconds": unchanged.wall, "edited_seconds": edited.wall},
        {phase: float(seconds) for phase, seconds in result["phase_timings"].items()},
        {name: int(result[name]) for name in ("files", "nodes", "edges", "unresolved", "rejected")},
        costs,
        rows_of_phases(result),
    )


def analyze_cold(tree: Path, *, embeddings: bool = False) -> Outcome:
    """Index a tree with empty caches; with embeddings, only until the result is printed."""
    command = [*_AXON, "analyze", str(tree), "--json"]
    return _cold(tree, command, until_ready=True) if embeddings else _cold(tree, [*command, "--no-embeddings"])


def phases_cold(tree: Path) -> tuple[Outcome, dict[str, PhaseCost]]:
    """Index a tree with empty caches and no embeddings, and say what each phase cost all processes."""
    outcome = _cold(tree, phase_command(tree))
    return outcome, phase_costs(outcome)


def rows_of_phases(result: Mapping[str, Any]) -> dict[str, int]:
    """What each phase hands on, from the JSON of a run: files, nodes, edges of its kinds, or all that is stored."""
    files, nodes, edges = (int(result[name]) for name in ("files", "nodes", "edges"))
    linked = {name: sum(result["edge_counts"].get(kind, 0) for kind in kinds) for name, kinds in _PHASE_EDGES.items()}
    linked["calls"] += int(result["unresolved"])
    stored = nodes + edges + int(result["unresolved"])
    first = {"walk": files, "parsing": files, "structure": nodes}
    labels = dict.fromkeys(("communities", "processes", "dead_code", "coupling"), nodes)
    return first | linked | labels | dict.fromkeys(("freeze", "storage_load", "columns", "search", "publish"), stored)


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


def _cold(tree: Path, command: list[str], *, until_ready: bool = False) -> Outcome:
    for folder in (tree / ".axon", _home_of(tree)):
        shutil.rmtree(folder, ignore_errors=True)
    return run(command, environment=_environment(tree), until_ready=until_ready)


def _analyze_again(tree: Path) -> Outcome:
    command = [*_AXON, "analyze", str(tree), "--json", "--no-embeddings"]
    return run(command, environment=_environment(tree))


def _environment(tree: Path) -> dict[str, str]:
    """Caches of its own, and no spinning threads of numpy: what the command sets for itself."""
    return {"AXON_HOME": str(_home_of(tree)), "OPENBLAS_NUM_THREADS": "1"}


def _home_of(tree: Path) -> Path:
    return tree.parent / "home"


def _sizes(folder: Path) -> dict[str, float]:
    """Of all files in the folder: bytes as `ls` says them, and bytes on disk as `du` does."""
    statuses = [path.stat() for path in folder.rglob("*") if path.is_file()]
    apparent = sum(status.st_size for status in statuses)
    allocated = sum(getattr(status, "st_blocks", (status.st_size + 511) // 512) * 512 for status in statuses)
    return {"index_megabytes": allocated / 1e6, "index_apparent_megabytes": apparent / 1e6}


def edit(tree: Path) -> Path:
    """A new function at the end of the file of median size, among those in the language that most files are in.

    Raises:
        RuntimeError: there is no file to edit.
    """
    by_language: dict[str, list[ListedFile]] = {}
    for listed in list_files(tree, language_of=of, settings=Settings()).files:
        if listed.language in _EDITS and not listed.path.endswith(".d.ts"):  # a declaration has no body
            by_language.setdefault(listed.language, []).append(listed)
    if not by_language:
        raise RuntimeError(f"No file of {tree} is in a language that can be edited.")
    commonest = max(by_language, key=lambda language: len(by_language[language]))
    files = sorted(by_language[commonest], key=lambda listed: (listed.stamp.size, listed.path))
    chosen = files[len(files) // 2]
    path = tree / chosen.path
    with path.open("a", encoding="utf-8") as file:
        file.write(_EDITS[chosen.language])
    return path
