"""What was written, as vectors: arrays as large as a provider takes, halved where one text is at fault; searched."""

import asyncio
from pathlib import Path
from typing import Any, TypeVar

import pytest

import axon
from axon.enrich.asking import Retries
from axon.enrich.budget import Budget, Price
from axon.enrich.embedding import ArrayAsker, embed_by_provider, embed_locally
from axon.enrich.failures import ThrottledError, TransientError
from axon.enrich.lanes import Lane, Limits
from axon.enrich.model import Capabilities, Embedded, Provider
from axon.enrich.providers.openai import open_provider
from axon.enrich.providers.simulated import Simulated
from axon.enrich.settings import EnrichSettings
from axon.enrich.trust import agree
from axon.model.artifacts import State, Written
from axon.model.kinds import NodeKind
from axon.pipeline.enrich import enrich
from axon.questions.opened import open_index
from axon.questions.search import search
from axon.storage.vectors import VectorStore
from benchmarks.enrich.server import Api, serving, serving_beside
from benchmarks.enrich.virtual_time import run
from tests.embeddings.memory import PickyEmbedder
from tests.pipeline.trees import SHOP, index, write_tree

_T = TypeVar("_T")


def texts(n: int, **others: str) -> list[Written]:
    """Summaries of n files, and of those that are named."""
    said = {f"f{i}.py": f"It does {i}." for i in range(n)} | {f"{name}.py": text for name, text in others.items()}
    return [Written("summary", node, NodeKind.SUMMARY, text, "m") for node, text in said.items()]


async def embedded(
    provider: Provider, written: list[Written], folder: Path, *, budget: Budget | None = None, most: int = 0
) -> Embedded:
    lane = Lane(Limits(parallel=4))
    asker = ArrayAsker(provider, lane, budget or Budget(), "small", Retries(first_wait=0.01))
    asker.most = most or asker.most
    return await embed_by_provider(written, asker, folder, name="openai-small")


def over_http(api: Api, main: "Any") -> Embedded:
    async def served() -> Embedded:
        async with serving(api) as url:
            provider = open_provider({"base_url": url, "api_key": "k"})
            try:
                found: Embedded = await main(provider)
                return found
            finally:
                await provider.close()

    return asyncio.run(served())


def test_a_hundred_texts_are_one_request(tmp_path: Path) -> None:
    """Of half a second; what has its vector is not sent again, a changed text is alone."""
    provider = Simulated(embed_seconds=0.5)
    done, seconds = run(embedded(provider, texts(100), tmp_path))
    assert (done.n_embedded, done.requests, seconds) == (100, 1, pytest.approx(0.5))
    again, _ = run(embedded(provider, texts(100), tmp_path))
    assert (again.n_embedded, again.requests) == (0, 0)
    changed, _ = run(embedded(provider, texts(99, f99="It does more."), tmp_path))
    assert (changed.n_embedded, changed.requests) == (1, 1)


class Small(Simulated):
    """Takes ten texts at most."""

    def __init__(self) -> None:
        super().__init__(embed_seconds=1.0)
        self.capabilities = Capabilities(max_embedded=10)
        self.sizes: list[int] = []

    async def embed(self, texts: Any, model: str) -> list[list[float]]:
        self.sizes.append(len(texts))
        return await super().embed(texts, model)


def test_arrays_are_as_large_as_a_provider_takes(tmp_path: Path) -> None:
    """35 texts are four arrays, all under way at once; the day's budget of calls stops them, and what came is kept."""
    provider = Small()
    done, seconds = run(embedded(provider, texts(35), tmp_path / "a"))
    assert (done.n_embedded, sorted(provider.sizes), seconds) == (35, [5, 10, 10, 10], pytest.approx(1))
    one_by_one, _ = run(embedded(Small(), texts(3), tmp_path / "c", most=1))
    assert (one_by_one.n_embedded, one_by_one.requests) == (3, 3)
    few, _ = run(embedded(Small(), texts(35), tmp_path / "b", budget=Budget(max_calls=2)))
    assert (few.n_embedded, few.requests, len(few.failures)) == (20, 2, 15)
    assert "--max-calls 2" in few.stopped


def test_vectors_cost_money(tmp_path: Path) -> None:
    """Tokens of texts count by the price of their model, and no request goes that would pass the limit."""
    budget = Budget(max_cost=0.0001, embedding_price=Price(input=1.0))  # ten texts are about 30 tokens
    done, _ = run(embedded(Small(), texts(80), tmp_path, budget=budget))
    assert 0 < done.n_embedded < 80
    assert done.n_embedded + len(done.failures) == 80
    assert "--max-cost" in done.stopped
    assert 0 < budget.cost <= 0.0001


