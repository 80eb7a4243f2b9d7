"""Texts as a store holds them, and the CSV files that carry them there."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from axon.model.kinds import Flag
from axon.storage.cypher.csv import Coded, csv_file, write
from axon.storage.cypher.text import decode, encode, encode_column
from axon.storage.schema import ColumnType, flag_words, flags_of, node_key
from tests.storage.samples import ODD_TEXTS

ANY_TEXT = st.text(
    st.one_of(st.characters(exclude_categories=()), st.sampled_from("\x00\x1a0dfF\ud800\udfff")), max_size=30
)
TYPES = [ColumnType.INT64, ColumnType.STRING, ColumnType.DOUBLE, ColumnType.STRING]


@given(ANY_TEXT)
def test_every_text_is_decoded_to_itself(text: str) -> None:
    """decode undoes encode, and what is encoded is UTF-8 without NUL."""
    encoded = encode(text)
    assert decode(encoded) == text
    assert "\x00" not in encoded
    assert encoded.encode("utf-8").decode("utf-8") == encoded


@given(st.lists(ANY_TEXT, max_size=5))
def test_a_column_is_encoded_text_by_text(texts: list[str]) -> None:
    """encode_column gives what encode gives for each text, also where two texts side by side form a pair."""
    assert list(encode_column(texts)) == [encode(text) for text in texts]


def test_plain_text_is_not_copied() -> None:
    """Texts without anything to escape come back as the same objects."""
    texts = ["a", "é", "x\ny"]
    assert encode_column(texts) is texts
    assert encode(texts[2]) is texts[2]


@given(st.lists(st.tuples(st.integers(0, 2**62), ANY_TEXT, st.floats(allow_nan=False), ANY_TEXT), min_size=1))
def test_a_file_is_what_the_csv_module_writes(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    """write gives, byte for byte, what csv.writer gives for encoded texts with QUOTE_NONNUMERIC."""
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    write(path, list(zip(*rows, strict=True)), TYPES)
    expected = io.StringIO(newline="")
    encoded = [(key, encode(text), number, encode(other)) for key, text, number, other in rows]
    csv.writer(expected, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(encoded)
    assert path.read_bytes() == expected.getvalue().encode("utf-8")


@given(st.lists(st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 2), st.integers(0, 2**31 - 1)), max_size=20))
def test_arrays_are_written_as_their_values(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int]]
) -> None:
    """Columns of arrays and codes give the rows that plain lists give, in any order, with blanks before numbers."""
    folder = tmp_path_factory.mktemp("csv")
    keys, codes, lines = (np.array(column) for column in zip(*rows, strict=True)) if rows else [np.zeros(0, int)] * 3
    words = ['a "word"', "é, two", ""]
    types = (ColumnType.INT64, ColumnType.STRING, ColumnType.DOUBLE, ColumnType.INT32)
    write(folder / "a", [keys, Coded(words, codes), Coded([0.5, 1.0, 0.25], codes), lines], types)
    numbers = [[0.5, 1.0, 0.25][code] for code in codes.tolist()]
    write(folder / "b", [keys.tolist(), [words[code] for code in codes.tolist()], numbers, lines.tolist()], types)
    written, expected = (
        sorted([cell.strip() for cell in row] for row in csv.reader(io.StringIO((folder / name).read_text("utf-8"))))
        for name in "ab"
    )
    assert written == expected


def test_a_file_is_gone_after_its_block(tmp_path: Path) -> None:
    """A CSV file lies beside the store while it is needed, and is deleted then with its folder."""
    with csv_file(tmp_path, [[1], ODD_TEXTS[:1]], TYPES[:2]) as path:
        assert path.is_relative_to(tmp_path)
        assert path.exists()
    assert list(tmp_path.iterdir()) == []


@given(ANY_TEXT)
def test_a_key_is_in_its_range(id: str) -> None:
    """A key is the same every time, at least 2**32 and below 2**63, for ids of any text."""
    assert 1 << 32 <= node_key(id) < 1 << 63
    assert node_key(id) == node_key(id)


def test_a_key_is_fixed() -> None:
    """The digest is part of the schema: a store written by another process is found by the same key."""
    assert node_key("src/pkg/mod.py::A.f") == 4575621001164597280


@given(st.integers(0, (1 << 13) - 1))
def test_flags_are_words_and_back(bits: int) -> None:
    """Every combination of flags comes back from its words."""
    assert flags_of(flag_words(bits)) == Flag(bits)
