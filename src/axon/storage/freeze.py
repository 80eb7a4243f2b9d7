"""Freezes a graph into columns, and thaws it.

What flows in: a CodeGraph. What flows out: one file of arrays that `columns.IndexColumns` maps, and the CodeGraph
back. It does not know who will read which row.

Texts are interned: a sorted table of distinct strings and a code per row. Numbers take the narrowest type that holds
them, ends are stored as lengths, ids and qualified names as what they add to path and name: half the bytes.
"""

from collections.abc import Iterable, Sequence
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

_Array: TypeAlias = npt.NDArray[Any]
_Arrays: TypeAlias = dict[str, _Array]

_WIDTHS = (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.int64)


def write_columns(graph: CodeGraph, folder: Path) -> None:
    """Write `graph` as one file into `folder`, which exists; about 0.2 CPU-seconds at 55,000 nodes, 230,000 edges."""
    nodes, edges, sites = graph.nodes, graph.edges, graph.unresolved
    names, name_codes = _interned([*nodes.names, *sites.names], key=name_order)
    node, node_tables = _node_arrays(nodes, name_codes[: len(nodes)])
    site, site_tables = _site_arrays(sites, name_codes[len(nodes) :])
    edge = _edge_arrays(edges)
    arrays = {
        f"{group}.{key}": value for group, columns in _grouped(node, edge, site) for key, value in columns.items()
    }
    for name, table in {"name": names, **node_tables, **site_tables}.items():
        arrays |= _text_arrays(name, table)
    arrays |= _group_arrays("by_name", node["name"], len(names)) | _group_arrays(
        "sites_by_name", site["name"], len(names)
    )
    arrays |= _group_arrays("by_path", node["path"], len(node_tables["path"]))
    arrays |= _group_arrays("out", edges.source, len(nodes)) | _group_arrays("in", edges.target, len(nodes))
    arrays |= _group_arrays("sites_by_caller", sites.caller, len(nodes))
    arrays |= _digest_arrays("by_id", nodes.ids) | _digest_arrays("by_qualified", nodes.qualified_names)
    counts = [len(nodes), len(edges), len(sites)]
    meta = {"version": COLUMNS_VERSION, "counts": counts} | {
        g: list(columns) for g, columns in _grouped(node, edge, site)
    }
    write_arrays(folder / COLUMNS_FILE, arrays, meta)


def read_graph(columns: IndexColumns) -> CodeGraph:
    """The whole graph that was frozen, row for row, as copies; about 0.3 CPU-seconds at that size."""
    return CodeGraph(_nodes(columns), _edges(columns), _sites(columns))


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


def _grouped(node: _Arrays, edge: _Arrays, site: _Arrays) -> list[tuple[str, _Arrays]]:
    return [("node", node), ("edge", edge), ("site", site)]


def _node_arrays(nodes: NodeColumns, names: _Array) -> tuple[_Arrays, dict[str, list[str]]]:
    texts: dict[str, Sequence[str]] = {
        "id": _id_forms(nodes),
        "qualified": _qualified_forms(nodes),
        "path": nodes.paths,
        "language": nodes.languages,
        "signature": nodes.signatures,
        "summary": nodes.summaries,
    }
    interned = {key: _interned(values) for key, values in texts.items()}
    arrays = {
        "kind": _narrow(nodes.kind),
        "flags": _narrow(nodes.flags),
        "name": names,
        **_spans(nodes.start_line, nodes.end_line, "start_line", "lines"),
        **_spans(nodes.start_byte, nodes.end_byte, "start_byte", "bytes"),
        **{key: codes for key, (_, codes) in interned.items()},
    }
    return arrays, {key: table for key, (table, _) in interned.items()}


def _edge_arrays(edges: EdgeColumns) -> _Arrays:
    return {
        "kind": _narrow(edges.kind),
        "rule": _narrow(edges.rule),
        "source": _narrow(edges.source),
        "target": _narrow(edges.target),
        "line": _narrow(edges.line),
        "column": _narrow(edges.column),
        **_spans(edges.start_byte, edges.end_byte, "start_byte", "bytes"),
    }


def _site_arrays(sites: SiteColumns, names: _Array) -> tuple[_Arrays, dict[str, list[str]]]:
    receivers, receiver_codes = _interned(sites.receivers)
    arrays = {
        "name": names,
        "receiver": receiver_codes,
        "caller": _narrow(sites.caller),
        "reason": _narrow(sites.reason),
        "line": _narrow(sites.line),
        "column": _narrow(sites.column),
    }
    return arrays, {"receiver": receivers}


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


def _interned(values: Sequence[str], key: Any = None) -> tuple[list[str], _Array]:
    table = sorted(dict.fromkeys(values), key=key)
    code_of = {text: code for code, text in enumerate(table)}
    codes = np.fromiter(map(code_of.__getitem__, values), np.uint32, len(values))
    return table, _narrow(codes)


def _text_arrays(name: str, table: Sequence[str]) -> _Arrays:
    joined = "".join(table)
    if joined.isascii():
        lengths: Iterable[int] = map(len, table)
    else:
        lengths = (len(text.encode("utf-8", "surrogatepass")) for text in table)
    offsets = np.zeros(len(table) + 1, np.int64)
    np.cumsum(np.fromiter(lengths, np.int64, len(table)), out=offsets[1:])
    blob = np.frombuffer(joined.encode("utf-8", "surrogatepass"), np.uint8)
    return {f"{name}.blob": blob, f"{name}.offsets": _narrow(offsets)}


def _group_arrays(name: str, group_of: _Array, n_groups: int) -> _Arrays:
    offsets = np.zeros(n_groups + 1, np.int64)
    np.cumsum(np.bincount(group_of, minlength=n_groups), out=offsets[1:])
    arrays = {f"{name}.offsets": _narrow(offsets)}
    if len(group_of) and np.any(group_of[1:] < group_of[:-1]):
        arrays[f"{name}.rows"] = _narrow(np.argsort(_narrow(group_of), kind="stable"))
    return arrays


def _digest_arrays(name: str, texts: Sequence[str]) -> _Arrays:
    digests = np.fromiter(map(text_digest, texts), np.uint32, len(texts))
    order = np.argsort(digests, kind="stable")
    return {f"{name}.digests": digests[order], f"{name}.rows": _narrow(order)}


def _spans(starts: _Array, ends: _Array, start_key: str, length_key: str) -> _Arrays:
    return {start_key: _narrow(starts), length_key: _narrow(ends.astype(np.int64) - starts)}


def _narrow(numbers: _Array) -> _Array:
    if not len(numbers):
        return numbers.astype(np.uint8)
    low, high = int(numbers.min()), int(numbers.max())
    width = next(width for width in _WIDTHS if np.iinfo(width).min <= low and high <= np.iinfo(width).max)
    return numbers.astype(width)
