"""How hard code is to follow, and what is written more than once."""

from axon.analyses.cognitive import cognitive_complexity
from axon.analyses.duplicates import duplicates
from axon.languages import lexicon_of

PY, TS = lexicon_of("a.py"), lexicon_of("a.ts")


def test_straight_code_has_one_path() -> None:
    assert cognitive_complexity(b"def f(a):\n    return a\n", PY) == 0


def test_nesting_costs_more() -> None:
    """`if` 1, `for` inside 2, `if` inside 3; `else` 1; `and` 1."""
    code = b"def f(a):\n    if a:\n        for b in a:\n            if b and a:\n                g()\n"
    code += b"    else:\n        h()\n"
    assert cognitive_complexity(code, PY) == 8


def test_else_if_is_one_more_arm() -> None:
    """In both spellings; like operators of a sequence count once."""
    assert cognitive_complexity(b"def f(a):\n    if a:\n        g()\n    elif b:\n        h()\n", PY) == 2
    code = b"function f(a) {\n  if (a && b && c) {\n    g();\n  } else if (b) {\n    h();\n  }\n}\n"
    assert cognitive_complexity(code, TS) == 3


LONG = b"def name(first, second):\n" + b"".join(
    b"    if first[%d] > second:\n        total = call(first, %d)\n" % (n, n) for n in range(6)
)


def test_functions_alike_but_for_names_and_numbers_are_duplicates() -> None:
    """Renamed: alike; another shape: not; too short to say: not."""
    renamed = LONG.replace(b"first", b"one").replace(b"name", b"other").replace(b"> ", b"> ").replace(b"5", b"99")
    different = LONG.replace(b">", b"+").replace(b"call(", b"self.items.append(call, ")
    keywords = frozenset({b"if", b"def"})
    code = {1: LONG, 2: renamed, 3: different, 4: b"def f():\n    pass\n", 5: b"def g():\n    pass\n"}
    (group,) = duplicates(code, keywords)
    assert group.rows == (1, 2)
    assert group.similarity == 1.0
