"""What is committed is for everybody: no machine's paths, no registry's hosts, pages that agree with the code."""

import re
from pathlib import Path

from docs.generate import KINDS, SCHEMA, Member, members, render
from tests.house.tree import ROOT, committed_files

# Joined from parts, so that this file does not hold what it forbids.
FORBIDDEN = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w.])/" + "work/",
        r"(?<![\w.])/tmp" + r"/w\b",
        r"(?<![\w.])/root" + "/",
        r"(?<![\w.])/(?:home|Users)" + r"/\w+/",
        r"(?<![\w.])/opt/" + r"(?:wheels|pypi)",
        r"\bpypi" + r"\.org\b",
        r"\bpython" + r"hosted\.org\b",
        r"\bregistry\.npm" + r"js\.org\b",
        r"\bproxy\.golang" + r"\.org\b",
        r"\bdeb\.debian" + r"\.org\b",
        "file" + ":///",
        "<<<<<<" + "< |>>>>>>" + "> ",
    )
]
ALLOWED: dict[str, str] = {}  # path: reason; data that must hold such a string
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")


def machine_strings(text: str) -> list[str]:
    """The lines that say where they were written, or which host they came from."""
    lines = enumerate(text.splitlines(), start=1)
    return [f"{n}: {line.strip()[:100]}" for n, line in lines if any(p.search(line) for p in FORBIDDEN)]


def dead_links(page: Path, text: str) -> list[str]:
    """Relative links of a Markdown page whose file is not there."""
    return [link for link in LINK.findall(text) if not (page.parent / link).exists()]


def _texts() -> list[tuple[Path, str]]:
    found = []
    for path in committed_files():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            found.append((path, content.decode("utf-8", errors="replace")))
    return found


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    """No committed text holds a machine's path or a registry's host."""
    texts = [(path.relative_to(ROOT).as_posix(), text) for path, text in _texts()]
    assert [f"{p}:{line}" for p, text in texts if p not in ALLOWED for line in machine_strings(text)] == []


def test_links_lead_somewhere() -> None:
    """Every relative link of a page for readers leads to a file."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert [f"{p.name}: {link}" for p in pages for link in dead_links(p, p.read_text(encoding="utf-8"))] == []


def test_the_schema_page_is_up_to_date() -> None:
    """docs/schema.md is what `python docs/generate.py` writes today."""
    assert SCHEMA.read_text(encoding="utf-8") == render(KINDS.read_text(encoding="utf-8"))


def test_the_checks_bite(tmp_path: Path) -> None:
    """A path of a machine, a registry's host, a dead link and a changed meaning are seen; plain paths are not."""
    assert machine_strings("see /" + "work/main/x")
    assert machine_strings("--index-url https://pypi" + ".org/simple")
    assert not machine_strings("src/work/x, /tmp/shop, ./home/page/, import pypi")
    assert dead_links(tmp_path / "a.md", "[x](gone.md) [y](https://example.org) [z](#here)") == ["gone.md"]
    text = KINDS.read_text(encoding="utf-8")
    assert render(text.replace("# caller -> callee", "# callee -> caller")) != render(text)
    assert members('class K(StrEnum):\n    A = "a"  # one # two\n    B = "b"\n', "K") == [
        Member("A", "a", "one # two"),
        Member("B", "b", "as its name says"),
    ]
