"""SCIP on the wire, and its symbols."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axon.scip.messages import NotScipError, read_scip, scip_blocks
from axon.scip.model import Document, Encoding, Information, Occurrence, Range, Relation, Role
from axon.scip.symbols import Descriptor, Suffix, last_descriptor, symbol_of

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
NUMBERS = st.integers(0, 2**31 - 1)
RANGES = st.builds(Range, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
ROLES = st.integers(0, 127).map(Role)
OCCURRENCES = st.builds(Occurrence, RANGES, TEXTS, ROLES, st.none() | RANGES)
RELATIONS = st.builds(Relation, TEXTS, st.booleans(), st.booleans(), st.booleans(), st.booleans())
SYMBOLS = st.builds(
    Information,
    TEXTS,
    st.sampled_from(["", "Class", "Method", "Macro"]),
    TEXTS,
    st.tuples(TEXTS),
    TEXTS,
    st.lists(RELATIONS),
)
DOCUMENTS = st.builds(
    Document, TEXTS, TEXTS, st.sampled_from(Encoding), st.lists(OCCURRENCES, max_size=4), st.lists(SYMBOLS, max_size=3)
)


@given(TEXTS, TEXTS, st.lists(DOCUMENTS, min_size=1, max_size=3), st.lists(SYMBOLS, max_size=2))
def test_what_is_written_is_read(root: str, tool: str, documents: list[Document], external: list[Information]) -> None:
    """Every field of every message, document by document."""
    read = read_scip(b"".join(scip_blocks(root, (tool, "1"), documents, external)))
    assert (read.root, read.tool, read.version) == (root, tool, "1")
    assert read.documents == documents
    assert read.external == external


def test_bytes_are_those_of_the_protocol() -> None:
    """A definition at line 1, characters 2 to 5, by hand from the numbers and types in `scip.proto`."""
    occurrence = b"\x0a\x03\x01\x02\x05" + b"\x12\x01s" + b"\x18\x01"
    document = b"\x0a\x01p" + b"\x12" + bytes([len(occurrence)]) + occurrence + b"\x30\x02"
    (read,) = read_scip(b"\x12" + bytes([len(document)]) + document).documents
    assert read == Document("p", "", Encoding.UTF16, [Occurrence(Range(1, 2, 1, 5), "s", Role.DEFINITION)], [])
    assert b"\x12" + bytes([len(document)]) + document in b"".join(scip_blocks("", ("", ""), [read]))


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff", b"no such thing", b"\x1f\x8b\x08\x00"])
def test_what_is_no_index_is_said(content: bytes) -> None:
    """Nothing, damage, text, an archive."""
    with pytest.raises(NotScipError):
        read_scip(content)


@given(
    st.lists(
        st.builds(
            Descriptor,
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=6),
            st.sampled_from([Suffix.NAMESPACE, Suffix.TYPE, Suffix.TERM, Suffix.METHOD, Suffix.META, Suffix.MACRO]),
            st.just(0),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_the_last_step_of_a_symbol_is_told(steps: list[Descriptor]) -> None:
    """Whatever letters its names have."""
    assert last_descriptor(symbol_of("axon", "", "", steps)) == steps[-1]


@pytest.mark.parametrize(
    ("symbol", "last"),
    [
        ("scip-typescript npm zod 4.4.3 src/`util.ts`/Cart#add().", Descriptor("add", Suffix.METHOD)),
        ("scip-typescript npm zod 4.4.3 src/`util.ts`/Cart#add().(item)", Descriptor("item", Suffix.PARAMETER)),
        ("scip-typescript npm zod 4.4.3 `a.ts`/Cart#[T]", Descriptor("T", Suffix.TYPE_PARAMETER)),
        ("scip-python python flask 3.1.0 `src.flask.cli`/__init__:", Descriptor("__init__", Suffix.META)),
        ("local 12", None),
    ],
)
def test_symbols_of_other_tools_are_read(symbol: str, last: Descriptor | None) -> None:
    """As they write them."""
    assert last_descriptor(symbol) == last


def test_methods_of_one_name_are_told_apart() -> None:
    """By the disambiguator, as the grammar has it; names that need it are escaped."""
    steps = [Descriptor("a b.py", Suffix.NAMESPACE), Descriptor("f", Suffix.METHOD, 2)]
    assert symbol_of("axon", "", "", steps) == "axon . . . `a b.py`/f(+2)."
