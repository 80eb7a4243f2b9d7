"""From a graph to batches of vectors."""

from collections.abc import Callable

import numpy as np
import pytest

from axon.embeddings.graph import BATCH, embed_graph
from axon.embeddings.lexical import LexicalEmbedder
from axon.embeddings.text import header_text
from axon.errors import EmbeddingError, Problem
from axon.graph.graph import CodeGraph
from axon.model.kinds import Flag, NodeKind
from axon.model.nodes import GraphNode
from tests.embeddings.conftest import call, function
from tests.embeddings.memory import MemoryStore, PickyEmbedder


def test_only_symbols_with_a_body_are_embedded(file_node: GraphNode) -> None:
    """Functions, methods, classes, interfaces and enums; no files, properties or externals."""
    kinds = [NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CLASS, NodeKind.INTERFACE, NodeKind.ENUM]
    others = [NodeKind.PROPERTY, NodeKind.VARIABLE, NodeKind.TYPE_ALIAS, NodeKind.EXTERNAL]
    store = MemoryStore()
    nodes = [GraphNode(f"m.toy::{kind}", kind, kind, kind, "m.toy") for kind in (*kinds, *others)]
    assert embed_graph([file_node, *nodes], LexicalEmbedder(), store) == 5
    assert set(store.ids) == {f"m.toy::{kind}" for kind in kinds}


def test_the_useful_symbols_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exported before internal, many callers before few, tests last, whatever they are."""
    monkeypatch.setattr("axon.embeddings.graph.BAND", 1)
    nodes = [
        function("test", flags=Flag.TEST | Flag.EXPORTED),
        function("internal"),
        function("quiet", flags=Flag.EXPORTED),
        function("busy", flags=Flag.EXPORTED),
    ]
    edges = [call("internal", "busy"), call("quiet", "busy"), call("busy", "test"), call("quiet", "test")]
    store = MemoryStore()
    embed_graph(CodeGraph.from_rows(nodes, edges), LexicalEmbedder(), store)
    assert store.ids == [f"m.toy::{name}" for name in ("busy", "quiet", "internal", "test")]


def test_a_band_goes_from_short_to_long() -> None:
    """Texts of like length share a batch."""
    store = MemoryStore()
    nodes = [function("a", summary="long " * 20), function("b"), function("c", summary="short")]
    embed_graph(nodes, LexicalEmbedder(), store)
    assert store.ids == ["m.toy::b", "m.toy::c", "m.toy::a"]


def test_the_text_names_the_callees_once() -> None:
    """What a function calls is part of what it is."""
    nodes = [function("f"), function("g"), function("h")]
    store = MemoryStore()
    embed_graph(CodeGraph.from_rows(nodes, [call("f", "g"), call("f", "h"), call("f", "g")]), LexicalEmbedder(), store)
    vectors = {id: vector for ids, rows in store.batches for id, vector in zip(ids, rows, strict=True)}
    expected = LexicalEmbedder().embed([header_text(nodes[0], ["g", "h"])])[0]
    assert np.array_equal(vectors["m.toy::f"], expected)


def test_what_the_store_has_is_skipped(many_functions: Callable[[int], CodeGraph]) -> None:
    """A second run embeds nothing."""
    store = MemoryStore()
    assert embed_graph(many_functions(10), LexicalEmbedder(), store) == 10
    assert embed_graph(many_functions(10), LexicalEmbedder(), store) == 0


def test_a_symbol_whose_text_changed_is_embedded_again() -> None:
    """The id alone does not make a vector known."""
    store = MemoryStore()
    embed_graph([function("f"), function("g")], LexicalEmbedder(), store)
    assert embed_graph([function("f", summary="New."), function("g")], LexicalEmbedder(), store) == 1


def test_batches_are_bounded(many_functions: Callable[[int], CodeGraph]) -> None:
    """No batch is larger than what may be lost when the process dies."""
    store = MemoryStore()
    embed_graph(many_functions(BATCH * 5), LexicalEmbedder(), store)
    assert [len(ids) for ids, _ in store.batches] == [BATCH] * 5


def test_one_poisoned_text_is_a_problem_and_no_more() -> None:
    """The rest of its batch is embedded and stored, and the Problem names file and line."""
    nodes = [function(f"f{number}") for number in range(20)] + [function("poison")]
    store, problems = MemoryStore(), list[Problem]()
    assert embed_graph(nodes, PickyEmbedder("poison"), store, on_problem=problems.append) == 20
    assert [(problem.path, problem.line) for problem in problems] == [("m.toy", 7)]
    assert "not to my taste" in problems[0].what


def test_an_unwatched_problem_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is lost in silence."""
    embed_graph([function("f"), function("poison")], PickyEmbedder("poison"), MemoryStore())
    assert "m.toy:7: no embedding" in caplog.text


def test_an_embedder_that_refuses_all_is_an_error() -> None:
    """A model that does not work is not a thousand Problems."""
    with pytest.raises(EmbeddingError, match="refused all 2 texts"):
        embed_graph([function("f"), function("g")], PickyEmbedder("function"), MemoryStore())


def test_odd_symbols_are_embedded() -> None:
    """A name of a megabyte, of nothing, of NUL or of a lone surrogate."""
    names = ["x" * 1_000_000, "", "\0", "\ud800", "!!!"]
    store = MemoryStore()
    assert embed_graph([function(name) for name in names], LexicalEmbedder(), store) == 5


def test_stopping_keeps_what_is_done(many_functions: Callable[[int], CodeGraph]) -> None:
    """It is asked before each batch."""
    store = MemoryStore()
    n_embedded = embed_graph(
        many_functions(BATCH * 3), LexicalEmbedder(), store, should_stop=lambda: len(store.batches) == 2
    )
    assert n_embedded == len(store.ids) == BATCH * 2


def test_an_empty_graph_embeds_nothing() -> None:
    """No nodes, no batch."""
    store = MemoryStore()
    assert embed_graph([], LexicalEmbedder(), store) == 0
    assert store.batches == []
