"""The page docs/profiling-baseline.md: where the time goes on large trees, and what batches save.

What flows in: the pinned trees of more than 1,000 files. What flows out: Markdown with the three slowest, the phases of
each, their three bottlenecks, and the same rows stored one by one and by COPY.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.storage.columns import IndexColumns
from axon.storage.freeze import read_graph
from axon.storage.generations import IndexHome
from axon.storage.kuzu import KuzuBackend
from benchmarks.corpora import Corpus
from benchmarks.measure import analyze_cold

LARGE_FILES: Final = 1_000
_NO_SYMBOLS: Final = frozenset({"Folder", "File", "Module", "External"})
_SLOWEST, _BOTTLENECKS = 3, 3
_SAMPLED_ROWS: Final = 2_000  # one by one a row costs about a millisecond, so all would take minutes


@dataclass(frozen=True, slots=True)
class Profile:
    """One cold run: wall seconds in all and by phase, rows of its index."""

    corpus: str
    wall: float
    phases: Mapping[str, float]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Inserts:
    """Seconds to store the same nodes and edges: one by one, and by COPY."""

    nodes: int
    edges: int
    one_by_one: float
    copied: float


def profile(corpus: Corpus) -> tuple[Profile, Inserts]:
    """Index a corpus once with empty caches, then store a part of its graph in both ways."""
    with tempfile.TemporaryDirectory(prefix="axon-baseline-") as folder:
        tree = Path(folder, "tree")
        shutil.copytree(corpus.root, tree, symlinks=True, ignore=shutil.ignore_patterns(".axon", ".git"))
        outcome = analyze_cold(tree)
        inserts = _inserts(tree, Path(folder))
    result = json.loads(outcome.first_line)
    phases = {phase: float(seconds) for phase, seconds in result["phase_timings"].items()}
    rows = {name: int(result[name]) for name in ("files", "nodes", "edges", "unresolved")}
    rows["symbols"] = sum(n for kind, n in result["node_counts"].items() if kind not in _NO_SYMBOLS)
    return Profile(corpus.name, outcome.wall, phases, rows), inserts


def _inserts(tree: Path, folder: Path) -> Inserts:
    with IndexHome(tree).require_current() as generation, IndexColumns.open(generation.columns) as columns:
        graph = read_graph(columns)
    nodes = [graph.node(row) for row in range(min(_SAMPLED_ROWS, len(graph.nodes)))]
    ids = {node.id for node in nodes}
    edges = [edge for edge in graph.iter_relationships() if edge.source in ids and edge.target in ids][:_SAMPLED_ROWS]
    seconds = []
    for name, threshold in (("rows", len(nodes) + len(edges) + 1), ("batches", 2)):
        with KuzuBackend(folder / name, copy_threshold=threshold) as backend:
            backend.initialize()
            started = time.perf_counter()
            backend.add_nodes(nodes)
            backend.add_relationships(edges)
            seconds.append(time.perf_counter() - started)
    return Inserts(len(nodes), len(edges), *seconds)


def baseline_page(machine: Mapping[str, str], results: Sequence[tuple[Profile, Inserts]]) -> str:
    """The page, from the profiles of all large trees."""
    slowest = sorted(results, key=lambda result: -result[0].wall)[:_SLOWEST]
    parts = [
        "# Profiling baseline",
        "`make bench ARGS='--baseline --write'` writes this page: one cold `axon analyze --no-embeddings` of each "
        f"pinned tree of more than {LARGE_FILES:,} files, with empty caches.",
        f"Measured with: {'; '.join(f'{key} {value}' for key, value in machine.items())}.",
        _overview([profile for profile, _ in results]),
        *(_details(profile) for profile, _ in slowest),
        _insert_table(results),
    ]
    return "\n\n".join(parts) + "\n"


def _overview(profiles: Sequence[Profile]) -> str:
    lines = ["| tree | files | symbols | edges | unresolved calls | wall |", "|---|---:|---:|---:|---:|---:|"]
    for p in profiles:
        counts = " | ".join(f"{p.rows[name]:,}" for name in ("files", "symbols", "edges", "unresolved"))
        lines.append(f"| {p.corpus} | {counts} | {p.wall:.1f} s |")
    return "\n".join(lines)


def _details(profile: Profile) -> str:
    total = sum(profile.phases.values())
    worst = sorted(profile.phases, key=lambda phase: -profile.phases[phase])[:_BOTTLENECKS]
    lines = [
        f"## {profile.corpus}",
        "",
        f"Bottlenecks: {', '.join(worst)}.",
        "",
        "| phase | wall | share |",
        "|---|---:|---:|",
    ]
    lines += [
        f"| {name} | {seconds:.3f} s | {100 * seconds / total:.0f} % |" for name, seconds in profile.phases.items()
    ]
    return "\n".join(lines)


def _insert_table(results: Sequence[tuple[Profile, Inserts]]) -> str:
    lines = [
        "## One row at a time, and batches",
        "",
        "The first nodes of each graph and edges among them, stored by one CREATE a row in one transaction (before), "
        "and by COPY from CSV batches (after).",
        "",
        "| tree | nodes | edges | one by one | COPY | factor |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for profile, i in results:
        factor = i.one_by_one / i.copied
        lines.append(
            f"| {profile.corpus} | {i.nodes:,} | {i.edges:,} | {i.one_by_one:.2f} s | {i.copied:.2f} s | {factor:.1f} |"
        )
    return "\n".join(lines)
