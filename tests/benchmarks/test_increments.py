"""The benchmark of increments runs, on a tree so small that it takes seconds."""

from pathlib import Path

from benchmarks.corpora import corpus_at
from benchmarks.increments import Cost, Increments, increments_table, measure_increments

HUB = "def f(a, b=1):\n    return [a, b]\n"
READER = "from pkg.hub import f\n\n\ndef g(x):\n    return f(x)\n"


def test_changes_of_all_kinds_are_timed(tmp_path: Path) -> None:
    """Commands, releases and updates have their costs; the tree itself is not touched."""
    files = {"__init__.py": "", "hub.py": HUB, "a.py": READER, "b.py": READER, "c.py": READER}
    (tmp_path / "tree/pkg").mkdir(parents=True)
    for name, text in files.items():
        (tmp_path / "tree/pkg" / name).write_text(text)
    found = measure_increments(corpus_at(tmp_path / "tree"), n_updates=2)
    assert "a signature of pkg/hub.py edited" in found.costs
    assert all(cost.wall > 0 and cost.cpu > 0 for cost in found.costs.values())
    assert set(found.ratios) == {"bytes on disk", "seconds of look-ups"}
    assert all((tmp_path / "tree/pkg" / name).read_text() == text for name, text in files.items())


def test_the_table_has_shares_of_an_index_from_nothing() -> None:
    """Seconds, and CPU as a share of the first row."""
    table = increments_table(Increments({"whole": Cost(2.0, 4.0), "some": Cost(0.5, 1.0)}, {"bytes on disk": 1.25}))
    assert "| some | 0.50 | 1.00 | 25% |" in table
    assert table.endswith("| bytes on disk | 1.25 |")
