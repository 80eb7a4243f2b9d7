"""Names of files that scripts trip over: each file is indexed under its very name, and output stays readable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.badinput.trees import LANGUAGES, analyze, good, names_in, nodes, suffix, write

STEMS = {
    "spaces": " two  words ",
    "quotes": 'it\'s "so" `here`',
    "newline": "first\nsecond",
    "tab and bell": "a\tb\a",
    "escape": "\x1b[31mred",
    "backslash": "back\\slash",
    "dashes": "--full",
    "percent": "%s{0}$HOME",
    "colons": "a::b#2",
    "stars": "*?[x]",
    "wide": "größe 文件 🙂",
    "combining": "e\u0301",
    "right to left": "\u202egnp",
    "no utf-8": os.fsdecode(b"caf\xe9\xff"),
}
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows forbids such names")


@POSIX
@pytest.mark.parametrize("versioned", [False, True], ids=["folder", "work tree"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_strange_names_are_indexed(root: Path, language: str, versioned: bool) -> None:
    """Every file and folder has a node with its name, and all its symbols, as those of a plain name."""
    text, end = good(language), suffix(language)
    write(root, {f"{stem}/{stem}{end}": text for stem in ["plain", *STEMS.values()]})
    if versioned:
        subprocess.run(["git", "init", "-q", str(root)], check=True)
    said = analyze(root)
    assert (said.code, said.err.count("\n")) == (0, said.err.count("…"))
    found = nodes(root)
    names = names_in(language, text)
    for stem in STEMS.values():
        path = f"{stem}/{stem}{end}"
        assert found[path].name == f"{stem}{end}"
        assert names <= {node.name for node in found.values() if node.path == path}
    assert "nothing changed" in analyze(root).out


@POSIX
def test_problems_of_strange_names_are_one_line_each(root: Path) -> None:
    """What is said of a file stays on its line, whatever its name, and reaches no terminal as a command."""
    end = suffix(LANGUAGES[0])
    write(root, {f"good{end}": good(LANGUAGES[0])})
    write(root, {f"{STEMS[name]}{end}": b"\x00" for name in ("newline", "escape", "no utf-8", "tab and bell")})
    said = analyze(root)
    assert said.code == 0
    listed = said.out.split("Problems (4)\n")[1].splitlines()
    assert len(listed) == 4
    assert all("the file is binary" in line for line in listed)
    assert "\x1b" not in said.out
    assert "\a" not in said.out


@POSIX
@pytest.mark.parametrize("command", ["search", "context", "status"])
def test_questions_print_strange_names(root: Path, command: str) -> None:
    """What is printed of an index with such names can be printed, in a terminal of any encoding."""
    end, text = suffix(LANGUAGES[0]), good(LANGUAGES[0])
    write(root, {f"{stem}{end}": text for stem in STEMS.values()})
    assert analyze(root).code == 0
    name = sorted(names_in(LANGUAGES[0], text))[0]
    asked = [] if command == "status" else [name]
    for encoding in ("utf-8", "ascii"):
        done = subprocess.run(
            [sys.executable, "-m", "axon", command, *asked],
            cwd=root,
            env=os.environ | {"PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode in {0, 2}, done.stderr
        assert b"Traceback" not in done.stderr
        assert b"Unexpected" not in done.stderr


def test_names_that_differ_in_case_only(root: Path) -> None:
    """Two files to the disk are two files to the index."""
    end, text = suffix(LANGUAGES[0]), good(LANGUAGES[0])
    write(root, {f"Cart{end}": text, f"cart{end}": text, f"Shop/a{end}": text, f"shop/a{end}": text})
    if len(list(root.iterdir())) < 4:
        pytest.skip("this disk takes names that differ in case for one")
    assert analyze(root).code == 0
    found = nodes(root)
    for path in (f"Cart{end}", f"cart{end}", f"Shop/a{end}", f"shop/a{end}"):
        assert names_in(LANGUAGES[0], text) <= {node.name for node in found.values() if node.path == path}
