"""A tiny ONNX model, made here, and small graphs; the network is out of reach."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save
from tokenizers import Tokenizer, models, pre_tokenizers

from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId, symbol_id
from axon.model.kinds import EdgeKind, Flag, NodeKind, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship

DIMENSION = 16
MOST_TOKENS = 128
WORDS = ["[PAD]", "[UNK]", "parse", "config", "file", "query", "function", "calls"]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to connect to another machine, or to find its address, fails the test."""

    def refuse(*address: object, **_: object) -> NoReturn:
        raise AssertionError(f"a connection was tried: {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.delenv("FASTEMBED_CACHE_PATH", raising=False)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of two lookups in seeded matrices, with a tokenizer of whole words: 20 kB that fastembed loads."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    folder.mkdir()
    write_model(folder, seed=1)
    return folder


def write_model(folder: Path, *, seed: int) -> None:
    """Write all files that fastembed asks of a model folder.

    As a real one, the model has so many positions and fails for a text of more tokens.
    """
    dice = np.random.default_rng(seed)
    matrices = [dice.standard_normal((n, DIMENSION)).astype(np.float32) for n in (len(WORDS), MOST_TOKENS)]
    constants = {"words": matrices[0], "positions": 0.01 * matrices[1], **{str(n): np.array(n) for n in (0, 1)}}
    ids, mask = (
        helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "t"]) for n in ("input_ids", "attention_mask")
    )
    hidden = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["b", "t", DIMENSION])
    nodes = [
        helper.make_node("Gather", ["words", "input_ids"], ["of_words"]),
        helper.make_node("Shape", ["input_ids"], ["shape"]),
        helper.make_node("Gather", ["shape", "1"], ["n_tokens"]),
        helper.make_node("Range", ["0", "n_tokens", "1"], ["places"]),
        helper.make_node("Gather", ["positions", "places"], ["of_places"]),
        helper.make_node("Add", ["of_words", "of_places"], ["last_hidden_state"]),
    ]
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", [ids, mask], [hidden], weights)
    save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(folder / "model.onnx")
    )
    _write_tokenizer(folder)


def _write_tokenizer(folder: Path) -> None:
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    files = {
        "config.json": {"pad_token_id": 0},
        "tokenizer_config.json": {"model_max_length": MOST_TOKENS, "pad_token": "[PAD]"},
        "special_tokens_map.json": {"pad_token": "[PAD]", "unk_token": "[UNK]"},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))


def function(name: str, path: str = "m.toy", *, flags: Flag = Flag(0), summary: str = "") -> GraphNode:
    """A function node."""
    return GraphNode(
        symbol_id(path, name), NodeKind.FUNCTION, name, name, path, "toy", 7, 8, summary=summary, flags=flags
    )


def call(source: str, target: str, path: str = "m.toy") -> GraphRelationship:
    """A call between two functions of one file."""
    return GraphRelationship(
        EdgeKind.CALLS, symbol_id(path, source), symbol_id(path, target), Evidence(Rule.LEXICAL, 1)
    )


@pytest.fixture
def many_functions() -> Callable[[int], CodeGraph]:
    """A graph of n functions with names of their own."""
    return lambda n: CodeGraph.from_rows([function(f"function_{number}") for number in range(n)], ())


@pytest.fixture
def file_node() -> GraphNode:
    """A node of a kind that is not embedded."""
    return GraphNode(NodeId("m.toy"), NodeKind.FILE, "m.toy", "m", "m.toy")
