"""Every case of every page holds, and the runner says so when one does not."""

from pathlib import Path

import pytest

from tests.cases.case import Case, CaseError, read_cases
from tests.cases.check import failures

_FOLDER = Path(__file__).parent
_PAGES = sorted(page for page in _FOLDER.glob("*/*.md"))
_CASES = [
    pytest.param(case, id=f"{page.parent.name}/{page.stem}: {case.name}")
    for page in _PAGES
    for case in read_cases(page.name, page.read_text(encoding="utf-8"))
]

_WRONG = """
## Everything here is wrong

```python path=a.py
def helper(): pass
def other(): pass
class Thing: pass
#     ^^^^^ is Enum
helper()
#^^^^^ CALLS ::other by lexical
other(helper())
#^^^^ CALLS ::other by import
other()
#^^^^ unresolved: undefined
missing()
#^^^^^^ CALLS ::other by lexical
other(1)
#^^^^ no CALLS
#! EXPORTS ::missing by lexical
```
"""


@pytest.mark.parametrize("case", _CASES)
def test_case_holds(case: Case) -> None:
    """What a page says under a heading is what extraction and linking find."""
    found = failures(case)
    assert not found, "\n\n" + "\n\n".join(found)


def test_every_wrong_expectation_fails() -> None:
    """A wrong target, rule, reason, kind, absence and export each fail, with the line in the message."""
    (case,) = read_cases("wrong.md", _WRONG)
    found = "\n".join(failures(case))
    for expectation in case.expectations:
        assert f"expected: {expectation.text}\n" in found
    assert "    helper()\n    ^^^^^^ expected: CALLS a.py::other by lexical" in found.replace("::other", "a.py::other")


def test_what_no_expectation_names_fails() -> None:
    """A second call of a line that carries an expectation, and an export beside a listed one, must be named as well."""
    (case,) = read_cases("wrong.md", _WRONG)
    found = "\n".join(failures(case))
    assert "not expected: CALLS a.py::helper by lexical from a.py at 7:6" in found
    assert "not expected: EXPORTS a.py::Thing by lexical" in found


def test_a_mended_gap_fails() -> None:
    """A gap asserts today's result, so that it fails once the result is right."""
    gap = "#^^^^^ gap unresolved: undefined because it was never tried"
    (case,) = read_cases("gap.md", f"## G\n```python path=a.py\ndef helper(): pass\nhelper()\n{gap}\n```\n")
    assert len(failures(case)) == 2


@pytest.mark.parametrize(
    "body",
    ["f()\n#^ CALLS", "f()\n#^ CALS ::f by lexical", "f()\n#^ CALLS ::f by magic", "f()\n#^ gap no CALLS", "f()"],
)
def test_an_unreadable_page_is_refused(body: str) -> None:
    """A misspelt kind or rule, a gap without its reason and a tree without expectations are errors, never skipped."""
    with pytest.raises(CaseError):
        read_cases("bad.md", f"## Bad\n```python path=a.py\n{body}\n```\n")


def test_a_fence_must_be_closed() -> None:
    """A fence that runs to the end of the page would swallow the cases after it."""
    with pytest.raises(CaseError, match="not closed"):
        read_cases("bad.md", "## Bad\n```python path=a.py\nf()\n")


def test_carets_count_characters() -> None:
    """Carets stand under characters, while the graph counts bytes."""
    code = "def helper(): pass\nü = 'ß'; helper()\n#        ^^^^^^ CALLS ::helper by lexical\n"
    (case,) = read_cases("bytes.md", f"## G\n```python path=a.py\n{code}```\n")
    assert failures(case) == []
