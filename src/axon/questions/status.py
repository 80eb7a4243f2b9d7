"""What an index holds, and what it lacks.

What flows in: an index. What flows out: a `StatusAnswer`, read from the manifest; the graph is not opened. It does not
look at the work tree.
"""

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from axon.errors import DamagedIndexError
from axon.model.answers import ProblemAnswer, StatusAnswer
from axon.questions.opened import Index


def status(index: Index) -> StatusAnswer:
    """Counts per kind, problems, sizes and readiness of the generation in force."""
    manifest = index.generation.manifest
    problems = tuple(ProblemAnswer(p.path, p.line, p.what, p.kept) for p in manifest.problems)
    rejected, trouble = _database(index)
    return StatusAnswer(
        manifest.axon_version,
        manifest.schema_version,
        manifest.n_files,
        _without_zeros(manifest.nodes),
        _without_zeros(manifest.edges),
        _unresolved(index),
        _without_zeros(manifest.left_out),
        rejected,
        not trouble,
        bytes_below(index.home.folder),
        problems,
        index.state(*filter(None, [trouble])),
    )


def bytes_below(folder: Path) -> int:
    """Bytes on disk of all files below `folder`, holes left out; 0 where there is none."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            total += _bytes_of(Path(parent, name))
    return total


def _bytes_of(path: Path) -> int:
    try:
        found = path.lstat()
    except OSError:  # a writer may take it away while it is counted
        return 0
    blocks: int | None = getattr(found, "st_blocks", None)
    return found.st_size if blocks is None else min(blocks * 512, found.st_size)


def _database(index: Index) -> tuple[int, str]:
    """Rows that the graph database refused, and why it cannot be queried; '' where it can."""
    rejected = index.generation.manifest.rejected_rows
    if index.generation.database is None:
        return rejected, "The graph database of this generation is not in place yet."
    try:
        layer = index.generation.kuzu_layer()
    except DamagedIndexError as error:
        return rejected, f"The graph database cannot be used: {error}"
    return max(rejected, layer.rejected_rows), ""


def _unresolved(index: Index) -> dict[str, int]:
    """Unresolved call sites per reason, all languages together, the most frequent first."""
    counts: Counter[str] = Counter()
    for reasons in index.generation.manifest.unresolved.values():
        counts.update(reasons)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
