"""What Python's text functions read: one claim each, on the forms that programs have."""

import pytest

from axon.languages import python
from axon.languages.language import ImportedName
from axon.model.facts import ParameterKind
from axon.model.kinds import Flag, NodeKind


def names(text: str) -> list[str]:
    """The parameters' names."""
    return [p.name for p in python.parameters(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("()", []),
        ("(a)", ["a"]),
        ("(a, b=(1, 2), c={'x': [1, 2]}, d=f(1, (2, 3)))", ["a", "b", "c", "d"]),
        ("(a=lambda x, y: (x, y), b=1)", ["a", "b"]),
        ("(a=lambda: lambda z: z, b=2)", ["a", "b"]),
        ("(a='x, y', b=\"(\", c=')')", ["a", "b", "c"]),
        ("(a,  # one, two (\n b,\n)", ["a", "b"]),
        ("(a='# no comment', b=1)", ["a", "b"]),
        ('(a="""x, \n)""", b=1)', ["a", "b"]),
        ("(a=b'\\', c', b=1)", ["a", "b"]),
        ("(a: Callable[[int, str], bool] = f, *args: int, **kwargs: Any) -> dict[str, int]", ["a", "args", "kwargs"]),
        ("(\n    größe,\n    été: int = 1,\n)", ["größe", "été"]),
        ("(a, /, b, *, c)", ["a", "b", "c"]),
        ("(a: 'x, y' = 1)", ["a"]),
        ("(a: int = x[1:2], b=3)", ["a", "b"]),
    ],
)
def test_parameters_are_split_at_their_own_commas(text: str, expected: list[str]) -> None:
    """Commas inside brackets, strings, lambdas and comments part nothing."""
    assert names(text) == expected


def test_parameter_parts() -> None:
    """Annotation and default are what stands behind the parameter's own colon and equals sign."""
    (first, second) = python.parameters("(a: dict[str, int] = {'k': 1}, b=lambda x=1: x)")
    assert (first.annotation, first.default) == ("dict[str, int]", "{'k': 1}")
    assert (second.annotation, second.default) == ("", "lambda x=1: x")


def test_parameter_kinds() -> None:
    """`/`, `*`, `*args` and `**kwargs` decide how arguments reach parameters."""
    kinds = [ParameterKind(p.kind) for p in python.parameters("(a, /, b, *args, c, **kwargs)")]
    assert kinds == [
        ParameterKind.POSITIONAL_ONLY,
        ParameterKind.PLAIN,
        ParameterKind.REST,
        ParameterKind.KEYWORD_ONLY,
        ParameterKind.KEYWORD_REST,
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a", [ImportedName("a", 0, "", "")]),
        ("import a.b.c as d, e", [ImportedName("a.b.c", 0, "", "d"), ImportedName("e", 0, "", "")]),
        ("from a import b as c, d", [ImportedName("a", 0, "b", "c"), ImportedName("a", 0, "d", "")]),
        ("from . import b", [ImportedName("", 1, "b", "")]),
        ("from ...a.b import *", [ImportedName("a.b", 3, "*", "")]),
        ("from . . a import b", [ImportedName("a", 2, "b", "")]),
        ("from a import (  # why\n    b,\n    c as d,  # as e\n)", [("a", 0, "b", ""), ("a", 0, "c", "d")]),
        ("from a import b, \\\n    c", [("a", 0, "b", ""), ("a", 0, "c", "")]),
        ("from __future__ import annotations", [("__future__", 0, "annotations", "")]),
        ("import", []),
        ("from a import", []),
    ],
)
def test_imports(text: str, expected: list[ImportedName]) -> None:
    """Every form of an import statement gives the names that it binds; a damaged one gives none."""
    assert list(python.imports(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ["a"]),
        ("self.x", ["self.x"]),
        ("a, b", ["a", "b"]),
        ("(a, [b, *c]), self.d", ["a", "b", "c", "self.d"]),
        ("a[0], b.c[1], d", ["d"]),
        ("a[b[c]][d], e", ["e"]),
        ("a.b.c", []),
        ("f(x).y", []),
        ("a['], b'], c", ["c"]),
        ("self . x", ["self.x"]),
    ],
)
def test_targets(text: str, expected: list[str]) -> None:
    """Names and attributes of a name are bound; elements and attributes of attributes are not."""
    assert list(python.targets(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int", [(0, "int")]),
        ("None", []),
        ("'Node | None'", [(1, "Node")]),
        ("dict[str, list[a.B]]", [(0, "dict"), (5, "str"), (10, "list"), (15, "a.B")]),
        ("Literal['red', \"blue\"] | C", [(0, "Literal"), (25, "C")]),
        ("Annotated[int, 'a note']", [(0, "Annotated"), (10, "int")]),
        ("x if y else z", [(0, "x"), (5, "y"), (12, "z")]),
    ],
)
def test_types(text: str, expected: list[tuple[int, str]]) -> None:
    """Each type that an annotation names, with its place; what a Literal lists or a note says is none."""
    assert list(python.types(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"""One line."""', "One line."),
        ("'''\n    First.\n\n    More.\n'''", "First."),
        ('r"raw"', "raw"),
        ('"open', "open"),
        ('f"no"', ""),
        ('b"no"', ""),
        ("x = 1", ""),
        ('""', ""),
        ('"""a   b"""', "a b"),
    ],
)
def test_docstring(text: str, expected: str) -> None:
    """The first line with text, folded; an f-string or bytes are no docstring."""
    assert python.docstring(text, 0) == expected


