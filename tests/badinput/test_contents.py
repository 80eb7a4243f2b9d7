"""Bytes that no author meant: the file stays, what can be read of it is read, and every other file is whole."""

import codecs
import os
from pathlib import Path

import pytest

from axon.pipeline import run_pipeline
from tests.badinput.trees import LANGUAGES, analyze, good, names_in, nodes, suffix, symbols, write


def lines(sign: bytes, n: int) -> bytes:
    """The sign n times, in lines that are short enough for a person's, so that the file is parsed."""
    return b"\n".join([sign * 100] * (n // 100))


PARENTHESES = b"x = " + lines(b"(", 20_000) + b"1" + lines(b")", 20_000) + b"\n"
WHOLE = {  # content of which every symbol is found, made from a good file
    "bom": lambda text: codecs.BOM_UTF8 + text,
    "crlf": lambda text: text.replace(b"\n", b"\r\n"),
    "late_nul": lambda text: text + b"\n" * 9_000 + b"\x00\n",
    "latin_1": lambda text: text + "x = 'caf\xe9'\n".encode("latin-1"),
    "invalid_utf_8": lambda text: text + b"x = '\xff\xc3\xed\xa0\x80'\n",
    "nested": lambda text: text + PARENTHESES,
    "no_end_of_line": lambda text: text.rstrip(),
}
BROKEN = {  # content of which nothing is promised but that it harms nobody
    "unclosed": b"x = " + lines(b"(", 20_000),
    "unclosed_brackets": b"x = " + lines(b"[", 20_000),
    "unclosed_braces": lines(b"{", 20_000),
    "unclosed_text": b"'" + lines(b"'", 20_000),
    "closed_only": lines(b")", 20_000),
    "empty": b"",
    "blank": b" \n\t\r\n",
    "carriage_returns": b"x = 1\r" * 300,
}
UNREAD = {  # content that is not parsed: why
    "minified_5_mb": (b"x=[" + b"1," * 2_500_000 + b"0]", "its 5,000,005 bytes are above max_file_bytes"),
    "minified_1_mb": (b"x=[" + b"1," * 500_000 + b"0]", "its lines are so long"),
    "wide": ("x = 1\n".encode("utf-16"), "the file is UTF-16 or UTF-32 text"),
    "nul": (b"x = 1\n\x00", "the file is binary"),
}
FIRST, LAST = b"def first(): pass\n\n\n", b"\n\ndef last(): pass\n"
OTHER_VERSIONS = {  # by language: code that some version of it does not read, and a function that is found in it
    "python": {
        "two": b"print 'spam'\nexec 'x' in {}\ntry:\n    raise E, 1\nexcept E, e:\n    print `e`, 0777L, ur'x'\n",
        "twelve": b"type P[T] = tuple[T, T]\nclass Q[T: int = bool]: ...\nx = f'{f'{1}'}'\n",
        "fourteen": b"x = t'{a}'\ntry:\n    pass\nexcept A, B:\n    pass\nlazy import os\n",
    }
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_odd_bytes_cost_themselves_only(root: Path, language: str) -> None:
    """One tree with every odd file: each is a File, readable ones give all their symbols, the good one is whole."""
    text, end = good(language), suffix(language)
    expected = names_in(language, text)
    write(root, {f"good{end}": text})
    write(root, {f"{name}{end}": make(text) for name, make in WHOLE.items()})
    write(root, {f"{name}{end}": content for name, content in BROKEN.items()})
    write(root, {f"{name}{end}": content for name, (content, _) in UNREAD.items()})
    said = analyze(root)
    assert said.code == 0
    result = run_pipeline(root, embeddings=False)
    found = nodes(root)
    for name in ("good", *WHOLE):
        assert expected <= {node.name for node in found.values() if node.path == f"{name}{end}"}, name
    assert {f"{name}{end}" for name in ("good", *WHOLE, *BROKEN)} <= found.keys()
    problems = {problem.path: problem.what for problem in result.problems}
    for name, (_, why) in UNREAD.items():
        assert problems[f"{name}{end}"].startswith(why)
        assert not symbols(root, f"{name}{end}")
    assert f"Problems ({len(problems)})" in said.out
    assert result.left_out == {"binary": 1, "UTF-16 or UTF-32": 1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_beyond_all_measure_is_not_read(root: Path, language: str) -> None:
    """A file of 300 MB is left out by its size alone."""
    end = suffix(language)
    write(root, {f"good{end}": good(language)})
    with open(root / f"huge{end}", "wb") as file:
        os.truncate(file.fileno(), 300_000_000)
    said = analyze(root)
    assert (said.code, "left out: too large 1" in said.out) == (0, True)
    assert f"good{end}" in nodes(root)


@pytest.mark.parametrize("language", LANGUAGES)
def test_definitions_that_repeat_are_all_there(root: Path, language: str) -> None:
    """Three times the same file in one: each symbol has three nodes, the later ones numbered."""
    text, end = good(language), suffix(language)
    write(root, {f"once{end}": text, f"thrice{end}": text * 3})
    assert analyze(root).code == 0
    found = nodes(root)
    functions = [node for node in found.values() if node.path == f"once{end}" and node.kind == "Function"]
    for node in functions:
        first = node.id.replace("once", "thrice", 1)
        assert {first, f"{first}#2", f"{first}#3"} <= found.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_syntax_errors_in_half_of_the_files(root: Path, language: str) -> None:
    """Each broken file is one line with its place, and the other half is as it would be alone."""
    text, end = good(language), suffix(language)
    broken = text + b"\n)]} x = = (((\n"
    write(root, {f"good/{n}{end}": text for n in range(6)} | {f"bad/{n}{end}": broken for n in range(6)})
    said = analyze(root)
    assert said.code == 0
    assert "Problems (6)" in said.out
    assert "the parser could not read" in said.out
    names = names_in(language, text)
    for n in range(6):
        assert names <= {node.name for node in nodes(root).values() if node.path == f"good/{n}{end}"}


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name in OTHER_VERSIONS])
def test_code_of_another_version_of_the_language(root: Path, language: str) -> None:
    """Functions before and behind what is no syntax in this version, or not yet, are found; other files are whole."""
    end, versions = suffix(language), OTHER_VERSIONS[language]
    write(root, {f"good{end}": good(language)})
    write(root, {f"{name}{end}": FIRST + old + LAST for name, old in versions.items()})
    assert analyze(root).code == 0
    for name in versions:
        assert {"first", "last"} <= set(symbols(root, f"{name}{end}"))
    assert names_in(language, good(language)) <= {
        node.name for node in nodes(root).values() if node.path == f"good{end}"
    }
