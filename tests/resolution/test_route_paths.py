"""URL paths of each syntax, with their parameters in braces."""

import pytest

from axon.languages.pack import SYNTAXES
from axon.resolution.frameworks.mounting import Mounting
from axon.resolution.frameworks.paths import in_braces, joined


@pytest.mark.parametrize(
    ("syntax", "written", "path"),
    [
        ("braces", "/a/{id}/{rest:path}", "/a/{id}/{rest}"),
        ("angles", "/a/<int:id>/<name>/<any(x,y):kind>", "/a/{id}/{name}/{kind}"),
        ("colons", "/a/:id/:slug(\\d+)/:more?", "/a/{id}/{slug}/{more}"),
        ("brackets", "/a/[id]/[...rest]/[[...all]]", "/a/{id}/{rest}/{all}"),
        ("regex", r"^a/(?P<year>[0-9]{4})/$", "a/{year}/"),
        ("regex", r"^a/(?P<x>[(]\(\d+\))\.json$", "a/{x}.json"),
        ("regex", r"^a/(?:b/)?([a-z]+)/\Z", "a/b/{param}/"),
        ("regex", r"^(unclosed", "{param}"),
    ],
)
def test_parameters_in_braces(syntax: str, written: str, path: str) -> None:
    """Names of parameters stay, converters and expressions go."""
    assert syntax in SYNTAXES
    assert in_braces(written, syntax) == path


def test_a_path_behind_a_prefix() -> None:
    """One slash between them, and none where neither has it."""
    assert [joined("/a/", "/b"), joined("/a", "/b"), joined("a", "b"), joined("", "b")] == ["/a/b", "/a/b", "ab", "b"]


def test_a_root_that_is_mounted_is_reached_behind_the_other_alone() -> None:
    """Where that other is known; else it is reached by its own paths."""
    outer, inner = ("call", 0, 1), ("call", 1, 1)
    mounting = Mounting(roots={outer, inner})
    assert mounting.prefixes_of(inner) == [""]
    mounting.add(("call", 2, 1), inner, "/lost")
    assert mounting.prefixes_of(inner) == [""]
    mounting.add(outer, inner, "/api")
    assert mounting.prefixes_of(inner) == ["/api"]
