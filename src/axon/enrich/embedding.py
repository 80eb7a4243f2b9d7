"""What was written, into vectors: in requests of as many texts as a provider takes, or by an embedder on this machine.

What flows in: artifacts as they stand, and whoever embeds. What flows out: vectors in a store of their own, beside
those of symbols; texts that it has already are not embedded again. It does not know how they are searched.

A request that is refused is halved until the text that is at fault is alone: that one has no vector, all others do.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from axon.embeddings.embedder import Embedder
from axon.enrich.asking import Retries
from axon.enrich.budget import Budget, estimated_tokens
from axon.enrich.failures import (
    BudgetReachedError,
    LaneClosedError,
    MalformedError,
    ProviderError,
    RefusedError,
    ThrottledError,
    TooLargeError,
    TransientError,
)
from axon.enrich.lanes import Lane
from axon.enrich.model import NO_USAGE, Embedded, Provider, Usage
from axon.enrich.providers import choose_provider, open_provider
from axon.enrich.settings import EnrichSettings
from axon.errors import EmbeddingError
from axon.model.artifacts import State, Written
from axon.model.ids import artifact_id
from axon.model.kinds import NodeKind
from axon.storage.vectors import VectorStore, text_digest

VECTORS_FOLDER: Final = "artifact-vectors"
"""Where the vectors of artifacts lie below an `.axon` folder."""

_LONGEST: Final = 2000  # characters of a text: beyond this no model of this kind reads on
_QUERY_SECONDS: Final = 5.0
_BATCH: Final = 512  # texts that a local embedder gets together
_MOST_THROTTLED: Final = 200

Vectors = list[list[float]]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Text:
    id: str
    text: str


def store_name(provider: str, model: str) -> str:
    """The name under which vectors of a provider's model are kept."""
    return f"{provider}-{model}"


def embed_locally(written: Sequence[Written], embedder: Embedder, folder: Path) -> Embedded:
    """Embed on this machine what the store in `folder` lacks."""
    store, done = VectorStore(folder, embedder.name), Embedded()
    pending = _batches(_lacking(written, store), _BATCH)
    while pending:
        batch = pending.pop()
        try:
            vectors = embedder.embed([one.text for one in batch]).tolist()
        except EmbeddingError as error:
            pending += _halved(batch, done, str(error))
            continue
        _keep(store, batch, vectors, done)
    return done


async def embed_by_provider(written: Sequence[Written], asker: "ArrayAsker", folder: Path, *, name: str) -> Embedded:
    """Embed by a provider what the store in `folder` lacks, all requests at once as far as the lane lets them."""
    store = VectorStore(folder, name)
    batches = _batches(_lacking(written, store), asker.most)
    await asyncio.gather(*(asker.embed(batch, lambda b, v: _keep(store, b, v, asker.done)) for batch in batches))
    return asker.done


def embedded_query(settings: EnrichSettings, query: str) -> tuple[str, npt.NDArray[np.float32]]:
    """A query's vector of norm 1 by the provider that the settings name, with the name of its store; one request.

    Raises:
        EmbeddingError: it does not answer within a few seconds, or not with a vector.
        EnrichError: nobody can be asked.
    """
    name = choose_provider(settings.backend, command=settings.command)
    model = settings.embedding_model

    async def asked() -> Vectors:
        provider = open_provider(name, {"base_url": settings.base_url, "command": settings.command})
        try:
            async with asyncio.timeout(_QUERY_SECONDS):
                return _checked(await provider.embed([query], model), 1)
        finally:
            await provider.close()

    try:
        with ThreadPoolExecutor(1) as thread:  # whoever asks may have an event loop of its own
            vector = np.asarray(thread.submit(lambda: asyncio.run(asked())).result()[0], np.float32)
    except (ProviderError, TimeoutError) as error:
        raise EmbeddingError(f"{name} does not embed the query: {error or 'it takes too long'}") from error
    return store_name(name, model), vector / (float(np.linalg.norm(vector)) or 1.0)


