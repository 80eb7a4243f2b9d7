"""One run of enrich over one index: tasks, provider, lanes and cache, put together.

What flows in: the subjects of an index, settings, and where caches lie. What flows out: an `EnrichResult`; artifacts
are in the store. It does not know how the index was opened, or who prints.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from axon.enrich.asking import Asker, Retries
from axon.enrich.batches import BatchLane
from axon.enrich.budget import Budget, Price, price_of
from axon.enrich.cache import AnswerCache
from axon.enrich.embedding import ArrayAsker, EmbeddingBeside, store_name
from axon.enrich.engine import Engine, Settings, Sink
from axon.enrich.extractive import extracted
from axon.enrich.failures import EnrichError
from axon.enrich.groups import Groups
from axon.enrich.hierarchy import Hierarchy, hierarchy_of
from axon.enrich.lanes import Lane, Limits
from axon.enrich.model import Artifact, BatchProvider, Embedded, JobKey, LaneName, Outcome, Provider, Value
from axon.enrich.plan import Plan
from axon.enrich.providers import open_provider
from axon.enrich.settings import EnrichSettings
from axon.enrich.standing import FEATURES, STEPS, standing
from axon.enrich.store import ArtifactStore
from axon.enrich.subjects import Subjects
from axon.enrich.task import Task
from axon.enrich.tasks import CONTRACTS, SIBLINGS, SUMMARY, TAXONOMY, Catalogue
from axon.enrich.tasks.siblings import Task as Siblings
from axon.enrich.tasks.taxonomy import FEATURE
from axon.enrich.tasks.taxonomy import Task as Taxonomy
from axon.model.artifacts import Written

MOST_LEVELS: Final = 5
"""How often a hierarchy climbs at most."""

_VERIFY_PARALLEL: Final = 4


@dataclass(frozen=True, slots=True)
class EnrichResult:
    """What a run did, as plain data: counts by task, money in US dollars, None where no price is known."""

    nodes: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    embedded: int = 0
    hits: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    stopped: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every question has its answer."""
        return not (self.failures or self.waiting or self.stopped)


@dataclass(slots=True)
class Ask:
    """What a run is to do, and with what."""

    tasks: Sequence[str]
    subjects: Subjects
    groups: Groups
    catalogue: Catalogue
    provider: str
    settings: EnrichSettings
    cache: Path
    budget: Budget = field(default_factory=Budget)
    vectors: Path | None = None
    """Where vectors of what was written lie; None keeps none."""
    on_artifact: Callable[[Artifact, Engine], None] = lambda _artifact, _engine: None
    keys: frozenset[JobKey] | None = None
    """Of all questions only these, and what waits for them; None asks all."""


def enrich_index(ask: Ask, store: ArtifactStore) -> EnrichResult:
    """Ask about everything that is not known yet, and keep it.

    Raises:
        EnrichError: it cannot begin, or answers cannot be kept.
    """
    began = time.monotonic()
    with AnswerCache(ask.cache) as cache:
        outcome = asyncio.run(_ask_all(ask, store, cache))
        store.commit()
        store.forget(sorted(outcome.retracted))
        store.keep_failures(iter(outcome.failures.values()))
        notes = (*cache.notes, *outcome.embedded.notes)
    return _result(ask, outcome, time.monotonic() - began, notes)


def extract(subjects: Subjects, store: ArtifactStore) -> int:
    """Summaries without a model, where no model has written any; returns how many."""
    written = {kept.job for kept in store.all(SUMMARY) if not kept.key.startswith("extractive:")}
    artifacts = [artifact for artifact in extracted(subjects) if artifact.job not in written]
    for artifact in artifacts:
        store.keep(artifact)
    store.commit()
    return len(artifacts)


