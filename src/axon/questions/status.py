"""What an index holds, and what it lacks.

What flows in: an index. What flows out: a `StatusAnswer`: the manifest, and the call sites counted. It does not look at
the work tree.
"""

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from axon.errors import DamagedIndexError
from axon.model.answers import LanguageCalls, ProblemAnswer, StatusAnswer
from axon.model.kinds import CONFIDENCE, EDGE_KINDS, RULES, EdgeKind, Rule
from axon.questions.opened import Index
from axon.questions.rows import CERTAIN
from axon.storage.columns import IndexColumns
from axon.storage.label_counts import count_labels

_CALLS: Final = EDGE_KINDS.index(EdgeKind.CALLS)
_IMPLICIT: Final = RULES.index(Rule.IMPLICIT)
_IS_CERTAIN: Final = [CONFIDENCE[rule] >= CERTAIN for rule in RULES]


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
        _calls(index.columns),
        _without_zeros(manifest.left_out),
        rejected,
        not trouble,
        bytes_below(index.home.folder),
        problems,
        _without_zeros(count_labels(index.generation.folder)),
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
    if not index.generation.has_kuzu:
        return 0, "The graph database of this generation is not in place yet; `axon cypher` brings it up to date."
    try:
        return index.generation.kuzu_layer().rejected_rows, ""
    except DamagedIndexError as error:
        return 0, f"The graph database cannot be used: {error}"


def _unresolved(index: Index) -> dict[str, int]:
    """Unresolved call sites per reason, all languages together, the most frequent first."""
    counts: Counter[str] = Counter()
    for reasons in index.generation.manifest.unresolved.values():
        counts.update(reasons)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _calls(columns: IndexColumns) -> tuple[LanguageCalls, ...]:
    """Call sites per language; what a site runs without naming it, such as an operator, is none of its own."""
    kinds = columns.numbers("edge", "kind")
    keys = ("rule", "source", "start_byte", "bytes")
    rules, sources, starts, lengths = (columns.numbers("edge", key) for key in keys)
    certain: set[tuple[int, int, int]] = set()
    doubtful: set[tuple[int, int, int]] = set()
    for row, kind in enumerate(kinds):
        if kind == _CALLS and rules[row] != _IMPLICIT:
            (certain if _IS_CERTAIN[rules[row]] else doubtful).add((sources[row], starts[row], lengths[row]))
    languages = columns.texts("node", "language")
    resolved = Counter(languages[caller] for caller, _, _ in certain)
    uncertain = Counter(languages[caller] for caller, _, _ in doubtful - certain)
    unresolved = Counter(languages[caller] for caller in columns.numbers("site", "caller"))
    return tuple(
        LanguageCalls(name, n, uncertain[name], unresolved[name], n / (n + uncertain[name] + unresolved[name]))
        for name in sorted({*resolved, *uncertain, *unresolved})
        for n in (resolved[name],)
    )


def _without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
