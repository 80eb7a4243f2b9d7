"""fastembed with a model that was made here: everything offline."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from axon.embeddings.fastembed import FastembedEmbedder, load_fastembed
from axon.errors import EmbeddingError
from tests.embeddings.conftest import DIMENSION, write_model

pytest.importorskip("fastembed", reason="the extra is not installed")


@pytest.fixture(scope="module")
def embedder(model_folder: Path) -> FastembedEmbedder:
    """The model of the session, loaded."""
    return load_fastembed(str(model_folder), model_folder.parent)


def test_a_model_folder_gives_vectors(embedder: FastembedEmbedder) -> None:
    """The dimension is that of the model, and rows have norm 1."""
    vectors = embedder.embed(["parse config", "query file", "parse config"])
    assert (vectors.shape, vectors.dtype, embedder.dimension) == ((3, DIMENSION), np.float32, DIMENSION)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], vectors[2])
    assert not np.allclose(vectors[0], vectors[1])


def test_odd_texts_have_vectors(embedder: FastembedEmbedder) -> None:
    """Nothing, NUL, only punctuation, a lone surrogate, a megabyte."""
    vectors = embedder.embed(["", "\0", "!?", "\ud800", "parse " * 200_000])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(embedder: FastembedEmbedder) -> None:
    """The model is not asked."""
    assert embedder.embed([]).shape == (0, DIMENSION)


def test_loading_twice_is_one_model(embedder: FastembedEmbedder, model_folder: Path) -> None:
    """The name is known to fastembed only once per process."""
    assert load_fastembed(str(model_folder), model_folder.parent).name == embedder.name


def test_other_weights_have_another_name(embedder: FastembedEmbedder, tmp_path: Path) -> None:
    """Vectors of two models are never mixed, even when one took the other's folder name."""
    (tmp_path / "tiny").mkdir()
    write_model(tmp_path / "tiny", seed=2)
    assert load_fastembed(str(tmp_path / "tiny"), tmp_path).name != embedder.name


def test_an_export_that_pools_its_first_token_is_obeyed(tmp_path: Path, embedder: FastembedEmbedder) -> None:
    """The second word then has no part in the vector."""
    write_model(tmp_path, seed=3)
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    one, two = load_fastembed(str(tmp_path), tmp_path).embed(["parse config", "parse query"])
    assert np.allclose(one, two)


def test_a_folder_that_lacks_a_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    """The message says what is missing and what to do."""
    write_model(tmp_path, seed=1)
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(EmbeddingError, match=r"lacks tokenizer\.json\. Export"):
        load_fastembed(str(tmp_path), tmp_path)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "tokenizer_config.json"])
def test_a_damaged_file_is_a_typed_error(tmp_path: Path, name: str) -> None:
    """Neither onnxruntime's nor tokenizers' own exceptions come through."""
    write_model(tmp_path, seed=4)
    (tmp_path / name).write_text("{damaged")
    with pytest.raises(EmbeddingError, match="cannot be loaded"):
        load_fastembed(str(tmp_path), tmp_path)


def test_a_model_that_is_not_on_disk_is_refused_without_a_network(tmp_path: Path) -> None:
    """Nothing is downloaded, and the second try does not even look."""
    (tmp_path / "something").touch()
    for _ in range(2):
        with pytest.raises(EmbeddingError, match=r"BAAI/bge-small-en-v1\.5 is not in "):
            load_fastembed("BAAI/bge-small-en-v1.5", tmp_path)


def test_a_name_that_nobody_knows_says_what_to_do(tmp_path: Path) -> None:
    """In Axon's words, not in those of fastembed's programmers."""
    (tmp_path / "something").touch()
    with pytest.raises(EmbeddingError, match=r"knows no model nosuch.*`axon models import FOLDER`"):
        load_fastembed("nosuch", tmp_path)


def test_an_empty_models_folder_needs_no_import(tmp_path: Path) -> None:
    """The common case costs nothing: the folder is looked at before fastembed is imported."""
    with pytest.raises(EmbeddingError, match="is not in"):
        load_fastembed("BAAI/bge-small-en-v1.5", tmp_path / "absent")


_LOADED = """
import sys
from pathlib import Path
opened = []
sys.addaudithook(lambda event, _: opened.append(event) if event.startswith("socket.") else None)
from axon.embeddings.fastembed import load_fastembed
folder = Path(sys.argv[1])
load_fastembed(str(folder), folder.parent).embed(["parse config"])
print(opened)
"""


def test_loading_and_embedding_open_no_socket(model_folder: Path) -> None:
    """In a process that has imported nothing yet: the interpreter itself tells of each socket."""
    command = [sys.executable, "-c", _LOADED, str(model_folder)]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() == ["[]"]