class EmbeddingBeside:
    """Embeds what a task wrote as soon as all of it is there, while other tasks run; at the end, what is left.

    `written` gives what stands of one task, of all where None is named.
    """

    def __init__(
        self, asker: "ArrayAsker", folder: Path, *, name: str, written: Callable[[str | None], Sequence[Written]]
    ) -> None:
        self._asker, self._folder, self._name, self._written = asker, folder, name, written
        self._under_way: list[asyncio.Task[Embedded]] = []

    def begin(self, task: str) -> None:
        """Embed in the background what that task wrote."""
        self._under_way.append(asyncio.ensure_future(self._embed(task)))

    async def finish(self) -> Embedded:
        """Wait for it, and embed what has no vector yet; what was stopped by a fault of its time is tried again."""
        await asyncio.gather(*self._under_way)
        if self._asker.done.stopped:
            self._asker.done.stopped = ""
            self._asker.done.failures.clear()
        return await self._embed(None)

    async def give_up(self) -> None:
        """Of what is under way: it is not waited for."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _embed(self, task: str | None) -> Embedded:
        known = self._asker.done.failures
        written = [one for one in self._written(task) if artifact_id(one.task, one.node) not in known]
        return await embed_by_provider(written, self._asker, self._folder, name=self._name)


class ArrayAsker:
    """Asks one provider for vectors, an array of at most `most` texts a request."""

    def __init__(self, provider: Provider, lane: Lane, budget: Budget, model: str, retries: Retries) -> None:
        self.provider, self.done, self.most = provider, Embedded(), max(1, provider.capabilities.max_embedded)
        self._lane, self._budget, self._model, self._retries = lane, budget, model, retries

    async def embed(self, batch: "list[_Text]", keep: "Callable[[list[_Text], Vectors], None]") -> None:
        """One array, halved where it is refused; what will not be answered is in `done.failures`."""
        try:
            vectors = await self._patiently(batch)
        except (RefusedError, TooLargeError, MalformedError) as error:
            for half in _halved(batch, self.done, str(error)):
                await self.embed(half, keep)
        except (LaneClosedError, TransientError, BudgetReachedError) as error:
            self.done.stopped = self.done.stopped or str(error)
            self.done.failures |= dict.fromkeys((one.id for one in batch), str(error))
        else:
            keep(batch, vectors)

    async def _patiently(self, batch: "list[_Text]") -> Vectors:
        attempts = throttled = 0
        while True:
            try:
                return await self._once(batch)
            except ThrottledError as error:
                throttled += 1
                if throttled >= _MOST_THROTTLED:
                    raise TransientError(f"refused {throttled} times: {error}") from error
            except TransientError:
                attempts += 1
                if attempts >= self._retries.attempts:
                    raise
                most = min(self._retries.longest_wait, self._retries.first_wait * 2.0**attempts)
                await asyncio.sleep(random.Random(f"{batch[0].id}-{attempts}").uniform(0, most))

    async def _once(self, batch: "list[_Text]") -> Vectors:
        texts = [one.text for one in batch]
        estimate = Usage(sum(estimated_tokens(len(text.encode("utf-8", "replace"))) for text in texts))
        ticket = await self._lane.enter(estimate, f"embeddings of {len(batch):,} texts")
        used = NO_USAGE
        try:
            self._budget.reserve(estimate, embeds=True)
            self.done.requests += 1
            try:
                async with asyncio.timeout(self._retries.timeout):
                    vectors = await self.provider.embed(texts, self._model)
                used = estimate  # providers of this protocol count no tokens of embeddings
            finally:
                self._budget.spend_embedded(estimate, used)
        except ThrottledError as error:
            self._lane.throttled(ticket, error.after)
            raise
        except TimeoutError as error:
            raise TransientError(f"no answer within {self._retries.timeout:g} s") from error
        else:
            self._lane.succeeded()
            return _checked(vectors, len(texts))
        finally:
            self._lane.leave(ticket, used)


def _checked(vectors: Vectors, n_texts: int) -> Vectors:
    lengths = {len(vector) for vector in vectors}
    if len(vectors) != n_texts or len(lengths) != 1 or 0 in lengths or not np.isfinite(vectors).all():
        raise MalformedError(f"{len(vectors)} vectors of {len(lengths)} lengths came for {n_texts} texts")
    return vectors


def _lacking(written: Sequence[Written], store: VectorStore) -> list[_Text]:
    """Texts that stand and have no vector yet, in the order of artifacts; features have none."""
    texts = [
        _Text(artifact_id(one.task, one.node), one.text[:_LONGEST])
        for one in written
        if one.text and one.state is not State.STALE and one.kind is not NodeKind.FEATURE
    ]
    known = {text for _, text in store.known()}
    return [one for one in texts if text_digest(f"{one.id}\0{one.text}") not in known]


def _batches(items: list[_T], size: int) -> list[list[_T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _halved(batch: list[_Text], done: Embedded, reason: str) -> list[list[_Text]]:
    """Both halves; of a text that is alone nothing is left but the reason."""
    if len(batch) == 1:
        done.failures[batch[0].id] = reason
        return []
    middle = len(batch) // 2
    return [batch[:middle], batch[middle:]]


def _keep(store: VectorStore, batch: list[_Text], vectors: Vectors, done: Embedded) -> None:
    """Keep vectors with a norm of 1."""
    matrix = np.asarray(vectors, np.float32)
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    digests = [text_digest(f"{one.id}\0{one.text}") for one in batch]
    store.append([one.id for one in batch], digests, matrix / np.where(norms > 0, norms, 1))
    done.n_embedded += len(batch)
