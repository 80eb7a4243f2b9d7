"""A hierarchy over 62 parts by the real tasks, in virtual time; the same tree from any order of the answers."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from axon.enrich.model import Request
from axon.enrich.providers.simulated import Simulated
from axon.pipeline.enrich import Opened
from benchmarks.enrich.features import answer_of, climb_all, parts, seconds_of
from benchmarks.enrich.virtual_time import run


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    with parts(tmp_path_factory.mktemp("parts")) as index:
        yield index


def test_a_hierarchy_takes_what_it_must(opened: Opened, tmp_path: Path) -> None:
    """Climb 59.5 s (sequentially 2,635), siblings 36 s (900), checks 192 s (720); every distinct name is asked once."""
    model = Simulated(seconds=seconds_of, answer=answer_of)
    found, _ = run(climb_all(opened, model, tmp_path, 25))
    assert {name: pytest.approx(s) for name, s in found.seconds.items()} == {
        "climb": 59.5,
        "siblings": 36.0,
        "checks": 192.0,
    }
    tasks = Counter(subject.partition(" ")[0] for subject in model.asked)
    assert tasks == {"taxonomy": 62 + 30 + 15 + 6 + 3, "siblings": 25, "check": 15}
    assert set(model.asked.values()) == {1}
    assert found.requests == sum(tasks.values())
    above = {str(a.value["name"]): a.value["broader"] for a in found.tree}
    assert [above["feature 17"], above["area 2"], above["region 2"], above["zone 2"]] == [
        "area 2",
        "region 2",
        "zone 2",
        "domain",
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_tree_is_the_same_from_any_order(opened: Opened, tmp_path: Path, seed: int) -> None:
    """Answers take random times, and come one at a time or many at once."""
    calm, _ = run(climb_all(opened, Simulated(answer=answer_of), tmp_path / "calm", 1))

    def some_time(request: Request) -> float:
        return random.Random(f"{seed}{request.prompt.body}").uniform(0, 9)

    wild, _ = run(climb_all(opened, Simulated(seconds=some_time, answer=answer_of), tmp_path / "wild", 7 * seed + 2))
    assert wild.tree == calm.tree
