"""The words of enrich: what is asked, what comes back, what is kept.

What flows in and out: frozen values. Nothing here does anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Value: TypeAlias = dict[str, Json]


ENOUGH: Final = 0.8
"""Share of its parts with which a whole is asked about, and with which it stands."""


class LaneName(StrEnum):
    """Requests of one sort, which share limits."""

    BULK = "bulk"
    VERIFY = "verify"
    EMBED = "embed"


class Stop(StrEnum):
    """Why a model stopped writing."""

    END = "end"
    LENGTH = "length"  # it was cut off by the limit of output tokens
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told: `prefix` is the same for all nodes of a task, and so can be cached by a provider.

    `turns` are what was said after `body`, model and user in turn: a wrong answer, and what was wrong with it.
    """

    prefix: str
    body: str
    turns: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """UTF-8 bytes of all of it."""
        return sum(len(text.encode("utf-8", "replace")) for text in (self.prefix, self.body, *self.turns))


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model; `schema` is the JSON schema of the answer, `subject` names the node in messages."""

    subject: str
    prompt: Prompt
    schema: Mapping[str, Json]
    model: str
    max_output_tokens: int = 2048


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider counted; `cached_tokens` are those of the input that it read from its cache."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Both."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
        )


NO_USAGE: Final = Usage()


@dataclass(frozen=True, slots=True)
class Response:
    """What a model wrote."""

    text: str
    usage: Usage = NO_USAGE
    stop: Stop = Stop.END


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do.

    `max_embedded` texts go into one request for vectors, `max_batched` questions into one batch; 0: none.
    """

    max_embedded: int = 0
    max_batched: int = 0
    caches_prefixes: bool = False


class Provider(Protocol):
    """Somebody who answers; implementations raise the failures of `enrich.failures` and nothing else."""

    name: str
    capabilities: Capabilities

    async def generate(self, request: Request) -> Response:
        """One answer."""

    async def embed(self, texts: Sequence[str], model: str) -> list[list[float]]:
        """One vector for each text, in their order."""

    async def close(self) -> None:
        """Let go of connections and processes."""


class BatchProvider(Protocol):
    """A provider that also takes many questions at once and answers them within hours, for less."""

    name: str
    address: str
    """Where it is: a batch is known there and nowhere else."""
    capabilities: Capabilities

    async def send_batch(self, requests: Mapping[str, Request]) -> str:
        """Send questions by their key (at most 64 of letters and digits); returns the id of the batch."""

    async def batch_answers(self, id: str) -> Mapping[str, Response | str] | None:
        """The answers by key, or why there is none; None while it is under way."""


@dataclass(frozen=True, slots=True, order=True)
class JobKey:
    """One question of a task about one node."""

    task: str
    node: str

    def __str__(self) -> str:
        return f"{self.task} of {self.node}"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A validated answer; `key` is the digest of all that it follows from, so that equal keys are equal answers."""

    job: JobKey
    value: Value
    key: str
    model: str
    usage: Usage = NO_USAGE
    is_cached: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that has no answer yet: `reason` says why, `attempts` how often it was asked."""

    job: JobKey
    reason: str
    attempts: int = 0


@dataclass(slots=True)
class Embedded:
    """What came of embedding: texts with a new vector, requests, and for texts without one the reason by artifact."""

    n_embedded: int = 0
    requests: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    stopped: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Lines for a person where something was not embedded."""
        if not self.failures:
            return (f"Nothing was embedded: {self.stopped}.",) if self.stopped else ()
        id, reason = min(self.failures.items())
        return (f"{len(self.failures):,} texts have no vector, such as that of {id}: {reason}.",)


@dataclass(slots=True)
class Outcome:
    """What a run did. `waiting` are jobs that lack what they depend on, `stopped` says why a run ended early.

    `retracted` are those of `failures` whose artifacts had gone to the sink before.
    """

    artifacts: dict[JobKey, Artifact] = field(default_factory=dict)
    failures: dict[JobKey, Failure] = field(default_factory=dict)
    waiting: set[JobKey] = field(default_factory=set)
    retracted: set[JobKey] = field(default_factory=set)
    stopped: str = ""
    requests: int = 0
    throttled: int = 0
    usage: Usage = NO_USAGE
    embedded: Embedded = field(default_factory=Embedded)

    @property
    def hits(self) -> int:
        """Artifacts that no request was made for."""
        return sum(artifact.is_cached for artifact in self.artifacts.values())

    @property
    def is_complete(self) -> bool:
        """Whether every question has its answer."""
        return not (self.failures or self.waiting or self.stopped)
