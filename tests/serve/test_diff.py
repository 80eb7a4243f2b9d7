"""What two revisions differ by."""

import json
from pathlib import Path

import pytest

from axon.errors import UsageError
from axon.model.review import DiffAnswer
from axon.pipeline import run_pipeline
from axon.questions.diff import diff
from axon.questions.opened import open_index
from axon.serve.comparing import compared, parse_range
from axon.serve.markdown import diff_markdown
from tests.serve.conftest import FIRST, SECOND, commit, git, write


def _diff(root: Path, text: str) -> DiffAnswer:
    with compared(root, text) as sides:
        return diff(sides.before, sides.after, base=sides.base, head=sides.head)


def _ids(root: Path) -> set[str]:
    """All symbols of a fresh index."""
    run_pipeline(root, embeddings=False)
    with open_index(root) as index:
        nodes = [index.columns.node(row) for row in range(index.columns.n_nodes)]
    return {n.id for n in nodes if n.kind.value not in ("File", "Folder", "Module", "External")}


def test_symbols_are_told_apart(history: Path) -> None:
    """What is added, removed, moved, re-signatured and changed, and which of it breaks users."""
    answer = _diff(history, "one..two")
    assert [c.symbol.id for c in answer.added] == ["shop/cart.py::Cart.clear"]
    assert [c.symbol.id for c in answer.removed] == ["shop/cart.py::Cart.drop"]
    assert [(c.symbol.id, c.before and c.before.path) for c in answer.moved] == [
        ("shop/numbers.py::rounded", "shop/cart.py")
    ]
    assert [c.symbol.id for c in answer.resigned] == ["shop/cart.py::Cart.add"]
    breaks = {c.symbol.id: c.breaks for c in answer.breaks}
    assert breaks["shop/cart.py::Cart.add"] == "parameter `count` is required now"
    assert breaks["shop/cart.py::Cart.drop"] == "it is gone"
    assert answer.files.added == ("shop/numbers.py",)


def test_edges_and_what_depends_on_them(history: Path) -> None:
    """A call that is new, one that is gone with its caller, and the users of what changed."""
    answer = _diff(history, "one..two")
    gained = {(e.source.id, e.kind, e.target.id) for e in answer.gained.edges}
    assert ("shop/cart.py::Cart.clear", "CALLS", "shop/cart.py::total") in gained
    assert not any(e.kind == "CALLS" and e.target.name == "rounded" for e in answer.lost.edges), "it only moved"
    back = _diff(history, "two..one")
    assert "shop/cart.py::Cart.clear" in {e.source.id for e in back.lost.edges}
    affected = {a.symbol.id: a for a in answer.blast.symbols}
    assert affected["shop/cart.py::total"].via == "shop/numbers.py::rounded"
    assert affected["shop/till.py::receipt"].depth == 3


def test_the_lists_are_what_two_fresh_indexes_differ_by(history: Path, tmp_path: Path) -> None:
    """Added and removed, with both ends of what moved, are the difference of the ids; and so the other way round."""
    trees = {}
    for name, files in (("one", FIRST), ("two", SECOND)):
        write(tmp_path / name, files) if (tmp_path / name).mkdir() is None else None
        trees[name] = _ids(tmp_path / name)
    answer = _diff(history, "one..two")
    moved = {c.symbol.id for c in answer.moved}, {c.before.id for c in answer.moved if c.before}
    assert {c.symbol.id for c in answer.added} | moved[0] == trees["two"] - trees["one"]
    assert {c.symbol.id for c in answer.removed} | moved[1] == trees["one"] - trees["two"]


def test_the_work_tree_is_compared_as_it_is(tmp_path: Path) -> None:
    """With an index or without, and with one that the tree has moved on from; nothing is switched or written."""
    git(tmp_path, "init", "-q")
    commit(tmp_path, FIRST, "one")
    assert _diff(tmp_path, "HEAD").blast.total == 0
    run_pipeline(tmp_path, embeddings=False)
    path = tmp_path / "shop/till.py"
    path.write_text(FIRST["shop/till.py"].replace("total(cart, 1)", "total(cart, 2)"), "utf-8")
    for _ in range(2):
        answer = _diff(tmp_path, "HEAD")
        assert [c.symbol.id for c in answer.changed] == ["shop/till.py::pay"]
        assert {a.symbol.id for a in answer.blast.symbols if a.is_test} == {"tests/test_till.py::test_pay"}
        run_pipeline(tmp_path, embeddings=False)
    assert answer.head == "work tree"


def test_a_folder_below_the_work_tree_is_compared_alone(history: Path) -> None:
    """Paths are relative to the folder that is asked about."""
    answer = _diff(history / "shop", "one..two")
    assert [c.symbol.id for c in answer.added] == ["cart.py::Cart.clear"]


def test_ranges_are_read_as_git_reads_them() -> None:
    """Two dots, three dots, an end left out."""
    assert parse_range("a..b") == parse_range("a..b")
    assert (parse_range("a").base, parse_range("a").head) == ("a", "")
    assert (parse_range("..b").base, parse_range("..b").head) == ("HEAD", "b")
    assert (parse_range("a..").base, parse_range("a..").head) == ("a", "")
    assert parse_range("a...b").from_fork


def test_what_git_does_not_know_is_said(history: Path, tmp_path: Path) -> None:
    """A revision that is none, one that looks like an option, and a folder without git."""
    for text in ("no-such-thing", "--all", "one..--all"):
        with pytest.raises(UsageError, match="revision"), compared(history, text):
            pass
    with pytest.raises(UsageError, match="git work tree"), compared(tmp_path, "HEAD"):
        pass


def test_a_comment_says_breaks_first(history: Path) -> None:
    """The Markdown of a pull request."""
    text = "\n".join(diff_markdown(_diff(history, "one..two")))
    assert text.index("May break code") < text.index("### Added")
    assert "`shop/cart.py::Cart.add`:2 parameter `count` is required now" in text
    assert json.dumps(text)
