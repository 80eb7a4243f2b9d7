"""Which ceilings hold for a corpus, and which of them a measurement keeps.

What flows in: `budgets.toml` and a measurement. What flows out: a `Verdict` per ceiling. A ceiling names a metric, or a
phase with `_seconds` behind it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measurement

BUDGETS = Path(__file__).with_name("budgets.toml")
_EVERY = "every"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One ceiling and what was measured."""

    name: str
    value: float
    ceiling: float

    @property
    def kept(self) -> bool:
        return self.value <= self.ceiling


def load_budgets(path: Path = BUDGETS) -> Mapping[str, Mapping[str, float]]:
    """Ceilings by corpus and name."""
    return tomllib.loads(path.read_text("utf-8"))


def verdicts(measurement: Measurement, budgets: Mapping[str, Mapping[str, float]]) -> list[Verdict]:
    """What becomes of each ceiling that holds for the corpus; none hold for a corpus that has none of its own.

    Raises:
        KeyError: a ceiling names nothing that is measured.
    """
    if measurement.corpus not in budgets:
        return []
    values = {f"{phase}_seconds": seconds for phase, seconds in measurement.phases.items()} | dict(measurement.metrics)
    ceilings = {**budgets[measurement.corpus], **budgets.get(_EVERY, {})}
    return [Verdict(name, values[name], ceiling) for name, ceiling in ceilings.items()]
