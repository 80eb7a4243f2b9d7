"""Which changes of a signature break calls."""

import pytest

from axon.analyses.signatures import break_of

BREAKS = {
    ("(a, b)", "(a)"): "`b` is gone",
    ("(a)", "(a, b)"): "`b` is new and required",
    ("(a, b=1)", "(a, b)"): "`b` is required now",
    ("(a, b)", "(b, a)"): "`a` has another place",
    ("(a, b)", "(a, *, b)"): "`b` is bound by name only now",
    ("(self, a, **kwargs)", "(self, a)"): "`kwargs` is gone",
    ("(url: string)", "(url: string, strict: boolean)"): "`strict` is new and required",
    ("(f: (a: X, b: Y) => void, x?: number)", "(f: (a: X, b: Y) => void, x: number)"): "`x` is required now",
    ("<T>(a: Map<K, V>, b: T)", "<T>(a: Map<K, V>)"): "`b` is gone",
}
KEEPS = [
    ("(a)", "(a, b=None)"),
    ("(a)", "(a, *args, **kwargs)"),
    ("(a: int) -> int", "(a: str) -> str"),
    ("(a)", "(a, b?: string)"),
    ("(a, b='x,y')", "(a, b='(')"),
    ("(*, a, b)", "(*, b, a)"),
    ("(a, b)", "(a, b, /)"),
    ("", "(a)"),
    ("(Base)", "(Base)"),
]


@pytest.mark.parametrize(("was", "now"), BREAKS)
def test_a_break_is_named(was: str, now: str) -> None:
    """The parameter at fault and what is wrong with it."""
    assert BREAKS[was, now] in break_of(was, now)


@pytest.mark.parametrize(("was", "now"), KEEPS)
def test_what_breaks_no_call_is_none(was: str, now: str) -> None:
    """Defaults, new optional parameters, types, and the order of what is bound by name."""
    assert break_of(was, now) == ""
