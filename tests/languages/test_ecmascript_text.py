"""JavaScript's and TypeScript's text: names, parameters, patterns, imports and exports in pieces of source."""

import time

import pytest

from axon.languages.ecmascript import (
    comment_before,
    modifiers,
    module_docstring,
    parameters,
    required,
    signature,
    targets,
    value,
)
from axon.languages.ecmascript_imports import assigned_exports, exported_names, imports
from axon.model.kinds import Flag


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("(a, b = 1, ...rest)", ["a", "b", "rest"]),
        (" = async x => ", ["x"]),
        (" = async <T extends (x: any) => void>(a: Map<T, U>, b?: T): Promise<T> => ", ["a", "b"]),
        (": (x: number) => void = (y) => ", ["y"]),
        ("({ a, b: [c] }: Props, @Inject() private readonly d: D) ", ["{ a, b: [c] }", "d"]),
        ("(this: Window, a = ')', /* b, */ c)", ["a", "c"]),
        (": () => ", []),
        ("()", []),
        ("(", []),
        ("", []),
    ],
)
def test_parameters(head: str, names: list[str]) -> None:
    """Every form of list gives its parameters by name; what is damaged gives what can be read."""
    assert [parameter.name for parameter in parameters(head)] == names


def test_parameter_parts() -> None:
    """Annotation and default are kept as written, white space folded."""
    (first,) = parameters("(a: Map<string,\n  number> = new Map())")
    assert (first.annotation, first.default) == ("Map<string, number>", "new Map()")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("a", ("a",)),
        ("$a", ("$a",)),
        ("this.x", ("this.x",)),
        ("{ a, b: c, d = 1, ...e }", ("a", "c", "d", "e")),
        ("[a, [b], ...c]", ("a", "b", "c")),
        ("{ a: { b: [c = 2] } }", ("c",)),
        ("{ 'quoted': q, [computed]: r }", ("q", "r")),
        ("{", ()),
    ],
)
def test_targets(pattern: str, names: tuple[str, ...]) -> None:
    """A pattern binds what stands behind its colons."""
    assert targets(pattern) == names


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("import a from 'm';", [("m", "default", "a")]),
        (
            "import a, { b, type C, d as e } from 'm'",
            [("m", "default", "a"), ("m", "b", "b"), ("m", "C", "C"), ("m", "d", "e")],
        ),
        ("import type { T } from 'm'", [("m", "T", "T")]),
        ("import type D from 'm'", [("m", "default", "D")]),
        ("import type from 'm'", [("m", "default", "type")]),
        ('import * as ns from "m"', [("m", "", "ns")]),
        ("import 'm'", [("m", "", " ")]),
        ("import data from './d.json' with { type: 'json' }", [("./d.json", "default", "data")]),
        ("import x = require('m')", [("m", "", "x")]),
        ("import('m')", [("m", "", required("require('m')"))]),
        ("import(`m${x}`)", []),
        ("x = require('m')", [("m", "", "x")]),
        ("{ a, b: c, d = 1 } = require('m')", [("m", "a", "a"), ("m", "b", "c"), ("m", "d", "d")]),
        ("x = require('m').y", [("m", "y", "x")]),
        ("{ a } = await import('m')", [("m", "a", "a")]),
        ("x = other('m')", []),
        ("export { a, b as c } from 'm'", [("m", "a", " a"), ("m", "b", " c")]),
        ("export * from 'm'", [("m", "*", " ")]),
        ("export * as ns from 'm'", [("m", "", " ns")]),
        ("module.exports = require('m')", [("m", "", " =")]),
        ("import { from } from", []),
    ],
)
def test_imports(statement: str, rows: list[tuple[str, str, str]]) -> None:
    """Every form of import gives (module, name there, name here)."""
    assert [(row.module, row.name, row.alias) for row in imports(statement)] == rows


@pytest.mark.parametrize(
    ("statement", "pairs"),
    [
        ("export { a, b as c };", (("a", "a"), ("c", "b"))),
        ("export default a;", (("default", "a"),)),
        ("export = a.b;", (("=", "a.b"),)),
        ("export { a as b } from 'm'", (("b", " b"),)),
        ("export * from 'm'", ()),
        ("export * as ns from 'm'", (("ns", " ns"),)),
    ],
)
def test_exported_names(statement: str, pairs: tuple[tuple[str, str], ...]) -> None:
    """An export statement gives (name for others, own name)."""
    assert exported_names(statement) == pairs


@pytest.mark.parametrize(
    ("statement", "pairs"),
    [
        ("module.exports = a;", (("=", "a"),)),
        ("exports.a = b", (("a", "b"),)),
        ("exports.a = function () {}", (("a", ".a"),)),
        ("module.exports = { a, b: c, d() {} }", (("a", "a"), ("b", "c"), ("=", ".exports"))),
        ("module.exportsX = a", ()),
    ],
)
def test_assigned_exports(statement: str, pairs: tuple[tuple[str, str], ...]) -> None:
    """An assignment to the module's exports offers names; what is made there is known behind a dot."""
    assert assigned_exports(statement) == pairs


def test_what_stands_around_a_name() -> None:
    """Modifiers, signatures, aliases and comments are read from the text around a definition."""
    assert modifiers("static async ", "()").flags == Flag.STATIC | Flag.ASYNC
    assert modifiers("private get ", "()") == (Flag.ACCESSOR, True)
    assert signature(" = async <T>(a: T): T => ") == "<T>(a: T): T"
    assert (value(" = a.b"), value(": T = c"), value(" = f()"), value(" = null")) == ("a.b", "c", "", "")
    code = b"/** Makes it.\n * @x */\nexport const make = 1"
    assert comment_before(code, code.index(b"make")) == "Makes it."
    assert comment_before(b"/** Far. */ f(); g", 17) == ""
    assert module_docstring("/** The file.\n */\n\nimport 'x'") == "The file."


@pytest.mark.parametrize("piece", ["(", "{", "<", "`", "'", "/*", "* ", "a.", "/** ", "@a(", "= ", ", ", "? "])
def test_reading_is_linear(piece: str) -> None:
    """Nothing that is read from text costs more than its length, closed or not."""
    text = piece * 20_000
    start = time.process_time()
    for read in (parameters, targets, imports, exported_names, signature, value, module_docstring, assigned_exports):
        read(text)
    comment_before(text.encode(), len(text))
    modifiers(text, text)
    assert time.process_time() - start < 2
