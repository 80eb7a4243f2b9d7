"""Values as rows: every construct of the form, its caps, and that equal values are one row."""

import pytest

from axon.model.facts import ExpressionKind, ReferenceKind
from tests.parsing.facts import assigned, read, references, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a.b.c", "a.b.c"),
        ("(a\n .b  # why\n .c)", "a.b.c"),
        ("(a.b).c", "a.b.c"),
        ("(((a)))", "a"),
        ("f()", "CALL(f)"),
        ("f(1, 'x', b, k=g, *z, **kw)", "CALL(f; #int, #str, b, k=g, *=z, **=kw)"),
        ("f(g(a), 'x, y', (b, c))", "CALL(f; CALL(g; a), #str, DISPLAY(tuple; b, c))"),
        ("f(w := 3)", "CALL(f; #int)"),
        ("f(a == b, not c)", "CALL(f; OPERATION(==; a; b), #bool)"),
        ("f (a)", "CALL(f; a)"),
        ("q().w.e", "MEMBER(e; MEMBER(w; CALL(q)))"),
        ("a.b(c).d(e)", "CALL(MEMBER(d; CALL(a.b; c)); e)"),
        ("d['k']", "ITEM('k'; d)"),
        ('d["k"]', "ITEM('k'; d)"),
        ("d[0][-1]", "ITEM(-1; ITEM(0; d))"),
        ("d[k]", "ITEM(d)"),
        ("d[1:2]", "ITEM(1:; d)"),
        ("d[a, b]", "ITEM(d)"),
        ("a if c else b", "EITHER(a; b)"),
        ("a or b", "EITHER(a; b)"),
        ("a and b", "EITHER(a; b)"),
        ("[a, 1]", "DISPLAY(list; a, #int)"),
        ("(a, *b)", "DISPLAY(tuple; a, *=b)"),
        ("a, b", "DISPLAY(tuple; a, b)"),
        ("()", "DISPLAY(tuple)"),
        ("{a}", "DISPLAY(set; a)"),
        ("{'k': a, **b, 3: c(), d: 1}", "DISPLAY(dict; 'k'=a, **=b, 3=CALL(c), #int)"),
        ("'s'", "#str"),
        ("'a' \"b\"", "#str"),
        ("f'{a}'", "#str"),
        ("'''a\nb'''", "#str"),
        ("b'x'", "#bytes"),
        ("rb'''x\n'''", "#bytes"),
        ("12_3", "#int"),
        ("0x1F", "#int"),
        ("1.5e3", "#float"),
        ("-1", "#int"),
        ("True", "#bool"),
        ("None", "#None"),
        ("a < b", "OPERATION(<; a; b)"),
        ("a < b < c", "#bool"),
        ("a in b", "#bool"),
        ("1 < b", "#bool"),
        ("not a", "#bool"),
        ("-a", "OPERATION(neg; a)"),
        ("a + b.c", "OPERATION(+; a; b.c)"),
        ("a @ b", "OPERATION(@; a; b)"),
        ("...", "?"),
        ("yield", "?"),
    ],
)
def test_a_value_is_read(expression: str, expected: str) -> None:
    """An expression gives the rows that its kind has."""
    assert assigned(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[a.b for a in c]", "COMPREHENSION(list; a.b; @5)"),
        ("{a for a in c}", "COMPREHENSION(set; a; @5)"),
        ("(a for a in c)", "COMPREHENSION(generator; a; @5)"),
        ("{a: b for a, b in c}", "COMPREHENSION(dict; b; @5)"),
        ("lambda a, b=1: a.c", "FUNCTION(a, b=1; a.c; @19)"),
        ("lambda: a", "FUNCTION(a; @12)"),
        ("f(a for a in c)", "CALL(f; COMPREHENSION(generator; a; @6))"),
    ],
)
def test_what_is_evaluated_elsewhere_says_where(expression: str, expected: str) -> None:
    """A comprehension and a lambda hold the byte at which their inner value is evaluated."""
    assert assigned(expression).replace("(; ", "(") == expected


def test_await_is_a_value() -> None:
    """What is awaited is behind an AWAIT."""
    assert references("async def f(): return (await a.b()).c\n", ReferenceKind.READ) == [
        "c MEMBER(c; AWAIT(CALL(a.b))) ?"
    ]


def test_equal_texts_are_one_row() -> None:
    """The same value in two places is one row; one that holds a byte is not."""
    facts = read("x = f(a.b, 1)\ny = f(a.b, 1)\n")
    assert list(facts.expressions.kind).count(ExpressionKind.CALL) == 1
    facts = read("x = [a for a in b]\ny = [a for a in b]\n")
    assert list(facts.expressions.kind).count(ExpressionKind.COMPREHENSION) == 2


def test_a_call_says_what_is_called_with_what() -> None:
    """A call's row has its callee and its first argument; a decorator's those of its call."""
    assert references("a.b(c).d(k=1)\n", ReferenceKind.CALL) == ["a.b a.b c", "d MEMBER(d; CALL(a.b; c)) k=#int"]
    assert references("@a.b\n@c(1)\ndef f(): ...\n", ReferenceKind.DECORATOR) == ["a.b a.b ?", "c CALL(c; #int) #int"]


def test_displays_end_somewhere() -> None:
    """Of a display 32 elements are kept."""
    assert assigned(f"[{', '.join(['a'] * 100)}]").count("a") == 32
    assert assigned(f"[{', '.join(['[a]'] * 100)}]").count("(list; a)") == 32


def test_long_texts_are_left_out() -> None:
    """A name or key above 200 characters has no text, and what is around it is read."""
    assert assigned("d['" + "k" * 300 + "']") == "ITEM(d)"
    assert assigned("f(" + "n" * 300 + ")") == "CALL(f; ?)"


@pytest.mark.parametrize("opening", ["(", "[", "f(", "-", "not ", "a[", "a or ", "lambda: ", "{1: ", "await "])
def test_deep_nesting_is_cut(opening: str) -> None:
    """A value in 3,000 others is no recursion, and no chain of rows is longer than the cap."""
    closing = {"(": ")", "[": "]", "{": "}"}.get(opening.strip(" :1")[-1:], "")
    facts = read(f"x = {opening * 3000}y{closing * 3000}\nz = w\n")
    for row in range(len(facts.expressions.kind)):
        value(facts, row)
    assert facts.flows.target
