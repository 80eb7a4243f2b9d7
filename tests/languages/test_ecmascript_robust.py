"""Damaged and odd sources of JavaScript and TypeScript: facts or fewer facts, never an error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axon.parsing.codec import decode, encode
from axon.parsing.extract import extract
from tests.graph.trees import linked

PIECES = st.sampled_from(
    [
        "(", ")", "{", "}", "[", "]", "<", ">", "`", '"', "/*", "*/", "//", "=>", "=", ";", ",", "...", "?.", "!.",
        "\n", "é",
        "class A extends B ", "function f", "const f = ", "let {a, b: [c]} = d;", "var x = 1;", "this.x = () => {};",
        "import a, {b as c} from './a';", "import * as ns from './b';", "export * from './a';", "export default ",
        "export { a as b };", "export { a } from './a';", "require('./a')", "module.exports = ", "exports.a = ",
        "enum E {A, B = 1}", "namespace N.M {", "interface I extends J {", "type T<U> = U;", "@d() ", "static ",
        "get x() ",
        "super.m()", "super()", "new A()", "a.b.c()", "<A b={c}/>", "for (const x of y) {", "try {} catch (e) {",
        "x => ",
        "async ", "function* g() { yield 1 }", "abstract class C { abstract m(): void }", "import('./a')",
    ]
)  # fmt: skip


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(PIECES, max_size=25))
def test_no_damaged_program_raises(language: str, pieces: list[str]) -> None:
    """Pieces in any order give facts that survive the codec."""
    facts = extract(language, "".join(pieces).encode())
    assert encode(decode(encode(facts))) == encode(facts)


@settings(max_examples=100, deadline=None)
@given(first=st.lists(PIECES, max_size=20), second=st.lists(PIECES, max_size=20))
def test_no_damaged_tree_raises(first: list[str], second: list[str]) -> None:
    """Two files that import each other and themselves are linked, and their edges lead to nodes."""
    graph = linked({"a.ts": "".join(first), "b.js": "".join(second)})
    ids = {node.id for node in graph.iter_nodes()}
    assert all(edge.source in ids and edge.target in ids for edge in graph.iter_relationships())


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
@pytest.mark.parametrize(
    "text", ["(" * 20_000, "{" * 10_000, "[" * 10_000, "`${" * 5_000, "a => " * 3_000, "<a>" * 3_000]
)
def test_deep_nesting_is_no_recursion(language: str, text: str) -> None:
    """What nothing closes is read to its end."""
    assert extract(language, text.encode()).size == len(text)


def test_bytes_that_are_no_text() -> None:
    """A byte order mark, Latin-1, NUL and carriage returns change no place."""
    facts = extract("typescript", b"\xef\xbb\xbfexport function f() {}\r\n\xe9;\0\r\nclass A {}\r\n")
    assert [facts.strings[name] for name in facts.definitions.name][:1] == ["f"]
