"""Content that was parsed once is not parsed again, in any tree; a damaged cache costs a problem."""

import sqlite3
from pathlib import Path

import pytest

from axon.model.facts import Definitions, FileFacts
from axon.model.kinds import NODE_KINDS, NodeKind
from axon.parsing.cache import FactCache, pack
from axon.parsing.codec import encode
from axon.pipeline.report import Mode
from tests.pipeline.trees import SHOP, contents, fresh_contents, index, write_tree


def rows(home: Path) -> list[tuple[str, bytes]]:
    """Keys and facts of the sources in the cache below AXON_HOME."""
    with sqlite3.connect(home / "cache/facts/facts.sqlite") as db:
        found = db.execute("SELECT key, data FROM facts WHERE key NOT LIKE 'stub-%' ORDER BY key").fetchall()
    db.close()
    return found


def poison(home: Path) -> None:
    """Make the cache say of every content that it defines `poisoned`, and nothing else."""
    facts = FileFacts(
        strings=["poisoned", "def poisoned()"],
        definitions=Definitions(
            [NODE_KINDS.index(NodeKind.FUNCTION)], [0], [-1], [0], [9], [1], [1], [5], [1], [-1], [0], [-1]
        ),
    )
    with FactCache(home / "cache/facts", 1 << 30) as cache:
        cache.put([(key, pack(encode(facts))) for key, _ in rows(home)])


def test_equal_content_is_kept_once(root: Path, tmp_path: Path, home: Path) -> None:
    """One row per distinct content, whatever the paths; a second tree of the same adds none."""
    index(write_tree(root, SHOP))
    kept = rows(home)
    assert len(kept) == len(set(SHOP.values()))
    index(write_tree(tmp_path / "other", {f"moved/{path}": text for path, text in SHOP.items()}))
    assert rows(home) == kept


def test_known_content_is_not_parsed(root: Path, tmp_path: Path, home: Path) -> None:
    """A second tree has what the cache says, not what the parser would."""
    index(write_tree(root, SHOP))
    poison(home)
    other = write_tree(tmp_path / "other", SHOP | {"new.py": "def fresh(): pass\n"})
    index(other)
    functions = [row for row in contents(other).nodes if "NodeKind.FUNCTION" in row]
    assert len(functions) == len(SHOP) + 1
    assert sum("poisoned" in row for row in functions) == len(SHOP)


def test_a_cache_that_was_lost_changes_nothing(root: Path, home: Path) -> None:
    """Without the cache an edit is still an update of the last store, and all other files are parsed again."""
    index(write_tree(root, SHOP))
    kept = rows(home)
    (home / "cache/facts/facts.sqlite").unlink()
    write_tree(root, {"shop/money.py": "def total(p):\n    return 7\n"})
    result = index(root)
    assert (result.mode, result.changed_files) == (Mode.INCREMENTAL, 1)
    assert len(rows(home)) == len(kept)


@pytest.mark.parametrize("rubble", [b"", b"\0" * 8192, b"not a database at all " * 500], ids=["empty", "zeros", "text"])
def test_a_damaged_cache_costs_a_problem_at_most(root: Path, tmp_path: Path, home: Path, rubble: bytes) -> None:
    """Bytes that are no database are replaced by a new cache, and the index is right."""
    index(write_tree(root, SHOP))
    (home / "cache/facts/facts.sqlite").write_bytes(rubble)
    write_tree(root, {"shop/money.py": "def total(p):\n    return 7\n"})
    result = index(root)
    assert all("cache of facts" in problem.what and problem.kept == "the index itself" for problem in result.problems)
    assert len(result.problems) == bool(rubble)
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")
    write_tree(root, {"shop/money.py": "def total(p):\n    return 8\n"})
    assert index(root).problems == ()
    assert rows(home)


def test_damaged_facts_are_parsed_again(root: Path, tmp_path: Path, home: Path) -> None:
    """A row whose bytes are no facts is as good as none, and is replaced."""
    index(write_tree(root, SHOP))
    kept = rows(home)
    with sqlite3.connect(home / "cache/facts/facts.sqlite") as db:
        db.executemany("UPDATE facts SET data = ? WHERE key = ?", [(data[:-1] + b"\0", key) for key, data in kept])
    db.close()
    assert rows(home) != kept
    other = write_tree(tmp_path / "other", SHOP)
    index(other)
    assert contents(other) == fresh_contents(root, tmp_path / "fresh")
    assert rows(home) == kept


def test_a_cache_that_cannot_be_made_costs_a_problem(root: Path, tmp_path: Path, home: Path) -> None:
    """A file in the place of the cache's folder: everything is parsed, and said to be."""
    home.mkdir()
    (home / "cache").write_text("in the way")
    result = index(write_tree(root, SHOP))
    assert [problem.kept for problem in result.problems] == ["the index itself"] * 2  # facts and sources
    assert contents(root) == fresh_contents(root, tmp_path / "fresh")
