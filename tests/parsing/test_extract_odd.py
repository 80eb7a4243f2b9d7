"""Files that are damaged, deep or long: extraction gives what can be read, in time that grows with the file."""

import gc
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from axon.model.facts import FileFacts
from axon.parsing.codec import encode
from axon.parsing.extract import extract
from tests.parsing.sources import PROGRAMS, calls, definitions


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=300))
def test_no_bytes_raise(content: bytes) -> None:
    """Whatever a file holds, facts come back."""
    assert extract("python", content).size == len(content)


@settings(max_examples=150, deadline=None)
@given(
    program=PROGRAMS,
    cut=st.integers(0, 400),
    junk=st.sampled_from([b"", b"(", b"\x00", b'"""', b"\xff", b"def ", b"\\"]),
)
def test_no_damaged_program_raises(program: str, cut: int, junk: bytes) -> None:
    """A program that was cut and had bytes put in is still read, and its columns are of one length."""
    content = program.encode()
    encode(extract("python", content[:cut] + junk + content[cut:]))


def test_damage_is_recorded_and_the_rest_is_kept() -> None:
    """A range that the parser could not read is kept with its line; functions around it are found."""
    content = b"def first(): ...\n\nclass (((\n\ndef second():\n    first()\n"
    facts = extract("python", content)
    assert facts.damage.line[0] == 3
    assert content[facts.damage.start_byte[0] :].startswith(b"class")
    assert {("Function", "first"), ("Function", "second")} <= set(definitions(facts))
    assert calls(facts) == [("", "first")]


def test_deep_nesting_is_no_recursion() -> None:
    """20,000 parentheses in each other are read, and so is the call behind them."""
    facts = extract("python", b"x = " + b"(" * 20_000 + b"1" + b")" * 20_000 + b"\nrun()\n")
    assert calls(facts)[-1] == ("", "run")


def test_deep_calls_are_no_recursion() -> None:
    """2,000 calls in each other are each found."""
    facts = extract("python", b"f(" * 2_000 + b")" * 2_000)
    assert len(calls(facts)) == 2_000


def test_long_chains_are_linear() -> None:
    """5,000 calls on one another's results are found, and twice as many cost about twice as much."""
    assert len(calls(_chain(5_000))) == 5_000
    short, long = (_seconds(n) for n in (2_500, 10_000))
    assert long < 12 * short + 0.1


def test_a_long_callee_keeps_its_last_name() -> None:
    """Of a callee above 200 bytes the last name stays, linked to the call before it."""
    facts = extract("python", b"root()" + b".step()" * 60)
    assert {name for _, name in calls(facts)} == {"root", "step"}
    assert list(facts.references.inner[1:]) == list(range(60))


def _chain(n: int) -> FileFacts:
    return extract("python", b"a" + b".step()" * n + b"\n")


def _seconds(n: int) -> float:
    gc.disable()  # a full collection costs what all tests before this one have left, which is no property of the chain
    try:
        begin = time.process_time()
        _chain(n)
        return time.process_time() - begin
    finally:
        gc.enable()
