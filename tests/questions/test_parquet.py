"""Rows as Parquet: those of the other forms, typed."""

import io
import json

import pyarrow.parquet as pq
import pytest

from axon.errors import UsageError
from axon.questions.export import HEADERS, What, export
from axon.questions.opened import Index
from axon.questions.parquet import parquet


@pytest.mark.parametrize("what", What)
def test_rows_are_those_of_the_other_forms(index: Index, what: What) -> None:
    """In their order, with numbers, truth values and lists as such; a lone surrogate is written as its number."""
    content = b"".join(parquet(index, what))
    assert content == b"".join(parquet(index, what))
    rows = pq.read_table(io.BytesIO(content)).to_pylist()
    lines = [json.loads(line) for line in b"".join(export(index, what)).splitlines()]
    assert len(rows) == len(lines) > 0
    assert list(rows[0]) == list(HEADERS[what])
    for row, line in zip(rows, lines, strict=True):
        flat = [v for value in line.values() for v in (value.values() if isinstance(value, dict) else [value])]
        expected = json.loads(
            json.dumps(flat, ensure_ascii=False).encode("utf-8", "backslashreplace").replace(b"\\u", b"\\\\u")
        )
        assert list(row.values()) == expected


def test_more_rows_than_allowed_are_an_error(index: Index) -> None:
    """With the flag that allows them."""
    with pytest.raises(UsageError, match=r"more than the 2 .*--most \d+"):
        parquet(index, What.NODES, most=2)


def test_without_the_extra_its_name_is_said(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where pyarrow cannot be imported."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"axon-codegraph\[parquet\]"):
        parquet(index, What.NODES)
