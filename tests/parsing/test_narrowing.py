"""Where a name is an instance of a class, and which parts of a scope run or not."""

import pytest

from axon.model.facts import FlowKind
from tests.parsing.facts import branches, flows, spans


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("if isinstance(x, T): a", [("x", "a")]),
        ("if c and isinstance(self.x, T) and d: a", [("self.x", "a"), ("self.x", "d")]),
        ("if isinstance(x := y.z, T): a", [("x", "a"), ("y.z", "a")]),
        ("if isinstance(x[0], T): a", []),
        ("if isinstance(x, T) or c: a", []),
        ("if not isinstance(x, T): a\nelse: b", [("x", "\nelse: b")]),
        ("def f():\n  if not isinstance(x, T):\n    return\n  b\nc", [("x", "\n  b")]),
        ("def f():\n  if not isinstance(x, T) or c:\n    raise E\n  b\nc", [("x", "\n  b"), ("x", "c")]),
        ("def f():\n  if not isinstance(x, T):\n    pass\n  b\n", []),
        ("def f():\n  assert isinstance(x, T), 'why'\n  b\nc", [("x", "\n  b")]),
        ("def f():\n  assert c, isinstance(x, T)\n  b\n", []),
        ("while isinstance(x, T): a", [("x", "a")]),
        ("y = x.a if isinstance(x, T) else b", [("x", "x.a")]),
        ("[x.a for x in y if isinstance(x, T)]", [("x", "[x.a for x in y if isinstance(x, T)]")]),
        ("if isinstance(f(x), T): a", []),
        ("if f(isinstance(x, T)): a", []),
    ],
)
def test_a_check_narrows(source: str, expected: list[tuple[str, str]]) -> None:
    """A check of a class holds where it decides that code runs, and nowhere else."""
    assert sorted((target, held) for target, _, held in spans(source, FlowKind.NARROWED)) == sorted(expected)


def test_several_classes_are_a_tuple() -> None:
    """The classes of a check are one value."""
    assert flows("if isinstance(x, (A, b.B)): a", FlowKind.NARROWED) == ["x = DISPLAY(tuple; A, b.B)"]


def test_a_case_narrows() -> None:
    """What is matched is an instance of the class of the pattern, and so is the name that it is given."""
    source = "match x.y:\n  case T() as q: a\n  case A(z=1) | b.B(): c\n  case w: d\n  case _: e\n"
    expected = ["q = T", "x.y = T", "x.y = DISPLAY(tuple; A, b.B)"]
    assert flows(source, FlowKind.NARROWED) == expected
    assert flows(source) == ["q = x.y", "w = x.y"]


def test_arms_share_their_statement() -> None:
    """Arms of one `if` name its first byte; the last knows that it leaves."""
    source = "x = 1\nif a:\n  x = 2\nelif b: raise E\nelse:\n  if c: return\n  else: break\n"
    assert branches(source) == [
        ("ARM", "x = 2", 6, 0),
        ("ARM", "raise E", 6, 1),
        ("ELSE", "if c: return\n  else: break", 6, 1),
        ("ARM", "return", 44, 1),
        ("ELSE", "break", 44, 1),
    ]


def test_an_arm_that_begins_with_a_choice_is_of_the_outer_one() -> None:
    """The block of an `if` that begins with another belongs to the outer."""
    found = branches("x = x = 1\nif a:\n  if b: c\n")
    assert [(kind, statement) for kind, _, statement, _ in found] == [("ARM", 10), ("ARM", 18)]


def test_loops_handlers_and_cases() -> None:
    """Loops run any number of times, handlers perhaps, one case of several."""
    source = (
        "x = x = 1\nfor a in b: c\nelse: d\nwhile e: continue\ntry: f\nexcept G: h\nfinally: i\n"
        "match j:\n  case k: l\n  case _: m\n"
    )
    assert [(kind, held) for kind, held, _, _ in branches(source)] == [
        ("LOOP", "c"),
        ("LOOP", "continue"),
        ("MAYBE", "h"),
        ("ARM", "l"),
        ("ELSE", "m"),
    ]


def test_only_where_a_name_is_bound_again() -> None:
    """A scope that binds each name once has no branches; a parameter counts."""
    assert branches("def f(a):\n  if a: b = 1\n") == []
    assert len(branches("def f(a):\n  if a: a = 1\n")) == 1
