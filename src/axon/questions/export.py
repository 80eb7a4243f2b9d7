"""All rows of an index as text, for other tools and for measurements.

What flows in: an index. What flows out: bytes, line after line, sorted: the same graph gives the same bytes on every
machine. It does not know where they go.

JSONL is ASCII, so that every string survives; CSV has the same columns, flattened, as UTF-8, where lone surrogates
are written as `\\udc80`. The objects of nodes are made once and reused for each edge: Django's 250,000 edges take
seconds.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import Final

from axon.errors import UsageError
from axon.model.answers import Json
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, CONFIDENCE, EDGE_KINDS, RULES, Flag, NodeKind
from axon.questions.opened import Index
from axon.questions.rows import other_flags
from axon.storage.columns import IndexColumns

LISTED_CANDIDATES: Final = 8
"""Candidates that the row of an unresolved call lists."""

_PLACES: Final = frozenset({NodeKind.FILE, NodeKind.FOLDER, NodeKind.MODULE})
_CALLED: Final = CALLABLE_KINDS | CLASS_KINDS
_BLOCK_LINES: Final = 2000


class What(StrEnum):
    """Which rows are exported."""

    NODES = "nodes"
    EDGES = "edges"
    UNRESOLVED = "unresolved"


class Format(StrEnum):
    """How a row is written."""

    JSONL = "jsonl"
    CSV = "csv"


def export(
    index: Index, what: What, format: Format = Format.JSONL, *, most: int | None = None, holder: str = "this answer"
) -> Iterator[bytes]:
    """The rows in blocks of whole lines; nodes by id, edges by source, target, kind and place, calls by place.

    Raises:
        UsageError: there are more rows than `most`, which is what the `holder` takes; None takes all.
    """
    columns = index.columns
    check_size(columns, what, most, holder)
    if format is Format.CSV:
        lines = _csv_lines(HEADERS[what], _flat_rows(columns, what))
        return (block.encode("utf-8", "backslashreplace") for block in _blocks(lines))
    return (block.encode("ascii") for block in _blocks(_JSON_LINES[what](columns)))


def check_size(columns: IndexColumns, what: What, most: int | None, holder: str) -> None:
    """Raise UsageError where there are more rows than a `holder` takes; None takes all."""
    n_rows = {What.NODES: columns.n_nodes, What.EDGES: columns.n_edges, What.UNRESOLVED: columns.n_unresolved}[what]
    if most is not None and n_rows > most:
        raise UsageError(
            f"{n_rows:,} rows are more than the {most:,} that {holder} holds. Allow more with --most {n_rows}."
        )


# --- JSONL -----------------------------------------------------------------------------------------------------------


def _node_lines(columns: IndexColumns) -> Iterator[str]:
    for row in _by_id(columns):
        node = columns.node(row)
        yield _json(
            {
                "id": node.id,
                "kind": node.kind.value,
                "name": node.name,
                "qualified_name": node.qualified_name,
                "path": node.path,
                "start_line": node.start_line,
                "end_line": node.end_line,
                "start_byte": node.start_byte,
                "end_byte": node.end_byte,
                "signature": node.signature,
                "exported": bool(node.flags & Flag.EXPORTED),
                "flags": list(other_flags(node.flags)),
            }
        )


def _edge_lines(columns: IndexColumns) -> Iterator[str]:
    ends: list[str | None] = [None] * columns.n_nodes
    kinds = [_json(kind.value) for kind in EDGE_KINDS]
    reasons = [f'"rule":{_json(rule.value)},"confidence":{_json(CONFIDENCE[rule])}' for rule in RULES]
    paths = _path_texts(columns)
    e = {key: columns.numbers("edge", key) for key in ("kind", "rule", "source", "target", "line", "column")}
    kind, rule, sources, targets, line, column = e.values()
    for row in _edges_in_order(columns):
        source, target = sources[row], targets[row]
        start = ends[source] = ends[source] or _end(columns, source)
        end = ends[target] = ends[target] or _end(columns, target)
        yield (
            f'{{"kind":{kinds[kind[row]]},{reasons[rule[row]]},"source":{start},"target":{end},'
            f'"site":{{"path":{paths[source]},"line":{line[row]},"column":{column[row]}}}}}'
        )


def _unresolved_lines(columns: IndexColumns) -> Iterator[str]:
    callers = columns.numbers("site", "caller")
    end_of = cache(lambda row: _end(columns, row))
    candidates_of = cache(lambda name: _candidates(columns, name))
    for row in _sites_in_order(columns):
        site, caller = columns.unresolved_site(row), callers[row]
        candidates = candidates_of(site.name)
        rest = {
            "name": site.name,
            "receiver": site.receiver,
            "reason": site.reason.value,
            "candidates": list(candidates[:LISTED_CANDIDATES]),
            "candidates_total": len(candidates),
            "path": columns.node(caller).path,
            "line": site.line,
            "column": site.column,
        }
        yield f'{{"caller":{end_of(caller)},{_json(rest)[1:]}'


def _end(columns: IndexColumns, row: int) -> str:
    id, kind, name, path, line = _end_values(columns, row)
    return _json({"id": id, "kind": kind, "name": name, "path": path, "line": line})


def _end_values(columns: IndexColumns, row: int) -> tuple[str, str, str, str, int]:
    """Id, kind, name inside the file, path and line of a node as the end of an edge."""
    node = columns.node(row)
    name = node.name if node.kind in _PLACES else node.qualified_name
    return node.id, node.kind.value, name, node.path, node.start_line


def _candidates(columns: IndexColumns, name: str) -> tuple[str, ...]:
    """Ids of the symbols of the tree that have this name and can be called."""
    rows = columns.rows_named(name) if name else []
    return tuple(sorted(columns.id_of(row) for row in rows if columns.node(row).kind in _CALLED))


def _path_texts(columns: IndexColumns) -> list[str]:
    """The path of each node as JSON; nodes of one path share one string."""
    text_of = cache(_json)
    return [text_of(path) for path in columns.texts("node", "path")]


_JSON_LINES: Final[dict[What, Callable[[IndexColumns], Iterator[str]]]] = {
    What.NODES: _node_lines,
    What.EDGES: _edge_lines,
    What.UNRESOLVED: _unresolved_lines,
}

_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


def _json(value: object) -> str:
    return _encode(value)


# --- CSV -------------------------------------------------------------------------------------------------------------

_END: Final = ("id", "kind", "name", "path", "line")
HEADERS: Final[dict[What, tuple[str, ...]]] = {
    What.NODES: (
        *("id", "kind", "name", "qualified_name", "path", "start_line", "end_line", "start_byte", "end_byte"),
        *("signature", "exported", "flags"),
    ),
    What.EDGES: (
        *("kind", "rule", "confidence"),
        *(f"source_{name}" for name in _END),
        *(f"target_{name}" for name in _END),
        *("site_path", "site_line", "site_column"),
    ),
    What.UNRESOLVED: (
        *(f"caller_{name}" for name in _END),
        *("name", "receiver", "reason", "candidates", "candidates_total", "path", "line", "column"),
    ),
}


def _flat_rows(columns: IndexColumns, what: What) -> Iterator[list[Json]]:
    """Cells of text and numbers; several words or ids in one cell have a blank between."""
    return ([_cell(value) for value in row] for row in flat_rows(columns, what))


def flat_rows(columns: IndexColumns, what: What) -> Iterator[list[Json]]:
    """The objects of the JSONL form without their nesting: values by `HEADERS`."""
    return (list(_flat(json.loads(line).values())) for line in _JSON_LINES[what](columns))


def _flat(values: Iterable[Json]) -> Iterator[Json]:
    for value in values:
        if isinstance(value, dict):
            yield from value.values()
        else:
            yield value


def _cell(value: Json) -> Json:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else value


def _csv_lines(header: Sequence[str], rows: Iterable[list[Json]]) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="")
    writer.writerow(header)
    yield buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(row)
        yield buffer.getvalue()


# --- order -----------------------------------------------------------------------------------------------------------


def _by_id(columns: IndexColumns) -> list[int]:
    ids = [columns.id_of(row) for row in range(columns.n_nodes)]
    return sorted(range(columns.n_nodes), key=ids.__getitem__)


def _ranks(columns: IndexColumns) -> list[int]:
    ranks = [0] * columns.n_nodes
    for rank, row in enumerate(_by_id(columns)):
        ranks[row] = rank
    return ranks


def _edges_in_order(columns: IndexColumns) -> list[int]:
    ranks = _ranks(columns)
    e = {key: columns.numbers("edge", key) for key in ("source", "target", "kind", "line", "column", "rule")}
    sources, targets, *rest = e.values()
    ends = ([ranks[row] for row in sources], [ranks[row] for row in targets])
    keys = list(zip(*ends, *rest, strict=True))
    return sorted(range(columns.n_edges), key=keys.__getitem__)


def _sites_in_order(columns: IndexColumns) -> list[int]:
    ranks, paths = _ranks(columns), columns.texts("node", "path")
    callers = columns.numbers("site", "caller")
    places = zip(columns.numbers("site", "line"), columns.numbers("site", "column"), strict=True)
    names = columns.texts("site", "name")
    keys = [
        (paths[caller], line, column, ranks[caller], name)
        for caller, (line, column), name in zip(callers, places, names, strict=True)
    ]
    return sorted(range(columns.n_unresolved), key=keys.__getitem__)


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == _BLOCK_LINES:
            yield "\n".join(block) + "\n"
            block.clear()
    if block:
        yield "\n".join(block) + "\n"
