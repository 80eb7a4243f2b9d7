"""Vectors beside words: what is embedded, what it counts, and what is like what."""

import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from axon.config import Settings
from axon.embeddings.lexical import LexicalEmbedder
from axon.errors import UsageError
from axon.pipeline import run_pipeline
from axon.pipeline.embed import embed_index
from axon.progress import SilentProgress
from axon.questions.callers import callers
from axon.questions.opened import open_index
from axon.questions.search import search
from axon.questions.similar import similar
from axon.questions.status import status
from axon.search.calibration import FEWEST_QUERIES, _is_gain, is_calibration
from axon.search.dense import DenseLane, Fusion
from axon.storage.vectors import VectorStore
from tests.search.trees import FILES, index, write

VERBS = ("open", "close", "parse", "render", "convert", "merge", "sort", "count", "send", "read")
NOUNS = ("file", "token", "header", "price", "cart", "user", "date", "template", "query", "mail", "image", "page")


def documented() -> dict[str, str]:
    """A hundred and twenty functions, each with a docstring of its own."""
    return {
        f"lib/{noun}.py": "\n\n".join(
            f'def {verb}_{noun}(value):\n    """{verb.title()} the {noun} that was given."""\n    return value\n'
            for verb in VERBS
        )
        for noun in NOUNS
    }


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose vectors are all there."""
    root = index(write(tmp_path_factory.mktemp("embedded"), FILES | documented()))
    embed_index(root)
    return root


def fusion_of(root: Path) -> Fusion | None:
    return Fusion.read(VectorStore(root / ".axon/vectors", LexicalEmbedder.name).folder)


def test_a_repository_finds_its_own_weight(embedded: Path) -> None:
    """With enough documented functions the weight is found by them, and both lanes are no worse than words alone."""
    found = fusion_of(embedded)
    assert found is not None
    assert found.n_queries >= FEWEST_QUERIES
    assert found.both >= found.words > 0
    assert found.vectors > 0


def test_few_documented_functions_say_nothing(tmp_path: Path) -> None:
    """Then vectors have no weight."""
    root = index(write(tmp_path / "tree", FILES))
    embed_index(root)
    found = fusion_of(root)
    assert found is not None
    assert found.weight == 0


def test_a_weight_changes_scores_and_is_explained(tmp_path: Path) -> None:
    """What a vector adds is a factor of its own, and what is not embedded loses nothing."""
    root = index(write(tmp_path / "tree", FILES))
    embed_index(root)
    folder = VectorStore(root / ".axon/vectors", LexicalEmbedder.name).folder
    Fusion(0.5, 0.1, 0.1, 0.2, 30, 30).write(folder)
    with open_index(root) as opened:
        hit = search(opened, "exchange currency rate", explain=True, tests="exclude").hits[0]
    assert hit.symbol.name == "convert"
    assert hit.factors["+ vector"] > 0


def test_what_is_like_a_symbol(embedded: Path) -> None:
    """The nearest functions share words with it; the symbol itself is not among them."""
    with open_index(embedded) as opened:
        answer = similar(opened, "parse_header", limit=5)
        names = [hit.symbol.name for hit in answer.hits]
        assert "parse_header" not in names
        assert all("parse" in name or "header" in name for name in names)
        assert [hit.cosine for hit in answer.hits] == sorted((hit.cosine for hit in answer.hits), reverse=True)
        with pytest.raises(UsageError, match="has the kind File"):
            similar(opened, "lib/header.py")


def test_nothing_is_embedded_twice(embedded: Path) -> None:
    """A second run has nothing to do and says how much is there."""
    done = embed_index(embedded)
    assert done.embedded == 0
    assert done.done == done.total > 100


def test_searching_and_embedding_open_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither indexing, embedding, calibrating nor searching asks the network for anything."""

    class Refused(socket.socket):
        def __init__(self, *arguments: object, **options: object) -> None:
            raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", Refused)
    root = index(write(tmp_path / "tree", FILES))
    embed_index(root)
    with open_index(root) as opened:
        assert search(opened, "exchange currency").hits
        assert similar(opened, "make_password").hits


@pytest.mark.parametrize(
    ("gains", "is_gain"),
    [([0.1] * 30, True), ([0.5, -0.1] * 20, True), ([1.0, -0.9] * 20, False), ([0.0] * 29 + [1.0], False)],
)
def test_a_gain_by_chance_is_none(gains: list[float], is_gain: bool) -> None:
    """One lucky question among thirty does not give vectors a weight."""
    assert _is_gain(np.array(gains)) is is_gain


