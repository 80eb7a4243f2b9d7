"""A record of a linking does not grow with every edit."""

from pathlib import Path

import pytest

from axon.pipeline import reindex_files, run_pipeline
from axon.pipeline.session import Session
from axon.pipeline.verify import verify
from axon.resolution import compaction
from tests.pipeline.trees import write_tree

USER = "from a import pairs, pick\n\n\ndef use():\n    for first, *rest in pairs():\n        pick()(rest[0])\n"


def made(number: int) -> str:
    """A module whose functions give containers and a function without a name, other ones by number."""
    return (
        f"def pairs():\n    return [[f, {number}, f], [f, {number}]]\n\n\n"
        f"def pick():\n    return lambda x: x({number})\n\n\ndef f(n):\n    return n\n"
    )


def test_sites_that_are_gone_lose_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After many edits as many sites have numbers as after one, and each index is that of a first run."""
    monkeypatch.setenv("AXON_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(compaction, "_FEW", 0)
    monkeypatch.setattr(compaction, "_MOST_GONE", 0.0)
    root, session = write_tree(tmp_path / "repo", {"a.py": made(0), "b.py": USER}), Session()
    run_pipeline(root, embeddings=False, session=session)
    counts = []
    for number in range(1, 6):
        write_tree(root, {"a.py": made(number)})
        reindex_files(root, ["a.py"], embeddings=False, session=session, defer_database=True)
        assert session.linked is not None
        counts.append(len(session.linked.record.numbers.sites))
        assert verify(root).is_right
    assert counts[0] > 0
    assert set(counts) == {counts[0]}
