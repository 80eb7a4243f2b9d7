"""Measurements as a page and as JSON.

What flows in: measurements, verdicts, the machine, an earlier result. What flows out: Markdown, or plain data. It
measures nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.budgets import Verdict
from benchmarks.comparison import Previous, changes, changes_table
from benchmarks.measure import Measurement

_UNITS = {"seconds": " s", "megabytes": " MB", "ratio": " ×"}
_MEANINGS = {
    "raw_parse_seconds": "raw tree-sitter parse of the same bytes, CPU",
    "extraction_seconds": "extraction of facts, CPU",
    "extraction_ratio": "extraction / raw parse",
    "wall_seconds": "cold `axon analyze --no-embeddings`, wall",
    "cpu_seconds": "the same, CPU of all processes",
    "cpu_ratio": "the same / raw parse",
    "peak_megabytes": "the same, peak memory of all processes",
    "ready_seconds": "cold `axon analyze`, ready to query, wall",
    "ready_ratio": "the same / without embeddings",
    "index_megabytes": "`.axon` on disk",
    "index_apparent_megabytes": "`.axon`, apparent size",
    "unchanged_seconds": "second run, nothing changed, wall",
    "edited_seconds": "run after one file was edited, wall",
}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run of the benchmarks found."""

    machine: Mapping[str, str]
    results: Sequence[tuple[Measurement, Sequence[Verdict]]]
    previous: Previous | None = None

    @property
    def kept(self) -> bool:
        return all(verdict.kept for _, verdicts in self.results for verdict in verdicts)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        results = [
            asdict(measurement) | {"budgets": [asdict(verdict) | {"kept": verdict.kept} for verdict in verdicts]}
            for measurement, verdicts in self.results
        ]
        return {"machine": dict(self.machine), "results": results}

    def as_markdown(self) -> str:
        """The page docs/benchmarks.md."""
        machine = "; ".join(f"{key} {value}" for key, value in self.machine.items())
        parts = ["# Benchmarks", _HEAD, f"Measured with: {machine}."]
        for measurement, verdicts in self.results:
            parts += [_title(measurement), _metrics_table(measurement, verdicts), _phases_table(measurement, verdicts)]
            if (found := changes(measurement, self.previous)) and self.previous is not None:
                parts.append(changes_table(found, self.previous.label))
        return "\n\n".join(parts) + "\n"


_HEAD = """\
`make bench ARGS=--write` writes this page. It measures each tree in one run, as a command in fresh processes with empty
caches, and compares with the ceilings in [budgets.toml](../benchmarks/budgets.toml). Wall, CPU and 'ready to query' are
medians of the cold runs; memory is their maximum, the sum of the resident sets of all processes, so that a page that
workers share counts in each. The wall of a phase is of the median run; its CPU and peak, of all processes, are of one
more cold run, and its rows are what it hands on. `make bench ARGS='--corpus PATH'` measures any other folder."""


def _title(m: Measurement) -> str:
    rows = f"{m.rows['nodes']:,} nodes, {m.rows['edges']:,} edges, {m.rows['unresolved']:,} unresolved calls"
    return (
        f"## {m.corpus}\n\n{m.files:,} files, {m.bytes / 1e6:.1f} MB of source; {rows}; {m.rows['rejected']} rejected."
    )


def _metrics_table(measurement: Measurement, verdicts: Sequence[Verdict]) -> str:
    by_name = {verdict.name: verdict for verdict in verdicts}
    lines = ["| figure | measured | ceiling | |", "|---|---:|---:|---|"]
    lines += [
        _row(_MEANINGS[name], name, value, by_name.get(name)) for name, value in sorted_by_meaning(measurement.metrics)
    ]
    return "\n".join(lines)


def sorted_by_meaning(metrics: Mapping[str, float]) -> list[tuple[str, float]]:
    """Metrics in the order of the page."""
    return [(name, metrics[name]) for name in _MEANINGS]


def _phases_table(measurement: Measurement, verdicts: Sequence[Verdict]) -> str:
    raw, by_name = measurement.metrics["raw_parse_seconds"], {verdict.name: verdict for verdict in verdicts}
    lines = [
        "| phase | rows | wall | / raw parse | CPU | peak | ceiling | |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for phase, seconds in measurement.phases.items():
        rows, cost = measurement.phase_rows.get(phase), measurement.costs.get(phase)
        cells = [
            "" if rows is None else f"{rows:,}",
            f"{_number(seconds)} s",
            f"{seconds / raw:.2f} ×",
            "" if cost is None else f"{_number(cost.cpu)} s",
            "" if cost is None else f"{cost.peak / 1e6:.0f} MB",
            _judged(by_name.get(f"{phase}_seconds"), " s"),
        ]
        lines.append(f"| {phase} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _row(label: str, name: str, value: float, verdict: Verdict | None) -> str:
    unit = _UNITS[name.rpartition("_")[2]]
    return f"| {label} | {_number(value)}{unit} | {_judged(verdict, unit)} |"


def _judged(verdict: Verdict | None, unit: str) -> str:
    """The two cells of a ceiling."""
    if verdict is None:
        return "| "
    return f"{verdict.ceiling:g}{unit} | {'kept' if verdict.kept else '**broken**'}"


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"
