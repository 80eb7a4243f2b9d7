"""Where values go: bindings, what leaves a function, what is stored, and annotations."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axon.model.facts import ExpressionKind, FileFacts, FlowKind, ReferenceKind
from axon.parsing.extract import extract
from tests.parsing.facts import flows, read, references, spans, text
from tests.parsing.sources import PROGRAMS


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = v", ["x = v"]),
        ("self.x = a.b.c = v()", ["a.b.c = CALL(v)", "self.x = CALL(v)"]),
        ("x: 'T[A]' = v", ["x: 'T[A]' = v"]),
        ("a, b = v", ["a = UNPACKED(0; v)", "b = UNPACKED(1; v)"]),
        (
            "a, (b, *c), d.e = v",
            [
                "a = UNPACKED(0; v)",
                "b = UNPACKED(0; UNPACKED(1; v))",
                "c = UNPACKED(*; UNPACKED(1; v))",
                "d.e = UNPACKED(2; v)",
            ],
        ),
        ("[a, *b, c] = v", ["a = UNPACKED(0; v)", "b = UNPACKED(*; v)", "c = UNPACKED(-1; v)"]),
        ("for x, y.z in v(): pass", ["x = UNPACKED(0; EACH(CALL(v)))", "y.z = UNPACKED(1; EACH(CALL(v)))"]),
        (
            "with f() as x, g as (y, z): pass",
            [
                "x = ENTERED(CALL(f))",
                "y = UNPACKED(0; ENTERED(g))",
                "z = UNPACKED(1; ENTERED(g))",
            ],
        ),
        ("try: pass\nexcept (A, b.B) as e: pass", ["e = RAISED(DISPLAY(tuple; A, b.B))"]),
        ("f(x := v)", ["x = v"]),
        ("[x for y in v for x in y]", ["x = EACH(y)", "y = EACH(v)"]),
        ("x += v", ["x = OPERATION(+=; x; v)"]),
        ("f().x = v", []),
        (
            "async def f():\n async with a as x: pass\n async for y in b: pass",
            ["x = ENTERED(async; a)", "y = EACH(async; b)"],
        ),
    ],
)
def test_a_binding_has_its_value(source: str, expected: list[str]) -> None:
    """Each name and dotted target is bound to what is assigned, iterated, entered, raised or unpacked."""
    assert sorted(flows(source)) == expected


def test_an_annotation_alone_declares() -> None:
    """`x: T` binds nothing; its annotation is kept, of attributes too."""
    source = "x: list[T]\nclass A:\n    y: 'B'\n    def f(self):\n        self.z: int\n"
    expected = ["x: list[T] = ?", "y: 'B' = ?", "self.z: int = ?"]
    assert flows(source, FlowKind.DECLARED) == expected
    assert flows(source) == []


def test_a_binding_holds_from_its_end() -> None:
    """An assignment holds behind itself, a loop's target in its body, a comprehension's in the comprehension."""
    assert spans("x = v; y") == [("x", "v", "; y")]
    assert spans("for x in v: y") == [("x", "v", "y")]
    assert spans("with v as x: y") == [("x", "v", ": y")]
    assert spans("a([x for x in v])") == [("x", "v", "[x for x in v]")]


def test_a_flow_is_of_its_scope() -> None:
    """What a function binds is the function's, a class's body the class's, the rest the file's."""
    facts = read("a = 1\nclass B:\n    c = 2\n    def d(self):\n        self.e = 3\n")
    names = [text(facts, index) for index in facts.definitions.name]
    scopes = [names[scope] if scope >= 0 else "" for scope in facts.flows.scope]
    assert scopes == ["", "B", "d"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("d['k'] = v", ["d['k'] = v"]),
        ("self.d[k] = v", ["self.d = v"]),
        ("d[0], x = v", ["d[0] = UNPACKED(0; v)"]),
        ("d[-1] += v", ["d[-1] = OPERATION(+=; ITEM(-1; d); v)"]),
        ("f()[1] = v", []),
    ],
)
def test_an_element_is_stored(source: str, expected: list[str]) -> None:
    """A subscript that is assigned stores into its container, if that has a name."""
    assert flows(source, FlowKind.STORED) == expected


def test_what_leaves_a_function() -> None:
    """Values that are returned, yielded, and yielded from."""
    source = "def f():\n    x = yield a.b\n    yield from c()\n    return (x, 1)\n    return\n    yield\n"
    assert flows(source, FlowKind.RETURNED) == [" = DISPLAY(tuple; x, #int)"]
    assert flows(source, FlowKind.YIELDED) == [" = a.b"]
    assert flows(source, FlowKind.DELEGATED) == [" = CALL(c)"]


def test_annotations_of_results() -> None:
    """The annotation behind a function's arrow is kept, folded and with its quotes."""
    facts = read("def f() -> 'A': ...\ndef g(\n    x,\n) -> dict[\n    str, int\n]: ...\ndef h(): ...\nx = 1\n")
    assert [text(facts, index) for index in facts.definitions.returns] == ["'A'", "dict[str, int]", "", ""]


def _check(facts: FileFacts) -> None:
    """Every index is in its table, and the promised orders hold."""
    n, strings = len(facts.expressions.kind), len(facts.strings)
    table = facts.expressions
    for kind, word, first, second in zip(table.kind, table.text, table.first, table.second, strict=True):
        assert -1 <= word < strings
        assert -1 <= first < n
        is_place = kind in (ExpressionKind.FUNCTION, ExpressionKind.COMPREHENSION)
        n_seconds = strings if kind == ExpressionKind.LITERAL else facts.size if is_place else n
        assert -1 <= second < n_seconds
    for column in (facts.references.value, facts.references.argument, facts.flows.value):
        assert all(-1 <= row < n for row in column)
    assert list(facts.flows.start_byte) == sorted(facts.flows.start_byte)
    assert list(facts.references.kind) == sorted(facts.references.kind)
    assert list(facts.branches.start_byte) == sorted(facts.branches.start_byte)
    assert len(facts.definitions.returns) == len(facts.definitions.kind)


@settings(max_examples=200, deadline=None)
@given(
    program=PROGRAMS, cut=st.integers(0, 400), junk=st.sampled_from(["", "(", "\x00", '"""', "é", "match x:\n", "\\"])
)
def test_rows_are_in_range(program: str, cut: int, junk: str) -> None:
    """Whatever is extracted, whole or damaged, names rows that exist and stands in order."""
    _check(extract("python", (program[:cut] + junk + program[cut:]).encode()))


def test_languages_without_values_have_none() -> None:
    """A language that does not say what its values look like gives empty tables."""
    facts = extract("typescript", b"const x: number = f(a.b)\n")
    if not facts.expressions.kind:
        assert list(facts.references.value) == [-1] * len(facts.references.kind)
        assert not facts.flows.kind


def test_calls_come_first() -> None:
    """Reads and operations stand behind all other references."""
    facts = read("@d\nclass A(B): x: C = a.b + f(c.d)\n")
    kinds = [ReferenceKind(kind).name for kind in facts.references.kind]
    assert kinds == ["CALL", "DECORATOR", "BASE", "TYPE", "READ", "READ", "OPERATION"]
    assert references("f()\n", ReferenceKind.READ) == []
