"""A graph that was built anew against the layers of an index, row for row.

What flows in: a pinned generation and the graph that it should hold. What flows out: counts, and the first differences
in the words of the schema. It does not know where the graph came from.
"""

import filecmp
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from axon.analyses.label import label
from axon.graph.artifacts import described
from axon.graph.graph import CodeGraph
from axon.graph.labels import Labels, labelled
from axon.graph.view import GraphView
from axon.model.artifacts import Written
from axon.pipeline.verdict import Difference, RowCount
from axon.storage.artifacts import read_artifacts
from axon.storage.backend import Value
from axon.storage.columns import COLUMNS_FILE, IndexColumns
from axon.storage.cypher.engine import EngineBackend
from axon.storage.drafts import LABELS_FILE, REJECTED_FILE
from axon.storage.engines import backend_of
from axon.storage.freeze import read_graph, write_columns
from axon.storage.generations import Generation
from axon.storage.labels import has_labels, read_labels, write_labels
from axon.storage.rows import KEY_NAMES, names_of
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES, node_key
from axon.storage.tally import (
    NODES,
    SITE_NAMES,
    SITES,
    Group,
    Row,
    Rows,
    Tally,
    differing_rows,
    digest,
    rows_of_graph,
    rows_of_store,
    tally,
)

COLUMNS: Final = "columns"
DATABASE: Final = "database"

_LISTED: Final = 50  # differences of each layer that are kept with all they say
_NO_ROWS: Final = Tally()
_IDENTITY: Final = {  # what tells two rows of one sort from each other, as far as anything does
    NODES: ("id",),
    SITES: ("caller", "line", "column"),
}
_EDGE_IDENTITY: Final = (*KEY_NAMES, "start_byte", "end_byte")