async def _ask_all(ask: Ask, store: ArtifactStore, cache: AnswerCache) -> Outcome:
    provider = open_provider(ask.provider, {"base_url": ask.settings.base_url, "command": ask.settings.command})
    async with aclosing(_Closing(provider)):
        tasks = ask.catalogue.open(ask.tasks, ask.subjects, ask.groups)
        climbing = next((task for task in tasks if isinstance(task, Taxonomy)), None)
        siblings = cast("Siblings", ask.catalogue.opened(SIBLINGS, ask.subjects, ask.groups))
        beside = _embedding(ask, store, provider)
        # Verdicts change what contracts say: those wait for the end then.
        later = STEPS | ({CONTRACTS} if any(task.lane is LaneName.VERIFY for task in tasks) else set())

        def on_done(task: str) -> None:
            found = (artifact for key, artifact in engine.outcome.artifacts.items() if key.task == task)
            may_overlap = ask.settings.overlap_stages and task not in later
            if beside is not None and may_overlap and not all(artifact.is_cached for artifact in found):
                beside.begin(task)

        engine = engine_of(ask, store, cache, provider, [*tasks, siblings])
        engine.on_done = on_done
        plan = Plan.of(job for task in tasks for job in task.jobs())
        if ask.keys is not None:
            plan.ask_only(ask.keys)
            gone = [key for key in ask.keys if key not in plan.jobs and not key.node.startswith(FEATURE)]
            store.forget_failures(gone)
        try:
            if ask.settings.batch_leaves:
                await _send_leaves(ask, plan, tasks, provider, cache=cache, outcome=engine.outcome)
            outcome = engine.outcome if engine.outcome.stopped else await engine.run(plan)
            if climbing is not None and not outcome.stopped:
                await climb(engine, climbing, siblings)
                _keep_features(ask, store, outcome)
            if beside is not None and not outcome.stopped:
                outcome.embedded = await beside.finish()
            elif _wants_vectors(ask) and not provider.capabilities.max_embedded:
                said = f"{provider.name} has no embeddings; leave embedding_model out, or ask another one"
                outcome.embedded = Embedded(stopped=said)
        finally:
            if beside is not None:
                await beside.give_up()
        return outcome


def _keep_features(ask: Ask, store: ArtifactStore, outcome: Outcome) -> None:
    found = features(outcome, ask.groups, ask.settings.model_for(ask.provider))
    for artifact in found:
        store.keep(artifact)
    there = {artifact.job for artifact in found}
    store.forget([kept.job for kept in store.all(FEATURES) if kept.job not in there])


def _wants_vectors(ask: Ask) -> bool:
    return ask.vectors is not None and bool(ask.settings.embedding_model)


def _embedding(ask: Ask, store: ArtifactStore, provider: Provider) -> EmbeddingBeside | None:
    """Vectors of all that stands, by the provider; None where nobody wants them or it makes none."""
    if ask.vectors is None or not _wants_vectors(ask) or not provider.capabilities.max_embedded:
        return None
    subjects, model = ask.subjects, ask.settings.embedding_model
    ask.budget.embedding_price = _price_within(ask.budget, model)
    lane = _lane(ask.settings, LaneName.EMBED, ask.settings.parallel_for(ask.provider), store)
    asker = ArrayAsker(provider, lane, ask.budget, model, Retries(timeout=float(ask.settings.timeout_seconds)))
    asker.most = asker.most if ask.settings.batch_embeddings else 1

    def written(task: str | None) -> list[Written]:
        store.commit()
        return [
            one
            for one in standing(store.all(), subjects)
            if (task is None or one.task == task) and not subjects.is_kept_back(one.node.partition("::")[0])
        ]

    return EmbeddingBeside(asker, ask.vectors, name=store_name(ask.provider, model), written=written)


async def _send_leaves(
    ask: Ask, plan: Plan, tasks: Sequence[Task], provider: Provider, *, cache: AnswerCache, outcome: Outcome
) -> None:
    """Ask what depends on nothing in batches, so that the cache knows it when the rest is asked."""
    if not provider.capabilities.max_batched:
        raise EnrichError(f"{provider.name} takes no batches. Leave `--batch` out.")
    lane = BatchLane(cast("BatchProvider", provider), cache, ask.cache, ask.budget)
    by_name = {task.name: task for task in tasks}
    settings = ask.settings
    await lane.run(
        plan, by_name, outcome, model=settings.model_for(ask.provider), most_tokens=settings.max_output_tokens
    )
    cache.notes += lane.notes


async def climb(
    engine: Engine, taxonomy: Taxonomy, siblings: Siblings, *, on_top: Callable[[], None] = lambda: None
) -> None:
    """The levels of the hierarchy, one after the other, then the siblings of the whole tree; `on_top` in between."""
    for _ in range(MOST_LEVELS):
        if engine.outcome.stopped or not taxonomy.climb(engine.outcome.artifacts.values()):
            break
        await engine.run(Plan.of(taxonomy.jobs()))
    on_top()
    if not engine.outcome.stopped:
        siblings.of(hierarchy_in(engine.outcome.artifacts.values()).children())
        await engine.run(Plan.of(siblings.jobs()))


