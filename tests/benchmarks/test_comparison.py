"""Figures of two runs are compared in units of their own raw parse; phases are cut out of samples."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.comparison import Change, Previous, changes, changes_table, load_previous
from benchmarks.measure import Measurement, rows_of_phases
from benchmarks.phases import PhaseCost, cost_between, phase_costs
from benchmarks.processes import Outcome, Sample

MACHINE = {"commit": "abc", "date": "2026-01-01"}
EARLIER = {
    "corpus": "tiny",
    "metrics": {"raw_parse_seconds": 1.0, "wall_seconds": 4.0, "peak_megabytes": 100.0, "cpu_ratio": 4.0},
    "phases": {"calls": 2.0, "gone": 1.0},
    "rows": {"nodes": 1000, "rejected": 0},
}


def measured(raw_parse: float, seconds: float) -> Measurement:
    """Figures that nobody measured."""
    metrics = {"raw_parse_seconds": raw_parse, "wall_seconds": seconds, "peak_megabytes": 110.0}
    return Measurement(
        "tiny", 1, 1, metrics, {"calls": seconds / 2, "new": 1.0}, {"nodes": 1100, "rejected": 0}, {}, {}
    )


def test_seconds_are_compared_in_units_of_the_raw_parse() -> None:
    """On a machine of half the speed, twice the seconds are no change; bytes and rows are compared as they are."""
    found = changes(measured(2.0, 8.0), Previous("then", {"tiny": EARLIER}))
    assert found == [
        Change("wall", 4.0, 4.0, "×"),
        Change("peak", 100.0, 110.0, "MB"),
        Change("phase calls", 2.0, 2.0, "×"),
        Change("nodes", 1000, 1100, "rows"),
        Change("rejected", 0, 0, "rows"),
    ]
    table = changes_table(found, "then")
    assert "| phase calls | 2.00 × | 2.00 × | +0 % |" in table
    assert "| peak | 100 MB | 110 MB | +10 % |" in table
    assert "| rejected | 0 | 0 |  |" in table


def test_there_may_be_nothing_to_compare_with() -> None:
    """No earlier result, or one of other trees."""
    assert changes(measured(1.0, 1.0), None) == []
    assert changes(measured(1.0, 1.0), Previous("then", {})) == []


def test_an_earlier_result_is_read_or_refused(tmp_path: Path) -> None:
    """What a run writes with --json the next compares with; other JSON is an error."""
    path = tmp_path / "earlier.json"
    path.write_text(json.dumps({"machine": MACHINE, "results": [EARLIER]}))
    previous = load_previous(path)
    assert previous.label == "commit abc of 2026-01-01"
    assert previous.results["tiny"]["rows"] == EARLIER["rows"]
    path.write_text("[]")
    with pytest.raises(ValueError, match="no result"):
        load_previous(path)


def test_a_run_compares_itself_with_the_one_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON of one run is what the next one takes."""
    tree, figures = tmp_path / "tiny", tmp_path / "figures.json"
    tree.mkdir()
    (tree / "m.py").write_text("def f(x):\n    return f(x)\n")
    arguments = ["--corpus", str(tree), "--rounds", "1", "--json", str(figures)]
    main(arguments)
    capsys.readouterr()
    main([*arguments, "--previous", str(figures)])
    page = capsys.readouterr().out
    assert "| figure | before | now | change |" in page
    assert "| phase calls | " in page
    assert "| rejected | 0 | 0 |  |" in page


def test_a_phase_is_cut_out_of_the_samples() -> None:
    """CPU lies on the line between samples; the peak is the highest within, or the last before."""
    samples = [Sample(0.0, 0.0, 10), Sample(1.0, 1.0, 50), Sample(2.0, 3.0, 40), Sample(3.0, 4.0, 20)]
    assert cost_between(samples, 0.5, 2.5) == PhaseCost(2.0, 3.0, 50)
    assert cost_between(samples, 2.2, 2.6) == PhaseCost(pytest.approx(0.4), pytest.approx(0.4), 40)
    intervals = json.dumps({"walk": [0.0, 1.0], "late": [5.0, 6.0]})
    assert phase_costs(Outcome(intervals, 0, 0, 0, 0, samples)) == {
        "walk": PhaseCost(1.0, 1.0, 50),
        "late": PhaseCost(1.0, 0.0, 20),
    }
    assert phase_costs(Outcome(intervals, 0, 0, 0, 0))["walk"] == PhaseCost(1.0, 0.0, 0)


def test_rows_of_a_phase_are_what_it_hands_on() -> None:
    """Files, nodes, edges of its kinds, or all that is stored."""
    result = {
        "files": 2,
        "nodes": 5,
        "edges": 7,
        "unresolved": 3,
        "edge_counts": {"CALLS": 4, "IMPORTS": 2, "OVERRIDES": 1},
    }
    rows = rows_of_phases(result)
    assert (rows["walk"], rows["structure"], rows["imports"], rows["heritage"]) == (2, 5, 2, 1)
    assert (rows["types"], rows["calls"], rows["storage_load"]) == (0, 7, 15)
