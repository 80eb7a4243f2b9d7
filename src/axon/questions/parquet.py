"""All rows of an index as Parquet, for data frames and warehouses; needs the extra `parquet`.

What flows in: an index and which rows. What flows out: blocks of one Parquet file, with the columns of the CSV form,
typed. It does not know where they go. pyarrow is imported when rows are asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from axon.errors import UsageError
from axon.model.answers import Json
from axon.questions.export import HEADERS, What, check_size, flat_rows
from axon.questions.opened import Index

MOST: Final = 100_000_000
"""Rows that a file holds unless somebody asks for more."""

_GROUP: Final = 65_536  # rows of a row group, and in memory at once
_INTEGERS: Final = frozenset({"line", "column", "start_line", "end_line", "start_byte", "end_byte", "candidates_total"})
_LISTS: Final = frozenset({"flags", "candidates"})


def parquet(index: Index, what: What, *, most: int | None = None) -> Iterator[bytes]:
    """The file of these rows, in the order of `export`.

    Raises:
        UsageError: there are more rows than `most`, or pyarrow is not installed.
    """
    check_size(index.columns, what, MOST if most is None else most, "parquet")
    try:
        import pyarrow  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: F401, PLC0415
    except ImportError as error:
        raise UsageError("pyarrow is not installed. Run `pip install 'axon-codegraph[parquet]'`.") from error
    return _blocks(index, what)


def _blocks(index: Index, what: What) -> Iterator[bytes]:
    import pyarrow as pa  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: PLC0415
    import pyarrow.parquet as pq  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: PLC0415

    schema = pa.schema([pa.field(name, _type(pa, name), nullable=False) for name in HEADERS[what]])
    sink = _Sink()
    rows = flat_rows(index.columns, what)
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        while some := list(islice(rows, _GROUP)):
            writer.write_table(pa.table(_arrays(schema, some), schema=schema))
            yield from sink.taken()
        if not index.columns.n_nodes:
            writer.write_table(schema.empty_table())
    yield from sink.taken()


def _type(pa: Any, name: str) -> Any:
    plain = name.removeprefix("source_").removeprefix("target_").removeprefix("caller_").removeprefix("site_")
    if plain in _INTEGERS:
        return pa.int64()
    if plain in _LISTS:
        return pa.list_(pa.string())
    return {"exported": pa.bool_(), "confidence": pa.float64()}.get(plain, pa.string())


def _arrays(schema: Any, rows: Sequence[Sequence[Json]]) -> Mapping[str, list[Json]]:
    return {
        name: [_utf8(value) for value in values]
        for name, values in zip(schema.names, zip(*rows, strict=True), strict=True)
    }


def _utf8(value: Json) -> Json:
    """Parquet holds UTF-8: a lone surrogate is written as a backslash and its number."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return [_utf8(item) for item in value] if isinstance(value, list) else value


class _Sink:
    """A file that hands over what was written to it, so that no more than a row group is in memory."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self.closed = False

    def write(self, block: bytes) -> int:
        self._blocks.append(bytes(block))
        return len(block)

    def taken(self) -> Iterator[bytes]:
        blocks, self._blocks = self._blocks, []
        yield from blocks

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True
