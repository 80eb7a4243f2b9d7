"""A model that has the shape of bge-small and random weights: what embedding costs does not depend on what they say.

What flows in: texts, of which the tokenizer is made. What flows out: a folder that Axon loads like any exported model.
The graph is BERT (Devlin et al., 2019) with 12 layers of width 384, 12 heads and 1,536 inner units: 33 million
parameters in float32, 133 MB. The words of the tokenizer are learnt from the texts, fewer than bge's own, so that a
text has about as many pieces.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper, save
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

LAYERS: Final = 12
WIDTH: Final = 384
HEADS: Final = 12
INNER: Final = 1536
WORDS: Final = 30_522
LEARNT_WORDS: Final = 3_000
"""Of these a header text of Django has 37 pieces on average, about as many as of bge's own 30,522."""
POSITIONS: Final = 512

_SPECIAL: Final = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_OPSET: Final = 17  # the first with LayerNormalization


def write_bge_shape(folder: Path, texts: Iterable[str]) -> None:
    """Write all files of the model into a new folder."""
    folder.mkdir(parents=True)
    graph = _Graph()
    graph.build()
    hidden = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["b", "t", WIDTH])
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    made = helper.make_graph(graph.nodes, "bge-shape", inputs, [hidden], graph.weights)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
    save(model, str(folder / "model.onnx"))
    _write_tokenizer(folder, texts)


class _Graph:
    """Nodes and weights of the encoder, in order."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self._dice = np.random.default_rng(1)

    def build(self) -> None:
        """From ids to hidden states."""
        words = self._node("Gather", self._weight((WORDS, WIDTH)), "input_ids")
        kinds = self._node("Gather", self._weight((2, WIDTH)), "token_type_ids")
        length = self._node("Slice", self._node("Shape", "input_ids"), *map(self._ints, ([1], [2])))
        scalar = self._node("Squeeze", length)
        positions = self._node("Range", self._scalar(0), scalar, self._scalar(1))
        places = self._node("Gather", self._weight((POSITIONS, WIDTH)), positions)
        hidden = self._norm(self._node("Add", self._node("Add", words, kinds), places))
        mask = self._node("Cast", self._node("Unsqueeze", "attention_mask", self._ints([1, 2])), to=TensorProto.FLOAT)
        hole = self._node("Mul", self._node("Sub", mask, self._float(1.0)), self._float(10_000.0))
        for number in range(LAYERS):
            last = number == LAYERS - 1
            hidden = self._layer(hidden, hole, "last_hidden_state" if last else None)

    def _layer(self, hidden: str, hole: str, out: str | None) -> str:
        query, key, value = (self._heads(self._dense(hidden, WIDTH, WIDTH)) for _ in range(3))
        scores = self._node("MatMul", query, self._node("Transpose", key, perm=[0, 1, 3, 2]))
        scaled = self._node("Mul", scores, self._float((WIDTH / HEADS) ** -0.5))
        shares = self._node("Softmax", self._node("Add", scaled, hole), axis=-1)
        mixed = self._node("Transpose", self._node("MatMul", shares, value), perm=[0, 2, 1, 3])
        joined = self._node("Reshape", mixed, self._ints([0, 0, WIDTH]))
        hidden = self._norm(self._node("Add", hidden, self._dense(joined, WIDTH, WIDTH)))
        inner = self._gelu(self._dense(hidden, WIDTH, INNER))
        return self._norm(self._node("Add", hidden, self._dense(inner, INNER, WIDTH)), out)

    def _heads(self, hidden: str) -> str:
        split = self._node("Reshape", hidden, self._ints([0, 0, HEADS, WIDTH // HEADS]))
        return self._node("Transpose", split, perm=[0, 2, 1, 3])

    def _dense(self, hidden: str, n_in: int, n_out: int) -> str:
        return self._node("Add", self._node("MatMul", hidden, self._weight((n_in, n_out))), self._weight((n_out,)))

    def _gelu(self, hidden: str) -> str:
        bent = self._node("Erf", self._node("Mul", hidden, self._float(2**-0.5)))
        half = self._node("Mul", hidden, self._float(0.5))
        return self._node("Mul", half, self._node("Add", bent, self._float(1.0)))

    def _norm(self, hidden: str, out: str | None = None) -> str:
        one = self._constant(np.ones(WIDTH, np.float32))
        nothing = self._constant(np.zeros(WIDTH, np.float32))
        return self._node("LayerNormalization", hidden, one, nothing, out=out, axis=-1, epsilon=1e-12)

    def _node(self, kind: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        out = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def _weight(self, shape: tuple[int, ...]) -> str:
        return self._constant((0.02 * self._dice.standard_normal(shape)).astype(np.float32))

    def _float(self, value: float) -> str:
        return self._constant(np.array(value, np.float32))

    def _scalar(self, value: int) -> str:
        return self._constant(np.array(value, np.int64))

    def _ints(self, values: Sequence[int]) -> str:
        return self._constant(np.array(values, np.int64))

    def _constant(self, values: npt.NDArray[Any]) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values, name))
        return name


def _write_tokenizer(folder: Path, texts: Iterable[str]) -> None:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=LEARNT_WORDS, special_tokens=list(_SPECIAL), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    files = {
        "config.json": {"pad_token_id": 0},
        "tokenizer_config.json": {"model_max_length": POSITIONS, "pad_token": "[PAD]"},
        "special_tokens_map.json": {"pad_token": "[PAD]", "unk_token": "[UNK]"},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
