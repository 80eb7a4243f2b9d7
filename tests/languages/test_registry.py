"""The registry: which language claims a file."""

import pytest

from axon import languages
from axon.model.kinds import Flag


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a.py", "python"), ("a/b.PYI", "python"), ("a.py/b", None), ("py", None), ("a.txt", None), ("a.d/b", None)],
)
def test_of(path: str, expected: str | None) -> None:
    """The suffix of the last part decides, in any case of letters."""
    assert languages.of(path) == expected


def test_named() -> None:
    """A language has the name that it is registered by; an unknown one is an error."""
    assert all(languages.named(name).name == name for name in languages.all_languages())
    with pytest.raises(KeyError):
        languages.named("klingon")


def test_file_flags() -> None:
    """A path alone says whether a file is a test's and whether it holds a package's body."""
    assert languages.file_flags("tests/__init__.py", "python") == Flag.TEST | Flag.PACKAGE
    assert languages.file_flags("a/b.py", "python") == Flag(0)
