"""The synthetic graph that analyses are measured on."""

from benchmarks.analyses import ANALYSES, cpu_seconds, synthetic_view


def test_the_graph_has_its_size_and_is_the_same_again() -> None:
    """Five edges a symbol, and no chance from run to run."""
    view, again = synthetic_view(1000), synthetic_view(1000)
    assert (view.n_nodes, view.n_edges) == (1000, 5000)
    assert view.target.tolist() == again.target.tolist()
    assert max(view.source.max(), view.target.max()) < 1000


def test_every_analysis_is_measured() -> None:
    """None fails on a graph of one kind of symbol."""
    assert set(cpu_seconds(400)) == set(ANALYSES)