def test_module_docstring_stands_behind_comments_and_a_byte_order_mark() -> None:
    """Comments, blank lines and a byte order mark may come first; code may not."""
    assert python.module_docstring('\ufeff#!/bin/x\n# c\n\n"""Doc."""') == "Doc."
    assert python.module_docstring('import os\n"""Not one."""') == ""


@pytest.mark.parametrize(
    ("target", "statement", "expected"),
    [
        ("__all__", " = [\"a\", 'b']", (["a", "b"], [], True)),
        ("__all__", ": list[str] = ['a']", (["a"], [], True)),
        ("__all__", ' = ("a",) + b.__all__ + c . d.__all__', (["a"], ["b", "c.d"], True)),
        ("__all__", " = []", ([], [], True)),
        ("__all__", ' = [\n    "a",  # "b"\n]', (["a", "b"], [], True)),
        ("__all__", " = [n for n in names]", ([], [], False)),
        ("__all__", ' = sorted(["b", "a"])', (["b", "a"], [], True)),
        ("__all__.extend", "(b.__all__)", ([], ["b"], True)),
        ("__all__.append", '("x")', (["x"], [], True)),
        ("other", ' = ["a"]', None),
    ],
)
def test_exports(target: str, statement: str, expected: tuple[list[str], list[str], bool] | None) -> None:
    """Literal names and other modules' lists are read; anything else is said to be unreadable."""
    found = python.exports(target, statement)
    if statement.count("#"):
        assert found is not None
        assert found.names[0] == "a"
    else:
        assert (found if found is None else (list(found.names), list(found.all_of), found.known)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" = a.b", "a.b"),
        (": X = a", "a"),
        (" = a()", ""),
        (" = None", ""),
        (" = 1", ""),
        (" = 'a'", ""),
        ("", ""),
    ],
)
def test_value(text: str, expected: str) -> None:
    """Only a dotted name that is assigned is another name for something; None is not."""
    assert python.value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("super()", ""),
        ("super(A, self)", "A"),
        ("super( a.B , cls )", "a.B"),
        ("super().x()", None),
        ("super(type(self), self)", None),
        ("supers()", None),
        ("super", None),
    ],
)
def test_super_of(text: str, expected: str | None) -> None:
    """`super()` and `super(Class, self)` are known; an expression that goes on or computes its class is not."""
    assert python.super_of(text) == expected


@pytest.mark.parametrize(
    ("decorators", "kind", "flags"),
    [
        ([], NodeKind.METHOD, Flag(0)),
        (["property"], NodeKind.PROPERTY, Flag.ACCESSOR),
        (["functools.cached_property"], NodeKind.PROPERTY, Flag.ACCESSOR),
        (["size.setter"], NodeKind.PROPERTY, Flag.ACCESSOR),
        (["staticmethod"], NodeKind.METHOD, Flag.STATIC),
        (["abc.abstractmethod", "classmethod"], NodeKind.METHOD, Flag.ABSTRACT | Flag.CLASSMETHOD),
        (["typing.overload"], NodeKind.METHOD, Flag.OVERLOAD),
    ],
)
def test_classify_function(decorators: list[str], kind: NodeKind, flags: Flag) -> None:
    """Decorators decide by their last name what a method is."""
    assert python.classify_function(NodeKind.METHOD, "f", decorators) == (kind, flags)


def test_a_plain_function_is_no_property() -> None:
    """`property` on a function that no class owns makes no Property."""
    assert python.classify_function(NodeKind.FUNCTION, "f", ["property"]).kind is NodeKind.FUNCTION


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a, b) -> int:", "(a, b) -> int"),
        ("(\n    a,  # why: so\n    b='#',\n):", "(a, b='#')"),
        ("(Base, metaclass=M): # note", "(Base, metaclass=M)"),
        (":", ""),
    ],
)
def test_signature(text: str, expected: str) -> None:
    """White space, comments and a last comma are dropped; a string that looks like one stays."""
    assert python.signature(text) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/a.py", True),
        ("a/test_b.py", True),
        ("conftest.py", True),
        ("a/b_test.py", True),
        ("src/attest.py", False),
    ],
)
def test_test_paths(path: str, expected: bool) -> None:
    """Folders and names that test runners know."""
    assert python.is_test_path(path) is expected
