"""The record of a linking as bytes and back.

What flows in: a CallRecord, or bytes that this very program has made. What flows out: the other. JSON, because a file
of a repository that somebody else has made must not run anything nor crash.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from axon.languages.library import Annotation
from axon.resolution.annotated import Binding
from axon.resolution.evaluation import At
from axon.resolution.frameworks.consulted import Consulted
from axon.resolution.generics import Place
from axon.resolution.numbers import Numbers
from axon.resolution.record import CallRecord, Shared
from axon.resolution.values import Role, Site

_Rows = list[list[Any]]


def encode(record: CallRecord) -> bytes:
    """The record as bytes; 0.1 CPU-seconds for 3,000 files."""
    numbers = record.numbers
    parts = {
        "shape": [record.n_files, record.n_rows],
        "externals": numbers.externals,
        "sites": numbers.sites,
        "annotations": numbers.annotations,
        "bindings": numbers.bindings,
        "places": numbers.places,
        "inline": numbers.inline,
        "keys": numbers.keys,
        "given": [[*p, [[file, _pairs(values)] for file, values in by.items()]] for p, by in record.given.items()],
        "decorated": [[*p, [[file, list(v)] for file, v in by.items()]] for p, by in record.decorated.items()],
        "described": [[file, _pairs(fields)] for file, fields in record.described.items()],
        "shared": [
            [file, [[key, *shared.history, shared.readers] for key, shared in slots.items()]]
            for file, slots in record.shared.items()
        ],
        "visits": _pairs(record.visits),
        "consulted": [sorted(of) for of in _parts(record.consulted)],
    }
    return json.dumps(parts, separators=(",", ":")).encode("ascii")


def decode(data: bytes) -> CallRecord:
    """The record that `encode` was given.

    Raises:
        ValueError: the bytes are no such thing.
    """
    try:
        return _decoded(json.loads(data))
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"no record of a linking: {error}") from error


def _decoded(parts: Mapping[str, Any]) -> CallRecord:
    numbers = Numbers(
        parts["externals"],
        [Site(Role(role), *rest) for role, *rest in parts["sites"]],
        [_annotation(part) for part in parts["annotations"]],
        [_binding(part) for part in parts["bindings"]],
        [Place(_at(at), definition, _annotation(annotation)) for at, definition, annotation in parts["places"]],
        [(file, start, name) for file, start, name in parts["inline"]],
        [(value, key) for value, key in parts["keys"]],
    )
    n_files, n_rows = parts["shape"]
    return CallRecord(
        n_files,
        n_rows,
        numbers,
        {(file, row): {source: dict(values) for source, values in by} for file, row, by in parts["given"]},
        {(file, row): {source: dict.fromkeys(values) for source, values in by} for file, row, by in parts["decorated"]},
        {file: {row: tuple(run) for row, run in fields} for file, fields in parts["described"]},
        {file: {key: _shared(*rest) for key, *rest in slots} for file, slots in parts["shared"]},
        {file: tuple(visitors) for file, visitors in parts["visits"]},
        Consulted(*map(set, parts["consulted"])) if parts["consulted"] else None,
    )


def _parts(consulted: Consulted | None) -> tuple[set[int], ...]:
    return () if consulted is None else (consulted.using, consulted.read, consulted.asked)


def _pairs(values: Mapping[int, Any]) -> _Rows:
    return [[key, value] for key, value in values.items()]


def _shared(born: int, values: Sequence[Sequence[int]], readers: Sequence[int]) -> Shared:
    return Shared((born, tuple(map(tuple, values))), tuple(readers))


def _at(part: Sequence[int]) -> At:
    file, scope, position = part
    return file, scope, position


def _annotation(part: Sequence[Any]) -> Annotation:
    name, arguments = part
    return Annotation(name, tuple(_annotation(argument) for argument in arguments))


def _binding(part: Sequence[Any]) -> Binding:
    at, *rest = part
    return (_at(at), _annotation(rest[0])) if len(rest) == 1 else cast(Binding, (_at(at), *rest))
