"""Each language's query fits its grammar."""

import pytest

from axon.languages import all_languages
from axon.parsing.parser import capture, query

CAPTURES = {
    "function",
    "function.name",
    "function.body",
    "class",
    "class.name",
    "class.body",
    "base",
    "call",
    "decorator",
    "import",
    "target",
    "damage",
}


@pytest.mark.parametrize("language", all_languages())
def test_the_query_compiles(language: str) -> None:
    """Every pattern names nodes and fields that the installed grammar has."""
    assert query(language).pattern_count > 0


@pytest.mark.parametrize("language", all_languages())
def test_the_query_has_the_captures_that_extraction_reads(language: str) -> None:
    """A capture that is misspelt would be a kind of fact that is silently never found."""
    compiled = query(language)
    assert {compiled.capture_name(i) for i in range(compiled.capture_count)} >= CAPTURES


@pytest.mark.parametrize("language", all_languages())
def test_nothing_gives_nothing(language: str) -> None:
    """An empty file has no captures."""
    assert capture(language, b"") == {}
