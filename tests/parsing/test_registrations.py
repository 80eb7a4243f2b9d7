"""What is kept of texts: those that calls of wanted names are given, and constants."""

from axon.languages.pack import Vocabulary
from axon.model.facts import FileFacts
from axon.parsing.codec import decode, encode
from axon.parsing.extract import extract

WORDS = Vocabulary(decorators=frozenset({"get"}), calls=frozenset({"path", "include"}))


def read(source: str) -> FileFacts:
    return extract("python", source.encode(), WORDS)


def literals(facts: FileFacts) -> list[tuple[str, str, str]]:
    """(callee, argument, content with gaps in braces) of each."""
    table, references, strings = facts.literals, facts.references, facts.strings
    return [
        (strings[references.text[call]], strings[argument], strings[content].replace("\0", "|"))
        for call, argument, content in zip(table.call, table.argument, table.content, strict=True)
    ]


def test_texts_of_wanted_calls() -> None:
    """By place and keyword; of lists one by one; through plus signs, f-strings and what translates a text."""
    facts = read('path("a" "b", r"\\d", x=["c", "d"])\npath(A + "/e", f"{b.c}/f")\npath(_("g"))\nother("h")\npath(A)\n')
    assert literals(facts) == [
        ("path", "0", "ab"),
        ("path", "1", "\\d"),
        ("path", "x", "c"),
        ("path", "x", "d"),
        ("path", "0", "|A|/e"),
        ("path", "1", "|b.c|/f"),
        ("path", "0", "g"),
    ]


def test_names_of_decorators_count_on_decorators_only() -> None:
    """`get` is a method of every dictionary."""
    assert literals(read('@app.get("/a")\ndef f():\n    d.get("b")\n')) == [("app.get", "0", "/a")]


def test_a_call_in_a_call_keeps_its_own() -> None:
    """The inner call ends before the outer one, and its texts are its own."""
    facts = read('path("a", include([path("b", v)]))\n')
    assert literals(facts) == [("path", "0", "a"), ("path", "0", "b")]
    assert list(facts.registrations.end_byte) == [34, 33, 31]


def test_constants_of_files_and_classes() -> None:
    """Names that are bound to a text, but for those of functions."""
    facts = read('A = "/a"\nB: str = "/b"\nC = 1\nD = b"d"\nclass E:\n    F = "/f"\ndef g():\n    H = "/h"\n')
    table = facts.constants
    found = [(facts.strings[name], facts.strings[text]) for name, text in zip(table.name, table.content, strict=True)]
    assert found == [("A", "/a"), ("B", "/b"), ("F", "/f")]


def test_they_survive_the_codec() -> None:
    """What is sent between processes is what was read."""
    facts = read('A = "/a"\npath(A + "/b", include("c"))\n')
    again = decode(encode(facts))
    assert literals(again) == literals(facts)
    assert list(again.registrations.call) == list(facts.registrations.call)
