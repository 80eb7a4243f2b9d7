"""The fact cache: what is known stays known, and no state of its file is an error."""

import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from axon.parsing.cache import FactCache, extractor_stamp, fact_key, pack, unpack
from axon.parsing.codec import decode, encode
from axon.parsing.extract import extract

LIMIT = 10_000_000
FACTS = pack(encode(extract("python", b"def run(): ...\n")))

WRITER = """
import sys
from pathlib import Path
from axon.parsing.cache import FactCache
with FactCache(Path(sys.argv[1]), 10_000_000) as cache:
    for n in range(50):
        cache.put([(f"{sys.argv[2]}-{n}", b"x" * 100)])
"""


def test_what_was_put_is_found(tmp_path: Path) -> None:
    """A key that is known gives its facts, in this process and after a new opening; another gives nothing."""
    with FactCache(tmp_path, LIMIT) as cache:
        cache.put([("a", FACTS)])
        assert cache.get(["a", "b"]) == {"a": FACTS}
    with FactCache(tmp_path, LIMIT) as cache:
        found = cache.get(["a"])
    assert decode(unpack(found["a"])).n_lines == 1


def test_many_keys_at_once(tmp_path: Path) -> None:
    """More keys than one statement may name are found all the same."""
    with FactCache(tmp_path, LIMIT) as cache:
        cache.put((str(n), b"x") for n in range(1_700))
        assert len(cache.get([str(n) for n in range(1_800)])) == 1_700


def test_a_later_value_replaces_an_earlier(tmp_path: Path) -> None:
    """One key holds one value."""
    with FactCache(tmp_path, LIMIT) as cache:
        cache.put([("a", b"1")])
        cache.put([("a", b"2")])
        assert cache.get(["a"]) == {"a": b"2"}


def test_nothing_is_put(tmp_path: Path) -> None:
    """No items is no work."""
    with FactCache(tmp_path, LIMIT) as cache:
        cache.put([])
        assert cache.get([]) == {}


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 5_000])
def test_a_damaged_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    """What is no database is put aside by an empty cache that says so and works."""
    (tmp_path / "facts.sqlite").write_bytes(content)
    with FactCache(tmp_path, LIMIT) as cache:
        assert cache.was_damaged
        cache.put([("a", b"1")])
        assert cache.get(["a"]) == {"a": b"1"}


def test_damage_met_on_the_way_loses_facts_only(tmp_path: Path) -> None:
    """A file whose pages were overwritten after it was opened gives no facts and no exception."""
    with FactCache(tmp_path, LIMIT) as cache:
        cache.put((str(n), b"x" * 4_000) for n in range(200))
    path = tmp_path / "facts.sqlite"
    content = bytearray(path.read_bytes())
    content[8_192:] = b"\xa5" * (len(content) - 8_192)
    path.write_bytes(bytes(content))
    with FactCache(tmp_path, LIMIT) as cache:
        assert cache.get([str(n) for n in range(200)]) == {}
        assert cache.was_damaged


def test_the_oldest_go_above_the_limit(tmp_path: Path) -> None:
    """The file stays near its limit, and what was put last is still there."""
    with FactCache(tmp_path, 400_000) as cache:
        for n in range(100):
            cache.put([(f"{n:03}", bytes([n]) * 10_000)])
        kept = cache.get([f"{n:03}" for n in range(100)])
    assert "099" in kept
    assert "000" not in kept
    assert sum(map(len, kept.values())) <= 500_000


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Writers wait for each other; nothing is lost."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, name]) for name in ("a", "b")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    with FactCache(tmp_path, LIMIT) as cache:
        assert len(cache.get([f"{name}-{n}" for name in "ab" for n in range(50)])) == 100


def test_the_key_names_content_language_and_extractor() -> None:
    """A key differs by digest and language, and holds the extractor's stamp, which stays in a process."""
    stamp = extractor_stamp("python")
    assert len(stamp) == 16
    assert fact_key("python", "d1") == f"d1-python-{stamp}"
    assert fact_key("python", "d1") != fact_key("python", "d2")


def test_damaged_facts_are_an_error_of_their_own() -> None:
    """Bytes that are not packed raise the compressor's error, which callers catch by name."""
    assert unpack(pack(b"")) == b""
    with pytest.raises(zstandard.ZstdError):
        unpack(b"no frame")


def test_a_flipped_bit_of_packed_facts_is_never_read_as_other_facts() -> None:
    """Whichever byte is hit, the facts cannot be unpacked or are still the same."""
    encoded = encode(extract("python", b"def f(x):\n    return g(x) + 1\n"))
    packed = pack(encoded)
    for at in range(len(packed)):
        try:
            assert unpack(packed[:at] + bytes([packed[at] ^ 0x10]) + packed[at + 1 :]) == encoded
        except zstandard.ZstdError:
            continue
