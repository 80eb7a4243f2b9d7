"""`axon verify` at the command line: words, figures and exit codes."""

import json
from pathlib import Path

from tests.cli.conftest import Axon
from tests.cli.shop import write_shop
from tests.pipeline.faulty import change_database


def test_verify_finds_an_index_right(axon: Axon, shop: Path) -> None:
    """Exit code 0, with the counts of what was compared; as JSON as well."""
    said = axon("verify", shop)
    assert (said.code, said.out.startswith("The index is right"), "every row as in a rebuild" in said.out) == (
        0,
        True,
        True,
    )
    answer = json.loads(axon("verify", shop, "--from-source", "--json").out)
    assert (answer["is_right"], answer["is_from_source"], answer["n_differences"]) == (True, True, 0)
    assert axon("verify", shop, "--quick").code == 0
    assert axon("verify", shop, "--quick", "--from-source").code == 2


def test_verify_after_an_update(axon: Axon, tmp_path: Path) -> None:
    """The database follows when it is queried: the index is right before that, and a note says what was compared."""
    root = write_shop(tmp_path)
    assert axon("analyze", root, "--quiet", "--no-embeddings").code == 0
    (root / "new.py").write_text("x = 1\n")
    assert axon("analyze", root, "--quiet", "--no-embeddings").code == 0
    said = axon("verify", root)
    assert (said.code, "The index is right" in said.out, "follows when it is queried" in said.err) == (0, True, True)
    assert axon("cypher", "MATCH (n:Symbol) RETURN count(n)", "--repo", root).code == 0
    said = axon("verify", root)
    assert (said.code, "follows" in said.err) == (0, False)


def test_verify_says_what_differs(axon: Axon, tmp_path: Path) -> None:
    """Exit code 6, and each difference with what either side has; files that moved on are a note."""
    root = write_shop(tmp_path)
    assert axon("analyze", root, "--quiet", "--no-embeddings").code == 0
    (generation,) = (root / ".axon/generations").iterdir()
    change_database(generation, lambda backend: backend.statements.run("MATCH (n:Symbol) SET n.summary = 'odd'"))
    (root / "new.py").write_text("x = 1\n")
    said = axon("verify", root, "--limit", 1)
    assert said.code == 6
    assert "The index is wrong" in said.out
    assert "in the database  summary 'odd'" in said.out
    assert "in the rebuild   summary ''" in said.out
    assert "more; see --limit" in said.out
    assert "new new.py" in said.err
    path = generation / "kuzu/graph.kuzu"
    path.write_bytes(path.read_bytes()[:4096])
    said = axon("verify", root, "--quick")
    assert (said.code, "graph.kuzu has 4096 bytes" in said.out) == (6, True)


def test_a_question_to_a_damaged_index_says_what_to_do(axon: Axon, tmp_path: Path) -> None:
    """Whatever is damaged: one line, with the command that mends it."""
    root = write_shop(tmp_path)
    assert axon("analyze", root, "--quiet", "--no-embeddings").code == 0
    for name in ("files.jsonl.zst", "columns/graph.columns", "manifest.json"):
        path = root / ".axon/generations/000001" / name
        good = path.read_bytes()
        path.write_bytes(bytes(len(good)))
        said = axon("search", "total", "--repo", root)
        assert (said.code, said.err.count("\n"), "Run `axon analyze" in said.err) == (1, 1, True), (name, said)
        path.write_bytes(good)


def test_verify_where_there_is_no_index(axon: Axon, tmp_path: Path) -> None:
    """Exit code 3, with what to do."""
    said = axon("verify", tmp_path)
    assert (said.code, "axon analyze" in said.err) == (3, True)