def hierarchy_in(artifacts: Iterable[Artifact]) -> Hierarchy:
    """The hierarchy that answers of the taxonomy and its siblings make."""
    known = {artifact.job: artifact for artifact in artifacts}
    mine = {key.node: a.value for key, a in known.items() if key.task == TAXONOMY}
    feature = {node: str(value["name"]) for node, value in mine.items() if not node.startswith(FEATURE)}
    broader = {str(value["name"]): str(value["broader"]) for _, value in sorted(mine.items())}
    pairs = [a.value["same"] for key, a in sorted(known.items()) if key.task == SIBLINGS]
    same = {
        str(p["goes"]): str(p["stays"]) for part in pairs if isinstance(part, list) for p in part if isinstance(p, dict)
    }
    return hierarchy_of(feature, broader, same)


def features(outcome: Outcome, groups: Groups, model: str) -> list[Artifact]:
    """The finished hierarchy: an artifact for each feature, with the one above it, its parts and their members."""
    tree = hierarchy_in(outcome.artifacts.values())
    parts: dict[str, list[str]] = {}
    for part, name in tree.feature.items():
        parts.setdefault(name, []).append(part)
    found = []
    for name, above in sorted(tree.parent.items()):
        mine = sorted(parts.get(name, ()))
        members = sorted({member for part in mine for member in groups.communities.get(part, ())})
        value: Value = {"name": name, "broader": above, "parts": list[Any](mine), "members": list[Any](members)}
        key = hashlib.blake2b(json.dumps(value).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()
        found.append(Artifact(JobKey(FEATURES, f"{FEATURE}{name}"), value, key, model, is_cached=True))
    return found


def engine_of(
    ask: Ask,
    store: ArtifactStore,
    cache: AnswerCache,
    provider: Provider,
    tasks: Sequence[Task],
    *,
    sink: Sink | None = None,
) -> Engine:
    """An engine over `tasks`; without a `sink` of its own, artifacts are kept in the store."""
    settings, model = ask.settings, ask.settings.model_for(ask.provider)
    ask.budget.price = _price_within(ask.budget, model)
    parallel = settings.parallel_for(ask.provider)
    lanes = {name: _lane(settings, name, parallel, store) for name in LaneName}
    how = Settings(
        model,
        settings.max_output_tokens,
        overlap=settings.overlap_stages,
        warm_up=settings.cache_prefixes and provider.capabilities.caches_prefixes,
        parallel={SUMMARY: settings.parallel_summaries, "sheet": settings.parallel_sheets},
    )
    asker = Asker(provider, ask.budget, Retries(timeout=float(settings.timeout_seconds)))
    engine: Engine

    def keep(artifact: Artifact) -> None:
        store.keep(artifact, ask.subjects.basis(artifact.job.node))
        ask.on_artifact(artifact, engine)

    engine = Engine(tasks, asker, cache, lanes, settings=how, sink=sink or keep)
    return engine


def _price_within(budget: Budget, model: str) -> Price:
    price = price_of(model)
    if budget.max_cost is not None and price is None:
        raise EnrichError(f"The price of {model} is not known, so --max-cost cannot be kept. Use --max-calls.")
    return price or Price()


def _lane(settings: EnrichSettings, name: LaneName, parallel: int, store: ArtifactStore) -> Lane:
    limits = Limits(
        min(parallel, _VERIFY_PARALLEL) if name is LaneName.VERIFY else parallel,
        settings.requests_per_minute,
        settings.input_tokens_per_minute,
        settings.output_tokens_per_minute,
        settings.requests_per_day,
    )
    if not settings.requests_per_day:
        return Lane(limits)
    return Lane(limits, count_today=partial(store.requests_today, name), add_today=partial(store.add_requests, name))


class _Closing:
    """Closes a provider as `aclosing` wants it."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def aclose(self) -> None:
        await self._provider.close()


def _result(ask: Ask, outcome: Outcome, seconds: float, notes: tuple[str, ...]) -> EnrichResult:
    nodes: dict[str, int] = {}
    for key in sorted(outcome.artifacts):
        nodes[key.task] = nodes.get(key.task, 0) + 1
    known_price = price_of(ask.settings.model_for(ask.provider)) is not None
    return EnrichResult(
        nodes=nodes,
        requests=outcome.requests + outcome.embedded.requests,
        embedded=outcome.embedded.n_embedded,
        hits=outcome.hits,
        failures={str(key): failure.reason for key, failure in sorted(outcome.failures.items())},
        waiting=tuple(sorted(map(str, outcome.waiting))),
        input_tokens=outcome.usage.input_tokens + ask.budget.embedded.input_tokens,
        output_tokens=outcome.usage.output_tokens,
        cached_tokens=outcome.usage.cached_tokens,
        cost=ask.budget.cost if known_price else None,
        seconds=seconds,
        stopped=outcome.stopped,
        notes=notes,
    )
