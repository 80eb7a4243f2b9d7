"""A parse that takes too long ends by itself."""

import pytest

from axon.languages import all_languages
from axon.parsing.extract import extract
from axon.parsing.parser import time_limit
from tests.parsing.sources import calls

LARGE = b"x = [\n" + b"run(1),\n" * 40_000 + b"]\n"


@pytest.mark.parametrize("language", all_languages())
def test_a_large_file_out_of_time(language: str) -> None:
    """TimeoutError, and the next parse begins afresh."""
    with time_limit(1e-6), pytest.raises(TimeoutError, match="not parsed within"):
        extract(language, LARGE)
    facts = extract(language, b"run()\n")
    assert (facts.size, list(facts.damage.line)) == (6, [])


def test_a_small_file_has_all_the_time() -> None:
    """Below a quarter of a megabyte nobody looks at the clock."""
    with time_limit(1e-6):
        assert calls(extract("python", b"run()\n")) == [("", "run")]


def test_a_large_file_in_time_has_the_same_facts() -> None:
    """Bytes that the parser asks for piece by piece are the bytes it is given at once."""
    with time_limit(600):
        limited = extract("python", LARGE)
    assert limited == extract("python", LARGE)
    assert len(calls(limited)) == 40_000
