"""Decisions in texts."""

import pytest

from axon.analyses.complexity import complexity_of


@pytest.mark.parametrize(
    ("text", "decisions"),
    [
        ("def f():\n    return 1\n", 0),
        ("if a and b or c:\n    x\nelif d:\n    y\nelse:\n    z\n", 4),
        ("for a in b:\n    while c:\n        pass\n", 2),
        ('# if this and that\nx = \'if a or b\'\n"""if while"""\n', 0),
        ("if (a && b || c) { return d ? e : f; }  // if\n/* while */ switch (x) { case 1: case 2: }", 6),
        ("const f = (a?: number) => a?.b ?? c;", 1),
        ("#private; this.#x = 1", 0),
    ],
)
def test_decisions_are_counted_outside_of_strings_and_comments(text: str, decisions: int) -> None:
    """One more than these."""
    assert complexity_of(text) == decisions + 1
