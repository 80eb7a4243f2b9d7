"""What is kept about a repository, and answers that are kept for all: reviews, damage, versions, two runs at once."""

import os
import sqlite3
from pathlib import Path

import pytest

from axon.enrich.cache import Answer, AnswerCache
from axon.enrich.failures import EnrichError
from axon.enrich.model import Artifact, Failure, JobKey, LaneName, Usage
from axon.enrich.review import as_lines, take_lines
from axon.enrich.store import ArtifactStore
from axon.model.artifacts import Review

JOB = JobKey("summary", "a.py")


def written(text: str = "It pays.", key: str = "k1") -> Artifact:
    return Artifact(JOB, {"summary": text}, key, "m", Usage(10, 5))


def test_a_rejected_text_stays_away_until_its_source_changes(tmp_path: Path) -> None:
    """The same key changes nothing of what a person said; another key is proposed anew."""
    with ArtifactStore(tmp_path) as store:
        store.keep(written())
        store.commit()
        assert store.review(JOB, Review.REJECTED, who="ann", reason="wrong")
        store.keep(written())
        store.commit()
        assert [(k.state, k.reason) for k in store.all()] == [(Review.REJECTED, "wrong")]
        store.keep(written("It charges.", "k2"))
        store.commit()
        assert [(k.state, k.value["summary"]) for k in store.all()] == [(Review.PROPOSED, "It charges.")]


def test_verdicts_are_exchanged_as_lines(tmp_path: Path) -> None:
    """What is said of the same artifact is taken over, of another one not; a broken line is named."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with ArtifactStore(tmp_path / "one") as store:
        store.keep(written())
        store.keep(Artifact(JobKey("summary", "b.py"), {"summary": "b"}, "kb", "m"))
        store.commit()
        store.review(JOB, Review.EDITED, who="ann", value={"summary": "It pays at once."})
        store.review(JobKey("summary", "b.py"), Review.ACCEPTED, who="ann")
        lines = list(as_lines(store))
    with ArtifactStore(tmp_path / "two") as store:
        store.keep(written())
        store.keep(Artifact(JobKey("summary", "b.py"), {"summary": "other"}, "other", "m"))
        store.commit()
        assert take_lines(store, lines) == 1
        assert [(k.state, k.value["summary"]) for k in store.all(node="a.py")] == [(Review.EDITED, "It pays at once.")]
        with pytest.raises(EnrichError, match="Line 1 is no verdict"):
            take_lines(store, ["{}"])


def test_failures_go_with_their_answer(tmp_path: Path) -> None:
    """A question without an answer is listed until it has one; requests are counted by day."""
    with ArtifactStore(tmp_path) as store:
        store.keep_failures(iter([Failure(JOB, "HTTP 500", 6)]))
        assert [failure.reason for failure in store.failures()] == ["HTTP 500"]
        store.keep(written())
        store.commit()
        assert store.failures() == []
        store.add_requests(LaneName.BULK, 3)
    with ArtifactStore(tmp_path) as store:
        store.add_requests(LaneName.BULK, 2)
        assert (store.requests_today(LaneName.BULK), store.requests_today(LaneName.VERIFY)) == (5, 0)


def test_an_answer_survives_a_process_that_dies(tmp_path: Path) -> None:
    """It is in the journal before anybody sees it; the next cache brings it in, also where the last line is cut off."""
    cache = AnswerCache(tmp_path)
    cache.keep("k1", Answer({"text": "paid for"}, "m", Usage(10, 5)))
    cache.keep("k2", Answer({"text": "cut"}, "m"))
    (journal,) = tmp_path.glob("journal-*.jsonl")
    os.close(cache._journal)  # what the system does when a process dies
    journal.write_bytes(journal.read_bytes()[:-4])
    with AnswerCache(tmp_path) as after:
        assert after.find(["k1", "k2"]) == {"k1": Answer({"text": "paid for"}, "m", Usage(10, 5))}
        assert after.notes == ["1 answers of a run that died were kept."]
    assert list(tmp_path.glob("journal-*")) == []
    cache._database.close()


def test_two_runs_share_a_cache(tmp_path: Path) -> None:
    """Neither touches the journal of the other, and both find what is committed."""
    with AnswerCache(tmp_path) as one, AnswerCache(tmp_path) as two:
        one.keep("k1", Answer({"n": 1}, "m"))
        two.keep("k2", Answer({"n": 2}, "m"))
        one.commit()
        two.commit()
        assert set(one.find(["k1", "k2"])) == set(two.find(["k1", "k2"])) == {"k1", "k2"}


def test_a_damaged_cache_is_put_aside(tmp_path: Path) -> None:
    """Answers are asked for again, and the run says so; rows that cannot be read are as if they were not there."""
    (tmp_path / "answers.sqlite").write_bytes(b"no database at all" * 500)
    with AnswerCache(tmp_path) as cache:
        assert "damaged" in cache.notes[0]
        cache.keep("k1", Answer({"n": 1}, "m"))
    with sqlite3.connect(tmp_path / "answers.sqlite") as database:
        database.execute("INSERT INTO answers VALUES ('k2', '{broken')")
    with AnswerCache(tmp_path) as cache:
        assert set(cache.find(["k1", "k2"])) == {"k1"}


@pytest.mark.parametrize("name", ["answers.sqlite", "enrich.sqlite"])
def test_a_later_version_is_left_alone(tmp_path: Path, name: str) -> None:
    """It is not changed, and the error says which file it is."""
    with sqlite3.connect(tmp_path / name) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(EnrichError, match=f"{name} was written by a later Axon"):
        (AnswerCache if name == "answers.sqlite" else ArtifactStore)(tmp_path)


def test_answers_move_between_caches(tmp_path: Path) -> None:
    """Exported and taken over, they are the same."""
    with AnswerCache(tmp_path / "a") as one, AnswerCache(tmp_path / "b") as two:
        one.keep("k1", Answer({"text": "x"}, "m", Usage(1, 2, 1)))
        one.commit()
        lines = list(one.as_lines())
        assert (two.take_lines(lines), two.take_lines(lines)) == (1, 0)
        assert two.find(["k1"]) == one.find(["k1"])
        with pytest.raises(EnrichError, match="Line 2 is no answer"):
            two.take_lines([*lines, '{"key": "k2"}'])
