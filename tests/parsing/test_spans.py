"""Bytes, lines and columns are those of the file as it lies on disk, whatever its encoding and line ends."""

import codecs

import pytest

from axon.model.facts import FileFacts
from axon.parsing.extract import extract
from tests.parsing.sources import calls, definitions

PROGRAM = "import os\n\nclass Größe:\n\tdef été(self):\n\t\treturn 'ß' + os.getcwd()\n\nGröße().été()\n"
ENCODINGS = {
    "utf-8": PROGRAM.encode(),
    "crlf": PROGRAM.replace("\n", "\r\n").encode(),
    "bom": codecs.BOM_UTF8 + PROGRAM.encode(),
    "ascii": PROGRAM.replace("ö", "oe").replace("ß", "ss").replace("é", "e").encode("ascii"),
}


def written(content: bytes, facts: FileFacts) -> list[str]:
    """What stands in the file where each reference says that it does."""
    table = facts.references
    return [content[s:e].decode("utf-8", "replace") for s, e in zip(table.start_byte, table.end_byte, strict=True)]


@pytest.mark.parametrize("name", ENCODINGS)
def test_bytes_are_exact(name: str) -> None:
    """The bytes of a definition and a reference cut out just what was written."""
    content = ENCODINGS[name]
    facts = extract("python", content)
    table = facts.definitions
    whole = [content[s:e] for s, e in zip(table.start_byte, table.end_byte, strict=True)]
    assert [text.split(b"(")[0].split(b":")[0].split()[0] for text in whole] == [b"class", b"def"]
    assert whole[1].endswith(b"os.getcwd()")
    found = written(content, facts)
    assert found[0] == "os.getcwd"
    assert len(found) == 3
    assert all(text.endswith(("getcwd", "e", "é")) for text in found)


@pytest.mark.parametrize("name", ENCODINGS)
def test_lines_and_columns_are_exact(name: str) -> None:
    """Lines count from 1 and columns in bytes, a tab being one."""
    content = ENCODINGS[name]
    facts = extract("python", content)
    assert list(facts.definitions.start_line) == [3, 4]
    assert list(facts.definitions.end_line) == [5, 5]
    assert list(facts.references.line) == [5, 7, 7]
    lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
    assert facts.references.column[0] == lines[4].index(b"os.getcwd")
    assert list(facts.references.column[1:]) == [0, 0]


@pytest.mark.parametrize("name", ENCODINGS)
def test_names_are_read_as_text(name: str) -> None:
    """Identifiers outside ASCII are whole names."""
    facts = extract("python", ENCODINGS[name])
    expected = [("Class", "Groesse"), ("Method", "ete")] if name == "ascii" else [("Class", "Größe"), ("Method", "été")]
    assert definitions(facts) == expected


def test_latin_1_is_read_around_what_it_cannot_decode() -> None:
    """Bytes that are no UTF-8 are replaced in texts; offsets stay, and plain names are found."""
    content = "# caf\xe9\nname = 'caf\xe9'\ndef run(): print(name)\n".encode("latin-1")
    facts = extract("python", content)
    assert ("Function", "run") in definitions(facts)
    assert calls(facts) == [("", "print")]
    assert content[facts.references.start_byte[0] : facts.references.end_byte[0]] == b"print"


def test_an_annotation_over_lines_keeps_its_places() -> None:
    """Each type of an annotation that spans lines has its own line and column."""
    facts = extract("python", b"def f(\n    a: dict[\n        str,\n      Cart],\n): ...\n")
    table = facts.references
    assert list(zip(table.line, table.column, strict=True)) == [(2, 7), (3, 8), (4, 6)]


@pytest.mark.parametrize(
    ("content", "n_lines"),
    [(b"", 0), (b"\n", 1), (b" \n\t\n", 2), (b"x", 1), (b"x\n", 1), (b"x\r\ny", 2)],
)
def test_number_of_lines(content: bytes, n_lines: int) -> None:
    """A last line counts whether or not it ends; a blank file has its lines and no facts."""
    facts = extract("python", content)
    assert (facts.size, facts.n_lines) == (len(content), n_lines)
    assert len(facts.references.kind) == 0
