"""Freezes a graph into columns, and thaws it.

What flows in: a CodeGraph. What flows out: one file of arrays that `columns.IndexColumns` maps, and the CodeGraph
back. It does not know who will read which row.

Texts are interned: a sorted table of distinct strings and a code per row. Numbers take the narrowest type that holds
them, ends are stored as lengths, ids and qualified names as what they add to path and name: half the bytes.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from axon.graph.graph import CodeGraph, EdgeColumns, NodeColumns, SiteColumns
from axon.storage.arrays import write_arrays
from axon.storage.columns import (
    COLUMNS_FILE,
    COLUMNS_VERSION,
    IndexColumns,
    id_base,
    id_of_form,
    name_order,
    text_digest,
)
from axon.storage.interned import Interned, Made

_Array: TypeAlias = npt.NDArray[Any]
_Arrays: TypeAlias = dict[str, _Array]

_WIDTHS = (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.int64)


def write_columns(graph: CodeGraph, folder: Path, kept: Made | None = None) -> None:
    """Write `graph` as one file into `folder`, which exists; about 0.2 CPU-seconds at 55,000 nodes, 230,000 edges.

    `kept` is what the last graph left that was written; what is made of the very same columns is not made again.
    """
    nodes, edges, sites = graph.nodes, graph.edges, graph.unresolved
    made = kept or Made()
    callees, receivers = made.equal("callees", set(sites.names)), made.equal("receivers", set(sites.receivers))
    names = made.of("names", lambda: Interned.of([*nodes.names, *callees], key=name_order), nodes.names, callees)
    name = made.of("name", lambda: _codes(names, nodes.names), nodes.names, names)
    node, tables = _node_arrays(nodes, name, made)
    tables |= {"name": names, "receiver": made.of("receiver", lambda: Interned.of(receivers), receivers)}
    groups = {"node": node, "edge": _edge_arrays(edges), "site": _site_arrays(sites, names, tables["receiver"])}
    arrays = {f"{group}.{key}": value for group, columns in groups.items() for key, value in columns.items()}
    for key, table in tables.items():
        arrays |= made.of(f"{key} texts", partial(text_arrays, key, table.table), table)
    arrays |= made.of("by_name", lambda: _group_arrays("by_name", name, len(names.table)), names, name)
    arrays |= _group_arrays("sites_by_name", groups["site"]["name"], len(names.table))
    n_paths = len(tables["path"].table)
    arrays |= made.of("by_path", lambda: _group_arrays("by_path", node["path"], n_paths), tables["path"])
    arrays |= _group_arrays("out", edges.source, len(nodes)) | _group_arrays("in", edges.target, len(nodes))
    arrays |= _group_arrays("sites_by_caller", sites.caller, len(nodes))
    for key, texts in {"by_id": nodes.ids, "by_qualified": nodes.qualified_names}.items():
        arrays |= made.of(key, partial(_digest_arrays, key, texts), texts)
    counts = [len(nodes), len(edges), len(sites)]
    meta = {"version": COLUMNS_VERSION, "counts": counts} | {group: list(columns) for group, columns in groups.items()}
    write_arrays(folder / COLUMNS_FILE, arrays, meta)


def read_graph(columns: IndexColumns) -> CodeGraph:
    """The whole graph that was frozen, row for row, as copies; about 0.3 CPU-seconds at that size."""
    return CodeGraph(_nodes(columns), _edges(columns), _sites(columns))


def read_made(columns: IndexColumns, graph: CodeGraph) -> Made:
    """What was made of the columns of `graph` when it was written, which `read_graph` gave; 0.1 CPU-seconds there."""
    nodes, sites, made = graph.nodes, graph.unresolved, Made()
    if not len(nodes):
        return made
    callees, receivers = made.equal("callees", set(sites.names)), made.equal("receivers", set(sites.receivers))
    tables = {"name": made.keep("names", Interned(columns.table("name")), nodes.names, callees)}
    tables["receiver"] = made.keep("receiver", Interned(columns.table("receiver")), receivers)
    name = made.keep("name", _numbers(columns, "node", "name").copy(), nodes.names, tables["name"])
    forms: dict[str, Sequence[str]] = {
        "id": made.keep("id forms", columns.texts("node", "id"), nodes.ids, nodes.paths, nodes.qualified_names),
        "qualified": made.keep(
            "qualified forms", columns.texts("node", "qualified"), nodes.names, nodes.qualified_names
        ),
        "path": nodes.paths,
        "language": nodes.languages,
        "signature": nodes.signatures,
        "summary": nodes.summaries,
    }
    for key, texts in forms.items():
        tables[key] = made.keep(key, Interned(columns.table(key)), texts)
        made.keep(f"{key} codes", _numbers(columns, "node", key).copy(), texts)
    for key, table in tables.items():
        made.keep(f"{key} texts", _copied(columns, f"{key}.blob", f"{key}.offsets"), table)
    made.keep("by_name", _copied(columns, "by_name.offsets", "by_name.rows"), tables["name"], name)
    made.keep("by_path", _copied(columns, "by_path.offsets", "by_path.rows"), tables["path"])
    for key, texts in {"by_id": nodes.ids, "by_qualified": nodes.qualified_names}.items():
        made.keep(key, _copied(columns, f"{key}.digests", f"{key}.rows"), texts)
    return made


def _copied(columns: IndexColumns, *names: str) -> _Arrays:
    """Copies of the arrays that are there of some."""
    found = {name: columns.array(name) for name in names}
    return {name: np.array(array) for name, array in found.items() if array is not None}


def read_qualified_names(columns: IndexColumns, names: Sequence[str]) -> list[str]:
    """The qualified names of all nodes, given their names."""
    forms = zip(columns.texts("node", "qualified"), names, strict=True)
    return [form[1:] + name if form[0] == "+" else form[1:] for form, name in forms]


def read_ids(columns: IndexColumns, paths: Sequence[str], qualified_names: Sequence[str]) -> list[str]:
    """The ids of all nodes, given their paths and qualified names."""
    forms = zip(columns.texts("node", "id"), paths, qualified_names, strict=True)
    return [id_of_form(form, path, qualified_name) for form, path, qualified_name in forms]


def _nodes(columns: IndexColumns) -> NodeColumns:
    names, paths = columns.texts("node", "name"), columns.texts("node", "path")
    qualified_names = read_qualified_names(columns, names)
    start_line, start_byte = _int32s(columns, "node", "start_line"), _int32s(columns, "node", "start_byte")
    return NodeColumns(
        read_ids(columns, paths, qualified_names),
        names,
        qualified_names,
        paths,
        columns.texts("node", "language"),
        columns.texts("node", "signature"),
        columns.texts("node", "summary"),
        _numbers(columns, "node", "kind").astype(np.uint8),
        _numbers(columns, "node", "flags").astype(np.uint16),
        start_line,
        _ends(start_line, columns, "node", "lines"),
        start_byte,
        _ends(start_byte, columns, "node", "bytes"),
    )


def _edges(columns: IndexColumns) -> EdgeColumns:
    start_byte = _int32s(columns, "edge", "start_byte")
    return EdgeColumns(
        _numbers(columns, "edge", "kind").astype(np.uint8),
        _numbers(columns, "edge", "rule").astype(np.uint8),
        _int32s(columns, "edge", "source"),
        _int32s(columns, "edge", "target"),
        _int32s(columns, "edge", "line"),
        _int32s(columns, "edge", "column"),
        start_byte,
        _ends(start_byte, columns, "edge", "bytes"),
    )


def _sites(columns: IndexColumns) -> SiteColumns:
    return SiteColumns(
        columns.texts("site", "name"),
        columns.texts("site", "receiver"),
        _int32s(columns, "site", "caller"),
        _numbers(columns, "site", "reason").astype(np.uint8),
        _int32s(columns, "site", "line"),
        _int32s(columns, "site", "column"),
    )


def _numbers(columns: IndexColumns, group: str, key: str) -> _Array:
    return np.asarray(columns.numbers(group, key))


def _int32s(columns: IndexColumns, group: str, key: str) -> _Array:
    return _numbers(columns, group, key).astype(np.int32)


def _ends(starts: _Array, columns: IndexColumns, group: str, lengths: str) -> _Array:
    return (starts.astype(np.int64) + _numbers(columns, group, lengths)).astype(np.int32)


def _node_arrays(nodes: NodeColumns, names: _Array, made: Made) -> tuple[_Arrays, dict[str, Interned]]:
    forms: dict[str, Sequence[str]] = {
        "id": made.of("id forms", lambda: _id_forms(nodes), nodes.ids, nodes.paths, nodes.qualified_names),
        "qualified": made.of("qualified forms", lambda: _qualified_forms(nodes), nodes.names, nodes.qualified_names),
        "path": nodes.paths,
        "language": nodes.languages,
        "signature": nodes.signatures,
        "summary": nodes.summaries,
    }
    tables = {key: made.of(key, partial(Interned.of, texts), texts) for key, texts in forms.items()}
    codes = {key: made.of(f"{key} codes", partial(_codes, tables[key], texts), texts) for key, texts in forms.items()}
    arrays = {
        "kind": narrowed(nodes.kind),
        "flags": narrowed(nodes.flags),
        "name": names,
        **_spans(nodes.start_line, nodes.end_line, "start_line", "lines"),
        **_spans(nodes.start_byte, nodes.end_byte, "start_byte", "bytes"),
        **codes,
    }
    return arrays, tables


def _edge_arrays(edges: EdgeColumns) -> _Arrays:
    return {
        "kind": narrowed(edges.kind),
        "rule": narrowed(edges.rule),
        "source": narrowed(edges.source),
        "target": narrowed(edges.target),
        "line": narrowed(edges.line),
        "column": narrowed(edges.column),
        **_spans(edges.start_byte, edges.end_byte, "start_byte", "bytes"),
    }


def _site_arrays(sites: SiteColumns, names: Interned, receivers: Interned) -> _Arrays:
    return {
        "name": _codes(names, sites.names),
        "receiver": _codes(receivers, sites.receivers),
        "caller": narrowed(sites.caller),
        "reason": narrowed(sites.reason),
        "line": narrowed(sites.line),
        "column": narrowed(sites.column),
    }


def _id_forms(nodes: NodeColumns) -> list[str]:
    """`+suffix` where path and qualified name make the id, `@suffix` where the path does, `=id` elsewhere."""
    return [
        "+" + id[len(base) :]
        if id.startswith(base := id_base(path, qualified_name))
        else "@" + id[len(path) :]
        if path and id.startswith(path)
        else "=" + id
        for id, path, qualified_name in zip(nodes.ids, nodes.paths, nodes.qualified_names, strict=True)
    ]


def _qualified_forms(nodes: NodeColumns) -> list[str]:
    """`+prefix` where the name ends the qualified name, `=qualified name` elsewhere."""
    return [
        "+" + qualified_name.removesuffix(name) if qualified_name.endswith(name) else "=" + qualified_name
        for name, qualified_name in zip(nodes.names, nodes.qualified_names, strict=True)
    ]


def _codes(table: Interned, texts: Sequence[str]) -> _Array:
    return narrowed(table.codes(texts))


def text_arrays(name: str, table: Sequence[str]) -> _Arrays:
    """A table of strings as `columns.TextTable` reads it."""
    joined = "".join(table)
    if joined.isascii():
        lengths: Iterable[int] = map(len, table)
    else:
        lengths = (len(text.encode("utf-8", "surrogatepass")) for text in table)
    offsets = np.zeros(len(table) + 1, np.int64)
    np.cumsum(np.fromiter(lengths, np.int64, len(table)), out=offsets[1:])
    blob = np.frombuffer(joined.encode("utf-8", "surrogatepass"), np.uint8)
    return {f"{name}.blob": blob, f"{name}.offsets": narrowed(offsets)}


def _group_arrays(name: str, group_of: _Array, n_groups: int) -> _Arrays:
    offsets = np.zeros(n_groups + 1, np.int64)
    np.cumsum(np.bincount(group_of, minlength=n_groups), out=offsets[1:])
    arrays = {f"{name}.offsets": narrowed(offsets)}
    if len(group_of) and np.any(group_of[1:] < group_of[:-1]):
        arrays[f"{name}.rows"] = narrowed(_stable_order(group_of))
    return arrays


def _stable_order(numbers: _Array) -> _Array:
    """Indices that sort numbers below 2 ** 32, equal ones in their order.

    Of 16 bits numpy sorts by radix, of more by merging, which takes five times as long as two passes over halves.
    """
    low = np.argsort(numbers.astype(np.uint16), kind="stable")
    high = (numbers >> 16).astype(np.uint16)
    return low if not high.any() else low[np.argsort(high[low], kind="stable")]


def _digest_arrays(name: str, texts: Sequence[str]) -> _Arrays:
    digests = np.fromiter(map(text_digest, texts), np.uint32, len(texts))
    order = np.argsort(digests, kind="stable")
    return {f"{name}.digests": digests[order], f"{name}.rows": narrowed(order)}


def _spans(starts: _Array, ends: _Array, start_key: str, length_key: str) -> _Arrays:
    return {start_key: narrowed(starts), length_key: narrowed(ends.astype(np.int64) - starts)}


def narrowed(numbers: _Array) -> _Array:
    """The same numbers in the narrowest type that holds them."""
    if not len(numbers):
        return numbers.astype(np.uint8)
    low, high = int(numbers.min()), int(numbers.max())
    width = next(width for width in _WIDTHS if np.iinfo(width).min <= low and high <= np.iinfo(width).max)
    return numbers.astype(width)
