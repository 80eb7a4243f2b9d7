"""What runs code without calling it: attributes that are read, and operations."""

import pytest

from axon.model.facts import ReferenceKind
from tests.parsing.facts import references


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a.b.c", ["a.b.c a.b.c ?"]),
        ("a.b.c()", []),
        ("a.b (c)", []),
        ("(a\n .b\n .c())", []),
        ("f(a.b, k=c.d)", ["a.b a.b ?", "c.d c.d ?"]),
        ("a.b = c.d", ["c.d c.d ?"]),
        ("a.b, (c.d, e) = f", []),
        ("a.b += 1", ["a.b a.b ?"]),
        ("a.b[c.d] = 1", ["a.b a.b ?", "c.d c.d ?"]),
        ("del a.b, c.d", []),
        ("for a.b in c.d: pass", ["c.d c.d ?"]),
        ("import a.b\nfrom c.d import e", []),
        ("@a.b\n@c.d(e.f)\ndef g(x: h.i = j.k) -> l.m: pass", ["e.f e.f ?", "j.k j.k ?"]),
        ("class A(b.C, k=d.e): pass", ["d.e d.e ?"]),
        ("f().a.b", ["b MEMBER(b; MEMBER(a; CALL(f))) ?"]),
        ("a.b[0].c", ["a.b a.b ?", "c MEMBER(c; ITEM(0; a.b)) ?"]),
        ("a.b\n(c)", ["a.b a.b ?"]),
        ("f'{a.b}'", ["a.b a.b ?"]),
    ],
)
def test_an_attribute_is_read(source: str, expected: list[str]) -> None:
    """The longest attribute in a place that reads it, unless it is called."""
    assert references(source, ReferenceKind.READ) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a + b", ["+ a b"]),
        ("a ** b // c", ["// OPERATION(**; a; b) c", "** a b"]),
        ("a += b.c", ["+= a b.c"]),
        ("'%s' % a", []),
        ("1 + a", []),
        ("a == b", ["== a b"]),
        ("a < b <= c", ["< a b", "<= b c"]),
        ("a in b", ["in b a"]),
        ("a not  in b", ["not in b a"]),
        ("a is b is not None", []),
        ("-a", ["neg a ?"]),
        ("-1", []),
        ("a['k']", ["[] a #str"]),
        ("a['k'] = b", ["[]= a #str"]),
        ("a[k], x = b", ["[]= a k"]),
        ("del a[k], b", ["del[] a k"]),
        ("a[k] += b", ["+= ITEM(a) b", "[] a k", "[]= a k"]),
        ("with a.b() as c, d: pass", ["with CALL(a.b) ?", "with d ?"]),
        ("for a in b.c: pass", ["for b.c ?"]),
        ("[a for a in b]", ["for b ?"]),
        (
            "async def f():\n async with a: pass\n async for b in c: await d()",
            [
                "async with a ?",
                "async for c ?",
                "await CALL(d) ?",
            ],
        ),
        ("async def f(): return [a async for a in b]", ["async for b ?"]),
        ("x: a[b] = c", []),
        ("class A(B[c]): pass", []),
    ],
)
def test_an_operation_names_its_operands(source: str, expected: list[str]) -> None:
    """The operator, the operand whose type decides, and the other one; nothing where that operand is a literal."""
    assert sorted(references(source, ReferenceKind.OPERATION)) == sorted(expected)