def test_one_bad_text_is_found_by_halves(tmp_path: Path) -> None:
    """Over HTTP: it alone has no vector, and its reason is told; vectors come back in the order of their index."""
    api = Api()
    written = texts(15, bad="poison")
    done = over_http(api, lambda provider: embedded(provider, written, tmp_path))
    assert (done.n_embedded, list(done.failures)) == (15, ["<artifact>::summary/bad.py"])
    assert "HTTP 400" in done.failures["<artifact>::summary/bad.py"]
    assert sorted(api.embedded, reverse=True) == [16, 8, 8, 4, 4, 2, 2, 1, 1]
    assert VectorStore(tmp_path, "openai-small").count() == 15


def test_a_wrong_key_stops_at_once(tmp_path: Path) -> None:
    """One request, not one for each half: no text is at fault."""
    api = Api(key="another")
    done = over_http(api, lambda provider: embedded(provider, texts(16), tmp_path))
    assert (done.n_embedded, done.requests, len(done.failures)) == (0, 1, 16)
    assert "HTTP 401" in done.stopped


class Tired(Simulated):
    """Refuses twice for too many requests and fails once before it answers; its last vectors are too few."""

    async def embed(self, texts: Any, model: str) -> list[list[float]]:
        self.embed_requests += 1
        if self.embed_requests in (1, 2):
            raise ThrottledError("HTTP 429", 1.0)
        if self.embed_requests == 3:
            raise TransientError("HTTP 500")
        vectors = await super().embed(texts, model)
        return vectors[:1] if len(texts) > 2 else vectors


def test_refusals_are_waited_out_and_wrong_answers_halved(tmp_path: Path) -> None:
    """A 429 costs time, a 500 an attempt; vectors that are too few are no answer."""
    done, _ = run(embedded(Tired(), texts(4), tmp_path))
    assert (done.n_embedded, done.failures, done.requests) == (4, {}, 6)


def test_stale_texts_and_features_have_no_vector(tmp_path: Path) -> None:
    """They are not searched."""
    stale = Written("summary", "a.py", NodeKind.SUMMARY, "Old.", "m", state=State.STALE)
    feature = Written("feature", "feature:x", NodeKind.FEATURE, "X.", "m")
    provider = Simulated()
    run(embedded(provider, [stale, feature], tmp_path))
    assert provider.embed_requests == 0


def test_an_embedder_on_this_machine_serves_as_well(tmp_path: Path) -> None:
    """By halves too where it refuses; nothing is embedded twice."""
    embedder = PickyEmbedder("poison")
    done = embed_locally(texts(9, bad="poison"), embedder, tmp_path)
    assert (done.n_embedded, list(done.failures)) == (9, ["<artifact>::summary/bad.py"])
    assert embed_locally(texts(9), embedder, tmp_path).n_embedded == 0


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index whose settings name a model for vectors; the test says where it is."""
    monkeypatch.setenv("AXON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    root = write_tree(tmp_path / "shop", SHOP)
    index(root)
    return root


def test_vectors_come_while_others_are_asked(shop: Path) -> None:
    """Summaries are embedded when they are there, while outline and sheets are asked; then what those say."""
    api = Api(seconds=lambda _: 0.05)
    with serving_beside(api) as url:
        table = f'[enrich]\nbackend = "openai"\nbase_url = "{url}"\nembedding_model = "small"\nparallel = 1\n'
        (shop / "axon.toml").write_text(table)
        agree(shop, EnrichSettings(base_url=url))
        result = axon.enrich(str(shop), ["summary", "outline", "sheet"])
    assert result.is_complete, result
    kinds = ["vectors" if "input" in body else "answer" for body in api.bodies]
    assert kinds.index("vectors") < len(kinds) - 2
    assert (kinds[-1], sum(api.embedded)) == ("vectors", result.embedded)


def test_what_was_embedded_by_a_provider_is_searched(shop: Path) -> None:
    """Only where the settings name the model; a provider that is gone costs a warning, not the search."""
    root, api = shop, Api()
    with serving_beside(api) as url:
        (root / "axon.toml").write_text(
            f'[enrich]\nbackend = "openai"\nbase_url = "{url}"\nembedding_model = "small"\n'
        )
        agree(root, EnrichSettings(base_url=url))
        result = enrich(root, ["summary"])
        assert len(api.embedded) == 1
        assert result.embedded == api.embedded[0] > 0
        with open_index(root) as opened:
            found = search(opened, "zebra quagga okapi gnu", explain=True)
        assert found.hits
        assert all(hit.match == "summary" for hit in found.hits)
    with open_index(root) as opened:
        without = search(opened, "zebra quagga okapi gnu")
    assert not without.hits
    assert any("openai does not embed the query" in warning for warning in without.index.warnings)
