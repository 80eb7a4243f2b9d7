"""Definitions are compared with universal-ctags by name and kind."""

import shutil
from pathlib import Path

import pytest

from benchmarks.corpora import Corpus
from benchmarks.definitions import Agreement, compare, definitions_table, our_definitions


def test_only_what_ctags_means_is_compared() -> None:
    """Functions in functions, values and fields are left out; private names lose their sign."""
    content = b"class A { #own() {} get it() {} x = 1 }\nfunction f() { function g() {} }\nconst h = () => 1;\n"
    found = set(our_definitions("a.js", "javascript", content))
    assert found == {("a.js", "A", "class"), *(("a.js", name, "function, method") for name in ("own", "it", "f"))}


def test_agreement() -> None:
    """Precision and recall are shares of what each side finds."""
    row = Agreement("tree", "python", "class", 4, 5, 3)
    assert (row.precision, row.recall, round(row.f1, 3)) == (0.75, 0.6, 0.667)
    assert "| tree | Python | class | 4 | 5 | 3 | 0.750 | 0.600 | 0.667 |" in definitions_table([row])


@pytest.mark.skipif(shutil.which("ctags") is None, reason="universal-ctags is not installed")
def test_a_tree_is_compared(tmp_path: Path) -> None:
    """Both find the same in plain code."""
    (tmp_path / "a.py").write_text("class A:\n    def m(self): ...\n\ndef f(): ...\n", encoding="utf-8")
    rows = compare(Corpus("tree", tmp_path))
    assert [(row.kind, row.both, row.f1) for row in rows] == [("class", 1, 1), ("function, method", 2, 1), ("", 3, 1)]
