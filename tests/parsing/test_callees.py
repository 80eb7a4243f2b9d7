"""How a callee is kept: a dotted name, or the name behind an expression."""

import pytest

from axon.model.facts import NO_TEXT, ReferenceKind
from axon.parsing.extract import extract


def _callee(source: str) -> tuple[str, str | None]:
    """Text and receiver of the last call."""
    facts = extract("python", source.encode())
    references = facts.references
    last = list(references.kind).count(ReferenceKind.CALL) - 1
    receiver = references.receiver[last]
    return facts.strings[references.text[last]], None if receiver == NO_TEXT else facts.strings[receiver]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f()", ("f", None)),
        ("a.b.c()", ("a.b.c", None)),
        ("(a\n .b  # why\n .c())", ("a.b.c", None)),
        ("x = a[0].b()", ("b", "a[0]")),
        ("'#'.join(b)", ("join", "'#'")),
        ("a[0]()", ("", "a[0]")),
    ],
)
def test_a_callee_is_kept(source: str, expected: tuple[str, str | None]) -> None:
    """Blanks and comments inside a dotted name do not count; a string that holds a mark of comments is no comment."""
    assert _callee(source) == expected
