"""Scaling and the baseline page, on a tree so small that they take seconds."""

from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.corpora import corpus_at
from benchmarks.scaling import Point, Scaling, exponent, scale, scaling_table


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A package of some files, each with a call."""
    folder = tmp_path / "tiny" / "pkg"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    for i in range(12):
        (folder / f"m{i}.py").write_text(f"def f{i}(x):\n    return len(x) or f{i}(x)\n")
    return folder.parent


def test_a_larger_scale_has_more_bytes(tree: Path) -> None:
    """A part holds some files, two copies hold twice the bytes, and every phase is timed at each scale."""
    scaling = scale(corpus_at(tree), (0.5, 1, 2))
    part, whole, double = scaling.points
    assert 0 < part.bytes < whole.bytes
    assert double.bytes == 2 * whole.bytes
    assert part.phases.keys() == whole.phases.keys() == double.phases.keys()


def test_exponents_are_those_of_the_power_law() -> None:
    """A phase that takes four times as long for twice the bytes has exponent 2; the table shows it."""
    points = [
        Point(n, n * 1000, {"calls": n**2 * 0.1, "walk": 0.01 * n}, {"calls": 0.1 * n}, 1_000_000) for n in (1, 2, 4)
    ]
    wall, cpu = ([point.phases["calls"] for point in points], [point.cpu["calls"] for point in points])
    sizes = [point.bytes for point in points]
    assert exponent(sizes, wall) == pytest.approx(2)
    assert exponent(sizes, cpu) == pytest.approx(1)
    table = scaling_table(Scaling("tiny", points, {"calls": 2.0}, {"calls": 1.0}))
    assert "| calls | 0.100 s | 0.400 s | 1.600 s | 2.00 | 1.00 |" in table
    assert "| walk | 0.010 s | 0.020 s | 0.040 s |  |  |" in table


def test_only_phases_that_take_long_enough_are_fitted(tree: Path) -> None:
    """Noise has no exponent."""
    scaling = scale(corpus_at(tree), (1, 2))
    largest = scaling.points[-1].phases
    assert set(scaling.exponents) == {name for name, seconds in largest.items() if seconds >= 0.2}


def test_the_baseline_page_names_bottlenecks(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page has the tree's counts, three bottlenecks, and rows against batches."""
    assert main(["--baseline", "--corpus", str(tree)]) == 0
    page = capsys.readouterr().out
    assert "| tiny | 13 | " in page
    assert page.count("Bottlenecks: ") == 1
    assert "| tree | nodes | edges | one by one | COPY | factor |" in page
