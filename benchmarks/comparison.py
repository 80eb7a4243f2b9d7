"""What changed since an earlier result, in units that do not depend on the machine.

What flows in: a measurement, and the JSON of an earlier run of the benchmarks. What flows out: a `Change` by figure.
Seconds are divided by the raw parse of the same run, so that a slower machine is no regression; bytes are as they are.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.measure import Measurement

RESULTS: Final = Path(__file__).with_name("results.json")
_UNIT: Final = "raw_parse_seconds"
_SECONDS: Final = "_seconds"


@dataclass(frozen=True, slots=True)
class Change:
    """One figure then and now: a multiple of the raw parse, megabytes, or rows, as `unit` says."""

    name: str
    before: float
    now: float
    unit: str

    @property
    def percent(self) -> float | None:
        """How much more it is now; None where there was nothing to compare with."""
        return 100 * (self.now / self.before - 1) if self.before else None


@dataclass(frozen=True, slots=True)
class Previous:
    """An earlier run: which one, and its figures by corpus."""

    label: str
    results: Mapping[str, Mapping[str, Any]]


def load_previous(path: Path) -> Previous:
    """The JSON that an earlier run has written.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such JSON.
    """
    said = json.loads(path.read_text("utf-8"))
    try:
        machine, results = said["machine"], {result["corpus"]: result for result in said["results"]}
        return Previous(f"commit {machine['commit']} of {machine['date']}", results)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is no result of the benchmarks.") from error


def changes(measurement: Measurement, previous: Previous | None) -> list[Change]:
    """All figures that both runs have; none for a corpus that the earlier run did not measure."""
    if previous is None or measurement.corpus not in previous.results:
        return []
    before = previous.results[measurement.corpus]
    then, now = _figures(before), _figures({name: getattr(measurement, name) for name in ("metrics", "phases", "rows")})
    return [Change(name, then[name][0], value, unit) for name, (value, unit) in now.items() if name in then]


def _figures(result: Mapping[str, Mapping[str, float]]) -> dict[str, tuple[float, str]]:
    return dict(_named_figures(result))


def _named_figures(result: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, tuple[float, str]]]:
    raw = result["metrics"][_UNIT]
    for name, value in result["metrics"].items():
        if name.endswith(_SECONDS) and name != _UNIT:
            yield name.removesuffix(_SECONDS), (value / raw, "×")
        elif name.endswith("_megabytes"):
            yield name.removesuffix("_megabytes"), (value, "MB")
    for phase, seconds in result["phases"].items():
        yield f"phase {phase}", (seconds / raw, "×")
    for name, count in result["rows"].items():
        yield name, (count, "rows")


def changes_table(found: Sequence[Change], label: str) -> str:
    """Markdown, a row a figure."""
    lines = [
        f"Against {label}, seconds as multiples of the raw parse of the same run:",
        "",
        "| figure | before | now | change |",
        "|---|---:|---:|---:|",
    ]
    for change in found:
        percent = "" if change.percent is None else f"{change.percent:+.0f} %"
        lines.append(f"| {change.name} | {_said(change.before, change)} | {_said(change.now, change)} | {percent} |")
    return "\n".join(lines)


def _said(value: float, change: Change) -> str:
    if change.unit == "rows":
        return f"{value:,.0f}"
    return f"{value:.2f} {change.unit}" if value < 100 else f"{value:.0f} {change.unit}"
