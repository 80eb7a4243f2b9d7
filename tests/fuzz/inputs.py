"""Bytes that may lie in a file of a language: noise, soup of its tokens, real snippets with damage.

What flows in: a registered language's name, its grammar and the pages of `tests/cases`. What flows out: strategies.
"""

from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from axon.languages import of
from axon.parsing.parser import grammar
from tests.cases.case import read_cases

Bytes = st.SearchStrategy[bytes]

_CASES = Path(__file__).resolve().parent.parent / "cases"
_ODD = [b"", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\x0c", b"\x1a", b"\\\n"]
_ODD += [b"(", b")", b"[", b"{", b"}", b'"', b"'", b'"""', b"`", b"${", b"/*", b"*/", b"#", b"//", b"<", b"/>", b";"]
_NAMES = [b"a", b"b1", b"Box", b"self", b"this", b"super", b"_x", b"gr\xc3\xb6\xc3\x9fe", b"1", b"0x", b"''", b'"s"']
_BLANKS = [b" ", b"\n", b"\n    ", b"\n        ", b"\t", b""]
_SNIPPET_BYTES = 2_000


def noise(_: str) -> Bytes:
    """Any bytes at all."""
    return st.binary(max_size=200)


def soup(language: str) -> Bytes:
    """Keywords and signs of the grammar in any order, names among them."""
    word = st.sampled_from([*_tokens(language), *_NAMES, *_ODD])
    piece = st.tuples(word, st.sampled_from(_BLANKS)).map(b"".join)
    return st.lists(piece, max_size=40).map(b"".join)


def damaged(language: str) -> Bytes:
    """Real snippets that were cut, spliced into each other, and had odd bytes put in."""
    texts = snippets(language)
    if not texts:
        return soup(language)
    cut = st.builds(_cut, st.sampled_from(texts), st.integers(0, 1000), st.integers(0, 1000))
    junk = st.sampled_from([*_ODD, *_tokens(language)])
    return st.lists(st.one_of(cut, junk), min_size=1, max_size=4).map(b"".join)


KINDS = {"noise": noise, "soup": soup, "damaged": damaged}


@cache
def snippets(language: str) -> list[bytes]:
    """The files of all cases that the language claims, in order of their text."""
    pages = sorted(_CASES.rglob("*.md"))
    cases = [case for page in pages if page.parent != _CASES for case in read_cases(str(page), page.read_text("utf-8"))]
    return sorted({t.encode()[:_SNIPPET_BYTES] for c in cases for path, t in c.files.items() if of(path) == language})


@cache
def _tokens(language: str) -> list[bytes]:
    known = grammar(language)
    ids = [n for n in range(known.node_kind_count) if known.node_kind_is_visible(n) and not known.node_kind_is_named(n)]
    return sorted({(known.node_kind_for_id(n) or "").encode() for n in ids})


def _cut(text: bytes, start: int, end: int) -> bytes:
    """From one thousandth of the text to another."""
    low, high = sorted((start, end))
    return text[len(text) * low // 1000 : len(text) * high // 1000]
