"""The benchmark of a watched tree runs, on one so small that it takes seconds."""

from pathlib import Path

from benchmarks.corpora import corpus_at
from benchmarks.watching import Edit, measure_watch, watching_table


def test_edits_of_a_watched_tree_are_seen_and_timed(tmp_path: Path) -> None:
    """Each edit has its times, in order; the tree itself is not touched."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.py").write_text("def f():\n    return 1\n")
    edits = measure_watch(corpus_at(tree), n_edits=2)
    assert len(edits) == 2
    for edit in edits:
        assert edit.total > edit.after_window > edit.linking > 0
    assert (tree / "a.py").read_text() == "def f():\n    return 1\n"


def test_the_table_has_percentiles_and_phases() -> None:
    """In milliseconds; linking apart from the rest."""
    table = watching_table([Edit(0.3, 0.2, {"walk": 0.01, "calls": 0.15})] * 3)
    assert "| edit to answer | 300 | 300 |" in table
    assert "| of it linking | 150 | 150 |" in table
    assert "| of it all else | 50 | 50 |" in table
    assert table.endswith("Medians by phase: walk 10, calls 150.")