Source = Callable[[], Rows]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `compare_with` found, in the terms of `Verification`."""

    digest: str
    rows: tuple[RowCount, ...]
    differences: tuple[Difference, ...]
    n_differences: int
    damage: tuple[str, ...]
    is_complete: bool


def compare_with(generation: Generation, graph: CodeGraph, written: Sequence[Written] = ()) -> Comparison:
    """Compare the columns of the generation, its labels and its database where these are there, with `graph`.

    `written` is what the generation should hold of what was written about the tree.
    """
    graph_digest = digest(tally(rows_of_graph(graph)))
    with IndexColumns.open(generation.columns) as columns:
        frozen = read_graph(columns)
    damage = _wrong_lookups(frozen, generation)
    if has_labels(generation.folder):
        kept = read_labels(generation.folder)
        labels = label(GraphView.of(graph), lambda: kept.coupled)  # history goes on: it is not compared
        damage += _wrong_labels(generation, labels)
        graph, frozen = labelled(graph, labels), labelled(frozen, kept)
    graph, frozen = described(graph, written), described(frozen, read_artifacts(generation.folder))
    expected: Source = partial(rows_of_graph, graph)
    wanted = tally(expected())
    held = {COLUMNS: tally(rows_of_graph(frozen))}
    names = _names(frozen) | _names(graph)
    found = [_differences(COLUMNS, partial(rows_of_graph, frozen), expected, held[COLUMNS], wanted, names)]
    if generation.database is not None:
        rejected = generation.database.with_name(REJECTED_FILE)
        with backend_of(generation.kuzu_layer().engine)(generation.database, read_only=True) as backend:
            stored: Source = partial(rows_of_store, backend, rejected)
            held[DATABASE] = tally(stored())
            storable = {group: rows for group, rows in wanted.items() if group.what != SITES}
            found.append(_differences(DATABASE, stored, expected, held[DATABASE], storable, names))
            damage += _wrong_in_degrees(backend)
    return Comparison(
        graph_digest,
        tuple(_row_counts(held[COLUMNS], held.get(DATABASE), wanted)),
        tuple(difference for differences, _ in found for difference in differences),
        sum(number for _, number in found),
        damage,
        DATABASE in held,
    )


def _names(graph: CodeGraph) -> dict[int, str]:
    return {node_key(id): id for id in graph.nodes.ids}


def _wrong_lookups(frozen: CodeGraph, generation: Generation) -> tuple[str, ...]:
    """A line where the tables by which rows are found are not those of the rows themselves."""
    with tempfile.TemporaryDirectory(prefix="axon-columns-") as folder:
        write_columns(frozen, Path(folder))
        if filecmp.cmp(Path(folder, COLUMNS_FILE), generation.columns / COLUMNS_FILE, shallow=False):
            return ()
    return (f"{COLUMNS_FILE} does not find its own rows as it should",)


def _wrong_labels(generation: Generation, labels: Labels) -> tuple[str, ...]:
    """A line where the labels of the generation are not those that follow from the graph."""
    with tempfile.TemporaryDirectory(prefix="axon-labels-") as folder:
        write_labels(Path(folder), labels)
        if filecmp.cmp(Path(folder, LABELS_FILE), generation.folder / LABELS_FILE, shallow=False):
            return ()
    return (f"{LABELS_FILE} does not hold what follows from the graph",)


def _wrong_in_degrees(backend: EngineBackend) -> tuple[str, ...]:
    """A line for each table whose edges the database has otherwise by their ends than by their starts."""
    lines = []
    for table in RELATIONSHIP_TABLES.values():
        by_start, by_end = Counter(row[1] for row in backend.rows(table)), backend.in_degrees(table)
        if by_start != by_end:
            n_start, n_end = by_start.total(), sum(by_end.values())
            lines.append(f"{table.name}: {n_start:,} rows of the database by their starts, {n_end:,} by their ends")
    return tuple(lines)


def _row_counts(
    columns: dict[Group, Tally], database: dict[Group, Tally] | None, rebuild: dict[Group, Tally]
) -> Iterator[RowCount]:
    for group in sorted(columns.keys() | (database or {}).keys() | rebuild.keys()):
        stored = None if database is None or group.what == SITES else database.get(group, _NO_ROWS).n_rows
        n_columns, n_rebuild = (tallies.get(group, _NO_ROWS).n_rows for tallies in (columns, rebuild))
        yield RowCount(group.what, group.kind, n_columns, stored, n_rebuild)


def _differences(  # noqa: PLR0917
    layer: str,
    held: Source,
    expected: Source,
    found: dict[Group, Tally],
    wanted: dict[Group, Tally],
    names: dict[int, str],
) -> tuple[list[Difference], int]:
    """The first differences of a layer, and how many rows there are that only one side has."""
    groups = {group for group in found.keys() | wanted.keys() if found.get(group) != wanted.get(group)}
    if not groups:
        return [], 0
    rows = differing_rows(held, expected, groups)
    pairs: dict[tuple[Value, ...], tuple[list[Row], list[Row]]] = {}
    for side, some in enumerate((rows.left, rows.right)):
        for group, row in some:
            pairs.setdefault(_identity(group, row, names), ([], []))[side].append(row)
    listed = [
        _difference(layer, identity, left, right, names)
        for identity, (lefts, rights) in sorted(pairs.items(), key=lambda pair: tuple(map(str, pair[0])))[:_LISTED]
        for left, right in _paired(lefts, rights)
    ]
    return listed[:_LISTED], rows.n_left + rows.n_right


def _paired(lefts: list[Row], rights: list[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    n_pairs = min(len(lefts), len(rights))
    yield from zip(lefts[:n_pairs], rights[:n_pairs], strict=True)
    yield from ((left, None) for left in lefts[n_pairs:])
    yield from ((None, right) for right in rights[n_pairs:])


def _identity(group: Group, row: Row, names: dict[int, str]) -> tuple[Value, ...]:
    """Where a row stands in the list, and what pairs it with the other side's row: its kind may be what differs."""
    values = _values(group.what, row, names)
    kind = group.kind if group.what not in _IDENTITY else ""
    return (group.what, kind, *(values[name] for name in _IDENTITY.get(group.what, _EDGE_IDENTITY)))


def _values(what: str, row: Row, names: dict[int, str]) -> dict[str, Value]:
    """A row by the names of its columns, with ids in the place of keys."""
    if what == NODES:
        return dict(zip(names_of(NODE_TABLE), row, strict=True))
    columns = SITE_NAMES if what == SITES else names_of(next(iter(RELATIONSHIP_TABLES.values())))
    values = dict(zip(columns, row, strict=True))
    keys = SITE_NAMES[:1] if what == SITES else KEY_NAMES
    return values | {key: names.get(int(values[key]), f"key {values[key]}") for key in keys}


def _difference(
    layer: str, identity: tuple[Value, ...], left: Row | None, right: Row | None, names: dict[int, str]
) -> Difference:
    what = str(identity[0])
    sides = [None if row is None else _values(what, row, names) for row in (left, right)]
    some = sides[0] or sides[1]
    assert some is not None
    kind = str(identity[1] or some["kind" if what == NODES else "reason"])
    if sides[0] is not None and sides[1] is not None:
        moved = [name for name in some if sides[0][name] != sides[1][name]]
        sides = [{name: side[name] for name in moved} for side in sides if side is not None]
    return Difference(layer, what, kind, _name(what, some), sides[0], sides[1])


def _name(what: str, values: dict[str, Value]) -> str:
    if what == NODES:
        return str(values["id"])
    if what == SITES:
        called = f"{values['receiver']}.{values['name']}" if values["receiver"] else values["name"]
        return f"{called} in {values['caller']}"
    return f"{values['source']} -> {values['target']}"
