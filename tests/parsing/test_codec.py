"""Facts to bytes and back."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axon.model.facts import Definitions, FileFacts, Imports, References
from axon.parsing.codec import CODEC_VERSION, decode, encode
from axon.parsing.extract import extract
from tests.parsing.sources import PROGRAMS

INTS = st.integers(-(2**31), 2**31 - 1)


def plain(facts: FileFacts) -> dict[str, Any]:
    """The facts as lists, so that arrays and tuples compare."""
    tables = {f.name: getattr(facts, f.name) for f in fields(facts)}
    return {
        name: {f.name: list(getattr(value, f.name)) for f in fields(value)} if hasattr(value, "__slots__") else value
        for name, value in tables.items()
    }


def tables(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any rows of a table."""
    width = len(fields(kind))
    rows = st.lists(st.tuples(*[INTS] * width), max_size=5)
    return rows.map(lambda some: kind(*zip(*some, strict=True)) if some else kind())


ANY_FACTS = st.builds(
    FileFacts,
    size=st.integers(0, 2**31 - 1),
    n_lines=st.integers(0, 2**31 - 1),
    summary=st.text(),
    strings=st.lists(st.one_of(st.text(), st.sampled_from(["", "\x00", "\ud800", "\U0010ffff", "a\r\nb"]))),
    definitions=tables(Definitions),
    references=tables(References),
    imports=tables(Imports),
)


@settings(deadline=None)
@given(program=PROGRAMS)
def test_extracted_facts_survive(program: str) -> None:
    """The facts of a program come back equal, column by column."""
    facts = extract("python", program.encode())
    back = decode(encode(facts))
    assert plain(back) == plain(replace(facts, strings=list(facts.strings)))


@given(facts=ANY_FACTS)
def test_any_facts_survive(facts: FileFacts) -> None:
    """So do arbitrary numbers and strings, lone surrogates among them."""
    assert plain(decode(encode(facts))) == plain(facts)


@settings(deadline=None)
@given(program=PROGRAMS)
def test_equal_facts_are_equal_bytes(program: str) -> None:
    """Encoding what was decoded gives the same bytes, so that they can be compared."""
    encoded = encode(extract("python", program.encode()))
    assert encode(decode(encoded)) == encoded


def test_another_version_is_refused() -> None:
    """Bytes of another codec version are no facts."""
    encoded = bytearray(encode(FileFacts()))
    encoded[0] = CODEC_VERSION + 1
    with pytest.raises(ValueError, match="codec version"):
        decode(bytes(encoded))
