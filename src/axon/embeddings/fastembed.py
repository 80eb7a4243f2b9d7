"""Embedders that run an ONNX model through fastembed.

What flows in: the name of a model that fastembed knows, or a folder that holds one. What flows out: an `Embedder`. It
knows no settings and never uses the network, except in `pull_model`.

fastembed is imported inside functions: the import alone takes a second. Asked to load a model that is not on disk it
would try the network for 39 seconds, so every load here is told to use local files only, and a failure is remembered
for the process.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from xxhash import xxh3_64

from axon.errors import EmbeddingError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from fastembed import TextEmbedding

IMPORTED: Final = "imported"
"""Folder, below that of the models, of those that were taken from a folder."""

_MODEL_FILES: Final = ("model.onnx", "onnx/model.onnx", "model_optimized.onnx")
_NEEDED_FILES: Final = ("tokenizer.json", "tokenizer_config.json")
_ORDINARY: Final = (ImportError, OSError, ValueError, RuntimeError, KeyError)
_FOREIGN: Final = ("onnxruntime", "huggingface_hub", "httpx")
# 64 texts and 16,384 characters took 170 MB more for a model of bge-small's shape and gave 25 % fewer vectors a second:
# what is between the layers does not fit the caches of a core then.
_BATCH: Final = 16
_BATCH_CHARACTERS: Final = 4_096  # some 1,000 tokens: 16 texts of 256 characters, or 2 of the longest
_CHUNK_BYTES: Final = 1 << 20

_loading = threading.Lock()
_failures: dict[tuple[str, Path], str] = {}


class FastembedEmbedder:
    """A loaded model; `dimension` is that of the vectors it really gives."""

    def __init__(self, name: str, model: TextEmbedding) -> None:
        self.name = name
        self._model = model
        self.dimension = int(self._raw(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Shape (n, dimension), float32, rows of norm 1; costs about 0.03 core-seconds a text with the default model.

        Raises:
            EmbeddingError: the model refused these texts.
        """
        import numpy as np  # noqa: PLC0415  start-up is lazy

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        vectors = self._raw([_encodable(text) for text in texts])
        norms = np.linalg.norm(vectors, axis=1)
        empty = norms < 1e-9
        vectors[empty, 0] = norms[empty] = 1
        return np.asarray(vectors / norms[:, None], np.float32)

    def _raw(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        import numpy as np  # noqa: PLC0415  start-up is lazy

        with _typed_errors(f"The model {self.name} could not embed {len(texts)} texts"):
            order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
            made = [
                vector
                for rows in _within_budget(order, texts)
                for vector in self._model.embed([texts[row] for row in rows], batch_size=len(rows))
            ]
            vectors = np.empty((len(texts), len(made[0])), np.float32)
            vectors[order] = np.stack(made)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise EmbeddingError(f"The model {self.name} gave no finite vector for one of {len(texts)} texts.")
        return vectors


def _within_budget(order: Sequence[int], texts: Sequence[str]) -> Iterator[list[int]]:
    """Places of texts, which come in order of length, in batches that are padded to at most so many characters.

    What a model needs for attention grows with the square of the longest text of a batch, times the number of texts.
    """
    batch: list[int] = []
    for row in order:
        if batch and (len(batch) == _BATCH or (len(batch) + 1) * len(texts[row]) > _BATCH_CHARACTERS):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def load_fastembed(model: str, models: Path, *, threads: int | None = None) -> FastembedEmbedder:
    """The embedder for a model that is on disk: a folder, or a name whose files lie in `models`.

    Raises:
        EmbeddingError: fastembed or the model is not here, or the model does not work; the message says what to do.
    """
    if importlib.util.find_spec("fastembed") is None:
        raise EmbeddingError("fastembed is not installed. Run `pip install 'axon-codegraph[fastembed]'`.")
    imported = models / IMPORTED / model
    folder = imported if imported.is_dir() else Path(model).expanduser()
    if folder.is_dir():
        with _loading:
            return _from_folder(folder.resolve(), threads)
    _check_on_disk(model, models)
    with _loading:
        return _from_cache(model, models, threads)


def pull_model(model: str, models: Path) -> FastembedEmbedder:
    """Download a model that fastembed knows into `models` unless it is there; the only function that uses the network.

    Raises:
        EmbeddingError: fastembed does not know the model, or could not fetch it.
    """
    if importlib.util.find_spec("fastembed") is None:
        raise EmbeddingError("fastembed is not installed. Run `pip install 'axon-codegraph[fastembed]'`.")
    with _typed_errors(f"The model {model} could not be fetched. Check its name and the network"), _quiet():
        from fastembed import TextEmbedding  # noqa: PLC0415  the import takes a second

        _check_known(model)
        loaded = TextEmbedding(model, cache_dir=str(models))
    _failures.pop((model, models), None)
    return FastembedEmbedder(_file_name(model), loaded)


def _check_known(model: str) -> None:
    """Say it in Axon's words where fastembed has no model of that name."""
    from fastembed import TextEmbedding  # noqa: PLC0415  the import takes a second

    if not any(known["model"].lower() == model.lower() for known in TextEmbedding.list_supported_models()):
        raise EmbeddingError(
            f"fastembed knows no model {model}, and none of that name was imported. "
            "`axon models list` shows those that are here; `axon models import FOLDER` takes another."
        )


def _check_on_disk(model: str, models: Path) -> None:
    """Say in microseconds, without importing fastembed, that there is no model at all, which is the common case."""
    if not models.is_dir() or not any(models.iterdir()):
        raise EmbeddingError(_missing(model, models))
    if failure := _failures.get((model, models)):
        raise EmbeddingError(failure)


def _from_cache(model: str, models: Path, threads: int | None) -> FastembedEmbedder:
    try:
        with _typed_errors(f"{_missing(model, models)} (`axon models pull` fetches it)"), _quiet(), _without_sockets():
            from fastembed import TextEmbedding  # noqa: PLC0415  the import takes a second

            _check_known(model)
            loaded = TextEmbedding(model, cache_dir=str(models), threads=threads, local_files_only=True)
    except EmbeddingError as error:
        _failures[model, models] = str(error)
        raise
    return FastembedEmbedder(_file_name(model), loaded)


def _from_folder(folder: Path, threads: int | None) -> FastembedEmbedder:
    model_file = next((name for name in _MODEL_FILES if (folder / name).is_file()), None)
    absent = [name for name in _NEEDED_FILES if not (folder / name).is_file()]
    if model_file is None or absent:
        needed = ", ".join([*absent, *([] if model_file else [_MODEL_FILES[0]])])
        raise EmbeddingError(f"The model folder {folder} lacks {needed}. Export the model again, tokenizer included.")
    name = f"{_file_name(folder.name)}-{_weights_digest(folder / model_file)}"
    with _typed_errors(f"The model in {folder} cannot be loaded"), _quiet(), _without_sockets():
        _register(name, model_file, _pools_first_token(folder))
        from fastembed import TextEmbedding  # noqa: PLC0415  the import takes a second

        loaded = TextEmbedding(name, specific_model_path=str(folder), threads=threads, local_files_only=True)
        return FastembedEmbedder(name, loaded)


def _register(name: str, model_file: str, pools_first_token: bool) -> None:
    """Make the folder's model known to fastembed, which accepts a name once per process.

    The source and the dimension are required there and not used: files come from the folder, and the dimension is
    taken from a vector.
    """
    from fastembed import TextEmbedding  # noqa: PLC0415  the import takes a second
    from fastembed.common.model_description import ModelSource, PoolingType  # noqa: PLC0415

    if any(known["model"] == name for known in TextEmbedding.list_supported_models()):
        return
    TextEmbedding.add_custom_model(
        model=name,
        pooling=PoolingType.CLS if pools_first_token else PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(hf=f"local/{name}"),
        dim=1,
        model_file=model_file,
    )


def _pools_first_token(folder: Path) -> bool:
    """What a sentence-transformers export says of its pooling; without it, the mean over tokens."""
    said = folder / "1_Pooling" / "config.json"
    if not said.is_file():
        return False
    try:
        pooling: Any = json.loads(said.read_text("utf-8"))
    except ValueError as error:
        raise EmbeddingError(f"{said} is not valid JSON: {error}. Export the model again.") from error
    return isinstance(pooling, dict) and bool(pooling.get("pooling_mode_cls_token"))


def _weights_digest(path: Path) -> str:
    """Tells two versions of a model in the same folder apart, for their vectors must not be mixed."""
    state = xxh3_64()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            state.update(chunk)
    return state.hexdigest()


def _file_name(model: str) -> str:
    return re.sub(r"[^\w.-]+", "--", model)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _missing(model: str, models: Path) -> str:
    return f"The model {model} is not in {models}"


class _typed_errors:  # noqa: N801  it reads as a verb where it is used
    """Turns what fastembed, tokenizers and onnxruntime raise into EmbeddingError.

    onnxruntime's errors have no base of their own, and tokenizers raises `Exception` itself: an `except` could name
    neither without catching our own mistakes as well.
    """

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is Exception or isinstance(error, _ORDINARY) or (kind and kind.__module__.startswith(_FOREIGN)):
            raise EmbeddingError(f"{self._what}: {_first_line(error)}.") from error


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep fastembed's own log off standard error, and its libraries from reporting use, while a model loads."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if importlib.util.find_spec("loguru") is None:
        yield
        return
    from loguru import logger  # noqa: PLC0415  only fastembed logs through it

    logger.disable("fastembed")
    try:
        yield
    finally:
        logger.enable("fastembed")


@contextmanager
def _without_sockets() -> Iterator[None]:
    """Keep urllib3, which fastembed imports, from opening a socket to see whether this machine has IPv6.

    Nothing was ever sent by it; but whoever looks what a search opens shall find nothing.
    """
    import socket  # noqa: PLC0415  start-up is lazy

    has_ipv6, socket.has_ipv6 = socket.has_ipv6, False
    try:
        yield
    finally:
        socket.has_ipv6 = has_ipv6
