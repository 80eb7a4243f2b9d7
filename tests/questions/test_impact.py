"""Who may break: rows by depth with their paths, the tests among them, and what the list may lack."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from axon.model.findings import ImpactAnswer, ImpactRow
from axon.questions.impact import impact
from axon.questions.opened import Index, open_index
from axon.questions.tests import find_tests
from tests.questions.whole import FILES, MODELS, TILL, index_of

TEST = "tests/test_till.py"
TREE = FILES | {
    TEST: "from shop.till import heavy, send\n\n\ndef test_send():\n    check(send())\n\n\ndef check(value):\n"
    "    assert value, heavy\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    root = index_of(tmp_path_factory.mktemp("impact"), TREE)
    with open_index(root) as opened:
        yield opened


def rows(answer: ImpactAnswer) -> dict[str, int]:
    return {row.symbol.id: group.depth for group in answer.groups for row in group.rows}


def row(answer: ImpactAnswer, id: str) -> ImpactRow:
    return next(row for group in answer.groups for row in group.rows if row.symbol.id == id)


def test_rows_by_depth_with_path_and_reason(index: Index) -> None:
    """The method of a base class: its callers, who call those, and the override; each with the way there."""
    answer = impact(index, "Base.ship")
    found = rows(answer)
    assert found[f"{TILL}::send"] == 1
    assert found[f"{MODELS}::Heavy.ship"] == 1
    assert found[f"{TEST}::test_send"] == 2
    test = row(answer, f"{TEST}::test_send")
    assert [step.symbol.id for step in test.path] == [f"{TILL}::send", f"{MODELS}::Base.ship"]
    assert test.why == "calls `send`"
    assert test.weakest.kind == "CALLS"
    assert test.confidence == pytest.approx(test.path[0].confidence * test.path[1].confidence, abs=1e-4)
    assert answer.groups[0].kinds == {"CALLS": 1, "OVERRIDES": 1}
    assert answer.total == sum(group.total for group in answer.groups)


def test_tests_that_would_notice(index: Index) -> None:
    """A test function, and not the function that it uses."""
    assert [r.symbol.id for r in impact(index, "Base.weigh").tests.rows] == [f"{TEST}::test_send"]


def test_what_is_unresolved_is_listed(index: Index) -> None:
    """`thing.ship()` may mean it: the answer says that it is not complete, and where."""
    answer = impact(index, "Base.ship")
    assert not answer.is_complete
    assert [site.caller.id for site in answer.possible.sites] == [f"{TILL}::guess"]
    assert impact(index, "heavy").is_complete


def test_a_class_stands_for_its_methods_and_a_file_for_what_it_defines(index: Index) -> None:
    """Who calls a method depends on the class; who imports a file depends on it."""
    assert f"{TILL}::open_it" not in rows(impact(index, "Cart"))
    assert rows(impact(index, "Crate"))[f"{TILL}::box"] == 1
    file = rows(impact(index, MODELS, limit=None))
    assert file[TILL] == 1
    assert file[f"{TILL}::send"] == 1
    assert f"{MODELS}::Cart" not in file


def test_depth_and_limit(index: Index) -> None:
    """Fewer steps, fewer rows; totals stay."""
    near = impact(index, "Base.weigh", depth=1)
    assert {group.depth for group in near.groups} == {1}
    cut = impact(index, "Base.ship", limit=1)
    assert [len(group.rows) for group in cut.groups] == [1] * len(cut.groups)
    assert cut.total == impact(index, "Base.ship", limit=None).total


def test_a_variable_says_what_it_does_not_know(index: Index, tmp_path: Path) -> None:
    """Reads of plain values are no edges."""
    root = index_of(tmp_path, {"a.py": "LIMIT = 3\n\n\ndef f():\n    return LIMIT\n"})
    with open_index(root) as other:
        assert any("LIMIT" in line for line in impact(other, "LIMIT").index.warnings)


def test_tests_of_a_symbol_are_not_complete_where_a_call_is_unresolved(tmp_path: Path) -> None:
    """A fixture whose type nobody knows may be what is tested: the call is listed, though no test is."""
    root = index_of(
        tmp_path,
        {
            "app.py": "class Job:\n    def start(self):\n        return 1\n\n\n"
            "class Task:\n    def start(self):\n        return 2\n",
            "test_app.py": "def test_start(job):\n    assert job.start() == 1\n",
        },
    )
    with open_index(root) as index:
        answer = find_tests(index, "Job.start")
    assert answer.tests.total == 0
    assert [site.caller.name for site in answer.possible.sites] == ["test_start"]
