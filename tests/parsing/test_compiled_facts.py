"""Facts are read by compiled code where Axon is installed, and by its sources elsewhere: both read the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import hashlib, pathlib, sys
import axon.parsing.extract as module
from axon.languages import of
from axon.parsing.cache import source_digest
from axon.parsing.codec import encode

digest = hashlib.sha256()
folders = [pathlib.Path(sys.argv[1], name) for name in ("src", "tests")]
for path in sorted(p for folder in folders for p in folder.rglob("*") if p.is_file() and of(p.name)):
    digest.update(encode(module.extract(of(path.name), path.read_bytes())))
print(module.__file__)
print(source_digest(["axon.languages", "axon.model", "axon.parsing"]).hex())
print(digest.hexdigest())
"""


def test_compiled_code_reads_the_facts_that_the_sources_read(tmp_path: Path) -> None:
    """Byte for byte, on this project's own sources and tests."""
    file, stamp, facts = _run(tmp_path)
    _, stamp_of_sources, facts_of_sources = _run(ROOT / "src")
    if file.endswith(".py") or stamp != stamp_of_sources:
        pytest.skip("these sources are not installed compiled")
    assert facts == facts_of_sources


def _run(path: Path) -> list[str]:
    command = [sys.executable, "-P", "-c", SCRIPT, str(ROOT)]
    known = {**os.environ, "PYTHONPATH": str(path)}
    return subprocess.run(command, env=known, capture_output=True, check=True, text=True).stdout.split()
