"""Where names stand in text: comments and prose are no code, keys and holes of strings are."""

import pytest

from axon.analyses.mentions import code_text, line_above
from axon.model.lexicon import Lexicon

HASH, SLASHES = Lexicon(has_hash_comments=True), Lexicon()


@pytest.mark.parametrize(
    ("lexicon", "source", "read"),
    [
        (HASH, b"x = y  # z", {"y"}),
        (HASH, b"f('key', \"some prose here\")", {"f", "key"}),
        (HASH, b"print(f'{name} is prose')", {"print", "name"}),
        (HASH, b"'''all of this is prose'''", set()),
        (HASH, b"raise E('no such_thing is there')", {"raise", "E", "such_thing"}),
        (HASH, b"x: 'list[Thing]' = 1", {"list", "Thing"}),
        (HASH, b"x = 1  # type: Thing", {"type", "Thing"}),
        (HASH, b"call(key=value)", {"call", "key", "value"}),
        (HASH, b"call(\n    key=value,\n)", {"call", "key", "value"}),
        (HASH, b"a.b = c", {"a", "c"}),
        (SLASHES, b"const x = y; // z\n/* w */", {"const", "y"}),
        (SLASHES, b"import {a} from './b-c'", {"import", "a", "from", "b", "c"}),
    ],
)
def test_what_is_read(lexicon: Lexicon, source: bytes, read: set[str]) -> None:
    """Names that stand in code other than to be assigned to."""
    text = code_text(source, lexicon)
    assert len(text.code) == len(source)
    assert {name.decode() for name, count in text.reads.items() if count > 0} == read


def test_the_line_above_is_indented_less() -> None:
    """Of a line at the left edge there is none."""
    source = b"if x:\n\n    a\n    b\nc\n"
    assert line_above(source, source.index(b"b")) == b"if x:"
    assert line_above(source, source.index(b"c\n")) == b""