def test_every_vector_is_compared(embedded: Path, tmp_path: Path) -> None:
    """Block after block, the last of them a short one: as numpy does it at once."""
    dice = np.random.default_rng(1)
    made = dice.standard_normal((2_500, 16)).astype(np.float32)
    store = VectorStore(tmp_path, "made")
    store.append([f"{number}" for number in range(len(made))], np.zeros(len(made), np.uint64), made)
    with open_index(embedded) as opened:
        lane = DenseLane(store, opened.columns)
        assert np.allclose(lane._cosines(made[3]), store.load()[2].astype(np.float32) @ made[3], atol=1e-5)
        assert lane.nearest(made[3], 5) == []  # of nodes that this index does not have


class _Interrupting(SilentProgress):
    """Presses Ctrl-C when the first batch is stored."""

    def advanced(self, phase: str, steps: int = 1) -> None:
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_keeps_what_is_there(tmp_path: Path) -> None:
    """Ctrl-C ends the run and loses no stored batch; the next run embeds the rest alone."""
    functions = {f"lib/m{n}.py": "".join(f"def f_{n}_{k}(): ...\n" for k in range(200)) for n in range(8)}
    root = index(write(tmp_path / "tree", functions))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs in the background ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            embed_index(root, progress=_Interrupting())
    finally:
        signal.signal(signal.SIGINT, before)
    kept = VectorStore(root / ".axon/vectors", LexicalEmbedder.name).count()
    assert kept > 0
    done = embed_index(root)
    assert done.embedded + kept == done.done == done.total == 1_600


def test_the_calibration_sample_is_a_quarter() -> None:
    """By the digest of ids, so that whoever scores a search can leave it out."""
    share = np.mean([is_calibration(f"a.py::f{n}") for n in range(4_000)])
    assert share == pytest.approx(0.25, abs=0.03)


def repaired_by_embed(root: Path) -> None:
    embed_index(root)


def repaired_by_analyze(root: Path) -> None:
    run_pipeline(root, settings=Settings(embedder="lexical"), wait_embeddings=True)


@pytest.mark.parametrize("repair", [repaired_by_embed, repaired_by_analyze])
def test_damage_beside_an_index_stops_no_question(tmp_path: Path, repair: Callable[[Path], None]) -> None:
    """A torn state and a torn shard are told, cost nothing else, and are made again."""
    root = index(write(tmp_path / "tree", FILES))
    embed_index(root)
    store = VectorStore(root / ".axon/vectors", LexicalEmbedder.name)
    n_vectors = store.count()
    Fusion(0.5, 0.1, 0.1, 0.2, 30, 30).write(store.folder)

    def warnings() -> list[str]:
        with open_index(root) as opened:
            answers = callers(opened, "make_password"), status(opened), search(opened, "exchange currency rate")
            assert answers[2].hits[0].symbol.name == "convert"
            assert answers[0].callers
            return sorted({line for answer in answers for line in answer.index.warnings if "axon embed" in line})

    (store.folder / "000001.shard").write_bytes(b"torn")
    assert ["vectors" in line and "damaged" in line for line in warnings()] == [True]
    (store.folder / "state.json").write_text('{"model": 3')
    assert ["state.json" in line for line in warnings()] == [True]  # which vectors there are, nobody knows now
    repair(root)
    assert warnings() == []
    assert (store.count(), store.damaged()) == (n_vectors, [])


def test_the_floor_comes_from_the_repository(embedded: Path) -> None:
    """What its own documented functions need is what a best hit must have; a query of other things finds nothing."""
    found = fusion_of(embedded)
    assert found is not None
    assert 0.2 <= found.floor <= 0.5
    with open_index(embedded) as opened:
        assert search(opened, "parse the header").hits
        answer = search(opened, "zeppelin parse volcano glacier orbit")
        assert (answer.hits, answer.note[:13]) == ((), "No good match")
    folder = VectorStore(embedded / ".axon/vectors", LexicalEmbedder.name).folder
    try:
        replace(found, floor=0.0).write(folder)
        with open_index(embedded) as opened:
            assert search(opened, "zeppelin parse volcano glacier orbit").hits
    finally:
        found.write(folder)
