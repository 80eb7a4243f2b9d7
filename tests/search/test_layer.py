"""The search layer: an update is as good as a first run, and costs what changed."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from axon.pipeline import run_pipeline
from axon.pipeline.verify import verify
from axon.questions.opened import open_index
from axon.questions.search import search
from axon.search.check import differing_rows
from axon.search.layer import OpenLayer, write_layer
from axon.search.postings import Field, PostingsBuilder
from axon.storage.freeze import read_graph
from tests.search.trees import FILES, index, write

WORDS = ("money", "cart", "password", "total", "convert", "http", "parse", "date", "price", "user", "render", "view")


def layer_of(root: Path) -> Path:
    with open_index(root) as opened:
        return opened.generation.folder / "search"


def made_anew(root: Path, folder: Path) -> Path:
    """The layer that a first run would make of the graph in force."""
    with open_index(root) as opened:
        write_layer(folder, read_graph(opened.columns).nodes, opened.sources.find, number=1)
    return folder


def edit(root: Path, dice: Random) -> None:
    """Change, add or remove a file at random."""
    path = f"pkg/mod_{dice.randrange(12)}.py"
    if dice.random() < 0.2 and (root / path).exists():
        (root / path).unlink()
        return
    some = [(dice.choice(WORDS), dice.choice(WORDS), dice.choice(WORDS)) for _ in range(dice.randrange(1, 9))]
    write(root, {path: "\n".join(f"def {a}_{n}({b}):\n    return {c}\n" for n, (a, b, c) in enumerate(some))})


@pytest.mark.parametrize("seed", range(2))
def test_updates_are_as_good_as_a_first_run(tmp_path: Path, seed: int) -> None:
    """After any edits the layer has the postings that a first run makes, in few segments, and answers alike."""
    dice, root = Random(seed), write(tmp_path / "tree", FILES)
    index(root)
    for step in range(14):
        for _ in range(dice.randrange(1, 3)):
            edit(root, dice)
        run_pipeline(root, embeddings=False)
        assert differing_rows(layer_of(root), made_anew(root, tmp_path / f"anew-{step}")) == []
    with open_index(root) as opened:
        before = search(opened, "convert money", snippets=False).hits
        assert len(OpenLayer(layer_of(root)).layout.segments) <= 5
    run_pipeline(root, embeddings=False, full=True)
    with open_index(root) as opened:
        assert search(opened, "convert money", snippets=False).hits == before


def test_an_update_leaves_other_segments_alone(tmp_path: Path) -> None:
    """The postings of files that did not change are the same file on disk."""
    root = index(write(tmp_path / "tree", FILES | {f"big/m{n}.py": FILES["shop/cart.py"] for n in range(20)}))
    first = {path.name: path.stat().st_ino for path in layer_of(root).glob("*.segment")}
    write(root, {"shop/money.py": "def other():\n    pass\n"})
    index(root)
    second = {path.name: path.stat().st_ino for path in layer_of(root).glob("*.segment")}
    assert first.items() < second.items()


def test_verify_sees_postings_that_are_wrong(tmp_path: Path) -> None:
    """A layer that lacks an update is a violation, by the id of what differs."""
    root = index(write(tmp_path / "tree", FILES))
    assert verify(root).is_right
    with open_index(root) as opened:
        folder, graph = opened.generation.folder / "search", read_graph(opened.columns)
        kept = opened.sources.find(["shop/money.py"])
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    write_layer(folder, graph.nodes, lambda paths: kept, number=1)
    assert any("postings" in line or "search/" in line for line in verify(root).damage)


def test_counts_are_those_of_the_words() -> None:
    """A term's count in each field, cut at its limit, and the lengths of fields."""
    builder = PostingsBuilder()
    builder.add(0, Field.NAME, ["parseHeader"])
    builder.add(0, Field.BODY, ["header"] * 300 + ["x"])
    builder.add(1, Field.OWNER, ["Header"])
    builder.add(1, Field.SIGNATURE, [])
    postings = builder.finish(2)
    at = list(postings.terms).index("header")
    rows = slice(int(postings.offsets[at]), int(postings.offsets[at + 1]))
    assert postings.docs[rows].tolist() == [0, 1]
    assert postings.bodies[rows].tolist() == [255, 0]
    assert postings.heads[rows].tolist() == [1, 1 << 2]
    assert np.array_equal(postings.lengths[:, 0], [3, 0, 0, 0, 301])
    assert list(postings.terms) == sorted(postings.terms)


def test_poisoned_files_are_searched_all_the_same(tmp_path: Path) -> None:
    """A megabyte in one line, 100,000 words, NUL, only punctuation, no UTF-8: each costs its own words at most."""
    files = {
        "long.py": b"x = '" + b"A" * 1_000_000 + b"'\n",
        "words.py": b"def many():\n    return '''" + b"word word word\n" * 33_000 + b"'''\n",
        "nul.py": b"def nul_inside():\n    return 1\n" + b"#" * 9000 + b"\0\n",
        "dots.py": b"def dotted():\n    ...\n" + b"# !?... ;;;\n" * 500,
        "bytes.py": b"def broken_bytes():\n    return '\xff\xfe'\n",
    }
    root = tmp_path / "tree"
    root.mkdir()
    for path, content in files.items():
        (root / path).write_bytes(content)
    index(root)
    with open_index(root) as opened:
        for name in ("many", "dotted", "broken_bytes"):
            assert search(opened, name).hits[0].symbol.name == name
        assert {hit.symbol.name for hit in search(opened, "word").hits} == {"words.py", "many"}
    assert verify(root).is_right
