"""The fifty questions and the way they are scored."""

from collections import Counter

from benchmarks.asking import holds, load_questions


def test_there_are_five_questions_of_each_of_ten_kinds() -> None:
    """Every question names a tree, is asked in words and has ids that an answer must hold."""
    questions = load_questions()
    kinds = Counter(question["kind"] for question in questions)
    assert set(kinds.values()) == {5}
    assert len(kinds) == 10
    assert {question["corpus"] for question in questions} == {"flask", "django", "prisma"}
    assert all(question["ids"] and question["ask"] for question in questions)


def test_an_id_counts_only_as_itself() -> None:
    """Neither a longer name nor a longer path nor another occurrence stands in for an id."""
    assert holds("- `src/a.py::A.f`:3", "src/a.py::A.f")
    assert holds("src/a.py::A.f:3, and more", "src/a.py::A.f")
    assert holds("from src/a.py.", "src/a.py")
    assert not holds("src/a.py::A.f2", "src/a.py::A.f")
    assert not holds("src/a.py::A.f.<locals>.g", "src/a.py::A.f")
    assert not holds("src/a.py::A.f#2", "src/a.py::A.f")
    assert not holds("lib/src/a.py::A.f", "src/a.py::A.f")
    assert not holds("src/a.py::A.f", "src/a.py")
