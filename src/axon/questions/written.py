"""What was written about the nodes of an index, by language models or from the authors' own words, with its state.

What flows in: an index and ids. What flows out: `ArtifactAnswer`s, as they were loaded into this generation. It does
not know how they came about. An index without any costs a look at its folder.
"""

from collections import Counter
from typing import Final

from axon.model.artifacts import (
    ArtifactAnswer,
    ClaimAnswer,
    FeatureAnswer,
    State,
    Written,
    WrittenAnswer,
    ways_up,
)
from axon.model.ids import folder_id
from axon.model.kinds import NodeKind
from axon.questions.opened import Index
from axon.storage.columns import IndexColumns

SUMMARY: Final = "summary"
OUTLINE: Final = "outline"
_FIRST: Final = (SUMMARY, "contracts")
_WAY: Final = " / "


def written_about(index: Index, id: str) -> tuple[ArtifactAnswer, ...]:
    """What was written about a node: its summary, its contract, then the rest by task."""
    found = index.written.get(id, ())
    ordered = sorted(found, key=lambda one: (_FIRST.index(one.task) if one.task in _FIRST else len(_FIRST), one.task))
    return tuple(_answer(index.columns, one) for one in ordered)


def summary_of(index: Index, id: str) -> ArtifactAnswer | None:
    """The summary of a node; None where there is none."""
    return next((one for one in written_about(index, id) if one.task == SUMMARY), None)


def features_of(index: Index, id: str) -> tuple[str, ...]:
    """The features that a symbol is a part of, each with those above it, the uppermost first."""
    features = _features(index)
    ways = ways_up(features)
    standing = (one for one in features if one.state is not State.STALE)
    return tuple(sorted(_WAY.join(ways[one.name]) for one in standing if id in one.members))


def written(index: Index, limit: int) -> WrittenAnswer | None:
    """What was written about the tree as a whole, its folders and its features; None where nothing was."""
    if not index.written:
        return None
    root = {one.task: one for one in written_about(index, folder_id(""))}
    folders = [id for id in index.written if id.endswith("/") and id != folder_id("")]
    folders.sort(key=lambda folder: (folder.count("/"), folder))
    summaries = [found for id in folders if (found := summary_of(index, id)) is not None]
    everything = [one for some in index.written.values() for one in some]
    counts = Counter((one.task, one.state.value) for one in everything)
    features = _features(index)
    ways = ways_up(features)
    rows = [
        FeatureAnswer(_WAY.join(ways[one.name]), one.text, len(one.members), one.model, one.state.value)
        for one in features
        if one.members
    ]
    rows.sort(key=lambda row: (-row.members, row.name))
    return WrittenAnswer(
        root.get(OUTLINE) or root.get(SUMMARY),
        tuple(summaries[:limit]),
        tuple(rows[:limit]),
        len(rows),
        {f"{task}, {state}": n for (task, state), n in sorted(counts.items())},
    )


def _features(index: Index) -> list[Written]:
    return [one for some in index.written.values() for one in some if one.kind is NodeKind.FEATURE]


def _answer(columns: IndexColumns, one: Written) -> ArtifactAnswer:
    row = columns.row_of(one.node)
    node = None if row is None else columns.node(row)
    path, start = (node.path, node.start_line) if node is not None else ("", 0)
    claims = tuple(
        ClaimAnswer(claim.sort, claim.text, claim.quote, path, max(start + claim.found - 1, 0), claim.state.value)
        for claim in one.claims
    )
    return ArtifactAnswer(one.node, one.task, one.text, one.model, one.review.value, one.state.value, claims)
