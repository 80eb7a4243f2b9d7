"""How the time of each phase grows with the tree: a quarter, a half, all of it, and ten copies.

What flows in: a corpus. What flows out: a `Scaling`, with the exponent of a power law fitted to each phase that takes
long enough to be measured. Parts are chosen by a digest of the path, so that they are the same on every machine.
"""

import math
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xxhash import xxh3_64_intdigest

from axon.config import Settings
from axon.files.walk import list_files
from axon.languages import of as language_of
from benchmarks.corpora import Corpus
from benchmarks.measure import phases_cold

SCALES: Final = (0.25, 0.5, 1.0, 10.0)
MEASURABLE_SECONDS: Final = 0.2
_PARTS: Final = 1024
_IGNORED: Final = (".axon", ".git")


@dataclass(frozen=True, slots=True)
class Point:
    """One size of the tree: bytes of source, wall and CPU seconds by phase and peak memory in bytes."""

    scale: float
    bytes: int
    phases: Mapping[str, float]
    cpu: Mapping[str, float]
    peak: int


@dataclass(frozen=True, slots=True)
class Scaling:
    """All sizes of one corpus, and the exponents of each phase that takes at least 0.2 s on the largest: of its wall
    seconds and of the CPU of all processes, which is what remains true while others use the machine."""

    corpus: str
    points: Sequence[Point]
    exponents: Mapping[str, float]
    cpu_exponents: Mapping[str, float]


def scale(corpus: Corpus, scales: Sequence[float] = SCALES) -> Scaling:
    """Measure a corpus at each scale; scales above 1 are whole numbers of copies side by side."""
    points = [_point(corpus, factor) for factor in scales]
    largest = max(points, key=lambda point: point.bytes).phases
    names = [name for name, seconds in largest.items() if seconds >= MEASURABLE_SECONDS]
    sizes = [point.bytes for point in points]
    wall = {name: exponent(sizes, [point.phases[name] for point in points]) for name in names}
    cpu = {name: exponent(sizes, [point.cpu.get(name, 0.0) for point in points]) for name in names}
    return Scaling(corpus.name, points, wall, cpu)


def _point(corpus: Corpus, factor: float) -> Point:
    with tempfile.TemporaryDirectory(prefix="axon-scaling-") as folder:
        tree = Path(folder, "tree")
        tree.mkdir()
        if factor <= 1:
            _copy_part(corpus.root, tree, factor)
        else:
            for copy in range(int(factor)):
                _copy_part(corpus.root, tree / f"copy{copy}", 1.0)
        n_bytes = sum(f.stamp.size for f in list_files(tree, language_of=language_of, settings=Settings()).files)
        outcome, costs = phases_cold(tree)
    wall, cpu = ({name: getattr(cost, field) for name, cost in costs.items()} for field in ("wall", "cpu"))
    return Point(factor, n_bytes, wall, cpu, outcome.peak)


def _copy_part(source: Path, target: Path, share: float) -> None:
    """The files whose path's digest falls into the share; package bodies always, so that packages stay packages."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if name in _IGNORED or not _is_chosen(source, Path(folder, name), share)}

    shutil.copytree(source, target, symlinks=True, ignore=left_out, dirs_exist_ok=True)


def _is_chosen(source: Path, path: Path, share: float) -> bool:
    if share >= 1 or path.is_dir() or path.stem == "__init__":
        return True
    digest = xxh3_64_intdigest(path.relative_to(source).as_posix().encode("utf-8", "surrogateescape"))
    return digest % _PARTS < share * _PARTS


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Slope of the least-squares line through (log size, log seconds)."""
    xs, ys = [math.log(size) for size in sizes], [math.log(max(second, 1e-3)) for second in seconds]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread


def scaling_table(scaling: Scaling) -> str:
    """The phases as Markdown, a column a scale, with their exponents."""
    head = " | ".join(f"{point.scale:g} × ({point.bytes / 1e6:.1f} MB)" for point in scaling.points)
    lines = [f"| phase | {head} | exponent | of CPU |", "|---|" + "---:|" * (len(scaling.points) + 2)]
    for phase in scaling.points[-1].phases:
        seconds = " | ".join(f"{point.phases[phase]:.3f} s" for point in scaling.points)
        exponents = (of.get(phase) for of in (scaling.exponents, scaling.cpu_exponents))
        cells = ["" if exponent is None else f"{exponent:.2f}" for exponent in exponents]
        lines.append(f"| {phase} | {seconds} | {' | '.join(cells)} |")
    peaks = " | ".join(f"{point.peak / 1e6:.0f} MB" for point in scaling.points)
    return "\n".join([*lines, f"| peak memory | {peaks} | | |"])
